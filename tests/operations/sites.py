"""A whole installation to destroy: its own database, files, backup folder and key.

The story of the demonstration is told once per run; every test gets a copy of it. The connection
is aimed at the copy, so that commands and checks take it for theirs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from apps.accounts.models import User
from apps.common import events
from apps.common.models import Attachment
from apps.operations.backup.looking import aimed_at, config_of
from apps.requisitions.models import Requisition

REQUISITIONS = 14
_numbers = count(1)
# Every worker of a run counts for itself, and looks at its own databases only.
MARK = f"_vault_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}_"


@dataclass
class Site:
    """Where one test's installation keeps its things."""

    folder: Path
    config: dict[str, Any]
    keys: list[str]

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    @property
    def url(self) -> str:
        """The address another process finds the database at."""
        if connection.vendor == "sqlite":
            return f"sqlite:///{self.config['NAME']}"
        c = self.config
        return f"postgres://{c['USER']}:{c['PASSWORD']}@{c['HOST']}:{c['PORT']}/{c['NAME']}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of another process of this installation."""
        return {
            "ERP_DEBUG": "1",
            "DATABASE_URL": self.url,
            "ERP_MEDIA_ROOT": str(self.media),
            "ERP_BACKUP_DIR": str(self.backups),
            "ERP_BACKUP_KEY": ",".join(self.keys),
            "ERP_LOG_LEVEL": "WARNING",
        }


def databases() -> set[str]:
    """Every database there is beside the site's own, its own included."""
    if connection.vendor == "sqlite":
        return {path.name for path in Path(config_of()["NAME"]).parent.glob("*.sqlite3")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"%{MARK}%"])
        return {name for (name,) in cursor.fetchall()}


def state(site: Site) -> dict[str, Any]:
    """All that a refusal has to leave alone: databases, files, backups, and what is recorded."""
    files = {str(p.relative_to(site.folder)): p.stat().st_size for p in site.folder.rglob("*")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*), MAX(id) FROM audit_entry")
        audit = cursor.fetchone()
    left_out = ("-wal", "-shm", ".lock")
    kept = {name: size for name, size in files.items() if not name.endswith(left_out)}
    return {"databases": databases(), "files": kept, "audit": audit}


def tell_the_story(folder: Path) -> None:
    """A few documents in every state, two of them with files."""
    call_command("erp_seed", "--requisitions", str(REQUISITIONS), verbosity=0, stdout=Nowhere())
    admin = User.objects.get(username="admin")
    for number, requisition in enumerate(Requisition.objects.order_by("pk")[:2]):
        content = f"Offer {number} 报价单\n".encode() * 400
        upload = SimpleUploadedFile(f"offer{number}.txt", content)
        _attach(requisition, upload, admin)


def _attach(requisition: Requisition, upload: Any, by: User) -> None:
    """A stored file with its row, as the service writes them."""
    content = upload.read()
    attachment = Attachment(
        content_type=ContentType.objects.get_for_model(requisition),
        object_id=requisition.pk,
        name=upload.name,
        media_type="text/plain",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_by=by,
    )
    attachment.file.save(upload.name, ContentFile(content))


def attach_to_first(site: Site) -> None:
    """Somebody adds a file, and the history says so."""
    requisition = Requisition.objects.order_by("pk")[0]
    by = User.objects.get(username="admin")
    _attach(requisition, SimpleUploadedFile("late.txt", b"later\n" * 50), by)
    events.happened(requisition, "attachment.added", "late.txt")


class Nowhere:
    def write(self, text: str) -> None: ...


def copy_database(source: dict[str, Any], name: str) -> None:
    """Copy a database nobody is connected to."""
    if connection.vendor == "sqlite":
        with (
            closing(sqlite3.connect(source["NAME"])) as old,
            closing(sqlite3.connect(name)) as new,
        ):
            old.backup(new)
        return
    with aimed_at({**source, "NAME": "postgres"}) as other, other.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source["NAME"]}"')


def drop_all(base: dict[str, Any], prefix: str) -> None:
    """Remove the databases a test made on the server."""
    if connection.vendor == "sqlite":
        return
    with aimed_at({**base, "NAME": "postgres"}) as other, other.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{prefix}%"])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" (FORCE)')


def new_name(base: dict[str, Any], folder: Path) -> tuple[str, str]:
    """The name of a new database, and what the names of all others made from it begin with."""
    if connection.vendor == "sqlite":
        return str(folder / "erp.sqlite3"), ""
    prefix = f"{base['NAME']}{MARK}{next(_numbers)}"
    return prefix, prefix


@contextmanager
def standing(folder: Path, template: tuple[dict[str, Any], Path], settings: Any) -> Iterator[Site]:
    """A copy of the story, and everything aimed at it."""
    base, media = template
    folder.mkdir(exist_ok=True)
    name, prefix = new_name(base, folder)
    copy_database(base, name)
    shutil.copytree(media, folder / "media")
    site = Site(folder, {**base, "NAME": name}, [Fernet.generate_key().decode()])
    settings.MEDIA_ROOT = site.media
    settings.OPERATING = _operating(settings, site)
    settings.DEBUG = True
    try:
        with aimed_at(site.config):
            yield site
    finally:
        if prefix:
            drop_all(base, prefix)


def _operating(settings: Any, site: Site) -> Any:
    return replace(settings.OPERATING, backup_dir=site.backups, backup_keys=site.keys)

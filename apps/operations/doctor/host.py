"""The machine: processor, memory, disks, folders; and what was installed last."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.operations.backup.version import app_version
from apps.operations.doctor.answers import Answer, check, fault, warn, well
from apps.operations.metrics import names
from apps.operations.metrics.host import Host
from apps.operations.probes.checks import data_folders

BUSY = 0.80
FULL, TOO_FULL = 0.80, 0.90  # shares of a disk, as in the readiness document
RUNBOOK = "docs/en/operations/runbooks/disk.md"


@check("host.processor", "slow", label=gettext_lazy("processor"), asks_database=False)
def processor() -> Answer:
    """How busy the machine is right now."""
    share = next(value for metric, _label, value in Host().readings() if metric is names.HOST_CPU)
    return _share(share, "processor_busy", _("%(percent)d %% of the processor is in use."))


@check("host.memory", "slow", label=gettext_lazy("memory"), asks_database=False)
def memory() -> Answer:
    """How much memory is taken."""
    share = psutil.virtual_memory().percent / 100
    return _share(share, "memory_full", _("%(percent)d %% of the memory is in use."))


def _share(share: float, cause: str, said: str) -> Answer:
    text = said % {"percent": round(share * 100)}
    figures = {"share": round(share, 3), "cores": psutil.cpu_count()}
    if share >= BUSY:
        return warn(cause, text, "docs/en/operations/runbooks/slow.md", **figures)
    return well(text, **figures)


@check("disk.space", "disk", "database", label=gettext_lazy("disks"), asks_database=False)
def space() -> Answer:
    """How full the disks of data, backups and logs are, in bytes and in files."""
    found = {label: _usage(folder) for label, folder in _places()}
    figures = {label: round(share, 3) for label, share in found.items()}
    label, share = max(found.items(), key=lambda one: one[1])
    said = _("The disk of “%(place)s” is %(percent)d %% full.")
    said %= {"place": label, "percent": round(share * 100)}
    if share >= TOO_FULL:
        return fault("disk_full", said, RUNBOOK, **figures)
    if share >= FULL:
        return warn("disk_full", said, RUNBOOK, **figures)
    return well(said, **figures)


def _places() -> Iterator[tuple[str, Path]]:
    """Every folder that grows."""
    for folder in data_folders():
        yield "data", folder
    yield "media", _nearest(Path(settings.MEDIA_ROOT))
    yield "backups", _nearest(settings.OPERATING.backup_dir)
    if settings.OPERATING.log_file:
        yield "logs", _nearest(Path(settings.OPERATING.log_file).parent)


def _nearest(folder: Path) -> Path:
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.exists())


def _usage(folder: Path) -> float:
    """Share of a disk that is used: of its room or of its places for files, whichever is more."""
    state = os.statvfs(folder)
    inodes = 1 - state.f_favail / state.f_files if state.f_files else 0.0
    return float(max(psutil.disk_usage(str(folder)).percent / 100, inodes))


@check("disk.folders", "disk", label=gettext_lazy("folders can be written"), asks_database=False)
def folders() -> Answer:
    """Write a small file where attachments, backups and the database go."""
    wanted = {"media": Path(settings.MEDIA_ROOT), "backups": settings.OPERATING.backup_dir}
    if connection.vendor == "sqlite":
        wanted["data"] = Path(str(connection.settings_dict["NAME"])).absolute().parent
    for label, folder in wanted.items():
        try:
            with tempfile.TemporaryFile(dir=_nearest(folder)) as scratch:
                scratch.write(b"erp")
                scratch.flush()
        except OSError as error:
            said = _("Nothing can be written to the folder of “%(place)s”: %(why)s")
            said %= {"place": label, "why": error.strerror}
            return fault(f"{label}_not_writable", said, f"ls -ld {folder}", folder=str(folder))
    return well(_("All folders can be written."), folders=len(wanted))


@check("web.static", "web", label=gettext_lazy("static files"), asks_database=False)
def static_files() -> Answer:
    """Styles and scripts are where the server takes them from."""
    if settings.DEBUG:
        return well(_("On one's own machine they are served as they are written."))
    known = getattr(staticfiles_storage, "hashed_files", {})
    root = Path(settings.STATIC_ROOT)
    missing = [name for name in known.values() if not (root / name).is_file()]
    if not known or missing:
        said = _("Static files are not collected: pages have no styles.")
        step = "manage.py collectstatic --noinput"
        return fault("static_missing", said, step, known=len(known), missing=len(missing))
    return well(_("They are collected."), known=len(known))


@check("release.recent", "slow", "web", label=gettext_lazy("the last release"))
def release() -> Answer:
    """What runs here and what was changed last: files, migrations."""
    newest = max(path.stat().st_mtime for path in (settings.BASE_DIR / "apps").rglob("*.py"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name, applied FROM django_migrations ORDER BY id DESC LIMIT 1")
        app, name, applied = cursor.fetchone()
    figures = {
        "version": app_version(),
        "files_changed": datetime.fromtimestamp(newest, UTC).isoformat(timespec="seconds"),
        "last_migration": f"{app}.{name}",
        "migrated": str(applied)[:19],
    }
    said = _("Version %(version)s; its files changed last at %(files_changed)s.") % figures
    return well(said, **figures)

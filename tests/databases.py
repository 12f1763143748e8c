"""Which database this run of the tests uses: a file in a scratch folder, or PostgreSQL.

TEST_DATABASE=sqlite (default) or postgres; for the latter TEST_DATABASE_URL names a server whose
user may create databases, and without it a throw-away cluster is started from installed programs.
The process that makes something takes it away again; parallel workers inherit its address.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests import postgres
from tests.postgres import Cluster

BASE_DIR = Path(__file__).resolve().parent.parent


def scratch() -> Path:
    """Give the one folder for everything this run writes; made by pytest and nobody else."""
    if "TEST_SCRATCH" in os.environ:
        return Path(os.environ["TEST_SCRATCH"])
    if "PYTEST_VERSION" not in os.environ:
        return BASE_DIR / "var" / "tests"  # mypy and the like read the settings and write nothing
    postgres.sweep("erp-tests-*")
    folder = Path(tempfile.mkdtemp(prefix=f"erp-tests-{os.getpid()}-"))
    os.environ["TEST_SCRATCH"] = str(folder)
    for name in ("media", "static"):
        (folder / name).mkdir()
    atexit.register(remove, folder, os.getpid())
    return folder


def remove(folder: Path, made_by: int) -> None:
    """Take the folder away; a forked child leaves it to its parent."""
    if os.getpid() == made_by:
        shutil.rmtree(folder, ignore_errors=True)


def url(kind: str) -> str:
    """Give the address of the database server or file of this run."""
    if kind == "sqlite":
        return f"sqlite:///{scratch() / 'unused.sqlite3'}"
    if kind != "postgres":
        raise RuntimeError(f"TEST_DATABASE has to be sqlite or postgres, not {kind!r}")
    if "TEST_DATABASE_URL" not in os.environ:
        cluster = Cluster.start()
        atexit.register(cluster.stop)
        os.environ["TEST_DATABASE_URL"] = cluster.url
    return os.environ["TEST_DATABASE_URL"]


def test_name() -> str:
    """Give the name the test database itself gets; workers add theirs."""
    if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
        return str(scratch() / "test.sqlite3")
    return f"test_erp_{os.environ.setdefault('TEST_RUN', str(os.getpid()))}"


def template() -> str:
    """Name the database this run's databases are copies of, or nothing: then each is migrated."""
    return os.environ.get(f"TEST_TEMPLATE_{os.environ.get('TEST_DATABASE', 'sqlite').upper()}", "")


def story() -> str:
    """Name the database this run has told the story of the demonstration in, or nothing."""
    return os.environ.get(f"TEST_STORY_{os.environ.get('TEST_DATABASE', 'sqlite').upper()}", "")


def company() -> str:
    """Name the database with the demonstration's company and no documents, or nothing."""
    return os.environ.get(f"TEST_COMPANY_{os.environ.get('TEST_DATABASE', 'sqlite').upper()}", "")


def story_media() -> Path:
    """Give the folder of the files that belong to the story."""
    kind = os.environ.get("TEST_DATABASE", "sqlite")
    return Path(os.environ["TEST_STORY_FILES"]) / f"story-{kind}" / "media"


def copy_template(connection: Any) -> bool:
    """Lay the copy where Django looks for the test database; PostgreSQL copies when it creates."""
    if not template():
        return False
    if connection.vendor == "sqlite":
        shutil.copyfile(template(), connection.creation._get_test_db_name())
        return True
    connection.settings_dict["TEST"]["TEMPLATE"] = template()
    return False


def pristine(connection: Any) -> str:
    """Name what the test database was at first: the template, or else a copy made now."""
    if template():
        return template()
    name = connection.settings_dict["NAME"]
    kept = f"{name}_pristine"
    connection.close()
    if connection.vendor == "sqlite":
        shutil.copyfile(name, kept)
    else:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{kept}" TEMPLATE "{name}"')
    return kept


def forget(connection: Any, kept: str) -> None:
    """Take away the copy that was made for this run alone."""
    if kept != template() and connection.vendor != "sqlite":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{kept}"')


def renew(connection: Any, source: str) -> None:
    """Lay a copy of another database where the test database was; whoever used that is cut off."""
    name = connection.settings_dict["NAME"]
    connection.close()
    if connection.vendor == "sqlite":
        for part in ("", "-wal", "-shm"):
            Path(f"{name}{part}").unlink(missing_ok=True)
        shutil.copyfile(source, name)
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def furnish(connection: Any) -> None:
    """Set up the roles, and leave no history of it: tests count the entries they cause."""
    from django.contrib.auth.models import Group
    from django.core.management.color import no_style

    from apps.accounts import services
    from apps.audit import triggers
    from apps.audit.models import Entry

    if Group.objects.exists():
        return
    services.set_up_roles()
    triggers.GUARD.take_down(connection)
    Entry.objects.all().delete()
    triggers.GUARD.put_up(connection)
    # Entries count from 1 without a gap: a hole would look like one that was taken out.
    counter = [{"table": Entry._meta.db_table, "column": "id"}]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_by_name_sql(no_style(), counter):
            cursor.execute(statement)

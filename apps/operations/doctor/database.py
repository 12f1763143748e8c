"""Whether the database is there, is ours, and takes what we write."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from auditlog import get_logentry_model
from django.db import Error, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.operations.doctor.answers import (
    Answer,
    check,
    fault,
    first_line,
    unsure,
    well,
)
from apps.operations.probes import checks as probes
from apps.operations.short_connection import short_transaction

TOPIC = "database"
RUNBOOK = "docs/en/operations/runbooks/database.md"
CONNECT_SECONDS = 2
SKEW = timedelta(seconds=5)
# What the error says, where the client library keeps no code of it: before there is a connection.
REASONS = (
    ("password authentication failed", "wrong_password"),
    ("no password supplied", "wrong_password"),
    ('role "', "wrong_password"),
    ('relation "', "database_empty"),
    ("does not exist", "database_missing"),
    ("too many clients", "connections_exhausted"),
    ("remaining connection slots", "connections_exhausted"),
    ("starting up", "database_starting"),
    ("timeout", "database_hangs"),
    ("timed out", "database_hangs"),
    ("locked", "database_locked"),
    ("not a database", "database_damaged"),
    ("malformed", "database_damaged"),
    ("no such table", "database_empty"),
    ("unable to open", "database_missing"),
)


@check("database.reachable", TOPIC, label=gettext_lazy("the database answers"), asks_database=False)
def reachable() -> Answer:
    """Connect as the application does, and name why not."""
    looked = probes.DatabaseReads()
    try:
        looked.run()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the answer
        return _unreachable(error)
    figures = {"seconds": looked.query_time, "connections": looked.connections}
    return well(_("It answers."), **figures)


def _unreachable(error: Exception) -> Answer:
    why = first_line(error.__cause__ if isinstance(error.__cause__, Exception) else error)
    lower = why.lower()
    cause = next((name for text, name in REASONS if text in lower), "database_unreachable")
    said = {
        "wrong_password": _("The database refuses the user or password of DATABASE_URL."),
        "database_missing": _("The database of DATABASE_URL does not exist there."),
        "connections_exhausted": _("All connections of the server are taken."),
        "database_starting": _("The server is starting; wait for it."),
        "database_hangs": _("The server is there and does not answer."),
        "database_locked": _("Another program holds the database locked."),
        "database_damaged": _("The file is not a database any more."),
        "database_empty": _("The database is there and holds no tables of ours."),
    }.get(cause, _("Nobody answers at the address of DATABASE_URL."))
    steps = {
        "wrong_password": "psql \"$DATABASE_URL\" -c 'SELECT 1'",
        "database_damaged": "manage.py erp_recover corruption",
        "database_empty": "manage.py migrate",
    }
    return fault(cause, said, steps.get(cause, RUNBOOK), error=why)


@check(
    "database.network", TOPIC, label=gettext_lazy("the way to the database"), asks_database=False
)
def network() -> Answer:
    """Ask the port, or look at the file, without logging in."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return _file(Path(str(config["NAME"])))
    host, port = str(config["HOST"] or "localhost"), int(config["PORT"] or 5432)
    if host.startswith("/"):
        return well(_("It is asked through a socket of this machine."), folder=host)
    try:
        with socket.create_connection((host, port), CONNECT_SECONDS):
            return well(_("The port takes connections."), port=port)
    except OSError as error:
        said = _("The port of the database takes no connection: %(why)s") % {"why": error.strerror}
        return fault("database_port_closed", said, 'pg_isready -d "$DATABASE_URL"', port=port)


def _file(path: Path) -> Answer:
    if not path.is_file():
        said = _("The file of the database is not there.")
        return fault("database_file_missing", said, "manage.py erp_recover corruption")
    return well(_("The file is there."), bytes=path.stat().st_size)


@check("database.migrations", TOPIC, "auth", label=gettext_lazy("migrations"), asks_database=False)
def migrations() -> Answer:
    """Tables of another release break in a thousand ways."""
    try:
        probes.Migrations().run()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the answer
        if isinstance(error.__cause__, Error):
            said = _("Nobody can say: the database does not answer.")
            return unsure("database_silent", said, "manage.py erp_check --topic database")
        said = _("The tables are those of another release: migrations are missing.")
        return fault("migrations_missing", said, "manage.py migrate", found=str(error))
    return well(_("All are applied."))


@check(
    "database.writable",
    TOPIC,
    label=gettext_lazy("changes"),
    asks_database=False,
)
def writable() -> Answer:
    """A standby, a full disk and a file without rights all read well."""
    try:
        probes.DatabaseWrites().run()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the answer
        why = first_line(error.__cause__ if isinstance(error.__cause__, Exception) else error)
        if "read" in why.lower():
            said = _("The database can be read only.")
            return fault("database_read_only", said, RUNBOOK, error=why)
        said = _("The database takes no changes.")
        return fault("database_not_writable", said, RUNBOOK, error=why)
    return well(_("A row could be written; it was taken back."))


@check("database.clock", TOPIC, "auth", label=gettext_lazy("clock against the database"))
def clock() -> Answer:
    """Tokens, locks and due dates compare moments of two machines."""
    before = datetime.now(UTC)
    there = _time_there(before)
    after = datetime.now(UTC)
    skew = max(before - there, there - after, timedelta()).total_seconds()
    figures = {"seconds": round(skew, 1)}
    if skew > SKEW.total_seconds():
        said = _("The clocks of this machine and of the database differ by %(seconds)d s.")
        return fault("clock_skew", said % figures, "timedatectl status", **figures)
    return well(_("The clocks agree."), **figures)


def _time_there(now: datetime) -> datetime:
    """What time it is where the database is; a file has no clock, but nothing in it lies ahead."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            found: datetime = cursor.fetchone()[0]
            return found
    entries = get_logentry_model().objects
    newest = entries.order_by("-id").values_list("timestamp", flat=True).first()
    return max(now, newest) if newest else now


@check("database.journal", TOPIC, label=gettext_lazy("how the database keeps its promises"))
def journal() -> Answer:
    """SQLite has to log ahead, and both have to write through."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            mode = str(cursor.fetchone()[0])
            if mode != "wal":
                said = _(
                    "The database is in the mode “%(mode)s”: readers and writers block each other."
                ) % {"mode": mode}
                return fault("sqlite_not_wal", said, "systemctl restart erp-web", mode=mode)
            return well(_("It logs ahead."), mode=mode)
        cursor.execute("SELECT current_setting('fsync'), current_setting('full_page_writes')")
        fsync, pages = cursor.fetchone()
    if "off" in {fsync, pages}:
        said = _("The server does not write through: a power cut loses or damages data.")
        return fault("not_durable", said, "deploy/postgres/erp.conf", fsync=fsync, pages=pages)
    return well(_("It writes through."), fsync=fsync)


@check("database.zones", TOPIC, label=gettext_lazy("time zones"))
def zones() -> Answer:
    """Reports by local day need the same zones here and in the database."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from django.conf import settings

    name = settings.USER_TIME_ZONE
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        said = _("This machine does not know the time zone %(name)s.") % {"name": name}
        return fault("time_zone_missing", said, "apt install tzdata", zone=name)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_timezone_names WHERE name = %s", [name])
            if not cursor.fetchone()[0]:
                said = _("The database does not know the time zone %(name)s.") % {"name": name}
                return fault("time_zone_missing", said, "apt install tzdata", zone=name)
    return well(_("The time zone %(name)s is known.") % {"name": name})


@check("database.errors", TOPIC, label=gettext_lazy("what the database says of itself"))
def errors() -> Answer:
    """Deadlocks and broken pages, as it counts them; a file is asked for its own check."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA quick_check(3)")
            found = [str(row[0]) for row in cursor.fetchall()]
            if found != ["ok"]:
                said = _("The database is damaged: %(what)s") % {"what": found[0]}
                return fault("database_damaged", said, "manage.py erp_verify")
            return well(_("Its own check finds nothing."))
        cursor.execute(
            "SELECT deadlocks, coalesce(checksum_failures, 0), conflicts FROM pg_stat_database"
            " WHERE datname = current_database()"
        )
        deadlocks, checksums, conflicts = cursor.fetchone()
    figures: dict[str, Any] = {"deadlocks": deadlocks, "checksum_failures": checksums}
    if checksums:
        said = _("The database has found damaged pages.")
        return fault("database_damaged", said, "manage.py erp_verify", **figures)
    return well(_("No damaged page was seen."), conflicts=conflicts, **figures)


def answers() -> bool:
    """Whether the database can be asked at all."""
    try:
        with short_transaction() as wrapper, wrapper.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True

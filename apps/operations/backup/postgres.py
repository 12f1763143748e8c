"""PostgreSQL: dumped from an exported moment, restored as a new database, exchanged by renaming."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.db.utils import DatabaseError, OperationalError
from django.utils.translation import gettext as _

from apps.operations.backup.errors import BackupError
from apps.operations.backup.looking import aimed_at, config_of, let_go
from apps.operations.backup.programs import BLOCK, environment, program

LONGEST_NAME = 63
SHORTEST_START = 30
MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Postgres:
    """The database our settings name, when it is on a server."""

    vendor = "postgresql"

    def __init__(self) -> None:
        self.config = config_of()
        self.name = str(self.config["NAME"])

    def version(self) -> str:
        """The server's major version."""
        with _maintaining() as cursor:
            cursor.execute("SHOW server_version_num")
            return str(int(cursor.fetchone()[0]) // 10000)

    def size(self) -> int:
        """Bytes the database takes on disk."""
        with _maintaining() as cursor:
            cursor.execute("SELECT pg_database_size(%s)", [self.name])
            return int(cursor.fetchone()[0])

    def beside(self, word: str, stamp: str) -> str:
        """The name of another database beside ours."""
        ending = f"_{word}_{stamp}"
        return f"{self.name[: LONGEST_NAME - len(ending)]}{ending}"

    @contextmanager
    def moment(self, scratch: Path) -> Iterator[Iterator[bytes]]:
        """One moment of the database: asked by every query inside, and given as blocks."""
        with aimed_at(config_of()) as other, other.cursor() as cursor:
            cursor.execute(MOMENT)
            cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version_num')")
            moment, version = cursor.fetchone()
            yield _dumped(moment, program("pg_dump", int(version) // 10000))
            cursor.execute("ROLLBACK")

    def exists(self, name: str | None = None) -> bool:
        """Whether there is such a database."""
        with _maintaining() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name or self.name])
            return cursor.fetchone() is not None

    def load(self, name: str, blocks: Iterable[bytes]) -> None:
        """Make a new database from what a backup holds."""
        restore = program("pg_restore", int(self.version()))
        quoted = connection.ops.quote_name(name)
        with _maintaining() as cursor:
            cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0{self._locale(cursor)}")
        command = [str(restore), "--exit-on-error", "--no-owner", "--single-transaction"]
        with (
            tempfile.TemporaryFile() as said,
            subprocess.Popen(  # noqa: S603 - the program just found, without a secret
                [*command, f"--dbname={name}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env=environment(config_of(name)),
            ) as process,
        ):
            _feed(process, blocks)
            if process.wait():
                raise _failed("pg_restore", said)
        self._take_over(name)

    def _locale(self, cursor: Any) -> str:
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database"
            " WHERE datname = %s",
            [self.name],
        )
        found = cursor.fetchone()
        if found is None:
            return " ENCODING 'UTF8'"
        encoding, collate, kind = (str(value).replace("'", "") for value in found)
        return f" ENCODING '{encoding}' LC_COLLATE '{collate}' LC_CTYPE '{kind}'"

    def _take_over(self, name: str) -> None:
        """Rights on the database itself and its settings are not in a dump: copy them from ours."""
        quoted = connection.ops.quote_name(name)
        with _maintaining() as cursor:
            cursor.execute(_RIGHTS, [quoted, self.name])
            statements = [row[0] for row in cursor.fetchall()]
            cursor.execute(_SETTINGS, [quoted, self.name])
            statements += [row[0] for row in cursor.fetchall()]
            if statements:
                cursor.execute(f"REVOKE ALL ON DATABASE {quoted} FROM PUBLIC")
            for statement in statements:
                cursor.execute(statement)

    def drop(self, name: str) -> None:
        """Remove a database that is not ours."""
        with _maintaining() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)} (FORCE)")

    def family(self) -> list[str]:
        """Our database and those beside it, whose names begin with ours, cut to fit."""
        start = self.name[:SHORTEST_START]
        with _maintaining() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [start]
            )
            return sorted(name for (name,) in cursor.fetchall())

    def sessions(self) -> list[str]:
        """Who is connected to our database."""
        let_go()
        with _maintaining() as cursor:
            cursor.execute(_SESSIONS, [self.name])
            return [f"{who} ({what or '-'}, {where or 'local'})" for who, what, where in cursor]

    def stop_sessions(self) -> None:
        """Throw everybody out and let nobody in until the exchange is over."""
        with _maintaining() as cursor:
            cursor.execute(_CLOSED % connection.ops.quote_name(self.name))
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> pg_backend_pid()",
                [self.name],
            )

    def welcome(self) -> None:
        """Let people in again."""
        with _maintaining() as cursor:
            cursor.execute(_OPEN % connection.ops.quote_name(self.name))

    def exchange(self, new: str, kept: str) -> None:
        """Put a new database in the place of ours, which is kept under another name.

        Both renames are one transaction: either both are done or none.
        """
        let_go()
        live, new, kept = (connection.ops.quote_name(name) for name in (self.name, new, kept))
        exists = self.exists()
        with (
            aimed_at(config_of("postgres")) as other,
            transaction.atomic(),
            other.cursor() as cursor,
        ):
            if exists:
                cursor.execute(f"ALTER DATABASE {live} RENAME TO {kept}")
                cursor.execute(_OPEN % kept)
            cursor.execute(f"ALTER DATABASE {new} RENAME TO {live}")


_CLOSED = "ALTER DATABASE %s ALLOW_CONNECTIONS false"
_OPEN = "ALTER DATABASE %s ALLOW_CONNECTIONS true"
_SESSIONS = """
    SELECT usename, application_name, client_addr::text FROM pg_stat_activity
    WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
_RIGHTS = """
    SELECT 'GRANT ' || string_agg(acl.privilege_type, ', ') || ' ON DATABASE ' || %s || ' TO '
        || COALESCE(quote_ident(role.rolname), 'PUBLIC')
    FROM pg_database, aclexplode(datacl) AS acl LEFT JOIN pg_roles role ON role.oid = acl.grantee
    WHERE datname = %s GROUP BY role.rolname"""
_SETTINGS = r"""
    SELECT format('ALTER DATABASE %%s SET %%I = %%L', %s,
        split_part(entry, '=', 1), substr(entry, strpos(entry, '=') + 1))
    FROM pg_db_role_setting setting JOIN pg_database ON pg_database.oid = setting.setdatabase,
        unnest(setting.setconfig) AS entry
    WHERE datname = %s AND setrole = 0"""


@contextmanager
def _maintaining() -> Iterator[Any]:
    """A cursor on the server's own database, from where others are made, renamed and dropped."""
    try:
        with aimed_at(config_of("postgres")) as other, other.cursor() as cursor:
            yield cursor
    except OperationalError as error:
        raise BackupError(
            _("The database server does not do it: %(why)s") % {"why": str(error).strip()},
            code="server_refused",
        ) from error
    except DatabaseError as error:
        raise BackupError(
            _("The database server refuses: %(why)s") % {"why": str(error).strip()},
            code="server_refused",
        ) from error


def _dumped(moment: str, dump: Path) -> Iterator[bytes]:
    command = [
        str(dump),
        "--format=custom",
        "--compress=3",
        f"--snapshot={moment}",
        "--no-password",
    ]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 - the program just found, without a secret
            command, stdout=subprocess.PIPE, stderr=said, env=environment(config_of())
        ) as process,
    ):
        output: Any = process.stdout
        try:
            while block := output.read(BLOCK):
                yield block
        except BaseException:
            process.kill()
            raise
        if process.wait():
            raise _failed("pg_dump", said)


def _feed(process: subprocess.Popen[bytes], blocks: Iterable[bytes]) -> None:
    source: Any = process.stdin
    try:
        for block in blocks:
            source.write(block)
        source.close()
    except BrokenPipeError:
        pass  # it gave up; its exit code and last words tell why
    except BaseException:
        process.kill()
        raise


def _failed(program_name: str, said: IO[bytes]) -> BackupError:
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return BackupError(
        _("%(program)s failed: %(why)s")
        % {"program": program_name, "why": " ".join(lines[-2:]) or "-"},
        code=f"{program_name}_failed",
    )

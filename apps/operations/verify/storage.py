"""Can everything be read? The database's own check first, then every table to its last row."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import Any

from django.db import Error, connection
from django.utils.translation import gettext as _

from apps.common.integrity import Place
from apps.operations.backup.looking import config_of
from apps.operations.backup.programs import environment, find

MOST = 100
BATCH = 1000


def readable() -> Iterator[Place]:
    """What the database says of its own files and indexes, and every row that cannot be read."""
    if connection.vendor == "sqlite":
        yield from _sqlite()
    else:
        yield from _postgres()
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
    for table in tables:
        yield from _rows(table)


def _sqlite() -> Iterator[Place]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA integrity_check({MOST})")
            said = [row[0] for row in cursor.fetchall()]
    except Error as error:
        said = [str(error)]
    if said == ["ok"]:
        return
    owners = _owners()
    for line in said:
        yield _place(line, owners)


def _place(line: str, owners: dict[int, str]) -> Place:
    """Name the table and row a line of SQLite's report speaks of."""
    tree = re.search(r"[Tt]ree (\d+)", line)
    row = re.search(r"row (\d+)|rowid (\d+)", line)
    table = owners.get(int(tree.group(1)), "") if tree else ""
    for pattern in (r"from index (\w+)", r"index (\w+)", r"value in (\w+)\.", r"CHECK .* (\w+)$"):
        found = re.search(pattern, line)
        if found and not table:
            table = _table_of_index(found.group(1))
    pk = next((int(part) for part in row.groups() if part), None) if row else None
    return Place(table, pk, line)


def _owners() -> dict[int, str]:
    """Which table each tree of pages belongs to."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rootpage, tbl_name FROM sqlite_master WHERE rootpage > 0")
            return dict(cursor.fetchall())
    except Error:
        return {}


def _table_of_index(name: str) -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE name = %s", [name])
            found = cursor.fetchone()
    except Error:
        found = None
    return str(found[0]) if found else name


def _postgres() -> Iterator[Place]:
    with connection.cursor() as cursor:
        cursor.execute(_INVALID)
        for table, index in cursor.fetchall():
            yield Place(table, None, _("the index %(name)s is not valid") % {"name": index})
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")
        has_amcheck = cursor.fetchone() is not None
    program = find("pg_amcheck")
    if program is None or not has_amcheck:
        return
    config = config_of()
    done = subprocess.run(  # noqa: S603 - the program just found, without a secret
        [program, "--heapallindexed", "--no-password", f"--database={config['NAME']}"],
        env=environment(config),
        capture_output=True,
        text=True,
        check=False,
    )
    for line in done.stdout.splitlines()[:MOST] if done.returncode else ():
        named = re.search(r'table "[^"]*?([^".]+)"', line)
        yield Place(named.group(1) if named else "", None, line)


_INVALID = """
    SELECT tables.relname, indexes.relname FROM pg_index
    JOIN pg_class indexes ON indexes.oid = indexrelid
    JOIN pg_class tables ON tables.oid = indrelid
    JOIN pg_namespace ON pg_namespace.oid = tables.relnamespace
    WHERE nspname = current_schema() AND NOT (indisvalid AND indisready)"""


def _rows(table: str) -> Iterator[Place]:
    """Read a table as a whole; where that fails, find the rows that cannot be read."""
    quoted = connection.ops.quote_name(table)
    whole = f"SELECT * FROM {quoted}"  # noqa: S608 - a table's own name
    if connection.vendor == "postgresql":  # the server reads every value, and sends one number
        whole = f"SELECT SUM(LENGTH(row::text)) FROM {quoted} AS row"  # noqa: S608 - the same
    why = _fails(whole)
    if why is None:
        return
    found = False
    for pk in _keys(table):
        reason = _fails(f"SELECT * FROM {quoted} WHERE {_key()} = %s", pk)  # noqa: S608 - the same
        if reason is not None:
            found = True
            yield Place(table, pk, _("it cannot be read: %(why)s") % {"why": reason})
    if not found:
        yield Place(table, None, _("it cannot be read: %(why)s") % {"why": why})


def _keys(table: str) -> list[Any]:
    quoted = connection.ops.quote_name(table)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {_key()} FROM {quoted} ORDER BY 1")  # noqa: S608 - the same
            return [row[0] for row in cursor.fetchall()]
    except Error:
        return []


def _key() -> str:
    return "rowid" if connection.vendor == "sqlite" else "id"


def _fails(query: str, *parameters: Any) -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(query, parameters)
            while cursor.fetchmany(BATCH):
                pass
    except Error as error:
        return str(error).strip().splitlines()[0]
    return None

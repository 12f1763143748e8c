"""Guards of the database: triggers that hold a rule against everybody, whatever door is used.

PostgreSQL gets them by migration, and there they stay. SQLite makes a table anew to alter it, which
loses its triggers, and refuses to rename a table that a trigger elsewhere names, which is how
Django alters tables there: on SQLite guards are taken down before migrations and put up after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_POSTGRES = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"


@dataclass(frozen=True)
class Trigger:
    """One trigger of a table; making it again changes nothing."""

    name: str
    table: str
    statement: str


def on_sqlite(name: str, table: str, event: str, body: str, *, when: str = "") -> Trigger:
    """A trigger for SQLite: `event` as in BEFORE UPDATE, `body` a statement."""
    condition = f" WHEN {when}" if when else ""
    made = f"CREATE TRIGGER IF NOT EXISTS {name} {event} ON {table}{condition} BEGIN {body}; END"
    return Trigger(name, table, made)


def on_postgres(name: str, table: str, event: str, function: str, *, each: str = "ROW") -> Trigger:
    """A trigger for PostgreSQL, which calls a function; `each` may hold a condition as well."""
    made = f"CREATE OR REPLACE TRIGGER {name} {event} ON {table}"
    return Trigger(name, table, f"{made} FOR EACH {each} EXECUTE FUNCTION {function}()")


def final_on_sqlite(prefix: str, table: str, message: str) -> tuple[Trigger, Trigger, Trigger]:
    """Rows nobody changes or removes.

    The third refuses to replace a row by inserting another under its key, which removes the old one
    without telling the trigger for removals.
    """
    refuse = f"SELECT RAISE(ABORT, '{message}')"
    there = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608 - our own names
    return (
        on_sqlite(f"{prefix}_update", table, "BEFORE UPDATE", refuse),
        on_sqlite(f"{prefix}_delete", table, "BEFORE DELETE", refuse),
        on_sqlite(f"{prefix}_replace", table, "BEFORE INSERT", refuse, when=there),
    )


def function(name: str, body: str, declare: str = "") -> dict[str, str]:
    """A function for triggers of PostgreSQL, by its name."""
    head = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
    return {name: f"{head} {declare} BEGIN {body} END $$"}


def refusing(name: str, message: str) -> dict[str, str]:
    """A function that refuses whatever is tried."""
    return function(
        name, f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"
    )


@dataclass(frozen=True)
class Guard:
    """Triggers that hold one rule, on either kind of database."""

    sqlite: tuple[Trigger, ...]
    postgres: tuple[Trigger, ...]
    functions: Mapping[str, str]  # of PostgreSQL
    also_read: frozenset[str] = field(default_factory=frozenset)  # tables the rule is looked up in

    def triggers(self, connection: Any) -> tuple[Trigger, ...]:
        """Those of this kind of database."""
        return self.postgres if connection.vendor == "postgresql" else self.sqlite

    def put_up(self, connection: Any) -> None:
        """Make them, once every table they name is there."""
        needed = self.also_read | {one.table for one in self.triggers(connection)}
        if not needed <= set(connection.introspection.table_names()):
            return
        functions = self.functions.values() if connection.vendor == "postgresql" else ()
        _execute(connection, (*functions, *(one.statement for one in self.triggers(connection))))

    def take_down(self, connection: Any) -> None:
        """Remove them: for migrations, and for whoever has to mend a row by hand."""
        there = set(connection.introspection.table_names())
        is_postgres = connection.vendor == "postgresql"
        dropped = [
            f"DROP TRIGGER IF EXISTS {one.name}" + (f" ON {one.table}" if is_postgres else "")
            for one in self.triggers(connection)
            if one.table in there
        ]
        if is_postgres:
            dropped += [f"DROP FUNCTION IF EXISTS {name}()" for name in self.functions]
        _execute(connection, dropped)

    def missing(self, connection: Any) -> list[Trigger]:
        """Those this database ought to have and has not, or has switched off."""
        found = triggers_in_force(connection)
        return [one for one in self.triggers(connection) if one.name not in found]

    def before_migrations(self, using: str, **_kwargs: Any) -> None:
        """On SQLite, clear the way for altering tables."""
        if connections[using].vendor == "sqlite":
            self.take_down(connections[using])

    def after_migrations(self, using: str, **_kwargs: Any) -> None:
        """On SQLite, guard again; on PostgreSQL a missing trigger is somebody's doing."""
        if connections[using].vendor == "sqlite":
            self.put_up(connections[using])


def triggers_in_force(connection: Any) -> set[str]:
    """Names of the triggers that act on what anybody writes."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRES if connection.vendor == "postgresql" else _SQLITE)
        return {name for (name,) in cursor.fetchall()}


def _execute(connection: Any, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

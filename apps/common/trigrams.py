"""Indexes for finding text in the middle of a field: PostgreSQL's trigrams. SQLite has none.

Operations of migrations only. They leave the models alone, so that both databases have the same
state: an index is the database's business, and the search asks the same question on both.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import TrigramExtension
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.db.migrations.operations.base import Operation

ADVICE = """\
The extension pg_trgm is not in this database and could not be added: %(error)s
It makes searches quick and comes with PostgreSQL (Debian: in postgresql-NN; Red Hat:
postgresql-contrib). Let a superuser run deploy/postgres/roles.sql, or in this database

    CREATE EXTENSION IF NOT EXISTS pg_trgm;

and run `manage.py migrate` again. Nothing of this migration was kept."""


class NeedTrigrams(TrigramExtension):
    """Add the extension, or say plainly who has to and how."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        except DatabaseError as error:
            raise CommandError(ADVICE % {"error": str(error).partition("\n")[0]}) from error

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Leave it: others may use it, and it costs nothing."""


class AddTrigrams(Operation):
    """One index over all fields of a model that are searched."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, name: str, fields: tuple[str, ...]) -> None:
        self.model_name, self.name, self.fields = model_name, name, fields

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models know nothing of it."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self._wanted(schema_editor, model):
            return
        quote = schema_editor.quote_name
        # As Django writes `icontains`; any other expression would be another index.
        columns = ", ".join(
            f"UPPER({quote(model._meta.get_field(name).column)}::text) gin_trgm_ops"
            for name in self.fields
        )
        table = quote(model._meta.db_table)
        schema_editor.execute(f"CREATE INDEX {quote(self.name)} ON {table} USING gin ({columns})")

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if self._wanted(schema_editor, from_state.apps.get_model(app_label, self.model_name)):
            schema_editor.execute(f"DROP INDEX IF EXISTS {schema_editor.quote_name(self.name)}")

    def describe(self) -> str:
        return f"Search {self.model_name} by trigrams ({self.name})"

    def _wanted(self, schema_editor: Any, model: Any) -> bool:
        connection = schema_editor.connection
        allowed: bool = self.allow_migrate_model(connection.alias, model)
        return allowed and connection.vendor == "postgresql"

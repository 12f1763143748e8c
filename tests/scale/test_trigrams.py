"""Migrations of PostgreSQL's text indexes: they come and go, and say plainly what is missing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from apps.common.trigrams import AddTrigrams, NeedTrigrams

pytestmark = pytest.mark.django_db


def index_names() -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "catalog_item")
    return set(found)


def test_the_indexes_are_postgresqls_alone(on_postgres: bool) -> None:
    assert ("item_searched" in index_names()) == on_postgres


@pytest.mark.postgres
def test_an_index_goes_and_comes_back() -> None:
    state: ProjectState = MigrationExecutor(connection).loader.project_state()
    operation = AddTrigrams("item", "item_searched", ("code", "name_en"))

    with connection.schema_editor() as editor:
        operation.database_backwards("catalog", editor, state, state)
        gone = index_names()
        operation.database_forwards("catalog", editor, state, state)

    assert "item_searched" not in gone
    assert "item_searched" in index_names()


@pytest.mark.postgres
def test_who_may_not_add_the_extension_is_told_what_to_do() -> None:
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE plain_owner")
        cursor.execute("GRANT USAGE ON SCHEMA public TO plain_owner")
        cursor.execute("SET LOCAL ROLE plain_owner")
    state = ProjectState()

    with (
        pytest.raises(CommandError) as caught,
        transaction.atomic(),
        connection.schema_editor(atomic=False) as editor,
    ):
        NeedTrigrams().database_forwards("common", editor, state, state)

    said = str(caught.value)
    assert "permission denied" in said
    assert "CREATE EXTENSION IF NOT EXISTS pg_trgm;" in said
    assert isinstance(caught.value.__cause__, DatabaseError)


def test_on_sqlite_nothing_is_asked_of_the_database(monkeypatch: Any, on_postgres: bool) -> None:
    if on_postgres:
        pytest.skip("what SQLite does")
    state: ProjectState = MigrationExecutor(connection).loader.project_state()
    sent: list[str] = []
    editor: Any = SimpleNamespace(connection=connection, execute=sent.append)
    for operation in (NeedTrigrams(), AddTrigrams("item", "item_searched", ("code",))):
        operation.database_forwards("catalog", editor, state, state)

    assert sent == []

"""Migrations say in their name what they do, and nothing is left to migrate."""

import re

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.architecture.files import files, text

OURS = files(".py", "apps")


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_names_are_given_by_people():
    named = [name for name in OURS if re.search(r"/migrations/\d{4}_", name)]

    assert [name for name in named if re.search(r"_auto_|_\d{8}_\d{4}", name)] == []
    assert len(named) > 0


def test_each_app_has_one_last_migration():
    assert MigrationLoader(None).detect_conflicts() == {}


def test_data_migrations_can_be_taken_back():
    """RunPython and RunSQL name their way back, even if it does nothing."""
    one_way = []
    for name in OURS:
        if "/migrations/0" not in name:
            continue
        for call in re.finditer(r"migrations\.(RunPython|RunSQL)\(", text(name)):
            depth, end = 1, call.end()
            while depth:
                depth += {"(": 1, ")": -1}.get(text(name)[end], 0)
                end += 1
            body = text(name)[call.end() : end - 1]
            if "reverse" not in body and body.count(",") < 1:
                one_way.append(f"{name}: {body.strip()[:60]}")

    assert one_way == []

"""Stored files are opened in one place, which asks who sees their document.

Beside it there is one door that shows them to nobody: backups and checks of what is stored.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings

OPENING = {"open", "read", "readlines", "chunks", "path", "url", "seek"}


def opens_stored_files(tree: ast.AST) -> list[int]:
    """Lines that reach for a stored file: `x.file.open`, or the storage itself."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in OPENING:
            inner = node.value
            if isinstance(inner, ast.Attribute) and inner.attr in {"file", "storage"}:
                found.append(node.lineno)
        if isinstance(node, ast.ImportFrom) and node.module == "django.core.files.storage":
            found.append(node.lineno)
    return found


DOORS = ("open_attachment", "open_stored")


def test_exactly_these_functions_open_stored_files() -> None:
    root = Path(settings.BASE_DIR)
    doors = {
        f"{file.relative_to(root)}:{line}"
        for folder in ("apps", "erp")
        for file in (root / folder).rglob("*.py")
        for line in opens_stored_files(ast.parse(file.read_text("utf-8")))
    }
    source = (root / "apps/common/services/attachments.py").read_text("utf-8")
    inside = [
        line
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name in DOORS
        for line in opens_stored_files(node)
    ]

    assert doors == {f"apps/common/services/attachments.py:{line}" for line in inside}
    assert len(doors) == len(DOORS)


def test_the_door_without_a_guard_is_not_used_where_people_ask() -> None:
    root = Path(settings.BASE_DIR)
    callers = {
        str(file.relative_to(root))
        for file in (root / "apps").rglob("*.py")
        if "open_stored" in file.read_text("utf-8")
    }

    assert callers == {
        "apps/common/services/attachments.py",
        "apps/common/stored.py",
        "apps/operations/backup/files.py",
    }


@pytest.mark.parametrize(
    "code",
    [
        "a.file.open()",
        "row.file.path",
        "_field().storage.open(key)",
        "from django.core.files.storage import storages",
    ],
)
def test_the_search_for_doors_finds_them(code: str) -> None:
    assert opens_stored_files(ast.parse(code))

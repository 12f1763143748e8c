"""Stored files are opened in one place, which asks who sees their document."""

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


def test_exactly_one_function_opens_stored_files() -> None:
    root = Path(settings.BASE_DIR)
    doors = {
        f"{file.relative_to(root)}:{line}"
        for folder in ("apps", "erp")
        for file in (root / folder).rglob("*.py")
        for line in opens_stored_files(ast.parse(file.read_text("utf-8")))
    }
    source = (root / "apps/common/services/attachments.py").read_text("utf-8")
    inside = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "open_attachment"
    )

    assert doors == {
        f"apps/common/services/attachments.py:{line}" for line in opens_stored_files(inside)
    }
    assert len(doors) == 1


@pytest.mark.parametrize(
    "code", ["a.file.open()", "row.file.path", "from django.core.files.storage import storages"]
)
def test_the_search_for_doors_finds_them(code: str) -> None:
    assert opens_stored_files(ast.parse(code))

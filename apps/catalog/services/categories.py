"""The commodity tree: each node knows its path, so that a whole branch is one comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from apps.catalog.models import Category
from apps.catalog.services import records
from apps.common.records import locked

SEPARATOR = "/"
LONGEST_PATH = 255


@transaction.atomic
def save_category(
    category: Category,
    *,
    by: Any,
    data: Mapping[str, Any],
    expected_version: int | None = None,
) -> Category:
    """Create, rename or move a category; the paths of everything below it follow.

    Raises InvalidInputError for a circle and for a tree too deep to hold its path.
    """
    old_path, path = category_place(category, data)
    saved = records.save(category, by=by, data={**data, "path": path})
    if old_path and path != old_path:
        _move_branch(old_path, path)
    return saved


def category_place(category: Category, data: Mapping[str, Any]) -> tuple[str, str]:
    """The path a category has and the one it would get; the tree stays as it is till the commit.

    Raises a ValidationError for a circle and for a tree too deep to hold its path. What the caller
    knows of the parent may be older than the lock, so it is read again.
    """
    _lock_tree()
    fresh = locked(category)
    old_path = fresh.path
    parent, code = data.get("parent", fresh.parent), data.get("code", fresh.code)
    above = Category.objects.values_list("path", flat=True).get(pk=parent.pk) if parent else ""
    path = f"{above}{code}{SEPARATOR}"
    if old_path and path != old_path and above.startswith(old_path):
        raise ValidationError({"parent": [_("A category cannot be part of one below it.")]})
    longest = _longest_below(old_path) if old_path else 0
    if len(path) + longest > LONGEST_PATH:
        raise ValidationError({"parent": [_("The tree is too deep here.")]})
    return old_path, path


def _lock_tree() -> None:
    """One move in the tree at a time: two at once could close a circle between them."""
    list(Category.objects.select_for_update().filter(parent=None).order_by("pk").values_list("pk"))


def _longest_below(path: str) -> int:
    paths = Category.objects.filter(path__startswith=path).values_list("path", flat=True)
    return max((len(p) - len(path) for p in paths), default=0)


def _move_branch(old_path: str, path: str) -> None:
    """Paths are derived, so the branch is rewritten in one statement and has no history."""
    below = Category.objects.filter(path__startswith=old_path).exclude(path=old_path)
    below.update(path=Concat(Value(path), Substr("path", len(old_path) + 1)))


def paths_for(parents: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """The paths of new nodes given as code → parent code, some of whose parents exist already.

    Nodes whose parent is unknown or that go round in a circle are left out.
    """
    paths: dict[str, str] = {}
    for code in parents:
        chain = list(_chain(code, parents, paths, known))
        if not chain:
            continue
        top = parents[chain[-1]]
        path = paths.get(top) or known.get(top, "")
        for node in reversed(chain):
            path = f"{path}{node}{SEPARATOR}"
            paths[node] = path
    return paths


def _chain(
    code: str, parents: Mapping[str, str], paths: Mapping[str, str], known: Mapping[str, str]
) -> Iterable[str]:
    """The nodes from here up to one whose parent has a path; nothing when there is none."""
    chain: list[str] = []
    seen: set[str] = set()
    while code in parents and code not in paths:
        if code in seen:
            return []
        seen.add(code)
        chain.append(code)
        code = parents[code]
    return chain if not code or code in paths or code in known else []

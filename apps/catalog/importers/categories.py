"""Loading a commodity tree, such as UNSPSC with its 20,000 nodes in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog import services
from apps.catalog.importers import readers
from apps.catalog.importers.upsert import CHUNK, Upsert
from apps.catalog.models import Category
from apps.common.errors import NotPermittedError
from apps.common.importing.kinds import ImportField, ImportKind, ImportWork, Outcome, ParsedRow
from apps.common.tabular.errors import RowError


def apply(rows: Sequence[ParsedRow], work: ImportWork) -> Outcome:
    """Write a batch of nodes. A parent stands in the same batch or is there already."""
    parents = {row.values["code"]: row.values.get("parent") or "" for row in rows}
    known = _known({*parents.values(), *parents} - {""})
    batch = Upsert(Category, work)
    moved: list[tuple[ParsedRow, str]] = []
    paths = services.paths_for(parents, {code: node.path for code, node in known.items()})

    def resolve(row: ParsedRow, values: dict[str, Any]) -> list[RowError]:
        code, parent = row.values["code"], values.pop("parent", "")
        if code not in paths or len(paths[code]) > services.LONGEST_PATH:
            message = _("The parent “%(code)s” is not known, or the tree goes round in a circle.")
            return [row.error("parent", "unknown_parent", message % {"code": parent})]
        if code not in known:
            values["path"] = paths[code]
        elif parent and known[code].parent_code != parent:
            moved.append((row, parent))
        return []

    batch.read(rows, resolve)
    _create(batch, parents, known)
    batch.new = []
    batch.write()
    for row, parent in moved:
        batch.outcome.errors += _move(row, parent, work)
    return batch.outcome


def _known(codes: set[str]) -> dict[str, Any]:
    """The nodes of these codes that are there already."""
    found: dict[str, Any] = {}
    wanted = sorted(codes)
    for start in range(0, len(wanted), CHUNK):
        some = Category.objects.filter(code__in=wanted[start : start + CHUNK])
        for node in some.select_related("parent"):
            node.parent_code = node.parent.code if node.parent else ""
            found[node.code] = node
    return found


def _create(batch: Upsert, parents: dict[str, str], known: dict[str, Any]) -> None:
    """Make new nodes level by level, because a node needs its parent's key."""
    nodes = dict(known)
    levels: dict[int, list[Any]] = {}
    for node in batch.new:
        levels.setdefault(node.path.count(services.SEPARATOR), []).append(node)
    for depth in sorted(levels):
        ready = []
        for node in levels[depth]:
            parent = parents[node.code]
            if parent and parent not in nodes:
                continue  # its parent was refused, and said so
            node.parent = nodes.get(parent)
            nodes[node.code] = node
            ready.append(node)
        batch.create(ready)


def _move(row: ParsedRow, parent: str, work: ImportWork) -> list[RowError]:
    """Move one branch through the service, which knows what a tree is."""
    node = Category.objects.get(code=row.values["code"])
    target = Category.objects.get(code=parent)
    try:
        services.save_category(node, by=work.by, data={"parent": target})
    except ValidationError as error:
        return [row.error("parent", "invalid", message) for message in error.messages]
    except NotPermittedError as error:
        return [row.error("parent", error.code, str(error))]
    return []


CATEGORIES = ImportKind(
    name="categories",
    label=gettext_lazy("Categories"),
    fields=(
        ImportField(
            "code",
            gettext_lazy("code"),
            readers.code(32),
            required=True,
            aliases=("unspsc", "cpv", "编码", "代码"),
        ),
        *readers.names(255),
        ImportField(
            "parent",
            gettext_lazy("part of"),
            readers.code(32),
            aliases=("parent code", "parent_code", "上级", "上级编码"),
            help=gettext_lazy("The code of the node above; empty for a root."),
        ),
        readers.ACTIVE,
    ),
    permission="catalog.add_category",
    apply=apply,
    batch_size=5000,
)

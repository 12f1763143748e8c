"""How the columns of one file become the fields of a kind: from a mapping, or by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from apps.common.errors import InvalidInputError
from apps.common.importing.kinds import ImportField, ImportKind, Origin
from apps.common.tabular.headers import key_of


@dataclass(frozen=True)
class Source:
    """Where a field's value comes from: a column, or a value that is the same for every row.

    `blanks` are texts that mean “nothing”; `lenient` leaves an optional field empty when it cannot
    be read and lists it, instead of refusing the row; `translate` turns texts into others.
    """

    target: ImportField
    column: str = ""
    value: Any = None
    default: Any = None
    blanks: frozenset[str] = frozenset()
    lenient: bool = False
    translate: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What is said about a file before it is opened: sources by field, and options.

    `by_name` is true when no mapping names the columns, so that their own names decide.
    """

    sources: Mapping[str, Source]
    options: Mapping[str, Any] = field(default_factory=dict)
    by_name: bool = True


@dataclass(frozen=True)
class Layout:
    """The sources of all fields of one file, and its columns nobody reads."""

    sources: tuple[Source, ...]
    ignored: tuple[str, ...] = ()

    @property
    def origin(self) -> Origin:
        """What rows tell about their values."""
        columns = {s.target.name: s.column for s in self.sources if s.column}
        return Origin(columns, frozenset(s.target.name for s in self.sources if s.lenient))


def layout_for(kind: ImportKind, columns: Sequence[str], plan: Plan) -> Layout:
    """Match the columns of a file. Raises InvalidInputError naming every column that is missing."""
    sources = _matched(columns, plan.sources)
    if plan.by_name:
        sources = {**_by_name(kind, columns), **sources}
    missing = [f for f in kind.fields if f.required and f.name not in sources]
    if missing:
        raise InvalidInputError(
            _("The file has no column for: %(fields)s.")
            % {"fields": ", ".join(f"{f.label} ({f.name})" for f in missing)},
            code="missing_columns",
        )
    used = {source.column for source in sources.values()}
    ignored = tuple(column for column in columns if column not in used)
    return Layout(tuple(sources.values()), ignored)


def _by_name(kind: ImportKind, columns: Sequence[str]) -> dict[str, Source]:
    wanted = {
        key_of(str(name)): f
        for f in reversed(kind.fields)
        for name in (*f.aliases, f.label, f.name)
        if name
    }
    found: dict[str, Source] = {}
    for column in columns:
        target = wanted.get(key_of(column))
        if target is not None and target.name not in found:
            found[target.name] = Source(target, column)
    return found


def _matched(columns: Sequence[str], sources: Mapping[str, Source]) -> dict[str, Source]:
    """The sources with the columns written as the file writes them."""
    by_key = {key_of(column): column for column in columns}
    matched, absent = {}, []
    for name, source in sources.items():
        column = by_key.get(key_of(source.column), "") if source.column else ""
        if source.column and not column:
            absent.append(source.column)
        matched[name] = replace(source, column=column)
    if absent:
        raise InvalidInputError(
            _("The mapping names columns the file does not have: %(columns)s.")
            % {"columns": ", ".join(dict.fromkeys(absent))},
            code="missing_columns",
        )
    return matched

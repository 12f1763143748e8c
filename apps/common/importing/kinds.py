"""What can be imported: an app declares the fields of a row and how a batch of rows is applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from apps.common.errors import InvalidInputError
from apps.common.tabular.cells import Cell
from apps.common.tabular.errors import CellError, RowError

# Reads a cell under what the mapping says of its column (formats, factor …); raises CellError.
Parser = Callable[[Cell, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class ImportField:
    """One field of a row. `aliases` are column names it is recognised by without a mapping."""

    name: str
    label: StrOrPromise
    parse: Parser
    required: bool = False
    aliases: tuple[str, ...] = ()
    help: StrOrPromise = ""


@dataclass(frozen=True)
class ImportOption:
    """A choice about the file as a whole; the first of `choices` counts where nothing is said."""

    name: str
    label: StrOrPromise
    choices: tuple[str, ...] = ("no", "yes")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the values of all rows of a file come from: the column of each field.

    What cannot be read in a `lenient` field is left empty and listed, and the row is taken.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    lenient: frozenset[str] = frozenset()


HERE = Origin()


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A row whose cells could all be read. `number` counts as the spreadsheet does."""

    number: int
    values: Mapping[str, Any]
    origin: Origin = HERE

    def error(self, name: str, code: str, message: str) -> RowError:
        """A refusal of this row, naming the column the field came from."""
        value = self.values.get(name)
        column = self.origin.columns.get(name) or name
        error = CellError(code, message, "" if value is None else value)
        return RowError.of(self.number, column, error)


@dataclass
class ImportWork:
    """What a batch needs to know beside its rows; `memory` lives as long as the run."""

    by: Any
    file_name: str
    digest: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    """What came of a batch: counts, sums to print, and three lists of places in the file.

    `errors` were refused, `warnings` left empty, `notices` taken as they stand though they are odd.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    totals: dict[str, Any] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)
    notices: list[RowError] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Add up batches."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        for name, value in other.totals.items():
            self.count(name, value)
        self.errors += other.errors
        self.warnings += other.warnings
        self.notices += other.notices

    def count(self, name: str, value: Any) -> None:
        """Add to a sum that is shown at the end."""
        self.totals[name] = self.totals[name] + value if name in self.totals else value

    def refuse(self, row: ParsedRow, name: str, code: str, message: str) -> bool:
        """List a value that cannot be taken; say whether the row has to go with it."""
        fatal = name not in row.origin.lenient
        (self.errors if fatal else self.warnings).append(row.error(name, code, message))
        return fatal


Apply = Callable[[Sequence[ParsedRow], ImportWork], Outcome]


@dataclass(frozen=True)
class ImportKind:
    """A kind of import, e.g. items.

    `apply` writes the rows it can write and reports the rows it refuses; the engine decides whether
    a refusal takes everything back. Rows that share their `key` (the first of its fields that is
    filled) make one document and are never separated.
    """

    name: str
    label: StrOrPromise
    fields: tuple[ImportField, ...]
    permission: str
    apply: Apply
    key: tuple[str, ...] = ()
    batch_size: int = 500
    options: tuple[ImportOption, ...] = ()

    def field_named(self, name: str) -> ImportField | None:
        """The field of that name, if there is one."""
        return next((f for f in self.fields if f.name == name), None)

    def option_named(self, name: str) -> ImportOption | None:
        """The option of that name, if there is one."""
        return next((o for o in self.options if o.name == name), None)

    def key_of(self, values: Mapping[str, Any]) -> tuple[str, Any] | None:
        """What a row shares with the others of its document; nothing when it stands alone."""
        return next(((n, values[n]) for n in self.key if values.get(n) is not None), None)


_kinds: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    """Make a kind known; apps do it when they are ready."""
    _kinds[kind.name] = kind


def known_kinds() -> dict[str, ImportKind]:
    """All kinds by name."""
    return dict(sorted(_kinds.items()))


def may_import(user: Any, kind: ImportKind) -> bool:
    """Whoever may add such records by hand may bring them in from a table."""
    return bool(user is not None and user.is_active and user.has_perm(kind.permission))


def kinds_of(user: Any) -> dict[str, ImportKind]:
    """The kinds this person may import, by name."""
    return {name: kind for name, kind in known_kinds().items() if may_import(user, kind)}


def kind_named(name: str) -> ImportKind:
    """The kind of that name. Raises InvalidInputError naming those there are."""
    try:
        return _kinds[name]
    except KeyError:
        raise InvalidInputError(
            _("“%(name)s” cannot be imported; what can: %(kinds)s.")
            % {"name": name, "kinds": ", ".join(sorted(_kinds))},
            code="unknown_kind",
        ) from None

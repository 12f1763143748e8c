"""Records that rows name by their codes, looked up for a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.common.importing.kinds import Outcome, ParsedRow
from apps.common.tabular.errors import RowError


class Lookups:
    """The records behind the codes in some columns: `{"category": Category, …}`.

    Retired records are found only where they are asked for: old documents may still name them.
    """

    def __init__(
        self,
        rows: Sequence[ParsedRow],
        columns: Mapping[str, type[models.Model]],
        *,
        retired: bool = False,
    ) -> None:
        self.columns = columns
        wanted: dict[type[models.Model], set[str]] = {}
        for column, model in columns.items():
            codes = (row.values.get(column) for row in rows)
            wanted.setdefault(model, set()).update(code for code in codes if code is not None)
        self.found = {
            model: _by_code(model, codes, retired=retired) for model, codes in wanted.items()
        }

    def resolve(self, row: ParsedRow, values: dict[str, Any]) -> list[RowError]:
        """Put the records in place of the codes; say which codes are not known."""
        return [
            row.error(column, "unknown_code", message)
            for column, message in self._unknown(row, values)
        ]

    def take(self, row: ParsedRow, values: dict[str, Any], outcome: Outcome) -> bool:
        """As `resolve`, but what the mapping lets be left empty is; False when the row must go."""
        refused = [
            outcome.refuse(row, column, "unknown_code", message)
            for column, message in self._unknown(row, values)
        ]
        return not any(refused)

    def _unknown(self, row: ParsedRow, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for column, model in self.columns.items():
            code = values.get(column)
            if code is None:
                continue
            values[column] = self.found[model].get(code)
            if values[column] is None:
                yield (
                    column,
                    _("There is no %(kind)s “%(code)s”.")
                    % {"kind": model._meta.verbose_name, "code": code},
                )


def _by_code(model: type[models.Model], codes: Iterable[str], *, retired: bool) -> dict[str, Any]:
    """Records by code. Units also answer to their symbol, where it is one unit's alone."""
    wanted = list(codes)
    if not wanted:
        return {}
    condition = Q(code__in=wanted)
    has_symbol = model._meta.model_name == "unit"
    if has_symbol:
        condition |= Q(symbol__in=wanted)
    if not retired:
        condition &= Q(is_active=True)
    rows: list[Any] = list(model._default_manager.filter(condition).fetch_mode(models.FETCH_PEERS))
    found: dict[str, Any] = {}
    if has_symbol:
        symbols = [row.symbol for row in rows]
        found = {row.symbol: row for row in rows if symbols.count(row.symbol) == 1}
    found |= {row.code: row for row in rows}
    return found

"""Finding the suppliers a file names, by code or by their exact name; making those that are new."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.catalog import policies as catalog_policies
from apps.catalog import services as catalog
from apps.catalog.models import Supplier
from apps.common import numbering
from apps.common.importing.kinds import ImportWork, Outcome, ParsedRow
from apps.common.text import hidden, one_line

CHUNK = 250
KIND, PREFIX = "supplier", "S"
NAMES = ("name_en", "name_zh_hans")  # what translation adds to the model
_CHINESE = re.compile("[\u3400-\u9fff]")


class Suppliers:
    """The suppliers of a batch. Names that only look alike are different suppliers."""

    def __init__(self, rows: Sequence[ParsedRow], work: ImportWork, outcome: Outcome) -> None:
        self.work = work
        self.outcome = outcome
        self.made: dict[str, Supplier] = work.memory.setdefault("suppliers", {})
        self.by_code: dict[str, Supplier] = {}
        self.by_name: dict[str, set[Supplier]] = {}
        for supplier in _named({row.values.get("supplier") for row in rows} - {None}):
            self.by_code[supplier.code] = supplier
            names = {getattr(supplier, field) for field in NAMES}
            for name in names - {None, ""}:
                self.by_name.setdefault(name, set()).add(supplier)

    def take(self, row: ParsedRow, values: dict[str, Any]) -> bool:
        """Put the supplier in place of what the file calls it; False when the row must go."""
        said = values.get("supplier")
        if said is None:
            return True
        found = set(self.by_name.get(said, ()))
        if said in self.by_code:
            found.add(self.by_code[said])
        if said in self.made:
            found.add(self.made[said])
        if len(found) > 1:
            codes = ", ".join(sorted(supplier.code for supplier in found))
            message = _("Several suppliers are called “%(name)s”: %(codes)s. Give the code.")
            self.outcome.refuse(
                row, "supplier", "ambiguous_supplier", message % {"name": said, "codes": codes}
            )
            return False
        if not found:
            return self._unknown(row, said, values)
        values["supplier"] = found.pop()
        return True

    def _unknown(self, row: ParsedRow, name: str, values: dict[str, Any]) -> bool:
        if self.work.options["create_suppliers"] != "yes":
            message = _("There is no supplier with the code or the name “%(name)s”.")
            self.outcome.refuse(row, "supplier", "unknown_supplier", message % {"name": name})
            return False
        if not catalog_policies.may_add(self.work.by, Supplier):
            message = _("You may not add suppliers.")
            self.outcome.refuse(row, "supplier", "not_permitted", message)
            return False
        if one_line(name) != name or hidden(name):
            message = _("The name has characters nobody can see; add the supplier by hand.")
            self.outcome.refuse(row, "supplier", "invisible_character", message)
            return False
        values["supplier"] = self.made[name] = self._make(name)
        return True

    def _make(self, name: str) -> Supplier:
        """A prospective supplier: letting it in is somebody's decision, not a column."""
        field = "name_zh_hans" if _CHINESE.search(name) else "name_en"
        code = numbering.take(KIND, PREFIX)
        made = catalog.save_supplier(Supplier(code=code), by=self.work.by, data={field: name})
        self.outcome.count(_("suppliers created"), 1)
        return made


def _named(names: set[Any]) -> list[Supplier]:
    wanted = sorted(names)
    found: dict[int, Supplier] = {}
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        condition = Q(code__in=some) | Q(name_en__in=some) | Q(name_zh_hans__in=some)
        records = Supplier.objects.filter(condition)
        related = records.select_related("currency", "payment_term", "incoterm")
        found |= {supplier.pk: supplier for supplier in related}
    return list(found.values())

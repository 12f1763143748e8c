"""Loading the items of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.importers import readers
from apps.catalog.importers.lookups import Lookups
from apps.catalog.importers.upsert import Upsert
from apps.catalog.models import Category, Item, Supplier, TaxCode, Unit
from apps.common.importing.kinds import ImportField, ImportKind, ImportWork, Outcome, ParsedRow
from apps.common.tabular.errors import RowError

ZERO = Decimal(0)
REFERENCES = {
    "category": Category,
    "base_unit": Unit,
    "purchase_unit": Unit,
    "tax_code": TaxCode,
    "preferred_supplier": Supplier,
}


def apply(rows: Sequence[ParsedRow], work: ImportWork) -> Outcome:
    """Write a batch of items."""
    batch = Upsert(Item, work)
    lookups = Lookups(rows, REFERENCES)

    def resolve(row: ParsedRow, values: dict[str, Any]) -> list[RowError]:
        errors = lookups.resolve(row, values)
        pack = values.get("purchase_unit")
        if pack and pack != values.get("base_unit") and "purchase_factor" not in values:
            message = _("How many base units are in one purchase unit?")
            errors.append(row.error("purchase_factor", "required", message))
        return errors

    batch.read(rows, resolve)
    batch.write()
    return batch.outcome


ITEMS = ImportKind(
    name="items",
    label=gettext_lazy("Items"),
    fields=(
        ImportField(
            "code",
            gettext_lazy("code"),
            readers.code(64),
            required=True,
            aliases=("item", "item code", "sku", "物料编码", "编码"),
        ),
        *readers.names(255),
        ImportField(
            "description_en",
            gettext_lazy("specification (English)"),
            readers.text(4000, lines=True),
            aliases=("specification", "description"),
        ),
        ImportField(
            "description_zh_hans",
            gettext_lazy("specification (Chinese)"),
            readers.text(4000, lines=True),
            aliases=("规格", "规格型号"),
        ),
        ImportField("category", gettext_lazy("category"), readers.code(32), aliases=("类别",)),
        ImportField(
            "base_unit",
            gettext_lazy("base unit"),
            readers.code(16),
            required=True,
            aliases=("unit", "uom", "单位"),
            help=gettext_lazy("UN/ECE code, e.g. C62, or the unit's symbol."),
        ),
        ImportField(
            "purchase_unit", gettext_lazy("purchase unit"), readers.code(16), aliases=("采购单位",)
        ),
        ImportField(
            "purchase_factor",
            gettext_lazy("base units per purchase unit"),
            readers.number(ZERO, above=True),
            aliases=("换算系数",),
        ),
        ImportField(
            "minimum_quantity",
            gettext_lazy("minimum order quantity"),
            readers.number(ZERO),
            aliases=("moq", "最小订购量"),
        ),
        ImportField(
            "multiple_quantity",
            gettext_lazy("order multiple"),
            readers.number(ZERO),
            aliases=("order multiple", "订购倍数"),
        ),
        ImportField(
            "lead_time_days", gettext_lazy("lead time (days)"), readers.days, aliases=("交货天数",)
        ),
        ImportField("tax_code", gettext_lazy("tax code"), readers.code(16), aliases=("税码",)),
        ImportField(
            "manufacturer", gettext_lazy("manufacturer"), readers.text(120), aliases=("制造商",)
        ),
        ImportField(
            "manufacturer_part_number",
            gettext_lazy("manufacturer part no."),
            readers.code_with_spaces(80),
            aliases=("mpn", "part number", "型号"),
        ),
        ImportField(
            "preferred_supplier",
            gettext_lazy("preferred supplier"),
            readers.code(32),
            aliases=("supplier", "供应商"),
        ),
        readers.ACTIVE,
    ),
    permission="catalog.add_item",
    apply=apply,
    batch_size=1000,
)

"""The columns a table of purchase orders may have."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.catalog.importers.wanted import NEEDED_BY, NOTES, PART_NUMBERS, WANTED
from apps.common.importing import readers
from apps.common.importing.kinds import ImportField

ZERO = Decimal(0)

# What all rows of an order agree on.
_DOCUMENT = (
    ImportField(
        "number",
        _("order number"),
        readers.code_with_spaces(64),
        required=True,
        aliases=("po", "po number", "po no", "order", "订单号", "采购订单号"),
        help=_("Rows with the same number are one order. A draft keeps it as its reference."),
    ),
    ImportField(
        "supplier",
        _("supplier"),
        readers.name(255),
        required=True,
        aliases=("vendor", "supplier code", "供应商"),
        help=_("The code, or the exact name."),
    ),
    ImportField("department", _("department"), readers.code(32), aliases=("部门",)),
    ImportField(
        "currency",
        _("currency"),
        readers.code(3, upper=True),
        required=True,
        aliases=("币种",),
    ),
    ImportField("order_date", _("order date"), readers.day, aliases=("po date", "下单日期")),
    ImportField("expected_date", _("expected"), readers.day, aliases=("交货日期",)),
    ImportField("payment_term", _("payment term"), readers.code(32), aliases=("付款条件",)),
    ImportField("incoterm", _("incoterm"), readers.code(3, upper=True), aliases=("贸易术语",)),
    ImportField("incoterm_place", _("named place"), readers.text(120), aliases=("交货地点",)),
    ImportField("supplier_reference", _("supplier's reference"), readers.text(64)),
    ImportField("notes_internal", _("internal notes"), readers.text(4000, lines=True)),
)
# What each row says of its line.
_LINE = (
    *WANTED,
    ImportField(
        "unit_price",
        _("net price"),
        readers.number(ZERO),
        required=True,
        aliases=("price", "单价"),
    ),
    ImportField(
        "amount",
        _("amount"),
        readers.number(ZERO, places=4),
        aliases=("line value", "金额"),
        help=_("Held against quantity times price."),
    ),
    ImportField("tax_code", _("tax code"), readers.code(16), aliases=("税码",)),
    ImportField("cost_centre", _("cost centre"), readers.code(32), aliases=("成本中心",)),
    ImportField("project", _("project"), readers.code(32), aliases=("项目",)),
    NEEDED_BY,
    ImportField("promised_date", _("promised"), readers.day, aliases=("承诺日期",)),
    *PART_NUMBERS,
    NOTES,
)
FIELDS = (*_DOCUMENT, *_LINE)
HEADER = tuple(field.name for field in _DOCUMENT)

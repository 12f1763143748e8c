"""The columns a table of purchase orders may have."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

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
    ImportField("item", _("item"), readers.code(64), aliases=("item code", "物料编码")),
    ImportField(
        "description",
        _("description"),
        readers.text(500),
        aliases=("item description", "名称", "物料名称"),
        help=_("Left empty, the item's name."),
    ),
    ImportField(
        "specification", _("specification"), readers.text(4000, lines=True), aliases=("规格型号",)
    ),
    ImportField("category", _("category"), readers.code(32), aliases=("类别",)),
    ImportField(
        "quantity",
        _("quantity"),
        readers.number(ZERO, above=True),
        required=True,
        aliases=("qty", "数量"),
    ),
    ImportField(
        "unit",
        _("unit"),
        readers.code(16),
        aliases=("uom", "单位"),
        help=_("UN/ECE code, e.g. C62, or the unit's symbol; left empty, the item's."),
    ),
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
    ImportField("needed_by", _("needed by"), readers.day, aliases=("需求日期",)),
    ImportField("promised_date", _("promised"), readers.day, aliases=("承诺日期",)),
    ImportField("supplier_part_number", _("supplier part no."), readers.text(80)),
    ImportField("manufacturer_part_number", _("manufacturer part no."), readers.text(80)),
    ImportField("notes", _("notes"), readers.text(500), aliases=("备注",)),
)
FIELDS = (*_DOCUMENT, *_LINE)
HEADER = tuple(field.name for field in _DOCUMENT)

"""The columns a table of requisitions may have."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.common.importing import readers
from apps.common.importing.kinds import ImportField
from apps.requisitions.states import Priority

ZERO = Decimal(0)

# What all rows of a requisition agree on.
_DOCUMENT = (
    ImportField(
        "reference",
        _("reference"),
        readers.code_with_spaces(64),
        aliases=("external reference", "request", "申请单号"),
        help=_("Rows with the same reference are one requisition, brought in only once."),
    ),
    ImportField(
        "title",
        _("title"),
        readers.text(200),
        required=True,
        aliases=("标题", "采购项目名称"),
        help=_("Without a reference, rows with the same title are one requisition."),
    ),
    ImportField(
        "requester",
        _("requester"),
        readers.code(150),
        aliases=("user", "username", "申请人"),
        help=_("A user name; left empty, whoever imports."),
    ),
    ImportField(
        "department",
        _("department"),
        readers.code(32),
        aliases=("部门", "申请部门"),
        help=_("Left empty, the importer's own."),
    ),
    ImportField(
        "cost_centre", _("cost centre"), readers.code(32), required=True, aliases=("成本中心",)
    ),
    ImportField("project", _("project"), readers.code(32), aliases=("项目",)),
    ImportField("currency", _("currency"), readers.code(3, upper=True), aliases=("币种",)),
    ImportField(
        "priority",
        _("priority"),
        readers.choice(*Priority.values),
        aliases=("优先级",),
    ),
    ImportField(
        "justification",
        _("justification"),
        readers.text(4000, lines=True),
        aliases=("reason", "事由"),
    ),
    ImportField(
        "delivery_address",
        _("delivery address"),
        readers.text(1000, lines=True),
        aliases=("收货地址",),
    ),
)
# What each row says of its line.
_LINE = (
    ImportField("item", _("item"), readers.code(64), aliases=("item code", "物料编码")),
    ImportField(
        "description",
        _("description"),
        readers.text(500),
        aliases=("名称", "物料名称"),
        help=_("Left empty, the item's name."),
    ),
    ImportField(
        "specification",
        _("specification"),
        readers.text(4000, lines=True),
        aliases=("规格型号", "采购需求概况"),
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
        "estimated_price",
        _("estimated price"),
        readers.number(ZERO),
        aliases=("price", "单价", "预算金额"),
        help=_("For one unit. Prices in 万元 need a mapping with factor = 10000."),
    ),
    ImportField("needed_by", _("needed by"), readers.day, aliases=("需求日期",)),
    ImportField(
        "preferred_supplier", _("preferred supplier"), readers.code(32), aliases=("供应商",)
    ),
    ImportField("manufacturer_part_number", _("manufacturer part no."), readers.text(80)),
    ImportField("supplier_part_number", _("supplier part no."), readers.text(80)),
    ImportField("notes", _("notes"), readers.text(500), aliases=("备注",)),
)
FIELDS = (*_DOCUMENT, *_LINE)
HEADER = tuple(field.name for field in _DOCUMENT)

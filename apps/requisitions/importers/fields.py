"""The columns a table of requisitions may have."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.catalog.importers.wanted import NEEDED_BY, NOTES, PART_NUMBERS, WANTED
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
    *WANTED,
    ImportField(
        "estimated_price",
        _("estimated price"),
        readers.number(ZERO),
        aliases=("price", "单价", "预算金额"),
        help=_("For one unit. Prices in 万元 need a mapping with factor = 10000."),
    ),
    NEEDED_BY,
    ImportField(
        "preferred_supplier", _("preferred supplier"), readers.code(32), aliases=("供应商",)
    ),
    *PART_NUMBERS,
    NOTES,
)
FIELDS = (*_DOCUMENT, *_LINE)
HEADER = tuple(field.name for field in _DOCUMENT)

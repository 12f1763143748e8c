"""The columns in which a line says what is wanted and how much: the same for every document."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.common.importing import readers
from apps.common.importing.kinds import ImportField

WANTED = (
    ImportField("item", _("item"), readers.code(64), aliases=("item code", "物料编码")),
    ImportField(
        "description",
        _("description"),
        readers.text(500),
        aliases=("item description", "名称", "物料名称"),
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
        readers.number(Decimal(0), above=True),
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
)
NEEDED_BY = ImportField("needed_by", _("needed by"), readers.day, aliases=("需求日期",))
PART_NUMBERS = (
    ImportField("supplier_part_number", _("supplier part no."), readers.text(80)),
    ImportField("manufacturer_part_number", _("manufacturer part no."), readers.text(80)),
)
NOTES = ImportField("notes", _("notes"), readers.text(500), aliases=("备注",))

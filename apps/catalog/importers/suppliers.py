"""Loading suppliers. New ones are prospective: letting them in is a decision, not a column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.importers import readers
from apps.catalog.importers.lookups import Lookups
from apps.catalog.importers.upsert import Upsert
from apps.catalog.models import Currency, Incoterm, PaymentTerm, Supplier
from apps.common.importing.kinds import ImportField, ImportKind, ImportWork, Outcome, ParsedRow
from apps.common.tabular.errors import RowError

REFERENCES = {"currency": Currency, "payment_term": PaymentTerm, "incoterm": Incoterm}


def apply(rows: Sequence[ParsedRow], work: ImportWork) -> Outcome:
    """Write a batch of suppliers."""
    batch = Upsert(Supplier, work)
    lookups = Lookups(rows, REFERENCES)
    taken = _taken_tax_numbers(rows)

    def resolve(row: ParsedRow, values: dict[str, Any]) -> list[RowError]:
        errors = lookups.resolve(row, values)
        number = values.get("tax_number")
        if number and taken.setdefault(number, values["code"]) != values["code"]:
            message = _("Another supplier has this tax number: %(code)s.") % {"code": taken[number]}
            errors.append(row.error("tax_number", "repeated_tax_number", message))
        return errors

    batch.read(rows, resolve)
    batch.write()
    return batch.outcome


def _taken_tax_numbers(rows: Sequence[ParsedRow]) -> dict[str, str]:
    """Whose the tax numbers in the batch are already."""
    numbers = {row.values.get("tax_number") for row in rows} - {None}
    found = Supplier.objects.filter(tax_number__in=numbers).values_list("tax_number", "code")
    return dict(found)


SUPPLIERS = ImportKind(
    name="suppliers",
    label=gettext_lazy("Suppliers"),
    fields=(
        ImportField(
            "code",
            gettext_lazy("code"),
            readers.code(32),
            required=True,
            aliases=("supplier", "supplier code", "vendor", "供应商编码", "编码"),
        ),
        *readers.names(255),
        ImportField(
            "tax_number",
            gettext_lazy("tax number"),
            readers.code(32, upper=True),
            aliases=("vat", "vat number", "统一社会信用代码", "税号"),
        ),
        ImportField(
            "country",
            gettext_lazy("country"),
            readers.code(2, upper=True),
            aliases=("国家",),
            help=gettext_lazy("ISO 3166 code of two letters."),
        ),
        ImportField(
            "address", gettext_lazy("address"), readers.text(1000, lines=True), aliases=("地址",)
        ),
        ImportField("email", gettext_lazy("e-mail"), readers.text(254), aliases=("mail", "邮箱")),
        ImportField("phone", gettext_lazy("phone"), readers.text(40), aliases=("tel", "电话")),
        ImportField("website", gettext_lazy("website"), readers.text(200), aliases=("网址",)),
        ImportField(
            "currency", gettext_lazy("currency"), readers.code(3, upper=True), aliases=("币种",)
        ),
        ImportField(
            "payment_term", gettext_lazy("payment term"), readers.code(32), aliases=("付款条件",)
        ),
        ImportField(
            "incoterm", gettext_lazy("incoterm"), readers.code(3, upper=True), aliases=("贸易术语",)
        ),
        ImportField(
            "lead_time_days", gettext_lazy("lead time (days)"), readers.days, aliases=("交货天数",)
        ),
        ImportField("warning", gettext_lazy("warning shown to buyers"), readers.text(255)),
        ImportField(
            "notes", gettext_lazy("notes"), readers.text(4000, lines=True), aliases=("备注",)
        ),
        readers.ACTIVE,
    ),
    permission="catalog.add_supplier",
    apply=apply,
    batch_size=1000,
)

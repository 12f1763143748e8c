"""Loading purchase orders: rows with the same number are the lines of one order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Department
from apps.budgets.models import CostCentre, Project
from apps.catalog.importers.lookups import Lookups
from apps.catalog.models import Category, Currency, Incoterm, Item, PaymentTerm, TaxCode, Unit
from apps.common.importing.gathering import gather
from apps.common.importing.kinds import ImportKind, ImportOption, ImportWork, Outcome, ParsedRow
from apps.procurement.importers import writing
from apps.procurement.importers.fields import FIELDS, HEADER
from apps.procurement.importers.suppliers import Suppliers

REFERENCES = {
    "department": Department,
    "currency": Currency,
    "payment_term": PaymentTerm,
    "incoterm": Incoterm,
    "item": Item,
    "category": Category,
    "unit": Unit,
    "tax_code": TaxCode,
    "cost_centre": CostCentre,
    "project": Project,
}


def apply(rows: Sequence[ParsedRow], work: ImportWork) -> Outcome:
    """Write a batch of orders."""
    outcome = Outcome()
    past = work.options["status"] == "closed"
    lookups = Lookups(rows, REFERENCES, retired=past)
    suppliers = Suppliers(rows, work, outcome)

    def resolve(row: ParsedRow, values: dict[str, Any]) -> bool:
        complete = _is_complete(row, values, work, outcome)
        found = lookups.take(row, values, outcome)
        values.setdefault("department", work.by.department)
        return suppliers.take(row, values) and found and complete

    documents = gather(PURCHASE_ORDERS, rows, HEADER, resolve, outcome)
    (writing.register if past else writing.draft)(documents, work, outcome)
    return outcome


def _is_complete(
    row: ParsedRow, values: dict[str, Any], work: ImportWork, outcome: Outcome
) -> bool:
    """What may be left open only where somebody or something else says it."""
    missing = []
    if "department" not in values and work.by.department is None:
        missing.append(("department", _("A department is needed.")))
    if "unit" not in values and "item" not in values:
        missing.append(("unit", _("A unit is needed where no item is named.")))
    outcome.errors += [row.error(name, "required", message) for name, message in missing]
    return not missing


PURCHASE_ORDERS = ImportKind(
    name="purchase_orders",
    label=gettext_lazy("Purchase orders"),
    fields=FIELDS,
    permission="procurement.add_purchaseorder",
    apply=apply,
    key=("number",),
    batch_size=1000,
    options=(
        ImportOption("status", gettext_lazy("state of the orders"), ("draft", "closed")),
        ImportOption("create_suppliers", gettext_lazy("add suppliers that are not there yet")),
    ),
)

"""Who may do what with the catalogue."""

from __future__ import annotations

from decimal import Decimal

from apps.catalog.models import Incoterm, PaymentTerm
from tests.architecture.permission_table import (
    EVERYBODY,
    World,
    master_viewset,
    model_admin,
    route,
    to,
)
from tests.catalog import factories as make

KEEPERS = to("procurement", "admin")
ADMIN = to("admin")

MASTERS = [
    ("unit", "unit", ADMIN),
    ("currency", "currency", ADMIN),
    ("exchange-rate", "exchangerate", ADMIN),
    ("tax-code", "taxcode", ADMIN),
    ("payment-term", "paymentterm", ADMIN),
    ("incoterm", "incoterm", ADMIN),
    ("category", "category", ADMIN),
    ("item", "item", KEEPERS),
    ("supplier", "supplier", KEEPERS),
    ("supplier-price", "supplierprice", KEEPERS),
]

ROWS = [
    *(
        row
        for basename, model, write in MASTERS
        for row in master_viewset(basename, of=model, read=EVERYBODY, write=write)
    ),
    *(
        row
        for _basename, model, write in MASTERS
        for row in model_admin(f"catalog.{model}", of=model, add=write, change=write)
    ),
    *(
        route(f"supplier-{move}", of="supplier", POST=to("procurement"))
        for move in ("approve", "suspend", "block", "unblock")
    ),
    # Accounts are entered, never edited; moves are buttons the service decides on.
    *model_admin("catalog.supplierbankaccount", of="supplierbankaccount", add=KEEPERS),
]


def populate(world: World) -> None:
    """One of everything."""
    made = world.objects
    made["unit"] = make.make_unit()
    made["currency"] = make.make_currency("USD", "7.1")
    made["exchangerate"] = made["currency"].rates.get()
    made["taxcode"] = make.make_tax_code(d2019_04_01="13")
    made["paymentterm"] = PaymentTerm.objects.create(code="NET30", name_en="30 days")
    made["incoterm"] = Incoterm.objects.create(code="FCA", name_en="Free carrier")
    made["category"] = make.make_category("44121704")
    made["supplier"] = make.make_supplier("S-0001")
    made["item"] = make.make_item("PEN-001", category=made["category"])
    made["supplierprice"] = make.make_price(made["item"], made["supplier"], "1.50")
    made["supplierprice"].breaks.create(minimum_quantity=Decimal(10), price=Decimal(1))
    made["supplierbankaccount"] = make.make_bank_account(
        made["supplier"], world.people["procurement"]
    )

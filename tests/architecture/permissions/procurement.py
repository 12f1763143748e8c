"""Who may do what in procurement: buyers buy, the manager decides, others look on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.accounts.models import User
from apps.procurement import services
from apps.procurement.models import PurchaseOrder
from tests.architecture.permission_table import EVERYBODY, World, model_admin, route, to
from tests.procurement import factories as make

BUYS = to("procurement")
SEEN = to("procurement", "manager", "admin", "auditor", hidden="engineer ops")
DECIDES = to("manager", hidden="engineer ops")


def line_of_order(world: World) -> Mapping[str, Any]:
    """A line inside its order, as the API names them."""
    order = world.objects["purchaseorder"]
    return {"pk": order.pk, "line_pk": order.lines.get().pk}


def line_in_office(world: World) -> Mapping[str, Any]:
    """The same as the back office names them."""
    order = world.objects["draft_order"]
    return {"object_id": order.pk, "line_pk": order.lines.get().pk}


ROWS = [
    route("purchaseorder-list", GET=EVERYBODY, POST=BUYS),
    route("purchaseorder-detail", of="purchaseorder", GET=SEEN, PATCH=BUYS),
    route("purchaseorder-convert", POST=BUYS),
    route("purchaseorder-history", of="purchaseorder", GET=SEEN),
    *(
        route(f"purchaseorder-{name}", of="purchaseorder", POST=BUYS)
        for name in ("submit", "withdraw", "issue", "hold", "resume", "cancel", "close")
    ),
    *(
        route(f"purchaseorder-{name}", of="purchaseorder", body={"comment": "why"}, POST=DECIDES)
        for name in ("approve", "reject", "return")
    ),
    route("purchaseorder-close-line", arguments=line_of_order, POST=BUYS),
    route("openline-list", GET=BUYS),
    route("openline-detail", of="openline", GET=BUYS),
    route("admin:procurement_openline_convert", GET=BUYS, POST=BUYS, verbs=("GET", "POST")),
    *model_admin("procurement.openline", of="openline", view=BUYS),
    *model_admin("procurement.purchaseorder", of="draft_order", add=BUYS, change=BUYS),
    route(
        "admin:procurement_purchaseorder_close_line",
        arguments=line_in_office,
        GET=to("procurement", hidden="ops"),
        POST=to("procurement", hidden="ops"),
        verbs=("GET", "POST"),
    ),
    *model_admin("procurement.allocation", of="allocation"),
]


def populate(world: World) -> None:
    """An order that waits for the manager, a draft with a line from a requisition, an open line."""
    buyer = User.objects.get(pk=world.people["procurement"].pk)
    department = world.objects["department"]
    make.make_order_rule(world.people["manager"])
    waiting = make.make_order(buyer, department)
    world.objects["purchaseorder"] = services.submit(waiting, by=buyer)
    PurchaseOrder.objects.update(version=1)  # the version every row is asked with
    line = make.make_open_line(department, "10")
    (draft,) = services.convert([make.wish(line, make.make_supplier(), "4")], by=buyer)
    world.objects["draft_order"] = draft
    world.objects["openline"] = line
    world.objects["allocation"] = line.allocations.get()

"""The critical path of the business: ask, approve, order, issue; and that transactions hold."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.models import Unit
from apps.operations.smoke.asking import Red
from apps.operations.smoke.lines import Line, Round
from apps.operations.smoke.stage import CODE, TITLE

REQUISITIONS = "/api/v1/requisitions"
ORDERS = "/api/v1/purchase-orders"
PENDING = "pending_approval"
MOST_STEPS = 6


def requisition(run: Round) -> str:
    """The engineer writes a requisition and submits it."""
    token = run.token("smoke-engineer")
    made = run.server.ask(REQUISITIONS, _body(), token=token).expect(201, _("created")).json()
    run.requisition = made["id"]
    _move(run, "smoke-engineer", f"{REQUISITIONS}/{made['id']}", "submit")
    return str(_read(run, "smoke-engineer", f"{REQUISITIONS}/{made['id']}")["number"])


def order(run: Round) -> str:
    """It is approved, converted into an order, and the order issued."""
    if not run.requisition:
        raise Red(_("there is no requisition"))
    path = f"{REQUISITIONS}/{run.requisition}"
    _approved(run, "smoke-engineer", path)
    buyer = run.token("smoke-procurement")
    line = _read(run, "smoke-procurement", path)["lines"][0]["id"]
    wish = {"requisition_line": line, "quantity": "1", "supplier": CODE, "unit_price": "1"}
    made = run.server.ask(f"{ORDERS}/convert", {"lines": [wish]}, token=buyer)
    (drafted,) = made.expect(201, _("converted")).json()["purchase_orders"]
    path = f"{ORDERS}/{drafted['id']}"
    _move(run, "smoke-procurement", path, "submit")
    _approved(run, "smoke-procurement", path)
    issued = _move(run, "smoke-procurement", path, "issue")
    if issued["status"] != "issued" or not issued["number"]:
        raise Red(str(issued["status"]))
    return str(issued["number"])


def transactions(run: Round) -> str:
    """What is refused leaves nothing, what is stale is refused, what is sent twice is made once."""
    token = run.token("smoke-engineer")
    before = _count(run)
    wrong = _body(lines=[_line(), {**_line(), "quantity": "-1"}])
    run.server.ask(REQUISITIONS, wrong, token=token).expect(400, _("a wrong line"))
    if _count(run) != before:
        raise Red(_("a refused requisition left something behind"))
    made = run.server.ask(REQUISITIONS, _body(), token=token).expect(201, _("created")).json()
    path = f"{REQUISITIONS}/{made['id']}"
    change = {"title": TITLE + "."}
    version = made["version"]
    run.server.ask(path, change, token=token, method="PATCH", version=version).expect(200, "PATCH")
    stale = run.server.ask(path, change, token=token, method="PATCH", version=version)
    if stale.status not in {409, 412}:
        raise Red(_("a stale change was answered with %(status)d") % {"status": stale.status})
    return _("refused as a whole, kept as a whole, a stale change refused")


def _body(**more: Any) -> dict[str, Any]:
    return {
        "title": TITLE,
        "department": CODE,
        "cost_centre": CODE,
        "currency": settings.BASE_CURRENCY,
        "justification": TITLE,
        "lines": [_line()],
        **more,
    }


def _line() -> dict[str, Any]:
    unit = Unit.objects.filter(is_active=True).order_by("pk").values_list("code", flat=True)[0]
    return {"description": TITLE, "quantity": "1", "unit": unit, "estimated_price": "1.00"}


def _count(run: Round) -> int:
    path = f"{REQUISITIONS}?page_size=100"
    found = run.server.ask(path, token=run.token("smoke-engineer")).expect(200, "GET").json()
    return len(found["results"])


def _read(run: Round, who: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = run.server.ask(path, token=run.token(who)).expect(200, path).json()
    return found


def _move(run: Round, who: str, path: str, name: str) -> dict[str, Any]:
    """One move by one person, on the version they see."""
    version = _read(run, who, path)["version"]
    done = run.server.ask(f"{path}/{name}", {}, token=run.token(who), version=version)
    moved: dict[str, Any] = done.expect(200, name).json()
    return moved


def _approved(run: Round, owner: str, path: str) -> None:
    """Whoever may decide does, until nobody is asked any more. Raises Red."""
    for _step in range(MOST_STEPS):
        if (status := _read(run, owner, path)["status"]) != PENDING:
            break
        deciders = [
            who for who in ("smoke-procurement", "smoke-head") if _may_approve(run, who, path)
        ]
        if not deciders:
            raise Red(_("the rules ask for approvers outside of the smoke test"))
        _move(run, deciders[0], path, "approve")
    if status != "approved":
        raise Red(_("it is %(status)s, not approved") % {"status": status})


def _may_approve(run: Round, who: str, path: str) -> bool:
    seen = run.server.ask(path, token=run.token(who))
    return seen.status == 200 and "approve" in seen.json()["allowed_actions"]


REQUISITION = Line("requisition", gettext_lazy("The engineer creates requisitions"), requisition)
ORDER = Line("order", gettext_lazy("Procurement approves them and issues orders"), order)
TRANSACTIONS = Line("transactions", gettext_lazy("Database transactions complete"), transactions)

"""Who may do what with approvals: the engineer asked, the manager decides, others look on."""

from __future__ import annotations

from django.utils import timezone

from apps.approvals import services
from apps.approvals.models import ApprovalDecision, Holiday
from apps.budgets.models import CostCentre
from tests.approvals import factories as make
from tests.architecture.permission_table import (
    EVERYBODY,
    STAFF,
    World,
    model_admin,
    route,
    to,
)

ADMIN = to("admin")
SEEN = to("engineer", "manager", "procurement", "admin", "auditor", hidden="ops")
DECIDES = to("manager", "procurement", hidden="ops")  # procurement stands in for the manager
GIVES_AWAY = to("manager", "admin", hidden="ops")
ANSWERS = to("engineer", hidden="ops")
QUESTION, ANSWER = {"question": "Why?"}, {"answer": "Because"}

ROWS = [
    route("approval-list", GET=EVERYBODY),
    route("approval-decide", POST=EVERYBODY),
    route("approval-detail", of="approvalstep", GET=SEEN),
    route("approval-clarify", of="approvalstep", body=QUESTION, POST=DECIDES),
    route("approval-answer", of="approvalstep", body=ANSWER, POST=ANSWERS),
    route(
        "approval-reassign",
        of="approvalstep",
        body={"to": "colleague", "comment": "away"},
        POST=GIVES_AWAY,
    ),
    route("approvals:inbox", GET=EVERYBODY),
    route("approvals:decide_many", POST=EVERYBODY),
    route("approvals:colleagues", GET=EVERYBODY),
    route("approvals:step", of="approvalstep", GET=SEEN),
    route("approvals:decide", of="approvalstep", body={"decision": "approve"}, POST=DECIDES),
    route("approvals:ask", of="approvalstep", body=QUESTION, POST=DECIDES),
    route("approvals:answer", of="approvalclarification", body=ANSWER, POST=ANSWERS),
    route("approvals:reassign", of="approvalstep", POST=GIVES_AWAY),
    route("admin:approvals_approvalrule_try", GET=STAFF, verbs=("GET", "POST"), POST=STAFF),
    *model_admin("approvals.approvalrule", of="approvalrule", add=ADMIN, change=ADMIN),
    *model_admin("approvals.approvalrulestep", of="approvalrulestep", change=ADMIN),
    *model_admin("approvals.approvalrequest", of="approvalrequest"),
    *model_admin("approvals.approvalstep", of="approvalstep"),
    *model_admin("approvals.approvaldecision", of="approvaldecision"),
    *model_admin("approvals.holiday", of="holiday", add=ADMIN, change=ADMIN, delete=ADMIN),
]


def populate(world: World) -> None:
    """One of the engineer's requisitions waits for the manager, with an open question."""
    people, department = world.people, world.objects["department"]
    centre = CostCentre.objects.create(code="CC-A", name_en="A", department=department)
    rule = make.make_rule([make.person(people["manager"])], [make.person(people["admin"])])
    first = make.make_requisition(people["engineer"], department, centre)
    second = make.make_requisition(people["engineer"], department, centre)
    request = services.open_request(first, by=people["engineer"])
    services.open_request(second, by=people["engineer"])
    services.decide_document(second, by=people["manager"], verdict="approve")
    step = request.steps.get(sequence=1)
    world.objects |= {
        "approvalrule": rule,
        "approvalrulestep": rule.steps.first(),
        "approvalrequest": request,
        "approvalstep": step,
        "approvaldecision": ApprovalDecision.objects.first(),
        "approvalclarification": services.ask(step, by=people["manager"], question="Why?"),
        "holiday": Holiday.objects.create(date=timezone.localdate(), name_en="Holiday"),
    }

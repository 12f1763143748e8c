"""A small company, rules, and requisitions approved through a table of the tests' own."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from apps.accounts.models import Delegation, Department, User
from apps.approvals import policies
from apps.approvals.models import ApprovalRule, ApprovalRuleApprover, ApprovalRuleStep
from apps.approvals.registry import ApprovableKind, Facts
from apps.budgets.models import CostCentre
from apps.catalog.models import Currency, Unit
from apps.common import workflow
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.states import LineStatus, Status

NUMBERS = count(1)
HEAD = {"kind": "department_head"}
OWNER = {"kind": "cost_centre_owner"}


def make_user(name: str = "", **fields: Any) -> User:
    name = name or f"user{next(NUMBERS)}"
    return User.objects.create(
        username=name, email=f"{name}@example.com", **{"name": name.capitalize(), **fields}
    )


def make_group(name: str, *members: User) -> Group:
    group, _made = Group.objects.get_or_create(name=name)
    for member in members:
        member.groups.add(group)
    return group


def make_department(
    code: str = "", parent: Department | None = None, head: User | None = None, limit: Any = None
) -> Department:
    code = code or f"D{next(NUMBERS)}"
    return Department.objects.create(
        code=code, name_en=code, parent=parent, head=head, approval_limit=limit
    )


def make_delegation(delegator: User, delegate: User, *, days: tuple[int, int] = (-1, 1)) -> Any:
    now = timezone.now()
    return Delegation.objects.create(
        delegator=delegator,
        delegate=delegate,
        starts_at=now + dt.timedelta(days=days[0]),
        ends_at=now + dt.timedelta(days=days[1]),
    )


def in_group(group: Group) -> dict[str, Any]:
    return {"kind": "group", "group": group}


def person(user: User) -> dict[str, Any]:
    return {"kind": "user", "user": user}


def make_rule(*steps: Any, **fields: Any) -> ApprovalRule:
    """A rule; a step is a list of approvers, or a dict with `approvers` and other fields."""
    number = next(NUMBERS)
    rule = ApprovalRule.objects.create(
        **{"name_en": f"Rule {number}", "document_kind": "requisition", **fields}
    )
    for sequence, step in enumerate(steps, 1):
        values = dict(step) if isinstance(step, dict) else {"approvers": step}
        approvers = values.pop("approvers")
        row = ApprovalRuleStep.objects.create(
            rule=rule, sequence=sequence, **{"name_en": f"Step {sequence}", **values}
        )
        for approver in approvers:
            ApprovalRuleApprover.objects.create(step=row, **approver)
    return rule


class Company:
    """Boss over engineering over the laboratory, with a buyer, a controller and an outsider."""

    def __init__(self) -> None:
        self.boss = make_user("boss")
        self.manager = make_user("manager")
        self.lead = make_user("lead")
        self.engineer = make_user("engineer")
        self.colleague = make_user("colleague")
        self.outsider = make_user("outsider")
        self.buyer = make_user("buyer")
        self.second_buyer = make_user("buyer2")
        self.owner = make_user("owner")
        self.root = make_department("ROOT", head=self.boss)
        self.engineering = make_department("ENG", self.root, self.manager, Decimal(50000))
        self.laboratory = make_department("LAB", self.engineering, self.lead, Decimal(5000))
        self.cost_centre = CostCentre.objects.create(
            code="CC", name_en="CC", department=self.laboratory, owner=self.owner
        )
        self.buyers = make_group("procurement", self.buyer, self.second_buyer)


def another(company: Company, **fields: Any) -> Requisition:
    """One more requisition of the engineer's."""
    return make_requisition(company.engineer, company.laboratory, company.cost_centre, **fields)


def make_requisition(
    requester: User,
    department: Department,
    cost_centre: CostCentre,
    *,
    total: str = "1000",
    lines: int = 2,
    **fields: Any,
) -> Requisition:
    unit, _made = Unit.objects.get_or_create(code="C62", defaults={"name_en": "piece"})
    currency, _made = Currency.objects.get_or_create(code="CNY", defaults={"name_en": "Yuan"})
    amount = Decimal(total) / lines
    requisition = Requisition.objects.create(
        **{
            "number": f"PR-T-{next(NUMBERS):05d}",
            "status": Status.PENDING_APPROVAL,
            "title": "Bench supplies",
            "requester": requester,
            "department": department,
            "cost_centre": cost_centre,
            "currency": currency,
            "estimated_total": Decimal(total),
            "base_total": Decimal(total),
            "created_by": requester,
            **fields,
        }
    )
    RequisitionLine.objects.bulk_create(
        RequisitionLine(
            requisition=requisition,
            line_no=number,
            description=f"Thing {number}",
            quantity=Decimal(1),
            unit=unit,
            estimated_price=amount,
            amount=amount,
        )
        for number in range(1, lines + 1)
    )
    return requisition


# ---------------------------------------------------------------- the kind under test
def content(requisition: Requisition) -> dict[str, Any]:
    return {
        "title": requisition.title,
        "needed_by": requisition.needed_by,
        "lines": [
            {
                "line_no": line.line_no,
                "description": line.description,
                "quantity": line.quantity,
                "estimated_price": line.estimated_price,
            }
            for line in requisition.lines.order_by("line_no")
        ],
    }


EDITORS: set[int] = set()


def facts(requisition: Requisition) -> Facts:
    return Facts(
        requester=requisition.requester,
        on_behalf_of=requisition.on_behalf_of,
        editors=EDITORS,
        department=requisition.department,
        cost_centre=requisition.cost_centre,
        project=requisition.project,
        base_total=requisition.base_total or Decimal(0),
        total=requisition.estimated_total,
        currency="CNY",
        label=str(requisition),
    )


PENDING = frozenset({Status.PENDING_APPROVAL})
TABLE = workflow.Table.of(
    "requisition",
    [
        workflow.Transition(name, name, PENDING, target, policies.may_conclude)
        for name, target in (
            ("approve", Status.APPROVED),
            ("reject", Status.REJECTED),
            ("return", Status.RETURNED),
        )
    ],
)


def outcome(name: str) -> Any:
    def move(document: Any, *, by: Any, comment: str, request: Any) -> Any:
        return workflow.run(TABLE[name], document, by=by, comment=comment)

    return move


def lines_rejected(document: Any, line_numbers: Any, *, by: Any, comment: str) -> None:
    document.lines.filter(line_no__in=line_numbers).update(
        status=LineStatus.REJECTED, status_reason=comment[:255]
    )


KIND = ApprovableKind(
    kind="requisition",
    model=Requisition,
    content=content,
    facts=facts,
    approved=outcome("approve"),
    rejected=outcome("reject"),
    returned=outcome("return"),
    lines_rejected=lines_rejected,
    line_model=RequisitionLine,
)

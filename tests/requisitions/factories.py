"""A small company that asks for things: people, rules, a catalogue, requisitions in every state."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from apps.accounts.models import Department, User
from apps.approvals.models import ApprovalRule, ApprovalRuleApprover, ApprovalRuleStep
from apps.approvals.states import ApproverKind
from apps.budgets.models import CostCentre
from apps.catalog.models import Currency, Item, Supplier, Unit
from apps.requisitions import services
from apps.requisitions.models import Requisition
from apps.requisitions.states import Status
from tests.catalog.factories import make_currency, make_item, make_price, make_supplier, make_unit
from tests.factories import make_department, make_user, number


@dataclass
class Company:
    """Everything a requisition needs, and the people who have to do with it."""

    department: Department
    cost_centre: CostCentre
    currency: Currency
    unit: Unit
    item: Item
    supplier: Supplier
    requester: User
    head: User
    colleague: User
    buyer: User

    def data(self, **more: Any) -> dict[str, Any]:
        """A header as a form or the API hands it to the service."""
        return {
            "title": "Lab bench supplies",
            "department": self.department,
            "cost_centre": self.cost_centre,
            "currency": self.currency,
            **more,
        }

    def line(self, **more: Any) -> dict[str, Any]:
        """A free text line."""
        return {
            "description": "Oscilloscope probe, 500 MHz",
            "quantity": Decimal(2),
            "unit": self.unit,
            "estimated_price": Decimal("890.00"),
            **more,
        }

    def requisition(self, *, by: User | None = None, count: int = 2, **more: Any) -> Requisition:
        """A draft with lines."""
        lines = more.pop("lines", None) or [self.line() for _number in range(count)]
        return services.create(by=by or self.requester, data=self.data(**more), lines=lines)

    def in_state(self, status: str, **more: Any) -> Requisition:
        """A requisition brought to a state by the moves that lead there."""
        document = self.requisition(**more)
        for move, actor in PATHS[status]:
            person = getattr(self, actor)
            service = services.SERVICES[move]
            document = service(
                Requisition.objects.get(pk=document.pk), by=person, comment=f"because of {move}"
            )
        return Requisition.objects.get(pk=document.pk)


PATHS: dict[str, tuple[tuple[str, str], ...]] = {
    Status.DRAFT: (),
    Status.PENDING_APPROVAL: (("submit", "requester"),),
    Status.RETURNED: (("submit", "requester"), ("return", "head")),
    Status.REJECTED: (("submit", "requester"), ("reject", "head")),
    Status.APPROVED: (("submit", "requester"), ("approve", "head")),
    Status.CANCELLED: (("submit", "requester"), ("cancel", "requester")),
    Status.CLOSED: (("submit", "requester"), ("approve", "head"), ("close", "requester")),
}


def make_company(**more: Any) -> Company:
    """A department with a head, an engineer who asks, a buyer, and one rule: the head decides."""
    code = f"ENG{number()}"
    head = make_user(f"head{number()}", "engineer")
    department = make_department(code, head=head)
    unit = make_unit("C62", symbol="pcs")
    item = make_item(base_unit=unit)
    supplier = make_supplier()
    make_price(item, supplier, "1.50")
    cost_centre = CostCentre.objects.create(code=f"CC{number()}", name="Lab", department=department)
    people = {
        name: make_user(f"{name}{number()}", role, department=department)
        for name, role in (
            ("requester", "engineer"),
            ("colleague", "engineer"),
            ("buyer", "procurement"),
        )
    }
    assign_perm("accounts.buy_for", Group.objects.get(name="procurement"), department)
    assign_perm("accounts.view_documents", Group.objects.get(name="procurement"), department)
    rule_for_head()
    company = Company(
        department=department,
        cost_centre=cost_centre,
        currency=make_currency("CNY"),
        unit=unit,
        item=item,
        supplier=supplier,
        head=head,
        **people,
    )
    for name, value in more.items():
        setattr(company, name, value)
    return company


def rule_for_head() -> ApprovalRule:
    """Every requisition is decided by the head of its department."""
    rule = ApprovalRule.objects.create(
        name="Head of department", document_kind="requisition", minimum_amount=0
    )
    step = ApprovalRuleStep.objects.create(rule=rule, sequence=1, name="Head of department")
    ApprovalRuleApprover.objects.create(step=step, kind=ApproverKind.DEPARTMENT_HEAD)
    return rule

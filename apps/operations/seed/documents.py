"""Ninety days of work at the demonstration company, every step of it through the real services."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from apps.accounts.models import Department, User
from apps.approvals.models import ApprovalStep
from apps.approvals.services import deciding
from apps.approvals.states import StepStatus
from apps.budgets.models import CostCentre, Project
from apps.catalog.models import Currency, Item, Supplier, Unit
from apps.common.errors import DomainError
from apps.operations.seed.clock import at
from apps.procurement import services as ordering
from apps.procurement.models import PurchaseOrder
from apps.requisitions import services as asking
from apps.requisitions.models import Requisition
from apps.requisitions.states import Status

REQUISITIONS = 150
DAYS = 90
QUICK = 0.7  # how often somebody does soon what could wait


@dataclass
class World:
    """What the story draws from."""

    chance: Random
    now: datetime
    requests: list[dict[str, Any]]
    people: dict[str, list[User]] = field(default_factory=dict)
    items: dict[str, list[Item]] = field(default_factory=dict)
    buyers: list[User] = field(default_factory=list)
    departments: dict[str, Department] = field(default_factory=dict)
    centres: dict[str, CostCentre] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    currency: Currency = field(default_factory=Currency)
    seen: set[str] = field(default_factory=set)

    def happens(self, what: str, odds: float) -> bool:
        """Whether it happens this time; it does the first time, so that a short story has all."""
        is_first = what not in self.seen
        self.seen.add(what)
        return self.chance.random() < odds or is_first

    def later(self, moment: datetime, least: int, most: int) -> datetime:
        """So many working hours later, never in the future; most people do not wait that long."""
        if self.chance.random() < QUICK:
            least, most = least // 6, max(most // 6, 1)
        moved = moment + timedelta(minutes=self.chance.randint(least * 60, most * 60))
        while moved.weekday() > 4 or not 1 <= moved.hour <= 10:
            moved += timedelta(hours=1)
        return min(moved, self.now)


def make(count: int = REQUISITIONS) -> dict[str, int]:
    """Write the story and say how many documents there are now."""
    world = _world()
    moments = sorted(_moment(world) for _number in range(count))
    for start in moments:
        requisition, decided = _ask(world, start)
        if requisition.status == Status.APPROVED:
            _order(world, requisition, decided)
    return {
        "requisitions": Requisition.objects.count(),
        "purchase_orders": PurchaseOrder.objects.count(),
    }


def _world() -> World:
    path = settings.BASE_DIR / "fixtures" / "demo" / "requests.toml"
    chance = Random(20261122)  # noqa: S311 - the same story every time, not a secret
    world = World(chance, timezone.now(), tomllib.loads(path.read_text("utf-8"))["requests"])
    engineers = User.objects.filter(groups__name="engineer", is_active=True)
    for person in engineers.select_related("department").order_by("username"):
        assert person.department is not None  # noqa: S101 - everybody of the demonstration has one
        world.people.setdefault(person.department.code, []).append(person)
    everybody = User.objects.filter(department__code="SCM").select_related("department")
    world.people["SCM"] = list(everybody.order_by("username"))
    for item in Item.objects.select_related("base_unit", "category").order_by("code"):
        world.items.setdefault(item.code.split("-")[0], []).append(item)
    world.buyers = list(User.objects.filter(username__in=("procurement", "mei.tan")))
    world.departments = {row.code: row for row in Department.objects.all()}
    for centre in CostCentre.objects.select_related("department").order_by("-pk"):
        world.centres[centre.department.code] = centre
    world.projects = {row.code: row for row in Project.objects.all()}
    world.currency = Currency.objects.get(code=settings.BASE_CURRENCY)
    return world


def _moment(world: World) -> datetime:
    """A moment of a working day, a little more often in the last weeks."""
    back = int(DAYS * world.chance.random() ** 1.2)
    day = timezone.localdate() - timedelta(days=back)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    zone = ZoneInfo(settings.USER_TIME_ZONE)
    clock = time(world.chance.randint(9, 17), world.chance.randint(0, 59))
    return min(datetime.combine(day, clock, zone), world.now - timedelta(minutes=30))


def _ask(world: World, moment: datetime) -> tuple[Requisition, datetime]:
    """Draft a requisition and take it as far as it gets."""
    chance = world.chance
    said = chance.choice(world.requests)
    code = chance.choice([c for c in said["departments"] if world.people.get(c)])
    requester = chance.choice(world.people[code])
    age = (world.now - moment).days
    with at(moment):
        requisition = asking.create(
            by=requester,
            data=_header(world, said, code, requester, moment),
            lines=_lines(world, said),
        )
    if world.happens("stays a draft", 0.5 if age < 4 else 0.03):
        return requisition, moment
    moment = world.later(moment, 0, 3)
    try:
        with at(moment):
            requisition = asking.submit(requisition, by=requester, comment="")
    except DomainError:
        return requisition, moment
    return _decide(world, requisition, requester, moment)


def _header(
    world: World, said: dict[str, Any], code: str, requester: User, moment: datetime
) -> dict[str, Any]:
    return {
        "title": said["zh"] if requester.language == "zh-hans" else said["en"],
        "department": world.departments[code],
        "cost_centre": world.centres.get(code) or world.centres["ENG"],
        "project": world.projects.get(said.get("project", "")),
        "currency": world.currency,
        "needed_by": (moment + timedelta(days=30)).date(),
        "justification": said["why"],
        "priority": "urgent" if moment.minute < 4 else "normal",
    }


def _lines(world: World, said: dict[str, Any]) -> list[dict[str, Any]]:
    chance = world.chance
    pool = [item for family in said["families"] for item in world.items[family]]
    least, most = said["quantity"]
    lines = [
        {"item": item, "quantity": Decimal(chance.randint(least, most)), "unit": item.base_unit}
        for item in chance.sample(pool, min(len(pool), chance.randint(1, 6)))
    ]
    if chance.random() < 0.15:
        lines.append(
            {
                "description": "Assembly drawing review and set-up",
                "quantity": Decimal(1),
                "unit": Unit.objects.get(code="C62"),
                "estimated_price": Decimal(chance.randint(300, 2500)),
                "preferred_supplier": Supplier.objects.get(code="S-0004"),
            }
        )
    return lines


def _decide(
    world: World, requisition: Requisition, requester: User, moment: datetime
) -> tuple[Requisition, datetime]:
    """Let the approvers decide, one step after the other."""
    chance = world.chance
    age = (world.now - moment).days
    if world.happens("withdrawn", 0.04):
        moment = world.later(moment, 1, 5)
        with at(moment):
            requisition = asking.withdraw(requisition, by=requester, comment="Wrong quantity.")
            if world.happens("cancelled", 0.7):
                requisition = asking.cancel(requisition, by=requester, comment="Not needed.")
        return requisition, moment
    while requisition.status == Status.PENDING_APPROVAL:
        if age < 6 and world.happens("waits", 0.45):
            return requisition, moment
        step = ApprovalStep.objects.filter(
            request__document_kind="requisition",
            request__document_id=requisition.pk,
            status=StepStatus.ACTIVE,
        ).get()
        approver = chance.choice(_approvers(step))
        moment = world.later(moment, 1, 20)
        verdict, comment = "approve", ""
        if world.happens("returned", 0.05):
            verdict, comment = "return", "Please split the services from the goods."
        elif world.happens("rejected", 0.04):
            verdict, comment = "reject", "Not in this year's plan."
        with at(moment):
            requisition = deciding.decide_document(
                requisition, by=approver, verdict=verdict, comment=comment
            )
    return requisition, moment


def _approvers(step: ApprovalStep) -> Sequence[User]:
    kept_apart = set(step.request.exclusions.values_list("user_id", flat=True))
    decided = set(step.decisions.values_list("actor_id", flat=True))
    found: list[User] = []
    for assignment in step.assignments.filter(is_open=True).select_related("user", "group"):
        if assignment.user is not None:
            found.append(assignment.user)
        elif assignment.group is not None:
            found += assignment.group.user_set.filter(is_active=True).order_by("username")
    return [p for p in found if p.pk not in kept_apart | decided]


def _order(world: World, requisition: Requisition, moment: datetime) -> None:
    """Order what was approved, in whole or in part, and take the orders as far as they get."""
    chance = world.chance
    if world.happens("left open", 0.18):
        if (world.now - moment).days > 10 and world.happens("solved otherwise", 0.3):
            with at(world.later(moment, 20, 60)):
                asking.close(requisition, by=requisition.requester, comment="Solved otherwise.")
        return
    buyer = chance.choice(world.buyers)
    moment = world.later(moment, 2, 30)
    wishes = [
        ordering.ConversionLine(
            requisition_line=line,
            quantity=line.quantity if chance.random() < 0.85 else max(line.quantity // 2, 1),
            supplier=line.preferred_supplier or (line.item and line.item.preferred_supplier),
        )
        for line in requisition.lines.select_related("item__preferred_supplier").order_by("pk")
        if chance.random() < 0.92 and (line.preferred_supplier_id or line.item_id)
    ]
    wishes = [wish for wish in wishes if wish.supplier is not None]
    if not wishes:
        return
    with at(moment):
        orders = ordering.convert(wishes, by=buyer, acknowledge_warnings=True)
    for order in orders:
        _place(world, order, buyer, moment)


def _place(world: World, order: PurchaseOrder, buyer: User, moment: datetime) -> None:
    if world.happens("order stays a draft", 0.08):
        return
    moment = world.later(moment, 0, 6)
    with at(moment):
        order = ordering.submit(order, by=buyer, comment="")
    while order.status == "pending_approval":
        if world.happens("order waits", 0.2):
            return
        step = ApprovalStep.objects.filter(
            request__document_kind="purchase_order",
            request__document_id=order.pk,
            status=StepStatus.ACTIVE,
        ).get()
        moment = world.later(moment, 1, 20)
        verdict, comment = "approve", ""
        if world.happens("order returned", 0.05):
            verdict, comment = "return", "Ask for the framework price first."
        elif world.happens("order rejected", 0.03):
            verdict, comment = "reject", "The other supplier delivers sooner."
        with at(moment):
            order = deciding.decide_document(
                order, by=world.chance.choice(_approvers(step)), verdict=verdict, comment=comment
            )
    _after_approval(world, order, buyer, moment)


def _after_approval(world: World, order: PurchaseOrder, buyer: User, moment: datetime) -> None:
    if order.status != "approved" or world.happens("order not issued yet", 0.07):
        return
    moment = world.later(moment, 0, 5)
    with at(moment):
        order = ordering.issue(order, by=buyer, comment="")
    moment = world.later(moment, 10, 60)
    with at(moment):
        if world.happens("order held", 0.04):
            ordering.hold(order, by=buyer, comment="Waiting for the supplier's certificate.")
        elif world.happens("order cancelled", 0.03):
            ordering.cancel(order, by=buyer, comment="Supplier cannot deliver.")
        elif world.happens("order closed", 0.07):
            ordering.close(order, by=buyer, comment="The rest is not needed any more.")

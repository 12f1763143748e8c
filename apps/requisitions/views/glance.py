"""What a list shows beside each requisition: whose turn it is and how far its lines are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q

from apps.approvals.models import ApprovalStep
from apps.approvals.states import StepStatus
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.services import KIND
from apps.requisitions.states import LineStatus, Status


@dataclass
class Glance:
    """One row of the list."""

    requisition: Requisition
    waiting_for: list[str] = field(default_factory=list)
    lines: int = 0
    ordered: int = 0
    received: int = 0

    @property
    def shows_progress(self) -> bool:
        """Ordering begins with the approval."""
        return self.requisition.status in {Status.APPROVED, Status.CLOSED} and self.lines > 0


def rows(requisitions: Sequence[Requisition]) -> list[Glance]:
    """A page of rows in three more statements, however many there are."""
    found = {requisition.pk: Glance(requisition) for requisition in requisitions}
    pending = [r.pk for r in requisitions if r.status == Status.PENDING_APPROVAL]
    for pk, names in waiting_for(pending).items():
        found[pk].waiting_for = names
    for row in _progress(list(found)):
        glance = found[row["requisition"]]
        glance.lines, glance.ordered = row["total"], row["done"]
        glance.received = row["arrived"]
    return list(found.values())


def waiting_for(pks: Sequence[int]) -> dict[int, list[str]]:
    """The names of the people and groups whose turn it is, by document."""
    if not pks:
        return {}
    steps = ApprovalStep.objects.filter(
        request__document_kind=KIND, request__document_id__in=pks, status=StepStatus.ACTIVE
    ).values_list(
        "request__document_id",
        "assignments__user__name",
        "assignments__user__username",
        "assignments__group__name",
        "assignments__is_open",
    )
    found: dict[int, list[str]] = {}
    for pk, name, username, group, is_open in steps:
        label = name or username or group
        if is_open and label:
            found.setdefault(pk, []).append(label)
    return found


def _progress(pks: Sequence[int]) -> Any:
    """Counts of lines: how many there are, how many are fully ordered, how many have arrived."""
    done = Q(ordered_quantity__gte=F("quantity"))
    arrived = Q(received_quantity__gte=F("quantity"))
    return (
        RequisitionLine.objects.filter(requisition__in=pks)
        .exclude(status=LineStatus.REJECTED)
        .order_by()
        .values("requisition")
        .annotate(
            total=Count("pk"), done=Count("pk", filter=done), arrived=Count("pk", filter=arrived)
        )
    )

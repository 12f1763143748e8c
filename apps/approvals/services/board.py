"""The open approval of one document, read and locked at once, as one person stands to it.

Locks are taken in one order everywhere: the document, then the request, then its steps. Whoever
writes to an approval holds its document's row first, so two decisions never cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from apps.accounts.models import Delegation, User
from apps.approvals.models import (
    ApprovalAssignment,
    ApprovalDecision,
    ApprovalRequest,
    ApprovalStep,
)
from apps.approvals.querysets import kept_apart, unused
from apps.approvals.registry import ApprovableKind
from apps.approvals.states import RequestStatus, StepStatus, Verdict
from apps.common.errors import (
    NotPermittedError,
    SegregationOfDutiesError,
    StaleVersionError,
    TransitionError,
)


@dataclass
class Board:
    """An open request with its steps in order, its active step, and that step's assignments."""

    request: ApprovalRequest
    steps: list[ApprovalStep]
    active: ApprovalStep
    assignments: list[Any]
    by: Any

    @property
    def following(self) -> ApprovalStep | None:
        """The step that comes after the active one."""
        later = [step for step in self.steps if step.sequence > self.active.sequence]
        return later[0] if later else None

    @property
    def waiting(self) -> list[ApprovalStep]:
        """The steps nobody was asked in yet."""
        return [step for step in self.steps if step.status == StepStatus.WAITING]

    @property
    def approvals(self) -> int:
        """How many different people have agreed in the active step."""
        return int(self.assignments[0].approvals)

    def check_duties(self) -> None:
        """Refuse people who are kept apart from this document, before anything else is said.

        Raises NotPermittedError and SegregationOfDutiesError.
        """
        mine = self.assignments[0]
        if not (self.by.is_active and mine.is_known):
            raise NotPermittedError
        if mine.is_kept_apart:
            raise SegregationOfDutiesError(request=self.request)

    def seat(self) -> ApprovalAssignment:
        """The assignment this person decides with: their own, their group's, or an absent one's.

        Raises NotPermittedError when there is none left for them.
        """
        if self.assignments[0].has_spoken:
            raise TransitionError(
                _("You have already decided on this step."), code="already_decided"
            )
        mine = [row for row in self.assignments if rank(row, self.by) and row.is_usable]
        if not mine:
            raise NotPermittedError(_("This step is not yours to decide."))
        # A group with few members first, so that a larger one can still be met by somebody else.
        chosen: ApprovalAssignment = min(
            mine, key=lambda row: (rank(row, self.by), row.group_size, row.pk)
        )
        return chosen


def lock(kind: ApprovableKind, pk: int, *, expected_version: int | None = None) -> Any:
    """The document under its row lock, read fresh. Raises StaleVersionError."""
    rows = kind.model._default_manager.all()
    if kind.related:
        rows = rows.select_related(*kind.related)
    document = rows.select_for_update(of=("self",)).get(pk=pk)
    if expected_version is not None and document.version != expected_version:
        raise StaleVersionError(current=document.version)
    return document


def load(kind: ApprovableKind, pk: int, *, by: Any) -> Board | None:
    """The open approval of a document in one statement; nothing when none is open.

    Must come after `lock` in the same transaction, so that the answers are those under the lock.
    """
    rows = list(
        ApprovalAssignment.objects.filter(
            step__request__document_kind=kind.kind,
            step__request__document_id=pk,
            step__request__status=RequestStatus.PENDING,
        )
        .select_related("step__request", "user")
        .defer("step__request__content")
        .annotate(**_about(by))
        .select_for_update(of=("step", "step__request"))
        .order_by("step__sequence", "pk")
    )
    steps = list({row.step_id: row.step for row in rows}.values())
    active = [step for step in steps if step.status == StepStatus.ACTIVE]
    if not active:
        return None
    request = active[0].request
    for step in steps:
        step.request = request
    open_rows = [row for row in rows if row.step_id == active[0].pk and row.is_open]
    return Board(request, steps, active[0], open_rows, by)


def _about(by: Any) -> dict[str, Any]:
    """What is asked of each assignment in the same statement; see `ApprovalStepQuerySet.inbox`."""
    members = User.groups.through.objects.filter(group=OuterRef("group"))
    absent = Delegation.objects.current().filter(delegate=by.pk, delegator=OuterRef("user"))
    decided = ApprovalDecision.objects.filter(step=OuterRef("step"))
    return {
        "in_group": Exists(members.filter(user=by.pk)),
        "group_size": _count(members, "group"),
        "stands_in": Exists(absent),
        "is_usable": ExpressionWrapper(unused(), output_field=BooleanField()),
        "is_kept_apart": kept_apart(by.pk, "step__request"),
        "is_known": Exists(User.objects.filter(pk=by.pk, is_active=True)),
        "has_spoken": Exists(decided.filter(Q(actor=by.pk) | Q(on_behalf_of=by.pk))),
        "approvals": _count(decided.filter(verdict=Verdict.APPROVE), "step"),
    }


def _count(rows: QuerySet[Any], per: str) -> Coalesce:
    counted = rows.order_by().values(per).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


BY_NAME, BY_GROUP, STANDING_IN = 1, 2, 3


def rank(row: Any, by: Any) -> int:
    """How a person stands to an assignment, the nearest first; 0 when not at all."""
    if row.user_id == by.pk:
        return BY_NAME
    if row.in_group:
        return BY_GROUP
    return STANDING_IN if row.stands_in else 0


def lines_without(steps: Sequence[ApprovalStep]) -> set[int]:
    """Lines of the document that were rejected earlier in this request."""
    rows = ApprovalDecision.objects.filter(step__in=steps).values_list("rejected_lines", flat=True)
    return {number for numbers in rows for number in numbers}

"""Questions about running approvals: whose turn it is, what is late; never a write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.apps import apps as registry
from django.core.cache import cache
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from apps.accounts.models import Delegation
from apps.approvals.states import Mode, RequestStatus, StepStatus
from apps.common.prepared import NOW, PERSON, Condition, Outer, Shape

CALENDAR = "approvals.calendar"
CALENDAR_SECONDS = 60


def forget_calendar(**_signal: Any) -> None:
    """Read the calendar anew after a day was changed: here at once, elsewhere after the commit."""
    cache.delete(CALENDAR)
    transaction.on_commit(lambda: cache.delete(CALENDAR), robust=True)


def _model(name: str) -> Any:
    return registry.get_model("approvals", name)


def stood_in_for(user: Any, at: Any = None) -> models.QuerySet[Delegation, Any]:
    """The people this person stands in for now."""
    return Delegation.objects.current(at).filter(delegate=user).values("delegator")


def assigned_to(user: Any, prefix: str = "", at: Any = None) -> Q:
    """Assignments of a person: by name, by group, or standing in for somebody who is away.

    Who stands in takes over what is assigned to the absent person by name; a group has others.
    """
    groups = registry.get_model("accounts", "User").groups.through.objects.filter(user=user)
    return (
        Q(**{f"{prefix}user": user})
        | Q(**{f"{prefix}group__in": groups.values("group")})
        | Q(**{f"{prefix}user__in": stood_in_for(user, at)})
    )


def kept_apart(user: Any, request: Any, at: Any = None) -> Exists:
    """Whether this person, or somebody they stand in for, asked for or edited the document."""
    request = OuterRef(request) if isinstance(request, str) else request
    excluded = _model("ApprovalExclusion").objects.filter(request=request)
    return Exists(excluded.filter(Q(user=user) | Q(user__in=stood_in_for(user, at))))


def unused() -> Q:
    """Assignments whose person has not spoken; where all must agree, also those not yet met."""
    decisions = _model("ApprovalDecision").objects
    by_person = decisions.filter(
        Q(actor=OuterRef("user")) | Q(on_behalf_of=OuterRef("user")), step=OuterRef("step")
    )
    by_anybody = decisions.filter(assignment=OuterRef("pk"))
    return ~Exists(by_person) & (~Q(step__mode=Mode.ALL) | ~Exists(by_anybody))


KEY = models.BigIntegerField()


def _involves() -> Exists:
    """An assignment of the person, on any step of a request."""
    mine = _model("ApprovalAssignment").objects.filter(
        assigned_to(PERSON, at=NOW), step__request=Outer("pk", KEY)
    )
    return Exists(mine)


def _decides_on(kind: str) -> Callable[[], Exists]:
    """A request about a document of the kind, with an assignment of the person."""

    def build() -> Exists:
        return Exists(
            _model("ApprovalAssignment").objects.filter(
                assigned_to(PERSON, at=NOW),
                step__request__document_kind=kind,
                step__request__document_id=Outer("pk", KEY),
            )
        )

    return build


def _is_open_for() -> Any:
    """What makes an active step one this person may decide now: see `inbox`."""
    decided = _model("ApprovalDecision").objects.filter(step=Outer("pk", KEY))
    mine = _model("ApprovalAssignment").objects.filter(
        assigned_to(PERSON, at=NOW), unused(), step=Outer("pk", KEY), is_open=True
    )
    return (
        Q(Exists(mine))
        & ~Q(kept_apart(PERSON, Outer("request", KEY), NOW))
        & ~Q(Exists(decided.filter(Q(actor=PERSON) | Q(on_behalf_of=PERSON))))
    )


INVOLVES = Shape("involves", _involves, ("pk",))
OPEN_FOR = Shape("open_for", _is_open_for, ("pk", "request"))
DECIDES_ON = {
    kind: Shape(f"decides_on_{kind}", _decides_on(kind), ("pk",))
    for kind in ("requisition", "purchase_order")
}


def decides_on(kind: str, user: Any) -> Condition:
    """Documents of a kind this person decides, decided or will decide on."""
    return DECIDES_ON[kind].asked(person=user.pk, now=timezone.now())


class ApprovalRequestQuerySet(models.QuerySet[Any]):
    """Approvals of documents."""

    def of(self, kind: str, pk: int) -> ApprovalRequestQuerySet:
        """All approvals one document ever had, the newest first."""
        return self.filter(document_kind=kind, document_id=pk)

    def pending(self) -> ApprovalRequestQuerySet:
        """Those somebody still has to decide on."""
        return self.filter(status=RequestStatus.PENDING)

    def assigned_to(self, user: Any) -> ApprovalRequestQuerySet:
        """Requests with a step this person decides, decided or will decide."""
        return self.filter(INVOLVES.asked(person=user.pk, now=timezone.now()))

    def visible_to(self, user: Any) -> ApprovalRequestQuerySet:
        """Those one asked for, took part in or decides on; all with the view permission."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.has_perm("approvals.view_approvalrequest"):
            return self
        mine = INVOLVES.asked(person=user.pk, now=timezone.now())
        took_part = _model("ApprovalExclusion").objects.filter(request=OuterRef("pk"), user=user)
        return self.filter(Q(requester=user) | Q(Exists(took_part)) | Q(mine))


class ApprovalStepQuerySet(models.QuerySet[Any]):
    """Steps of requests."""

    def inbox(self, user: Any) -> ApprovalStepQuerySet:
        """Active steps this person may decide now, as themselves or standing in: the inbox.

        Leaves out what duties keep apart (own and edited requests, and those of people one stands
        in for), what this person has decided already, and consents somebody else gave meanwhile.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = OPEN_FOR.asked(person=user.pk, now=timezone.now())
        return self.filter(Q(mine), status=StepStatus.ACTIVE)

    def overdue(self, at: dt.datetime | None = None) -> ApprovalStepQuerySet:
        """Active steps whose hours are over."""
        return self.filter(status=StepStatus.ACTIVE, due_at__lt=at or timezone.now())


class HolidayQuerySet(models.QuerySet[Any]):
    """Days that differ from their weekday."""

    def calendar(self) -> dict[dt.date, bool]:
        """All of them, by date: whether people are at work.

        Kept for a minute, and forgotten when a day is changed: every decision needs it.
        """
        found: dict[dt.date, bool] | None = cache.get(CALENDAR)
        if found is None:
            found = dict(self.order_by().values_list("date", "is_working_day"))
            cache.set(CALENDAR, found, CALENDAR_SECONDS)
        return found


ApprovalRequestManager = models.Manager.from_queryset(ApprovalRequestQuerySet)
ApprovalStepManager = models.Manager.from_queryset(ApprovalStepQuerySet)
HolidayManager = models.Manager.from_queryset(HolidayQuerySet)

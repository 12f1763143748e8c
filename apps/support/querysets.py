"""Questions about support: who helps, who sees which issue, what is late; never a write."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps as registry
from django.db import models
from django.db.models import Q

from apps.support.states import OPEN, Status

SEES_ALL = "support.view_supportissue"


def is_helper(user: Any) -> bool:
    """Whether somebody works at the help desk: looks after it, or is one of its contacts."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.has_perm("support.change_supportissue"):
        return True
    contacts = registry.get_model("support", "SupportContact").objects
    return bool(contacts.filter(user=user, is_active=True).exists())


class KeptQuerySet(models.QuerySet[Any]):
    """Data of the help desk, which are retired, not deleted."""

    def active(self) -> KeptQuerySet:
        """Those in use."""
        return self.filter(is_active=True)


class IssueQuerySet(models.QuerySet[Any]):
    """Support issues."""

    def visible_to(self, user: Any) -> IssueQuerySet:
        """Own ones and assigned ones; all of them for the help desk and for those who look on."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.has_perm(SEES_ALL) or is_helper(user):
            return self
        return self.filter(Q(reporter=user) | Q(assignee=user))

    def with_people(self) -> IssueQuerySet:
        """With all that a list shows, in one statement."""
        return self.select_related("issue_type", "reporter", "assignee")

    def open(self) -> IssueQuerySet:
        """Those somebody still has to do something about."""
        return self.filter(status__in=OPEN)

    def to_escalate(self, now: dt.datetime) -> IssueQuerySet:
        """Unacknowledged ones whose level has had its time; a moment reached is over."""
        return self.filter(status=Status.NEW, level_due_at__lte=now)

    def newly_late(self, now: dt.datetime) -> IssueQuerySet:
        """Those past a promise that is not marked as broken yet."""
        response = Q(status=Status.NEW, response_due_at__lte=now, is_response_breached=False)
        resolution = Q(status__in=OPEN, resolution_due_at__lte=now, is_resolution_breached=False)
        return self.filter(response | resolution)

    def search(self, text: str) -> IssueQuerySet:
        """By number, title or request id."""
        return self.filter(
            Q(number__icontains=text) | Q(title__icontains=text) | Q(request_id__icontains=text)
        )


class RecordQuerySet(models.QuerySet[Any]):
    """Training records."""

    def valid(self, at: dt.date) -> RecordQuerySet:
        """Passed, and not expired on that day."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=at), is_passed=True)


KeptManager = models.Manager.from_queryset(KeptQuerySet)
IssueManager = models.Manager.from_queryset(IssueQuerySet)
RecordManager = models.Manager.from_queryset(RecordQuerySet)

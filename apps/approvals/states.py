"""States of approval requests and their steps."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RequestStatus(models.TextChoices):
    """Where the approval of one version of a document stands."""

    PENDING = "pending", _("pending")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    RETURNED = "returned", _("returned for changes")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SUPERSEDED = "superseded", _("superseded by a change")


class StepStatus(models.TextChoices):
    """Where one step of a request stands."""

    WAITING = "waiting", _("waiting")
    ACTIVE = "active", pgettext_lazy("approval step", "active")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    RETURNED = "returned", _("returned")
    SKIPPED = "skipped", _("skipped")
    EXPIRED = "expired", _("expired")


class Mode(models.TextChoices):
    """How many of a step's approvers have to agree."""

    ANY = "any", _("any one")
    ALL = "all", _("all of them")
    NUMBER = "number", _("a number of them")


class ApproverKind(models.TextChoices):
    """How a rule names its approvers."""

    DEPARTMENT_HEAD = "department_head", _("head of the department")
    COST_CENTRE_OWNER = "cost_centre_owner", _("owner of the cost centre")
    GROUP = "group", _("member of a group")
    USER = "user", _("a named person")


class Verdict(models.TextChoices):
    """What an approver decided."""

    APPROVE = "approve", _("approve")
    REJECT = "reject", _("reject")
    RETURN = "return", _("return for changes")


OPEN_STEPS = frozenset({StepStatus.WAITING, StepStatus.ACTIVE})
CLOSED_REQUESTS = frozenset(set(RequestStatus) - {RequestStatus.PENDING})

"""States of support issues, and the other closed lists of the help desk."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where an issue stands."""

    NEW = "new", _("new")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    IN_PROGRESS = "in_progress", _("in progress")
    RESOLVED = "resolved", _("resolved")
    CLOSED = "closed", _("closed")


class Severity(models.TextChoices):
    """How many are held up. A critical issue goes the way of an emergency, whatever its type."""

    CRITICAL = "critical", _("critical: nobody can work")
    HIGH = "high", _("high: many are held up")
    NORMAL = "normal", _("normal: I am held up")
    LOW = "low", _("low: it can wait")


class Role(models.TextChoices):
    """Whom a course is for; the names are those of the roles."""

    ENGINEER = "engineer", _("Engineer")
    PROCUREMENT = "procurement", _("Procurement")
    ADMIN = "admin", _("Administration")


class EntryKind(models.TextChoices):
    """What a calendar entry is about."""

    TRAINING = "training", _("training")
    REVIEW = "review", _("review")
    STAND_UP = "stand_up", _("stand-up")
    WATCH = "watch", _("launch watch")


OPEN = frozenset({Status.NEW, Status.ACKNOWLEDGED, Status.IN_PROGRESS})
DONE = frozenset({Status.RESOLVED, Status.CLOSED})

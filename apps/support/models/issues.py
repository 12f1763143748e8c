"""What somebody reported, how fast it has to be answered, and how far it climbed unanswered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.common.models import Decided
from apps.support.models.contacts import IssueType
from apps.support.querysets import IssueManager
from apps.support.states import Severity, Status


class SupportIssue(Decided):
    """A call for help. Its clock starts when it is reported, and anew when it is reopened."""

    number = models.CharField(_("number"), max_length=32, unique=True, editable=False)
    status = models.CharField(
        _("status"), max_length=16, choices=Status, default=Status.NEW, editable=False
    )
    issue_type = models.ForeignKey(
        IssueType, models.PROTECT, verbose_name=_("what it is about"), related_name="issues"
    )
    severity = models.CharField(
        _("severity"), max_length=8, choices=Severity, default=Severity.NORMAL
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("what happened"), max_length=4000)
    request_id = models.CharField(
        _("request number"),
        max_length=64,
        blank=True,
        help_text=_("The number an error page shows; it leads to the log."),
    )
    page = models.CharField(_("page"), max_length=500, blank=True)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("reported by"),
        related_name="support_issues",
        editable=False,
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("in the hands of"),
        related_name="assigned_support_issues",
        null=True,
        blank=True,
    )
    clock_started_at = models.DateTimeField(_("clock started at"), editable=False)
    response_due_at = models.DateTimeField(_("response due"), editable=False)
    resolution_due_at = models.DateTimeField(_("resolution due"), editable=False)
    first_response_at = models.DateTimeField(
        _("first response"), null=True, blank=True, editable=False
    )
    acknowledged_at = models.DateTimeField(
        _("acknowledged at"), null=True, blank=True, editable=False
    )
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    is_response_breached = models.BooleanField(
        _("answered too late"), default=False, editable=False
    )
    is_resolution_breached = models.BooleanField(
        _("solved too late"), default=False, editable=False
    )
    level = models.PositiveSmallIntegerField(_("level reached"), default=1, editable=False)
    level_due_at = models.DateTimeField(
        _("goes to the next level at"), null=True, blank=True, editable=False
    )

    objects = IssueManager()

    class Meta:
        verbose_name = _("support issue")
        verbose_name_plural = _("support issues")
        ordering = ("-created_at", "-pk")
        permissions = (("read_runbooks", _("May read the runbooks")),)
        indexes = (
            models.Index(fields=("-created_at", "-id"), name="supportissue_newest"),
            models.Index(fields=("reporter", "-created_at", "-id"), name="supportissue_of_person"),
            models.Index(fields=("status", "level_due_at"), name="supportissue_to_escalate"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="supportissue_status_known"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=Severity.values), name="supportissue_severity_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.NEW) | Q(acknowledged_at=None),
                name="supportissue_new_is_unanswered",
                violation_error_message=_("A new issue is not acknowledged yet."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

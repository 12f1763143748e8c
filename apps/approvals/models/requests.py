"""Running approvals: copies of the rules' steps, made at submission, and what people decided."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts import roles
from apps.approvals.querysets import ApprovalRequestManager, ApprovalStepManager
from apps.approvals.states import Mode, RequestStatus, StepStatus, Verdict


class ApprovalRequest(models.Model):
    """The approval of one version of one document, bound to a hash of its commercial content."""

    document_kind = models.CharField(_("document"), max_length=32)
    document_id = models.PositiveBigIntegerField(_("document id"))
    document_label = models.CharField(_("document label"), max_length=255)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=RequestStatus,
        default=RequestStatus.PENDING,
        editable=False,
    )
    content = models.JSONField(_("content approved"))
    content_hash = models.CharField(_("content hash"), max_length=64)
    total = models.DecimalField(_("total"), max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    base_total = models.DecimalField(_("total in base currency"), max_digits=20, decimal_places=4)
    department = models.ForeignKey(
        "accounts.Department",
        models.PROTECT,
        verbose_name=_("department"),
        related_name="+",
        null=True,
    )
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("requester"),
        related_name="approval_requests",
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("submitted by"),
        related_name="+",
    )
    created_at = models.DateTimeField(_("submitted at"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = ApprovalRequestManager()

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=("document_kind", "document_id"), name="approvalrequest_document"),
            models.Index(fields=("-created_at", "-id"), name="approvalrequest_newest"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("document_kind", "document_id"),
                condition=Q(status="pending"),
                name="approvalrequest_one_open_per_document",
                violation_error_message=_("The document is already waiting for approval."),
            ),
        )

    def __str__(self) -> str:
        return self.document_label


class ApprovalExclusion(models.Model):
    """Somebody who may not decide on this request, and why (asked for it, edited it)."""

    class Reason(models.TextChoices):
        """Why duties are kept apart."""

        REQUESTER = "requester", _("asked for it")
        ON_BEHALF_OF = "on_behalf_of", _("it is for them")
        SUBMITTER = "submitter", _("submitted it")
        EDITOR = "editor", _("edited it")

    request = models.ForeignKey(ApprovalRequest, models.CASCADE, related_name="exclusions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)

    class Meta:
        verbose_name = _("person kept apart")
        verbose_name_plural = _("people kept apart")
        ordering = ("request", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("request", "user"), name="approvalexclusion_once_per_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.reason}"


class ApprovalStep(models.Model):
    """One step of a request; copied from a rule, so that editing the rule changes nothing here."""

    request = models.ForeignKey(ApprovalRequest, models.CASCADE, related_name="steps")
    sequence = models.PositiveSmallIntegerField(_("sequence"))
    name = models.CharField(_("name"), max_length=120)
    rule = models.ForeignKey(
        "approvals.ApprovalRule",
        models.PROTECT,
        related_name="+",
        verbose_name=_("rule"),
        null=True,
    )
    why = models.CharField(_("why"), max_length=255, help_text=_("The rule, as it was then."))
    mode = models.CharField(_("mode"), max_length=8, choices=Mode)
    required_count = models.PositiveSmallIntegerField(_("how many"), default=1)
    hours = models.PositiveSmallIntegerField(_("hours to decide"))
    status = models.CharField(
        _("status"),
        max_length=8,
        choices=StepStatus,
        default=StepStatus.WAITING,
        editable=False,
    )
    activated_at = models.DateTimeField(_("active since"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = ApprovalStepManager()

    class Meta:
        verbose_name = _("approval step")
        verbose_name_plural = _("approval steps")
        ordering = ("request", "sequence", "pk")
        indexes = (models.Index(fields=("status", "due_at"), name="approvalstep_due"),)
        constraints = (
            models.UniqueConstraint(
                fields=("request", "sequence"), name="approvalstep_sequence_once"
            ),
            models.UniqueConstraint(
                fields=("request",),
                condition=Q(status="active"),
                name="approvalstep_one_active_per_request",
                violation_error_message=_("One step after the other."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.request_id}.{self.sequence} {self.name}"


class ApprovalAssignment(models.Model):
    """A person, or any member of a group, who may decide in a step."""

    step = models.ForeignKey(ApprovalStep, models.CASCADE, related_name="assignments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("person"),
        related_name="approval_assignments",
        null=True,
        blank=True,
    )
    group = models.ForeignKey(
        Group, models.PROTECT, verbose_name=_("group"), related_name="+", null=True, blank=True
    )
    why = models.CharField(_("why"), max_length=255)
    reassigned_from = models.ForeignKey(
        "self", models.PROTECT, related_name="reassigned_to", null=True, blank=True
    )
    is_open = models.BooleanField(
        _("open"), default=True, help_text=_("Closed once it was given to somebody else.")
    )
    is_escalation = models.BooleanField(
        _("escalation"),
        default=False,
        help_text=_("Came when the hours were over; its consent stands in for a missing one."),
    )

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ("step", "pk")
        indexes = (models.Index(fields=("user", "is_open"), name="approvalassignment_inbox"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(user__isnull=False, group=None) | Q(user=None, group__isnull=False),
                name="approvalassignment_person_or_group",
                violation_error_message=_("An assignment names a person or a group."),
            ),
        )

    def __str__(self) -> str:
        return str(self.user or roles.title_of(self.group))


class ApprovalDecision(models.Model):
    """What one person decided in a step; never changed, never deleted."""

    step = models.ForeignKey(ApprovalStep, models.PROTECT, related_name="decisions")
    assignment = models.ForeignKey(ApprovalAssignment, models.PROTECT, related_name="decisions")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("decided by"),
        related_name="approval_decisions",
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("standing in for"),
        related_name="+",
        null=True,
        blank=True,
    )
    # A copy of the request's requester, so that the database itself can refuse self-approval.
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    actor_name = models.CharField(_("name at that time"), max_length=150)
    verdict = models.CharField(_("decision"), max_length=8, choices=Verdict)
    comment = models.TextField(_("comment"), blank=True, max_length=4000)
    rejected_lines = models.JSONField(_("rejected lines"), default=list)
    content_hash = models.CharField(_("content hash"), max_length=64)
    decided_at = models.DateTimeField(_("decided at"), auto_now_add=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("step", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("step", "actor"),
                name="approvaldecision_once_per_person_and_step",
                violation_error_message=_("You have already decided on this step."),
            ),
            models.UniqueConstraint(
                fields=("step", "on_behalf_of"),
                condition=Q(on_behalf_of__isnull=False),
                name="approvaldecision_once_for_each_absent_person",
                violation_error_message=_("Somebody has already decided for this person."),
            ),
            models.CheckConstraint(
                condition=~Q(actor=F("requester")),
                name="approvaldecision_not_by_the_requester",
                violation_error_message=_("Nobody decides on what they asked for."),
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of=None) | ~Q(on_behalf_of=F("requester")),
                name="approvaldecision_not_for_the_requester",
                violation_error_message=_("Nobody decides for the person who asked."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.verdict}"


class ApprovalClarification(models.Model):
    """A question to the requester; while it is open the step's clock stands still."""

    step = models.ForeignKey(ApprovalStep, models.CASCADE, related_name="clarifications")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    question = models.TextField(_("question"), max_length=4000)
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    answer = models.TextField(_("answer"), blank=True, max_length=4000)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("clarification")
        verbose_name_plural = _("clarifications")
        ordering = ("step", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("step",),
                condition=Q(answered_at=None),
                name="approvalclarification_one_open_per_step",
                violation_error_message=_("A question is already waiting for its answer."),
            ),
        )

    def __str__(self) -> str:
        return self.question[:60]

"""What runs and what was decided, in the back office: read, never written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.approvals import reading
from apps.approvals.models import (
    ApprovalDecision,
    ApprovalExclusion,
    ApprovalRequest,
    ApprovalStep,
)
from apps.approvals.states import StepStatus
from apps.common.admin import ReadOnlyAdmin, ReadOnlyInline, UsedFieldListFilter
from apps.common.look import status_pill


class OverdueFilter(admin.SimpleListFilter):
    """Steps whose hours are over."""

    title = _("overdue")
    parameter_name = "overdue"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Only those."""
        return [("yes", _("overdue only"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Active and late."""
        if self.value() != "yes":
            return queryset
        return queryset.filter(status=StepStatus.ACTIVE, due_at__lt=timezone.now())


class StepInline(ReadOnlyInline):
    """The route of a request with who was asked and who decided."""

    model = ApprovalStep
    fields = ("sequence", "name", "state", "people", "decided", "why", "due_at", "escalated_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With all that is shown."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related(
            "assignments__user", "assignments__group", "decisions__on_behalf_of"
        )

    @admin.display(description=_("status"))
    def state(self, step: ApprovalStep) -> SafeString:
        """As a pill."""
        return status_pill(step.status, step.get_status_display())

    @admin.display(description=_("asked"))
    def people(self, step: ApprovalStep) -> str:
        """Who was asked."""
        return ", ".join(str(row) for row in step.assignments.all() if row.is_open)

    @admin.display(description=_("decided by"))
    def decided(self, step: ApprovalStep) -> str:
        """Who decided what, and what they said."""
        return "; ".join(
            f"{reading.said(row)}: {row.get_verdict_display()}"
            + (f" – {row.comment}" if row.comment else "")
            for row in step.decisions.all()
        )


class ExclusionInline(ReadOnlyInline):
    """Who may not decide."""

    model = ApprovalExclusion
    fields = ("user", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With names."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("user")


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(ReadOnlyAdmin):
    """Approvals of documents, one per submitted version."""

    list_display = (
        *("document_label", "document_kind", "state", "requester", "department"),
        *("base_total", "created_at", "closed_at"),
    )
    list_filter = ("status", "document_kind", ("department", UsedFieldListFilter))
    search_fields = ("document_label", "requester__username", "requester__name")
    date_hierarchy = "created_at"
    inlines = (StepInline, ExclusionInline)
    fields = (
        "document_label",
        ("state", "open_step"),
        ("requester", "submitted_by", "department"),
        ("total", "currency", "base_total"),
        ("created_at", "closed_at"),
        "sheet",
        "content_hash",
    )
    readonly_fields = ("state", "open_step", "sheet")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With people; the content only on the page of one."""
        rows = super().get_queryset(request)
        rows = rows.select_related("requester", "submitted_by", "department")
        match = request.resolver_match
        is_list = match is not None and str(match.url_name).endswith("_changelist")
        return rows.defer("content") if is_list else rows

    @admin.display(description=_("status"), ordering="status")
    def state(self, approval: ApprovalRequest) -> SafeString:
        """As a pill."""
        return status_pill(approval.status, approval.get_status_display())

    @admin.display(description=_("decision"))
    def open_step(self, approval: ApprovalRequest) -> SafeString | str:
        """The page where the open step is decided, asked about and given away."""
        step = approval.steps.filter(status=StepStatus.ACTIVE).first()
        if step is None:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("approvals:step", args=[step.pk]), step.name
        )

    @admin.display(description=_("what is decided on"))
    def sheet(self, approval: ApprovalRequest) -> SafeString:
        """The content, as it was submitted."""
        context = {"sheet": reading.sheet(approval), "changes": reading.changes(approval)}
        return render_to_string("admin/approvals/sheet.html", context)


@admin.register(ApprovalStep)
class ApprovalStepAdmin(ReadOnlyAdmin):
    """Steps of all approvals: what waits, for whom, since when."""

    list_display = ("request", "name", "state", "people", "activated_at", "due_at", "escalated_at")
    list_filter = ("status", OverdueFilter, "request__document_kind")
    search_fields = ("request__document_label", "name_en", "name_zh_hans")
    ordering = ("-pk",)
    fields = (
        *("request", "sequence", "name", "state", "people", "why", "mode", "required_count"),
        *("hours", "activated_at", "due_at", "reminded_at", "escalated_at", "decided_at"),
    )
    readonly_fields = ("state", "people")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the request and the people."""
        rows = super().get_queryset(request).select_related("request").defer("request__content")
        return rows.prefetch_related("assignments__user", "assignments__group")

    @admin.display(description=_("status"), ordering="status")
    def state(self, step: ApprovalStep) -> SafeString:
        """As a pill."""
        return status_pill(step.status, step.get_status_display())

    @admin.display(description=_("asked"))
    def people(self, step: ApprovalStep) -> str:
        """Who was asked."""
        return ", ".join(str(row) for row in step.assignments.all() if row.is_open)


@admin.register(ApprovalDecision)
class ApprovalDecisionAdmin(ReadOnlyAdmin):
    """Every decision ever made."""

    list_display = ("decided_at", "document", "actor_name", "on_behalf_of", "verdict", "comment")
    list_filter = ("verdict", "decided_at")
    search_fields = ("step__request__document_label", "actor_name", "actor__username")
    date_hierarchy = "decided_at"
    ordering = ("-decided_at", "-pk")
    fields = (
        *("document", "step", "assignment", "actor", "actor_name", "on_behalf_of", "verdict"),
        *("comment", "rejected_lines", "decided_at", "content_hash"),
    )
    readonly_fields = ("document",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With all that is shown."""
        rows = super().get_queryset(request)
        related = (
            "step__request",
            "actor",
            "on_behalf_of",
            "assignment__user",
            "assignment__group",
        )
        return rows.select_related(*related).defer("step__request__content")

    @admin.display(description=_("document"), ordering="step__request__document_label")
    def document(self, decision: ApprovalDecision) -> str:
        """What was decided on."""
        return decision.step.request.document_label

"""Support issues in the back office: the same moves as everywhere, nothing written by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.common.admin import ReadOnlyAdmin, TransitionActionsMixin
from apps.common.look import status_pill
from apps.support import services
from apps.support.models import SupportIssue
from apps.support.states import OPEN


class LateFilter(admin.SimpleListFilter):
    """Open issues past a promise."""

    title = _("late")
    parameter_name = "late"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Only those."""
        return [("yes", _("late only"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Open, and the time to solve it is over."""
        if self.value() != "yes":
            return queryset
        return queryset.filter(status__in=OPEN, resolution_due_at__lte=timezone.now())


@admin.register(SupportIssue)
class SupportIssueAdmin(TransitionActionsMixin, ReadOnlyAdmin):
    """What people reported."""

    transitions = services.TABLE
    bulk_moves = ("acknowledge",)
    list_display = (
        *("number", "title", "state", "issue_type", "severity", "reporter", "assignee"),
        *("level", "response_due_at", "created_at"),
    )
    list_filter = (
        *("status", "severity", "issue_type", LateFilter),
        *("is_response_breached", "is_resolution_breached"),
    )
    list_select_related = ("issue_type", "reporter", "assignee")
    search_fields = ("number", "title", "request_id", "reporter__username", "reporter__name")
    date_hierarchy = "created_at"
    fields = (
        *("number", "state", "title", "description", ("issue_type", "severity")),
        *(("reporter", "assignee"), ("page", "request_id"), "reason"),
        *(("response_due_at", "resolution_due_at"), ("level", "level_due_at")),
        *(("first_response_at", "acknowledged_at"), ("resolved_at", "closed_at")),
        ("is_response_breached", "is_resolution_breached"),
    )
    readonly_fields = ("state",)

    def service_of(self, name: str) -> Any:
        """The service of a move."""
        return services.SERVICES[name]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what the page of one shows, too."""
        return super().get_queryset(request).select_related("issue_type", "reporter", "assignee")

    @admin.display(description=_("status"), ordering="status")
    def state(self, issue: SupportIssue) -> SafeString:
        """As a pill."""
        return status_pill(issue.status, issue.get_status_display())

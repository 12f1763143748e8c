"""Incidents: the moves, the timeline, the way to the runbook, the post-mortem."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.common.admin import ERPModelAdmin, TransitionActionsMixin
from apps.common.look import status_pill
from apps.operations import policies
from apps.operations.alerting import incidents, timeline
from apps.operations.alerting.rules import rules
from apps.operations.alerting.titles import ALERTS
from apps.operations.models import Incident, StatusUpdate
from apps.operations.status import publishing


class PublicUpdates(admin.StackedInline):  # type: ignore[type-arg]  # generic only in the stubs
    """What the status page says about the incident. Added, never changed."""

    model = StatusUpdate
    fields = ("text_en", "text_zh_hans", "at", "by")
    readonly_fields = ("at", "by")
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the incident; strangers read it anyway."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever answers for the incident speaks about it."""
        return policies.may_work_on_incident(request.user, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People have read it."""
        return False


@admin.register(Incident)
class IncidentAdmin(TransitionActionsMixin, ERPModelAdmin):
    """What alerts opened. Only the post-mortem is written by hand."""

    transitions = incidents.TABLE
    bulk_moves = ("acknowledge",)
    inlines = (PublicUpdates,)
    list_display = (
        *("number", "title", "state", "tier", "level", "acknowledged_by"),
        *("opened_at", "response_due_at", "resolved_at"),
    )
    list_filter = ("status", "tier")
    list_select_related = ("acknowledged_by",)
    search_fields = ("number", "alert")
    date_hierarchy = "opened_at"
    readonly_fields: ClassVar[Any] = (
        *("number", "title", "state", "tier", "runbook", "value", "limit", "occurrences"),
        *("opened_at", "response_due_at", "level", "level_due_at", "acknowledged_at"),
        *("acknowledged_by", "resolved_at", "reason", "history_lines", "template"),
    )
    fields = (
        *("number", "title", ("state", "tier"), "runbook", ("value", "limit", "occurrences")),
        *(("opened_at", "response_due_at"), ("level", "level_due_at")),
        *(("acknowledged_at", "acknowledged_by"), "resolved_at", "reason"),
        *("history_lines", "template", "post_mortem"),
    )

    def service_of(self, name: str) -> Any:
        """The service of a move."""

        def service(incident: Incident, **more: Any) -> Incident:
            return incidents.move(name, incident, **more)

        return service

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the name of who looks after it."""
        return super().get_queryset(request).select_related("acknowledged_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Alerts open incidents."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Write the post-mortem under the lock, and nothing else: moves go on meanwhile."""
        incidents.write_post_mortem(obj, obj.post_mortem, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Publish what was written for the status page."""
        formset.save(commit=False)
        for row in formset.new_objects:
            english, chinese = row.text_en or "", row.text_zh_hans or ""
            publishing.publish(form.instance, english=english, chinese=chinese, by=request.user)

    @admin.display(description=_("alert"), ordering="alert")
    def title(self, incident: Incident) -> str:
        """In words."""
        return str(ALERTS.get(incident.alert, incident.alert))

    @admin.display(description=_("status"), ordering="status")
    def state(self, incident: Incident) -> SafeString:
        """As a pill."""
        tone = "danger" if incident.status == Incident.Status.OPEN else ""
        return status_pill(incident.status, incident.get_status_display(), tone)

    @admin.display(description=_("what to do"))
    def runbook(self, incident: Incident) -> SafeString | str:
        """The way to the runbook."""
        rule = rules().alerts.get(incident.alert)
        if rule is None:
            return "–"
        address = reverse("support:runbook", args=[rule.runbook])
        return format_html('<a href="{}">{}</a>', address, rule.runbook)

    @admin.display(description=_("timeline"))
    def history_lines(self, incident: Incident) -> SafeString:
        """Line by line."""
        return format_html_join("", "<div>{}</div>", ((one,) for one in timeline.lines(incident)))

    @admin.display(description=_("template of the post-mortem"))
    def template(self, incident: Incident) -> SafeString:
        """To be copied and filled in."""
        return format_html("<pre>{}</pre>", timeline.post_mortem(incident))

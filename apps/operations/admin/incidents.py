"""Incidents: the moves, the timeline, the way to the runbook, the post-mortem."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.common.admin import ERPModelAdmin, TransitionActionsMixin
from apps.common.look import status_pill
from apps.operations import policies
from apps.operations.admin import showing
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


class PostMortemForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """Begins with the template, in the writer's language; left as it is it is not yet written."""

    class Meta:
        model = Incident
        fields = ("post_mortem",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("post_mortem")
        if field is None:  # not over yet, or only read
            return
        field.widget.attrs["class"] = "vLargeTextField long-text"
        field.help_text = _("What is known is there; write below each heading what was learned.")
        if not self.instance.post_mortem:
            self.initial["post_mortem"] = timeline.post_mortem(self.instance)


URGENCY = {"critical": _("critical"), "warning": _("warning"), "info": _("info")}


@admin.register(Incident)
class IncidentAdmin(TransitionActionsMixin, ERPModelAdmin):
    """What alerts opened. Only the post-mortem is written by hand."""

    form = PostMortemForm
    transitions = incidents.TABLE
    bulk_moves = ("acknowledge",)
    inlines = (PublicUpdates,)
    list_display = (
        *("number", "title", "state", "urgency", "level", "acknowledged_by", "begun", "ends"),
    )
    list_filter = ("status", "tier")
    list_select_related = ("acknowledged_by",)
    search_fields = ("number", "alert")
    date_hierarchy = "opened_at"
    readonly_fields: ClassVar[Any] = (
        *("number", "title", "state", "tier", "runbook", "figure", "limit", "occurrences"),
        *("opened_at", "response_due_at", "level", "level_due_at", "acknowledged_at"),
        *("acknowledged_by", "resolved_at", "reason", "history_lines"),
    )
    fields = (
        *("number", "title", ("state", "tier"), "runbook", ("figure", "limit", "occurrences")),
        *(("opened_at", "response_due_at"), ("level", "level_due_at")),
        *(("acknowledged_at", "acknowledged_by"), "resolved_at", "reason"),
        *("history_lines", "post_mortem"),
    )

    def service_of(self, name: str) -> Any:
        """The service of a move."""

        def service(incident: Incident, **more: Any) -> Incident:
            return incidents.move(name, incident, **more)

        return service

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the name of who looks after it."""
        return super().get_queryset(request).select_related("acknowledged_by")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody looks back before it is over."""
        fixed = tuple(super().get_readonly_fields(request, obj))
        is_over = obj is not None and obj.status == Incident.Status.RESOLVED
        return fixed if is_over else (*fixed, "post_mortem")

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Offer to save where there is something to write."""
        is_written = "post_mortem" in context["adminform"].form.fields
        context |= {"show_save": is_written, "show_save_and_continue": is_written}
        return super().render_change_form(request, context, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Alerts open incidents."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Write the post-mortem under the lock, and nothing else: moves go on meanwhile."""
        if "post_mortem" not in form.fields:
            return
        text = obj.post_mortem.replace("\r\n", "\n")
        if text.strip() != timeline.post_mortem(obj).strip():
            incidents.write_post_mortem(obj, text, by=request.user)

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

    @admin.display(description=_("tier"), ordering="tier")
    def urgency(self, incident: Incident) -> SafeString:
        """As a pill, without the minutes: those are in the last column."""
        tone = {"critical": "danger", "warning": "warning"}.get(incident.tier, "info")
        return status_pill(incident.tier, URGENCY.get(incident.tier, incident.tier), tone)

    @admin.display(description=_("value"))
    def figure(self, incident: Incident) -> str:
        """As it was measured when it opened."""
        return showing.figure(incident.value)

    @admin.display(description=_("opened at"), ordering="opened_at")
    def begun(self, incident: Incident) -> str:
        """In the reader's time."""
        return showing.moment(incident.opened_at)

    @admin.display(description=_("response"), ordering="response_due_at")
    def ends(self, incident: Incident) -> str:
        """Until when somebody has to answer, or since when there is nothing left to do."""
        if incident.resolved_at:
            return gettext("resolved %(at)s") % {"at": showing.moment(incident.resolved_at)}
        if incident.acknowledged_at:
            return gettext("answered %(at)s") % {"at": showing.moment(incident.acknowledged_at)}
        return gettext("due %(at)s") % {"at": showing.moment(incident.response_due_at)}

    @admin.display(description=_("what to do"))
    def runbook(self, incident: Incident) -> SafeString | str:
        """The way to the runbook."""
        rule = rules().alerts.get(incident.alert)
        return "–" if rule is None else showing.runbook_link(rule.runbook)

    @admin.display(description=_("timeline"))
    def history_lines(self, incident: Incident) -> SafeString:
        """Line by line."""
        return format_html_join("", "<div>{}</div>", ((one,) for one in timeline.lines(incident)))

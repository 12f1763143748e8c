"""How alerts stand, where they are told, and when they are silent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.common.admin import ERPModelAdmin, ReadOnlyAdmin
from apps.common.admin.masters import STAMPS
from apps.common.look import status_pill
from apps.operations.admin import showing
from apps.operations.alerting.rules import rules
from apps.operations.alerting.titles import ALERTS
from apps.operations.models import AlertChannel, AlertState, Silence

TONES = {"clear": "success", "pending": "warning", "firing": "danger", "unknown": "neutral"}


@admin.register(AlertState)
class AlertStateAdmin(ReadOnlyAdmin):
    """Every alert as the monitor saw it last."""

    list_display = ("title", "state", "begun", "figure", "limit", "looked_at")
    list_filter = ("phase",)
    fields = (
        ("title", "state"),
        ("figure", "limit"),
        ("begun", "fine", "looked_at"),
        "runbook",
    )
    readonly_fields = ("title", "state", "figure", "begun", "fine", "looked_at", "runbook")

    @admin.display(description=_("alert"), ordering="alert")
    def title(self, row: AlertState) -> str:
        """In words."""
        return str(ALERTS.get(row.alert, row.alert))

    @admin.display(description=_("state"), ordering="phase")
    def state(self, row: AlertState) -> SafeString:
        """As a pill."""
        return status_pill(row.phase, row.get_phase_display(), TONES.get(row.phase, "neutral"))

    @admin.display(description=_("value"), ordering="value")
    def figure(self, row: AlertState) -> str:
        """As it was measured last."""
        return showing.figure(row.value)

    @admin.display(description=_("since"), ordering="since")
    def begun(self, row: AlertState) -> str:
        """In the reader's time."""
        return showing.moment(row.since)

    @admin.display(description=_("fine again since"))
    def fine(self, row: AlertState) -> str:
        """In the reader's time."""
        return showing.moment(row.fine_since)

    @admin.display(description=_("looked at"), ordering="evaluated_at")
    def looked_at(self, row: AlertState) -> str:
        """In the reader's time."""
        return showing.moment(row.evaluated_at)

    @admin.display(description=_("what to do"))
    def runbook(self, row: AlertState) -> SafeString | str:
        """The way to the runbook."""
        rule = rules().alerts.get(row.alert)
        return "–" if rule is None else showing.runbook_link(rule.runbook)


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """Address and key go in and never come out again; left empty they stay as they are."""

    HIDDEN = ("url", "secret")

    class Meta:
        model = AlertChannel
        fields = ("name", "kind", "url", "secret", "least_tier", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.HIDDEN:
            field = self.fields.get(name)
            if field is None:  # to those who only look it is not shown
                continue
            field.widget = forms.PasswordInput(
                attrs={"autocomplete": "off", "class": "vTextField"}, render_value=False
            )
            if self.instance.pk:
                field.required = False
                field.help_text = _("Leave it empty to keep the one there is.")
                self.initial[name] = ""

    def clean(self) -> dict[str, Any]:
        """What was left empty is what there was."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk:
            before = AlertChannel.objects.get(pk=self.instance.pk)
            for name in self.HIDDEN:
                if name in self.fields and not cleaned.get(name):
                    cleaned[name] = getattr(before, name)
        return cleaned


@admin.register(AlertChannel)
class AlertChannelAdmin(ERPModelAdmin):
    """Rooms and gateways. Nobody reads an address or a key here, not even who typed it."""

    form = ChannelForm
    list_display = ("name", "kind", "least_tier", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
    readonly_fields = STAMPS

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        """Without the secrets for those who only look."""
        shown = ["name", "kind", "url", "secret", "least_tier", "is_active", *STAMPS]
        may_write = (
            self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        )
        return shown if may_write else [name for name in shown if name not in ChannelForm.HIDDEN]


@admin.register(Silence)
class SilenceAdmin(ERPModelAdmin):
    """Silences and maintenance windows; one that is over early gets an earlier end."""

    list_display = ("what", "starts_at", "ends_at", "comment", "created_by")
    list_select_related = ("created_by",)
    date_hierarchy = "starts_at"
    readonly_fields = STAMPS
    fields = ("alert", "starts_at", "ends_at", "comment", *STAMPS)

    @admin.display(description=_("alert"), ordering="alert")
    def what(self, row: Silence) -> str:
        """In words."""
        return str(ALERTS.get(row.alert, row.alert)) if row.alert else str(_("maintenance window"))

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Offer the alerts there are."""
        if db_field.name == "alert":
            choices = [("", _("maintenance window")), *ALERTS.items()]
            return forms.ChoiceField(
                choices=choices, required=False, label=_("alert"), help_text=db_field.help_text
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

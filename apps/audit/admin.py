"""The audit in the back office: read, filtered, exported; never written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.audit import export, history, policies
from apps.audit.models import Entry
from apps.audit.registration import tracked_models
from apps.common.admin import ReadOnlyAdmin
from apps.common.admin.export import named
from apps.common.context import Channel
from apps.common.history import Change, door_label, event_label
from apps.common.numbers import whole_number

admin.site.unregister(Entry)  # auditlog's own page of its table


class ChannelFilter(admin.SimpleListFilter):
    """By the door a change came through; counting doors in a large table would take long."""

    title = _("channel")
    parameter_name = "channel"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """All doors."""
        return [(channel.value, door_label(channel.value)) for channel in Channel]

    def queryset(
        self, _request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        """What came through it."""
        return queryset.filter(channel=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    """By the kind of record."""

    title = _("kind of record")
    parameter_name = "kind"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Records people know by name."""
        models_of_documents = [
            content_type.model_class()
            for content_type in ContentType.objects.filter(
                app_label__in=("requisitions", "procurement", "approvals")
            )
        ]
        known = {m for m in (*tracked_models(), *models_of_documents) if m is not None}
        pairs = [
            (str(ContentType.objects.get_for_model(m).pk), capfirst(m._meta.verbose_name))
            for m in known
            if not m._meta.proxy
        ]
        return sorted(pairs, key=lambda pair: str(pair[1]))

    def queryset(
        self, _request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        """What happened to records of that kind."""
        kind = whole_number(self.value() or "")
        return queryset if kind is None else queryset.filter(content_type_id=kind)


class PeriodFilter(admin.SimpleListFilter):
    """By how long ago."""

    title = _("when")
    parameter_name = "within"
    DAYS = {"1": _("the last 24 hours"), "7": _("the last 7 days"), "30": _("the last 30 days")}

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Periods."""
        return list(self.DAYS.items())

    def queryset(
        self, _request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        """What happened since."""
        if self.value() not in self.DAYS:
            return queryset
        since = timezone.now() - timedelta(days=int(str(self.value())))
        return queryset.filter(timestamp__gte=since)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """What happened, to which record, by whom, through which door."""

    list_display = ("when", "who", "what", "kind", "record", "door", "summary")
    list_display_links = ("when", "what")
    list_filter = (PeriodFilter, ChannelFilter, KindFilter)
    search_fields = ("event", "actor_name", "object_repr", "=cid", "=object_pk")
    search_help_text = _("Event, person, record, its number, or the id of a request.")
    ordering = ("-id",)
    list_select_related = ("content_type",)
    actions = ("export_csv",)
    fields = (
        ("when", "who", "door"),
        ("what", "kind", "record"),
        "change_table",
        ("comment", "additional_data"),
        ("cid", "remote_addr"),
    )
    readonly_fields = (
        *("when", "who", "door", "what", "kind", "record", "change_table", "comment"),
        *("additional_data", "cid", "remote_addr"),
    )
    sortable_by = ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the policies say."""
        return policies.may_read(request.user)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """As the policies say."""
        return policies.may_export(request.user)

    @admin.display(description=_("when"))
    def when(self, entry: Entry) -> str:
        """To the second, in the reader's time."""
        return f"{timezone.localtime(entry.timestamp):%Y-%m-%d %H:%M:%S}"

    @admin.display(description=_("who"))
    def who(self, entry: Entry) -> str:
        """Who did it, by the name of that day; what runs by itself has nobody behind it."""
        return _("system") if entry.actor_id is None else entry.actor_name  # type: ignore[return-value]  # a promise prints like text

    @admin.display(description=_("channel"))
    def door(self, entry: Entry) -> str:
        """The door it came through."""
        return door_label(entry.channel)

    @admin.display(description=_("record"))
    def record(self, entry: Entry) -> str:
        """The record it happened to, by the name of that day."""
        return str(entry.object_repr)

    @admin.display(description=_("what"))
    def what(self, entry: Entry) -> str:
        """What happened, in words."""
        return event_label(entry.event)

    @admin.display(description=_("kind of record"))
    def kind(self, entry: Entry) -> str:
        """What kind of record it happened to."""
        model = ContentType.objects.get_for_id(entry.content_type_id).model_class()
        return str(capfirst(model._meta.verbose_name)) if model else entry.content_type.model

    @admin.display(description=_("fields"))
    def summary(self, entry: Entry) -> str:
        """The names of the first fields that changed."""
        names = [str(change.label) for change in changes_of(entry)]
        return ", ".join(names[:4]) + (" …" if len(names) > 4 else "")

    @admin.display(description=_("changes"))
    def change_table(self, entry: Entry) -> SafeString | str:
        """Each field before and after."""
        changes = changes_of(entry)
        return render_to_string("admin/audit/changes.html", {"changes": changes}) or "–"

    @admin.action(description=_("Export as CSV"), permissions=["export"])
    def export_csv(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> StreamingHttpResponse:
        """Take the chosen entries as a file; that is recorded."""
        content = export.as_csv(queryset, by=request.user)
        response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
        return named(response, Entry, "csv")


def changes_of(entry: Entry) -> list[Change]:
    """The changes with the names of their fields."""
    labels = history.labels(entry)
    return [
        Change(str(labels.get(name, name)), before, after)
        for name, (before, after) in history.pairs(entry.changes).items()
    ]

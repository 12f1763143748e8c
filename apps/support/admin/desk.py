"""Channels, contacts, levels, and the contact and escalation matrices."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.common.admin import ERPModelAdmin
from apps.support.admin.base import KeptAdmin, NamesAdmin
from apps.support.models import (
    EscalationStep,
    IssueType,
    SupportChannel,
    SupportContact,
    SupportLevel,
)


@admin.register(SupportChannel)
class SupportChannelAdmin(KeptAdmin):
    """Ways to reach the help desk."""

    list_display = ("code", "name", "description", "sequence", "is_active")


@admin.register(SupportContact)
class SupportContactAdmin(KeptAdmin):
    """Who helps."""

    list_display = (*("code", "name", "person", "telephone", "mail", "follows_rota", "is_active"),)
    list_filter = ("is_active", "follows_rota", "channels")
    list_select_related = ("user",)
    search_fields = (
        *("code", "name_en", "name_zh_hans", "external_name", "email"),
        *("user__username", "user__name"),
    )
    autocomplete_fields = ("user",)
    filter_horizontal = ("channels",)

    @admin.display(description=_("person"))
    def person(self, contact: SupportContact) -> str:
        """The colleague, or the name outside."""
        return contact.person or "–"

    @admin.display(description=_("phone"))
    def telephone(self, contact: SupportContact) -> str:
        """The number to call."""
        return contact.telephone or "–"

    @admin.display(description=_("mail address"))
    def mail(self, contact: SupportContact) -> str:
        """Where mail goes."""
        return contact.mail or "–"


@admin.register(SupportLevel)
class SupportLevelAdmin(NamesAdmin):
    """The levels and their times."""

    list_display = ("number", "name", "response_minutes", "contact")
    list_display_links = ("number", "name")
    list_select_related = ("contact",)
    autocomplete_fields = ("contact",)


class EscalationInline(admin.TabularInline[EscalationStep, IssueType]):
    """Who is told at which level."""

    model = EscalationStep
    extra = 0
    fields = ("level", "contact")
    autocomplete_fields = ("contact",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[EscalationStep]:
        """With the names."""
        return super().get_queryset(request).select_related("level", "contact")


@admin.register(IssueType)
class IssueTypeAdmin(KeptAdmin):
    """The contact matrix."""

    list_display = (
        *("code", "name", "primary_contact", "response_minutes", "escalation"),
        *("resolution_minutes", "is_emergency", "is_active"),
    )
    list_filter = ("is_active", "is_emergency")
    autocomplete_fields = ("primary_contact",)
    inlines = (EscalationInline,)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With all that a row shows."""
        rows = super().get_queryset(request).select_related("primary_contact")
        return rows.prefetch_related("escalation_steps__level", "escalation_steps__contact")

    @admin.display(description=_("escalation"))
    def escalation(self, row: IssueType) -> str:
        """Who is told when the primary contact does not answer."""
        return ", ".join(str(contact) for contact in row.escalation) or "–"


@admin.register(EscalationStep)
class EscalationStepAdmin(ERPModelAdmin):
    """The escalation matrix as one list. A row that is gone loses nothing: what was told, was."""

    deletable = True
    list_display = ("issue_type", "level", "contact")
    list_filter = ("issue_type", "level")
    list_select_related = ("issue_type", "level", "contact")
    search_fields = ("issue_type__name_en", "issue_type__name_zh_hans", "contact__code")
    fields = ("issue_type", "level", "contact")
    autocomplete_fields = ("contact",)

"""Rules in the back office, each said in one sentence, and a page to try them out."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from apps.approvals import words
from apps.approvals.admin.trying import try_view
from apps.approvals.models import ApprovalRule, ApprovalRuleApprover, ApprovalRuleStep
from apps.common.admin import ERPModelAdmin
from apps.common.admin.masters import STAMPS


class StepInline(TranslationTabularInline):  # type: ignore[type-arg]  # generic only in the stubs
    """The steps of a rule; who decides in one is named on the step's own page."""

    model = ApprovalRuleStep
    fields = ("sequence", "name", "people", "mode", "required_count", "hours")
    readonly_fields = ("people",)
    extra = 0
    show_change_link = True

    @admin.display(description=_("who decides"))
    def people(self, step: ApprovalRuleStep) -> str:
        """Who decides in it."""
        if step._state.adding:
            return str(_("save first, then name them on the step's page"))
        named = words.Listing(tuple(words.approver_in_words(a) for a in step.approvers.all()))
        address = reverse("admin:approvals_approvalrulestep_change", args=[step.pk])
        return format_html('<a href="{}">{}</a>', address, str(named) or _("name who decides"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With all that is shown."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("approvers__user", "approvers__group")


class ApproverInline(admin.TabularInline):  # type: ignore[type-arg]  # generic only in the stubs
    """Who decides in a step."""

    model = ApprovalRuleApprover
    fields = ("kind", "group", "user")
    autocomplete_fields = ("group", "user")
    extra = 0


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(ERPModelAdmin, TranslationAdmin[Any]):
    """Who has to agree to what."""

    list_display = ("name", "document_kind", "in_words", "priority", "is_active")
    list_filter = ("document_kind", "is_active")
    search_fields = ("name_en", "name_zh_hans")
    autocomplete_fields = ("department", "category", "cost_centre", "project")
    readonly_fields = ("in_words", *STAMPS)
    inlines = (StepInline,)
    change_list_template = "admin/approvals/approvalrule/change_list.html"
    fieldsets = (
        (None, {"fields": ("name", ("document_kind", "priority"), "is_active", "in_words")}),
        (
            _("Applies to"),
            {
                "fields": (
                    ("minimum_amount", "maximum_amount"),
                    ("department", "category"),
                    ("cost_centre", "project"),
                    "supplier_condition",
                )
            },
        ),
        (None, {"fields": (STAMPS[:2], STAMPS[2:])}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With all the sentence needs."""
        rows = super().get_queryset(request)
        related = ("department", "category", "cost_centre", "project", "created_by", "updated_by")
        return rows.select_related(*related).prefetch_related(
            "steps__approvers__user", "steps__approvers__group"
        )

    @admin.display(description=_("in words"))
    def in_words(self, rule: ApprovalRule) -> str:
        """The whole rule as a sentence."""
        return words.sentence(rule) if rule.pk else "–"

    def get_urls(self) -> list[Any]:
        """The page to try rules out."""
        view = self.admin_site.admin_view(self.try_page)
        return [path("try/", view, name="approvals_approvalrule_try"), *super().get_urls()]

    def try_page(self, request: HttpRequest) -> HttpResponse:
        """Who would decide on such a document."""
        return try_view(self, request)


@admin.register(ApprovalRuleStep)
class ApprovalRuleStepAdmin(ERPModelAdmin, TranslationAdmin[Any]):
    """One step with its approvers; reached from its rule."""

    list_display = ("rule", "sequence", "name", "mode", "hours")
    list_select_related = ("rule",)
    search_fields = ("name_en", "name_zh_hans", "rule__name_en", "rule__name_zh_hans")
    fields = ("rule", "sequence", "name", "mode", "required_count", "hours")
    readonly_fields = ("rule",)
    inlines = (ApproverInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the rule."""
        return super().get_queryset(request).select_related("rule")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A step is added on its rule's page."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not in the navigation: it is part of its rule."""
        return False

"""Suppliers and their bank accounts in the back office."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.catalog import policies, services
from apps.catalog.admin.columns import StateColumn, linked
from apps.catalog.admin.items import columns_of
from apps.catalog.forms import SupplierForm
from apps.catalog.importers import SUPPLIERS
from apps.catalog.models import Supplier, SupplierBankAccount, SupplierContact
from apps.common import records
from apps.common.admin import ReadOnlyInline, TransitionActionsMixin, UsedFieldListFilter
from apps.common.admin.masters import STAMPS, MasterAdmin, NamedAdmin


class ContactInline(admin.TabularInline[SupplierContact, Supplier]):
    """The people there."""

    model = SupplierContact
    extra = 0
    fields = ("name", "role", "email", "phone", "is_primary")


class BankAccountInline(StateColumn, ReadOnlyInline):
    """Where the supplier is paid; entered and confirmed on the account's own page."""

    model = SupplierBankAccount
    fields = ("account", "account_name", "bank_name", "state", "confirmed_by")
    readonly_fields = fields

    @admin.display(description=_("account"))
    def account(self, account: SupplierBankAccount) -> str:
        """The end of the number, and the way to the account."""
        return linked(account, account.masked_number)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With who confirmed it."""
        return super().get_queryset(request).select_related("confirmed_by")


@admin.register(Supplier)
class SupplierAdmin(TransitionActionsMixin, StateColumn, NamedAdmin):
    """Suppliers. The status moves by buttons; a reason is asked where one is needed."""

    form = SupplierForm
    transitions = services.TABLE
    bulk_moves = ("approve",)
    list_display = (
        *("code", "name", "state", "order_control", "country", "currency", "tax_number"),
        "is_active",
    )
    list_filter = ("status", "order_control", "is_active", "country", "language")
    list_select_related = ("currency",)
    search_fields = ("code", "name_en", "name_zh_hans", "tax_number")
    autocomplete_fields = ("currency", "payment_term", "incoterm")
    readonly_fields = ("state", "reason", *STAMPS)
    date_hierarchy = "created_at"
    inlines = (ContactInline, BankAccountInline)
    export_columns = (
        *columns_of(SUPPLIERS, Supplier),
        "status",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("code", "tax_number"),
                    "name",
                    ("state", "reason"),
                    ("order_control", "warning"),
                    "is_active",
                    "seen_version",
                )
            },
        ),
        (
            _("Address"),
            {"fields": ("address", ("country", "language"), ("email", "phone"), "website")},
        ),
        (
            _("Terms"),
            {"fields": (("currency", "payment_term"), ("incoterm", "lead_time_days"), "notes")},
        ),
        (_("History"), {"classes": ("collapse",), "fields": (STAMPS[:2], STAMPS[2:])}),
    )

    def service_of(self, name: str) -> Callable[..., Any]:
        """Every move goes through the one service."""
        return partial(services.decide, name)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Raise the version, so that another tab notices."""
        records.stamp(obj, by=request.user)
        obj.save()


@admin.register(SupplierBankAccount)
class SupplierBankAccountAdmin(TransitionActionsMixin, StateColumn, MasterAdmin):
    """Bank accounts: entered by one, confirmed by another, never edited."""

    transitions = services.BANK_ACCOUNT_TABLE
    list_display = (
        *("supplier", "bank_name", "account_name", "masked_number", "currency", "state"),
        *("created_by", "confirmed_by"),
    )
    list_filter = ("status", ("currency", UsedFieldListFilter))
    list_select_related = ("supplier", "currency", "created_by", "confirmed_by")
    search_fields = (
        *("supplier__code", "supplier__name_en", "supplier__name_zh_hans", "bank_name"),
        "account_name",
    )
    autocomplete_fields = ("supplier", "currency")
    date_hierarchy = "created_at"
    actions = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """All of the number only for who enters it, and for who is about to confirm it."""
        shown = obj is None or policies.may_see_account_number(request.user, obj)
        number = "account_number" if shown else "masked_number"
        entered = ("supplier", "account_name", "bank_name", "bank_code", number, "currency")
        decided = ("state", "reason", "confirmed_by", "confirmed_at", *STAMPS)
        return entered if obj is None else (*entered, *decided)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Everything, once it is entered."""
        return () if obj is None else self.get_fields(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is not edited: enter a new one and retire the old."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For those who enter and those who confirm."""
        user = request.user
        return bool(
            super().has_view_permission(request, obj)
            or user.has_perm("catalog.confirm_supplierbankaccount")
        )

    def service_of(self, name: str) -> Callable[..., Any]:
        """Confirming and retiring."""
        moves = {"confirm": services.confirm_bank_account, "retire": services.retire_bank_account}
        return moves[name]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """The first of two people."""
        services.enter_bank_account(obj, by=request.user)

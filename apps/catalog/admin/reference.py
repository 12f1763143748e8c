"""Units, money, taxes and terms in the back office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from apps.catalog.models import (
    Currency,
    ExchangeRate,
    Incoterm,
    PaymentTerm,
    TaxCode,
    TaxRate,
    Unit,
)
from apps.common.admin import UsedFieldListFilter
from apps.common.admin.masters import MasterAdmin, NamedAdmin


@admin.register(Unit)
class UnitAdmin(NamedAdmin):
    """Units of measure."""

    list_display = ("code", "name", "symbol", "dimension", "factor", "step", "is_active")
    list_filter = ("dimension", "is_active")
    search_fields = ("code", "name_en", "name_zh_hans", "symbol")
    export_columns = (
        *("code", "name_en", "name_zh_hans", "symbol", "dimension", "factor", "step"),
        "is_active",
    )


@admin.register(Currency)
class CurrencyAdmin(NamedAdmin):
    """Currencies."""

    list_display = ("code", "name", "symbol", "minor_units", "is_active")
    export_columns = ("code", "name_en", "name_zh_hans", "symbol", "minor_units", "is_active")


@admin.register(ExchangeRate)
class ExchangeRateAdmin(MasterAdmin):
    """Dated exchange rates. A rate documents have used is history: a correction is a new day's."""

    list_display = ("currency", "valid_from", "rate", "source", "updated_by")
    list_filter = (("currency", UsedFieldListFilter),)
    list_select_related = ("currency", "updated_by")
    search_fields = ("=currency__code", "source")
    date_hierarchy = "valid_from"
    ordering = ("-valid_from", "currency__code")
    autocomplete_fields = ("currency",)
    export_columns = ("currency.code", "valid_from", "rate", "source")


class TaxRateInline(admin.TabularInline[TaxRate, TaxCode]):
    """The dated percentages of a tax."""

    model = TaxRate
    extra = 0
    fields = ("valid_from", "percent")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[TaxRate]:
        """With the tax, whose code is in each rate's name."""
        return super().get_queryset(request).select_related("tax_code")

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """A percentage that was in force stays as it was; a new law is a new row."""
        return False


@admin.register(TaxCode)
class TaxCodeAdmin(NamedAdmin):
    """Taxes with their dated rates."""

    list_display = ("code", "name", "is_recoverable", "is_active")
    list_filter = ("is_recoverable", "is_active")
    inlines = (TaxRateInline,)
    export_columns = ("code", "name_en", "name_zh_hans", "is_recoverable", "is_active")


@admin.register(PaymentTerm)
class PaymentTermAdmin(NamedAdmin):
    """Terms of payment."""

    list_display = ("code", "name", "due_days", "discount_percent", "discount_days", "is_active")
    export_columns = (
        *("code", "name_en", "name_zh_hans", "due_days", "discount_percent", "discount_days"),
        "is_active",
    )


@admin.register(Incoterm)
class IncotermAdmin(NamedAdmin):
    """Trade terms."""

    list_display = ("code", "name", "edition", "is_active")
    list_filter = ("edition", "is_active")
    export_columns = ("code", "name_en", "name_zh_hans", "edition", "is_active")

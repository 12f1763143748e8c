"""Items, categories and prices in the back office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.catalog import services
from apps.catalog.admin.columns import linked
from apps.catalog.forms import CategoryForm
from apps.catalog.importers import CATEGORIES, ITEMS
from apps.catalog.models import Category, Item, SupplierPrice, SupplierPriceBreak
from apps.common.admin import ReadOnlyInline, UsedFieldListFilter
from apps.common.admin.masters import STAMPS, MasterAdmin, NamedAdmin
from apps.common.tabular.cells import plain
from apps.common.templatetags.figures import priced


def columns_of(kind: Any, model: type[models.Model]) -> tuple[str, ...]:
    """The columns of an import, so that an export can be loaded again: other records by code."""
    is_record = {f.name: model._meta.get_field(f.name).is_relation for f in kind.fields}
    return tuple(f"{name}.code" if related else name for name, related in is_record.items())


class RootFilter(admin.SimpleListFilter):
    """The tops of the tree, which is too large to choose from."""

    title = _("level")
    parameter_name = "level"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Tops, or what lies below them."""
        return [("top", _("top")), ("below", _("below"))]

    def queryset(
        self, _request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        """By whether there is a parent."""
        if self.value() == "top":
            return queryset.filter(parent=None)
        return queryset.exclude(parent=None) if self.value() == "below" else queryset


@admin.register(Category)
class CategoryAdmin(NamedAdmin):
    """The commodity tree."""

    form = CategoryForm
    list_display = ("code", "name", "parent", "is_active")
    list_filter = ("is_active", RootFilter)
    list_select_related = ("parent",)
    search_fields = ("^code", "name_en", "name_zh_hans")
    autocomplete_fields = ("parent",)
    readonly_fields = ("path", *STAMPS)
    export_columns = columns_of(CATEGORIES, Category)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Through the service, which moves the branch below."""
        services.save_category(obj, by=request.user, data=form.cleaned_data)


class PriceInline(ReadOnlyInline):
    """What suppliers ask for the item; changed on the price's own page."""

    model = SupplierPrice
    fields = ("asked", "supplier", "unit", "agreement", "valid_from", "valid_until")
    readonly_fields = ("asked",)
    ordering = ("-valid_from",)

    @admin.display(description=_("price"))
    def asked(self, found: SupplierPrice) -> str:
        """The price, and the way to its breaks."""
        return linked(found, priced(found.price, found.currency))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With all that is shown."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("item", "supplier", "currency", "unit")


@admin.register(Item)
class ItemAdmin(NamedAdmin):
    """Items of the catalogue."""

    list_display = (
        *("code", "name", "category", "base_unit", "preferred_supplier", "last_paid"),
        "is_active",
    )
    list_filter = ("is_active", ("base_unit", UsedFieldListFilter))
    list_select_related = ("category", "base_unit", "preferred_supplier", "last_price_currency")
    search_fields = (
        *("code", "name_en", "name_zh_hans", "manufacturer_part_number", "^category__code"),
    )
    autocomplete_fields = (
        *("category", "base_unit", "purchase_unit", "tax_code", "preferred_supplier"),
    )
    readonly_fields = ("last_paid", *STAMPS)
    date_hierarchy = "created_at"
    inlines = (PriceInline,)
    export_columns = columns_of(ITEMS, Item)
    fieldsets = (
        (None, {"fields": ("code", "name", "description", "category", "is_active")}),
        (
            _("Units and quantities"),
            {
                "fields": (
                    ("base_unit", "purchase_unit", "purchase_factor"),
                    ("minimum_quantity", "multiple_quantity", "lead_time_days"),
                )
            },
        ),
        (
            _("Buying"),
            {
                "fields": (
                    ("manufacturer", "manufacturer_part_number"),
                    ("preferred_supplier", "tax_code"),
                    "last_paid",
                )
            },
        ),
        (_("History"), {"classes": ("collapse",), "fields": (STAMPS[:2], STAMPS[2:])}),
    )

    @admin.display(description=_("last price"), ordering="last_price")
    def last_paid(self, item: Item) -> str:
        """What the last order paid."""
        return priced(item.last_price, item.last_price_currency)


class ValidityFilter(admin.SimpleListFilter):
    """Prices by today's date."""

    title = _("validity")
    parameter_name = "validity"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """In force, soon over, to come, or over."""
        return [
            ("now", _("in force")),
            ("ending", _("in force for less than 30 days")),
            ("future", _("to come")),
            ("past", _("expired")),
        ]

    def queryset(
        self, _request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        """By the first and the last day."""
        today = timezone.localdate()
        in_force = Q(pk__in=SupplierPrice.objects.on(today).values("pk"))
        conditions = {
            "now": in_force,
            "ending": in_force & Q(valid_until__lte=today + timedelta(days=30)),
            "future": Q(valid_from__gt=today),
            "past": Q(valid_until__lt=today),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


class PriceBreakInline(admin.TabularInline[SupplierPriceBreak, SupplierPrice]):
    """Lower prices from a quantity on."""

    model = SupplierPriceBreak
    extra = 0


@admin.register(SupplierPrice)
class SupplierPriceAdmin(MasterAdmin):
    """Prices with their breaks and validity."""

    list_display = (
        *("item", "supplier", "asked", "unit", "from_quantity", "agreement"),
        *("valid_from", "valid_until", "is_active"),
    )
    list_filter = ("is_active", ValidityFilter, ("currency", UsedFieldListFilter))
    list_select_related = ("item", "supplier", "currency", "unit")
    search_fields = (
        *("item__code", "item__name_en", "item__name_zh_hans", "supplier__code"),
        *("supplier__name_en", "supplier__name_zh_hans", "supplier_part_number", "agreement"),
    )
    autocomplete_fields = ("supplier", "item", "unit", "currency")
    date_hierarchy = "valid_from"
    ordering = ("-valid_from", "-pk")
    inlines = (PriceBreakInline,)
    export_columns = (
        *("supplier.code", "item.code", "supplier_part_number", "unit.code", "currency.code"),
        *("price", "minimum_quantity", "lead_time_days", "valid_from", "valid_until", "agreement"),
        "is_active",
    )

    @admin.display(description=_("price"), ordering="price")
    def asked(self, found: SupplierPrice) -> str:
        """Without the zeros of its column."""
        return priced(found.price, found.currency)

    @admin.display(description=_("from quantity"), ordering="minimum_quantity")
    def from_quantity(self, found: SupplierPrice) -> str:
        """Without the zeros of its column."""
        return plain(found.minimum_quantity)

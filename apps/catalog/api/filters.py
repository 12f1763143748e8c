"""What lists of the catalogue can be filtered by; anything else is refused."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from apps.catalog.models import Category, Supplier, SupplierPrice, Unit


class MasterFilters(filters.FilterSet):
    """By code and by whether the record is in use."""

    code = filters.CharFilter()
    is_active = filters.BooleanFilter()


class UnitFilters(MasterFilters):
    """Units also by dimension."""

    dimension = filters.ChoiceFilter(choices=Unit.Dimension.choices)


class CategoryFilters(MasterFilters):
    """Categories by their place in the tree."""

    parent = filters.CharFilter(field_name="parent__code")
    root = filters.BooleanFilter(field_name="parent", lookup_expr="isnull")
    below = filters.CharFilter(method="in_branch", help_text="Code of the top of a branch.")

    def in_branch(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Everything below a category, and the category itself."""
        return queryset.filter(path__startswith=branch(value))


class ItemFilters(MasterFilters):
    """Items by category (with all below it) and preferred supplier."""

    category = filters.CharFilter(method="in_category", help_text="Code; with all below it.")
    preferred_supplier = filters.CharFilter(field_name="preferred_supplier__code")

    def in_category(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Items of a branch of the tree."""
        return queryset.filter(category__path__startswith=branch(value))


class SupplierFilters(MasterFilters):
    """Suppliers by what may be done with them."""

    status = filters.ChoiceFilter(choices=Supplier.Status.choices)
    country = filters.CharFilter()
    currency = filters.CharFilter(field_name="currency__code")
    tax_number = filters.CharFilter()


class ExchangeRateFilters(filters.FilterSet):
    """Rates of a currency, up to or from a day."""

    currency = filters.CharFilter(field_name="currency__code")
    valid_from_after = filters.DateFilter(field_name="valid_from", lookup_expr="gte")
    valid_from_before = filters.DateFilter(field_name="valid_from", lookup_expr="lte")


class SupplierPriceFilters(filters.FilterSet):
    """Prices of an item or a supplier, and those in force on a day."""

    item = filters.CharFilter(field_name="item__code")
    supplier = filters.CharFilter(field_name="supplier__code")
    currency = filters.CharFilter(field_name="currency__code")
    agreement = filters.CharFilter()
    is_active = filters.BooleanFilter()
    on = filters.DateFilter(method="in_force", help_text="Prices in force on this day.")

    def in_force(self, queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        """Prices valid on the day."""
        return queryset.filter(pk__in=SupplierPrice.objects.on(value).values("pk"))


def branch(code: str) -> str:
    """The path of a category, or one nothing lies under."""
    path: str | None = Category.objects.filter(code=code).values_list("path", flat=True).first()
    return path or "\x01"

"""Master data on the API."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog import policies, services
from apps.catalog.api import filters, serializers
from apps.catalog.models import (
    Category,
    Currency,
    ExchangeRate,
    Incoterm,
    Item,
    PaymentTerm,
    Supplier,
    SupplierPrice,
    TaxCode,
    Unit,
)
from apps.common import search
from apps.common.api.masters import MasterViewSet, master_policies
from apps.common.api.permissions import Rule
from apps.common.api.viewsets import CommentSerializer

kept_by_role = partial(master_policies, policies.may_add, policies.may_change)


class CatalogViewSet(MasterViewSet):
    """A resource of the catalogue; `related` is read with each record."""

    service: ClassVar[Callable[..., Any]] = staticmethod(services.save)
    filterset_class = filters.MasterFilters
    related: ClassVar[tuple[str, ...]] = ()
    children: ClassVar[tuple[str, ...]] = ()

    def visible(self) -> QuerySet[Any]:
        """What this person may see, with what is shown of other records."""
        rows = self.model._default_manager.visible_to(self.request.user)  # type: ignore[attr-defined]  # of our managers
        if self.related:
            rows = rows.select_related(*self.related)
        ordered: QuerySet[Any] = rows.prefetch_related(*self.children)
        return ordered


class UnitViewSet(CatalogViewSet):
    """Units of measure (UN/ECE codes)."""

    model = Unit
    serializer_class = serializers.UnitSerializer
    filterset_class = filters.UnitFilters
    policies = kept_by_role(Unit)


class CurrencyViewSet(CatalogViewSet):
    """Currencies (ISO 4217)."""

    model = Currency
    serializer_class = serializers.CurrencySerializer
    policies = kept_by_role(Currency)


class IncotermViewSet(CatalogViewSet):
    """Trade terms."""

    model = Incoterm
    serializer_class = serializers.IncotermSerializer
    policies = kept_by_role(Incoterm)


class PaymentTermViewSet(CatalogViewSet):
    """Terms of payment."""

    model = PaymentTerm
    serializer_class = serializers.PaymentTermSerializer
    policies = kept_by_role(PaymentTerm)


class TaxCodeViewSet(CatalogViewSet):
    """Taxes with their dated rates."""

    model = TaxCode
    serializer_class = serializers.TaxCodeSerializer
    service = staticmethod(services.save_tax_code)
    policies = kept_by_role(TaxCode)
    children = ("rates",)


class ExchangeRateViewSet(CatalogViewSet):
    """Dated exchange rates: base currency for one unit. The newest come first."""

    model = ExchangeRate
    serializer_class = serializers.ExchangeRateSerializer
    filterset_class = filters.ExchangeRateFilters
    policies = kept_by_role(ExchangeRate)
    orderings = ("valid_from",)
    related = ("currency",)

    def visible(self) -> QuerySet[Any]:
        """The newest first."""
        return super().visible().order_by("-valid_from", "-pk")

    def search(self, queryset: Any, text: str) -> Any:
        """By the currency's code."""
        return queryset.filter(currency__code__iexact=text)


class CategoryViewSet(CatalogViewSet):
    """The commodity tree."""

    model = Category
    serializer_class = serializers.CategorySerializer
    filterset_class = filters.CategoryFilters
    service = staticmethod(services.save_category)
    policies = kept_by_role(Category)
    related = ("parent",)


class ItemViewSet(CatalogViewSet):
    """Items of the catalogue."""

    model = Item
    serializer_class = serializers.ItemSerializer
    filterset_class = filters.ItemFilters
    policies = kept_by_role(Item)
    related = (
        "category",
        "base_unit",
        "purchase_unit",
        "tax_code",
        "preferred_supplier",
        "last_price_currency",
    )


class SupplierPriceViewSet(CatalogViewSet):
    """What suppliers ask, with quantity breaks. The newest come first."""

    model = SupplierPrice
    serializer_class = serializers.SupplierPriceSerializer
    filterset_class = filters.SupplierPriceFilters
    service = staticmethod(services.save_supplier_price)
    policies = kept_by_role(SupplierPrice)
    orderings = ("valid_from",)
    related = ("supplier", "item", "unit", "currency")
    children = ("breaks",)

    def visible(self) -> QuerySet[Any]:
        """The newest first."""
        return super().visible().order_by("-valid_from", "-pk")

    def search(self, queryset: Any, text: str) -> Any:
        """By part number, agreement, or the item's code and name."""
        items = ("item__code", "item__name_en", "item__name_zh_hans")
        return search.containing(queryset, text, "supplier_part_number", "agreement", *items)


class SupplierViewSet(CatalogViewSet):
    """Suppliers. Their status moves by the actions, each with If-Match."""

    model = Supplier
    serializer_class = serializers.SupplierSerializer
    filterset_class = filters.SupplierFilters
    service = staticmethod(services.save_supplier)
    policies: ClassVar[dict[str, Rule]] = {
        **kept_by_role(Supplier),
        **dict.fromkeys(services.TABLE.transitions, policies.may_decide_supplier),
    }
    orderings = ("code", "created_at")
    related = ("currency", "payment_term", "incoterm")
    children = ("contacts",)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Let the supplier in."""
        return self.move_with(request, services.approve)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, pk: str) -> Response:
        """Stop ordering for the time being; needs a reason."""
        return self.move_with(request, services.suspend)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def block(self, request: Request, pk: str) -> Response:
        """Keep the supplier out; needs a reason."""
        return self.move_with(request, services.block)

    @extend_schema(request=CommentSerializer)
    @action(detail=True, methods=["post"])
    def unblock(self, request: Request, pk: str) -> Response:
        """Take the block back; needs a reason."""
        return self.move_with(request, services.unblock)

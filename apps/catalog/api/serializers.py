"""Shapes of the catalogue: codes in and out, both languages, decimals as text."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from apps.catalog.models import (
    Category,
    Currency,
    Incoterm,
    Item,
    PaymentTerm,
    Supplier,
    TaxCode,
    Unit,
)
from apps.catalog.services import TABLE
from apps.common.api.masters import NamedSerializer
from apps.common.api.serializers import CodeField, StrictSerializer


class Quantity(serializers.DecimalField):
    """A quantity: up to six decimal places, not below zero."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=6, min_value=0, **kwargs)


class Price(serializers.DecimalField):
    """A price per unit: up to six decimal places."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=20, decimal_places=6, **kwargs)


class UnitSerializer(NamedSerializer):
    """A unit of measure."""

    code = serializers.RegexField(r"^[A-Z0-9]{2,3}$")
    symbol = serializers.CharField(max_length=16, required=False, allow_blank=True)
    dimension = serializers.ChoiceField(choices=Unit.Dimension.choices, required=False)
    factor = serializers.DecimalField(max_digits=24, decimal_places=12, required=False)
    step = Quantity(required=False)


class CurrencySerializer(NamedSerializer):
    """A currency with its decimal places."""

    code = serializers.RegexField(r"^[A-Z]{3}$")
    symbol = serializers.CharField(max_length=8, required=False, allow_blank=True)
    minor_units = serializers.IntegerField(min_value=0, max_value=4, required=False)


class IncotermSerializer(NamedSerializer):
    """A trade term."""

    code = serializers.RegexField(r"^[A-Z]{3}$")
    edition = serializers.IntegerField(min_value=1936, max_value=2100, required=False)


class PaymentTermSerializer(NamedSerializer):
    """A term of payment."""

    code = serializers.CharField(max_length=32)
    due_days = serializers.IntegerField(min_value=0, max_value=3650, required=False)
    discount_percent = serializers.DecimalField(max_digits=5, decimal_places=2, required=False)
    discount_days = serializers.IntegerField(min_value=0, max_value=3650, required=False)


class ExchangeRateSerializer(StrictSerializer):
    """What one unit of a currency is worth in base currency from a day on."""

    id = serializers.IntegerField(source="pk", read_only=True)
    currency = CodeField(Currency.objects.all)
    valid_from = serializers.DateField()
    rate = serializers.DecimalField(max_digits=20, decimal_places=10)
    source = serializers.CharField(  # type: ignore[assignment]  # a column of ours, not DRF's
        max_length=120, required=False, allow_blank=True
    )


class TaxRateSerializer(StrictSerializer):
    """A percentage from a day on."""

    valid_from = serializers.DateField()
    percent = serializers.DecimalField(max_digits=7, decimal_places=4, min_value=0, max_value=100)


class TaxCodeSerializer(NamedSerializer):
    """A kind of tax with its dated rates; given rates replace all of them."""

    code = serializers.CharField(max_length=16)
    is_recoverable = serializers.BooleanField(required=False)
    rates = TaxRateSerializer(many=True, required=False)


class CategorySerializer(NamedSerializer):
    """A node of the commodity tree."""

    code = serializers.CharField(max_length=32)
    parent = CodeField(  # type: ignore[assignment]  # a column of ours, not DRF's
        Category.objects.all, required=False, allow_null=True
    )
    path = serializers.CharField(read_only=True)


class ItemSerializer(NamedSerializer):
    """An item of the catalogue."""

    description = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    description_en = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, allow_null=True
    )
    description_zh_hans = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, allow_null=True
    )
    category = CodeField(Category.objects.all, required=False, allow_null=True)
    base_unit = CodeField(Unit.objects.all)
    purchase_unit = CodeField(Unit.objects.all, required=False, allow_null=True)
    purchase_factor = Quantity(required=False)
    minimum_quantity = Quantity(required=False)
    multiple_quantity = Quantity(required=False)
    lead_time_days = serializers.IntegerField(
        min_value=0, max_value=3650, required=False, allow_null=True
    )
    tax_code = CodeField(TaxCode.objects.all, required=False, allow_null=True)
    manufacturer = serializers.CharField(max_length=120, required=False, allow_blank=True)
    manufacturer_part_number = serializers.CharField(
        max_length=80, required=False, allow_blank=True
    )
    preferred_supplier = CodeField(Supplier.objects.all, required=False, allow_null=True)
    last_price = Price(read_only=True)
    last_price_currency = CodeField(read_only=True)


class SupplierContactSerializer(StrictSerializer):
    """A person at a supplier."""

    name = serializers.CharField(max_length=120)
    role = serializers.CharField(max_length=120, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    is_primary = serializers.BooleanField(required=False)


class SupplierSerializer(NamedSerializer):
    """A supplier. Its status moves by the actions only; bank accounts are not on the API."""

    code = serializers.CharField(max_length=32)
    status = serializers.ChoiceField(choices=Supplier.Status.choices, read_only=True)
    reason = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    allowed_actions = serializers.SerializerMethodField()
    order_control = serializers.ChoiceField(choices=Supplier.Control.choices, required=False)
    warning = serializers.CharField(max_length=255, required=False, allow_blank=True)
    tax_number = serializers.CharField(max_length=32, required=False, allow_blank=True)
    country = serializers.RegexField(r"^([A-Z]{2})?$", required=False, allow_blank=True)
    address = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    website = serializers.URLField(required=False, allow_blank=True, max_length=200)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    currency = CodeField(Currency.objects.all, required=False, allow_null=True)
    payment_term = CodeField(PaymentTerm.objects.all, required=False, allow_null=True)
    incoterm = CodeField(Incoterm.objects.all, required=False, allow_null=True)
    lead_time_days = serializers.IntegerField(
        min_value=0, max_value=3650, required=False, allow_null=True
    )
    notes = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    contacts = SupplierContactSerializer(many=True, required=False)

    def get_allowed_actions(self, supplier: Supplier) -> list[str]:
        """The moves this person may make now."""
        user = self.context["request"].user
        return [transition.name for transition in TABLE.available(user, supplier)]


class SupplierPriceBreakSerializer(StrictSerializer):
    """A lower price from a quantity on."""

    minimum_quantity = Quantity()
    price = Price()


class SupplierPriceSerializer(StrictSerializer):
    """A supplier's price for an item; given breaks replace all of them."""

    id = serializers.IntegerField(source="pk", read_only=True)
    supplier = CodeField(Supplier.objects.all)
    item = CodeField(Item.objects.all)
    supplier_part_number = serializers.CharField(max_length=80, required=False, allow_blank=True)
    unit = CodeField(Unit.objects.all)
    currency = CodeField(Currency.objects.all)
    price = Price()
    minimum_quantity = Quantity(required=False)
    lead_time_days = serializers.IntegerField(
        min_value=0, max_value=3650, required=False, allow_null=True
    )
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True)
    agreement = serializers.CharField(max_length=64, required=False, allow_blank=True)
    is_active = serializers.BooleanField(required=False)
    breaks = SupplierPriceBreakSerializer(many=True, required=False)

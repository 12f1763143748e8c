"""Shapes of purchase orders: codes in, codes with id and name out; nothing derived can be set."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import serializers

from apps.accounts.models import Department, User
from apps.budgets.models import CostCentre, Project
from apps.catalog import price_sources
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
from apps.common.api.serializers import CodeField, StrictSerializer
from apps.procurement.services import MOST_LINES
from apps.procurement.states import OrderLineStatus, OrderStatus, ReceiptStatus


def decimal(digits: int, places: int, **kwargs: Any) -> serializers.DecimalField:
    """A number of a column."""
    return serializers.DecimalField(max_digits=digits, decimal_places=places, **kwargs)


def text(length: int) -> serializers.CharField:
    """A text that may be left out."""
    return serializers.CharField(required=False, allow_blank=True, max_length=length)


class PriceSourceField(serializers.CharField):
    """Where a price comes from, in the reader's language."""

    def to_representation(self, value: Any) -> str:
        """The sentence for what is stored."""
        return price_sources.words(value)


def optional_code(queryset: Any) -> CodeField:
    """A code that may be left out."""
    return CodeField(queryset, required=False, allow_null=True)


def _items() -> QuerySet[Item]:
    return Item.objects.active().select_related(
        "category", "base_unit", "purchase_unit", "tax_code"
    )


class AtHand(serializers.ListSerializer[Any]):
    """Rows somebody loaded already: showing them costs no statement."""

    def get_attribute(self, instance: Any) -> Any:
        """The rows at hand."""
        return getattr(instance, f"shown_{self.field_name}")


class OrderLineSourceSerializer(serializers.Serializer[Any]):
    """Where an order line comes from: so much of a requisition line."""

    class Meta:
        list_serializer_class = AtHand

    requisition_line = serializers.IntegerField(source="requisition_line_id")
    requisition = serializers.IntegerField(source="requisition_line.requisition_id")
    requisition_number = serializers.CharField(source="requisition_line.requisition.number")
    quantity = decimal(18, 6)
    released_quantity = decimal(18, 6)
    release_reason = serializers.CharField()


class PurchaseOrderLineSerializer(StrictSerializer):
    """One thing ordered. A net price, or a list price with its discount."""

    class Meta:
        list_serializer_class = AtHand

    id = serializers.IntegerField(required=False, min_value=1)
    line_no = serializers.IntegerField(read_only=True)
    status = serializers.ChoiceField(OrderLineStatus.choices, read_only=True)
    status_reason = serializers.CharField(read_only=True)
    item = optional_code(_items)
    description = text(500)
    specification = text(4000)
    supplier_part_number = text(80)
    manufacturer_part_number = text(80)
    category = optional_code(Category.objects.active)
    quantity = decimal(18, 6)
    unit = optional_code(Unit.objects.active)
    unit_factor = decimal(18, 6, read_only=True)
    list_price = decimal(20, 6, required=False, allow_null=True, min_value=0)
    discount_percent = decimal(7, 4, required=False, min_value=0, max_value=100)
    unit_price = decimal(20, 6, required=False, min_value=0)
    price_source = PriceSourceField(read_only=True)
    amount = decimal(20, 4, read_only=True)
    tax_code = optional_code(TaxCode.objects.active)
    tax_percent = decimal(7, 4, read_only=True)
    tax_amount = decimal(20, 4, read_only=True)
    cost_centre = optional_code(CostCentre.objects.active)
    project = optional_code(Project.objects.active)
    needed_by = serializers.DateField(required=False, allow_null=True)
    promised_date = serializers.DateField(required=False, allow_null=True)
    over_receipt_percent = decimal(7, 4, required=False, min_value=0)
    notes = text(500)
    received_quantity = decimal(18, 6, read_only=True)
    sources = OrderLineSourceSerializer(many=True, read_only=True)


class PurchaseOrderSummarySerializer(StrictSerializer):
    """An order in a list: the header without its lines."""

    id = serializers.IntegerField(read_only=True)
    number = serializers.CharField(read_only=True, allow_null=True)
    status = serializers.ChoiceField(OrderStatus.choices, read_only=True)
    version = serializers.IntegerField(read_only=True)
    revision = serializers.IntegerField(read_only=True)
    supplier = CodeField(Supplier.objects.active)
    supplier_name = serializers.CharField(read_only=True)
    supplier_address = serializers.CharField(read_only=True)
    supplier_reference = text(64)
    department = CodeField(Department.objects.active)
    buyer = CodeField(
        User.objects.active, lookup="username", label_field="display_name", required=False
    )
    currency = CodeField(Currency.objects.active, required=False)
    exchange_rate = decimal(20, 10, read_only=True, allow_null=True)
    exchange_rate_date = serializers.DateField(read_only=True, allow_null=True)
    order_date = serializers.DateField(required=False, allow_null=True)
    expected_date = serializers.DateField(required=False, allow_null=True)
    confirmed_on = serializers.DateField(required=False, allow_null=True)
    payment_term = optional_code(PaymentTerm.objects.active)
    incoterm = optional_code(Incoterm.objects.active)
    incoterm_place = text(120)
    delivery_address = text(1000)
    billing_address = text(1000)
    notes_supplier = text(4000)
    notes_internal = text(4000)
    external_reference = text(64)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    discount_percent = decimal(7, 4, required=False, min_value=0, max_value=100)
    freight = decimal(20, 4, required=False, min_value=0)
    net_total = decimal(20, 4, read_only=True)
    tax_total = decimal(20, 4, read_only=True)
    total = decimal(20, 4, read_only=True)
    base_total = decimal(20, 4, read_only=True, allow_null=True)
    receipt_status = serializers.ChoiceField(ReceiptStatus.choices, read_only=True)
    reason = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    submitted_at = serializers.DateTimeField(read_only=True, allow_null=True)
    approved_at = serializers.DateTimeField(read_only=True, allow_null=True)
    issued_at = serializers.DateTimeField(read_only=True, allow_null=True)
    closed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    cancelled_at = serializers.DateTimeField(read_only=True, allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.CharField(), read_only=True)


class PurchaseOrderSerializer(PurchaseOrderSummarySerializer):
    """An order with its lines."""

    lines = PurchaseOrderLineSerializer(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]  # of the list


class ConversionLineSerializer(StrictSerializer):
    """So much of a requisition line, from whom, at which price; without one the proposed counts."""

    requisition_line = serializers.IntegerField(min_value=1)
    quantity = decimal(18, 6)
    supplier = CodeField(Supplier.objects.active)
    unit_price = decimal(20, 6, required=False, allow_null=True, min_value=0)
    currency = optional_code(Currency.objects.active)
    unit = optional_code(Unit.objects.active)


class ConversionSerializer(StrictSerializer):
    """What to make orders of."""

    lines = ConversionLineSerializer(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]  # of the list
    acknowledge_warnings = serializers.BooleanField(required=False, default=False)


class ConvertedSerializer(serializers.Serializer[Any]):
    """What came of it."""

    purchase_orders = PurchaseOrderSerializer(many=True)


class OpenLineSerializer(StrictSerializer):
    """An approved line with something left to order, and what is proposed for it."""

    id = serializers.IntegerField(read_only=True)
    requisition = serializers.IntegerField(source="requisition_id", read_only=True)
    requisition_number = serializers.CharField(source="requisition.number", read_only=True)
    line_no = serializers.IntegerField(read_only=True)
    requester = serializers.CharField(source="requisition.requester.username", read_only=True)
    department = serializers.CharField(source="requisition.department.code", read_only=True)
    item = CodeField(read_only=True)
    description = serializers.CharField(read_only=True)
    category = CodeField(read_only=True)
    quantity = decimal(18, 6, read_only=True)
    ordered_quantity = decimal(18, 6, read_only=True)
    open_quantity = decimal(18, 6, read_only=True)
    unit = CodeField(read_only=True)
    needed_by = serializers.DateField(source="due", read_only=True, allow_null=True)
    proposed_supplier = CodeField(source="proposal.supplier", read_only=True)
    proposed_price = decimal(20, 6, source="proposal.price", read_only=True, allow_null=True)
    proposed_currency = CodeField(source="proposal.currency", read_only=True)
    price_source = PriceSourceField(source="proposal.source", read_only=True)

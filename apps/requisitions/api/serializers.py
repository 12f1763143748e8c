"""Shapes of requisitions: codes in, codes with id and name out; nothing derived can be set."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from apps.accounts.models import Department, User
from apps.budgets.models import CostCentre, Project
from apps.catalog.models import Category, Currency, Item, Supplier, Unit
from apps.common.api.serializers import CodeField, StrictSerializer
from apps.common.api.viewsets import CommentSerializer
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.services import MOST_LINES
from apps.requisitions.states import Fulfilment, LineStatus, Priority, Status


def _items() -> QuerySet[Item]:
    return Item.objects.active().select_related("category", "base_unit", "purchase_unit")


def _decimal(digits: int, places: int, **kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=digits, decimal_places=places, **kwargs)


class ShownLines(serializers.ListSerializer[Any]):
    """The lines somebody loaded already: showing them costs no statement."""

    def get_attribute(self, instance: Requisition) -> list[RequisitionLine]:
        """The lines at hand."""
        return instance.shown_lines


class LineSerializer(StrictSerializer):
    """A line: an item of the catalogue or free text."""

    class Meta:
        list_serializer_class = ShownLines

    id = serializers.IntegerField(required=False, min_value=1)
    line_no = serializers.IntegerField(read_only=True)
    status = serializers.ChoiceField(LineStatus.choices, read_only=True)
    status_reason = serializers.CharField(read_only=True)
    item = CodeField(_items, required=False, allow_null=True)
    description = serializers.CharField(required=False, allow_blank=True, max_length=500)
    specification = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    category = CodeField(Category.objects.active, required=False, allow_null=True)
    quantity = _decimal(18, 6)
    unit = CodeField(Unit.objects.active, required=False, allow_null=True)
    estimated_price = _decimal(20, 6, required=False, allow_null=True, min_value=0)
    amount = _decimal(20, 4, read_only=True)
    needed_by = serializers.DateField(required=False, allow_null=True)
    preferred_supplier = CodeField(Supplier.objects.active, required=False, allow_null=True)
    manufacturer_part_number = serializers.CharField(
        required=False, allow_blank=True, max_length=80
    )
    supplier_part_number = serializers.CharField(required=False, allow_blank=True, max_length=80)
    notes = serializers.CharField(required=False, allow_blank=True, max_length=500)
    ordered_quantity = _decimal(18, 6, read_only=True)
    received_quantity = _decimal(18, 6, read_only=True)
    open_quantity = _decimal(18, 6, read_only=True)


class RequisitionSummarySerializer(StrictSerializer):
    """A requisition in a list: the header without its lines."""

    id = serializers.IntegerField(read_only=True)
    number = serializers.CharField(read_only=True, allow_null=True)
    status = serializers.ChoiceField(Status.choices, read_only=True)
    version = serializers.IntegerField(read_only=True)
    title = serializers.CharField(max_length=200)
    requester = CodeField(lookup="username", label_field="display_name", read_only=True)
    on_behalf_of = CodeField(
        User.objects.active,
        lookup="username",
        label_field="display_name",
        required=False,
        allow_null=True,
    )
    department = CodeField(Department.objects.active, required=False, allow_null=True)
    cost_centre = CodeField(CostCentre.objects.active)
    project = CodeField(Project.objects.active, required=False, allow_null=True)
    needed_by = serializers.DateField(required=False, allow_null=True)
    priority = serializers.ChoiceField(Priority.choices, required=False)
    justification = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    delivery_address = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    currency = CodeField(Currency.objects.active, required=False)
    language = serializers.CharField(required=False, max_length=10)
    notes_internal = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    external_reference = serializers.CharField(required=False, allow_blank=True, max_length=64)
    estimated_total = _decimal(20, 4, read_only=True)
    exchange_rate = _decimal(20, 10, read_only=True, allow_null=True)
    base_total = _decimal(20, 4, read_only=True, allow_null=True)
    order_status = serializers.ChoiceField(Fulfilment.choices, read_only=True)
    receipt_status = serializers.ChoiceField(Fulfilment.choices, read_only=True)
    copied_from = serializers.IntegerField(source="copied_from_id", read_only=True, allow_null=True)
    reason = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    submitted_at = serializers.DateTimeField(read_only=True, allow_null=True)
    approved_at = serializers.DateTimeField(read_only=True, allow_null=True)
    cancelled_at = serializers.DateTimeField(read_only=True, allow_null=True)
    closed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.CharField(), read_only=True)


class RequisitionSerializer(RequisitionSummarySerializer):
    """A requisition with its lines."""

    lines = LineSerializer(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]  # goes to the list


class DecisionSerializer(CommentSerializer):
    """A consent, with the lines left out of it."""

    rejected_lines = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=MOST_LINES
    )


class PlannedApproverSerializer(serializers.Serializer[Any]):
    """Who would decide, and why they."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as DRF means it
    why = serializers.CharField()


class PlannedStepSerializer(serializers.Serializer[Any]):
    """One step of the route."""

    sequence = serializers.IntegerField()
    name = serializers.CharField()
    why = serializers.CharField()
    mode = serializers.CharField()
    required_count = serializers.IntegerField()
    hours = serializers.IntegerField()
    approvers = PlannedApproverSerializer(many=True)


class BlockerSerializer(serializers.Serializer[Any]):
    """Something that stands in the way."""

    code = serializers.CharField()
    message = serializers.CharField()


class PreviewSerializer(serializers.Serializer[Any]):
    """Who will decide, in which order and why, and what stands in the way."""

    steps = PlannedStepSerializer(many=True)
    blockers = BlockerSerializer(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    estimated_total = _decimal(20, 4)
    base_total = _decimal(20, 4, allow_null=True)


class HistoryRowSerializer(serializers.Serializer[Any]):
    """One thing that happened."""

    at = serializers.DateTimeField()
    actor = serializers.CharField(source="actor_name")
    event = serializers.CharField()
    comment = serializers.CharField()
    channel = serializers.CharField()
    changes = serializers.DictField(child=serializers.ListField())

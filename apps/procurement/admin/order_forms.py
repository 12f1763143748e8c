"""The order's form in the back office; a refusal of the service comes back to its fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from apps.common.errors import DomainError
from apps.procurement.admin.widgets import KnownSelect
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.procurement.services.lines import FIELDS as LINE_FIELDS
from apps.procurement.services.lines import PRICES, RECORDS
from apps.procurement.services.wishes import plain

DELETE = "DELETE"


def trim(form: Any) -> None:
    """Show numbers without the zeros of their columns."""
    for name, value in form.initial.items():
        if isinstance(value, Decimal):
            form.initial[name] = Decimal(plain(value))


class OrderForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """The header. `refusal` is what the service said to the same values a moment ago."""

    refusal: DomainError | None = None
    expected_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    upload = forms.FileField(label=_("Add a file"), required=False)

    class Meta:
        model = PurchaseOrder
        fields = (
            "supplier",
            "department",
            "buyer",
            "currency",
            "language",
            "supplier_reference",
            "external_reference",
            "order_date",
            "expected_date",
            "confirmed_on",
            "payment_term",
            "incoterm",
            "incoterm_place",
            "discount_percent",
            "freight",
            "delivery_address",
            "billing_address",
            "notes_supplier",
            "notes_internal",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        trim(self)
        if self.instance.pk:
            self.fields["expected_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        """Add what the service refused, so that the page shows it and keeps what was typed."""
        cleaned = super().clean() or {}
        if self.refusal is not None:
            for path, messages in self.refusal.errors.items():
                name = "upload" if path == "file" else path
                if not path.startswith("lines."):
                    for message in messages:
                        self.add_error(name if name in self.fields else None, str(message))
            if not self.refusal.errors:
                self.add_error(None, str(self.refusal))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The header as the service takes it: what is on the page, nothing else."""
        return {
            name: value for name, value in self.cleaned_data.items() if name in self.Meta.fields
        }


class OrderLineForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """One line; what the catalogue knows may be left open."""

    class Meta:
        model = PurchaseOrderLine
        fields = (
            "item",
            "description",
            "quantity",
            "unit",
            "list_price",
            "discount_percent",
            "unit_price",
            "tax_code",
            "cost_centre",
            "project",
            "needed_by",
            "promised_date",
            "notes",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        trim(self)
        for name in ("description", "unit", "unit_price", "discount_percent"):
            if name in self.fields:
                self.fields[name].required = False
        for name in RECORDS:
            self._tell(name)

    def _tell(self, name: str) -> None:
        """Tell a type-ahead the label of what the line has, which was read with the line."""
        widget: Any = self.fields[name].widget if name in self.fields else None
        inner = getattr(widget, "widget", widget)
        if isinstance(inner, KnownSelect):
            record = getattr(self.instance, name, None) if self.instance.pk else None
            inner.known = {} if record is None else {str(record.pk): str(record)}

    def clean(self) -> dict[str, Any]:
        """Free text needs its words and its unit; an item brings them along."""
        cleaned = super().clean() or {}
        for name in ("description", "unit"):
            if not cleaned.get(name) and not cleaned.get("item") and name in self.fields:
                self.add_error(name, _("This field is required."))
        return cleaned

    def payload(self) -> dict[str, Any]:
        """The line as the service takes it. Prices that follow from others are left to follow."""
        data = {name: v for name, v in self.cleaned_data.items() if name in LINE_FIELDS}
        typed = set(self.changed_data)
        if data.get("list_price") is not None and "unit_price" not in typed:
            data.pop("unit_price", None)
        if self.instance.pk:
            data["id"] = self.instance.pk
            if not typed & set(PRICES):
                data = {name: value for name, value in data.items() if name not in PRICES}
        return data


class OrderLineFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # generic only in the stubs
    """All lines; the service's `lines.<index>` are the rows that stay, in their order."""

    refusal: DomainError | None = None

    def clean(self) -> None:
        """Add what the service refused to the rows it is about."""
        super().clean()
        if self.refusal is None or any(self.errors):
            return
        rows = self.rows()
        for path, messages in self.refusal.errors.items():
            parts = path.split(".")
            if len(parts) == 3 and parts[0] == "lines" and int(parts[1]) < len(rows):
                form = rows[int(parts[1])]
                for message in messages:
                    form.add_error(parts[2] if parts[2] in form.fields else None, str(message))

    def rows(self) -> list[Any]:
        """Rows that are to be lines of the order: existing ones and those somebody typed into."""
        return [
            form
            for form in self.forms
            if (form.instance.pk or form.has_changed()) and not form.cleaned_data.get(DELETE, False)
        ]

    def payloads(self) -> list[dict[str, Any]]:
        """The lines as the service takes them."""
        return [form.payload() for form in self.rows()]

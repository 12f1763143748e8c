"""What buyers type: the rows of a conversion, and the reason for ending a line."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Currency, Supplier
from apps.common.errors import DomainError
from apps.common.numbers import whole_number
from apps.procurement.models import OpenLine
from apps.procurement.services import ConversionLine

MOST_ROWS = 200


class RecordField(forms.Field):
    """A record by its key, out of those looked up for all rows at once."""

    default_error_messages = {"unknown": _("Choose one of the records offered.")}

    def __init__(self, *, records: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.records = records or {}

    def to_python(self, value: Any) -> Any:
        """The record, or nothing."""
        if value in self.empty_values:
            return None
        record = self.records.get(str(value))
        if record is None:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return record


class ConversionRow(forms.Form):
    """So much of one line, from whom, at which price; without a price the proposed one counts."""

    line = forms.IntegerField(widget=forms.HiddenInput)
    quantity = forms.DecimalField(
        label=_("Quantity"), max_digits=18, decimal_places=6, min_value=Decimal("0.000001")
    )
    supplier = RecordField(label=_("Supplier"))
    unit_price = forms.DecimalField(
        label=_("Price"), required=False, max_digits=20, decimal_places=6, min_value=Decimal(0)
    )
    currency = RecordField(label=_("Currency"), required=False, widget=forms.Select)

    def __init__(
        self,
        *args: Any,
        lines: Mapping[int, OpenLine],
        suppliers: Mapping[str, Supplier],
        currencies: Mapping[str, Currency],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for name, records in (("supplier", suppliers), ("currency", currencies)):
            field = self.fields[name]
            if isinstance(field, RecordField):
                field.records = records
        choices = [("", _("as proposed")), *((pk, c.code) for pk, c in currencies.items())]
        self.fields["currency"].widget = forms.Select(choices=choices)

    @property
    def open_line(self) -> OpenLine | None:
        """The line this row is about."""
        pk = whole_number(str(self["line"].value()))
        return None if pk is None else self.lines.get(pk)

    def clean_line(self) -> int:
        """Only lines that are open for this buyer."""
        pk: int = self.cleaned_data["line"]
        if pk not in self.lines:
            raise forms.ValidationError(_("This line is no longer open for you to order."))
        return pk

    def wish(self) -> ConversionLine:
        """What the row asks for, once it is valid."""
        data = self.cleaned_data
        return ConversionLine(
            requisition_line=self.lines[data["line"]],
            quantity=data["quantity"],
            supplier=data["supplier"],
            unit_price=data["unit_price"],
            currency=data["currency"],
        )


class ConversionRows(forms.BaseFormSet):  # type: ignore[type-arg]  # generic only in the stubs
    """All rows; a refusal of the service finds its way back to the row and field it is about."""

    def wishes(self) -> list[ConversionLine]:
        """What the rows ask for, once they are valid."""
        return [form.wish() for form in self.forms]

    def show(self, refusal: DomainError) -> list[str]:
        """Put the refusal's messages where they belong; give back those that belong nowhere."""
        rest = []
        for path, messages in refusal.errors.items():
            form, name = self._place(path)
            for message in messages:
                if form is None:
                    rest.append(str(message))
                else:
                    form.add_error(name if name in form.fields else None, str(message))
        return rest if refusal.errors else [str(refusal)]

    def _place(self, path: str) -> tuple[Any, str]:
        parts = path.split(".")
        at = whole_number(parts[1]) if len(parts) == 3 and parts[0] == "lines" else None
        if at is not None:
            return self.forms[at], parts[2].replace("requisition_line", "line")
        return None, ""


ConversionFormSet = forms.formset_factory(
    ConversionRow, formset=ConversionRows, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)


class ReasonForm(forms.Form):
    """Why something ends before it is done."""

    comment = forms.CharField(
        label=_("Reason"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60, "class": "vLargeTextField"}),
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

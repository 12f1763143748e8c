"""Forms of the back office that know more than their fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.catalog.models import Supplier
from apps.common.errors import StaleVersionError


class SupplierForm(forms.ModelForm[Supplier]):
    """A supplier as it was when the form was opened: two tabs do not overwrite each other."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields["seen_version"].initial = self.instance.version

    def clean_seen_version(self) -> int | None:
        """Refuse a form that was opened before somebody else saved."""
        seen: int | None = self.cleaned_data.get("seen_version")
        if not self.instance._state.adding and seen != self.instance.version:
            raise ValidationError(StaleVersionError.message, code=StaleVersionError.code)
        return seen

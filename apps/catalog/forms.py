"""Forms of the back office that know more than their fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.catalog import services
from apps.catalog.models import Category, Supplier
from apps.common.errors import StaleVersionError


class CategoryForm(forms.ModelForm[Category]):
    """A category's place is decided under the lock of the tree, and refused where it was chosen."""

    def clean(self) -> dict[str, Any]:
        """Say what the service would refuse; the page's transaction keeps the tree for it."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and {"parent", "code"} & said.keys():
            services.category_place(self.instance, said)
        return said


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

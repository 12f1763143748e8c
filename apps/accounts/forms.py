"""Forms of the pages about oneself: profile, standing in, password."""

from __future__ import annotations

import zoneinfo
from functools import lru_cache
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.accounts import services
from apps.accounts.models import Delegation, User
from apps.common.errors import DomainError


def refuse(form: forms.BaseForm, error: Exception) -> None:
    """Show what a service refused beside the fields it is about."""
    if isinstance(error, DomainError):
        form.add_error(None, str(error))
    elif isinstance(error, ValidationError):
        known = getattr(error, "error_dict", {"__all__": [error]})
        for name, errors in known.items():
            form.add_error(name if name in form.fields else None, errors)


@lru_cache(maxsize=1)
def time_zones() -> list[tuple[str, str]]:
    """The zones of the world by their names, without the technical ones."""
    names = (name for name in zoneinfo.available_timezones() if "/" in name)
    kept = sorted(name for name in names if not name.startswith(("Etc/", "SystemV/")))
    return [(name, name.replace("_", " ")) for name in ["UTC", *kept]]


class ProfileForm(forms.ModelForm[User]):
    """What people say about themselves."""

    time_zone = forms.ChoiceField(label=_("time zone"), choices=time_zones)

    class Meta:
        model = User
        fields = ("name", "phone", "language", "time_zone")


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of a day and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class DelegationForm(forms.ModelForm[Delegation]):
    """Who decides for me while I am away. The service checks the times, under its locks."""

    class Meta:
        model = Delegation
        fields = ("delegate", "starts_at", "ends_at", "reason")
        widgets = {"starts_at": MomentInput, "ends_at": MomentInput}

    def __init__(self, *args: Any, delegator: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.delegator = delegator
        people = User.objects.active().exclude(pk=delegator.pk)
        field: Any = self.fields["delegate"]
        field.queryset = people.order_by("name", "username")


class OwnPasswordForm(PasswordChangeForm):
    """The old password and a new one."""

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        """Leave the saving to the service."""
        password = self.cleaned_data["new_password1"]
        self.user = services.set_password(self.user, password, by=self.user)
        return self.user

    def clean(self) -> dict[str, Any]:
        """A new password is another one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("new_password1") and cleaned["new_password1"] == cleaned.get("old_password"):
            self.add_error("new_password1", _("This is the password you have now."))
        return cleaned


class ChosenPasswordForm(SetPasswordForm[User]):
    """A password chosen by the link from the mail."""

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        """Leave the saving to the service."""
        password = self.cleaned_data["new_password1"]
        self.user = services.set_password(self.user, password, by=self.user)
        return self.user


class LinkForm(forms.Form):
    """The address to which a link is sent."""

    email = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

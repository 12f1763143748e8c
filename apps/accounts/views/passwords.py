"""Choosing a password: by the old one, or by a link sent to one's own address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.generic import FormView, TemplateView

from apps.accounts import services
from apps.accounts.forms import ChosenPasswordForm, LinkForm, OwnPasswordForm
from apps.accounts.models import User


class PasswordChangeView(auth.PasswordChangeView):
    """Change the own password; this browser stays logged in, everything else is logged out."""

    form_class = OwnPasswordForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("password_change_done")


class PasswordChangeDoneView(auth.PasswordChangeDoneView):
    """It is changed."""

    template_name = "accounts/password_change_done.html"


@method_decorator(login_not_required, name="dispatch")
class PasswordResetView(FormView[LinkForm]):
    """Ask for a link. The answer is the same whether the address is known or not."""

    form_class = LinkForm
    template_name = "accounts/password_reset.html"
    success_url = reverse_lazy("password_reset_done")

    def form_valid(self, form: LinkForm) -> HttpResponse:
        """Send it where there is somebody to send it to."""
        services.ask_for_link(form.cleaned_data["email"])
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class PasswordResetDoneView(TemplateView):
    """Look into your mail."""

    template_name = "accounts/password_reset_done.html"


class PasswordResetConfirmView(auth.PasswordResetConfirmView):
    """Choose a password by the link."""

    form_class = ChosenPasswordForm
    template_name = "accounts/password_reset_confirm.html"
    success_url = reverse_lazy("password_reset_complete")

    def get_user(self, uidb64: str) -> User | None:
        """Nobody whose account is shut."""
        user: Any = super().get_user(uidb64)
        return user if user is not None and user.is_active else None


class PasswordResetCompleteView(auth.PasswordResetCompleteView):
    """It is chosen."""

    template_name = "accounts/password_reset_complete.html"

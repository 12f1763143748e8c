"""One's own page: how to be addressed, in which language and time, and who stands in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import policies, services
from apps.accounts.forms import DelegationForm, ProfileForm, refuse
from apps.accounts.models import Delegation, User
from apps.common.errors import DomainError


def person_of(request: HttpRequest) -> User:
    """The person of the session, as a record of their own: a form must not change the session's."""
    person: User = User.objects.select_related("department").get(pk=request.user.pk)
    return person


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the page, and save what people say about themselves."""
    person = person_of(request)
    if request.method != "POST":
        return _page(request, person)
    form = ProfileForm(request.POST, instance=person)
    if not form.is_valid():
        return _page(request, person_of(request), profile_form=form)
    saved = services.update_profile(by=person, data=form.cleaned_data)
    translation.activate(saved.language)
    messages.success(request, _("Your profile is saved."))
    response = redirect("profile")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        saved.language,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


@require_POST
def delegate(request: HttpRequest) -> HttpResponse:
    """Let somebody stand in."""
    person = person_of(request)
    form = DelegationForm(request.POST, delegator=person)
    if form.is_valid():
        try:
            delegation = services.delegate(form.save(commit=False), by=person)
        except (DomainError, ValidationError) as error:
            refuse(form, error)
        else:
            text = _("%(name)s stands in for you.") % {"name": delegation.delegate}
            messages.success(request, text)
            return redirect("profile")
    return _page(request, person, delegation_form=form)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a delegation before its time."""
    person = person_of(request)
    delegation = get_object_or_404(Delegation.objects.visible_to(person), pk=pk)
    if not policies.may_revoke(person, delegation):
        raise PermissionDenied
    try:
        services.revoke(delegation, by=person)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The delegation has ended."))
    return redirect("profile")


def _page(
    request: HttpRequest,
    person: User,
    *,
    profile_form: ProfileForm | None = None,
    delegation_form: DelegationForm | None = None,
) -> HttpResponse:
    refused = profile_form is not None or delegation_form is not None
    open_ones = Delegation.objects.filter(revoked_at=None, ends_at__gt=timezone.now())
    open_ones = open_ones.select_related("delegator", "delegate").order_by("starts_at", "pk")
    context: dict[str, Any] = {
        "person": person,
        "roles": sorted(policies.roles_of(person)),
        "profile_form": profile_form or ProfileForm(instance=person),
        "delegation_form": delegation_form or DelegationForm(delegator=person),
        "given": open_ones.filter(delegator=person),
        "received": open_ones.filter(delegate=person),
    }
    return render(request, "accounts/profile.html", context, status=400 if refused else 200)

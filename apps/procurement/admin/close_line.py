"""The page that asks why a line of an order is closed short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.common.errors import DomainError
from apps.procurement import policies, services
from apps.procurement.forms import ReasonForm

if TYPE_CHECKING:
    from apps.procurement.admin.orders import PurchaseOrderAdmin


def close_line_view(
    model_admin: PurchaseOrderAdmin, request: HttpRequest, object_id: int, line_pk: int
) -> HttpResponse:
    """Ask for the reason, then close; a refusal is said where the reason was typed."""
    order = model_admin.get_object(request, str(object_id))
    line = None if order is None else order.lines.filter(pk=line_pk).first()
    if order is None or line is None:
        raise Http404
    if not policies.may_issue(request.user, order):
        raise PermissionDenied
    address = reverse("admin:procurement_purchaseorder_change", args=[order.pk])
    form = ReasonForm(request.POST or None, initial={"expected_version": order.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.close_line(line, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            text = _("“%(line)s” was closed short.") % {"line": line}
            model_admin.message_user(request, text, messages.SUCCESS)
            return HttpResponseRedirect(address)
    context: dict[str, Any] = {
        **model_admin.admin_site.each_context(request),
        "title": _("Close short: %(line)s") % {"line": line},
        "opts": model_admin.opts,
        "media": model_admin.media,
        "order": order,
        "line": line,
        "form": form,
        "address": address,
    }
    return TemplateResponse(request, "admin/procurement/close_line.html", context)

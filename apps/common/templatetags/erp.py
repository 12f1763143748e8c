"""Icons, tones and navigation for templates: `{% load erp %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.common import look

register = template.Library()

WORKSPACE = (
    ("requisitions:list", _("My requisitions"), "journal-text"),
    ("requisitions:create", _("New requisition"), "plus-circle"),
    ("approvals:inbox", _("Approvals inbox"), "inbox"),
    ("support:home", _("Help"), "life-preserver"),
)


@register.inclusion_tag("components/icon.html")
def icon(name: str, label: str = "") -> dict[str, Any]:
    """Draw an icon; with a label it speaks, without one it is decoration."""
    return {"outlines": look.icon_outlines(name), "label": label}


@register.filter
def status_tone(status: object) -> str:
    """The tone of a state: neutral, info, warning, success, danger, hold or progress."""
    return look.status_tone(status)


@register.filter
def initials(name: object) -> str:
    """The letters of a person's avatar."""
    return look.initials(str(name))


@register.simple_tag
def styled_field(field: BoundField) -> SafeString:
    """The field's widget in the workspace's classes; Django links it to its help and its error."""
    kind = field.widget_type
    known = field.field.widget.attrs.get("class", "")
    if kind == "checkbox":
        look_class = "form-check-input"
    elif "select" in kind and kind != "checkboxselectmultiple":
        look_class = "form-select"
    else:
        look_class = "form-control"
    wrong = "is-invalid" if field.errors else ""
    return field.as_widget(attrs={"class": " ".join(filter(None, (known, look_class, wrong)))})


@register.inclusion_tag("components/workspace_nav.html", takes_context=True)
def workspace_nav(context: template.Context) -> dict[str, Any]:
    """The side navigation of the workspace; a page that has no route yet is left out."""
    request = page_request(context)
    here = request.resolver_match.view_name if request and request.resolver_match else ""
    links = [
        {"url": url, "label": label, "icon": symbol, "current": name == here}
        for name, label, symbol in WORKSPACE
        if (url := address_of(name))
    ]
    user = context.get("user")
    office = address_of("admin:index") if user is not None and user.is_staff else ""
    return {"links": links, "office": office, "counts": context.get("nav_counts")}


@register.simple_tag(takes_context=True)
def page_address(context: template.Context) -> str:
    """The address of this page, to come back to."""
    request = page_request(context)
    return request.get_full_path() if request else ""


def page_request(context: template.Context) -> HttpRequest | None:
    """The request of the page, also where a view calls something else `request`."""
    found: HttpRequest | None = getattr(context, "request", None)
    return found


def address_of(name: str) -> str:
    """The address of a named page, or nothing."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""

"""Where tiles lead: to the filtered list of the records behind a figure, if one may see it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.common.templatetags.erp import address_of
from apps.operations.dashboards.days import Span
from apps.operations.dashboards.tile import Link


def to_list(user: Any, model: str, label: str, **query: Any) -> Link | None:
    """A list of the back office, `app.model`, filtered; None for those who may not open it."""
    app, name = model.split(".")
    if not user.has_perm(f"{app}.view_{name}"):
        return None
    address = address_of(f"admin:{app}_{name}_changelist")
    return Link(label, f"{address}?{urlencode(query)}" if query else address) if address else None


def in_span(field: str, span: Span) -> dict[str, str]:
    """The filter of records of a span."""
    return {f"{field}__gte": span.since.isoformat(), f"{field}__lt": span.until.isoformat()}


def to_runbook(user: Any, slug: str) -> Link | None:
    """What to do about it."""
    if not user.has_perm("support.read_runbooks"):
        return None
    return Link(_("What to do"), reverse("support:runbook", args=[slug]))


def to_incidents(user: Any, alert: str) -> Link | None:
    """The incidents of one alert."""
    return to_list(user, "operations.incident", _("Incidents"), q=alert)


def to_alerts(user: Any) -> Link | None:
    """How all alerts stand."""
    return to_list(user, "operations.alertstate", _("Alerts"))

"""What every page knows besides its own data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

DEMO_PEOPLE = (
    ("engineer", _("asks for things")),
    ("manager", _("approves for the department")),
    ("procurement", _("turns requests into orders")),
    ("admin", _("looks after the system")),
    ("auditor", _("reads everything")),
)


def look(_request: HttpRequest) -> dict[str, Any]:
    """Whether this is a demonstration, and as whom one may log in to it."""
    demo = bool(getattr(settings, "ERP_DEMO_LOGINS", False))
    people = [(name, f"{name}123", role) for name, role in DEMO_PEOPLE] if demo else []
    return {"is_demo": demo, "demo_people": people}

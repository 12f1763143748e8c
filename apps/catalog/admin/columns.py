"""How states and prices of the catalogue look in lists."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.common.look import status_pill


def linked(record: Any, text: object) -> SafeString:
    """A text that leads to the record's own page."""
    address = reverse(
        f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk]
    )
    return format_html('<a href="{}">{}</a>', address, text)


class StateColumn:
    """The state as a pill."""

    @admin.display(description=_("status"), ordering="status")
    def state(self, record: Any) -> SafeString:
        """In the tone of its meaning."""
        return status_pill(record.status, record.get_status_display())

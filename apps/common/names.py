"""Names in two languages: one is enough, none is not."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def require_a_name(record: Any) -> None:
    """Refuse a record without a name in any language.

    The forms ask for neither in particular: a supplier may have a Chinese name only.
    """
    if not (record.name_en or record.name_zh_hans):
        message = _("Give the name in at least one language.")
        raise ValidationError({"name_en": [message]})

"""Names in two languages: one is enough, none is not."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _


def require_a_name(record: Any) -> None:
    """Refuse a record without a name in any language.

    The forms ask for neither in particular: a supplier may have a Chinese name only.
    """
    if not (record.name_en or record.name_zh_hans):
        message = _("Give the name in at least one language.")
        raise ValidationError({"name_en": [message]})


def named_in(name: Any, language: str) -> str:
    """The label of a text in one language, as people call languages: not “name [zh-hans]”."""
    spoken = get_language_info(language)["name_translated"]
    return _("%(name)s (%(language)s)") % {"name": name, "language": spoken}

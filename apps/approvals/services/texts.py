"""What people write into approvals: without what cannot be seen, and of limited length."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.common.errors import InvalidInputError
from apps.common.text import many_lines, refuse_hidden

LONGEST = 4000


def optional(value: str, field: str) -> str:
    """The text, which may be empty. Raises InvalidInputError: too long, or hides a character."""
    text = many_lines(value or "")
    if len(text) > LONGEST:
        message = _("At most %(count)s characters.") % {"count": LONGEST}
        raise InvalidInputError(message, code="too_long", errors={field: [message]})
    refuse_hidden(text, field)
    return text


def required(value: str, field: str, code: str, message: str) -> str:
    """The text, which has to be there. Raises InvalidInputError."""
    text = optional(value, field)
    if not text:
        raise InvalidInputError(message, code=code, errors={field: [message]})
    return text

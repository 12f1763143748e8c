"""Taking secrets out of texts that leave the process: logs, and whatever is sent to support.

Two nets: the secrets of this installation, letter by letter, and what looks like a secret of
somebody else (a password in a message, a token in a header, credentials in an address).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.conf import settings

HIDDEN = "[hidden]"
SHORTEST = 8  # a shorter text is too common to be hidden wherever it occurs

_NAMES = (
    "password|passwd|passphrase|secret|token|access|refresh|authorization|cookie|sessionid|"
    "csrftoken|csrfmiddlewaretoken|otp|api[_-]?key|jwt|private[_-]?key"
)
_LOOKS = [
    re.compile(r"\b(Bearer|Basic|Token)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE),
    re.compile(r"(\b)eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"),
    re.compile(r"(\w+://[^\s:/@]*:)[^\s@/]+(?=@)"),
    re.compile(
        rf"""((?:[\w-]*(?:{_NAMES})[\w-]*)["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s,;&"'}}\])]+)""",
        re.IGNORECASE,
    ),
]


def redacted(text: str) -> str:
    """The text without secrets."""
    for secret in secrets():
        if secret in text:
            text = text.replace(secret, HIDDEN)
    for looks in _LOOKS:
        text = looks.sub(rf"\1{HIDDEN}", text)
    return text


@cache
def secrets() -> tuple[str, ...]:
    """Every secret of the settings, the longest first."""
    found = list(_configured()) if settings.configured else []
    return tuple(sorted({s for s in found if len(s) >= SHORTEST}, key=len, reverse=True))


def _configured() -> list[str]:
    operating: Any = settings.OPERATING
    databases = [str(one.get("PASSWORD") or "") for one in settings.DATABASES.values()]
    configured: Any = settings.MAILERS
    servers = [one.get("OPTIONS", {}) for one in configured.values()]
    mailers = [str(options.get("password") or "") for options in servers]
    return [
        settings.SECRET_KEY,
        *settings.SECRET_KEY_FALLBACKS,
        *settings.FIELD_KEYS,
        str(settings.SIMPLE_JWT["SIGNING_KEY"]),
        operating.metrics_token,
        *operating.backup_keys,
        *databases,
        *mailers,
    ]

"""Calling an address somebody typed in: https only, never our own network, never for long.

The name is resolved once, every address it has is judged, and the connection goes to the one that
was judged: a name that changes its mind in between leads nowhere else. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

SECONDS = 5.0
LONGEST_ANSWER = 16_384


class WebhookError(Exception):
    """The message was not taken. The words name the host at most, as addresses hold secrets."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str


class _Pinned(http.client.HTTPSConnection):
    """Speaks to one judged address, and checks the certificate against the name."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=SECONDS, context=context)
        self._address, self._tls = address, context

    def connect(self) -> None:
        """As the library does, but to the address that was judged."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def post(url: str, body: Mapping[str, Any]) -> Answer:
    """Send JSON to an address. Raises WebhookError."""
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme != "https" or not host:
        raise WebhookError("only https:// is called")
    port = parts.port or 443
    connection = _Pinned(host, port, judged_address(host, port), ssl.create_default_context())
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    data = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "erp-alerts"}
    try:
        connection.request("POST", target, data, headers)
        answer = _read(connection)
    except (OSError, http.client.HTTPException) as error:
        raise WebhookError(f"{host}: {type(error).__name__}") from None
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise WebhookError(f"{host}: answered {answer.status}")
    return answer


def judged_address(host: str, port: int) -> str:
    """One address of a host, after all of them were judged. Raises WebhookError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise WebhookError(f"{host}: nobody knows this name") from None
    addresses = list(dict.fromkeys(str(row[4][0]).partition("%")[0] for row in found))
    if not addresses or not all(may_call(address) for address in addresses):
        raise WebhookError(f"{host}: an address of a private network is not called")
    return addresses[0]


def may_call(address: str) -> bool:
    """Whether an address is out in the world, or named in ERP_ALERT_ALLOW."""
    found = ipaddress.ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    if any(found in network for network in settings.OPERATING.alert_allow):
        return True
    return found.is_global and not found.is_multicast


def _read(connection: http.client.HTTPSConnection) -> Answer:
    """The answer, within the time and the size there is: one that drips is cut off."""
    ends = time.monotonic() + SECONDS
    response = connection.getresponse()
    parts, size = [], 0
    while size < LONGEST_ANSWER and (piece := response.read1(1024)):
        parts.append(piece)
        size += len(piece)
        if time.monotonic() > ends:
            raise TimeoutError
    return Answer(response.status, b"".join(parts).decode(errors="replace"))

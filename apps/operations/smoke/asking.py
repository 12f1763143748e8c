"""Asking the running server over HTTP, as browsers and programs do."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

PATIENCE = 20


class Red(Exception):  # noqa: N818  # a finding, not a fault of ours
    """What was asked was not answered as it has to be."""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    content: bytes
    headers: Message

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as data. Raises Red."""
        try:
            return json.loads(self.content)
        except ValueError:
            raise Red(f"{self.status}: no JSON") from None

    def expect(self, status: int, what: str) -> Reply:
        """This very reply, when it is the right one. Raises Red."""
        if self.status != status:
            detail = self.text[:200].replace("\n", " ")
            raise Red(f"{what}: {self.status} instead of {status}. {detail}")
        return self


class _Stays(urllib.request.HTTPRedirectHandler):
    """Redirects are answers, too."""

    def redirect_request(self, *_args: Any) -> None:
        return None


@dataclass
class Server:
    """One running installation; no proxy of the environment stands in between."""

    url: str
    cookies: CookieJar = field(default_factory=CookieJar)

    def __post_init__(self) -> None:
        self.url = self.url.rstrip("/")
        address = urlsplit(self.url)
        self.is_secure = address.scheme == "https"
        self.host = str(address.hostname)
        self._common = {"User-Agent": "erp_smoke"}
        if not self.is_secure:
            # Behind the proxy the application hears what the proxy has been asked by.
            self._common["X-Forwarded-Proto"] = "https" if settings.PROXIES else "http"
            if not settings.DEBUG and self.host not in settings.ALLOWED_HOSTS:
                self._common["Host"] = next(iter(settings.ALLOWED_HOSTS), self.host)
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self.cookies),
            urllib.request.HTTPSHandler(context=ssl.create_default_context()),
            _Stays(),
        )

    def ask(
        self, path: str, body: Any = None, *, token: str = "", method: str = "", version: int = 0
    ) -> Reply:
        """Send one request. Raises Red when nobody answers."""
        headers = {**self._common, "Accept": "*/*"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if version:
            headers["If-Match"] = f'"{version}"'
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        url = path if "://" in path else self.url + path
        request = urllib.request.Request(url, data, headers, method=method or None)  # noqa: S310  # the operator's own address
        try:
            with self._opener.open(request, timeout=PATIENCE) as reply:
                return Reply(reply.status, reply.read(), reply.headers)
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.read(), error.headers)
        except (OSError, http.client.HTTPException) as error:
            raise Red(f"{path}: {getattr(error, 'reason', error)}") from error

"""How one variable is read, and what is said when it cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

RATE = re.compile(r"[1-9]\d*/(s|m|h|d|sec|min|hour|day|second|minute)")


class Reader:
    """Reads variables by name and collects what is wrong with them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.errors: dict[str, str] = {}
        self.known: set[str] = set()

    def read[T](self, name: str, parse: Callable[[str], T], default: T | None = None) -> T:
        """Give the parsed value; without a default the variable has to be there."""
        self.known.add(name)
        text = self.values.get(name, "").strip()
        if not text:
            if default is None:
                self.refuse(name, "is missing")
            return default  # type: ignore[return-value]  # never used: refused names stop start-up
        try:
            return parse(text)
        except ValueError as error:
            self.refuse(name, str(error))
            return default  # type: ignore[return-value]  # the same

    def refuse(self, name: str, reason: str) -> None:
        """Remember the first thing that is wrong with a variable."""
        self.errors.setdefault(name, reason)

    def refuse_unknown(self, prefix: str) -> None:
        """Refuse names nobody reads: a misspelt one would leave its default in force."""
        for name in self.values:
            if name.startswith(prefix) and name not in self.known:
                near = get_close_matches(name, self.known, n=1)
                self.refuse(name, f"is not known{f' ({near[0]} is)' if near else ''}")

    def stop_on_errors(self) -> None:
        """Stop start-up, naming every variable that is wrong."""
        if self.errors:
            lines = [f"  {name} {reason}." for name, reason in sorted(self.errors.items())]
            raise ImproperlyConfigured(
                "The environment does not let the system start:\n"
                + "\n".join(lines)
                + "\nSee .env.example; on your own machine ERP_DEBUG=1 supplies the rest."
            )


def flag(text: str) -> bool:
    """Read yes or no, and nothing in between."""
    value = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
        text.lower()
    )
    if value is None:
        raise ValueError("has to be 1 or 0")
    return value


def whole(least: int, most: int) -> Callable[[str], int]:
    """Read a whole number between two bounds."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError(f"has to be a whole number from {least} to {most}")
        return int(text)

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    """Read one of a few words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"has to be one of {', '.join(choices)}")
        return text

    return parse


def words(text: str) -> list[str]:
    """Read a list separated by commas, with at least one word in it."""
    found = [word.strip() for word in text.split(",") if word.strip()]
    if not found:
        raise ValueError("names nothing")
    return found


def origin(text: str) -> str:
    """Read scheme and host, as a browser names where a page comes from."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "*" in text:
        raise ValueError(f"has to hold exact addresses like https://erp.example.com, not {text!r}")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"has to end after the host, not {text!r}")
    return text.rstrip("/")


def origins(text: str) -> list[str]:
    """Read a list of exact origins; patterns and wildcards are refused."""
    return [origin(word) for word in words(text)]


def rate(text: str) -> str:
    """Read how often something may be done, such as 20/min."""
    if not RATE.fullmatch(text):
        raise ValueError("has to be a number per second, minute, hour or day, such as 20/min")
    return text


def time_zone(text: str) -> str:
    """Read the name of a time zone this machine knows."""
    try:
        ZoneInfo(text)
    except (KeyError, OSError, ValueError):
        raise ValueError("has to be the name of a time zone, such as Asia/Shanghai") from None
    return text


def currency(text: str) -> str:
    """Read a currency by its code of ISO 4217."""
    if not re.fullmatch("[A-Z]{3}", text):
        raise ValueError("has to be the code of a currency, such as CNY")
    return text


def field_keys(text: str) -> list[str]:
    """Read the keys of encrypted fields; the first one encrypts, all of them decrypt."""
    keys = words(text)
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise ValueError("has to hold Fernet keys (32 bytes in url-safe base64)") from None
    return keys


def redis_url(text: str) -> str:
    """Read the address of a Redis or Valkey server."""
    if urlsplit(text).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("has to begin with redis://, rediss:// or unix://")
    return text


def mail_server(text: str) -> dict[str, Any]:
    """Read smtp://, smtp+tls:// or smtp+ssl:// with user, password, host and port."""
    parts = urlsplit(text)
    if parts.scheme not in {"smtp", "smtp+tls", "smtp+ssl"} or not parts.hostname:
        raise ValueError("has to look like smtp+tls://user:password@host:587")
    config: dict[str, Any] = environ.Env.email_url_config(text)
    return {
        "host": config["EMAIL_HOST"],
        "port": config["EMAIL_PORT"] or 25,
        "username": config["EMAIL_HOST_USER"] or "",
        "password": config["EMAIL_HOST_PASSWORD"] or "",
        "use_tls": bool(config.get("EMAIL_USE_TLS")),
        "use_ssl": bool(config.get("EMAIL_USE_SSL")),
        "timeout": 10,
    }

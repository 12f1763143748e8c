"""What an operator decides: who may read the metrics, where backups go, what counts as slow."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from erp import variables
from erp.variables import Reader

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")]
SHORTEST_TOKEN = 24
KINDS = ("slack", "dingtalk", "wecom", "feishu", "phone")


@dataclass(frozen=True)
class Webhook:
    """A room or gateway told of what cannot be stored: its address is a secret, as its key is."""

    kind: str
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Operating:
    """Settings of operation; every one has a default that is safe."""

    metrics_token: str
    metrics_allow: list[Network]
    metrics_dir: Path
    metrics_store: bool
    backup_dir: Path
    backup_keys: list[str]
    log_format: str
    log_file: str
    syslog: str
    slow_request_ms: int
    alert_allow: list[Network]
    alert_webhooks: list[Webhook]
    alert_mail: list[str]
    probe_url: str
    slow_query_ms: int


def read_all(reader: Reader, *, debug: bool, var_dir: Path) -> Operating:
    """Read what concerns operation; what is wrong is remembered by the reader."""
    read = reader.read
    return Operating(
        metrics_token=read("ERP_METRICS_TOKEN", token, ""),
        metrics_allow=read("ERP_METRICS_ALLOW", networks, LOOPBACK),
        metrics_dir=read("ERP_METRICS_DIR", Path, var_dir / "metrics"),
        metrics_store=read("ERP_METRICS_STORE", variables.flag, default=True),
        backup_dir=read("ERP_BACKUP_DIR", Path, var_dir / "backups"),
        backup_keys=read("ERP_BACKUP_KEY", variables.field_keys, []),
        log_format=read(
            "ERP_LOG_FORMAT", variables.one_of("json", "line"), "line" if debug else "json"
        ),
        log_file=read("ERP_LOG_FILE", str, ""),
        syslog=read("ERP_SYSLOG", syslog, ""),
        slow_request_ms=read("ERP_SLOW_REQUEST_MS", variables.whole(1, 600_000), 3000),
        alert_allow=read("ERP_ALERT_ALLOW", networks, []),
        alert_webhooks=read("ERP_ALERT_WEBHOOK", webhooks, []),
        alert_mail=read("ERP_ALERT_MAIL", people, []),
        probe_url=read("ERP_PROBE_URL", address, ""),
        slow_query_ms=read("ERP_SLOW_QUERY_MS", variables.whole(1, 600_000), 1000),
    )


def token(text: str) -> str:
    """Read a token that is too long to be guessed."""
    if len(text) < SHORTEST_TOKEN:
        raise ValueError(f"has to have {SHORTEST_TOKEN} signs or more")
    return text


def address(text: str) -> str:
    """Read an address a probe may ask."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("has to begin with http:// or https://")
    return text


def webhooks(text: str) -> list[Webhook]:
    """Read rooms and gateways: slack+https://..., the key of a signature after a #."""
    return [webhook(word) for word in variables.words(text)]


def webhook(text: str) -> Webhook:
    """Read one of them; what is said when it is wrong names no address."""
    kind, _plus, url = text.partition("+")
    parts = urlsplit(url)
    if kind not in KINDS or parts.scheme != "https" or not parts.hostname or parts.username:
        raise ValueError(f"has to hold addresses such as slack+https://... ({', '.join(KINDS)})")
    return Webhook(kind, parts._replace(fragment="").geturl(), parts.fragment)


def people(text: str) -> list[str]:
    """Read mail addresses, separated by commas."""
    found = variables.words(text)
    if not all(re.fullmatch(r"[^@\s]+@[^@\s]+", one) for one in found):
        raise ValueError("has to hold mail addresses, separated by commas")
    return found


def networks(text: str) -> list[Network]:
    """Read addresses or networks, separated by commas."""
    try:
        return [ipaddress.ip_network(word) for word in variables.words(text)]
    except ValueError:
        raise ValueError("has to hold addresses or networks such as 10.0.0.0/8") from None


def syslog(text: str) -> str:
    """Read where a syslog server listens: a socket such as /dev/log, or host:port (UDP)."""
    host, _colon, port = text.rpartition(":")
    is_port = port.isascii() and port.isdigit() and 0 < int(port) < 2**16
    if not text.startswith("/") and not (host and is_port):
        raise ValueError("has to be a socket such as /dev/log, or host:port")
    return text

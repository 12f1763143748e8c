"""The shapes of messages: Slack, DingTalk, WeCom, Feishu, and the hook of a phone gateway.

A phone gateway is somebody else's product. It gets a JSON object with the number to call, the words
to say, the incident and its tier; that it calls is its own business.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from apps.operations.alerting.webhooks import Answer, WebhookError


@dataclass(frozen=True)
class News:
    """What is to be said."""

    text: str
    number: str
    tier: str
    event: str
    phone: str = ""


@dataclass(frozen=True)
class Message:
    """Where it goes and what it says."""

    url: str
    body: Mapping[str, Any]


def message(kind: str, url: str, secret: str, news: News, *, now: dt.datetime) -> Message:
    """The message of a kind of channel, signed where it has a key."""
    return KINDS[kind](url, secret, news, now)


def check(kind: str, answer: Answer) -> None:
    """Some say 200 and mean no: their code has to be 0. Raises WebhookError."""
    key = CODES.get(kind)
    if key is None:
        return
    try:
        said = json.loads(answer.text)
    except ValueError:
        raise WebhookError(f"{kind}: the answer is no JSON") from None
    code = said.get(key, 0) if isinstance(said, dict) else None
    if code != 0:
        raise WebhookError(f"{kind}: refused with code {code}")


def _slack(url: str, _secret: str, news: News, _now: dt.datetime) -> Message:
    # & < > are how Slack marks links and mentions.
    text = news.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Message(url, {"text": text})


def _dingtalk(url: str, secret: str, news: News, now: dt.datetime) -> Message:
    """Signed in the address: HMAC-SHA256 of milliseconds, a line feed and the key."""
    if secret:
        stamp = str(int(now.timestamp() * 1000))
        sign = _hmac(secret.encode(), f"{stamp}\n{secret}".encode())
        joint = "&" if "?" in url else "?"
        url = f"{url}{joint}{urlencode({'timestamp': stamp, 'sign': sign})}"
    return Message(url, {"msgtype": "text", "text": {"content": news.text}})


def _wecom(url: str, _secret: str, news: News, _now: dt.datetime) -> Message:
    text = news.text.encode()[:2048].decode(errors="ignore")  # what WeCom takes
    return Message(url, {"msgtype": "text", "text": {"content": text}})


def _feishu(url: str, secret: str, news: News, now: dt.datetime) -> Message:
    """Signed in the body: HMAC-SHA256 of nothing, with seconds, a line feed and the key as key."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": news.text}}
    if secret:
        stamp = str(int(now.timestamp()))
        body |= {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{secret}".encode(), b"")}
    return Message(url, body)


def _phone(url: str, secret: str, news: News, now: dt.datetime) -> Message:
    body: dict[str, Any] = {
        "to": news.phone,
        "text": news.text,
        "incident": news.number,
        "tier": news.tier,
        "event": news.event,
    }
    if secret:
        stamp = str(int(now.timestamp()))
        body |= {"timestamp": stamp, "sign": _hmac(secret.encode(), f"{stamp}\n".encode())}
    return Message(url, body)


def _hmac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


KINDS: Mapping[str, Callable[[str, str, News, dt.datetime], Message]] = {
    "slack": _slack,
    "dingtalk": _dingtalk,
    "wecom": _wecom,
    "feishu": _feishu,
    "phone": _phone,
}
CODES = {"dingtalk": "errcode", "wecom": "errcode", "feishu": "code"}

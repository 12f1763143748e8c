"""Calls that are safe to repeat: for a day the same key and body get the reply of the first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from apps.common.api.errors import KeyInFlightError, KeyReusedError
from apps.common.models import IdempotencyKey

KEPT = timedelta(hours=24)


def once(request: Request, work: Callable[[], Response]) -> Response:
    """Do the work, or give the reply it gave before. Without a key the work is simply done.

    The key is stored in the transaction of the work, so that both are there or neither.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return work()
    if len(key) > 255 or not key.isprintable():
        raise ValidationError({"Idempotency-Key": ["At most 255 printable characters."]})
    body_hash = _hash(request)
    user_pk = int(request.user.pk or 0)
    with transaction.atomic():
        _claim(user_pk, key)
        found = IdempotencyKey.objects.filter(user_id=user_pk, key=key).first()
        if found is not None and found.created_at > timezone.now() - KEPT:
            return _replay(found, body_hash)
        if found is not None:
            found.delete()
        response = work()
        if response.status_code < 300:
            _store(request, key, body_hash, response)
    return response


def _hash(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, separators=(",", ":"), cls=JSONEncoder)
    return hashlib.sha256(f"{request.method} {request.path} {body}".encode()).hexdigest()


def _claim(user_pk: int, key: str) -> None:
    """Let one call with a key work at a time; SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return
    digest = hashlib.sha256(f"{user_pk}:{key}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    if not (row and row[0]):
        raise KeyInFlightError


def _replay(found: IdempotencyKey, body_hash: str) -> Response:
    if found.body_hash != body_hash:
        raise KeyReusedError
    response = Response(found.body, status=found.status_code)
    for name, value in found.headers.items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response


def _store(request: Request, key: str, body_hash: str, response: Response) -> None:
    kept: dict[str, Any] = {
        name: response[name] for name in ("ETag", "Location") if response.has_header(name)
    }
    IdempotencyKey.objects.create(
        user_id=int(request.user.pk or 0),
        key=key,
        method=request.method or "",
        path=request.path[:255],
        body_hash=body_hash,
        status_code=response.status_code,
        body=json.loads(json.dumps(response.data, cls=JSONEncoder)),
        headers=kept,
    )

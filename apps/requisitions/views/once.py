"""A form sent twice (double click, back button, bad network) makes one document."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from apps.common.models import IdempotencyKey
from apps.requisitions.models import Requisition

FIELD = "form_token"
CREATED = 201


def new_token() -> str:
    """A name for one filling-in of a form."""
    return uuid.uuid4().hex


def once(request: HttpRequest, work: Callable[[], Requisition]) -> tuple[Requisition, bool]:
    """Do the work of a form once; the second time give the document of the first."""
    token = request.POST.get(FIELD, "")
    user_pk: Any = request.user.pk
    if not (token.isalnum() and len(token) == 32):
        return work(), True
    try:
        with transaction.atomic():
            key = IdempotencyKey.objects.create(
                user_id=user_pk,
                key=f"form:{token}",
                method="POST",
                path=request.path[:255],
                body_hash="",
                status_code=CREATED,
            )
            made = work()
            key.body = {"requisition": made.pk}
            key.save(update_fields=["body"])
    except IntegrityError:
        earlier = IdempotencyKey.objects.filter(user_id=user_pk, key=f"form:{token}")
        found = earlier.first()
        if found is None:
            raise
        body: Any = found.body
        return Requisition.objects.get(pk=body["requisition"]), False
    return made, True

"""Checks of what every document stands on: files, what points at documents, gapless numbers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from apps.common.integrity import Place, place
from apps.common.models import Attachment, Comment, NumberSequence
from apps.common.services.attachments import open_stored

BLOCK = 256 * 1024


def attachments() -> Iterator[Place]:
    """Every file is there, as long as it was and with the content it had."""
    seen: dict[str, tuple[int, str] | None] = {}
    rows = Attachment.objects.order_by("pk").values_list("pk", "file", "name", "size", "sha256")
    for pk, key, name, size, checksum in rows.iterator():
        if key not in seen:
            seen[key] = _measured(key)
        found = seen[key]
        if found is None:
            yield place(Attachment, pk, _("the file %(name)s is missing") % {"name": name})
        elif found != (size, checksum):
            yield place(Attachment, pk, _("the file %(name)s is not what it was") % {"name": name})


def targets() -> Iterator[Place]:
    """Every file and comment is on a document that exists."""
    for model in (Attachment, Comment):
        kinds = model._default_manager.order_by().values_list("content_type", flat=True).distinct()
        for pk in kinds:
            yield from _without_target(model, pk)


def _without_target(model: type[Any], content_type: int) -> Iterator[Place]:
    rows = model._default_manager.filter(content_type=content_type)
    first = rows.select_related("content_type").first()
    kind = first.content_type.model_class() if first else None
    if kind is not None:
        rows = rows.exclude(object_id__in=kind._base_manager.values("pk"))
    for pk, target in rows.order_by("pk").values_list("pk", "object_id"):
        yield place(model, pk, _("its document %(pk)s does not exist") % {"pk": target})


def numbers(kind: str, model: type[models.Model]) -> Iterator[Place]:
    """The numbers of a kind run from 1 to the counter, each taken once."""
    taken: dict[tuple[str, int], dict[int, Any]] = {}
    rows = model._default_manager.exclude(number=None).order_by("pk").values_list("pk", "number")
    sequences = {(s.prefix, s.year): s for s in NumberSequence.objects.filter(kind=kind)}
    for pk, number in rows.iterator():
        parts = re.fullmatch(r"([A-Z]+)-(\d{4})-(\d{5,})", number)
        key = (parts.group(1), int(parts.group(2))) if parts else ("", 0)
        if parts is None or key not in sequences:
            yield place(model, pk, _("%(number)s is of no sequence") % {"number": number})
            continue
        value = int(parts.group(3))
        first = taken.setdefault(key, {}).setdefault(value, pk)
        if first != pk:
            what = _("%(number)s is there twice, on %(first)s as well")
            yield place(model, pk, what % {"number": number, "first": first})
        elif value >= sequences[key].next_value:
            what = _("%(number)s was never given out by the counter")
            yield place(model, pk, what % {"number": number})
    for key, sequence in sequences.items():
        yield from _gaps(sequence, taken.get(key, {}))


def _gaps(sequence: NumberSequence, taken: dict[int, Any]) -> Iterator[Place]:
    for value in range(1, sequence.next_value):
        if value not in taken:
            number = f"{sequence}-{value:05d}"
            what = _("%(number)s was given out and is on no document")
            yield place(NumberSequence, sequence.pk, what % {"number": number})


def _measured(key: str) -> tuple[int, str] | None:
    """How long a stored file is and its SHA-256, or nothing when it cannot be read."""
    digest, size = hashlib.sha256(), 0
    try:
        with open_stored(key) as source:
            while block := source.read(BLOCK):
                digest.update(block)
                size += len(block)
    except OSError:
        return None
    return size, digest.hexdigest()

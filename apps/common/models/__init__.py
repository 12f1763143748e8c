"""What every document stands on: numbers, idempotency, attachments, comments, outbox, imports."""

from apps.common.models.attachments import Attachment, Comment, Mention
from apps.common.models.documents import Decided, Document, Stamped, Written
from apps.common.models.imports import ImportMapping, ImportRun
from apps.common.models.plumbing import IdempotencyKey, NumberSequence, OutboxMessage

__all__ = [
    "Attachment",
    "Comment",
    "Decided",
    "Document",
    "IdempotencyKey",
    "ImportMapping",
    "ImportRun",
    "Mention",
    "NumberSequence",
    "OutboxMessage",
    "Stamped",
    "Written",
]

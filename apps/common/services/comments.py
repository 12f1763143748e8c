"""What people say about a document, and telling those who are named with @."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.common import documents, events, outbox
from apps.common.errors import InvalidInputError, NotPermittedError
from apps.common.models import Comment, Mention
from apps.common.text import many_lines, refuse_hidden

LONGEST = 4000
MOST_MENTIONS = 20
_NAMED = re.compile(r"(?<![\w.+-])@([\w.+-]{1,150})")


def of(document: models.Model) -> models.QuerySet[Comment]:
    """The comments on a document, the oldest first."""
    return Comment.objects.filter(
        content_type=ContentType.objects.get_for_model(document), object_id=document.pk
    ).select_related("created_by")


def find(pk: int, *, by: Any) -> Comment:
    """A comment this person may read. Raises Comment.DoesNotExist for any other."""
    written = Comment.objects.select_related("content_type", "created_by").get(pk=pk)
    document: Any = written.document
    visible_to = documents.kind_of(document).visible_to if document is not None else None
    if visible_to is None or not visible_to(by).filter(pk=document.pk).exists():
        raise Comment.DoesNotExist
    return written


@transaction.atomic
def comment(document: Any, *, text: str, by: Any) -> Comment:
    """Say something about a document; who is named in it and may see it is told.

    Raises InvalidInputError for an empty or too long text and NotPermittedError.
    """
    if not documents.kind_of(document).may_comment(by, document):
        raise NotPermittedError()
    written = Comment.objects.create(document=document, text=_checked(text), created_by=by)
    people = mentioned(document, written.text, by=by)
    Mention.objects.bulk_create(Mention(comment=written, user=person) for person in people)
    outbox.put_mail(_mail(document, written, person) for person in people)
    events.record(
        events.Record(
            document,
            events.Action.EVENT,
            "comment.added",
            comment=written.text,
            data={"comment": written.pk, "mentioned": [person.pk for person in people]},
            actor=by,
        )
    )
    return written


def mentioned(document: Any, text: str, *, by: Any) -> list[Any]:
    """The people named with @ who may see the document; a name alone opens it to nobody."""
    names = list(dict.fromkeys(found.group(1) for found in _NAMED.finditer(text)))[:MOST_MENTIONS]
    if not names:
        return []
    wanted = {*names, *(name.rstrip(".+-") for name in names)}
    people = get_user_model()._default_manager.filter(username__in=wanted, is_active=True)
    visible_to = documents.kind_of(document).visible_to
    return [
        person
        for person in people.exclude(pk=by.pk).order_by("pk")
        if visible_to(person).filter(pk=document.pk).exists()
    ]


def _mail(document: Any, written: Comment, person: Any) -> tuple[Any, str, str]:
    """The mail to somebody who was named, in their language; its link opens the page."""
    with translation.override(person.language):
        names = {"person": written.created_by, "document": document}
        subject = _("%(person)s named you on %(document)s") % names
        address = f"{settings.BASE_URL}{documents.kind_of(document).workspace_url(document)}"
        return person, subject, f"{written.text}\n\n{address}"


def _checked(text: str) -> str:
    cleaned = many_lines(text)
    message = ""
    if not cleaned:
        message = _("Write something first.")
    elif len(cleaned) > LONGEST:
        message = _("At most %(limit)d characters.") % {"limit": LONGEST}
    if message:
        raise InvalidInputError(message, code="invalid_comment", errors={"text": [message]})
    refuse_hidden(cleaned, "text")
    return cleaned

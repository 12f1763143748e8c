"""What the pages of documents answer with when a service refuses, and what they were sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from apps.common.errors import DomainError, InvalidInputError, NotPermittedError
from apps.common.numbers import whole_number
from apps.common.services import attachments

VERSION_DIGITS = 9
NEVER = 0  # documents begin with version 1


def status_of(error: DomainError) -> int:
    """The status of a refusal: not allowed, not readable, or in conflict with what is so."""
    if isinstance(error, NotPermittedError):
        return HTTPStatus.FORBIDDEN
    if isinstance(error, InvalidInputError):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.CONFLICT


def texts_of(error: DomainError) -> list[str]:
    """All that is wrong, each once: the blockers one by one."""
    blockers = [str(blocker["message"]) for blocker in error.details.get("blockers", ())]
    found = blockers or [str(text) for texts in error.errors.values() for text in texts]
    return list(dict.fromkeys(found or [str(error)]))


def say(request: HttpRequest, error: DomainError) -> None:
    """Say on the page what stands in the way."""
    for text in texts_of(error):
        messages.error(request, text)


def version_of(request: HttpRequest, name: str = "version") -> int | None:
    """The version a form was made from; one that cannot be read is no document's."""
    text = request.POST.get(name)
    if not text:
        return None
    number = whole_number(text, digits=VERSION_DIGITS)
    return NEVER if number is None else number


def take_files(request: HttpRequest, document: Any) -> int:
    """Put the files that were sent on a document; say which could not be taken. Counts those sent.

    They come after the document itself: a file that is refused loses nothing of what was typed.
    """
    uploads = request.FILES.getlist("files")
    for upload in uploads:
        try:
            attachments.attach(document, upload=upload, by=request.user)
        except DomainError as error:
            messages.error(request, f"{attachments.shown_name(upload.name or '')}: {error}")
    return len(uploads)

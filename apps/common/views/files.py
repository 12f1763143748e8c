"""Giving out stored files: always as a download, never as a page of ours."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from apps.common.models import Attachment
from apps.common.services import attachments
from apps.common.services.attachments import OpenedFile

# Even a browser talked into showing the file runs nothing in it and sends nothing anywhere.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def as_download(opened: OpenedFile) -> FileResponse:
    """The answer that carries a stored file."""
    response = FileResponse(
        opened.stream,
        as_attachment=True,
        filename=opened.attachment.name,
        content_type=opened.attachment.media_type,
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse:
    """A file of a document this person may see."""
    try:
        return as_download(attachments.open_attachment(pk, by=request.user))
    except (Attachment.DoesNotExist, ContentType.DoesNotExist, FileNotFoundError):
        raise Http404 from None

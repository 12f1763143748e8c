"""Files on documents: taken in after a look at their content, given out only to who may see them.

This is the one module that opens stored files; a test reads the source to keep it so.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.common import documents, events, workflow
from apps.common.errors import ConflictError, InvalidInputError, NotPermittedError
from apps.common.models import Attachment
from apps.common.services import media_types
from apps.common.text import one_line, visible

MOST_PER_DOCUMENT = 50
LONGEST_NAME = 200
# Names that one operating system takes for its devices.
_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{d}{n}" for d in ("COM", "LPT") for n in range(10))}


@dataclass(frozen=True)
class OpenedFile:
    """A stored file, open for reading, with what is known of it."""

    attachment: Attachment
    stream: IO[Any]


def of(document: models.Model) -> models.QuerySet[Attachment]:
    """The files of a document that were not removed."""
    return Attachment.objects.filter(
        content_type=ContentType.objects.get_for_model(document),
        object_id=document.pk,
        removed_at=None,
    ).select_related("created_by")


def of_each(found: Sequence[models.Model]) -> dict[int, list[Attachment]]:
    """The files of several documents of one model, by the document's key, in one statement."""
    files: dict[int, list[Attachment]] = {document.pk: [] for document in found}
    if found:
        rows = Attachment.objects.filter(
            content_type=ContentType.objects.get_for_model(found[0]),
            object_id__in=list(files),
            removed_at=None,
        )
        for row in rows.select_related("created_by"):
            files[row.object_id].append(row)
    return files


def attach(document: Any, *, upload: UploadedFile[Any], by: Any) -> Attachment:
    """Put a file on a document.

    Raises InvalidInputError when the file is empty, too large or not what its name says, and
    NotPermittedError when this person may not add files to the document as it stands.
    """
    kind = documents.kind_of(document)
    if not kind.may_attach(by, document):
        raise NotPermittedError()
    name = shown_name(upload.name or "")
    _check_size(upload)
    media_type = media_types.detect(name, upload)
    attachment = Attachment(
        document=document,
        name=name,
        media_type=media_type,
        size=upload.size or 0,
        sha256=_checksum(upload),
        created_by=by,
    )
    attachment.file.save(name, upload, save=False)
    try:
        with transaction.atomic():
            _store(attachment, document, kind, by)
    except BaseException:
        attachment.file.storage.delete(attachment.file.name or "")
        raise
    return attachment


def remove(attachment: Attachment, *, by: Any) -> None:
    """Take a file off a document. What was once there stays in the storage and in the history."""
    with transaction.atomic():
        subject: Any = attachment.document
        document = workflow.lock(subject)
        if not documents.kind_of(document).may_attach(by, document):
            raise NotPermittedError()
        done = Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(
            removed_at=timezone.now()
        )
        if not done:
            raise ConflictError(_("This file was already removed."), code="already_removed")
        events.record(_event(document, attachment, "attachment.removed", by))


def find(pk: int, *, by: Any) -> Attachment:
    """A file this person may see. Raises Attachment.DoesNotExist for any other."""
    attachment = Attachment.objects.select_related("content_type", "created_by").get(
        pk=pk, removed_at=None
    )
    document = attachment.document
    if document is None or not _is_visible(document, by):
        raise Attachment.DoesNotExist
    return attachment


def open_attachment(pk: int, *, by: Any) -> OpenedFile:
    """Open a stored file for somebody who may see its document: the only way to one."""
    attachment = find(pk, by=by)
    return OpenedFile(attachment, attachment.file.open("rb"))


def open_stored(key: str) -> IO[Any]:
    """Open a stored file by its key, for backups and checks; it is shown to nobody."""
    stream: IO[Any] = _field().storage.open(key, "rb")
    return stream


def stored_keys() -> Iterator[str]:
    """The keys of all files in the storage, those of removed attachments among them."""
    yield from _keys_below("attachments")


def stored_folder() -> str:
    """The folder the storage keeps its files in, or nothing when it is no folder."""
    return str(getattr(_field().storage, "location", ""))


def put_back(key: str, content: IO[bytes]) -> bool:
    """Store a file from a backup under its old key; a key that is taken is left alone."""
    storage = _field().storage
    if storage.exists(key):
        return False
    storage.save(key, File(content))
    return True


def _keys_below(folder: str) -> Iterator[str]:
    storage = _field().storage
    if not storage.exists(folder):
        return
    folders, files = storage.listdir(folder)
    for name in sorted(files):
        yield f"{folder}/{name}"
    for name in sorted(folders):
        yield from _keys_below(f"{folder}/{name}")


def _field() -> Any:
    return Attachment._meta.get_field("file")


def carry_over(source: models.Model, target: models.Model, *, by: Any) -> list[Attachment]:
    """Show the files of one document on another made from it; the stored bytes are shared."""
    copies = [
        Attachment(
            document=target,
            file=attachment.file.name,
            name=attachment.name,
            media_type=attachment.media_type,
            size=attachment.size,
            sha256=attachment.sha256,
            created_by=by,
        )
        for attachment in of(source)
    ]
    made = Attachment.objects.bulk_create(copies)
    events.record(*(_event(target, copy, "attachment.added", by) for copy in made))
    return made


def shown_name(name: str) -> str:
    """A name to show: no folders, nothing invisible, not too long, the ending kept."""
    last = one_line(visible(name).replace("\\", "/")).rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    kept = kept.strip(" .") or "file"
    if kept.partition(".")[0].upper() in _DEVICES:
        kept = f"_{kept}"
    ending = PurePosixPath(kept).suffix[:16]
    return kept if len(kept) <= LONGEST_NAME else kept[: LONGEST_NAME - len(ending)] + ending


def _check_size(upload: UploadedFile[Any]) -> None:
    if not upload.size:
        message = _("The file is empty.")
        raise InvalidInputError(message, code="file_empty", errors={"file": [message]})
    if upload.size > settings.UPLOAD_MAX_BYTES:
        message = _("The file is larger than %(limit)d MB.") % {
            "limit": settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        }
        raise InvalidInputError(message, code="file_too_large", errors={"file": [message]})


def _checksum(upload: UploadedFile[Any]) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _store(attachment: Attachment, document: Any, kind: documents.DocumentKind, by: Any) -> None:
    """Write the row while the document is locked: it may have moved on since the look above."""
    fresh = workflow.lock(document)
    if not kind.may_attach(by, fresh):
        raise NotPermittedError()
    if of(fresh).count() >= MOST_PER_DOCUMENT:
        message = _("A document takes at most %(limit)d files.") % {"limit": MOST_PER_DOCUMENT}
        raise InvalidInputError(message, code="too_many_files", errors={"file": [message]})
    attachment.save()
    events.record(_event(fresh, attachment, "attachment.added", by))


def _event(document: Any, attachment: Attachment, event: str, by: Any) -> events.Record:
    return events.Record(
        document,
        events.Action.EVENT,
        event,
        comment=attachment.name,
        data={"attachment": attachment.pk, "sha256": attachment.sha256, "size": attachment.size},
        actor=by,
    )


def _is_visible(document: models.Model, user: Any) -> bool:
    kind = documents.kind_of(document)
    return kind.visible_to(user).filter(pk=document.pk).exists()

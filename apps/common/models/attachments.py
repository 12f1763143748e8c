"""Files and comments on any business document."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


def storage_key(instance: Any, filename: str) -> str:
    """A random key: the name a person gave never reaches the storage."""
    token = secrets.token_hex(20)
    return f"attachments/{token[:2]}/{token}"


class Attachment(models.Model):
    """A file on a document. Content decides its type; the original name is only shown."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    document = GenericForeignKey("content_type", "object_id")
    file = models.FileField(_("file"), upload_to=storage_key, max_length=128)
    name = models.CharField(_("file name"), max_length=255)
    media_type = models.CharField(_("content type"), max_length=127)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("uploaded by"),
        related_name="+",
    )
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("pk",)
        indexes = (models.Index(fields=("content_type", "object_id"), name="attachment_document"),)

    def __str__(self) -> str:
        return self.name


class Comment(models.Model):
    """What somebody said about a document; never edited, never deleted."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    document = GenericForeignKey("content_type", "object_id")
    text = models.TextField(_("text"), max_length=4000)
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("written by"), related_name="+"
    )

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("pk",)
        indexes = (models.Index(fields=("content_type", "object_id"), name="comment_document"),)

    def __str__(self) -> str:
        return self.text[:60]


class Mention(models.Model):
    """Somebody named with @ in a comment, who is told about it."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mentions")
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("comment", "user"), name="mention_once_per_comment"),
        )

    def __str__(self) -> str:
        return f"@{self.user_id} #{self.comment_id}"

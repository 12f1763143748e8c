"""The header every business document carries, and the stamps of every record people keep."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.common import text


class Written(models.Model):
    """A record of texts people wrote: none may hold a character nobody can see."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Any = None) -> None:
        """Refuse invisible characters by name, beside whatever else is wrong."""
        wrong: dict[str, Any] = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as error:
            wrong = error.update_error_dict({})
        hidden = text.hidden_in(self, {*(exclude or ()), *wrong})
        wrong |= {
            name: [ValidationError(message, code="invisible_character")]
            for name, message in hidden.items()
        }
        if wrong:
            raise ValidationError(wrong)


class Stamped(Written):
    """Who made a record and who touched it last. People are never deleted from under it."""

    created_at = models.DateTimeField(_("created at"), auto_now_add=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("created by"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("updated by"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )

    class Meta:
        abstract = True


class Decided(Stamped):
    """A record with a decided state: only the workflow runner writes `status`, with its reason.

    `version` is for optimistic locking. Documents are decided, and so are suppliers.
    """

    status: models.Field[str, str]
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    reason = models.TextField(_("reason"), blank=True, max_length=4000, editable=False)

    class Meta:
        abstract = True

    def get_status_display(self) -> str:
        """The state in the reader's language."""
        field: Any = self._meta.get_field("status")
        choices = dict(field.flatchoices)
        return str(choices.get(self.status, self.status))


class Document(Decided):
    """A business document: a decided state and a number taken once.

    Concrete documents add `status` with their own choices; only the workflow runner writes it.
    """

    number = models.CharField(
        _("number"), max_length=32, unique=True, null=True, blank=True, editable=False
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    notes_internal = models.TextField(_("internal notes"), blank=True, max_length=4000)
    external_reference = models.CharField(_("external reference"), max_length=64, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True, editable=False)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("submitted by"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("cancelled by"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )

    class Meta:
        abstract = True

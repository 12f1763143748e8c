"""What the help desk's own data have in common: a code, a bilingual name, a place in the list."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.common.models import Stamped
from apps.common.names import require_a_name
from apps.support.querysets import KeptManager


class Kept(Stamped):
    """A record of the help desk: retired, not deleted, so that old issues keep their words."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)
    sequence = models.PositiveSmallIntegerField(_("place in the list"), default=10)
    is_active = models.BooleanField(_("active"), default=True)

    objects = KeptManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """One language is enough."""
        require_a_name(self)

"""What all master data has in common: a code, a bilingual name, and being retired, not deleted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalog.querysets import MasterManager
from apps.common.models import Stamped
from apps.common.names import require_a_name


class Master(Stamped):
    """A record other records refer to by its code."""

    name = models.CharField(_("name"), max_length=255)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Inactive records stay on old documents only.")
    )

    objects = MasterManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.name}"  # type: ignore[attr-defined]  # every master has a code

    def clean(self) -> None:
        """One language is enough."""
        require_a_name(self)

"""The calendar of days that differ from their weekday: holidays and make-up working days."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.approvals.querysets import HolidayManager
from apps.common.models import Stamped


class Holiday(Stamped):
    """A day nobody decides on, or a weekend day that is worked instead (调休)."""

    date = models.DateField(_("date"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_working_day = models.BooleanField(
        _("working day"),
        default=False,
        help_text=_("A weekend day that is worked to make up for a holiday."),
    )

    objects = HolidayManager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ("date",)

    def __str__(self) -> str:
        return f"{self.date} {self.name}"

"""The on-call rota: who carries the phone in which week, and who swapped with whom."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import default_time_zone, validate_time_zone
from apps.common.models import Stamped
from apps.common.names import require_a_name
from apps.support.models.contacts import SupportContact


class Rota(Stamped):
    """A cycle of weeks. It is handed over at a wall-clock hour, whatever the clocks do."""

    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default=default_time_zone, validators=[validate_time_zone]
    )
    starts_on = models.DateField(
        _("first day of week 1"),
        help_text=_("The rota is handed over on this day of the week."),
    )
    handover_at = models.TimeField(
        _("handed over at"), default=dt.time(9), help_text=_("On the clock of the time zone.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("on-call rota")
        verbose_name_plural = _("on-call rotas")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("is_active",),
                condition=Q(is_active=True),
                name="rota_one_active",
                violation_error_message=_("One rota is in force at a time. Retire the other."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """One language is enough."""
        require_a_name(self)


class RotaWeek(Stamped):
    """The two people of one week of the cycle."""

    rota = models.ForeignKey(Rota, models.CASCADE, verbose_name=_("rota"), related_name="weeks")
    week = models.PositiveSmallIntegerField(_("week of the cycle"))
    primary = models.ForeignKey(
        SupportContact, models.PROTECT, verbose_name=_("first on call"), related_name="+"
    )
    secondary = models.ForeignKey(
        SupportContact,
        models.PROTECT,
        verbose_name=_("second on call"),
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("week of the rota")
        verbose_name_plural = _("weeks of the rota")
        ordering = ("rota", "week")
        constraints = (
            models.UniqueConstraint(
                fields=("rota", "week"),
                name="rotaweek_once",
                violation_error_message=_("This week of the cycle is there already."),
            ),
            models.CheckConstraint(
                condition=Q(week__gte=1),
                name="rotaweek_counted_from_one",
                violation_error_message=_("Weeks are counted from 1."),
            ),
            models.CheckConstraint(
                condition=Q(secondary=None) | ~Q(secondary=F("primary")),
                name="rotaweek_two_people",
                violation_error_message=_("The second on call is somebody else."),
            ),
        )

    def __str__(self) -> str:
        return str(_("Week %(week)s")) % {"week": self.week}

    def clean(self) -> None:
        """Whoever is on call is a person, not the rota itself."""
        refuse_the_rota_itself(self.primary_id and self.primary, self.secondary)


class RotaOverride(Stamped):
    """Other people for a time: a swap, a holiday, somebody ill."""

    rota = models.ForeignKey(Rota, models.CASCADE, verbose_name=_("rota"), related_name="overrides")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    primary = models.ForeignKey(
        SupportContact, models.PROTECT, verbose_name=_("first on call"), related_name="+"
    )
    secondary = models.ForeignKey(
        SupportContact,
        models.PROTECT,
        verbose_name=_("second on call"),
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Empty: the second on call of the week stays."),
    )
    reason = models.CharField(_("reason"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("override of the rota")
        verbose_name_plural = _("overrides of the rota")
        ordering = ("-starts_at", "-pk")
        indexes = (models.Index(fields=("rota", "ends_at"), name="rotaoverride_of_rota"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="rotaoverride_ends_after_start",
                violation_error_message=_("It ends after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(secondary=None) | ~Q(secondary=F("primary")),
                name="rotaoverride_two_people",
                violation_error_message=_("The second on call is somebody else."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} → {self.ends_at:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """Two overrides at once would leave it open who is called."""
        refuse_the_rota_itself(self.primary_id and self.primary, self.secondary)
        if not (self.rota_id and self.starts_at and self.ends_at):
            return
        others = RotaOverride.objects.filter(
            rota=self.rota_id, starts_at__lt=self.ends_at, ends_at__gt=self.starts_at
        ).exclude(pk=self.pk)
        if others.exists():
            raise ValidationError(
                {"starts_at": _("Another override covers part of this time already.")}
            )


def refuse_the_rota_itself(*contacts: SupportContact | int | None) -> None:
    """A contact that stands for “whoever is on call” would be its own answer."""
    if any(isinstance(one, SupportContact) and one.follows_rota for one in contacts):
        raise ValidationError(_("Name a person: this contact stands for the rota itself."))

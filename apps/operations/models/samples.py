"""The embedded store of measurements: what happened in one minute, added up."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Series(models.Model):
    """What is measured: a metric as a whole, or under one of its labels (a route, a reason).

    Its name stands here once and not in each of its thousands of rows.
    """

    metric = models.CharField(_("metric"), max_length=64)
    label = models.CharField(_("label"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("series of measurements")
        verbose_name_plural = _("series of measurements")
        ordering = ("metric", "label")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("metric", "label"),
                name="series_one_per_metric_and_label",
                violation_error_message=_("This series is there already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric} {self.label}".strip()


class Sample(models.Model):
    """All measurements of one series in one minute; after a week, in one hour.

    Sums and counts of buckets can be added up again, so averages, shares and quantiles of any span
    come out of these rows.
    """

    series = models.ForeignKey(
        Series, models.CASCADE, verbose_name=_("series of measurements"), db_index=False
    )
    minute = models.DateTimeField(_("minute"))
    count = models.BigIntegerField(_("number of measurements"))
    total = models.FloatField(_("sum of measurements"))
    minimum = models.FloatField(_("smallest measurement"))
    maximum = models.FloatField(_("largest measurement"))
    buckets = models.JSONField(_("numbers per bucket"), default=list, blank=True)

    class Meta:
        verbose_name = _("sample of measurements")
        verbose_name_plural = _("samples of measurements")
        ordering = ("series", "minute")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("series", "minute"),
                name="sample_one_per_series_and_minute",
                violation_error_message=_("This minute of the series is there already."),
            ),
            models.CheckConstraint(
                condition=models.Q(count__gte=0),
                name="sample_count_not_negative",
                violation_error_message=_("Nothing is measured fewer than zero times."),
            ),
            models.CheckConstraint(
                condition=models.Q(minimum__lte=models.F("maximum")),
                name="sample_minimum_not_above_maximum",
                violation_error_message=_("The smallest measurement is not above the largest."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.series} {self.minute:%Y-%m-%d %H:%M}"

"""Who pays: cost centres with their owners, and projects."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermission

from apps.accounts.models import Department
from apps.budgets.querysets import CostBearerManager, CostCentreManager
from apps.common.models import Stamped
from apps.common.names import require_a_name


class CostCentre(Stamped):
    """Where costs are carried; its owner answers for them."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("department"), related_name="cost_centres"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("owner"),
        related_name="owned_cost_centres",
        null=True,
        blank=True,
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = CostCentreManager()

    class Meta:
        verbose_name = _("cost centre")
        verbose_name_plural = _("cost centres")
        ordering = ("code",)
        permissions = (("charge", _("May charge a cost centre outside the own department")),)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """One language is enough."""
        require_a_name(self)


class Project(Stamped):
    """A piece of work with an end, charged beside the cost centre."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("manager"),
        related_name="managed_projects",
        null=True,
        blank=True,
    )
    cost_centre = models.ForeignKey(
        CostCentre,
        models.PROTECT,
        verbose_name=_("cost centre"),
        related_name="projects",
        null=True,
        blank=True,
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = CostBearerManager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="project_ends_after_start",
                violation_error_message=_("A project does not end before it starts."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """One language is enough."""
        require_a_name(self)


class CostCentreGrant(UserObjectPermission):
    """Leave to charge a cost centre outside the own department."""

    class Meta:
        proxy = True
        verbose_name = _("grant on a cost centre")
        verbose_name_plural = _("grants on cost centres")
        ordering = ("user__username", "pk")

    def __str__(self) -> str:
        return f"{self.user}: {self.permission.name}"

"""The requisition's header: who asks, for which department, who pays, until when and why."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Department
from apps.budgets.models import CostCentre, Project
from apps.catalog.models import Currency
from apps.common.models import Document
from apps.requisitions.querysets import RequisitionManager
from apps.requisitions.states import Fulfilment, Priority, Status

if TYPE_CHECKING:
    from apps.requisitions.models.lines import RequisitionLine


class Requisition(Document):
    """A request to buy. Totals are stored and recomputed by the services from the lines."""

    status = models.CharField(
        _("status"), max_length=16, choices=Status, default=Status.DRAFT, editable=False
    )
    title = models.CharField(_("title"), max_length=200)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("requester"),
        related_name="requisitions",
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("on behalf of"),
        related_name="+",
        null=True,
        blank=True,
    )
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("department"), related_name="requisitions"
    )
    cost_centre = models.ForeignKey(
        CostCentre, models.PROTECT, verbose_name=_("cost centre"), related_name="requisitions"
    )
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        verbose_name=_("project"),
        related_name="requisitions",
        null=True,
        blank=True,
    )
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    priority = models.CharField(
        _("priority"), max_length=8, choices=Priority, default=Priority.NORMAL
    )
    justification = models.TextField(_("justification"), blank=True, max_length=4000)
    delivery_address = models.TextField(_("delivery address"), blank=True, max_length=1000)
    currency = models.ForeignKey(
        Currency, models.PROTECT, verbose_name=_("currency"), related_name="+"
    )
    exchange_rate = models.DecimalField(
        _("exchange rate"),
        max_digits=20,
        decimal_places=10,
        null=True,
        blank=True,
        editable=False,
        help_text=_("Base currency for one unit, frozen at submission."),
    )
    estimated_total = models.DecimalField(
        _("estimated total"), max_digits=20, decimal_places=4, default=Decimal(0), editable=False
    )
    base_total = models.DecimalField(
        _("total in base currency"),
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        editable=False,
    )
    order_status = models.CharField(
        _("ordered"), max_length=8, choices=Fulfilment, default=Fulfilment.NONE, editable=False
    )
    receipt_status = models.CharField(
        _("received"), max_length=8, choices=Fulfilment, default=Fulfilment.NONE, editable=False
    )
    copied_from = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("copied from"),
        related_name="copies",
        null=True,
        blank=True,
        editable=False,
    )
    watchers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="Watcher",
        verbose_name=_("watchers"),
        related_name="watched_requisitions",
    )

    # The lines at hand, set by whoever loaded or wrote them all, for showing without a statement.
    shown_lines: list[RequisitionLine]

    objects = RequisitionManager()

    class Meta:
        verbose_name = _("requisition")
        verbose_name_plural = _("requisitions")
        ordering = ("-created_at", "-pk")
        permissions = (
            ("view_all_requisitions", _("May see all requisitions")),
            ("request_for_others", _("May ask for things on behalf of others")),
        )
        indexes = (
            models.Index(fields=("-created_at", "-id"), name="requisition_newest"),
            models.Index(fields=("status", "-created_at", "-id"), name="requisition_by_status"),
            models.Index(
                fields=("requester", "-created_at", "-id"), name="requisition_of_requester"
            ),
            models.Index(
                fields=("department", "-created_at", "-id"), name="requisition_of_department"
            ),
            models.Index(
                fields=("submitted_at",),
                condition=Q(submitted_at__isnull=False),
                name="requisition_submitted",
            ),
            models.Index(
                fields=("approved_at",),
                condition=Q(approved_at__isnull=False),
                name="requisition_approved",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="requisition_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "cancelled")) | Q(number__isnull=False),
                name="requisition_numbered_once_submitted",
                violation_error_message=_("A submitted requisition has a number."),
            ),
            models.CheckConstraint(
                condition=Q(estimated_total__gte=0),
                name="requisition_total_not_negative",
                violation_error_message=_("A total is not negative."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number or _('Draft')} {self.title}"


class Watcher(models.Model):
    """Somebody a requisition was shared with: sees it, decides nothing."""

    requisition = models.ForeignKey(Requisition, models.CASCADE, related_name="watcher_rows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("watcher")
        verbose_name_plural = _("watchers")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("requisition", "user"), name="watcher_once"),
        )

    def __str__(self) -> str:
        return str(self.user_id)

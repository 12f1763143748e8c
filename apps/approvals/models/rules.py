"""Approval rules: which documents need whose consent, in which order. Data, kept by admins."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts import roles
from apps.accounts.models import Department
from apps.approvals.states import ApproverKind, Mode
from apps.budgets.models import CostCentre, Project
from apps.catalog.models import Category
from apps.common.models import Stamped


class ApprovalRule(Stamped):
    """One rule. Empty conditions match everything; every matching rule adds its steps.

    Amounts are in base currency: from `minimum_amount` (inclusive) to `maximum_amount` (exclusive).
    """

    class SupplierCondition(models.TextChoices):
        """What must be true of a supplier on the document."""

        ANY = "any", _("any supplier")
        NOT_APPROVED = "not_approved", _("a supplier that is not approved")
        BLOCKED = "blocked", _("a blocked supplier")

    class Coverage(models.TextChoices):
        """Whether the document stays within what was approved before (orders only)."""

        ANY = "any", _("makes no difference")
        WITHIN = "within", _("wholly within approved requisitions")
        BEYOND = "beyond", _("not wholly within approved requisitions")

    name = models.CharField(_("name"), max_length=120)
    document_kind = models.CharField(
        _("document"),
        max_length=32,
        choices=[("requisition", _("Requisition")), ("purchase_order", _("Purchase order"))],
    )
    is_active = models.BooleanField(_("active"), default=True)
    priority = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Steps of rules with a smaller figure come first.")
    )
    minimum_amount = models.DecimalField(
        _("from amount"), max_digits=20, decimal_places=4, default=Decimal(0)
    )
    maximum_amount = models.DecimalField(
        _("below amount"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        verbose_name=_("department"),
        related_name="+",
        null=True,
        blank=True,
        help_text=_("With all departments below it."),
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        verbose_name=_("category"),
        related_name="+",
        null=True,
        blank=True,
        help_text=_("When any line is of it or of one below it."),
    )
    cost_centre = models.ForeignKey(
        CostCentre,
        models.PROTECT,
        verbose_name=_("cost centre"),
        related_name="+",
        null=True,
        blank=True,
    )
    project = models.ForeignKey(
        Project, models.PROTECT, verbose_name=_("project"), related_name="+", null=True, blank=True
    )
    supplier_condition = models.CharField(
        _("supplier"), max_length=12, choices=SupplierCondition, default=SupplierCondition.ANY
    )
    coverage = models.CharField(
        _("requisitions behind it"),
        max_length=8,
        choices=Coverage,
        default=Coverage.ANY,
        help_text=_("Whether quantities and prices stay within approved requisitions."),
    )
    needs_no_approval = models.BooleanField(
        _("needs no approval"),
        default=False,
        help_text=_(
            "What only such rules match is approved at submission. Such a rule has no steps."
        ),
    )

    class Meta:
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        ordering = ("document_kind", "priority", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(maximum_amount=None) | Q(maximum_amount__gt=F("minimum_amount")),
                name="approvalrule_amounts_in_order",
                violation_error_message=_("“Below” is greater than “from”."),
            ),
            models.CheckConstraint(
                condition=Q(minimum_amount__gte=0),
                name="approvalrule_minimum_not_negative",
                violation_error_message=_("An amount is not negative."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class ApprovalRuleStep(models.Model):
    """One step of a rule: who, how many of them, and within how many business hours."""

    rule = models.ForeignKey(
        ApprovalRule, models.CASCADE, verbose_name=_("rule"), related_name="steps"
    )
    sequence = models.PositiveSmallIntegerField(_("sequence"), default=10)
    name = models.CharField(_("name"), max_length=120)
    mode = models.CharField(_("who has to agree"), max_length=8, choices=Mode, default=Mode.ANY)
    required_count = models.PositiveSmallIntegerField(
        _("how many"), default=1, help_text=_("For “a number of them”.")
    )
    hours = models.PositiveSmallIntegerField(
        _("hours to decide"), default=24, help_text=_("Business hours; afterwards it is escalated.")
    )

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ("rule", "sequence", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "sequence"),
                name="approvalrulestep_sequence_once",
                violation_error_message=_("Two steps of a rule cannot have the same sequence."),
            ),
            models.CheckConstraint(
                condition=Q(required_count__gte=1),
                name="approvalrulestep_at_least_one",
                violation_error_message=_("At least one person has to agree."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class ApprovalRuleApprover(models.Model):
    """Who may decide in a step: by position, group or name."""

    step = models.ForeignKey(
        ApprovalRuleStep, models.CASCADE, verbose_name=_("step"), related_name="approvers"
    )
    kind = models.CharField(_("approver"), max_length=20, choices=ApproverKind)
    group = models.ForeignKey(
        Group, models.PROTECT, verbose_name=_("group"), related_name="+", null=True, blank=True
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("person"),
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("approver")
        verbose_name_plural = _("approvers")
        ordering = ("step", "pk")
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(kind=ApproverKind.GROUP, group__isnull=False, user=None)
                    | Q(kind=ApproverKind.USER, user__isnull=False, group=None)
                    | Q(
                        kind__in=(ApproverKind.DEPARTMENT_HEAD, ApproverKind.COST_CENTRE_OWNER),
                        group=None,
                        user=None,
                    )
                ),
                name="approvalruleapprover_names_what_its_kind_needs",
                violation_error_message=_(
                    "Name the group or the person that this kind of approver needs, "
                    "and nothing else."
                ),
            ),
        )

    def __str__(self) -> str:
        return str(roles.title_of(self.group) or self.user or self.get_kind_display())

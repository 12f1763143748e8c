"""What readiness rests on: results that were seen, the release they speak for, and who signed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.common.models import Decided, Stamped


class Group(models.TextChoices):
    """The two circles of the readiness document; within each, everybody signs once."""

    STAKEHOLDER = "stakeholder", _("stakeholders")
    EXECUTIVE = "executive", _("executives")


class Role(models.TextChoices):
    """The twelve roles that sign, by circle."""

    STAKEHOLDER_PRODUCT = "stakeholder_product", _("Product Manager")
    STAKEHOLDER_ENGINEERING = "stakeholder_engineering", _("Engineering Lead")
    STAKEHOLDER_SECURITY = "stakeholder_security", _("Security Team")
    STAKEHOLDER_QUALITY = "stakeholder_quality", _("QA Team")
    STAKEHOLDER_OPERATIONS = "stakeholder_operations", _("Operations Team")
    STAKEHOLDER_USERS = "stakeholder_users", _("Business Users")
    EXECUTIVE_PRODUCT = "executive_product", _("Product Manager (executive)")
    EXECUTIVE_ENGINEERING = "executive_engineering", _("Engineering Lead (executive)")
    EXECUTIVE_DEVOPS = "executive_devops", _("DevOps Lead (executive)")
    EXECUTIVE_SECURITY = "executive_security", _("Security Lead (executive)")
    EXECUTIVE_QUALITY = "executive_quality", _("QA Lead (executive)")
    EXECUTIVE_SUPPORT = "executive_support", _("Support Lead (executive)")

    @property
    def group(self) -> Group:
        """The circle a role belongs to."""
        return Group(str(self.value).partition("_")[0])


class AppendOnly(models.Model):
    """A record that is added and never touched again; the database refuses it as well."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only once."""
        if not self._state.adding:
            raise ValidationError(_("This record is kept as it was written."))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never."""
        raise ValidationError(_("This record is kept as it was written."))


class EvidenceRun(AppendOnly):
    """One run that proves something: of the smoke test, of the tests, under load."""

    class Kind(models.TextChoices):
        """What ran."""

        SMOKE = "smoke", _("smoke test")
        PREDEPLOY = "predeploy", _("checks before deployment")
        TESTS = "tests", _("tests")
        LOAD = "load", _("load run")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, editable=False)
    source = models.CharField(_("source"), max_length=200, editable=False)
    app_version = models.CharField(_("version"), max_length=32, editable=False)
    started_at = models.DateTimeField(_("started at"), editable=False)
    finished_at = models.DateTimeField(_("finished at"), editable=False)
    has_passed = models.BooleanField(_("passed"), editable=False)
    content = models.JSONField(_("what was seen"), default=dict, editable=False)
    sha256 = models.CharField(_("checksum"), max_length=64, editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True, editable=False)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("-finished_at", "-pk")
        default_permissions = ("view",)
        indexes = (models.Index(fields=("kind", "-finished_at"), name="evidencerun_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("smoke", "predeploy", "tests", "load")),
                name="evidencerun_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__gte=F("started_at")),
                name="evidencerun_ends_after_start",
                violation_error_message=_("A run does not end before it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(sha256=""),
                name="evidencerun_has_a_checksum",
                violation_error_message=_("Evidence has a checksum."),
            ),
        )

    def __str__(self) -> str:
        local = timezone.localtime(self.finished_at)
        return f"{self.get_kind_display()} {local:%Y-%m-%d %H:%M}"


class Release(Decided):
    """A version with the evidence it was judged by: collects signatures, then is certified."""

    class Status(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("collecting signatures")
        CERTIFIED = "certified", _("certified")
        WITHDRAWN = "withdrawn", _("withdrawn")

    app_version = models.CharField(_("version"), max_length=32, unique=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.OPEN, editable=False
    )
    evidence = models.JSONField(_("evidence"), default=dict, editable=False)
    evidence_hash = models.CharField(_("evidence hash"), max_length=64, editable=False)
    round = models.PositiveIntegerField(
        _("round of signatures"),
        default=1,
        editable=False,
        help_text=_("A new one begins whenever the evidence changes; older signatures are void."),
    )
    score = models.PositiveSmallIntegerField(_("score"), default=0, editable=False)
    is_ready = models.BooleanField(_("ready"), default=False, editable=False)
    assessed_at = models.DateTimeField(_("assessed at"), editable=False)
    certified_at = models.DateTimeField(_("certified at"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ("-assessed_at", "-pk")
        default_permissions = ("view", "change")
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=("open", "certified", "withdrawn")),
                name="release_status_known",
            ),
            models.CheckConstraint(
                condition=Q(score__lte=100),
                name="release_score_in_range",
                violation_error_message=_("A score is a number from 0 to 100."),
            ),
            models.CheckConstraint(
                condition=~Q(status="certified")
                | Q(
                    is_ready=True,
                    certified_at__isnull=False,
                    expires_at__isnull=False,
                    expires_at__gt=F("certified_at"),
                ),
                name="release_certified_is_ready",
                violation_error_message=_("Only what is ready is certified, and not for good."),
            ),
        )

    def __str__(self) -> str:
        return self.app_version


class ReleaseSignature(AppendOnly):
    """One person's signature under the evidence of a release, for one role."""

    release = models.ForeignKey(
        Release, models.PROTECT, verbose_name=_("release"), related_name="signatures"
    )
    role = models.CharField(_("role"), max_length=32, choices=Role, editable=False)
    group = models.CharField(_("circle"), max_length=12, choices=Group, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("person"),
        related_name="+",
        editable=False,
    )
    evidence_hash = models.CharField(_("evidence hash"), max_length=64, editable=False)
    round = models.PositiveIntegerField(_("round of signatures"), editable=False)
    signed_at = models.DateTimeField(_("signed at"), editable=False)
    comment = models.TextField(_("comment"), blank=True, max_length=4000, editable=False)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ("signed_at", "pk")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("release", "round", "role"),
                name="releasesignature_one_per_role",
                violation_error_message=_("This role has signed already."),
            ),
            models.UniqueConstraint(
                fields=("release", "round", "group", "person"),
                name="releasesignature_distinct_people",
                violation_error_message=_("Nobody signs for two roles of one circle."),
            ),
            models.CheckConstraint(
                condition=Q(group="stakeholder", role__startswith="stakeholder_")
                | Q(group="executive", role__startswith="executive_"),
                name="releasesignature_role_of_its_group",
                violation_error_message=_("The role belongs to the other circle."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.person}"


class Signatory(Stamped):
    """Who may sign for a role. Whom a company trusts with that is data, not code."""

    role = models.CharField(_("role"), max_length=32, choices=Role)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("person"),
        related_name="signatory_roles",
    )

    class Meta:
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")
        ordering = ("role", "person")
        constraints = (
            models.UniqueConstraint(
                fields=("role", "person"),
                name="signatory_once",
                violation_error_message=_("This person may sign for the role already."),
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="signatory_role_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.person}"

    def clean(self) -> None:
        """Who cannot open the page with the evidence cannot read what to sign."""
        if self.person_id and not (self.person.is_active and self.person.is_staff):
            said = _("Choose somebody who may open the back office: the evidence is read there.")
            raise ValidationError({"person": said})

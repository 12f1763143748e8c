"""People, the department tree, and who stands in for whom."""

from __future__ import annotations

import zoneinfo
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermission

from apps.accounts.querysets import DelegationManager, DepartmentManager, UserManager
from apps.common.models import Stamped, Written


def default_time_zone() -> str:
    """The zone of the installation, until a person chooses another."""
    return str(settings.USER_TIME_ZONE)


def validate_time_zone(value: str) -> None:
    """A name of the IANA time zone database."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(value)s” is not a time zone."), params={"value": value})


class Department(Stamped):
    """A part of the company that asks for things; its head approves for it and all below it."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("part of"),
        related_name="children",
        null=True,
        blank=True,
    )
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("head"),
        related_name="headed_departments",
        null=True,
        blank=True,
    )
    approval_limit = models.DecimalField(
        _("head's approval limit"),
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_(
            "In base currency; above it the head of the department above decides. Empty: no limit."
        ),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = DepartmentManager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ("code",)
        permissions = (
            ("view_documents", _("May see the documents of a department and those below it")),
            ("buy_for", _("May buy for a department and those below it")),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(approval_limit=None) | Q(approval_limit__gte=0),
                name="department_limit_not_negative",
                violation_error_message=_("A limit cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")),
                name="department_not_its_own_parent",
                violation_error_message=_("A department cannot be part of itself."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """A tree has no circles."""
        if not (self.pk and self.parent_id):
            return
        if self.parent_id in Department.objects.subtree_pks([self.pk]):
            raise ValidationError(
                {"parent": _("A department cannot be part of a department below it.")}
            )


class User(Written, AbstractUser):
    """Somebody who works with the system. Never deleted, only deactivated."""

    name = models.CharField(
        _("full name"), max_length=150, blank=True, help_text=_("As the person writes it.")
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        verbose_name=_("department"),
        related_name="members",
        null=True,
        blank=True,
    )
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default=default_time_zone,
        validators=[validate_time_zone],
    )
    token_version = models.PositiveIntegerField(
        _("token version"),
        default=1,
        editable=False,
        help_text=_("Raised when rights or passwords change: every token given before is void."),
    )
    must_change_password = models.BooleanField(_("must change password"), default=False)

    objects: ClassVar[UserManager] = UserManager()
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("username",)

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name to show: as written by the person, or the log-in name."""
        return self.name or super().get_full_name() or self.username

    def get_full_name(self) -> str:
        """The name to show."""
        return self.display_name

    @property
    def stamp(self) -> str:
        """What tokens are bound to: it changes with rights, and with the password however set."""
        return self.get_session_auth_hash()[:32]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is bound to: it ends with the password and with the token version."""
        bound = f"{self.password}:{self.token_version}"
        digest = salted_hmac("accounts.session", bound, secret=secret, algorithm="sha256")
        return digest.hexdigest()


class Delegation(Stamped):
    """One person decides for another for a time (out of office); duties stay segregated."""

    delegator = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("who is away"), related_name="delegations_given"
    )
    delegate = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("who stands in"), related_name="delegations_received"
    )
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)

    objects = DelegationManager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("-starts_at", "-pk")
        indexes = (models.Index(fields=("delegate", "ends_at"), name="delegation_of_delegate"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(delegator=F("delegate")),
                name="delegation_to_somebody_else",
                violation_error_message=_("Nobody can stand in for themselves."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="delegation_ends_after_start",
                violation_error_message=_("A delegation ends after it starts."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.delegator} → {self.delegate}"


class DepartmentScope(UserObjectPermission):
    """A right somebody has on a department and all below it, beside those of their roles."""

    class Meta:
        proxy = True
        verbose_name = _("scope of a person")
        verbose_name_plural = _("scopes of people")
        ordering = ("user__username", "pk")

    def __str__(self) -> str:
        return f"{self.user}: {self.permission.name}"


class ApiSession(models.Model):
    """One log-in over the API: the chain of refresh tokens that began with it.

    Each refresh makes the next token the only good one; an old one shown again means that two
    parties hold the chain, so it ends for both.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="api_sessions")
    token_id = models.CharField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)
    refreshed_at = models.DateTimeField(auto_now=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    remote_addr = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        verbose_name = _("API log-in")
        verbose_name_plural = _("API log-ins")
        ordering = ("-created_at", "-pk")
        default_permissions = ()
        indexes = (models.Index(fields=("user", "expires_at"), name="apisession_of_user"),)

    def __str__(self) -> str:
        return f"{self.user_id} #{self.pk}"

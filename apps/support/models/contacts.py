"""Whom to ask: channels, contacts, the four levels, and the contact matrix by type of issue."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.common.models import Stamped
from apps.common.names import require_a_name
from apps.support.models.base import Kept


class SupportChannel(Kept):
    """A way to reach the help desk, by its name only; sending is the operations app's business."""

    description = models.CharField(
        _("how to reach it"), max_length=255, blank=True, help_text=_("Phone, chat room, mail.")
    )

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ("sequence", "code")


class SupportContact(Kept):
    """Somebody who helps: a colleague with an account, or a post, a firm or a phone outside."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("person"),
        related_name="support_contacts",
        null=True,
        blank=True,
    )
    external_name = models.CharField(_("name outside the company"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    channels = models.ManyToManyField(
        SupportChannel, verbose_name=_("channels"), related_name="contacts", blank=True
    )
    follows_rota = models.BooleanField(
        _("whoever is on call"),
        default=False,
        help_text=_("This contact stands for the people the rota names at the time."),
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("sequence", "code")
        constraints = (
            models.CheckConstraint(
                condition=~Q(follows_rota=True) | Q(user=None),
                name="supportcontact_rota_or_person",
                violation_error_message=_("Whoever is on call is not one named person."),
            ),
        )

    @property
    def person(self) -> str:
        """Who it is: the colleague, the outside name, or nobody named yet."""
        return str(self.user) if self.user else self.external_name

    @property
    def mail(self) -> str:
        """Where mail goes: the contact's own address before that of the account."""
        return self.email or (self.user.email if self.user else "")

    @property
    def telephone(self) -> str:
        """The number to call."""
        return self.phone or (self.user.phone if self.user else "")


class SupportLevel(Stamped):
    """One of the four levels an unanswered emergency climbs, and how long it has to answer."""

    number = models.PositiveSmallIntegerField(_("level"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    response_minutes = models.PositiveIntegerField(_("response time in minutes"))
    contact = models.ForeignKey(
        SupportContact,
        models.PROTECT,
        verbose_name=_("contact"),
        related_name="levels",
        null=True,
        blank=True,
        help_text=_("Empty: whoever is on call."),
    )

    class Meta:
        verbose_name = _("support level")
        verbose_name_plural = _("support levels")
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=9),
                name="supportlevel_number_known",
                violation_error_message=_("Levels are numbered from 1."),
            ),
            models.CheckConstraint(
                condition=Q(response_minutes__gte=1),
                name="supportlevel_takes_time",
                violation_error_message=_("A response takes at least a minute."),
            ),
        )

    def __str__(self) -> str:
        return str(_("Level %(number)s: %(name)s")) % {"number": self.number, "name": self.name}

    def clean(self) -> None:
        """One language is enough."""
        require_a_name(self)


class IssueType(Kept):
    """A row of the contact matrix: for this, ask that person, who answers in that time."""

    description = models.CharField(_("what belongs here"), max_length=255, blank=True)
    primary_contact = models.ForeignKey(
        SupportContact,
        models.PROTECT,
        verbose_name=_("primary contact"),
        related_name="primary_for",
    )
    response_minutes = models.PositiveIntegerField(_("response time in minutes"))
    resolution_minutes = models.PositiveIntegerField(_("resolution time in minutes"))
    channel = models.ForeignKey(
        SupportChannel,
        models.PROTECT,
        verbose_name=_("channel"),
        related_name="issue_types",
        null=True,
        blank=True,
    )
    is_emergency = models.BooleanField(
        _("emergency"),
        default=False,
        help_text=_("An unacknowledged issue climbs all levels, not only to the next one."),
    )

    class Meta:
        verbose_name = _("type of issue")
        verbose_name_plural = _("contact matrix")
        ordering = ("sequence", "code")
        constraints = (
            models.CheckConstraint(
                condition=Q(response_minutes__gte=1),
                name="issuetype_takes_time",
                violation_error_message=_("A response takes at least a minute."),
            ),
            models.CheckConstraint(
                condition=Q(resolution_minutes__gte=models.F("response_minutes")),
                name="issuetype_answered_before_solved",
                violation_error_message=_("An issue is answered before it is solved."),
            ),
        )

    @property
    def escalation(self) -> list[SupportContact]:
        """Whom the contact matrix names when the primary contact does not answer."""
        return [step.contact for step in self.escalation_steps.all() if step.level.number == 2]


class EscalationStep(Stamped):
    """A cell of the escalation matrix: who is told about a type of issue at a level."""

    issue_type = models.ForeignKey(
        IssueType, models.CASCADE, verbose_name=_("type of issue"), related_name="escalation_steps"
    )
    level = models.ForeignKey(
        SupportLevel, models.PROTECT, verbose_name=_("level"), related_name="escalation_steps"
    )
    contact = models.ForeignKey(
        SupportContact, models.PROTECT, verbose_name=_("contact"), related_name="escalation_steps"
    )

    class Meta:
        verbose_name = _("escalation step")
        verbose_name_plural = _("escalation matrix")
        ordering = ("issue_type__sequence", "level__number", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("issue_type", "level", "contact"),
                name="escalationstep_once",
                violation_error_message=_("This contact is told at this level already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.issue_type} · {self.level.number} → {self.contact}"

    def clean(self) -> None:
        """Level 1 is the primary contact's; escalation begins after it."""
        if self.level_id and self.level.number < 2:
            raise ValidationError({"level": _("Escalation begins with level 2.")})

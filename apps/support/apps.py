"""Configuration of the support app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    """Who helps whom and how fast: contacts, levels, on-call, escalation, issues, training."""

    name = "apps.support"
    verbose_name = _("Support")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let issues carry files and comments, deliver notices, and name the events."""
        from apps.common import documents, history, outbox
        from apps.support import policies, services
        from apps.support.models import SupportIssue
        from apps.support.services import notices

        documents.register(
            documents.DocumentKind(
                name=services.KIND,
                model=SupportIssue,
                visible_to=SupportIssue.objects.visible_to,
                may_attach=policies.may_attach,
                may_comment=policies.may_comment,
                workspace_url=workspace_url,
            )
        )
        outbox.register(notices.TOPIC, notices.deliver, atomic=True)
        outbox.register(notices.OUTSIDE, notices.deliver_outside)
        history.label_events(
            {
                "supportissue.reported": _("reported"),
                "supportissue.acknowledge": _("acknowledged"),
                "supportissue.start": _("work begun"),
                "supportissue.resolve": _("resolved"),
                "supportissue.assigned": _("given to somebody"),
                "supportissue.escalated": _("gone to the next level"),
                "supportissue.breached": _("a promise was broken"),
                "feedback.given": _("feedback given"),
                "surveyanswer.given": _("survey answered"),
                "trainingrecord.taken": _("quiz taken"),
            }
        )


def workspace_url(issue: Any) -> str:
    """The page of an issue."""
    return reverse("support:issue", args=[issue.pk])

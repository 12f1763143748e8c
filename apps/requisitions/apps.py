"""Configuration of the requisitions app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class RequisitionsConfig(AppConfig):
    """What people ask for."""

    name = "apps.requisitions"
    verbose_name = _("Requisitions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make requisitions known as documents, as something to approve and to import."""
        from apps.approvals import registry
        from apps.common import documents
        from apps.requisitions import importers, policies, services
        from apps.requisitions.models import Requisition, RequisitionLine

        documents.register(
            documents.DocumentKind(
                name=services.KIND,
                model=Requisition,
                visible_to=Requisition.objects.visible_to,
                may_attach=policies.may_attach,
                may_comment=policies.may_comment,
                workspace_url=workspace_url,
            )
        )
        registry.register(
            registry.ApprovableKind(
                kind=services.KIND,
                model=Requisition,
                content=services.content,
                contents=services.contents,
                facts=services.facts,
                approved=services.outcome("approve"),
                rejected=services.outcome("reject"),
                returned=services.outcome("return"),
                lines_rejected=services.reject_lines,
                line_model=RequisitionLine,
                related=services.HEADER_RECORDS,
                labels={"attachments": _("Files")},
            )
        )
        importers.register()
        register_checks()


def register_checks() -> None:
    """What has to be true of stored requisitions."""
    from functools import partial

    from apps.common import integrity as checks
    from apps.common import stored
    from apps.requisitions import integrity, services
    from apps.requisitions.models import Requisition

    numbers = partial(stored.numbers, services.KIND, Requisition)
    checks.register("numbers", _("numbers without gaps and doubles"), numbers)
    checks.register("totals", _("amounts and totals"), integrity.totals)
    checks.register("fulfilment", _("how far things are ordered"), integrity.fulfilment)


def workspace_url(requisition: Any) -> str:
    """The page of a requisition."""
    return reverse("requisitions:detail", args=[requisition.pk])

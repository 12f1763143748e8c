"""Configuration of the procurement app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ProcurementConfig(AppConfig):
    """Allocations and purchase orders."""

    name = "apps.procurement"
    verbose_name = _("Procurement")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make orders known to files, approvals and imports; guard the ledger on SQLite."""
        from apps.procurement import importers, triggers

        pre_migrate.connect(triggers.GUARD.before_migrations, sender=self)
        post_migrate.connect(triggers.GUARD.after_migrations, sender=self)
        register_document()
        register_approvals()
        importers.register()
        register_checks()


def register_checks() -> None:
    """What has to be true of stored orders and of the ledger."""
    from functools import partial

    from apps.common import integrity as checks
    from apps.common import stored
    from apps.procurement import integrity, services
    from apps.procurement.models import PurchaseOrder

    numbers = partial(stored.numbers, services.KIND, PurchaseOrder)
    checks.register("numbers", _("numbers without gaps and doubles"), numbers)
    checks.register("totals", _("amounts and totals"), integrity.totals)
    checks.register("guards", _("what the database refuses"), integrity.guards)
    checks.register("ledger", _("the ledger of what is ordered"), integrity.ledger)


def register_document() -> None:
    """Orders carry files and comments."""
    from apps.common import documents
    from apps.procurement import policies, services
    from apps.procurement.models import PurchaseOrder

    documents.register(
        documents.DocumentKind(
            name=services.KIND,
            model=PurchaseOrder,
            visible_to=PurchaseOrder.objects.visible_to,
            may_attach=policies.may_attach,
            may_comment=policies.may_comment,
            workspace_url=page_of,
        )
    )


def register_approvals() -> None:
    """Orders can be approved."""
    from apps.approvals import registry
    from apps.approvals.states import RequestStatus
    from apps.procurement import services
    from apps.procurement.models import PurchaseOrder, PurchaseOrderLine

    registry.register(
        registry.ApprovableKind(
            kind=services.KIND,
            model=PurchaseOrder,
            content=services.content,
            facts=services.facts,
            approved=services.outcome("approve", RequestStatus.APPROVED),
            rejected=services.outcome("reject", RequestStatus.REJECTED),
            returned=services.outcome("return", RequestStatus.RETURNED),
            line_model=PurchaseOrderLine,
            related=services.RELATED,
            labels=services.LABELS,
        )
    )


def page_of(order: Any) -> str:
    """The page of an order: procurement works in the back office."""
    return reverse("admin:procurement_purchaseorder_change", args=[order.pk])

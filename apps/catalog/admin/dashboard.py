"""What waits in the catalogue, on the first page of the back office."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.catalog import policies
from apps.catalog.models import Supplier, SupplierBankAccount, SupplierPrice
from apps.common.dashboard import Tile, register

WARNED_DAYS = 30


def suppliers_to_decide(request: HttpRequest) -> Tile | None:
    """Companies that wait to be let in."""
    if not policies.may_decide_supplier(request.user):
        return None
    count = Supplier.objects.active().filter(status=Supplier.Status.PROSPECTIVE).count()
    return Tile(
        label=_("Suppliers to decide on"),
        value=count,
        url=f"{reverse('admin:catalog_supplier_changelist')}?status__exact=prospective",
        tone="warning" if count else "neutral",
    )


def accounts_to_confirm(request: HttpRequest) -> Tile | None:
    """Bank accounts somebody else has entered."""
    if not request.user.has_perm("catalog.confirm_supplierbankaccount"):
        return None
    waiting = SupplierBankAccount.objects.filter(status=SupplierBankAccount.Status.PENDING)
    count = waiting.exclude(created_by=request.user.pk).count()
    return Tile(
        label=_("Bank accounts to confirm"),
        value=count,
        url=f"{reverse('admin:catalog_supplierbankaccount_changelist')}?status__exact=pending",
        tone="warning" if count else "neutral",
    )


def prices_that_end(request: HttpRequest) -> Tile | None:
    """Prices that are over soon."""
    if not policies.may_change(request.user, SupplierPrice):
        return None
    today = timezone.localdate()
    ending = SupplierPrice.objects.on(today).filter(
        valid_until__lte=today + timedelta(days=WARNED_DAYS)
    )
    return Tile(
        label=_("Prices that end within 30 days"),
        value=ending.count(),
        url=f"{reverse('admin:catalog_supplierprice_changelist')}?validity=ending",
    )


register(suppliers_to_decide, order=40)
register(accounts_to_confirm, order=41)
register(prices_that_end, order=60)

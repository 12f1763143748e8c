"""Deciding on suppliers: who is let in, suspended or blocked, and what that means for an order."""

from __future__ import annotations

from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog import policies
from apps.catalog.fields import Unreadable
from apps.catalog.models import Supplier, SupplierBankAccount
from apps.catalog.services import records
from apps.common import workflow
from apps.common.errors import InvalidInputError, NotPermittedError
from apps.common.workflow import Table, Transition

Status = Supplier.Status
AccountStatus = SupplierBankAccount.Status
Control = Literal["allow", "warn", "prevent"]


def _needs_a_number(account: SupplierBankAccount, **_options: Any) -> None:
    """Nobody can confirm what nobody can read."""
    if isinstance(account.account_number, Unreadable):
        raise InvalidInputError(
            _("The account number cannot be read: its encryption key is not there."),
            code="unreadable_account",
        )


TABLE = Table.of(
    "supplier",
    (
        Transition(
            "approve",
            gettext_lazy("Approve"),
            frozenset({Status.PROSPECTIVE, Status.SUSPENDED}),
            Status.APPROVED,
            policies.may_decide_supplier,
            tone="primary",
        ),
        Transition(
            "suspend",
            gettext_lazy("Suspend"),
            frozenset({Status.APPROVED}),
            Status.SUSPENDED,
            policies.may_decide_supplier,
            needs_reason=True,
        ),
        Transition(
            "block",
            gettext_lazy("Block"),
            frozenset({Status.PROSPECTIVE, Status.APPROVED, Status.SUSPENDED}),
            Status.BLOCKED,
            policies.may_decide_supplier,
            needs_reason=True,
            tone="danger",
        ),
        Transition(
            "unblock",
            gettext_lazy("Unblock"),
            frozenset({Status.BLOCKED}),
            Status.SUSPENDED,
            policies.may_decide_supplier,
            needs_reason=True,
        ),
    ),
)

BANK_ACCOUNT_TABLE = Table.of(
    "supplierbankaccount",
    (
        Transition(
            "confirm",
            gettext_lazy("Confirm"),
            frozenset({AccountStatus.PENDING}),
            AccountStatus.ACTIVE,
            policies.may_confirm_bank_account,
            effect=_needs_a_number,
            stamps=("confirmed",),
            tone="primary",
        ),
        Transition(
            "retire",
            gettext_lazy("Retire"),
            frozenset({AccountStatus.PENDING, AccountStatus.ACTIVE}),
            AccountStatus.RETIRED,
            policies.may_retire_bank_account,
            needs_reason=True,
        ),
    ),
)


def decide(
    name: str,
    supplier: Supplier,
    *,
    by: Any,
    comment: str = "",
    expected_version: int | None = None,
) -> Supplier:
    """Make one move of the supplier's table: approve, suspend, block or unblock."""
    return workflow.run(
        TABLE[name], supplier, by=by, comment=comment, expected_version=expected_version
    )


def approve(supplier: Supplier, *, by: Any, **options: Any) -> Supplier:
    """Let a supplier in, or in again."""
    return decide("approve", supplier, by=by, **options)


def suspend(supplier: Supplier, *, by: Any, **options: Any) -> Supplier:
    """Stop ordering for the time being."""
    return decide("suspend", supplier, by=by, **options)


def block(supplier: Supplier, *, by: Any, **options: Any) -> Supplier:
    """Keep a supplier out."""
    return decide("block", supplier, by=by, **options)


def unblock(supplier: Supplier, *, by: Any, **options: Any) -> Supplier:
    """Take a block back; it is approved anew before anything is ordered."""
    return decide("unblock", supplier, by=by, **options)


def order_control(supplier: Supplier) -> tuple[Control, str]:
    """Whether an order to this supplier may go out, and what the buyer is told.

    A blocked, suspended or inactive supplier prevents orders whatever else it says; one that is
    not approved yet warns at least.
    """
    if not supplier.is_active:
        return "prevent", _("The supplier %(supplier)s is not active.") % {"supplier": supplier}
    if supplier.status in {Status.BLOCKED, Status.SUSPENDED}:
        message = _("The supplier %(supplier)s is %(status)s.") % {
            "supplier": supplier,
            "status": supplier.get_status_display(),
        }
        return "prevent", f"{message} {supplier.reason}".strip()
    if supplier.order_control == Supplier.Control.PREVENT:
        return "prevent", supplier.warning or _("Orders to %(supplier)s are stopped.") % {
            "supplier": supplier
        }
    if supplier.status == Status.PROSPECTIVE:
        message = _("The supplier %(supplier)s is not approved yet.") % {"supplier": supplier}
        return "warn", f"{message} {supplier.warning}".strip()
    if supplier.order_control == Supplier.Control.WARN:
        return "warn", supplier.warning or _("Take care with orders to %(supplier)s.") % {
            "supplier": supplier
        }
    return "allow", supplier.warning


def save_supplier(
    supplier: Supplier, *, by: Any, data: dict[str, Any], expected_version: int | None = None
) -> Supplier:
    """Keep a supplier's record; its status moves by `decide` only. `contacts` replaces them all."""
    contacts = data.pop("contacts", None)
    with transaction.atomic():
        saved = records.save(supplier, by=by, data=data, expected_version=expected_version)
        if contacts is not None:
            records.replace_children(saved, "contacts", contacts, key=("name",), by=by)
    return saved


def enter_bank_account(account: SupplierBankAccount, *, by: Any) -> SupplierBankAccount:
    """Enter where a supplier is paid. It counts when a second person has confirmed it.

    An account is never edited: a change is a new account, confirmed, and the old one retired.
    """
    if not account._state.adding or not policies.may_enter_bank_account(by, account):
        raise NotPermittedError
    return records.save(account, by=by, data={})


def confirm_bank_account(
    account: SupplierBankAccount, *, by: Any, **options: Any
) -> SupplierBankAccount:
    """Confirm an account somebody else has entered."""
    return workflow.run(BANK_ACCOUNT_TABLE["confirm"], account, by=by, **options)


def retire_bank_account(
    account: SupplierBankAccount, *, by: Any, **options: Any
) -> SupplierBankAccount:
    """Stop paying to an account."""
    return workflow.run(BANK_ACCOUNT_TABLE["retire"], account, by=by, **options)

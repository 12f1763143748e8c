"""Who may do what with master data. Reading is for everybody who may log in."""

from __future__ import annotations

from typing import Any

from django.db import models

from apps.catalog.models import Supplier, SupplierBankAccount


def _has(user: Any, permission: str) -> bool:
    return bool(user.is_authenticated and user.is_active and user.has_perm(permission))


def may_view(user: Any, _record: object = None) -> bool:
    """Catalogue and prices are no secret inside the company: who asks has to know what it costs."""
    return bool(user.is_authenticated and user.is_active)


def may_add(user: Any, model: type[models.Model]) -> bool:
    """Master data is kept by those whose role says so."""
    return _has(user, f"{model._meta.app_label}.add_{model._meta.model_name}")


def may_change(user: Any, model: type[models.Model]) -> bool:
    """Master data is kept by those whose role says so."""
    return _has(user, f"{model._meta.app_label}.change_{model._meta.model_name}")


def may_decide_supplier(user: Any, _supplier: Supplier | None = None) -> bool:
    """Letting a company in, or keeping it out, is a duty of its own beside keeping its address."""
    return _has(user, "catalog.decide_supplier")


def may_enter_bank_account(user: Any, _account: object = None) -> bool:
    """Entering an account is the first pair of eyes."""
    return _has(user, "catalog.add_supplierbankaccount")


def may_confirm_bank_account(user: Any, account: SupplierBankAccount) -> bool:
    """Four eyes: whoever entered an account never confirms it, superuser or not."""
    if user.pk is None or user.pk in {account.created_by_id, account.updated_by_id}:
        return False
    return _has(user, "catalog.confirm_supplierbankaccount")


def may_retire_bank_account(user: Any, _account: SupplierBankAccount | None = None) -> bool:
    """Stopping payments to an account is safe, so one person is enough."""
    return _has(user, "catalog.change_supplierbankaccount")


def may_see_account_number(user: Any, account: SupplierBankAccount) -> bool:
    """Only who is about to compare the number with the supplier's letter needs all of it."""
    return account.status == SupplierBankAccount.Status.PENDING and may_confirm_bank_account(
        user, account
    )

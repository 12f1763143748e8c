"""Who may do what with requisitions: the only place that answers. What is not said is refused.

Whether the document's state allows a move is the transition table's business, not asked here,
except where a permission exists only in certain states (files, deletion).
"""

from __future__ import annotations

from typing import Any

from apps.accounts.models import Department
from apps.accounts.scopes import department_scope
from apps.approvals import policies as approvals
from apps.budgets import policies as budgets
from apps.budgets.models import CostCentre
from apps.requisitions.models import Requisition
from apps.requisitions.states import EDITABLE, Status


def is_known(user: Any) -> bool:
    """Nobody who left and nobody unknown does anything."""
    return bool(user is not None and user.is_authenticated and user.is_active)


def may_create(user: Any) -> bool:
    """Asking for things is a role's right: auditors and operators read only."""
    return is_known(user) and bool(user.has_perm("requisitions.add_requisition"))


def may_request_for_others(user: Any) -> bool:
    """Asking in somebody's stead hides who wants the thing, so it is given to few."""
    return may_create(user) and bool(user.has_perm("requisitions.request_for_others"))


def may_use_department(user: Any, department: Department, on_behalf_of: Any = None) -> bool:
    """For the own department, the one of the person it is for, the one headed or bought for."""
    if not may_create(user) or not department.is_active:
        return False
    own = {user.department_id, getattr(on_behalf_of, "department_id", None)}
    if department.pk in own or department.head_id == user.pk:
        return True
    return may_request_for_others(user) or department.pk in department_scope(user, "buy_for")


def may_charge(user: Any, cost_centre: CostCentre, department: Department) -> bool:
    """A department spends its own money; other cost centres only for those who were let."""
    if not may_create(user) or not cost_centre.is_active:
        return False
    return cost_centre.department_id == department.pk or budgets.may_charge(user, cost_centre)


def may_view(user: Any, requisition: Requisition) -> bool:
    """Exactly what the lists show."""
    return (
        is_known(user) and Requisition.objects.visible_to(user).filter(pk=requisition.pk).exists()
    )


def is_owner(user: Any, requisition: Requisition) -> bool:
    """Whoever asked for it: the person who speaks for the document."""
    return is_known(user) and user.pk == requisition.requester_id


def may_edit(user: Any, requisition: Requisition) -> bool:
    """Only the requester edits, so that nobody puts words into another's mouth."""
    return is_owner(user, requisition) and may_create(user)


def may_submit(user: Any, requisition: Requisition) -> bool:
    """Only the requester submits, so that nobody speaks in another's name."""
    return may_edit(user, requisition)


def may_withdraw(user: Any, requisition: Requisition) -> bool:
    """What one asked for one may take back, until it is decided."""
    return is_owner(user, requisition)


def may_delete(user: Any, requisition: Requisition) -> bool:
    """A draft that never had a number leaves no gap; everything else is cancelled instead."""
    own = may_edit(user, requisition)
    return own and requisition.status == Status.DRAFT and requisition.number is None


def buys_for(user: Any, requisition: Requisition) -> bool:
    """A buyer of the requisition's department."""
    if not is_known(user) or not user.has_perm("procurement.add_purchaseorder"):
        return False
    return requisition.department_id in department_scope(user, "buy_for")


def may_cancel(user: Any, requisition: Requisition) -> bool:
    """The requester no longer needs it, or the buyer cannot get it; nothing is ordered yet."""
    if is_owner(user, requisition):
        return True
    return requisition.status == Status.APPROVED and buys_for(user, requisition)


def may_close(user: Any, requisition: Requisition) -> bool:
    """The rest will not be bought: said by whoever asked or by whoever buys."""
    return is_owner(user, requisition) or buys_for(user, requisition)


def may_reopen(user: Any, requisition: Requisition) -> bool:
    """The rest is bought after all: the same people as for closing."""
    return may_close(user, requisition)


def may_decide(user: Any, requisition: Requisition) -> bool:
    """Whoever the running approval asks; duties are kept apart there, superuser or not."""
    return is_known(user) and approvals.may_decide(user, requisition)


def may_copy(user: Any, requisition: Requisition) -> bool:
    """Whoever sees a requisition may ask for the same things in their own name."""
    return may_create(user) and may_view(user, requisition)


def may_comment(user: Any, requisition: Requisition) -> bool:
    """Whoever sees it and takes part in the work; an auditor reads and writes nothing."""
    if may_create(user):
        return may_view(user, requisition)
    return may_decide(user, requisition)


def may_attach(user: Any, requisition: Requisition) -> bool:
    """Files are part of what is approved, so they change only while the document is edited."""
    return may_edit(user, requisition) and requisition.status in EDITABLE


def may_share(user: Any, requisition: Requisition) -> bool:
    """The requester shows it to others; seeing it lets nobody decide."""
    return is_owner(user, requisition)


def may_watch(user: Any, requisition: Requisition) -> bool:
    """Whoever sees a requisition may keep an eye on it."""
    return may_view(user, requisition)

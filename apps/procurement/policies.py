"""Who may do what with purchase orders: the only place that answers, and it fails closed.

Rights come from the role, scope from guardian's `buy_for` on departments; being a superuser gives
the rights but neither the scope nor a way around segregation of duties.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from apps.accounts.scopes import department_scope
from apps.approvals import policies as approvals
from apps.procurement.models import PurchaseOrder
from apps.procurement.states import EDITABLE, OrderStatus

KIND = "purchase_order"


def is_known(user: Any) -> bool:
    """Somebody who may log in."""
    return bool(user and user.is_authenticated and user.is_active)


def may_list(user: Any) -> bool:
    """Everybody may ask; which orders come back is the business of `visible_to`."""
    return is_known(user)


def may_view(user: Any, order: PurchaseOrder) -> bool:
    """Who made it, decides on it, or buys for its department."""
    return is_known(user) and PurchaseOrder.objects.visible_to(user).filter(pk=order.pk).exists()


def may_create(user: Any) -> bool:
    """Only buyers make orders."""
    return is_known(user) and user.has_perm("procurement.add_purchaseorder")


def may_register(user: Any) -> bool:
    """Orders of the past come in closed, without approval: only whoever may issue says they were.

    They bind nobody, and history names who brought them in.
    """
    return may_create(user) and bool(user.has_perm("procurement.issue_purchaseorder"))


def may_buy_for(user: Any, department_pk: int) -> bool:
    """A buyer orders for the departments in their scope and for no other."""
    return may_create(user) and department_pk in department_scope(user, "buy_for")


def may_convert(user: Any) -> bool:
    """Open the worklist; each line is checked for its department again."""
    return may_create(user)


def may_write(user: Any) -> bool:
    """Buyers; which orders is asked of each order again."""
    return is_known(user) and user.has_perm("procurement.change_purchaseorder")


def may_run(user: Any) -> bool:
    """Those who bind the company; which orders is asked of each order again."""
    return is_known(user) and user.has_perm("procurement.issue_purchaseorder")


def may_keep(user: Any, order: PurchaseOrder) -> bool:
    """Buyers of the order's department write it, submit it and take it back."""
    return may_write(user) and _in_scope(user, order)


def may_change(user: Any, order: PurchaseOrder) -> bool:
    """An order is written while it is with its buyers, not while or after it is decided."""
    return order.status in EDITABLE and may_keep(user, order)


def may_decide(user: Any, order: PurchaseOrder) -> bool:
    """Four eyes: neither the buyer nor anybody who wrote into the order approves it."""
    if not is_known(user) or user.pk in {
        order.buyer_id,
        order.created_by_id,
        order.submitted_by_id,
    }:
        return False
    return order.status == OrderStatus.PENDING_APPROVAL and approvals.may_decide(user, order)


def may_issue(user: Any, order: PurchaseOrder) -> bool:
    """Sending an order out, holding and ending it binds the company: a right of its own."""
    return may_run(user) and _in_scope(user, order)


def may_cancel(user: Any, order: PurchaseOrder) -> bool:
    """A draft may go by whoever may write it; what was approved, by whoever may issue."""
    return may_keep(user, order) if order.status in EDITABLE else may_issue(user, order)


def may_attach(user: Any, order: PurchaseOrder) -> bool:
    """Files belong to what is approved, so they come in before that."""
    return may_change(user, order)


def may_comment(user: Any, order: PurchaseOrder) -> bool:
    """Whoever sees it and takes part in the work; an auditor reads and writes nothing."""
    return is_known(user) and user.has_perm("common.add_comment") and may_view(user, order)


def decidable(user: Any, orders: Collection[PurchaseOrder]) -> set[int]:
    """Which of these orders this person may decide on, in one statement for the whole page."""
    if not is_known(user):
        return set()
    own = {user.pk}
    waiting = {
        order.pk
        for order in orders
        if order.status == OrderStatus.PENDING_APPROVAL
        and own.isdisjoint({order.buyer_id, order.created_by_id, order.submitted_by_id})
    }
    return approvals.decidable(user, KIND, waiting) if waiting else set()


def _in_scope(user: Any, order: PurchaseOrder) -> bool:
    return order.department_id in department_scope(user, "buy_for")

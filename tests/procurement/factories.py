"""Rows for tests of procurement, made directly: what is shown is not how they came about."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone
from guardian.shortcuts import assign_perm

from apps.accounts.models import Department, User
from apps.accounts.scopes import department_scope
from apps.approvals import hashing
from apps.approvals.models import (
    ApprovalRequest,
    ApprovalRule,
    ApprovalRuleApprover,
    ApprovalRuleStep,
)
from apps.budgets.models import CostCentre, Project
from apps.catalog.models import (
    Category,
    Currency,
    ExchangeRate,
    Item,
    Supplier,
    SupplierPrice,
    TaxCode,
    TaxRate,
    Unit,
)
from apps.procurement import services
from apps.procurement.models import PurchaseOrder
from apps.requisitions import services as requisition_services
from apps.requisitions.models import Requisition, RequisitionLine
from tests.factories import give

_serial = count(1)
BUYER_RIGHTS = (
    "procurement.view_purchaseorder",
    "procurement.add_purchaseorder",
    "procurement.change_purchaseorder",
    "procurement.issue_purchaseorder",
    "procurement.view_allocation",
)
LONG_AGO = date(2020, 1, 1)


def serial() -> int:
    return next(_serial)


def make_user(*rights: str, **fields: Any) -> User:
    username = fields.pop("username", f"user{serial()}")
    user = User.objects.create(username=username, email=f"{username}@example.com", **fields)
    give(user, *rights)
    return user


def make_department(parent: Department | None = None, **fields: Any) -> Department:
    code = fields.pop("code", f"PD{serial()}")
    return Department.objects.create(code=code, name=f"Department {code}", parent=parent, **fields)


def make_buyer(*departments: Department, **fields: Any) -> User:
    """Somebody with every right of procurement, in the scope of the departments."""
    user = make_user(*BUYER_RIGHTS, **fields)
    for department in departments:
        assign_perm("accounts.buy_for", user, department)
    return user


def scope_of(buyer: User) -> Department:
    """The first department somebody buys for."""
    return Department.objects.get(pk=min(department_scope(buyer, "buy_for")))


def make_group(name: str, *members: User) -> Group:
    group, _made = Group.objects.get_or_create(name=name)
    group.user_set.add(*members)
    return group


def make_currency(code: str = "CNY", minor_units: int = 2, rate: str | None = None) -> Currency:
    currency, _made = Currency.objects.get_or_create(
        code=code, defaults={"name": code, "minor_units": minor_units}
    )
    if rate is not None:
        ExchangeRate.objects.update_or_create(
            currency=currency, valid_from=LONG_AGO, defaults={"rate": Decimal(rate)}
        )
    return currency


def make_unit(code: str = "C62", **fields: Any) -> Unit:
    unit, _made = Unit.objects.get_or_create(code=code, defaults={"name": code, **fields})
    return unit


def make_tax(code: str = "VAT13", percent: str = "13") -> TaxCode:
    tax, made = TaxCode.objects.get_or_create(code=code, defaults={"name": code})
    if made:
        TaxRate.objects.create(tax_code=tax, valid_from=LONG_AGO, percent=Decimal(percent))
    return tax


def make_category(code: str = "44", parent: Category | None = None) -> Category:
    path = f"{parent.path}/{code}" if parent else code
    category, _made = Category.objects.get_or_create(
        code=code, defaults={"name": code, "parent": parent, "path": path}
    )
    return category


def make_supplier(status: str = "approved", **fields: Any) -> Supplier:
    code = fields.pop("code", f"PS-{serial():04d}")
    return Supplier.objects.create(code=code, name=f"Supplier {code}", status=status, **fields)


def make_item(**fields: Any) -> Item:
    code = fields.pop("code", f"PI-{serial():04d}")
    fields.setdefault("base_unit", make_unit())
    return Item.objects.create(code=code, name=f"Item {code}", **fields)


def make_price(supplier: Supplier, item: Item, price: str = "10", **fields: Any) -> SupplierPrice:
    fields.setdefault("unit", item.base_unit)
    fields.setdefault("currency", make_currency())
    fields.setdefault("valid_from", LONG_AGO)
    return SupplierPrice.objects.create(
        supplier=supplier, item=item, price=Decimal(price), **fields
    )


def make_cost_centre(department: Department) -> CostCentre:
    code = f"PCC-{serial()}"
    return CostCentre.objects.create(code=code, name=code, department=department)


def make_project() -> Project:
    code = f"PP-{serial()}"
    return Project.objects.create(code=code, name=code)


def make_requisition(
    department: Department, status: str = "approved", **fields: Any
) -> Requisition:
    """A requisition without lines; approved ones have the approval that goes with it later."""
    requester = fields.pop("requester", None) or make_user()
    fields.setdefault("currency", make_currency())
    fields.setdefault("cost_centre", make_cost_centre(department))
    number = None if status == "draft" else f"PR-TEST-{serial():05d}"
    return Requisition.objects.create(
        department=department,
        requester=requester,
        created_by=requester,
        status=status,
        number=number,
        title="Things",
        **fields,
    )


def make_line(requisition: Requisition, quantity: str = "10", **fields: Any) -> RequisitionLine:
    fields.setdefault("line_no", requisition.lines.count() + 1)
    fields.setdefault("unit", make_unit())
    fields.setdefault("estimated_price", Decimal("5"))
    item = fields.get("item")
    fields.setdefault("description", item.name if item else "A thing")
    return RequisitionLine.objects.create(
        requisition=requisition, quantity=Decimal(quantity), **fields
    )


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def approve(requisition: Requisition) -> ApprovalRequest:
    """The approval that belongs to an approved requisition: given for what it says now."""
    said = requisition_services.content(Requisition.objects.get(pk=requisition.pk))
    return ApprovalRequest.objects.create(
        document_kind="requisition",
        document_id=requisition.pk,
        document_label=str(requisition),
        status="approved",
        content=hashing.canonical(said),
        content_hash=hashing.content_hash(said),
        base_total=Decimal(1),
        total=Decimal(1),
        currency=requisition.currency.code,
        department=requisition.department,
        requester=requisition.requester,
        submitted_by=requisition.requester,
        closed_at=timezone.now(),
    )


def make_open_line(department: Department, quantity: str = "10", **fields: Any) -> RequisitionLine:
    """One line of an approved requisition, ready to be ordered."""
    header = {
        name: fields.pop(name)
        for name in ("requester", "currency", "cost_centre", "project", "delivery_address")
        if name in fields
    }
    requisition = make_requisition(department, **header)
    line = make_line(requisition, quantity, **fields)
    approve(requisition)
    return line


def make_order_rule(*approvers: User) -> ApprovalRule:
    """Every order needs the consent of one of these people."""
    rule = ApprovalRule.objects.create(name="Orders", document_kind="purchase_order")
    step = ApprovalRuleStep.objects.create(rule=rule, name="Second pair of eyes")
    for approver in approvers:
        ApprovalRuleApprover.objects.create(step=step, kind="user", user=approver)
    return rule


def wish(line: RequisitionLine, supplier: Supplier, quantity: str | None = None, **more: Any):
    """What a buyer asks `convert` for."""
    wanted = line.quantity if quantity is None else Decimal(quantity)
    return services.ConversionLine(line, wanted, supplier, **more)


def make_order(buyer: User, department: Department, **fields: Any) -> PurchaseOrder:
    """A draft written by hand, with one line of 10 at 5."""
    supplier = fields.pop("supplier", None) or make_supplier()
    data = {"supplier": supplier, "department": department, "currency": make_currency(), **fields}
    line = {
        "description": "A thing",
        "unit": make_unit(),
        "quantity": Decimal(10),
        "unit_price": Decimal(5),
    }
    return services.create(by=buyer, data=data, lines=[line])


def in_state(order: PurchaseOrder, status: str) -> PurchaseOrder:
    """The order as if it had come to this state, past all services."""
    number = f"PO-TEST-{serial():05d}" if status in {"issued", "on_hold", "closed"} else None
    PurchaseOrder.objects.filter(pk=order.pk).update(status=status, number=number)
    return PurchaseOrder.objects.get(pk=order.pk)


def now() -> Any:
    return timezone.now()

"""A company of many years: rows copied by the database itself, TEST_SCALE_ROWS of each kind."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from apps.accounts.models import User
from apps.approvals.models import ApprovalAssignment, ApprovalRequest, ApprovalStep
from apps.audit.models import Entry
from apps.catalog.models import Category, Item, Supplier
from apps.procurement import services as procurement
from apps.procurement.models import PurchaseOrder
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.states import Status
from tests.catalog.factories import make_category
from tests.factories import make_department, make_user
from tests.requisitions.factories import Company, make_company

ROWS = int(os.environ.get("TEST_SCALE_ROWS", "2000"))
PEOPLE, DEPARTMENTS = 50, 20
LARGE = (
    *(Requisition, RequisitionLine, PurchaseOrder, Item, Supplier, Category, Entry),
    *(ApprovalRequest, ApprovalStep, ApprovalAssignment),
)
RARE = ROWS - 7
# What a title or name begins with: words many rows have, one few have, and a number only one has.
USUAL = "(ARRAY['Oscilloscope', 'Bench supply', 'Cable', '螺丝'])[1 + n % 4]"
WORDS = f"CASE WHEN n % 100 = {RARE % 100} THEN '圆珠笔' ELSE {USUAL} END || ' ' || n"
WHEN = "now() - n * interval '7 minutes'"


@dataclass
class Grown:
    """The people who ask for lists, and what the company was before it grew."""

    company: Company
    engineer: User
    buyer: User
    auditor: User


def copies(record: models.Model, **other: str) -> None:
    """Rows like this one, but for columns that differ with their number `n` (SQL expressions)."""
    table = record._meta.db_table
    columns = [f.column for f in record._meta.concrete_fields if not f.primary_key]
    values = ", ".join(other.get(name, f'kept."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {values}'  # noqa: S608 - names of our own
            f' FROM "{table}" kept, generate_series(1, {ROWS}) n WHERE kept.id = {record.pk}'
        )


def one_of(found: list[Any]) -> str:
    """An expression that deals these keys out over the rows."""
    return f"(ARRAY[{', '.join(str(row.pk) for row in found)}])[1 + n %% {len(found)}]".replace(
        "%%", "%"
    )


def grow() -> Grown:
    """Documents, master data, approvals and history."""
    company = make_company()
    auditor = make_user("scale-auditor", "auditor", "admin")
    people = [company.requester, *(make_user(department=company.department) for _ in range(PEOPLE))]
    departments = [company.department, *(make_department() for _ in range(DEPARTMENTS))]
    _master_data(company)
    document = company.in_state(Status.APPROVED)
    first = _requisitions(document, people, departments)
    _approvals(document, first, company)
    _orders(company, departments)
    copies(Entry.objects.latest("pk"), object_repr=f"'PR ' || {WORDS}", timestamp=WHEN)
    with connection.cursor() as cursor:
        for model in LARGE:
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
    return Grown(company, company.requester, company.buyer, auditor)


def _master_data(company: Company) -> None:
    named = {"code": "'N' || n", "name_en": WORDS, "name_zh_hans": WORDS, "created_at": WHEN}
    copies(make_category("44"), **named, path="'N' || n || '/'")
    category = f"{Category.objects.get(code='N1').pk} + n % {ROWS // 5}"  # five items each
    part = "'MPN-' || n"
    copies(company.item, **named, category_id=category, manufacturer_part_number=part)
    copies(company.supplier, **named, tax_number="'91' || n")


def _requisitions(document: Requisition, people: list[Any], departments: list[Any]) -> int:
    """Three of four are done with, and so is nearly every line of the others."""
    usual = "(ARRAY['approved', 'closed', 'closed', 'cancelled'])[1 + n % 4]"
    status = f"CASE WHEN n % 500 = 0 THEN 'returned' ELSE {usual} END"
    copies(
        document,
        number="'PR-S-' || n",
        title=WORDS,
        status=status,
        requester_id=one_of(people),
        created_by_id=one_of(people),
        department_id=one_of(departments),
        created_at=WHEN,
        needed_by="current_date - n % 300",
    )
    first: int = Requisition.objects.get(number="PR-S-1").pk
    line = document.lines.earliest("pk")
    copies(
        line,
        requisition_id=f"{first - 1} + n",
        description=WORDS,
        ordered_quantity="CASE WHEN n % 50 = 0 THEN 0 ELSE kept.quantity END",
        needed_by="current_date - n % 300",
    )
    return first


def _approvals(document: Requisition, first: int, company: Company) -> None:
    request = ApprovalRequest.objects.get(document_id=document.pk)
    copies(request, document_id=f"{first - 1} + n", created_at=WHEN)
    request_pk = ApprovalRequest.objects.get(document_id=first).pk
    step = request.steps.get()
    copies(step, request_id=f"{request_pk - 1} + n")
    step_pk = ApprovalStep.objects.get(request=request_pk).pk
    copies(step.assignments.get(), step_id=f"{step_pk - 1} + n")


def _orders(company: Company, departments: list[Any]) -> None:
    order = procurement.create(
        by=company.buyer,
        data={
            "supplier": company.supplier,
            "department": company.department,
            "currency": company.currency,
        },
        lines=[],
    )
    copies(
        order,
        number="'PO-S-' || n",
        status="CASE WHEN n % 500 = 0 THEN 'on_hold'"
        " ELSE (ARRAY['issued', 'closed', 'closed', 'closed'])[1 + n % 4] END",
        supplier_id=f"{Supplier.objects.get(code='N1').pk} + n % 500",
        supplier_name=WORDS,
        supplier_reference="'REF-' || n",
        department_id=one_of(departments),
        created_at=WHEN,
        expected_date="current_date - n % 300",
    )

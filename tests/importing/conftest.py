"""Who imports, and what there is to import for."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from guardian.shortcuts import assign_perm

from apps.accounts.models import Department, User
from apps.budgets.models import CostCentre
from tests.catalog.factories import make_currency, make_unit
from tests.factories import give, make_department, make_user

# What the role of procurement may, as far as imports ask; the roles themselves are set up slowly.
BUYER = (
    *(f"{verb}_{model}" for verb in ("add", "change") for model in ("item", "supplier")),
    *(f"{verb}_purchaseorder" for verb in ("add", "change", "view", "issue")),
    *(f"{verb}_importmapping" for verb in ("add", "change", "view")),
    *("add_requisition", "request_for_others", "add_importrun", "view_importrun"),
)


@pytest.fixture
def department(db: None) -> Department:
    """Where the importer works and buys for."""
    department = make_department("SCM")
    CostCentre.objects.create(code="CC-SCM", name="Supply", department=department)
    for code in ("CNY", "USD"):
        make_currency(code)
    for code in ("C62", "NMP", "LS"):
        make_unit(code)
    return department


@pytest.fixture
def importer(department: Department) -> User:
    """Keeps items and suppliers, orders, and brings in tables of them."""
    user = make_user("importer", department=department, is_staff=True)
    rights = Permission.objects.filter(codename__in=BUYER).select_related("content_type")
    give(user, *(f"{one.content_type.app_label}.{one.codename}" for one in rights))
    assign_perm("accounts.buy_for", user, department)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def keeper(department: Department) -> User:
    """Keeps the whole catalogue, and is an administrator."""
    return make_user("keeper", "admin", department=department)

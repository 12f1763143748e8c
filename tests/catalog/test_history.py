"""What is done to master data is in the history once, with who did it."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import Entry
from apps.catalog import services
from apps.catalog.models import Item, Supplier
from tests.catalog.factories import make_bank_account, make_unit

pytestmark = pytest.mark.django_db


def entries(model: str) -> list[tuple[str, Any]]:
    found = Entry.objects.filter(content_type__model=model).order_by("pk")
    return [(entry.event, entry.actor) for entry in found]


def test_a_save_is_one_entry_by_whoever_saved(keeper: User) -> None:
    item = services.save(
        Item(), by=keeper, data={"code": "A", "name_en": "A", "base_unit": make_unit()}
    )
    services.save(item, by=keeper, data={"name_en": "B"})
    services.save(item, by=keeper, data={"name_en": "B"})

    assert entries("item") == [("item.create", keeper), ("item.update", keeper)]


def test_a_decision_is_one_entry_with_its_reason(keeper: User, decider: User) -> None:
    data = {"code": "S-1", "name_en": "X", "contacts": [{"name": "Li"}]}
    supplier = services.save_supplier(Supplier(), by=keeper, data=data)
    services.block(supplier, by=decider, comment="bad")

    assert entries("supplier") == [("supplier.create", keeper), ("supplier.block", decider)]
    assert entries("suppliercontact") == [("suppliercontact.create", keeper)]
    blocked = Entry.objects.get(event="supplier.block")
    assert blocked.changes["status"] == ["prospective", "blocked"]
    assert "bad" in str(blocked.changes)


def test_a_confirmation_is_one_entry_without_the_number(keeper: User, decider: User) -> None:
    supplier = services.save_supplier(Supplier(), by=keeper, data={"code": "S", "name_en": "X"})
    account = make_bank_account(supplier, keeper)
    services.confirm_bank_account(account, by=decider)

    assert [event for event, _actor in entries("supplierbankaccount")] == [
        "supplierbankaccount.create",
        "supplierbankaccount.confirm",
    ]
    assert not Entry.objects.filter(changes__icontains="6222020200112233").exists()

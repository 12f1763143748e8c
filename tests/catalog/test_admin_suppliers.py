"""Suppliers and bank accounts in the back office: forms, moves, and what is hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.audit.models import Entry
from apps.catalog.models import Supplier, SupplierBankAccount
from tests.catalog.back_office import of, page
from tests.catalog.factories import make_bank_account, make_supplier

pytestmark = pytest.mark.django_db


def supplier_form(supplier: Supplier, **changes: Any) -> dict[str, Any]:
    return {
        "code": supplier.code,
        "name_en": supplier.name_en,
        "name_zh_hans": "",
        "order_control": "allow",
        "language": "en",
        "is_active": "on",
        "seen_version": supplier.version,
        "contacts-TOTAL_FORMS": "1",
        "contacts-INITIAL_FORMS": "0",
        "contacts-0-name": "Li",
        "bank_accounts-TOTAL_FORMS": "0",
        "bank_accounts-INITIAL_FORMS": "0",
        **changes,
    }


def test_a_supplier_is_saved_with_contacts_but_its_status_is_not_a_field(keeper: User) -> None:
    supplier = make_supplier(status="prospective")

    reply = of(keeper).post(
        page("supplier", "change", supplier.pk),
        supplier_form(supplier, phone="123", status="approved", name_zh_hans="东方"),
    )

    assert reply.status_code == 302, reply.context["errors"]
    supplier.refresh_from_db()
    assert (supplier.status, supplier.phone, supplier.version) == ("prospective", "123", 2)
    assert (supplier.name_zh_hans, supplier.updated_by) == ("东方", keeper)
    assert supplier.contacts.get().name == "Li"


def test_two_tabs_do_not_overwrite_each_other(keeper: User) -> None:
    supplier = make_supplier()
    first, second = supplier_form(supplier, phone="1"), supplier_form(supplier, phone="2")
    path = page("supplier", "change", supplier.pk)
    of(keeper).post(path, first)

    reply = of(keeper).post(path, second)

    assert reply.status_code == 200
    assert "seen_version" in reply.context["adminform"].form.errors
    supplier.refresh_from_db()
    assert supplier.phone == "1"


def move(client: Client, model: str, record: Any, name: str, **more: str) -> Any:
    return client.post(
        page(model, "change", record.pk),
        {
            "CHANGE_FORM-action": f"move_{name}",
            "action": f"move_{name}",
            "_selected_action": record.pk,
            "index": "0",
            **more,
        },
        follow=True,
    )


def test_a_supplier_is_decided_on_by_buttons(decider: User, keeper: User) -> None:
    supplier = make_supplier(status="prospective")
    shown = of(decider).get(page("supplier", "change", supplier.pk)).content.decode()
    assert "move_approve" in shown
    assert "move_suspend" not in shown
    assert "move_" not in of(keeper).get(page("supplier", "change", supplier.pk)).content.decode()

    move(of(decider), "supplier", supplier, "approve")
    supplier.refresh_from_db()
    assert supplier.status == "approved"

    asked = move(of(decider), "supplier", supplier, "suspend")
    assert "admin/move_confirmation.html" in [t.name for t in asked.templates]
    supplier.refresh_from_db()
    assert supplier.status == "approved"

    move(of(decider), "supplier", supplier, "suspend", move_confirmed="1", comment="late")
    supplier.refresh_from_db()
    assert (supplier.status, supplier.reason) == ("suspended", "late")


def test_a_forged_button_moves_nothing(keeper: User) -> None:
    supplier = make_supplier(status="prospective")

    move(of(keeper), "supplier", supplier, "approve")

    supplier.refresh_from_db()
    assert (supplier.status, supplier.version) == ("prospective", 1)


def test_a_bank_account_is_entered_by_one_and_confirmed_by_another(
    keeper: User, decider: User
) -> None:
    supplier = make_supplier()
    added = of(keeper).post(
        page("supplierbankaccount", "add"),
        {
            "supplier": supplier.pk,
            "account_name": "Example Ltd",
            "bank_name": "First Bank",
            "account_number": "6222020200112233",
        },
    )
    assert added.status_code == 302, added.context["errors"]
    account = SupplierBankAccount.objects.get()
    assert (account.status, account.created_by) == ("pending", keeper)

    move(of(keeper), "supplierbankaccount", account, "confirm")
    account.refresh_from_db()
    assert account.status == "pending"

    move(of(decider), "supplierbankaccount", account, "confirm")
    account.refresh_from_db()
    assert (account.status, account.confirmed_by) == ("active", decider)


def test_only_who_is_about_to_confirm_sees_the_whole_number(keeper: User, decider: User) -> None:
    account = make_bank_account(make_supplier(), keeper)
    own = page("supplierbankaccount", "change", account.pk)
    past = page("supplierbankaccount", "history", account.pk)
    pages: list[Callable[[User], str]] = [
        lambda user: of(user).get(own).content.decode(),
        lambda user: of(user).get(page("supplierbankaccount", "changelist")).content.decode(),
        lambda user: of(user).get(page("supplier", "change", account.supplier_id)).content.decode(),
        lambda user: of(user).get(past).content.decode(),
    ]

    assert ["6222020200112233" in show(keeper) for show in pages] == [False] * 4
    assert ["6222020200112233" in show(decider) for show in pages] == [True, False, False, False]
    assert "•••• 2233" in pages[0](keeper)


def test_an_entered_account_cannot_be_edited(keeper: User) -> None:
    account = make_bank_account(make_supplier(), keeper)

    reply = of(keeper).post(
        page("supplierbankaccount", "change", account.pk),
        {
            "supplier": account.supplier_id,
            "account_name": "Mallory",
            "bank_name": "X",
            "account_number": "1",
        },
    )

    assert reply.status_code == 403
    account.refresh_from_db()
    assert account.account_name == "Example Ltd"


def test_account_numbers_are_masked_in_the_history(keeper: User) -> None:
    of(keeper).post(
        page("supplierbankaccount", "add"),
        {
            "supplier": make_supplier().pk,
            "account_name": "A",
            "bank_name": "B",
            "account_number": "6222020200112233",
        },
    )

    entries = Entry.objects.filter(content_type__model="supplierbankaccount")
    assert entries.count() >= 1
    assert not any("6222020200112233" in str(entry.changes) for entry in entries)

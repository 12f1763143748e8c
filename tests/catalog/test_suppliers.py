"""Deciding on suppliers and their bank accounts: every move × state × person."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from apps.accounts.models import User
from apps.catalog import services
from apps.catalog.models import Supplier, SupplierBankAccount
from apps.catalog.validators import validate_tax_number
from apps.common.errors import (
    InvalidInputError,
    NotPermittedError,
    StaleVersionError,
    TransitionError,
)
from tests.catalog.conftest import KEEPER
from tests.catalog.factories import make_bank_account, make_supplier, make_user

pytestmark = pytest.mark.django_db
STATES = [status.value for status in Supplier.Status]
ALLOWED = {
    ("prospective", "approve"): "approved",
    ("suspended", "approve"): "approved",
    ("approved", "suspend"): "suspended",
    ("prospective", "block"): "blocked",
    ("approved", "block"): "blocked",
    ("suspended", "block"): "blocked",
    ("blocked", "unblock"): "suspended",
}


@pytest.mark.parametrize("move", list(services.TABLE.transitions))
@pytest.mark.parametrize("state", STATES)
def test_each_move_from_each_state(state: str, move: str, decider: User) -> None:
    supplier = make_supplier(status=state)
    wanted = ALLOWED.get((state, move))

    if wanted is None:
        with pytest.raises(TransitionError):
            services.decide(move, supplier, by=decider, comment="because")
    else:
        services.decide(move, supplier, by=decider, comment="because")

    supplier.refresh_from_db()
    assert supplier.status == (wanted or state)
    assert supplier.version == (2 if wanted else 1)


@pytest.mark.parametrize(
    ("permissions", "fields"),
    [
        ((), {}),
        (KEEPER, {}),
        (("catalog.decide_supplier",), {"is_active": False}),
    ],
)
def test_only_who_decides_on_suppliers_may_move_them(
    permissions: tuple[str, ...], fields: dict[str, bool]
) -> None:
    somebody = make_user(*permissions, **fields)
    for state, move in ALLOWED:
        supplier = make_supplier(status=state)
        with pytest.raises(NotPermittedError):
            services.decide(move, supplier, by=somebody, comment="because")
        supplier.refresh_from_db()
        assert (supplier.status, supplier.version) == (state, 1)


@pytest.mark.parametrize("move", ["suspend", "block"])
def test_keeping_out_needs_a_reason_which_is_kept(move: str, decider: User) -> None:
    supplier = make_supplier()

    with pytest.raises(InvalidInputError):
        services.decide(move, supplier, by=decider, comment="  ")
    supplier.refresh_from_db()
    assert supplier.status == "approved"

    moved = services.decide(move, supplier, by=decider, comment="late three times")
    assert moved.reason == "late three times"


def test_a_stale_decision_is_refused(decider: User) -> None:
    supplier = make_supplier(status="prospective")
    services.approve(supplier, by=decider, expected_version=1)

    with pytest.raises(StaleVersionError):
        services.suspend(supplier, by=decider, comment="x", expected_version=1)

    supplier.refresh_from_db()
    assert supplier.status == "approved"


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, "allow"),
        ({"warning": "ask for Ms Li"}, "allow"),
        ({"order_control": "warn"}, "warn"),
        ({"order_control": "prevent"}, "prevent"),
        ({"status": "prospective"}, "warn"),
        ({"status": "prospective", "order_control": "prevent"}, "prevent"),
        ({"status": "suspended"}, "prevent"),
        ({"status": "blocked"}, "prevent"),
        ({"status": "blocked", "order_control": "allow"}, "prevent"),
        ({"is_active": False}, "prevent"),
    ],
)
def test_what_an_order_to_a_supplier_meets(fields: dict[str, object], wanted: str) -> None:
    control, message = services.order_control(make_supplier(**fields))

    assert control == wanted
    assert bool(message) == (control != "allow" or "warning" in fields)


def test_a_second_person_confirms_a_bank_account(keeper: User, decider: User) -> None:
    account = SupplierBankAccount(
        supplier=make_supplier(), account_name="A", bank_name="B", account_number="123456789"
    )

    entered = services.enter_bank_account(account, by=keeper)
    confirmed = services.confirm_bank_account(entered, by=decider)

    assert (entered.status, entered.created_by) == ("pending", keeper)
    assert (confirmed.status, confirmed.confirmed_by) == ("active", decider)
    assert confirmed.confirmed_at is not None


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_confirms_their_own_entry(is_superuser: bool) -> None:
    both = make_user(*KEEPER, "catalog.confirm_supplierbankaccount", is_superuser=is_superuser)
    account = make_bank_account(make_supplier(), both)

    with pytest.raises(NotPermittedError):
        services.confirm_bank_account(account, by=both)

    account.refresh_from_db()
    assert (account.status, account.confirmed_by) == ("pending", None)


@pytest.mark.parametrize(
    "assignment",
    ["confirmed_by_id = created_by_id", "status = 'active'", "status = 'whatever'"],
)
def test_the_database_itself_wants_two_people(assignment: str, keeper: User) -> None:
    account = make_bank_account(make_supplier(), keeper)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE catalog_supplierbankaccount SET {assignment}")  # noqa: S608 - from the table above

    account.refresh_from_db()
    assert account.status == "pending"


def test_an_account_number_cannot_be_read_in_the_database(keeper: User) -> None:
    account = make_bank_account(make_supplier(), keeper, account_number="6222020200112233")

    with connection.cursor() as cursor:
        cursor.execute("SELECT account_number FROM catalog_supplierbankaccount")
        (stored,) = cursor.fetchone()

    assert "6222020200112233" not in stored
    assert "2233" not in stored
    account.refresh_from_db()
    assert account.account_number == "6222020200112233"
    assert account.masked_number == "•••• 2233"


def test_a_lost_key_shows_and_loses_nothing(keeper: User, decider: User, settings: Any) -> None:
    kept = settings.FIELD_KEYS
    account = make_bank_account(make_supplier(), keeper, account_number="6222020200112233")

    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    account.refresh_from_db()
    assert account.account_number == "⚠"
    with pytest.raises(InvalidInputError):
        services.confirm_bank_account(account, by=decider)
    services.retire_bank_account(account, by=decider, comment="unreadable")

    settings.FIELD_KEYS = [*settings.FIELD_KEYS, *kept]  # the old key is back, as the second
    account.refresh_from_db()
    assert (account.account_number, account.status) == ("6222020200112233", "retired")


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("91110000802100433B", True),
        ("91110000802100433C", False),
        ("91350100M000100Y43", True),
        ("91350100M000100Y44", False),
        ("911100008021004330", False),
        ("91110000802100433b", False),
        ("DE123456789", True),
        ("123-45.678/9", True),
        ("a123456", False),
        ("12", False),
        ("=1+1", False),
    ],
)
def test_tax_numbers(number: str, is_right: bool) -> None:
    if is_right:
        validate_tax_number(number)
    else:
        with pytest.raises(ValidationError):
            validate_tax_number(number)


@pytest.mark.parametrize("assignment", ["status = 'gone'"])
def test_the_database_knows_the_states(assignment: str) -> None:
    make_supplier()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE catalog_supplier SET {assignment}")  # noqa: S608 - from the table above

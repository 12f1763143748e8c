"""People and clients for the catalogue's tests."""

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from tests.catalog.factories import make_user

KEEPER = tuple(
    f"catalog.{verb}_{model}"
    for verb in ("add", "change", "view")
    for model in (
        "unit",
        "currency",
        "exchangerate",
        "taxcode",
        "taxrate",
        "paymentterm",
        "incoterm",
        "category",
        "item",
        "supplier",
        "suppliercontact",
        "supplierprice",
        "supplierpricebreak",
        "supplierbankaccount",
    )
)


@pytest.fixture
def keeper(db: None) -> User:
    """Keeps the catalogue; decides on no supplier."""
    return make_user(*KEEPER, username="keeper", is_staff=True)


@pytest.fixture
def decider(db: None) -> User:
    """Decides on suppliers and confirms accounts."""
    return make_user(
        *KEEPER,
        "catalog.decide_supplier",
        "catalog.confirm_supplierbankaccount",
        username="decider",
        is_staff=True,
    )


@pytest.fixture
def engineer(db: None) -> User:
    """Asks for things, keeps nothing."""
    return make_user(username="engineer")


def client_of(user: User | None) -> APIClient:
    """A client of the API who is this person."""
    client = APIClient()
    if user is not None:
        client.force_authenticate(user)
    return client

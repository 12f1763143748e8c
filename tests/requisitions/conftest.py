"""What tests of requisitions start from."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.factories import reread
from tests.requisitions.factories import Company, make_company
from tests.requisitions.pages import browser_of


@pytest.fixture(scope="module")
def _company(django_db_setup: None, django_db_blocker: Any) -> Iterator[Company]:
    """Made once for all tests of a module, and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_company()
        transaction.set_rollback(True)


@pytest.fixture
def company(_company: Company, db: None) -> Company:
    """The company as it was made."""
    return reread(_company)


@pytest.fixture
def client(company: Company) -> Client:
    """A browser in which the requester is logged in."""
    return browser_of(company.requester)

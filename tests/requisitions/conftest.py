"""What tests of requisitions start from."""

import pytest
from django.test import Client

from tests.requisitions.factories import Company, make_company
from tests.requisitions.pages import browser_of


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def client(company: Company) -> Client:
    """A browser in which the requester is logged in."""
    return browser_of(company.requester)

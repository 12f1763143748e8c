"""What most tests of procurement begin with: a department, its buyer, a supplier, a currency."""

import pytest

from tests.procurement import factories as make


@pytest.fixture
def base():
    return make.make_currency("CNY")


@pytest.fixture
def department(base):
    return make.make_department()


@pytest.fixture
def buyer(department):
    return make.make_buyer(department)


@pytest.fixture
def supplier(base):
    return make.make_supplier()


@pytest.fixture
def line(department):
    """Ten things at an estimate of 5, approved."""
    return make.make_open_line(department, "10")

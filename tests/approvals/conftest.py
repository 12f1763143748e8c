"""What every test of the approvals starts from."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from apps.approvals import registry, services
from apps.approvals.models import ApprovalStep
from tests.approvals import factories
from tests.approvals.factories import Company
from tests.factories import reread


@pytest.fixture(autouse=True)
def kind() -> Iterator[Any]:
    """Requisitions approved through the tests' own table, whatever the product registers."""
    before = registry.kinds().get("requisition")
    factories.EDITORS.clear()
    registry.register(factories.KIND)
    yield factories.KIND
    factories.EDITORS.clear()
    registry.unregister("requisition")
    if before is not None:
        registry.register(before)


@pytest.fixture(scope="module")
def _company(django_db_setup: None, django_db_blocker: Any) -> Iterator[Company]:
    """Made once for all tests of a module, and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Company()
        transaction.set_rollback(True)


@pytest.fixture
def company(_company: Company, db: None) -> Company:
    """The company as it was made."""
    return reread(_company)


@pytest.fixture
def requisition(company: Company) -> Any:
    """One of the engineer's, for 1000 CNY in the laboratory, waiting for approval."""
    return factories.make_requisition(company.engineer, company.laboratory, company.cost_centre)


@pytest.fixture
def submit(company: Company) -> Callable[..., Any]:
    """Open the approval of a requisition and give its active step."""

    def submit(requisition: Any, *, by: Any = None) -> ApprovalStep:
        request = services.open_request(requisition, by=by or requisition.requester)
        return ApprovalStep.objects.get(request=request, status="active")

    return submit

"""What every test of the approvals starts from."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apps.approvals import registry, services
from apps.approvals.models import ApprovalStep
from tests.approvals import factories
from tests.approvals.factories import Company


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


@pytest.fixture
def company(db: Any) -> Company:
    return Company()


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

"""Rules that need nobody's consent: what only they match is approved at submission."""

import pytest

from apps.approvals import services
from apps.approvals.models import ApprovalRequest
from apps.approvals.states import RequestStatus
from tests.approvals.factories import HEAD, make_rule

pytestmark = pytest.mark.django_db


def request_of(requisition):
    return ApprovalRequest.objects.of("requisition", requisition.pk).get()


def test_what_only_free_rules_match_is_approved_at_once(requisition):
    make_rule(needs_no_approval=True)
    services.open_request(requisition, by=requisition.requester)

    settled = services.settle(requisition, by=requisition.requester)

    assert settled.status == "approved"
    assert request_of(requisition).status == RequestStatus.APPROVED
    assert services.is_still_approved(settled)


def test_a_rule_with_steps_beside_it_is_still_asked(company, requisition):
    make_rule(needs_no_approval=True)
    make_rule([HEAD])
    services.open_request(requisition, by=requisition.requester)

    settled = services.settle(requisition, by=requisition.requester)

    assert settled.status == "pending_approval"
    assert request_of(requisition).status == RequestStatus.PENDING


@pytest.mark.parametrize(
    ("coverage", "is_covered", "wanted"),
    [
        ("any", False, []),
        ("any", True, []),
        ("within", True, []),
        ("within", False, ["no_rule"]),
        ("beyond", False, []),
        ("beyond", True, ["no_rule"]),
    ],
)
def test_coverage_is_a_condition(requisition, kind, coverage, is_covered, wanted):
    from dataclasses import replace

    from apps.approvals import routes

    make_rule(needs_no_approval=True, coverage=coverage)
    facts = replace(kind.facts(requisition), is_covered=is_covered)

    assert [b.code for b in routes.build("requisition", facts).blockers] == wanted

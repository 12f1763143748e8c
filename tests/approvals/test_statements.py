"""How many statements a decision costs, the audit included."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.approvals import services
from tests.approvals.factories import HEAD, OWNER, in_group, make_rule

# Transactions, and constraints checked beforehand by a statement that reads no table.
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", 'SELECT 1 AS "_check"')


def statements(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return [q["sql"] for q in captured if not q["sql"].startswith(CONTROL)]


@pytest.fixture
def warm(company, submit):
    """The first decision of a process looks up content types once."""
    from tests.approvals.factories import make_requisition

    make_rule([HEAD], department=company.engineering, document_kind="purchase_order")

    def work(rule):
        other = make_requisition(company.engineer, company.laboratory, company.cost_centre)
        step = submit(other)
        while other.status == "pending_approval":
            approver = {1: company.lead, 2: company.buyer}[step.sequence]
            other = services.decide_document(other, by=approver, verdict="approve")
            step = step.request.steps.filter(status="active").first() or step
        return rule

    return work


@pytest.mark.parametrize("mode", ["any", "all", "number"])
def test_the_decision_that_approves(company, requisition, submit, warm, mode):
    warm(make_rule({"approvers": [HEAD], "mode": mode}))
    submit(requisition)

    done = statements(
        lambda: services.decide_document(requisition, by=company.lead, verdict="approve")
    )

    of_the_document = [sql for sql in done if "requisitions_requisition" in sql]
    assert len(done) <= 10, [sql[:70] for sql in done]
    assert len(done) - len(of_the_document) <= 7


def test_the_decision_that_goes_on_to_the_next_step(company, requisition, submit, warm):
    warm(make_rule([HEAD], [in_group(company.buyers)]))
    submit(requisition)

    done = statements(
        lambda: services.decide_document(requisition, by=company.lead, verdict="approve")
    )

    assert len(done) <= 11, [sql[:70] for sql in done]


def test_more_approvers_cost_no_more(company, requisition, submit, warm):
    from tests.approvals.factories import make_requisition

    warm(make_rule([HEAD]))
    submit(requisition)
    few = statements(
        lambda: services.decide_document(requisition, by=company.lead, verdict="approve")
    )
    make_rule(
        {"approvers": [OWNER, in_group(company.buyers)], "mode": "any"}, priority=200, name_en="b"
    )
    other = make_requisition(company.engineer, company.laboratory, company.cost_centre)
    submit(other)
    services.decide_document(other, by=company.lead, verdict="approve")

    many = statements(lambda: services.decide_document(other, by=company.owner, verdict="approve"))

    assert len(many) == len(few)

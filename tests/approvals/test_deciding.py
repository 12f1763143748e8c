"""Deciding: what each verdict does, and what it leaves alone."""

import pytest

from apps.approvals import services
from apps.approvals.models import ApprovalDecision, ApprovalStep
from apps.common.errors import (
    ConflictError,
    InvalidInputError,
    StaleVersionError,
    TransitionError,
)
from tests.approvals.factories import HEAD, OWNER, in_group, make_rule, person


def state(step):
    step = ApprovalStep.objects.select_related("request").get(pk=step.pk)
    return step.status, step.request.status


@pytest.mark.parametrize(
    ("verdict", "document", "steps", "request_status"),
    [
        ("approve", "pending_approval", ["approved", "active"], "pending"),
        ("reject", "rejected", ["rejected", "skipped"], "rejected"),
        ("return", "returned", ["returned", "skipped"], "returned"),
    ],
)
def test_first_of_two_steps(company, requisition, submit, verdict, document, steps, request_status):
    make_rule([HEAD], [in_group(company.buyers)])
    step = submit(requisition)

    request = services.decide(step, by=company.lead, verdict=verdict, comment="because")

    requisition.refresh_from_db()
    assert requisition.status == document
    assert [s.status for s in request.steps.order_by("sequence")] == steps
    assert request.status == request_status
    decision = ApprovalDecision.objects.get()
    assert (decision.actor, decision.on_behalf_of) == (company.lead, None)
    assert decision.content_hash == request.content_hash
    assert decision.actor_name == "Lead"


def test_the_last_step_lets_the_document_move(company, requisition, submit):
    make_rule([HEAD], [in_group(company.buyers)])
    step = submit(requisition)
    services.decide(step, by=company.lead, verdict="approve")

    document = services.decide_document(requisition, by=company.buyer, verdict="approve")

    assert document.status == "approved"
    assert services.is_still_approved(document)
    assert document.updated_by == company.buyer


@pytest.mark.parametrize("verdict", ["reject", "return"])
@pytest.mark.parametrize("comment", ["", "  ", "\u200b"])
def test_refusing_needs_a_reason(company, requisition, submit, verdict, comment):
    make_rule([HEAD])
    step = submit(requisition)

    with pytest.raises(InvalidInputError) as refused:
        services.decide(step, by=company.lead, verdict=verdict, comment=comment)

    assert refused.value.code == "reason_required"
    assert state(step) == ("active", "pending")


@pytest.mark.parametrize(
    ("ruling", "code"),
    [
        ({"verdict": "maybe"}, "invalid_verdict"),
        ({"verdict": "approve", "comment": "x" * 4001}, "too_long"),
        ({"verdict": "approve", "comment": "c", "rejected_lines": [9]}, "unknown_lines"),
        ({"verdict": "approve", "comment": "c", "rejected_lines": [1, 2]}, "all_lines_rejected"),
        ({"verdict": "approve", "rejected_lines": [1]}, "reason_required"),
        (
            {"verdict": "reject", "comment": "c", "rejected_lines": [1]},
            "lines_with_approval_only",
        ),
    ],
)
def test_what_cannot_be_read_changes_nothing(company, requisition, submit, ruling, code):
    make_rule([HEAD])
    step = submit(requisition)

    with pytest.raises(InvalidInputError) as refused:
        services.decide(step, by=company.lead, **ruling)

    assert refused.value.code == code
    assert state(step) == ("active", "pending")
    assert not ApprovalDecision.objects.exists()
    assert not requisition.lines.exclude(status="open").exists()


def test_lines_are_rejected_and_the_rest_goes_on(company, requisition, submit):
    make_rule([HEAD], [in_group(company.buyers)])
    step = submit(requisition)

    services.decide(
        step, by=company.lead, verdict="approve", comment="not this one", rejected_lines=[2]
    )

    lines = dict(requisition.lines.values_list("line_no", "status"))
    assert lines == {1: "open", 2: "rejected"}
    with pytest.raises(InvalidInputError) as refused:
        services.decide_document(
            requisition, by=company.buyer, verdict="approve", comment="c", rejected_lines=[1]
        )
    assert refused.value.code == "all_lines_rejected"
    assert services.decide_document(requisition, by=company.buyer, verdict="approve").status == (
        "approved"
    )


def test_content_that_changed_under_the_approval_is_not_approved(company, requisition, submit):
    make_rule([HEAD])
    step = submit(requisition)
    requisition.lines.filter(line_no=1).update(quantity=100)

    with pytest.raises(ConflictError) as refused:
        services.decide(step, by=company.lead, verdict="approve")

    assert refused.value.code == "content_changed"
    assert state(step) == ("active", "pending")


@pytest.mark.parametrize("ruling", [{"content_hash": "0" * 64}, {"expected_version": 99}])
def test_who_looked_at_something_else_is_told(company, requisition, submit, ruling):
    make_rule([HEAD])
    step = submit(requisition)

    with pytest.raises(StaleVersionError):
        services.decide(step, by=company.lead, verdict="approve", **ruling)

    assert state(step) == ("active", "pending")


def test_a_change_after_approval_voids_it(company, requisition, submit):
    make_rule([HEAD])
    services.decide(submit(requisition), by=company.lead, verdict="approve")
    assert services.is_still_approved(requisition)

    requisition.lines.filter(line_no=2).update(quantity=3)

    assert not services.is_still_approved(requisition)


def test_nobody_decides_a_step_twice_or_out_of_turn(company, requisition, submit):
    make_rule([HEAD], [in_group(company.buyers)])
    step = submit(requisition)
    later = step.request.steps.get(sequence=2)

    with pytest.raises(TransitionError):
        services.decide(later, by=company.buyer, verdict="approve")
    services.decide(step, by=company.lead, verdict="approve")
    with pytest.raises(TransitionError):
        services.decide(step, by=company.lead, verdict="approve")

    assert ApprovalDecision.objects.count() == 1
    assert state(later) == ("active", "pending")


# ---------------------------------------------------------------- modes
def test_any_one_is_enough(company, requisition, submit):
    make_rule([person(company.boss), HEAD, in_group(company.buyers)])
    step = submit(requisition)

    services.decide(step, by=company.second_buyer, verdict="approve")

    assert state(step) == ("approved", "approved")


def test_all_of_them_have_to_agree_each_for_their_own_seat(company, requisition, submit):
    make_rule({"approvers": [HEAD, OWNER, in_group(company.buyers)], "mode": "all"})
    step = submit(requisition)

    for approver in (company.lead, company.buyer):
        services.decide(step, by=approver, verdict="approve")
    with pytest.raises(Exception, match="not yours"):
        services.decide(step, by=company.second_buyer, verdict="approve")
    assert state(step) == ("active", "pending")
    services.decide(step, by=company.owner, verdict="approve")

    assert state(step) == ("approved", "approved")


def test_where_all_must_agree_a_small_group_is_met_first(company, requisition, submit):
    """The buyer sits in both groups; taking the large one would leave nobody for the other."""
    from tests.approvals.factories import make_group

    large = in_group(company.buyers)
    small = in_group(make_group("small", company.buyer))
    make_rule({"approvers": [large, small], "mode": "all"})
    step = submit(requisition)

    services.decide(step, by=company.buyer, verdict="approve")
    services.decide(step, by=company.second_buyer, verdict="approve")

    assert state(step) == ("approved", "approved")


def test_a_number_of_them_counts_people_not_seats(company, requisition, submit):
    approvers = [person(company.buyer), in_group(company.buyers), HEAD]
    make_rule({"approvers": approvers, "mode": "number", "required_count": 2})
    step = submit(requisition)

    services.decide(step, by=company.buyer, verdict="approve")
    with pytest.raises(TransitionError, match="already decided"):
        services.decide(step, by=company.buyer, verdict="approve")
    assert state(step) == ("active", "pending")
    services.decide(step, by=company.second_buyer, verdict="approve")

    assert state(step) == ("approved", "approved")


@pytest.mark.parametrize("mode", ["all", "number"])
def test_one_refusal_is_enough(company, requisition, submit, mode):
    make_rule({"approvers": [HEAD, OWNER], "mode": mode, "required_count": 2})
    step = submit(requisition)
    services.decide(step, by=company.lead, verdict="approve")

    services.decide(step, by=company.owner, verdict="reject", comment="too dear")

    assert state(step) == ("rejected", "rejected")
    requisition.refresh_from_db()
    assert requisition.status == "rejected"


# ---------------------------------------------------------------- in bulk
def test_in_bulk_each_row_stands_for_itself(company, submit):
    from tests.approvals.factories import make_requisition

    make_rule([HEAD])
    mine = [
        submit(make_requisition(company.engineer, company.laboratory, company.cost_centre))
        for _n in range(2)
    ]
    own = make_requisition(company.lead, company.laboratory, company.cost_centre)
    not_mine = submit(own)
    make_rule([person(company.boss)], priority=1, department=company.engineering)
    hidden = submit(make_requisition(company.manager, company.engineering, company.cost_centre))

    results = services.decide_many(
        [
            {"id": mine[0].pk, "decision": "approve"},
            {"id": mine[1].pk, "decision": "reject"},
            {"id": not_mine.pk, "decision": "approve"},
            {"id": hidden.pk, "decision": "approve"},
            {"id": 999999, "decision": "approve"},
            {"id": mine[0].pk, "decision": "approve"},
        ],
        by=company.lead,
    )

    assert [(row.ok, row.code, row.status) for row in results] == [
        (True, "ok", "approved"),
        (False, "reason_required", "pending"),
        (False, "segregation_of_duties", "pending"),
        (False, "not_found", ""),
        (False, "not_found", ""),
        (False, "already_decided", "pending"),
    ]
    assert state(mine[1]) == ("active", "pending")
    assert state(not_mine) == ("active", "pending")

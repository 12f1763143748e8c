"""The route: who decides, in which order and why, or what stands in the way."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.approvals import routes, services
from apps.approvals.models import ApprovalRequest, ApprovalStep
from apps.common.errors import ConflictError, RouteError
from tests.approvals import factories
from tests.approvals.factories import HEAD, OWNER, facts, in_group, make_rule, person


def build(requisition, **changes):
    return routes.build("requisition", replace(facts(requisition), **changes))


def who(route):
    return [[approver.label for approver in step.approvers] for step in route.steps]


def codes(route):
    return [blocker.code for blocker in route.blockers]


@pytest.mark.parametrize(
    ("total", "requester", "change", "wanted"),
    [
        ("1000", "engineer", {}, "Lead"),
        ("5000", "engineer", {}, "Lead"),
        ("5000.0001", "engineer", {}, "Manager"),
        ("50001", "engineer", {}, "Boss"),
        ("1000", "lead", {}, "Manager"),
        ("1000", "engineer", {"lead": {"is_active": False}}, "Manager"),
        ("1000", "engineer", {"laboratory": {"head": None}}, "Manager"),
        ("1000", "engineer", {"laboratory": {"head": None}, "engineering": {"head": None}}, "Boss"),
        ("1000", "engineer", {"laboratory": {"approval_limit": Decimal(0)}}, "Manager"),
        ("9e9", "engineer", {"laboratory": {"approval_limit": None}}, "Lead"),
        ("1000", "boss", {"laboratory": {"head": None}, "engineering": {"head": None}}, None),
        ("99999", "engineer", {"root": {"approval_limit": Decimal(99998)}}, None),
    ],
)
def test_head_up_the_tree(company, requisition, total, requester, change, wanted):
    make_rule([HEAD])
    for name, values in change.items():
        record = getattr(company, name)
        for field, value in values.items():
            setattr(record, field, value)
        record.save()
    department = type(company.laboratory).objects.get(pk=company.laboratory.pk)

    route = build(
        requisition,
        base_total=Decimal(total),
        requester=getattr(company, requester),
        department=department,
    )

    if wanted is None:
        assert codes(route) == ["no_department_head"]
        assert not route.is_clear
    else:
        assert who(route) == [[wanted]]
        assert route.is_clear


@pytest.mark.parametrize("role", ["on_behalf_of", "submitted_by", "editors", "delegate"])
def test_everybody_with_a_hand_in_it_is_passed_over(company, requisition, role):
    make_rule([HEAD])
    changes = {role: company.lead}
    if role == "editors":
        changes = {"editors": {company.lead.pk}}
    if role == "delegate":
        factories.make_delegation(company.engineer, company.lead)
        changes = {}

    assert who(build(requisition, **changes)) == [["Manager"]]


def test_a_delegation_that_is_over_keeps_nobody_apart(company, requisition):
    make_rule([HEAD])
    factories.make_delegation(company.engineer, company.lead, days=(-5, -1))

    assert who(build(requisition)) == [["Lead"]]


@pytest.mark.parametrize(
    ("approvers", "wanted", "blockers"),
    [
        (lambda c: [OWNER], [["Owner"]], []),
        (lambda c: [in_group(c.buyers)], [["Procurement"]], []),
        (lambda c: [person(c.boss)], [["Boss"]], []),
        (lambda c: [person(c.boss), HEAD, OWNER], [["Boss", "Lead", "Owner"]], []),
        (lambda c: [person(c.lead), HEAD], [["Lead"]], []),
        (lambda c: [person(c.engineer)], [], ["approver_kept_apart"]),
        (lambda c: [person(c.engineer), HEAD], [["Lead"]], []),
        (lambda c: [person(factories.make_user(is_active=False))], [], ["approver_inactive"]),
        (lambda c: [in_group(factories.make_group("nobody"))], [], ["empty_group"]),
        (
            lambda c: [in_group(factories.make_group("only", c.engineer))],
            [],
            ["empty_group"],
        ),
        (lambda c: [], [], ["step_without_approvers"]),
    ],
)
def test_approvers_by_name_group_and_position(company, requisition, approvers, wanted, blockers):
    make_rule(approvers(company))

    route = build(requisition)

    assert who(route) == wanted
    assert codes(route) == blockers


@pytest.mark.parametrize(
    ("owner", "wanted"), [("engineer", "Lead"), ("outsider", "Outsider"), (None, "Lead")]
)
def test_what_an_owner_asked_for_goes_to_the_head_above(company, requisition, owner, wanted):
    make_rule([OWNER])
    company.cost_centre.owner = getattr(company, owner) if owner else None

    assert who(build(requisition, cost_centre=company.cost_centre)) == [[wanted]]


@pytest.mark.parametrize(
    ("mode", "count", "approvers", "wanted"),
    [
        ("any", 1, lambda c: [person(c.lead), person(c.engineer)], []),
        ("all", 1, lambda c: [person(c.lead), person(c.engineer)], ["approver_kept_apart"]),
        ("all", 1, lambda c: [person(c.lead), in_group(c.buyers)], []),
        ("all", 1, lambda c: [person(c.buyer), in_group(c.buyers)], []),
        (
            "all",
            1,
            lambda c: [person(c.buyer), in_group(factories.make_group("one", c.buyer))],
            ["not_enough_approvers"],
        ),
        ("number", 2, lambda c: [in_group(c.buyers)], []),
        ("number", 3, lambda c: [in_group(c.buyers)], ["not_enough_approvers"]),
        ("number", 3, lambda c: [in_group(c.buyers), person(c.lead)], []),
        ("number", 3, lambda c: [in_group(c.buyers), person(c.buyer)], ["not_enough_approvers"]),
        (
            "number",
            2,
            lambda c: [person(c.lead), person(c.engineer)],
            ["approver_kept_apart", "not_enough_approvers"],
        ),
    ],
)
def test_steps_nobody_could_ever_finish_are_named(
    company, requisition, mode, count, approvers, wanted
):
    make_rule({"approvers": approvers(company), "mode": mode, "required_count": count})

    route = build(requisition)

    assert codes(route) == wanted
    assert route.is_clear is not bool(wanted)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [({"department": None}, "no_department"), ({"cost_centre": None}, "no_cost_centre")],
)
def test_what_the_document_does_not_name_is_a_named_blocker(requisition, changes, wanted):
    make_rule([HEAD if "department" in changes else OWNER])

    assert codes(build(requisition, **changes)) == [wanted]


def test_no_rule_is_no_approval(requisition):
    make_rule([HEAD], document_kind="purchase_order")

    assert codes(build(requisition)) == ["no_rule"]
    assert codes(services.preview(requisition, by=requisition.requester)) == ["no_rule"]


def test_a_rule_without_steps_blocks(requisition):
    make_rule()

    assert codes(build(requisition)) == ["rule_without_steps"]


def test_rules_add_up_in_their_order_and_nobody_is_asked_twice_in_a_row(company, requisition):
    make_rule([HEAD], [in_group(company.buyers)], priority=20, name_en="second")
    make_rule([HEAD], priority=10, name_en="first")
    make_rule([HEAD], priority=30, name_en="third")

    route = build(requisition)

    assert who(route) == [["Lead"], ["Procurement"], ["Lead"]]
    assert [step.sequence for step in route.steps] == [1, 2, 3]
    assert "first" in str(route.steps[0].why)
    assert "second" in str(route.steps[0].why)


def test_preview_names_who_is_kept_apart_and_writes_nothing(company, requisition):
    make_rule([HEAD])

    route = services.preview(requisition, by=company.colleague)

    assert [(row.user.name, row.reason) for row in route.excluded] == [
        ("Colleague", "submitted it"),
        ("Engineer", "asked for it"),
    ]
    assert not ApprovalRequest.objects.exists()


# ---------------------------------------------------------------- submission
def test_submission_copies_the_route_in_both_languages(company, requisition, submit):
    rule = make_rule([HEAD], [in_group(company.buyers)], name_en="Small", name_zh_hans="小额")

    step = submit(requisition)
    rule.delete_steps = rule.steps.all().delete()

    request = step.request
    assert request.status == "pending"
    assert [s.status for s in request.steps.order_by("sequence")] == ["active", "waiting"]
    assert step.due_at > step.activated_at
    assert step.why_en == "Rule “Small”: always"
    assert "小额" in step.why_zh_hans
    assert [str(a) for a in step.assignments.all()] == ["Lead"]
    assert {e.user: e.reason for e in request.exclusions.all()} == {company.engineer: "requester"}


def test_a_blocked_route_opens_nothing(company, requisition):
    make_rule([person(company.engineer)])

    with pytest.raises(RouteError) as refused:
        services.open_request(requisition, by=company.engineer)

    assert [b["code"] for b in refused.value.details["blockers"]] == ["approver_kept_apart"]
    assert not ApprovalRequest.objects.exists()


def test_one_open_approval_per_document(company, requisition, submit):
    make_rule([HEAD])
    submit(requisition)

    with pytest.raises(ConflictError) as refused:
        services.open_request(requisition, by=company.engineer)

    assert refused.value.code == "already_pending"
    assert ApprovalRequest.objects.count() == 1
    assert ApprovalStep.objects.count() == 1


def test_a_rule_edited_later_changes_nothing_that_runs(company, requisition, submit):
    rule = make_rule([HEAD])
    step = submit(requisition)

    rule.minimum_amount = Decimal(999999)
    rule.save()
    rule.steps.get().approvers.all().delete()

    services.decide(step, by=company.lead, verdict="approve")
    requisition.refresh_from_db()
    assert requisition.status == "approved"

"""Segregation of duties: verdict × state of the step × person, and nothing changed on refusal."""

import pytest
from django.db import IntegrityError, connection, transaction

from apps.accounts.models import User
from apps.approvals import policies, services, triggers
from apps.approvals.models import ApprovalDecision, ApprovalStep
from apps.audit.models import Entry
from apps.common.errors import NotPermittedError, SegregationOfDutiesError, TransitionError
from tests.approvals import factories
from tests.approvals.factories import HEAD, make_rule, make_user, person

APART, STRANGER, LET_IN = SegregationOfDutiesError, NotPermittedError, None
VERDICTS = ("approve", "reject", "return")
# Who comes along, and how they are answered while the step is active.
PEOPLE = {
    "requester": APART,
    "on_behalf_of": APART,
    "editor": APART,
    "submitter": APART,
    "delegate_of_requester": APART,
    "delegate_of_editor": APART,
    "assigned_delegate_of_requester": APART,
    "superuser_requester": APART,
    "group_member_who_edited": APART,
    "assignee": LET_IN,
    "delegate_of_assignee": LET_IN,
    "group_member": LET_IN,
    "assignee_who_was_delegate_of_requester": LET_IN,
    "delegate_whose_time_is_over": STRANGER,
    "delegate_whose_time_has_not_come": STRANGER,
    "delegate_who_was_revoked": STRANGER,
    "delegate_of_group_member": STRANGER,
    "head_who_was_not_asked": STRANGER,
    "other": STRANGER,
    "inactive_assignee": STRANGER,
    "superuser": STRANGER,
}


class Case:
    """One approval with everybody the table names standing around it."""

    def __init__(self, company) -> None:
        self.people = {name: make_user() for name in PEOPLE}
        people = self.people
        for name in ("superuser", "superuser_requester"):
            User.objects.filter(pk=people[name].pk).update(is_superuser=True, is_staff=True)
        people["head_who_was_not_asked"] = company.boss
        assignees = [
            people["assignee"],
            people["assigned_delegate_of_requester"],
            people["assignee_who_was_delegate_of_requester"],
            people["inactive_assignee"],
        ]
        member = make_user()
        group = factories.make_group(
            "deciders", people["group_member"], people["group_member_who_edited"], member
        )
        step = {
            "approvers": [*map(person, assignees), factories.in_group(group)],
            "mode": "number",
            "required_count": 2,
        }
        make_rule(step, [HEAD])
        requester = people["superuser_requester" if self.superuser_asks else "requester"]
        factories.EDITORS.update({people["editor"].pk, people["group_member_who_edited"].pk})
        self.requisition = factories.make_requisition(
            requester,
            company.laboratory,
            company.cost_centre,
            on_behalf_of=people["on_behalf_of"],
        )
        if self.superuser_asks:
            factories.EDITORS.add(people["requester"].pk)
        else:
            factories.EDITORS.add(people["superuser_requester"].pk)
        request = services.open_request(self.requisition, by=people["submitter"])
        self.step, self.later = request.steps.order_by("sequence")
        self._delegations(member)
        User.objects.filter(pk=people["inactive_assignee"].pk).update(is_active=False)
        self.people = {name: User.objects.get(pk=user.pk) for name, user in people.items()}

    superuser_asks = False

    def _delegations(self, member) -> None:
        people, delegate = self.people, factories.make_delegation
        delegate(people["requester"], people["delegate_of_requester"])
        delegate(people["requester"], people["assigned_delegate_of_requester"])
        delegate(people["assignee"], people["delegate_of_requester"])
        delegate(
            people["requester"], people["assignee_who_was_delegate_of_requester"], days=(-9, -1)
        )
        delegate(people["editor"], people["delegate_of_editor"])
        delegate(people["assignee"], people["delegate_of_editor"])
        delegate(people["assignee"], people["delegate_of_assignee"])
        delegate(people["assignee"], people["delegate_whose_time_is_over"], days=(-9, -1))
        delegate(people["assignee"], people["delegate_whose_time_has_not_come"], days=(1, 9))
        revoked = delegate(people["assignee"], people["delegate_who_was_revoked"])
        revoked.revoked_at = revoked.starts_at
        revoked.save()
        delegate(member, people["delegate_of_group_member"])


class SuperuserCase(Case):
    superuser_asks = True


def stored(case):
    case.requisition.refresh_from_db()
    return (
        case.requisition.status,
        case.requisition.version,
        list(ApprovalStep.objects.order_by("pk").values_list("pk", "status", "decided_at")),
        list(ApprovalDecision.objects.values_list("pk", flat=True)),
        Entry.objects.exclude(event="approvalrequest.refused").count(),
    )


@pytest.mark.parametrize("who", [who for who, wanted in PEOPLE.items() if wanted is not LET_IN])
def test_refused_on_the_active_step(company, who):
    case = Case(company)
    user, wanted = case.people[who], PEOPLE[who]
    before = stored(case)

    for verdict in VERDICTS:
        with pytest.raises(NotPermittedError) as refused:
            services.decide(case.step, by=user, verdict=verdict, comment="because")
        assert type(refused.value) is wanted

    assert not policies.may_decide(user, case.requisition)
    assert stored(case) == before
    attempts = Entry.objects.filter(event="approvalrequest.refused", actor=user)
    assert attempts.count() == (len(VERDICTS) if wanted is APART else 0)


@pytest.mark.parametrize("who", [who for who, wanted in PEOPLE.items() if wanted is LET_IN])
@pytest.mark.parametrize("verdict", VERDICTS)
def test_let_in_on_the_active_step(company, who, verdict):
    case = Case(company)
    user = case.people[who]
    assert policies.may_decide(user, case.requisition)

    services.decide(case.step, by=user, verdict=verdict, comment="because")

    decision = ApprovalDecision.objects.get()
    assert (decision.actor, decision.verdict) == (user, verdict)
    absent = case.people["assignee"] if who == "delegate_of_assignee" else None
    assert decision.on_behalf_of == absent


@pytest.mark.parametrize("who", ["superuser_requester", "requester", "superuser"])
def test_a_superuser_who_asked_is_a_requester_like_any_other(company, who):
    case = SuperuserCase(company)
    before = stored(case)

    with pytest.raises(NotPermittedError) as refused:
        services.decide_document(case.requisition, by=case.people[who], verdict="approve")

    assert type(refused.value) is PEOPLE[who]
    assert stored(case) == before


@pytest.mark.parametrize("state", ["waiting", "skipped", "approved", "withdrawn", "superseded"])
def test_steps_that_are_not_active_are_decided_by_nobody(company, state):
    case = Case(company)
    step = case.step
    if state == "waiting":
        step = case.later
    elif state == "approved":
        for name in ("assignee_who_was_delegate_of_requester", "delegate_of_assignee"):
            services.decide(step, by=case.people[name], verdict="approve")
    elif state == "skipped":
        services.decide(
            step, by=case.people["delegate_of_assignee"], verdict="reject", comment="no"
        )
        step = case.later
    elif state == "withdrawn":
        services.withdraw(case.requisition, by=case.people["requester"])
    else:
        services.supersede(case.requisition, by=case.people["requester"])
    before = stored(case)

    for user in case.people.values():
        for verdict in VERDICTS:
            with pytest.raises(TransitionError):
                services.decide(step, by=user, verdict=verdict, comment="because")

    assert stored(case) == before
    assert case.requisition.pk not in policies.decidable(
        case.people["assignee"], "purchase_order", [case.requisition.pk]
    )


def test_an_absent_person_and_who_stands_in_are_one_voice(company):
    case = Case(company)
    services.decide(case.step, by=case.people["delegate_of_assignee"], verdict="approve")

    with pytest.raises(TransitionError, match="already decided"):
        services.decide(case.step, by=case.people["assignee"], verdict="approve")

    assert not policies.may_decide(case.people["assignee"], case.requisition)
    case.step.refresh_from_db()
    assert case.step.status == "active"


def test_one_statement_for_a_page_of_documents(company, django_assert_num_queries):
    make_rule([HEAD])
    rows = [
        factories.make_requisition(company.engineer, company.laboratory, company.cost_centre)
        for _n in range(4)
    ]
    for row in rows[:3]:
        services.open_request(row, by=company.engineer)

    with django_assert_num_queries(1):
        found = policies.decidable(company.lead, "requisition", [row.pk for row in rows])

    assert found == {row.pk for row in rows[:3]}
    assert policies.decidable(company.lead, "purchase_order", [row.pk for row in rows]) == set()


# ---------------------------------------------------------------- in the database itself
def insert(case, actor, on_behalf_of=None, requester=None):
    assignment = case.step.assignments.first()
    return ApprovalDecision.objects.create(
        step=case.step,
        assignment=assignment,
        actor=actor,
        on_behalf_of=on_behalf_of,
        requester=requester or case.people["requester"],
        actor_name="x",
        verdict="approve",
        content_hash="x",
    )


@pytest.mark.parametrize("who", ["requester", "on_behalf_of", "editor", "submitter"])
@pytest.mark.parametrize("column", ["actor", "on_behalf_of"])
def test_the_database_refuses_who_is_kept_apart(company, who, column):
    case = Case(company)
    user, other = case.people[who], case.people["assignee"]
    people = {"actor": user} if column == "actor" else {"actor": other, "on_behalf_of": user}

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(case, **people, requester=case.people["other"])

    assert not ApprovalDecision.objects.exists()
    insert(case, other)


@pytest.mark.parametrize(
    "change",
    [
        lambda row: ApprovalDecision.objects.filter(pk=row.pk).update(verdict="reject"),
        lambda row: ApprovalDecision.objects.filter(pk=row.pk).delete(),
        lambda row: ApprovalDecision.objects.all()._raw_delete("default"),
        lambda row: row.save(),
    ],
)
def test_decisions_are_final(company, change):
    case = Case(company)
    decision = insert(case, case.people["assignee"])

    with pytest.raises(IntegrityError, match=triggers.FINAL), transaction.atomic():
        change(decision)

    assert ApprovalDecision.objects.get().verdict == "approve"


@pytest.mark.django_db
def test_a_database_without_its_guards_is_noticed():
    from apps.approvals.checks import decisions_are_guarded

    assert triggers.GUARD.missing(connection) == []
    assert decisions_are_guarded(databases=["default"]) == []

    with transaction.atomic():
        triggers.GUARD.take_down(connection)
        warnings = decisions_are_guarded(databases=["default"])
        triggers.GUARD.put_up(connection)

    assert [w.id for w in warnings] == ["approvals.W001"]
    assert triggers.GUARD.missing(connection) == []

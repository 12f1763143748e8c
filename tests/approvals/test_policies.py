"""Who is asked, and who is told that there is nothing for them."""

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.approvals import policies, reading, registry, services
from apps.approvals.models import ApprovalRequest, ApprovalStep
from tests.approvals import factories
from tests.approvals.factories import HEAD, make_rule, make_user


@pytest.fixture
def step(requisition, submit):
    make_rule([HEAD])
    return submit(requisition)


@pytest.mark.parametrize("user", [AnonymousUser()])
def test_strangers_see_and_may_nothing(step, requisition, user):
    question = services.ask(step, by=step.assignments.get().user, question="Why?")

    assert not policies.may_decide(user, requisition)
    assert policies.decidable(user, "requisition", [requisition.pk]) == set()
    assert not policies.may_view(user, step.request)
    assert not policies.may_answer(user, question)
    assert not policies.may_reassign(user, step.assignments.get())
    assert not policies.may_conclude(user, requisition)
    assert list(ApprovalStep.objects.inbox(user)) == []


def test_who_has_left_sees_and_may_nothing(company, step, requisition):
    company.lead.is_active = False
    company.lead.save()

    assert not policies.may_decide(company.lead, requisition)
    assert list(ApprovalRequest.objects.visible_to(company.lead)) == []


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("engineer", True),
        ("lead", True),
        ("colleague", True),
        ("delegate", True),
        ("superuser", True),
        ("manager", False),
        ("outsider", False),
    ],
)
def test_who_sees_an_approval(company, requisition, submit, who, sees):
    make_rule([HEAD])
    people = {
        **vars(company),
        "delegate": make_user(),
        "superuser": make_user(is_superuser=True),
    }
    factories.EDITORS.add(company.colleague.pk)
    factories.make_delegation(company.lead, people["delegate"])
    request = submit(requisition).request

    assert policies.may_view(people[who], request) is sees


def test_the_document_moves_only_while_a_decision_is_carried_over(company, step, requisition):
    assert not policies.may_conclude(company.lead, requisition)

    services.decide(step, by=company.lead, verdict="approve")  # its move asks may_conclude

    requisition.refresh_from_db()
    assert requisition.status == "approved"
    assert not policies.may_conclude(company.lead, requisition)


def test_what_nobody_registered_cannot_be_approved(company):
    with pytest.raises(LookupError, match="Department cannot be approved"):
        registry.kind_of(company.root)


def test_a_new_submission_takes_the_place_of_an_approval_given(company, step, requisition):
    services.decide(step, by=company.lead, verdict="approve")

    request = services.open_request(requisition, by=company.engineer)

    step.request.refresh_from_db()
    assert (step.request.status, request.status) == ("superseded", "pending")
    assert not services.is_still_approved(requisition)


def test_documents_are_linked_for_those_who_see_them_there(company, step):
    request = step.request

    assert reading.document_url(request, company.lead).endswith(f"/{request.document_id}")
    assert reading.document_url(request, company.outsider) == ""
    request.document_kind = "unheard_of"
    assert reading.document_url(request, company.lead) == ""

"""Letting people charge a cost centre outside their department: given, used, taken back, signed."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.audit.models import Entry
from apps.budgets import services
from apps.budgets.models import CostCentre, CostCentreGrant
from apps.common.errors import NotPermittedError
from tests.factories import make_department, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/budgets/costcentregrant/add/"
REFUSED = {
    "an engineer": ("engineer", "other"),
    "a buyer": ("procurement", "other"),
    "to oneself": ("admin", "self"),
}


@pytest.fixture
def boss(db: None) -> User:
    return make_user("boss", "admin")


@pytest.fixture
def centre(db: None) -> CostCentre:
    return CostCentre.objects.create(code="CC-9", name_en="Works", department=make_department())


@pytest.fixture
def person(db: None) -> User:
    return make_user("wu", "engineer", department=make_department())


def test_leave_opens_one_cost_centre_until_it_is_taken_back(
    boss: User, centre: CostCentre, person: User
) -> None:
    assert not CostCentre.objects.chargeable_by(person).exists()

    given = services.grant(person, centre, by=boss)
    services.grant(person, centre, by=boss)

    assert CostCentreGrant.objects.count() == 1
    assert list(CostCentre.objects.chargeable_by(person)) == [centre]
    services.revoke(given, by=boss)
    assert not CostCentre.objects.chargeable_by(person).exists()
    said = Entry.objects.filter(event__in=("costcentre.grant", "costcentre.revoke")).order_by("pk")
    assert list(said.values_list("event", "actor")) == [
        ("costcentre.grant", boss.pk),
        ("costcentre.revoke", boss.pk),
    ]


@pytest.mark.parametrize(("role", "to"), REFUSED.values(), ids=REFUSED.keys())
def test_others_may_not_give_it(centre: CostCentre, person: User, role: str, to: str) -> None:
    by = make_user("asker", role)

    with pytest.raises(NotPermittedError):
        services.grant(by if to == "self" else person, centre, by=by)

    assert not CostCentreGrant.objects.exists()


def test_the_back_office_gives_and_takes_it(
    client: Client, boss: User, centre: CostCentre, person: User
) -> None:
    client.force_login(boss)
    form = {"user": person.pk, "cost_centre": centre.pk}

    assert client.post(ADD, {**form, "user": boss.pk}).status_code == 200
    assert client.post(ADD, form).status_code == 302

    given = CostCentreGrant.objects.get()
    assert "CC-9" in client.get("/admin/budgets/costcentregrant/").content.decode()
    path = f"/admin/budgets/costcentregrant/{given.pk}/delete/"
    assert client.post(path, {"post": "yes"}).status_code == 302
    assert not CostCentreGrant.objects.exists()

"""Cost centres and projects: who may charge them, the API, the back office."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from guardian.shortcuts import assign_perm

from apps.accounts.models import Department, User
from apps.budgets import policies, services
from apps.budgets.models import CostCentre, Project
from apps.common.errors import NotPermittedError
from tests.catalog.conftest import client_of
from tests.catalog.factories import make_user
from tests.factories import make_department

pytestmark = pytest.mark.django_db
RIGHTS = tuple(
    f"budgets.{verb}_{model}"
    for verb in ("add", "change", "view")
    for model in ("costcentre", "project")
)


@pytest.fixture
def tree(db: None) -> dict[str, Department]:
    """TOP over ENG over LAB, and FIN beside."""
    top = make_department("TOP")
    engineering = make_department("ENG", parent=top)
    lab = make_department("LAB", parent=engineering)
    return {"TOP": top, "ENG": engineering, "LAB": lab, "FIN": make_department("FIN")}


@pytest.fixture
def centres(tree: dict[str, Department]) -> dict[str, CostCentre]:
    return {
        code: CostCentre.objects.create(code=f"CC-{code}", name_en=code, department=department)
        for code, department in tree.items()
    }


def chargeable(user: Any) -> set[str]:
    return set(CostCentre.objects.chargeable_by(user).values_list("code", flat=True))


def test_the_own_department_and_those_below_may_be_charged(
    tree: dict[str, Department], centres: dict[str, CostCentre]
) -> None:
    engineer = make_user(department=tree["ENG"])

    assert chargeable(engineer) == {"CC-ENG", "CC-LAB"}
    assert policies.may_charge(engineer, centres["LAB"])
    assert not policies.may_charge(engineer, centres["TOP"])


def test_owners_and_those_let_in_may_charge_elsewhere(
    tree: dict[str, Department], centres: dict[str, CostCentre]
) -> None:
    somebody = make_user(department=tree["LAB"])
    CostCentre.objects.filter(code="CC-FIN").update(owner=somebody)
    assert chargeable(somebody) == {"CC-LAB", "CC-FIN"}

    assign_perm("budgets.charge", somebody, centres["TOP"])
    group = Group.objects.create(name="lab")
    somebody.groups.add(group)
    assign_perm("budgets.charge", group, centres["ENG"])
    somebody = User.objects.get(pk=somebody.pk)
    assert chargeable(somebody) == {"CC-LAB", "CC-FIN", "CC-TOP", "CC-ENG"}


def test_nobody_charges_what_is_closed_and_strangers_charge_nothing(
    tree: dict[str, Department], centres: dict[str, CostCentre]
) -> None:
    everything = make_user("budgets.charge")
    CostCentre.objects.filter(code="CC-FIN").update(is_active=False)
    gone = make_user(department=tree["ENG"], is_active=False)

    assert chargeable(everything) == {"CC-TOP", "CC-ENG", "CC-LAB"}
    assert chargeable(gone) == chargeable(AnonymousUser()) == set()
    assert chargeable(make_user()) == set()
    closed = CostCentre.objects.get(code="CC-FIN")
    assert not policies.may_charge(everything, closed)


@pytest.mark.parametrize(
    ("is_active", "wanted"), [(True, True), (False, False)], ids=["running", "closed"]
)
def test_projects_may_be_charged_while_they_run(is_active: bool, wanted: bool) -> None:
    project = Project.objects.create(code="P", name_en="P", is_active=is_active)

    assert policies.may_charge_project(make_user(), project) == wanted


def test_only_keepers_save(tree: dict[str, Department]) -> None:
    data = {"code": "CC-1", "name_en": "One", "department": tree["ENG"]}

    with pytest.raises(NotPermittedError):
        services.save(CostCentre(), by=make_user(), data=data)
    assert not CostCentre.objects.exists()

    saved = services.save(CostCentre(), by=make_user(*RIGHTS), data=data)
    assert saved.created_by is not None
    with pytest.raises(ValidationError):
        services.save(saved, by=saved.created_by, data={"name_en": ""})


def test_the_database_refuses_a_project_that_ends_before_it_starts() -> None:
    Project.objects.create(code="P", name_en="P", starts_on=date(2026, 1, 2))

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE budgets_project SET ends_on = '2026-01-01'")


def test_over_the_api_by_codes_and_log_in_names(tree: dict[str, Department]) -> None:
    make_user(username="owner", name="Ms Owner")
    keeper, reader = make_user(*RIGHTS), make_user(department=tree["LAB"])
    body = {
        "code": "CC-100",
        "name_en": "Lab",
        "name_zh_hans": "实验室",
        "department": "LAB",
        "owner": "owner",
    }

    made = client_of(keeper).post("/api/v1/cost-centres", body)
    assert made.status_code == 201, made.content
    refused = client_of(reader).post("/api/v1/cost-centres", body)
    project = client_of(keeper).post(
        "/api/v1/projects",
        {"code": "P-1", "name_en": "Line", "cost_centre": "CC-100", "starts_on": "2026-01-01"},
    )
    bad = client_of(keeper).patch(
        f"/api/v1/projects/{project.json()['id']}", {"ends_on": "2025-01-01"}
    )
    found = client_of(reader).get("/api/v1/cost-centres", {"search": "实验", "chargeable": "true"})

    assert {k: made.json()[k] for k in body} == body
    assert made.json()["owner_name"] == "Ms Owner"
    assert (refused.status_code, project.status_code, bad.status_code) == (403, 201, 400)
    assert [row["code"] for row in found.json()["results"]] == ["CC-100"]


@pytest.mark.parametrize("model", ["costcentre", "project"])
def test_lists_cost_the_same_for_one_row_and_for_many(
    model: str, tree: dict[str, Department]
) -> None:
    keeper = make_user(*RIGHTS, is_staff=True)
    admin = Client()
    admin.force_login(keeper)
    changelist = reverse(f"admin:budgets_{model}_changelist")
    resource = {"costcentre": "cost-centres", "project": "projects"}[model]
    admin.get(changelist)

    counts = []
    for size in (1, 5):
        for number in range(size):
            department = make_department(f"D{size}{number}")
            owner = make_user()
            centre = CostCentre.objects.create(
                code=f"C{size}{number}", name_en="C", department=department, owner=owner
            )
            Project.objects.create(
                code=f"P{size}{number}", name_en="P", manager=owner, cost_centre=centre
            )
        with CaptureQueriesContext(connection) as of_admin:
            assert admin.get(changelist).status_code == 200
        with CaptureQueriesContext(connection) as of_api:
            assert client_of(keeper).get(f"/api/v1/{resource}").status_code == 200
        counts.append((len(of_admin), len(of_api)))

    assert counts[0] == counts[1]
    assert counts[0][1] == 1

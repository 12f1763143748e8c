"""The company of the demonstration: departments, people, who pays, and who decides."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command

from apps.accounts.models import Department, User
from apps.approvals.models import ApprovalRule, ApprovalRuleApprover, ApprovalRuleStep
from apps.approvals.states import ApproverKind
from apps.budgets.models import CostCentre, Project


@cache
def plan() -> dict[str, Any]:
    """What the file says about the company."""
    path = settings.BASE_DIR / "fixtures" / "demo" / "company.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def names(said: dict[str, str]) -> dict[str, str]:
    """A bilingual name as model fields."""
    return {"name_en": said["en"], "name_zh_hans": said["zh"]}


def make() -> User:
    """Make the company and return its administrator. What is there already stays as it is."""
    for said in plan()["departments"]:
        parent = Department.objects.filter(code=said.get("parent", "")).first()
        limit = Decimal(said["approval_limit"]) if "approval_limit" in said else None
        Department.objects.get_or_create(
            code=said["code"],
            defaults={**names(said["name"]), "parent": parent, "approval_limit": limit},
        )
    call_command("erp_setup_roles", verbosity=0)
    people = {said["username"]: _person(said) for said in plan()["people"]}
    for said in plan()["departments"]:
        department = Department.objects.get(code=said["code"])
        if department.head_id is None:
            department.head = people[said["head"]]
            department.full_clean()
            department.save()
    _cost_bearers(people)
    for said in plan()["rules"]:
        _rule(said)
    return people["admin"]


def _person(said: dict[str, Any]) -> User:
    person: User | None = User.objects.filter(username=said["username"]).first()
    if person is None:
        person = User(
            username=said["username"],
            name=said["name"],
            email=f"{said['username']}@hailan.example",
            department=Department.objects.get(code=said["department"]),
            job_title=said["title"],
            language=said["language"],
        )
        person.set_password(said.get("password"))
        person.full_clean()
        person.save()
        groups = list(Group.objects.filter(name__in=said["roles"]))
        person.groups.set(groups)
        person.is_staff = any(role != "engineer" for role in said["roles"])
        person.save(update_fields=["is_staff"])
    return person


def _cost_bearers(people: dict[str, User]) -> None:
    for said in plan()["cost_centres"]:
        CostCentre.objects.get_or_create(
            code=said["code"],
            defaults={
                **names(said["name"]),
                "department": Department.objects.get(code=said["department"]),
                "owner": people[said["owner"]],
            },
        )
    for said in plan()["projects"]:
        Project.objects.get_or_create(
            code=said["code"],
            defaults={
                **names(said["name"]),
                "manager": people[said["manager"]],
                "cost_centre": CostCentre.objects.get(code=said["cost_centre"]),
            },
        )


def _rule(said: dict[str, Any]) -> None:
    rule, is_new = ApprovalRule.objects.get_or_create(
        name_en=said["name"]["en"],
        document_kind=said["kind"],
        defaults={
            "name_zh_hans": said["name"]["zh"],
            "priority": said["priority"],
            "minimum_amount": Decimal(said.get("minimum", "0")),
            "maximum_amount": Decimal(said["maximum"]) if "maximum" in said else None,
            "coverage": said.get("coverage", "any"),
            "needs_no_approval": not said["steps"],
        },
    )
    if not is_new:
        return
    rule.full_clean()
    for place, step_said in enumerate(said["steps"], 1):
        step = ApprovalRuleStep(
            rule=rule, sequence=place * 10, hours=step_said["hours"], **names(step_said["name"])
        )
        step.full_clean()
        step.save()
        approver = ApprovalRuleApprover(step=step, kind=_kind(step_said))
        if "group" in step_said:
            approver.group = Group.objects.get(name=step_said["group"])
        approver.full_clean()
        approver.save()


def _kind(said: dict[str, Any]) -> ApproverKind:
    return ApproverKind.GROUP if "group" in said else ApproverKind(said["position"])

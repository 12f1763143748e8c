"""The stage of the load run: people, and 100,000 requisitions cloned from those services made.

Run as a program on an empty database; prints one JSON object with all the callers need to know.
"""

from __future__ import annotations

import json
import os
import sys
from decimal import Decimal
from typing import Any

PEOPLE = 50
PER_PERSON = ("pending_approval", "approved", "approved", "draft")
LINES = 5


def main() -> None:
    """Build the stage."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from apps.common import context

    wanted = int(sys.argv[1])
    call_command("migrate", verbosity=0)
    settings.DEBUG = True  # the demonstration is refused elsewhere
    call_command("erp_seed", without_documents=True, verbosity=0, stdout=sys.stderr)
    settings.DEBUG = False
    with context.working(channel=context.Channel.COMMAND):
        people = make_people()
        templates = {status: [] for status in PER_PERSON}
        for number, person in enumerate(people):
            decider = people[(number + 1) % PEOPLE]
            for status in PER_PERSON:
                templates[status].append(make_document(person, decider, status).pk)
    clones = wanted // (PEOPLE * len(PER_PERSON)) - 1
    strides = clone_all(clones)
    sys.stdout.write(json.dumps(plan(people, templates, strides, clones)))


def make_people() -> list[Any]:
    """Everybody asks, and everybody decides on what others asked for: one group, any of it."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import Group
    from guardian.shortcuts import assign_perm

    from apps.accounts import services
    from apps.accounts.models import Department, User
    from apps.approvals.models import ApprovalRule, ApprovalRuleApprover, ApprovalRuleStep
    from apps.approvals.states import ApproverKind

    User.objects.update(password=make_password(None))  # known ones are refused in production
    group = Group.objects.create(name="bench")
    for department in Department.objects.filter(parent=None):
        assign_perm("accounts.view_documents", group, department)
    ApprovalRule.objects.update(is_active=False)
    rule = ApprovalRule.objects.create(
        name="Bench", document_kind="requisition", minimum_amount=Decimal(0)
    )
    step = ApprovalRuleStep.objects.create(rule=rule, sequence=1, name="Anybody else")
    ApprovalRuleApprover.objects.create(step=step, kind=ApproverKind.GROUP, group=group)
    people = []
    for number in range(PEOPLE):
        person = User(
            username=f"bench{number:02d}",
            name=f"Bench {number}",
            email=f"bench{number}@example.com",
            department=Department.objects.get(code="ENG"),
        )
        person.set_unusable_password()
        person.save()
        services.roles.assign_roles(person, ["engineer"])
        person.groups.add(group)
        people.append(User.objects.get(pk=person.pk))
    return people


def make_document(person: Any, decider: Any, status: str) -> Any:
    """One requisition, by the services, as far as it is to get."""
    from apps.approvals import services as deciding
    from apps.budgets.models import CostCentre
    from apps.catalog.models import Currency, Item
    from apps.requisitions import services

    items = Item.objects.filter(code__startswith="TST-").select_related(
        "base_unit", "category", "purchase_unit"
    )
    document = services.create(
        by=person,
        data={
            "title": f"Bench of {person.username}",
            "department": person.department,
            "cost_centre": CostCentre.objects.get(code="CC-100"),
            "currency": Currency.objects.get(code="CNY"),
        },
        lines=[
            {"item": item, "quantity": Decimal(2), "unit": item.base_unit}
            for item in items.order_by("code")[:LINES]
        ],
    )
    if status != "draft":
        document = services.submit(document, by=person)
    if status == "approved":
        document = deciding.decide_document(document, by=decider, verdict="approve")
    if document.status != status:
        raise SystemExit(f"the stage cannot be built: {document.status} instead of {status}")
    return document


def clone_all(clones: int) -> dict[str, int]:
    """Copy every document with all that hangs on it; keys move on by a stride per table.

    Only what the hot operations read is copied: documents, lines, approvals. History is not.
    """
    from django.db import connection

    from apps.approvals import models as approvals
    from apps.requisitions import models as requisitions

    request, step = approvals.ApprovalRequest, approvals.ApprovalStep
    assignment = approvals.ApprovalAssignment
    document = requisitions.Requisition
    tables: list[tuple[Any, dict[str, Any]]] = [
        (document, {}),
        (requisitions.RequisitionLine, {"requisition_id": document}),
        (request, {"document_id": document}),
        (approvals.ApprovalExclusion, {"request_id": request}),
        (step, {"request_id": request}),
        (assignment, {"step_id": step}),
        (approvals.ApprovalDecision, {"step_id": step, "assignment_id": assignment}),
    ]
    strides: dict[str, int] = {}
    for model, _keys in tables:
        newest = model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        strides[model._meta.db_table] = int(newest)
    with connection.cursor() as cursor:
        # Keys are right by arithmetic: half a million look-ups would say so for minutes.
        cursor.execute("SET session_replication_role = replica")
        for model, keys in tables:
            _clone(model, {k: strides[m._meta.db_table] for k, m in keys.items()}, strides, clones)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")
    return strides


def _clone(model: Any, keys: dict[str, int], strides: dict[str, int], clones: int) -> None:
    from django.db import connection

    quote = connection.ops.quote_name
    table = model._meta.db_table
    moved = {"id": strides[table], **keys}
    columns = [field.column for field in model._meta.concrete_fields]
    values = []
    for column in columns:
        value = quote(column)
        if column in moved:
            value += f" + {moved[column]} * copy"
        elif column == "number":
            value += " || '-' || copy"
        elif column == "created_at":
            value += " - copy * interval '1 day'"
        values.append(value)
    names = ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table}"  # noqa: S608 - our own names
            f" CROSS JOIN generate_series(1, {clones}) AS copy"
        )
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT MAX(id) FROM "  # noqa: S608 - the same
            f"{table}))",
            [table],
        )


def plan(
    people: list[Any], templates: dict[str, list[int]], strides: dict[str, int], clones: int
) -> dict[str, Any]:
    """What the callers need: tokens, what they write, what they may read and decide on."""
    from apps.accounts import services
    from apps.accounts.api.tokens import pair
    from apps.requisitions.models import Requisition

    first = Requisition.objects.get(pk=templates["pending_approval"][0])
    lines = [
        {"item": f"TST-{number:03d}", "quantity": "2", "unit": "C62"}
        for number in range(1, LINES + 1)
    ]
    return {
        "documents": Requisition.objects.count(),
        "stride": strides[Requisition._meta.db_table],
        "clones": clones,
        "pending": templates["pending_approval"],
        "readable": templates["pending_approval"] + templates["approved"],
        "pending_version": first.version,
        "people": [
            # Two log-ins each: a hundred callers share fifty accounts, but no token.
            {"name": person.username, **pair(services.begin(person))}
            for _place in range(2)
            for person in people
        ],
        "body": {
            "title": "Load",
            "department": "ENG",
            "cost_centre": "CC-100",
            "currency": "CNY",
            "lines": lines,
        },
    }


if __name__ == "__main__":
    main()

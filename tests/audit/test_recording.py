"""What services say and what saves leave behind reaches the table, signed and readable."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Department, User
from apps.accounts.services.roles import assign_roles
from apps.audit.masking import MASKED
from apps.audit.models import Entry
from apps.common import context, events, history
from apps.common.context import Channel
from tests import factories as make

pytestmark = pytest.mark.django_db


def newest() -> Entry:
    return Entry.objects.order_by("-id")[0]


def test_a_batch_is_one_insert() -> None:
    departments = [make.make_department() for _ in range(5)]
    ContentType.objects.get_for_model(Department)
    before = Entry.objects.count()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        events.record(*events.created(departments, "department.import"))

    assert len(queries) == 1
    assert Entry.objects.count() == before + 5


def test_an_entry_carries_who_what_and_how() -> None:
    person = make.make_user("zhang", name="张伟")
    department = make.make_department("ENG")

    with context.working(
        actor=person, channel=Channel.TASK, request_id="abc-1", remote_addr="10.0.0.7"
    ):
        events.record(
            events.Record(
                department,
                events.Action.UPDATE,
                "department.limit",
                {"approval_limit": (None, Decimal("500.00"))},
                comment="budget round",
                data={"round": 3},
            )
        )

    entry = newest()
    assert entry.changes == {"approval_limit": [None, "500.00"]}
    assert (entry.event, entry.comment) == ("department.limit", "budget round")
    assert (entry.actor, entry.actor_name, entry.channel) == (person, "张伟", "task")
    assert (entry.cid, entry.remote_addr) == ("abc-1", "10.0.0.7")
    assert entry.object_id == department.pk
    assert entry.additional_data == {"round": 3}


def test_foreign_keys_are_named_with_their_key() -> None:
    above, other = make.make_department("TOP", name="Top"), make.make_department("OLD", name="Old")
    department = make.make_department("ENG", parent=other)
    before = events.snapshot(department)
    department.parent = above

    events.record(
        events.Record(
            department,
            events.Action.UPDATE,
            "department.move",
            events.difference(before, events.snapshot(department)),
        )
    )

    assert newest().changes == {"parent": [f"OLD Old (#{other.pk})", f"TOP Top (#{above.pk})"]}


def test_a_save_of_master_data_leaves_its_fields() -> None:
    person = make.make_user("li")
    with context.working(actor=person, channel=Channel.ADMIN):
        department = make.make_department("ENG", name="Engineering")
        department.head = person
        department.save()

    entry = newest()
    assert entry.event == "department.update"
    assert entry.changes == {"head": [None, f"Li (#{person.pk})"]}
    assert (entry.actor, entry.channel) == (person, "admin")
    created = Entry.objects.get(event="department.create", object_id=department.pk)
    assert created.changes["code"] == [None, "ENG"]
    assert created.changes["name_en"] == [None, "Engineering"]
    assert "name" not in created.changes


def test_the_business_act_names_the_entries_of_its_saves() -> None:
    person = make.make_user()

    with context.working(event="user.promote", comment="well done"):
        person.job_title = "Lead"
        person.save()

    entry = newest()
    assert (entry.event, entry.comment) == ("user.promote", "well done")


def test_passwords_are_masked() -> None:
    person = make.make_user()
    person.set_password("something else entirely")
    person.save()

    assert newest().changes["password"] == [MASKED, MASKED]
    assert not Entry.objects.filter(changes__icontains="md5$").exists()


def test_many_to_many_changes_are_readable() -> None:
    person = make.make_user("wang")
    assign_roles(person, ["procurement"])

    entries = Entry.objects.filter(object_id=person.pk, changes__has_key="groups")
    assert [e.changes["groups"]["objects"] for e in entries] == [["procurement"]]
    assert history.of(person)[1].readable[0].after == "procurement"


def test_a_failing_audit_takes_the_change_back(monkeypatch: pytest.MonkeyPatch) -> None:
    person = make.make_user(job_title="Engineer")

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("apps.audit.recording.sign", broken)
    person.job_title = "Boss"
    with pytest.raises(RuntimeError):
        person.save()

    assert User.objects.get(pk=person.pk).job_title == "Engineer"


def test_history_names_fields_and_parts() -> None:
    above = make.make_department("TOP")
    below = make.make_department("SUB", parent=above)
    below.approval_limit = Decimal(5)
    below.save()

    rows = history.of(above, below)

    assert rows[0].subject == str(below)
    assert [(c.label, c.before, c.after) for c in rows[0].readable] == [
        ("head's approval limit", None, "5")
    ]
    assert rows[0].title == "changed"
    assert {row.subject for row in rows} == {"", str(below)}


def test_nobody_is_called_system() -> None:
    make.make_department()

    assert (newest().actor, newest().actor_name) == (None, "system")

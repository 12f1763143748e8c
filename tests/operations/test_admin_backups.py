"""Backups and drills in the back office: what each page says, and what it costs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.common import events
from apps.operations.backup import records
from apps.operations.models import BackupRun, DrillRun
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BACKUPS, DRILLS = "admin:operations_backuprun_changelist", "admin:operations_drillrun_changelist"


@pytest.fixture
def ops(db: None) -> Client:
    client = Client()
    client.force_login(make_user("operator", "ops"))
    return client


def backup(number: int = 1, **more: object) -> BackupRun:
    now = timezone.now() - dt.timedelta(days=number)
    run = BackupRun(
        **{
            "outcome": "complete",
            "file_name": f"erp_{number}.erpbak",
            "engine": "postgresql",
            "app_version": "0.1.0",
            "size": 3_500_000,
            "sha256": "ab" * 32,
            "started_at": now,
            "finished_at": now + dt.timedelta(seconds=75),
            **more,
        }
    )
    run.full_clean()
    run.save()
    return run


def drill(number: int = 1, **more: object) -> DrillRun:
    now = timezone.now() - dt.timedelta(days=number)
    return records.drilled(
        DrillRun(
            **{
                "scenario": "corruption",
                "started_at": now,
                "finished_at": now + dt.timedelta(seconds=9),
                "seconds": "8.250",
                "limit_seconds": 1200,
                "documents": 12345,
                "has_passed": True,
                "steps": [
                    {"step": "backup", "seconds": 2.5},
                    {"step": "verify again", "seconds": 5.75},
                ],
                "refused": {"wrong_key": "wrong_key"},
                **more,
            }
        )
    )


def shown(client: Client, name: str, *arguments: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=arguments) + query, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("page", "command"),
    [(BACKUPS, "manage.py erp_backup"), (DRILLS, "manage.py erp_drill outage")],
)
def test_an_empty_list_names_the_command(ops: Client, page: str, command: str) -> None:
    assert command in shown(ops, page)


@pytest.mark.parametrize(("page", "make"), [(BACKUPS, backup), (DRILLS, drill)])
def test_one_row_costs_what_many_cost(ops: Client, page: str, make: object) -> None:
    counts = []
    for rows in (range(1, 2), range(2, 9)):
        for number in rows:
            make(number)  # type: ignore[operator]  # one of two makers
        shown(ops, page)  # whatever is read once per process
        with CaptureQueriesContext(connection) as asked:
            shown(ops, page)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_backup_says_what_it_is_worth(ops: Client) -> None:
    proved = backup(1, verified_at=timezone.now())
    backup(2)
    backup(3, removed_at=timezone.now(), is_encrypted=False)
    records.failed(OSError("No space left."), plain=False, started_at=timezone.now())

    page = shown(ops, BACKUPS)
    for said in (
        "3.3",
        "1 min 15 s",
        "Not proved",
        "Rotated away",
        "Readable by anybody",
        "Failed",
    ):
        assert said in page, said
    for value, count in (("yes", 1), ("no", 2), ("gone", 1)):
        assert shown(ops, BACKUPS, query=f"?proved={value}").count('name="_selected') in {0, count}
        assert f"{count} " in shown(ops, BACKUPS, query=f"?proved={value}")

    events.happened(proved, "backup.restored", file=proved.file_name, lost={}, kept="old")
    one = shown(ops, "admin:operations_backuprun_change", proved.pk)
    assert reverse("support:runbook", args=["restore"]) in one
    assert "ab" * 32 in one
    assert "restored from this backup" in one.lower()
    assert "(system)" in one


def test_a_drill_shows_each_step(ops: Client) -> None:
    run = drill(1)
    drill(2, has_passed=False, error="It took longer than allowed.")

    page = shown(ops, DRILLS)
    assert "12,345" in page
    assert page.count("tone-danger") >= 1
    assert (
        "tone-success"
        not in shown(ops, DRILLS, query="?has_passed__exact=0").split("result_list")[1]
    )

    one = shown(ops, "admin:operations_drillrun_change", run.pk)
    for said in ("Looking for damage again", "5.8 s", 'width="43"', "Wrong key"):
        assert said in one, said
    assert reverse("support:runbook", args=["restore"]) in one

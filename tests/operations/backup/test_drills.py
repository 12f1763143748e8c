"""Drills: both emergencies are survived in scratch space, and damaged backups never get in.

TEST_DRILLS=30 rehearses that often (a soak); every sixth drill tries the damaged backups as well.
"""

import json
import os
from io import StringIO

import pytest
from django.core.management import call_command

from apps.operations.backup import rehearsal
from apps.operations.models import DrillRun
from tests.operations import sites

pytestmark = pytest.mark.django_db

DRILLS = int(os.environ.get("TEST_DRILLS", "2"))
DAMAGED = {
    "bit_in_header": "corrupted",
    "bit_in_the_middle": "corrupted",
    "bit_near_the_end": "corrupted",
    "cut_in_half": "truncated",
    "cut_and_closed": "corrupted",
    "empty": "not_an_archive",
    "another_file": "not_an_archive",
    "other_engine": "other_engine",
    "newer_version": "newer_version",
    "older_version": "older_version",
    "newer_format": "newer_format",
    "wrong_key": "wrong_key",
    "no_key": "no_key",
}


def drill(*arguments):
    said = StringIO()
    call_command("erp_drill", *arguments, "--json", stdout=said)
    return json.loads(said.getvalue())["drills"]


@pytest.mark.parametrize("number", range(DRILLS))
def test_emergencies_are_survived(site, number):
    before = sites.databases()
    scenario = list(rehearsal.LIMITS)[number % 2]
    damaged = number % 6 == 0

    (report,) = drill(scenario, *(["--damaged"] if damaged else []))

    assert report["error"] == ""
    assert report["passed"]
    assert report["seconds"] < report["limit"]
    assert report["refused"] == (DAMAGED if damaged else {})
    assert sites.databases() == before
    assert [path.name for path in site.backups.iterdir()] == []
    assert DrillRun.objects.get().has_passed

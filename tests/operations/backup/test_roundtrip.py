"""What is backed up comes back: every row, every amount, every file, the head of the audit."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from apps.operations.models import BackupRun
from apps.requisitions.models import Requisition
from tests.operations import sites

pytestmark = pytest.mark.django_db


def said(*arguments, **options):
    out = StringIO()
    call_command(*arguments, "--json", stdout=out, **options)
    return json.loads(out.getvalue())


def test_backup_is_made_proved_and_recorded(site):
    before = sites.databases()

    report = said("erp_backup", "--verify")

    run = BackupRun.objects.get()
    assert report["encrypted"]
    assert report["verified"]
    assert report["attachments"] == 2
    assert report["documents"]["requisitions.requisition"] == sites.REQUISITIONS
    assert (run.file_name, run.size, run.sha256) == (
        (site.backups / run.file_name).name,
        report["size"],
        report["sha256"],
    )
    assert run.verified_at is not None
    assert sites.databases() == before
    assert Requisition.objects.count() == sites.REQUISITIONS

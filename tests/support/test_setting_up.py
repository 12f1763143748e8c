"""Set-up on an empty database: said first, then done."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from apps.support.models import SupportContact

pytestmark = pytest.mark.django_db


def test_command_says_what_it_would_do(db):
    said = StringIO()
    call_command("erp_setup_support", "--dry-run", "--json", stdout=said)

    kinds = json.loads(said.getvalue())["kinds"]
    assert {kind: len(found["created"]) for kind, found in kinds.items()} == {
        "channels": 4,
        "contacts": 19,
        "levels": 4,
        "issue_types": 6,
        "courses": 3,
        "rotas": 1,
    }
    assert not SupportContact.objects.exists()

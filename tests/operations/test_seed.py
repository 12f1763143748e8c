"""The demonstration company: made once, through the services, never in production."""

import json
import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Item, Supplier
from apps.common.models import OutboxMessage
from apps.operations.dashboards import business
from apps.operations.dashboards.days import last_days
from apps.procurement.models import PurchaseOrder
from apps.procurement.states import OrderStatus
from apps.requisitions.models import Requisition
from apps.requisitions.states import Status
from apps.support.models import Feedback, SupportContact, SupportIssue, TrainingRecord
from apps.support.states import Status as SupportStatus
from tests.importing.tables import WHOLE
from tests.operations.sites import REQUISITIONS

pytestmark = pytest.mark.django_db

MODELS = (
    *(User, Item, Supplier, Requisition, PurchaseOrder),
    *(SupportIssue, Feedback, TrainingRecord),
)


def seeded(*arguments):
    said = StringIO()
    call_command("erp_seed", *arguments, "--json", stdout=said)
    return json.loads(said.getvalue())["made"]


def counts():
    return {model.__name__: model.objects.count() for model in MODELS}


@pytest.mark.skipif(
    os.environ.get("TEST_DATABASE") == "postgres" and not WHOLE,
    reason="the story is told there in short (below), in length by `make soak`",
)
def test_story_shows_every_state(settings):
    """Lists, filters and charts have something to show."""
    settings.DEBUG = True
    assert seeded("--without-documents") == {}
    assert counts()["Requisition"] == 0

    made = seeded("--requisitions", "60")

    assert made["requisitions"] == Requisition.objects.count() == 60
    asked = set(Requisition.objects.values_list("status", flat=True))
    ordered = set(PurchaseOrder.objects.values_list("status", flat=True))
    assert set(Status) - asked == set()
    assert set(OrderStatus) - ordered == set()
    assert not OutboxMessage.objects.filter(status="pending").exists()
    days = last_days(timezone.now())
    assert business.approvals(timezone.now(), days).mean < 72
    assert business.efficiency(timezone.now(), days).share > 0.1


def test_story_is_told_once(site):
    """A second run adds nothing."""
    first = counts()
    assert (first["Requisition"], first["Item"], first["Supplier"]) == (REQUISITIONS, 202, 30)
    assert set(SupportIssue.objects.values_list("status", flat=True)) == set(SupportStatus)
    assert not SupportContact.objects.filter(user=None, follows_rota=False).exists()
    assert User.objects.get(username="engineer").check_password("engineer123")

    assert seeded() == {}

    assert counts() == first


def test_production_is_refused(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="refused in production"):
        call_command("erp_seed")

    assert not User.objects.filter(username="engineer").exists()

"""The demonstration company: made once, through the services, never in production."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.catalog.models import Item, Supplier
from apps.procurement.models import PurchaseOrder
from apps.procurement.states import OrderStatus
from apps.requisitions.models import Requisition
from apps.requisitions.states import Status
from apps.support.models import Feedback, SupportContact, SupportIssue, TrainingRecord
from apps.support.states import Status as SupportStatus

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


def test_second_run_adds_nothing(settings):
    settings.DEBUG = True
    made = seeded("--requisitions", "4")
    first = counts()

    assert made["requisitions"] == first["Requisition"] == 4
    assert (first["Item"], first["Supplier"]) == (202, 30)
    assert set(SupportIssue.objects.values_list("status", flat=True)) == set(SupportStatus)
    assert not SupportContact.objects.filter(user=None, follows_rota=False).exists()
    assert seeded("--requisitions", "4") == {}
    assert counts() == first


def test_master_data_alone(settings):
    settings.DEBUG = True

    assert seeded("--without-documents") == {}
    assert counts()["Requisition"] == 0
    assert User.objects.get(username="engineer").check_password("engineer123")


def test_production_is_refused(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="refused in production"):
        call_command("erp_seed")

    assert not User.objects.filter(username="engineer").exists()


def test_every_state_is_in_the_story(settings):
    """Lists, filters and charts have something to show in each of their states."""
    settings.DEBUG = True
    seeded("--requisitions", "60")

    asked = set(Requisition.objects.values_list("status", flat=True))
    ordered = set(PurchaseOrder.objects.values_list("status", flat=True))

    assert set(Status) - asked == set()
    assert set(OrderStatus) - ordered == set()

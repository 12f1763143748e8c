"""What stands beside the list of purchase orders."""

import pytest
from django.urls import reverse

from tests.procurement import factories as make

pytestmark = pytest.mark.django_db
LIST = "admin:procurement_purchaseorder_changelist"


def test_filters_offer_what_orders_one_sees_are_about(client, buyer, department):
    """Not every supplier there is, and none that only others buy from."""
    elsewhere = make.make_department()
    ours, theirs, nobodys = (make.make_supplier() for _number in range(3))
    for supplier in (ours, make.make_supplier()):
        make.make_order(buyer, department, supplier=supplier)
    make.make_order(make.make_buyer(elsewhere), elsewhere, supplier=theirs)

    type(buyer).objects.filter(pk=buyer.pk).update(is_staff=True)
    client.force_login(type(buyer).objects.get(pk=buyer.pk))

    page = client.get(reverse(LIST)).content.decode()

    assert f"supplier__id__exact={ours.pk}" in page
    for other in (theirs, nobodys):
        assert f"supplier__id__exact={other.pk}" not in page

"""Passwords everybody knows keep a production server from starting."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from apps.accounts import demo
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "password"), demo.LOGINS.items())
def test_a_working_demo_log_in_is_named(name: str, password: str, settings: Any) -> None:
    make.make_user(name, password=password)

    found = [m for m in run_checks(include_deployment_checks=True) if m.id == "accounts.E001"]

    assert [name in m.msg for m in found] == [True]
    with pytest.raises(ImproperlyConfigured, match=name):
        demo.refuse_in_production()
    settings.DEBUG = True
    demo.refuse_in_production()


def test_other_passwords_and_shut_accounts_are_fine() -> None:
    make.make_user("admin")
    make.make_user("engineer", password="engineer123", is_active=False)

    assert demo.working() == []
    demo.refuse_in_production()

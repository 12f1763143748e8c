"""What several of these tests look at, made once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.architecture import asking
from tests.architecture.permission_table import World


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One of everything, for all that ask routes; taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield asking.build()
        transaction.set_rollback(True)

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from apps.operations.readiness import triggers


@contextmanager
def triggers_down() -> Iterator[None]:
    """What somebody with the keys of the database can do."""
    triggers.GUARD.take_down(connection)
    try:
        yield
    finally:
        triggers.GUARD.put_up(connection)

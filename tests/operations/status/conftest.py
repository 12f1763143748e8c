"""The moment of the story, and a store to write into."""

from tests.operations.alerting.conftest import stored
from tests.operations.dashboards.conftest import clock

__all__ = ["clock", "stored"]

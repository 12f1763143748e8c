"""What of requisitions can be loaded from tables."""

from apps.common.importing.kinds import register as register_kind
from apps.requisitions.importers.requisitions import REQUISITIONS

__all__ = ["REQUISITIONS", "register"]


def register() -> None:
    """Make them known to the import engine."""
    register_kind(REQUISITIONS)

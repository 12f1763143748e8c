"""The back office's common ground: visibility, stamps, moves as native actions, honest history."""

from apps.common.admin import import_runs as import_runs  # registers itself
from apps.common.admin import registered as registered  # registers itself
from apps.common.admin.base import CarefulList, ERPModelAdmin, ReadOnlyAdmin, ReadOnlyInline
from apps.common.admin.filters import UsedFieldListFilter
from apps.common.admin.transitions import TransitionActionsMixin

__all__ = [
    "CarefulList",
    "ERPModelAdmin",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "TransitionActionsMixin",
    "UsedFieldListFilter",
]

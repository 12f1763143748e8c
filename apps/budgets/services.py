"""Keeping cost centres and projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.budgets import policies
from apps.common import records
from apps.common.errors import NotPermittedError
from apps.common.models import Stamped


def save[R: Stamped](
    record: R, *, by: Any, data: Mapping[str, Any], expected_version: int | None = None
) -> R:
    """Create or change a cost centre or a project.

    Raises NotPermittedError or a ValidationError; nothing is written then.
    """
    may = policies.may_add if record._state.adding else policies.may_change
    if not may(by, type(record)):
        raise NotPermittedError
    return records.save(record, by=by, data=data, expected_version=expected_version)

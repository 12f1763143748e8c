"""Who may read history as a whole, and who may take it away as a file."""

from __future__ import annotations

from typing import Any


def may_read(user: Any) -> bool:
    """Auditors and administrators."""
    return bool(user.is_authenticated and user.is_active and user.has_perm("audit.view_entry"))


def may_export(user: Any) -> bool:
    """Auditors only: a file is out of everybody's hands."""
    return may_read(user) and bool(user.has_perm("audit.export_entry"))

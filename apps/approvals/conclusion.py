"""While an approval's outcome is carried over to its document, and only then, the move is allowed.

The document's own transition table can ask here, so that nobody approves around the approvals.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from apps.approvals import registry

_concluding: ContextVar[frozenset[tuple[str, int]]] = ContextVar(
    "erp_concluding", default=frozenset()
)


@contextmanager
def concluding(kind: str, pk: int) -> Iterator[None]:
    """Let the document of this kind make the move its approval decided."""
    token = _concluding.set(_concluding.get() | {(kind, pk)})
    try:
        yield
    finally:
        _concluding.reset(token)


def is_concluding(document: Any) -> bool:
    """Whether the approvals are carrying over a decision on this very document."""
    return (registry.kind_of(document).kind, document.pk) in _concluding.get()

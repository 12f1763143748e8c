"""Which kinds of document can be approved, and what the approvals need to know of each.

A document app registers its kind when it is ready; nothing here knows a concrete document.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from django_stubs_ext import StrOrPromise

from apps.common.models import Document


@dataclass(frozen=True)
class Facts:
    """What rules ask about a document, and whose hands it went through.

    `is_covered`: quantities and prices stay within requisitions approved before.
    """

    requester: Any
    department: Any
    base_total: Decimal
    label: str
    on_behalf_of: Any = None
    submitted_by: Any = None
    editors: Collection[int] = frozenset()
    cost_centre: Any = None
    project: Any = None
    category_paths: Sequence[str] = ()
    suppliers: Sequence[Any] = ()
    is_covered: bool = False
    total: Decimal | None = None
    currency: str = ""


class Outcome(Protocol):
    """Makes the document's own move once its approval is over."""

    def __call__(self, document: Any, *, by: Any, comment: str, request: Any) -> Any: ...


class LinesRejected(Protocol):
    """Takes lines out of the document that an approver did not want."""

    def __call__(
        self, document: Any, line_numbers: Sequence[int], *, by: Any, comment: str
    ) -> Any: ...


@dataclass(frozen=True)
class ApprovableKind:
    """One kind of document: how to read it and what to do when its approval is over.

    `content` is what is approved (a dict of plain values; lines under "lines", each with its
    "line_no"); `contents` the same for many in few statements. `labels` names keys of the content
    that no model field explains; `related` names the relations `content` reads, so that they come
    with the document's lock in one statement.
    """

    kind: str
    model: type[Document]
    content: Callable[[Any], Mapping[str, Any]]
    facts: Callable[[Any], Facts]
    approved: Outcome
    rejected: Outcome
    returned: Outcome
    lines_rejected: LinesRejected | None = None
    line_model: type[Any] | None = None
    related: Sequence[str] = ()
    labels: Mapping[str, StrOrPromise] = field(default_factory=dict)
    contents: Callable[[Sequence[Any]], Mapping[int, Mapping[str, Any]]] | None = None

    def contents_of(self, found: Sequence[Any]) -> Mapping[int, Mapping[str, Any]]:
        """The content of each document by its key, in few statements where the kind knows how."""
        if self.contents is not None:
            return self.contents(found)
        return {document.pk: self.content(document) for document in found}


_kinds: dict[str, ApprovableKind] = {}


def register(kind: ApprovableKind) -> None:
    """Make a kind of document approvable under its name."""
    _kinds[kind.kind] = kind


def unregister(name: str) -> None:
    """Take a kind away again (tests)."""
    _kinds.pop(name, None)


def kinds() -> dict[str, ApprovableKind]:
    """All approvable kinds by name."""
    return dict(_kinds)


def get(name: str) -> ApprovableKind:
    """The kind of this name. Raises LookupError."""
    return _kinds[name]


def kind_of(document: Any) -> ApprovableKind:
    """The kind of a document at hand. Raises LookupError for what nobody can approve."""
    for kind in _kinds.values():
        if isinstance(document, kind.model):
            return kind
    raise LookupError(f"{type(document).__name__} cannot be approved")

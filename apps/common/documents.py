"""The register of document kinds, so that files, comments and links can point at any of them.

Each app registers its documents when it is ready; nothing here knows a concrete document.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from apps.common.errors import InvalidInputError
from apps.common.numbers import whole_number


@dataclass(frozen=True)
class DocumentKind:
    """How to find, show and guard one kind of document."""

    name: str
    model: type[models.Model]
    visible_to: Callable[[Any], models.QuerySet[Any]]
    may_attach: Callable[[Any, Any], bool]
    may_comment: Callable[[Any, Any], bool]
    workspace_url: Callable[[Any], str]


_kinds: dict[str, DocumentKind] = {}


def register(kind: DocumentKind) -> None:
    """Make a document kind known under its name."""
    _kinds[kind.name] = kind


def kinds() -> dict[str, DocumentKind]:
    """All registered kinds by name."""
    return dict(_kinds)


def kind_of(document: models.Model) -> DocumentKind:
    """The kind of a document at hand."""
    for kind in _kinds.values():
        if isinstance(document, kind.model):
            return kind
    raise LookupError(f"{type(document).__name__} is not a registered document")


def find(reference: str, user: Any) -> Any:
    """The document behind `requisition:12`, if this person may see it.

    Raises InvalidInputError for a reference that cannot be read and the model's DoesNotExist when
    there is none to see.
    """
    name, _separator, pk = reference.partition(":")
    kind, key = _kinds.get(name), whole_number(pk)
    if kind is None or key is None:
        raise InvalidInputError(code="invalid_reference")
    return kind.visible_to(user).get(pk=key)

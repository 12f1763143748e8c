"""What a person may do with documents now: one answer for buttons, API and lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.approvals import policies as approvals
from apps.requisitions import policies
from apps.requisitions.models import Requisition
from apps.requisitions.services.transitions import DECISIONS, KIND, TABLE
from apps.requisitions.states import EDITABLE, Fulfilment, Status


def allowed_actions(user: Any, requisitions: Iterable[Requisition]) -> dict[int, list[str]]:
    """The names of all that is allowed, by document; one statement at most for a page of them."""
    documents = list(requisitions)
    pending = [d.pk for d in documents if d.status == Status.PENDING_APPROVAL]
    decidable = approvals.decidable(user, KIND, pending) if pending else set()
    return {d.pk: _of(user, d, is_decidable=d.pk in decidable) for d in documents}


def _of(user: Any, document: Requisition, *, is_decidable: bool) -> list[str]:
    names = []
    for name, transition in TABLE.transitions.items():
        if document.status not in transition.sources:
            continue
        if name in DECISIONS:
            is_allowed = is_decidable
        else:
            is_allowed = transition.allows(user, document) and _is_possible(name, document)
        if is_allowed:
            names.append(name)
    if document.status in EDITABLE and policies.may_edit(user, document):
        names.append("edit")
    if policies.may_delete(user, document):
        names.append("delete")
    if policies.may_create(user):
        names.append("copy")  # whoever is shown a document sees it
    return names


def _is_possible(name: str, document: Requisition) -> bool:
    return name != "cancel" or document.order_status == Fulfilment.NONE

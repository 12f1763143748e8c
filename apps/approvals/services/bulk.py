"""Several decisions at once, each for itself: what cannot be done holds up nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.approvals.models import ApprovalRequest, ApprovalStep
from apps.approvals.services.deciding import decide
from apps.common.errors import DomainError


@dataclass(frozen=True)
class Result:
    """What became of one row, with a stable code when it was refused."""

    id: int
    ok: bool
    code: str
    message: str
    status: str


def decide_many(decisions: Iterable[Mapping[str, Any]], *, by: Any) -> list[Result]:
    """Decide steps one by one, each in its own transaction, with a result per row.

    A row is `{"id": step, "decision": verdict, "comment": …, "content_hash": …}`. A step this
    person cannot see is answered like one that does not exist.
    """
    rows = list(decisions)
    visible = dict(
        ApprovalStep.objects.filter(
            pk__in=[row["id"] for row in rows],
            request__in=ApprovalRequest.objects.visible_to(by),
        ).values_list("pk", "request__status")
    )
    return [_decide(row, visible.get(row["id"]), by) for row in rows]


def _decide(row: Mapping[str, Any], status: str | None, by: Any) -> Result:
    pk = row["id"]
    if status is None:
        return Result(pk, ok=False, code="not_found", message=_("There is none."), status="")
    try:
        request = decide(
            pk,
            by=by,
            verdict=row["decision"],
            comment=row.get("comment", ""),
            rejected_lines=row.get("rejected_lines", ()),
            content_hash=row.get("content_hash"),
        )
    except DomainError as error:
        return Result(pk, ok=False, code=error.code, message=str(error), status=status)
    return Result(pk, ok=True, code="ok", message="", status=request.status)

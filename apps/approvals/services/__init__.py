"""Everything that writes approvals, and what pages and other apps ask of them."""

from apps.approvals.services.bulk import Result, decide_many
from apps.approvals.services.chasing import Chased, remind_and_escalate
from apps.approvals.services.clarifying import answer, ask
from apps.approvals.services.closing import (
    is_still_approved,
    still_approved,
    supersede,
    withdraw,
)
from apps.approvals.services.deciding import decide, decide_document
from apps.approvals.services.differences import Change, difference, since_former
from apps.approvals.services.handing import reassign
from apps.approvals.services.opening import open_request, preview
from apps.approvals.services.settling import settle

__all__ = [
    "Change",
    "Chased",
    "Result",
    "answer",
    "ask",
    "decide",
    "decide_document",
    "decide_many",
    "difference",
    "is_still_approved",
    "open_request",
    "preview",
    "reassign",
    "remind_and_escalate",
    "settle",
    "since_former",
    "still_approved",
    "supersede",
    "withdraw",
]

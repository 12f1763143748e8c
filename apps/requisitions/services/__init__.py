"""Every write of requisitions: drafting, moves, fulfilment, sharing; and what is read for them."""

from apps.requisitions.querysets import HEADER_RECORDS
from apps.requisitions.services.actions import allowed_actions
from apps.requisitions.services.checks import blockers, preview, warnings
from apps.requisitions.services.content import content, contents, facts
from apps.requisitions.services.drafting import copy, create, delete, update
from apps.requisitions.services.fulfilment import refresh_fulfilment, reject_lines
from apps.requisitions.services.lines import MOST_LINES
from apps.requisitions.services.sharing import share, unwatch, watch
from apps.requisitions.services.transitions import (
    DECISIONS,
    KIND,
    SERVICES,
    TABLE,
    approve,
    cancel,
    close,
    outcome,
    reject,
    reopen,
    return_,
    submit,
    withdraw,
)

__all__ = [
    "DECISIONS",
    "HEADER_RECORDS",
    "KIND",
    "MOST_LINES",
    "SERVICES",
    "TABLE",
    "allowed_actions",
    "approve",
    "blockers",
    "cancel",
    "close",
    "content",
    "contents",
    "copy",
    "create",
    "delete",
    "facts",
    "outcome",
    "preview",
    "refresh_fulfilment",
    "reject",
    "reject_lines",
    "reopen",
    "return_",
    "share",
    "submit",
    "unwatch",
    "update",
    "warnings",
    "watch",
    "withdraw",
]

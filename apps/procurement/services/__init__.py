"""Every write of procurement: conversion, orders, their moves, and the quantity ledger."""

from apps.procurement.services.actions import allowed_actions
from apps.procurement.services.closing import close_line
from apps.procurement.services.content import LABELS, RELATED, content, facts, lines_of
from apps.procurement.services.conversion import WarningsError, convert
from apps.procurement.services.drafts import create, update
from apps.procurement.services.history import (
    PastOrder,
    Registered,
    register_past_orders,
    taken_numbers,
)
from apps.procurement.services.lines import MOST_LINES
from apps.procurement.services.moves import (
    DECISIONS,
    KIND,
    SERVICES,
    TABLE,
    approve,
    cancel,
    close,
    hold,
    issue,
    outcome,
    reject,
    resume,
    return_,
    submit,
    withdraw,
)
from apps.procurement.services.past_rates import PastRates
from apps.procurement.services.planning import plan
from apps.procurement.services.proposals import Proposal, propose
from apps.procurement.services.verification import Difference, verify_ledger
from apps.procurement.services.wishes import ConversionLine, Notice, Plan, PlannedOrder, plain

__all__ = [
    "DECISIONS",
    "KIND",
    "LABELS",
    "MOST_LINES",
    "RELATED",
    "SERVICES",
    "TABLE",
    "ConversionLine",
    "Difference",
    "Notice",
    "PastOrder",
    "PastRates",
    "Plan",
    "PlannedOrder",
    "Proposal",
    "Registered",
    "WarningsError",
    "allowed_actions",
    "approve",
    "cancel",
    "close",
    "close_line",
    "content",
    "convert",
    "create",
    "facts",
    "hold",
    "issue",
    "lines_of",
    "outcome",
    "plain",
    "plan",
    "propose",
    "register_past_orders",
    "reject",
    "resume",
    "return_",
    "submit",
    "taken_numbers",
    "update",
    "verify_ledger",
    "withdraw",
]

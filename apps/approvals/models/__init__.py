"""Approval: rules as data, and the requests, steps, assignments and decisions made from them."""

from apps.approvals.models.holidays import Holiday
from apps.approvals.models.requests import (
    ApprovalAssignment,
    ApprovalClarification,
    ApprovalDecision,
    ApprovalExclusion,
    ApprovalRequest,
    ApprovalStep,
)
from apps.approvals.models.rules import ApprovalRule, ApprovalRuleApprover, ApprovalRuleStep

__all__ = [
    "ApprovalAssignment",
    "ApprovalClarification",
    "ApprovalDecision",
    "ApprovalExclusion",
    "ApprovalRequest",
    "ApprovalRule",
    "ApprovalRuleApprover",
    "ApprovalRuleStep",
    "ApprovalStep",
    "Holiday",
]

"""Every write of support, and who is told when; operations uses `oncall` and `escalate_due`."""

from apps.support.services.actions import allowed_actions
from apps.support.services.escalation import Escalated, escalate_due, escalation_of, is_emergency
from apps.support.services.issues import (
    KIND,
    SERVICES,
    TABLE,
    acknowledge,
    assign,
    close,
    reopen,
    report_issue,
    resolve,
    start,
)
from apps.support.services.oncall import OnCall, levels, people_of, person_of, who_is_on_call
from apps.support.services.training import questions_of, standings, take_quiz
from apps.support.services.voices import (
    Result,
    answer_survey,
    give_feedback,
    open_rounds,
    result,
    round_to_answer,
)

__all__ = [
    "KIND",
    "SERVICES",
    "TABLE",
    "Escalated",
    "OnCall",
    "Result",
    "acknowledge",
    "allowed_actions",
    "answer_survey",
    "assign",
    "close",
    "escalate_due",
    "escalation_of",
    "give_feedback",
    "is_emergency",
    "levels",
    "open_rounds",
    "people_of",
    "person_of",
    "questions_of",
    "reopen",
    "report_issue",
    "resolve",
    "result",
    "round_to_answer",
    "standings",
    "start",
    "take_quiz",
    "who_is_on_call",
]

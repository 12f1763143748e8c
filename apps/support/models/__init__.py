"""The help desk: who helps, in which time, what was reported, said and learned."""

from apps.support.models.contacts import (
    EscalationStep,
    IssueType,
    SupportChannel,
    SupportContact,
    SupportLevel,
)
from apps.support.models.issues import SupportIssue
from apps.support.models.rota import Rota, RotaOverride, RotaWeek
from apps.support.models.training import (
    CalendarEntry,
    QuizOption,
    QuizQuestion,
    TrainingCourse,
    TrainingRecord,
)
from apps.support.models.voices import Feedback, SurveyAnswer, SurveyRound

__all__ = [
    "CalendarEntry",
    "EscalationStep",
    "Feedback",
    "IssueType",
    "QuizOption",
    "QuizQuestion",
    "Rota",
    "RotaOverride",
    "RotaWeek",
    "SupportChannel",
    "SupportContact",
    "SupportIssue",
    "SupportLevel",
    "SurveyAnswer",
    "SurveyRound",
    "TrainingCourse",
    "TrainingRecord",
]

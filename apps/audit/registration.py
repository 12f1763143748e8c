"""Which records keep a history of every save: master data, people, rules and rights.

Documents are not among them: their services say themselves what happened, in one batch.
"""

from __future__ import annotations

from auditlog.registry import auditlog
from django.apps import apps
from django.db import models

from apps.audit.masking import secrets_of
from apps.common.models import Decided

MASTER_APPS = ("accounts", "catalog", "budgets")
MORE = (
    "approvals.approvalrule",
    "approvals.approvalrulestep",
    "approvals.approvalruleapprover",
    "approvals.holiday",
    "auth.group",
    "common.importmapping",
    "operations.alertchannel",
    "operations.signatory",
    "operations.silence",
    "guardian.groupobjectpermission",
    "guardian.userobjectpermission",
    *(
        f"support.{name}"
        for name in (
            "supportchannel",
            "supportcontact",
            "supportlevel",
            "issuetype",
            "escalationstep",
            "rota",
            "rotaweek",
            "rotaoverride",
            "surveyround",
            "trainingcourse",
            "quizquestion",
            "quizoption",
            "calendarentry",
        )
    ),
)
# Plumbing of log-ins: each log-in is an event of its own.
EXCLUDED = frozenset({"accounts.apisession"})
# Said by the entry itself, or by an event of its own (the log-in).
IMPLIED = frozenset({"created_at", "created_by", "updated_at", "updated_by", "last_login"})
# Written by moves only, and each move is an event with its reason.
DECIDED = frozenset({"status", "reason", "version", "confirmed_at", "confirmed_by"})


def tracked_models() -> list[type[models.Model]]:
    """The models whose saves are recorded."""
    masters = [model for label in MASTER_APPS for model in apps.get_app_config(label).get_models()]
    named = [apps.get_model(label) for label in MORE]
    return [m for m in (*masters, *named) if m._meta.label_lower not in EXCLUDED]


def register_all() -> None:
    """Have auditlog watch them."""
    for model in tracked_models():
        auditlog.register(
            model,
            include_fields=tracked_fields(model),
            mask_fields=secrets_of(model),
            m2m_fields={field.name for field in model._meta.many_to_many},
        )


def tracked_fields(model: type[models.Model]) -> list[str]:
    """The columns worth keeping; a translated field is kept per language, not twice."""
    originals = {
        field.translated_field.name
        for field in model._meta.concrete_fields
        if hasattr(field, "translated_field")
    }
    moved = DECIDED if issubclass(model, Decided) else frozenset()
    names = [field.name for field in model._meta.concrete_fields]
    return [name for name in names if name not in originals | IMPLIED | moved]

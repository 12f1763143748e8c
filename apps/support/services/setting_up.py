"""The help desk every installation starts with, from fixtures/reference/support.toml.

What is missing is created; what somebody changed since is left as it is, because a company's own
people and times go before ours. A record that was there keeps its children, too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction

from apps.common import events
from apps.common.shipped import Outcome
from apps.support.models import (
    EscalationStep,
    IssueType,
    QuizOption,
    QuizQuestion,
    Rota,
    RotaWeek,
    SupportChannel,
    SupportContact,
    SupportLevel,
    TrainingCourse,
)

KINDS: Mapping[str, type[models.Model]] = {
    "channels": SupportChannel,
    "contacts": SupportContact,
    "levels": SupportLevel,
    "issue_types": IssueType,
    "courses": TrainingCourse,
}
POINTERS: Mapping[str, type[models.Model]] = {
    "contact": SupportContact,
    "primary_contact": SupportContact,
    "channel": SupportChannel,
}
CHILDREN = frozenset({"channels", "escalation", "questions"})


@cache
def shipped() -> dict[str, Any]:
    """The data as they are shipped."""
    path = Path(settings.BASE_DIR) / "fixtures" / "reference" / "support.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@transaction.atomic
def set_up(*, by: Any = None, dry_run: bool = False) -> dict[str, Outcome]:
    """Create what is missing of every kind; with `dry_run` only say what would be created."""
    # Steps point at levels, and levels at contacts: the order of KINDS is theirs.
    outcomes = {kind: _set_up(kind, model, by, dry_run) for kind, model in KINDS.items()}
    outcomes["rotas"] = _rota(by, dry_run)
    return outcomes


def _set_up(kind: str, model: type[models.Model], by: Any, dry_run: bool) -> Outcome:  # noqa: FBT001 - private, always by position
    key = "number" if model is SupportLevel else "code"
    existing = {str(getattr(row, key)): row for row in model._default_manager.all()}
    outcome = Outcome()
    for row in shipped()[kind]:
        name = str(row[key])
        if name not in existing:
            outcome.created.append(name)
            if not dry_run:
                _create(model, row, by)
        elif _differs(existing[name], row):
            outcome.kept.append(name)
        else:
            outcome.unchanged += 1
    return outcome


def _create(model: type[models.Model], row: Mapping[str, Any], by: Any) -> None:
    values = {name: _value(name, value) for name, value in row.items() if name not in CHILDREN}
    record: Any = _save(model(**values, created_by=by, updated_by=by))
    if isinstance(record, SupportContact):
        record.channels.set(SupportChannel.objects.filter(code__in=row.get("channels", ())))
    for code in row.get("escalation", ()):
        contact = SupportContact.objects.get(code=code)
        level = SupportLevel.objects.get(number=2)
        _save(EscalationStep(issue_type=record, level=level, contact=contact))
    for place, said in enumerate(row.get("questions", ()), 1):
        names = {name: said[name] for name in ("name_en", "name_zh_hans")}
        question = _save(QuizQuestion(course=record, sequence=place * 10, **names))
        for option in said["options"]:
            _save(QuizOption(question=question, **option))
    events.record(*events.created([record], f"{record._meta.model_name}.set_up"))


def _rota(by: Any, dry_run: bool) -> Outcome:  # noqa: FBT001 - private, always by position
    """The rota, unless there is one of any kind: two would contradict each other."""
    said = dict(shipped()["rota"])
    outcome = Outcome()
    existing = Rota.objects.first()
    if existing is not None:
        if existing.name_en == said["name_en"]:  # type: ignore[attr-defined]  # a translated field
            outcome.unchanged = 1
        else:
            outcome.kept.append(str(existing))
        return outcome
    outcome.created.append(said["name_en"])
    if dry_run:
        return outcome
    weeks = said.pop("weeks")
    rota = _save(Rota(**said, created_by=by, updated_by=by))
    contacts = {contact.code: contact for contact in SupportContact.objects.all()}
    for number, (primary, secondary) in enumerate(weeks, 1):
        people = {"primary": contacts[primary], "secondary": contacts[secondary]}
        _save(RotaWeek(rota=rota, week=number, **people))
    events.record(*events.created([rota], "rota.set_up"))
    return outcome


def _save[R: models.Model](record: R) -> R:
    record.full_clean()
    record.save()
    return record


def _value(name: str, value: Any) -> Any:
    pointed = POINTERS.get(name)
    return pointed._default_manager.get(code=value) if pointed is not None else value


def _differs(record: models.Model, row: Mapping[str, Any]) -> bool:
    for name, value in row.items():
        if name in CHILDREN:
            continue
        stored = getattr(record, name)
        if (stored.code if name in POINTERS and stored is not None else stored) != value:
            return True
    return False

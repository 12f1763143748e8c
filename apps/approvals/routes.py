"""The route of a document: which steps, decided by whom and why, or what stands in the way.

Every matching rule adds its steps, rules by their order, steps by their sequence. Steps that follow
each other and ask the same people in the same way are one step: nobody is asked twice in a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.approvals import matching
from apps.approvals.approvers import Blocker, Directory, PlannedApprover, resolve
from apps.approvals.models import ApprovalExclusion, ApprovalRule, ApprovalRuleStep
from apps.approvals.registry import Facts
from apps.approvals.states import Mode
from apps.approvals.words import Listing, Phrase, Said, reason


@dataclass(frozen=True)
class PlannedStep:
    """One step to come: who will be asked, how many have to agree, and which rule says so."""

    sequence: int
    name: Any
    why: Any
    mode: str
    required_count: int
    hours: int
    approvers: tuple[PlannedApprover, ...]
    rule: ApprovalRule

    @property
    def people(self) -> tuple[Any, ...]:
        """What makes two steps the same question."""
        return self.mode, self.required_count, frozenset(a.key for a in self.approvers)


@dataclass(frozen=True)
class ExcludedPerson:
    """Somebody who may not decide on the document, and why."""

    user: Any
    reason: str


@dataclass
class Route:
    """What will happen when the document is submitted now."""

    steps: list[PlannedStep] = field(default_factory=list)
    blockers: list[Blocker] = field(default_factory=list)
    excluded: list[ExcludedPerson] = field(default_factory=list)
    exclusions: dict[int, str] = field(default_factory=dict)
    is_free: bool = False  # rules say that nobody needs to be asked

    @property
    def is_clear(self) -> bool:
        """Whether nothing stands in the way."""
        return bool(self.steps or self.is_free) and not self.blockers


def build(kind: str, facts: Facts, *, names: bool = False) -> Route:
    """The route by the rules of now. `names` also looks up the people who are kept apart."""
    directory = Directory(facts)
    route = Route(exclusions=directory.excluded)
    rules = matching.matching(matching.candidates(kind), facts, directory.parents)
    if not rules:
        route.blockers.append(
            Blocker("no_rule", _("No approval rule covers this document. Ask an administrator."))
        )
    planned: list[PlannedStep] = []
    for rule in rules:
        steps, blockers = _plan(rule, directory)
        planned.extend(steps)
        route.blockers.extend(blockers)
    route.steps = _merged(planned)
    route.is_free = bool(rules) and all(rule.needs_no_approval for rule in rules)
    if names:
        route.excluded = _named(directory.excluded)
    return route


def _plan(rule: ApprovalRule, directory: Directory) -> tuple[list[PlannedStep], list[Blocker]]:
    steps: list[PlannedStep] = []
    blockers: list[Blocker] = []
    if not rule.steps.all() and not rule.needs_no_approval:
        message = Phrase(_("Rule “%(rule)s” has no steps."), {"rule": rule})
        blockers.append(Blocker("rule_without_steps", message))
    for step in sorted(rule.steps.all(), key=lambda row: (row.sequence, row.pk)):
        approvers, missing = _resolved(step, directory)
        problems = _problems(step, approvers, missing, directory)
        blockers.extend(problems)
        if not problems:
            steps.append(_planned(step, rule, approvers))
    return steps, blockers


def _resolved(
    step: ApprovalRuleStep, directory: Directory
) -> tuple[tuple[PlannedApprover, ...], list[Blocker]]:
    """Who is asked, each person or group once, and what of the rule found nobody."""
    found: dict[tuple[str, int], PlannedApprover] = {}
    missing: list[Blocker] = []
    for named in step.approvers.all():
        result = resolve(named, directory)
        if isinstance(result, Blocker):
            missing.append(result)
        else:
            found.setdefault(result.key, result)
    return tuple(found.values()), missing


def _problems(
    step: ApprovalRuleStep,
    approvers: Sequence[PlannedApprover],
    missing: list[Blocker],
    directory: Directory,
) -> list[Blocker]:
    if not approvers and not missing:
        message = Phrase(_("Step “%(step)s” names no approver."), {"step": step})
        return [Blocker("step_without_approvers", message)]
    if missing and (not approvers or step.mode == Mode.ALL):
        return missing
    choices = [directory.eligible(approver) for approver in approvers]
    if _can_be_met(step, choices):
        return []
    message = Phrase(
        _("Step “%(step)s” needs more people than there are who may decide."), {"step": step}
    )
    return [*missing, Blocker("not_enough_approvers", message)]


def _can_be_met(step: ApprovalRuleStep, choices: Sequence[set[int]]) -> bool:
    """Whether enough different people are left: nobody's consent counts twice in a step."""
    if step.mode == Mode.NUMBER:
        return len(set().union(*choices)) >= step.required_count
    if step.mode == Mode.ALL:
        return _assignable(choices)
    return any(choices)


def _assignable(choices: Sequence[set[int]]) -> bool:
    """Whether each seat can be given to a different person (augmenting paths)."""
    seat_of: dict[int, int] = {}

    def seat(index: int, tried: set[int]) -> bool:
        for person in choices[index] - tried:
            tried.add(person)
            if person not in seat_of or seat(seat_of[person], tried):
                seat_of[person] = index
                return True
        return False

    return all(seat(index, set()) for index in range(len(choices)))


def _planned(
    step: ApprovalRuleStep, rule: ApprovalRule, approvers: tuple[PlannedApprover, ...]
) -> PlannedStep:
    required = {Mode.ALL: len(approvers), Mode.NUMBER: step.required_count}
    return PlannedStep(
        sequence=0,
        name=Said(lambda: step.name),
        why=reason(rule),
        mode=step.mode,
        required_count=required.get(Mode(step.mode), 1),
        hours=step.hours,
        approvers=approvers,
        rule=rule,
    )


def _merged(planned: Iterable[PlannedStep]) -> list[PlannedStep]:
    steps: list[PlannedStep] = []
    for step in planned:
        last = steps[-1] if steps else None
        if last is not None and last.people == step.people:
            why = Listing((last.why, step.why), _("; "))
            steps[-1] = replace(last, why=why, hours=min(last.hours, step.hours))
        else:
            steps.append(replace(step, sequence=len(steps) + 1))
    return steps


def _named(excluded: dict[int, str]) -> list[ExcludedPerson]:
    people = User.objects.filter(pk__in=excluded).order_by("username")
    labels = ApprovalExclusion.Reason
    return [ExcludedPerson(person, str(labels(excluded[person.pk]).label)) for person in people]

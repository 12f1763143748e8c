"""The kinds of checks a line is made of. Each looks at one source and gives a finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.util import find_spec
from typing import Any, Protocol

from django.conf import settings
from django.core.management import get_commands
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from apps.operations.alerting.measuring import value_of
from apps.operations.alerting.rules import Condition, rules
from apps.operations.backup.version import app_version
from apps.operations.doctor.answers import Answer, State
from apps.operations.models import EvidenceRun
from apps.operations.readiness import recording, sealing
from apps.operations.readiness.findings import (
    Finding,
    Result,
    elsewhere,
    failed,
    later,
    passed,
    unknown,
)

DAY = dt.timedelta(days=1)
RUN_DAYS, TEST_DAYS, LOAD_DAYS = 7, 30, 90
Kind = EvidenceRun.Kind


@dataclass
class Surroundings:
    """What checks look at: the moment, the doctor's answers, and the evidence that is kept."""

    now: dt.datetime
    answers: Mapping[str, Answer]
    version: str = field(default_factory=app_version)

    @cached_property
    def runs(self) -> dict[str, list[EvidenceRun]]:
        """The kept runs of every kind, the newest first; one that was tampered with proves nothing.

        Asked once for all lines.
        """
        return {kind.value: recording.newest(kind) for kind in Kind}

    def find(self, kind: Kind, names: Callable[[EvidenceRun], bool]) -> EvidenceRun | None:
        """The newest run of this version that says something about the matter."""
        ours = (run for run in self.runs[kind.value] if run.app_version == self.version)
        return next((run for run in ours if names(run)), None)


class Check(Protocol):
    """One source to look at."""

    def look(self, around: Surroundings) -> Finding:
        """What it says now."""


@dataclass(frozen=True)
class Doctor:
    """Checks of `erp_check`, asked now. A warning is no tick."""

    names: tuple[str, ...]
    in_production: bool = False

    def look(self, around: Surroundings) -> Finding:
        """The worst of the answers, with all that was said about it."""
        source = "erp_check: " + ", ".join(self.names)
        if self.in_production and settings.DEBUG:
            said = _("ERP_DEBUG is on: what holds here says nothing about production.")
            return elsewhere(said, source=source)
        found = [(name, around.answers.get(name)) for name in self.names]
        missing = [name for name, answer in found if answer is None]
        if missing:
            said = _("The doctor was not asked: %(names)s") % {"names": ", ".join(missing)}
            return unknown("not_asked", said, source=source)
        answers = [answer for _name, answer in found if answer is not None]
        bad = [a for a in answers if a.state in {State.PROBLEM, State.WARNING}]
        unsure = [a for a in answers if a.state == State.UNKNOWN]
        chosen = bad or unsure or answers
        result = Result.FAIL if bad else Result.UNKNOWN if unsure else Result.PASS
        return Finding(
            result,
            " ".join(answer.said for answer in chosen),
            source=source,
            cause=chosen[0].cause,
            at=around.now,
            max_age=DAY,
            proof=self.names,
        )


@dataclass(frozen=True)
class Tests:
    """Tests of the last report that was brought in, by file; without files, the whole report.

    A whole report is one of so many files at least: a run of one file says nothing of the rest.
    """

    __test__ = False  # not for pytest

    paths: tuple[str, ...] = ()
    files: int = 0

    def look(self, around: Surroundings) -> Finding:
        """Green, red, or not in any report of this version."""
        source = ", ".join(self.paths) or "tests"
        run = around.find(Kind.TESTS, self._is_named)
        if run is None:
            said = _("No report of the tests of version %(version)s names this.")
            said %= {"version": around.version}
            return unknown("no_report", said, source=source)
        modules: dict[str, dict[str, int]] = run.content["modules"]
        rows = [modules[path] for path in self.paths] or list(modules.values())
        figures = {name: sum(row[name] for row in rows) for name in ("passed", "failed", "left")}
        said = _("%(passed)d tests passed, %(failed)d failed, %(left)d were left out.") % figures
        more: dict[str, Any] = {"source": source, "figures": figures, "proof": (run.sha256,)}
        kept = _kept(run, TEST_DAYS, said, more, around)
        if kept.result is not Result.PASS:
            return kept
        if figures["failed"]:
            return replace(kept, result=Result.FAIL, cause="tests_failed")
        if not all(row["passed"] for row in rows):
            return replace(kept, result=Result.UNKNOWN, cause="tests_left_out")
        return kept

    def _is_named(self, run: EvidenceRun) -> bool:
        modules = run.content.get("modules", {})
        return len(modules) >= self.files and all(path in modules for path in self.paths)


@dataclass(frozen=True)
class Smoke:
    """Lines of `erp_smoke` in its newest run that has them."""

    lines: tuple[str, ...]
    kind: Kind = Kind.SMOKE
    command: str = "erp_smoke --golive"

    def look(self, around: Surroundings) -> Finding:
        """Green or red, unless nobody ran it lately."""
        source = f"{self.command}: {', '.join(self.lines)}"
        run = around.find(self.kind, lambda one: set(self.lines) <= {*one.content["lines"]})
        if run is None:
            said = _("Nobody has run %(command)s for version %(version)s.")
            said %= {"command": self.command, "version": around.version}
            return unknown("no_run", said, source=source)
        rows = [run.content["lines"][name] for name in self.lines]
        red = [row for row in rows if not row["green"]]
        said = " · ".join(row["said"] for row in red or rows)
        proof = tuple(f"{self.kind}.{name}" for name in self.lines)
        kept = _kept(run, RUN_DAYS, said, {"source": source, "proof": proof}, around)
        if red and kept.result is Result.PASS:
            return replace(kept, result=Result.FAIL, cause="line_red")
        return kept


@dataclass(frozen=True)
class Load:
    """A figure of the newest load run against what the readiness document asks."""

    figure: str
    below: float | None = None
    at_least: float | None = None

    def look(self, around: Surroundings) -> Finding:
        """Within the limit, past it, or never measured."""
        source = _("load run: %(figure)s") % {"figure": self.figure}
        run = around.find(Kind.LOAD, lambda one: bool(one.content))
        if run is None:
            said = _("No load run of version %(version)s was brought in.")
            return unknown("no_load_run", said % {"version": around.version}, source=source)
        value = _figure(run.content, self.figure)
        good = value < self.below if self.below is not None else value >= (self.at_least or 0)
        limit = f"< {self.below:g}" if self.below is not None else f"≥ {self.at_least or 0:g}"
        said = _("%(value).4g with %(users)d users; wanted: %(limit)s.")
        said %= {"value": value, "users": run.content["users"], "limit": limit}
        kept = _kept(run, LOAD_DAYS, said, {"source": source, "proof": (run.sha256,)}, around)
        if kept.result is Result.PASS and not good:
            return replace(kept, result=Result.FAIL, cause="past_limit")
        return kept


def _figure(content: Mapping[str, Any], name: str) -> float:
    if name == "error_rate":
        return float(content["errors"]) / float(content["requests"])
    return float(content[name])


@dataclass(frozen=True)
class Measured:
    """An average of the embedded store over the last day against a target."""

    metric: str
    below: float
    hours: int = 24
    minimum: int = 60

    def look(self, around: Surroundings) -> Finding:
        """Below it, past it, or not measured often enough to say."""
        source = f"erp_monitor: {self.metric}"
        condition = Condition(
            "average",
            metric=self.metric,
            windows=(self.hours * 60,),
            minimum=self.minimum,
            below=self.below,
        )
        value = value_of(condition, around.now, rules())
        if value is None:
            said = _("It was measured fewer than %(count)d times in %(hours)d hours.")
            said %= {"count": self.minimum, "hours": self.hours}
            return unknown("not_measured", said, source=source)
        said = _("%(value).4g on average of %(hours)d hours; wanted: < %(limit).4g.")
        said %= {"value": value, "hours": self.hours, "limit": self.below}
        more: dict[str, Any] = {"source": source, "at": around.now, "max_age": DAY}
        more["proof"] = (self.metric,)
        return passed(said, **more) if value < self.below else failed("past_limit", said, **more)


@dataclass(frozen=True)
class Asked:
    """A question put to the data, the files and the settings of this installation."""

    question: Callable[[Surroundings], Finding]
    in_production: bool = False

    def look(self, around: Surroundings) -> Finding:
        """The answer, of now."""
        name = self.question.__name__
        if self.in_production and settings.DEBUG:
            said = _("ERP_DEBUG is on: what holds here says nothing about production.")
            return elsewhere(said, source=name)
        found = self.question(around)
        return replace(
            found,
            source=found.source or f"erp_readiness: {name}",
            at=found.at or around.now,
            max_age=found.max_age or DAY,
            proof=found.proof or (name,),
        )


@dataclass(frozen=True)
class Later:
    """What is to come: open by name until its command or package is there, and then looked at."""

    what: StrOrPromise
    command: str = ""
    package: str = ""

    def look(self, around: Surroundings) -> Finding:
        """Not built; once it is there, unknown until a check of it takes this one's place."""
        source = self.command or self.package
        if self._is_there():
            said = _("%(what)s is there now, and no check looks at it yet.")
            return unknown("not_looked_at", said % {"what": self.what}, source=source)
        return later(str(self.what), source=source)

    def _is_there(self) -> bool:
        if self.command:
            return self.command in get_commands()
        return bool(self.package) and find_spec(self.package) is not None


def _kept(
    run: EvidenceRun, days: int, said: str, more: Mapping[str, Any], around: Surroundings
) -> Finding:
    """A finding out of a kept run, unless it was tampered with or has become too old."""
    record = f"evidencerun/{run.pk}"
    if not sealing.is_intact(run):
        said = _("The kept evidence is not what its checksum says.")
        return unknown("evidence_damaged", said, source=more["source"], record=record)
    found = passed(said, at=run.finished_at, max_age=days * DAY, record=record, **more)
    return found.aged(around.now)


def look_at(checks: Sequence[Check], around: Surroundings) -> list[Finding]:
    """What every check of a line says."""
    return [check.look(around) for check in checks]

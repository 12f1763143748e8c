"""Reports of other programs as evidence: JUnit XML of the tests, JSON of a run under load."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from apps.common.errors import InvalidInputError
from apps.operations.backup.version import app_version
from apps.operations.models import EvidenceRun

LARGEST = 50 * 1024 * 1024
MODULE = re.compile(r"^(tests(?:\.\w+)*?\.test_\w+)(?:\.\w+)*$")
# What a load run has to say, with the kinds of its figures.
LOAD: dict[str, tuple[type, ...]] = {
    "version": (str,),
    "started_at": (str,),
    "users": (int,),
    "seconds": (int, float),
    "requests": (int,),
    "errors": (int,),
    "average_seconds": (int, float),
    "p95_seconds": (int, float),
}


@dataclass(frozen=True)
class Report:
    """What a file says."""

    kind: EvidenceRun.Kind
    started_at: dt.datetime
    finished_at: dt.datetime
    has_passed: bool
    content: dict[str, Any]


def read(path: Path) -> Report:
    """Read a report of either kind. Raises InvalidInputError with what is wrong."""
    try:
        if path.stat().st_size > LARGEST:
            raise InvalidInputError(_("The report is larger than 50 MB."))
        text = path.read_bytes()
    except OSError as error:
        said = _("The report cannot be read: %(why)s") % {"why": error.strerror}
        raise InvalidInputError(said) from error
    found = _tests(text) if text.lstrip()[:1] == b"<" else _load(text)
    content = {**found.content, "file_sha256": hashlib.sha256(text).hexdigest()}
    return Report(found.kind, found.started_at, found.finished_at, found.has_passed, content)


def _tests(text: bytes) -> Report:
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise InvalidInputError(_("The report is no JUnit XML: %(why)s") % {"why": error}) from None
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    if root.tag not in {"testsuite", "testsuites"} or not suites:
        raise InvalidInputError(_("The report is no JUnit XML: %(why)s") % {"why": root.tag})
    modules: dict[str, dict[str, int]] = defaultdict(lambda: {"passed": 0, "failed": 0, "left": 0})
    for case in (case for suite in suites for case in suite.iter("testcase")):
        modules[_module(case)][_outcome(case)] += 1
    if not modules:
        raise InvalidInputError(_("The report names no test."))
    spans = list(_spans(suites))
    failed = sum(one["failed"] for one in modules.values())
    whole = {name: sum(one[name] for one in modules.values()) for name in ("passed", "left")}
    return Report(
        EvidenceRun.Kind.TESTS,
        min(start for start, _end in spans),
        max(end for _start, end in spans),
        failed == 0 and whole["passed"] > 0,
        {"modules": dict(modules), "failed": failed, **whole},
    )


def _module(case: Element) -> str:
    """The file a test stands in, as it is named in the project."""
    name = case.get("classname", "")
    found = MODULE.match(name)
    return found[1].replace(".", "/") + ".py" if found else name or "?"


def _outcome(case: Element) -> str:
    tags = {child.tag for child in case}
    if tags & {"failure", "error"}:
        return "failed"
    return "left" if "skipped" in tags else "passed"


def _spans(suites: list[Element]) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    for suite in suites:
        start = _moment(suite.get("timestamp", ""))
        try:
            seconds = float(suite.get("time", "0"))
        except ValueError:
            seconds = 0.0
        yield start, start + dt.timedelta(seconds=max(0.0, seconds))


def _load(text: bytes) -> Report:
    try:
        said = json.loads(text)
    except ValueError:
        raise InvalidInputError(_("The report is neither JUnit XML nor JSON.")) from None
    wrong = _wrong(said) if isinstance(said, dict) else sorted(LOAD)
    if wrong:
        names = ", ".join(wrong)
        raise InvalidInputError(
            _("The report of a load run misses or misstates: %(names)s") % {"names": names}
        )
    if said["version"] != app_version():
        raise InvalidInputError(
            _("The report is of version %(theirs)s; this is %(ours)s.")
            % {"theirs": said["version"], "ours": app_version()}
        )
    start = _moment(said["started_at"])
    figures = {name: said[name] for name in LOAD}
    return Report(
        kind=EvidenceRun.Kind.LOAD,
        started_at=start,
        finished_at=start + dt.timedelta(seconds=said["seconds"]),
        has_passed=True,
        content=figures,
    )


def _wrong(said: dict[str, Any]) -> list[str]:
    """Figures that are missing, of another kind or below zero, and counts that cannot be."""
    wrong = [
        name
        for name, kinds in LOAD.items()
        if isinstance(said.get(name), bool) or not isinstance(said.get(name), kinds)
    ]
    if wrong:
        return wrong
    numbers = [name for name, kinds in LOAD.items() if int in kinds]
    wrong = [name for name in numbers if not 0 <= said[name] < 10**9]
    wrong += [name for name in ("users", "seconds", "requests") if not said[name]]
    if said["errors"] > said["requests"]:
        wrong.append("errors")
    return sorted(set(wrong))


def _moment(text: str) -> dt.datetime:
    """A moment of a report; one without a zone is of this machine's clock."""
    try:
        found = dt.datetime.fromisoformat(text)
        return found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        said = _("The report does not say when it was made: %(text)s")
        raise InvalidInputError(said % {"text": text[:40]}) from None

"""What a check of readiness says. Only a pass is a tick: what nobody knows is not ready."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Result(StrEnum):
    """What came of a check; the first of this list decides where several checks make a line."""

    FAIL = "fail"
    LATER = "later"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    PASS = "pass"  # noqa: S105  # a result, no password


WORST_FIRST = tuple(Result)
LABELS = {
    Result.PASS: gettext_lazy("shown"),
    Result.FAIL: gettext_lazy("not so"),
    Result.UNKNOWN: gettext_lazy("unknown"),
    Result.ELSEWHERE: gettext_lazy("not checkable here"),
    Result.LATER: gettext_lazy("not built yet"),
}


@dataclass(frozen=True)
class Finding:
    """One answer with its evidence: where it comes from, of when, and how old it may become."""

    result: Result
    said: str
    source: str = ""
    cause: str = ""
    at: dt.datetime | None = None
    max_age: dt.timedelta | None = None
    proof: tuple[str, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)
    record: str = ""

    def aged(self, now: dt.datetime) -> Finding:
        """The same, or unknown once the evidence is too old."""
        if self.at is None or self.max_age is None or self.result is not Result.PASS:
            return self
        if now - self.at <= self.max_age:
            return self
        said = _("The evidence is too old: %(days)d days where %(most)d are allowed. %(said)s")
        days, most = (now - self.at).days, self.max_age.days
        said %= {"days": days, "most": most, "said": self.said}
        return replace(self, result=Result.UNKNOWN, cause="stale", said=said)


def passed(said: str, **more: Any) -> Finding:
    """It is so."""
    return Finding(Result.PASS, said, **more)


def failed(cause: str, said: str, **more: Any) -> Finding:
    """It is not so."""
    return Finding(Result.FAIL, said, cause=cause, **more)


def unknown(cause: str, said: str, **more: Any) -> Finding:
    """Nobody has looked, or nobody can say."""
    return Finding(Result.UNKNOWN, said, cause=cause, **more)


def elsewhere(said: str, **more: Any) -> Finding:
    """It has to be looked at in another place than this."""
    return Finding(Result.ELSEWHERE, said, cause="elsewhere", **more)


def later(what: str, **more: Any) -> Finding:
    """It is not built yet: the line stays open by the name of what is missing."""
    return Finding(Result.LATER, what, cause="not_built", **more)


def worst(results: Iterable[Result]) -> Result:
    """The result of several; of none, unknown."""
    found = set(results)
    return next((one for one in WORST_FIRST if one in found), Result.UNKNOWN)

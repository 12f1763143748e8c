"""One figure of a dashboard: its value, its state, how it is computed, its past, where it leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.operations.alerting.evaluating import State
from apps.operations.dashboards.sparkline import Sparkline, draw

WORDS = {
    State.GOOD: gettext_lazy("on target"),
    State.OFF_TARGET: gettext_lazy("off target"),
    State.WARNING: gettext_lazy("warning"),
    State.CRITICAL: gettext_lazy("critical"),
    State.UNKNOWN: gettext_lazy("no data yet"),
}
TONES = {
    State.GOOD: "success",
    State.OFF_TARGET: "info",
    State.WARNING: "warning",
    State.CRITICAL: "danger",
    State.UNKNOWN: "neutral",
}


@dataclass(frozen=True)
class Trend:
    """The past of a figure: one value per step, None where nothing was measured."""

    caption: str
    values: Sequence[float | None]
    shown: Callable[[float], str]
    from_zero: bool = True

    @property
    def line(self) -> Sparkline | None:
        """What is drawn; nothing while there is less than two values."""
        return draw(self.values, from_zero=self.from_zero)

    @property
    def said(self) -> str:
        """The same for who does not see it."""
        known = [value for value in self.values if value is not None]
        if not known:
            return _("%(span)s: no data yet") % {"span": self.caption}
        return _("%(span)s: lowest %(least)s, highest %(most)s, last %(last)s") % {
            "span": self.caption,
            "least": self.shown(min(known)),
            "most": self.shown(max(known)),
            "last": self.shown(known[-1]),
        }


@dataclass(frozen=True)
class Link:
    """Where a figure leads."""

    label: str
    url: str


@dataclass(frozen=True)
class Tile:
    """One figure. Without a value it says that there are no data yet, never 0.

    `state` is None for figures that have no threshold. `share` is drawn as a bar.
    """

    key: str
    label: str
    value: str | None
    state: State | None
    formula: str
    trend: Trend
    link: Link | None = None
    note: str = ""
    share: float | None = None

    @property
    def shown(self) -> str:
        """The value as it is read."""
        return _("no data yet") if self.value is None else self.value

    @property
    def is_known(self) -> bool:
        """Whether there is a figure at all."""
        return self.value is not None

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return "neutral" if self.state is None else TONES[self.state]

    @property
    def state_label(self) -> str:
        """The state in words: colour alone tells nobody who cannot see it."""
        return "" if self.state is None or not self.is_known else str(WORDS[self.state])

    @property
    def bar(self) -> int | None:
        """The share in whole percent, for the bar."""
        return None if self.share is None else min(100, max(0, round(self.share * 100)))

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        state = None if self.state is None else self.state.value
        return {"key": self.key, "label": self.label, "value": self.value, "state": state}

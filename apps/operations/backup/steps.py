"""Steps of an emergency, timed one by one: what a drill reports and what a recovery prints."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

type Say = Callable[[str], None]


def silent(_text: str) -> None:
    """Say nothing."""


@dataclass
class Steps:
    """The steps done so far and how many seconds each took."""

    say: Say = silent
    done: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, label: str) -> Iterator[None]:
        """Do one step; its time counts even when it fails."""
        self.say(label)
        begun = time.monotonic()
        try:
            yield
        finally:
            seconds = time.monotonic() - begun
            self.done.append((name, round(seconds, 3)))
            self.say(f"  {seconds:.1f} s")

    @property
    def seconds(self) -> float:
        """All steps together."""
        return round(sum(seconds for _name, seconds in self.done), 3)

    def listed(self) -> list[dict[str, float | str]]:
        """The steps for a report."""
        return [{"step": name, "seconds": seconds} for name, seconds in self.done]

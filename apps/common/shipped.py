"""Records an installation starts with, and what becomes of them when they are set up again."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What came of one kind: keys created, how many are equal, keys changed here and left alone."""

    created: list[str] = field(default_factory=list)
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)

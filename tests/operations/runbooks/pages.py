"""Reading a runbook as whoever follows it: parts, and in each the commands in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.support.services import runbooks

PARTS = ("symptoms", "actions", "investigation", "options", "afterwards")


@dataclass(frozen=True)
class Page:
    """The commands of a page, by part; options are counted from 1 as on the page."""

    slug: str
    parts: dict[str, list[str]]

    @property
    def commands(self) -> list[str]:
        return [command for part in self.parts.values() for command in part]

    def option(self, number: int) -> str:
        return self.parts["options"][number - 1]


def read(slug: str) -> Page:
    """The English page; the Chinese one has the same commands."""
    text = runbooks.path_of(slug, "en").read_text(encoding="utf-8")
    bodies = re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]
    blocks = [re.findall(r"```sh\n(.*?)```", body, re.DOTALL) for body in bodies]
    found = [[block.strip() for block in part] for part in blocks]
    return Page(slug, dict(zip(PARTS, found, strict=True)))

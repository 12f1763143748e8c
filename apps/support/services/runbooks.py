"""The runbooks: pages in docs/<language>/operations/runbooks, shown in the product as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from apps.support.services.markdown import render

# In the order an operator looks for them.
SLUGS = ("slow", "login-failure", "database", "disk", "restore", "scale-out")


@dataclass(frozen=True)
class Runbook:
    """One page: its address, its title, what it is about, and the whole as HTML."""

    slug: str
    title: str
    summary: str
    body: SafeString


def overview(language: str | None = None) -> list[Runbook]:
    """All runbooks, in the reader's language."""
    return [found for slug in SLUGS if (found := _read(slug, folder_of(language), str)) is not None]


def find(
    slug: str, *, address: Callable[[str], str], language: str | None = None
) -> Runbook | None:
    """One runbook in the reader's language; `address` gives the page of another one."""
    return _read(slug, folder_of(language), address) if slug in SLUGS else None


def path_of(slug: str, folder: str) -> Path:
    """Where the page of a runbook lies."""
    return Path(settings.BASE_DIR) / "docs" / folder / "operations" / "runbooks" / f"{slug}.md"


def folder_of(language: str | None = None) -> str:
    """The folder of docs/ a reader's language is in."""
    return "zh" if (language or get_language() or "").startswith("zh") else "en"


def _read(slug: str, folder: str, address: Callable[[str], str]) -> Runbook | None:
    path = path_of(slug, folder)
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    head, _separator, rest = text.partition("\n")
    summary = next((line.strip() for line in rest.splitlines() if line.strip()), "")
    return Runbook(slug, head.lstrip("# ").strip(), summary, render(rest, address=address))

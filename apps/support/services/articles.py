"""Articles: the guides of docs/ as pages of the product, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString

from apps.support.services import markdown, runbooks
from apps.support.services.runbooks import folder_of

# In the order people are likely to look for them.
GUIDES = ("engineer", "approver", "procurement", "import", "auditor", "admin", "api")
# They name commands and places, as runbooks do.
OPERATING = ("operator", "install", "upgrade", "monitoring", "scaling", "dashboards", "support")
SLUGS = (*GUIDES, *OPERATING)
# Guides somebody can also watch (`make recordings`).
RECORDED = ("engineer", "approver", "procurement")
_TOP = (*GUIDES, "operator")  # the others lie a folder deeper


@dataclass(frozen=True)
class Section:
    """A part of an article or runbook: where it stands, and what a reader reads of it."""

    slug: str
    title: str  # of the whole page
    place: str  # the anchor; empty before the first heading
    heading: str
    text: str


@dataclass(frozen=True)
class Article:
    """A whole page."""

    slug: str
    title: str
    body: SafeString
    recording: str  # static file without its ending; empty where there is none


def overview(slugs: tuple[str, ...], language: str | None = None) -> list[tuple[str, str]]:
    """Slug and title of these articles, in the reader's language."""
    folder = folder_of(language)
    return [(slug, title_of(text)) for slug in slugs if (text := _text(slug, folder))]


def find(
    slug: str, *, address: Callable[[str], str], language: str | None = None
) -> Article | None:
    """One article in the reader's language; `address` gives the page of a slug, or nothing."""
    text = _text(slug, folder_of(language)) if slug in SLUGS else ""
    if not text:
        return None
    body = markdown.render(text.partition("\n")[2], address=address)
    return Article(slug, title_of(text), body, recording_of(slug, folder_of(language)))


def recording_of(slug: str, folder: str) -> str:
    """The film of a guide in one language, or nothing."""
    return f"recordings/{folder}/{slug}" if slug in RECORDED else ""


@lru_cache(maxsize=2)
def sections(folder: str) -> tuple[Section, ...]:
    """All parts of all articles and runbooks in one language; the files come with the release."""
    return tuple(
        part for slug in (*SLUGS, *runbooks.SLUGS) for part in _parts(slug, _text(slug, folder))
    )


def title_of(text: str) -> str:
    """The first line of a page."""
    return text.partition("\n")[0].lstrip("# ").strip()


def _parts(slug: str, text: str) -> list[Section]:
    first, *others = text.partition("\n")[2].split("\n## ")
    title = title_of(text)
    found = [Section(slug, title, "", title, markdown.words_of(first))] if first.strip() else []
    for number, part in enumerate(others, start=1):
        heading, _end, body = part.partition("\n")
        place = markdown.anchor(number)
        found.append(Section(slug, title, place, heading.strip(), markdown.words_of(body)))
    return found


def _text(slug: str, folder: str) -> str:
    if slug in runbooks.SLUGS:
        path = runbooks.path_of(slug, folder)
    else:
        docs = Path(settings.BASE_DIR) / "docs" / folder
        path = docs / f"{slug}.md" if slug in _TOP else docs / "operations" / f"{slug}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""

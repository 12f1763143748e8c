"""The runbooks: pages in docs/<language>/operations/runbooks, shown in the product as they are.

The one module that knows a Markdown library. Raw HTML is text in it, pictures are left out, and a
link leads to another runbook or stays a link the library's own check lets pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from markdown_it import MarkdownIt
from markdown_it.token import Token

# In the order an operator looks for them.
SLUGS = ("slow", "login-failure", "database", "disk", "restore", "scale-out")
_LINK = re.compile(r"(?:\./)?([a-z-]+)\.md(#[a-z0-9-]*)?")


@dataclass(frozen=True)
class Runbook:
    """One page: its address, its title, what it is about, and the whole as HTML."""

    slug: str
    title: str
    summary: str
    body: SafeString


def overview(language: str | None = None) -> list[Runbook]:
    """All runbooks, in the reader's language."""
    return [found for slug in SLUGS if (found := _read(slug, _folder(language), str)) is not None]


def find(
    slug: str, *, address: Callable[[str], str], language: str | None = None
) -> Runbook | None:
    """One runbook in the reader's language; `address` gives the page of another one."""
    return _read(slug, _folder(language), address) if slug in SLUGS else None


def render(text: str, *, address: Callable[[str], str] = str) -> SafeString:
    """Markdown as HTML that is safe to show."""
    parser = _parser()
    tokens = parser.parse(text)
    _point(tokens, address)
    # Everything a person wrote was escaped by the renderer: raw HTML is switched off.
    return SafeString(parser.renderer.render(tokens, parser.options, {}))


def path_of(slug: str, folder: str) -> Path:
    """Where the page of a runbook lies."""
    return Path(settings.BASE_DIR) / "docs" / folder / "operations" / "runbooks" / f"{slug}.md"


def _folder(language: str | None) -> str:
    return "zh" if (language or get_language() or "").startswith("zh") else "en"


def _read(slug: str, folder: str, address: Callable[[str], str]) -> Runbook | None:
    path = path_of(slug, folder)
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    head, _separator, rest = text.partition("\n")
    summary = next((line.strip() for line in rest.splitlines() if line.strip()), "")
    return Runbook(slug, head.lstrip("# ").strip(), summary, render(rest, address=address))


def _point(tokens: Sequence[Token], address: Callable[[str], str]) -> None:
    """Let links between the files lead to the pages."""
    for token in tokens:
        if token.type == "link_open":
            match = _LINK.fullmatch(str(token.attrGet("href") or ""))
            if match and match.group(1) in SLUGS:
                token.attrSet("href", address(match.group(1)))
        _point(token.children or (), address)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    options: dict[str, Any] = {"html": False, "linkify": False, "typographer": False}
    return MarkdownIt("commonmark", options).enable("table").disable("image")

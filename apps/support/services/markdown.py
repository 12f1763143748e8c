"""Markdown as pages. The one module that knows a Markdown library.

Raw HTML is text in it, pictures are left out. Sections are numbered, so that a search can lead to
one; a link to another page of docs/ leads to its page in the product, or is only its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

_LINK = re.compile(r"(?:[a-z.-]+/)*([a-z0-9-]+)\.md(#[^ ]*)?")


def render(text: str, *, address: Callable[[str], str] = str) -> SafeString:
    """HTML that is safe to show; `address` gives the page of a slug, or nothing."""
    parser = _parser()
    tokens = parser.parse(text)
    sections = (token for token in tokens if token.type == "heading_open" and token.tag == "h2")
    for number, token in enumerate(sections, start=1):
        token.attrSet("id", anchor(number))
    _point(tokens, address)
    # Everything a person wrote was escaped by the renderer: raw HTML is switched off.
    return SafeString(parser.renderer.render(tokens, parser.options, {}))


def anchor(number: int) -> str:
    """Name the place of a section; words of a heading would differ between languages."""
    return f"section-{number}"


def words_of(text: str) -> str:
    """What a reader reads of it, without marks."""
    inline = (token for token in _parser().parse(text) if token.type in {"inline", "fence"})
    return " ".join(_plain(token) for token in inline)


def _plain(token: Token) -> str:
    if not token.children:
        return token.content
    said = (child.content for child in token.children if child.content)
    return "".join(said)


def _point(tokens: Sequence[Token], address: Callable[[str], str]) -> None:
    """Let links between the files lead to the pages; what has none is no link."""
    is_dead = False
    for token in tokens:
        if token.type == "link_open":
            href = str(token.attrGet("href") or "")
            match = _LINK.fullmatch(href)
            target = address(match[1]) if match else href
            is_dead = not target
            token.attrSet("href", target)
        if is_dead and token.type in {"link_open", "link_close"}:
            token.type, token.tag, token.content, token.attrs = "text", "", "", {}
        _point(token.children or (), address)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    options: dict[str, Any] = {"html": False, "linkify": False, "typographer": False}
    return MarkdownIt("commonmark", options).enable("table").disable("image")

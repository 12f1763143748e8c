"""Our own pages work in the oldest browsers of the contract: Chrome 90, Firefox 88, Safari 14.1.

Each row is a feature that one of them has not; it is found by how it is written. What only adds
something, such as an accent colour, is no row: without it a page looks plainer and works.
"""

from __future__ import annotations

import re

import pytest

from tests.architecture.files import files, text

CSS = {
    ":has()": r":has\(",
    "colours mixed or in new spaces": r"\b(?:color-mix|oklch|oklab|lab|lch|hwb)\(",
    "container queries": r"@container\b|\bcontainer-(?:type|name)\s*:",
    "cascade layers": r"@layer\b",
    "registered properties": r"@property\b",
    "nesting": r"^\s*&",
    "scopes": r"@scope\b|@starting-style\b",
    "ranges in media queries": r"@media[^{]*[<>]=?",
    "aspect-ratio": r"\baspect-ratio\s*:",
    "units of the shown viewport": r"\d(?:dv|sv|lv)[hw]\b",
    "overflow: clip": r"overflow(?:-[xy])?\s*:\s*clip\b",
    "balanced text": r"\btext-wrap\s*:",
    "gutter of scroll bars": r"\bscrollbar-gutter\s*:",
    "subgrid": r"\bsubgrid\b",
    "transforms by themselves": r"^\s*(?:translate|rotate|scale)\s*:",
    "animations by scrolling": r"\banimation-timeline\s*:",
}
JS = {
    "at()": r"\.at\(",
    "findLast()": r"\.findLast(?:Index)?\(",
    "copies of arrays in order": r"\.(?:toSorted|toReversed|toSpliced|with)\(",
    "structuredClone()": r"\bstructuredClone\(",
    "Object.hasOwn(), groupBy()": r"\bObject\.(?:hasOwn|groupBy)\(",
    "randomUUID()": r"\.randomUUID\(",
    "requestSubmit() without asking for it": r"(?<!\.requestSubmit \? )\b\w+\.requestSubmit\(",
    "looking behind in patterns": r"\(\?<[=!]",
    "patterns of sets": r"/[dgimsuy]*v[dgimsuy]*[,;)]",
    "private members and static blocks": r"(?:^|[\s.])#[a-z]\w*\s*[=(;]|\bstatic\s*\{",
    "AbortSignal.timeout()": r"\bAbortSignal\.(?:timeout|any)\(",
    "popovers": r"\b(?:show|hide|toggle)Popover\(",
    ":has() in selectors": r":has\(",
    "replaceChildren()": r"\.replaceChildren\(",
    "Array.fromAsync(), Promise.withResolvers()": r"\.(?:fromAsync|withResolvers)\(",
}


def without_comments(source: str) -> str:
    """The source with its comments blank, so that lines keep their numbers."""
    comment = re.compile(r"/\*.*?\*/", re.DOTALL)
    return comment.sub(lambda found: "\n" * found.group().count("\n"), source)


def found_in(ending: str, features: dict[str, str]) -> list[str]:
    names = [n for n in files(ending, "static", "apps") if "/vendor/" not in n]
    assert len(names) > 3
    return [
        f"{name}:{number}: {feature}: {line.strip()[:80]}"
        for name in names
        for number, line in enumerate(without_comments(text(name)).splitlines(), 1)
        for feature, pattern in features.items()
        if re.search(pattern, line)
    ]


def test_style_sheets_stay_within_what_all_browsers_know() -> None:
    assert found_in(".css", CSS) == []


def test_scripts_stay_within_what_all_browsers_know() -> None:
    assert found_in(".js", JS) == []


@pytest.mark.parametrize(
    ("features", "source"),
    [
        (CSS, "main:has(p) {"),
        (CSS, "  color: color-mix(in srgb, red, blue);"),
        (CSS, "@media (width >= 40rem) {"),
        (CSS, "  & a {"),
        (CSS, "  height: 100dvh;"),
        (JS, "const last = rows.at(-1);"),
        (JS, "if (/(?<=a)b/.test(text)) {"),
        (JS, "  #kept = 1;"),
        (JS, "form.requestSubmit(button);"),
    ],
)
def test_the_patterns_find_what_they_are_for(features: dict[str, str], source: str) -> None:
    assert any(re.search(pattern, source) for pattern in features.values())


def test_dialogs_have_a_way_without_them() -> None:
    """Firefox 88 and Safari 14 know no modal dialogs: scripts ask before they show one."""
    without = [
        name
        for name in files(".js", "static", "apps")
        if "/vendor/" not in name
        and text(name).count(".showModal(") > text(name).count("window.HTMLDialogElement !==")
    ]

    assert without == []

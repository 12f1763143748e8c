"""The page of evidence: what was asked for, what does it, and what proves it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from apps.operations.readiness.catalogue import COMPONENTS, SECTIONS, Line
from apps.operations.readiness.looking import (
    Asked,
    Check,
    Doctor,
    Later,
    Load,
    Measured,
    Smoke,
    Tests,
)

FOLDERS = {"en": "en", "zh-hans": "zh"}
PLACE = Path("operations") / "evidence.md"


@dataclass(frozen=True)
class Item:
    """One thing that was asked for, what does it, and the tests, commands and files that show it.

    What is open is named; it has no proof yet.
    """

    asked: dict[str, str]
    done: dict[str, str]
    proofs: tuple[str, ...]
    open: dict[str, str]


@dataclass(frozen=True)
class Chapter:
    """Items that belong together."""

    title: dict[str, str]
    items: tuple[Item, ...]


@lru_cache(maxsize=1)
def chapters() -> tuple[Chapter, ...]:
    """The contract of operation, item by item."""
    path = Path(settings.BASE_DIR) / "fixtures" / "operations" / "contract.toml"
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Chapter(
            chapter["title"],
            tuple(
                Item(row["asked"], row["done"], tuple(row["proofs"]), row.get("open", {}))
                for row in chapter["items"]
            ),
        )
        for chapter in said["chapters"]
    )


def write(folder: Path) -> list[Path]:
    """Write the page in both languages below a folder of documents."""
    written = []
    for language, name in FOLDERS.items():
        path = folder / name / PLACE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(language), encoding="utf-8")
        written.append(path)
    return written


def page(language: str) -> str:
    """The page as it has to stand in the documents."""
    with translation.override(language):
        return "\n".join((*_head(), *_contract(FOLDERS[language]), *_boxes())) + "\n"


def _head() -> Iterator[str]:
    yield "# " + _("Evidence")
    yield ""
    yield _("Written by `erp_readiness --evidence-page docs`; a test holds it against the code.")
    yield _("It says what proves a thing; whether the proof holds now is said by `erp_readiness`.")


def _contract(name: str) -> Iterator[str]:
    for chapter in chapters():
        yield from ("", f"## {chapter.title[name]}", "")
        yield _row(_("Asked for"), _("What does it"), _("Proof"))
        yield "|---|---|---|"
        for item in chapter.items:
            proofs = [f"`{proof}`" for proof in item.proofs]
            if item.open:
                proofs.append(_("open: %(what)s") % {"what": item.open[name]})
            yield _row(item.asked[name], item.done[name], "<br>".join(proofs))


def _boxes() -> Iterator[str]:
    yield from ("", "## " + _("The boxes of the readiness document"), "")
    yield _("A box is ticked when all of its checks pass. Optional boxes are marked.")
    optional = _("optional")
    for section in SECTIONS:
        yield from ("", f"### {section.title} ({COMPONENTS[section.component]})", "")
        yield _row(_("Box"), _("Checks"))
        yield "|---|---|"
        for line in section.lines:
            mark = "" if line.obligatory else f" ({optional})"
            yield _row(f"{line.title}{mark}", "<br>".join(_checks(line)))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _checks(line: Line) -> Iterator[str]:
    for check in line.checks:
        yield from _check(check)


def _check(check: Check) -> Iterator[str]:
    match check:
        case Doctor():
            yield f"`erp_check`: {', '.join(f'`{name}`' for name in check.names)}"
        case Tests():
            yield from (f"`{path}`" for path in check.paths or ("tests",))
        case Smoke():
            yield f"`{check.command}`: {', '.join(f'`{name}`' for name in check.lines)}"
        case Load():
            limit = f"< {check.below:g}" if check.below is not None else f"≥ {check.at_least:g}"
            yield _("load run: %(figure)s") % {"figure": f"`{check.figure}` {limit}"}
        case Measured():
            yield f"`erp_monitor`: `{check.metric}` < {check.below:g}"
        case Asked():
            yield f"`erp_readiness`: `{check.question.__name__}`"
        case Later():
            yield _("open: %(what)s") % {"what": check.what}

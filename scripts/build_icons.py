"""Write the subset of Bootstrap Icons the pages use, as path data for the `icon` template tag.

Run once per upgrade, with the folder of an unpacked `npm pack bootstrap-icons@<version>`:
    python scripts/build_icons.py <folder>/icons static/vendor/bootstrap-icons-<version>/icons.json
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

NAMES = """
archive arrow-clockwise arrow-counterclockwise arrow-down arrow-down-up arrow-left arrow-left-right
arrow-right arrow-return-left arrow-up bank bar-chart-line bell bookmark box-arrow-in-right
box-arrow-right box-arrow-up-right box-seam building calculator calendar3 calendar-event cart
cart-check cash-stack chat-left-text check2-all check-circle check-circle-fill check-lg chevron-down
chevron-expand chevron-left chevron-right chevron-up circle circle-half clipboard-check
clipboard-data clock clock-history copy currency-exchange dash-circle dash-lg database diagram-3
download eye eye-slash exclamation-circle exclamation-octagon exclamation-triangle
exclamation-triangle-fill file-earmark file-earmark-arrow-down file-earmark-arrow-up
file-earmark-spreadsheet file-earmark-text files filter flag folder2 funnel gear geo-alt globe2 grid
grip-vertical hash hdd-stack hourglass-split house inbox info-circle info-circle-fill journal-check
journal-text kanban key keyboard layout-sidebar life-preserver lightning link-45deg list list-check
lock moon node-plus paperclip pause-circle pencil people percent person person-badge person-check
person-circle person-gear person-plus pin-angle play-circle plus-circle plus-lg printer puzzle
question-circle receipt repeat rulers save search send shield-check shield-lock shop signpost-split
slash-circle sliders speedometer2 star stopwatch sun table tag tags telephone three-dots translate
trash truck upload wallet2 wifi-off wrench x-circle x-circle-fill x-lg
"""
PATH = re.compile(r'<path\s+(?:fill-rule="(?P<rule>[a-z]+)"\s+)?d="(?P<data>[^"]+)"\s*/>')
ELEMENT = re.compile(r"<(?!/|svg|path)\w+")


def paths(source: Path) -> list[list[str]]:
    """The outlines of one icon, each with its fill rule; one not drawn with paths is refused."""
    text = source.read_text(encoding="utf-8")
    found = [[match["rule"] or "nonzero", match["data"]] for match in PATH.finditer(text)]
    if ELEMENT.search(text) or len(found) != text.count("<path"):
        raise SystemExit(f"{source.name}: not only paths")
    return found


def main(folder: Path, target: Path) -> None:
    """Write one JSON object, name to list of outlines."""
    icons = {name: paths(folder / f"{name}.svg") for name in sorted(NAMES.split())}
    target.write_text(json.dumps(icons, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

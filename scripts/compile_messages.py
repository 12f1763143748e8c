"""Compile locale/**/*.po to .mo where the .mo is missing or older; needs no gettext programs."""

from __future__ import annotations

import sys
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def stale(catalogue: Path) -> bool:
    """Tell whether a catalogue has to be compiled again."""
    compiled = catalogue.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime


def main() -> int:
    """Compile what is stale and say nothing when nothing is."""
    catalogues = [path for path in sorted(LOCALE.rglob("*.po")) if stale(path)]
    if catalogues:
        import polib  # loaded only when there is work: this runs before every command

        for path in catalogues:
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
            print(f"Compiled {path.relative_to(LOCALE.parent)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

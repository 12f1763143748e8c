"""Which files belong to the project: what git tracks, and what is new and not ignored."""

import subprocess
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOREIGN = ("static/vendor/",)  # other people's work, kept as it came


@cache
def names() -> tuple[str, ...]:
    """Name the project's files relative to its root."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\0")
    else:  # an exported tree
        listed = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
        listed = [name for name in listed if not name.startswith((".venv/", "var/"))]
    return tuple(sorted(name for name in listed if name and (ROOT / name).is_file()))


def files(suffix: str, *folders: str) -> list[str]:
    """Name the files with a suffix, in these folders when some are given."""
    starts = tuple(f"{folder}/" for folder in folders)
    return [
        name
        for name in names()
        if name.endswith(suffix)
        and not name.startswith(FOREIGN)
        and (not folders or name.startswith(starts))
    ]


def text(name: str) -> str:
    """Read one of them."""
    return (ROOT / name).read_text(encoding="utf-8")

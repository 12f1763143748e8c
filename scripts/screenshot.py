"""Take the README's and the guides' pictures of a throw-away, freshly seeded product."""

from __future__ import annotations

import shutil
import sys
from typing import Any

from scripts import stage
from scripts.stage import BASE_DIR

IMAGES = BASE_DIR / "docs" / "images"
SIZE = {"width": 1440, "height": 900}
NEWEST = "main tbody th a"

# The picture's name, whose log-in, which page, and what to open on it.
PAGES = (
    ("engineer-list", "engineer", "/", ""),
    ("engineer-form", "engineer", "/requisitions/new", ""),
    ("engineer-detail", "engineer", "/", NEWEST),
    ("approver-inbox", "manager", "/approvals", ""),
    ("procurement-open-work", "procurement", "/admin/", ""),
    ("procurement-worklist", "procurement", "/admin/procurement/openline/", ""),
    ("auditor-entries", "auditor", "/admin/audit/entry/", ""),
)
OF_THE_README = "procurement-open-work"


def take(browser: Any) -> None:
    """Take every picture in every language."""
    for folder, language in stage.LANGUAGES:
        (IMAGES / folder).mkdir(parents=True, exist_ok=True)
        for name, person, path, opened in PAGES:
            page = stage.log_in(browser, person, language, SIZE)
            page.goto(f"{stage.ADDRESS}{path}", wait_until="networkidle")
            if opened:
                page.locator(opened).first.click()
                page.wait_for_load_state("networkidle")
            picture = IMAGES / folder / f"{name}.png"
            page.screenshot(path=picture, animations="disabled")
            page.context.close()
            print(f"  {picture.relative_to(BASE_DIR)}  {picture.stat().st_size // 1024} kB")
    shutil.copyfile(IMAGES / "en" / f"{OF_THE_README}.png", IMAGES / "workspace.png")


def main() -> int:
    """Seed, serve, take, and leave nothing but the pictures."""
    with stage.browser() as browser:
        take(browser)
    return 0


if __name__ == "__main__":
    sys.exit(main())

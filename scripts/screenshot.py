"""Take the README's and the guides' pictures of a throw-away, freshly seeded product."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent
IMAGES = BASE_DIR / "docs" / "images"
PORT = int(os.environ.get("PORT") or 8149)
ADDRESS = f"http://localhost:{PORT}"
START_SECONDS = 300
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
LANGUAGES = (("en", "en"), ("zh", "zh-hans"))
OF_THE_README = "procurement-open-work"


@contextmanager
def product(folder: Path) -> Iterator[None]:
    """Serve the product from a folder of its own."""
    environment = {
        **os.environ,
        "ERP_DEBUG": "1",
        "DATABASE_URL": f"sqlite:///{folder / 'erp.sqlite3'}",
        "PORT": str(PORT),
    }
    command = [sys.executable, str(BASE_DIR / "scripts" / "run.py")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as served:
        try:
            wait(served)
            yield
        finally:
            served.terminate()
            served.wait()


def wait(served: subprocess.Popen[bytes]) -> None:
    """Return when the log-in page answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and served.poll() is None:
        try:
            with urllib.request.urlopen(f"{ADDRESS}/login", timeout=5):  # noqa: S310  # http, ours
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    sys.exit("The product did not start; make run says why.")


def log_in(browser: Any, name: str, language: str) -> Any:
    """Give a page of somebody who is logged in and speaks the language."""
    page = browser.new_context(viewport=SIZE, color_scheme="light").new_page()
    page.goto(f"{ADDRESS}/login")
    page.fill("[name=username]", name)
    page.fill("[name=password]", f"{name}123")
    page.click("#login-form button[type=submit]")
    page.locator("#logout-form").wait_for(state="attached")
    if page.get_attribute("html", "lang") != language:
        page.click(f"button[lang={language}]")
        page.locator(f"html[lang={language}]").wait_for()
    return page


def take(browser: Any) -> None:
    """Take every picture in every language."""
    for folder, language in LANGUAGES:
        (IMAGES / folder).mkdir(parents=True, exist_ok=True)
        for name, person, path, opened in PAGES:
            page = log_in(browser, person, language)
            page.goto(f"{ADDRESS}{path}", wait_until="networkidle")
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
    from playwright.sync_api import sync_playwright

    found = os.environ.get("TEST_CHROMIUM") or shutil.which("chromium")
    found = found or shutil.which("chromium-browser")
    if found is None:
        print("No Chromium on this machine; TEST_CHROMIUM names one.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, product(Path(folder)), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        take(browser)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A throw-away, freshly seeded product and people in a browser of it, for pictures and films."""

from __future__ import annotations

import os
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

from tests.conftest import chromium

BASE_DIR = Path(__file__).resolve().parent.parent
PORT = int(os.environ.get("PORT") or 8149)
ADDRESS = f"http://localhost:{PORT}"
START_SECONDS = 300
# The folder of pictures and films, and the language pages are in.
LANGUAGES = (("en", "en"), ("zh", "zh-hans"))


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


@contextmanager
def browser() -> Iterator[Any]:
    """Open the machine's Chromium on a product that lives as long."""
    from playwright.sync_api import sync_playwright

    found = chromium()
    if found is None:
        print("No Chromium on this machine; TEST_CHROMIUM names one.", file=sys.stderr)
        sys.exit(2)
    with tempfile.TemporaryDirectory() as folder, product(Path(folder)), sync_playwright() as play:
        opened = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


def log_in(opened: Any, name: str, language: str, size: dict[str, int]) -> Any:
    """Give a page of somebody who is logged in and speaks the language."""
    page = opened.new_context(viewport=size, color_scheme="light").new_page()
    page.goto(f"{ADDRESS}/login")
    page.fill("[name=username]", name)
    page.fill("[name=password]", f"{name}123")
    page.click("#login-form button[type=submit]")
    page.locator("#logout-form").wait_for(state="attached")
    if page.get_attribute("html", "lang") != language:
        page.click(f"button[lang={language}]")
        page.locator(f"html[lang={language}]").wait_for()
    return page

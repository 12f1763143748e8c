"""The browser: the machine's own Chromium, people in it, and what it complains about."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests import databases
from tests.conftest import chromium

# Playwright runs an event loop in the test's thread; Django would refuse the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the installed Chromium; its sandbox cannot be had by root or in containers."""
    return {
        **browser_type_launch_args,
        "executable_path": chromium(),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    }


@dataclass
class Visitor:
    """Somebody at a browser of their own; what it complains about is kept."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Keep errors; a status of 4xx that a test provokes is no fault of the page."""
        if (
            message.type == "error"
            and "the server responded with a status of 4" not in message.text
        ):
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        """Go to a page."""
        self.page.goto(f"{self.base}{path}")

    def log_in(self, name: str) -> None:
        """Log in as one of the demonstration's people."""
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", f"{name}123")
        self.page.click("#login-form button[type=submit]")
        self.page.locator("#logout-form").wait_for(state="attached")

    def speak(self, language: str) -> None:
        """Choose the language by the button every page has."""
        if self.page.get_attribute("html", "lang") != language:
            self.page.click(f"button[lang={language}]")
            self.page.locator(f"html[lang={language}]").wait_for()

    def check(self) -> None:
        """Nobody is kept out of this page, and the browser has nothing to say about it.

        Its Chinese twin has the same marks; what differs is looked at by test_look.
        """
        self.page.wait_for_load_state("networkidle")
        assert self.complaints == [], self.page.url
        if self.page.get_attribute("html", "lang") != "en":
            return
        found = Axe().run(self.page).response["violations"]
        faults = {fault["id"]: [node["html"] for node in fault["nodes"]][:3] for fault in found}
        assert faults == {}, self.page.url


@pytest.fixture
def company(transactional_db: None, settings: Any) -> None:
    """The demonstration's people, rules and catalogue, without documents."""
    if databases.company():
        databases.renew(connection, databases.company())
        return
    settings.DEBUG = True
    call_command("erp_seed", "--without-documents", verbosity=0)
    settings.DEBUG = False


@pytest.fixture
def come(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any, company: None
) -> Iterator[Callable[..., Visitor]]:
    """Let somebody come: a fresh browser, logged in, in a language."""
    contexts = []

    def arrive(name: str, language: str = "en", path: str = "/") -> Visitor:
        context = browser.new_context(
            **{**browser_context_args, "viewport": {"width": 1440, "height": 900}}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        visitor = Visitor(page, live_server.url)
        page.on("console", visitor.hear)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.open("/login")
        visitor.log_in(name)
        visitor.speak(language)
        visitor.open(path)
        return visitor

    yield arrive
    for context in contexts:
        context.close()

"""One look, in a browser: readable by everybody, in both languages, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import make_department, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1440, "height": 900}
TABLET = {"width": 820, "height": 1180}
FIRST_COLOURS = """
new MutationObserver(function () {
  if (document.body && !window.seen) { window.seen = document.documentElement.dataset.theme; }
}).observe(document, {childList: true, subtree: true});
"""
PAGES = (
    "admin:index",
    "admin:catalog_unit_changelist",
    "admin:catalog_unit_add",
    "admin:accounts_user_add",
    "admin:catalog_supplier_add",
    "requisitions:list",
    "requisitions:create",
    "approvals:inbox",
    "profile",
    "operations:dashboard_executive",
    "operations:dashboard_technical",
)


@pytest.fixture
def boss():
    return make_user(
        "boss", is_staff=True, is_superuser=True, language="en", department=make_department()
    )


@pytest.fixture
def logged_in(context, live_server, boss):
    """A browser that is logged in as somebody who may open everything."""
    client = Client()
    client.force_login(boss)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    context.add_cookies([cookie])
    return context


def speak(context, live_server, language):
    name = settings.LANGUAGE_COOKIE_NAME
    context.add_cookies([{"name": name, "value": language, "url": live_server.url}])


def faults(page):
    found = Axe().run(page).response["violations"]
    return {fault["id"]: [node["html"] for node in fault["nodes"]][:3] for fault in found}


def width_of(page):
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize(
    ("language", "colours", "viewport"),
    [("en", "light", DESK), ("zh-hans", "dark", TABLET)],
    ids=["desk", "tablet"],
)
def test_everybody_can_read_every_page(live_server, logged_in, page, language, colours, viewport):
    speak(logged_in, live_server, language)
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=colours)
    found = {}
    for name in PAGES:
        page.goto(f"{live_server.url}{reverse(name)}", wait_until="networkidle")
        if wrong := faults(page):
            found[name] = wrong
        assert page.get_attribute("html", "data-bs-theme") == colours
        assert width_of(page) <= viewport["width"], name

    assert found == {}


@pytest.mark.parametrize("address", ["/login", "/no/such/page", "/status"])
def test_everybody_can_read_pages_before_the_log_in(live_server, page, address):
    page.goto(f"{live_server.url}{address}", wait_until="networkidle")

    assert faults(page) == {}


def test_axe_finds_what_it_is_for(live_server, page):
    """The negative control: an image nobody described, a button nobody named."""
    page.goto(f"{live_server.url}/login")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button>')")

    assert "button-name" in faults(page)


def test_chosen_colours_are_there_before_the_page(live_server, logged_in, page):
    """No flash: the choice is on <html> before the body is read."""
    page.goto(f"{live_server.url}{reverse('admin:index')}")
    for _click in ("light", "dark"):
        page.click("[data-theme-toggle]")
    page.add_init_script(FIRST_COLOURS)

    page.goto(f"{live_server.url}{reverse('requisitions:list')}")

    assert page.evaluate("window.seen") == "dark"


def test_first_key_skips_to_the_content(live_server, logged_in, page):
    for name in ("admin:index", "requisitions:list"):
        page.goto(f"{live_server.url}{reverse(name)}")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_language_is_one_button_and_the_page_stays(live_server, logged_in, page, boss):
    address = f"{live_server.url}{reverse('admin:catalog_unit_changelist')}"
    page.goto(address)

    page.click("button[lang=zh-hans]")

    assert page.url == address
    assert page.get_attribute("html", "lang") == "zh-hans"
    boss.refresh_from_db()
    assert boss.language == "zh-hans"


def test_navigation_opens_on_a_tablet_and_closes_by_escape(live_server, logged_in, page):
    page.set_viewport_size(TABLET)
    page.goto(f"{live_server.url}{reverse('admin:index')}")
    drawer = page.locator("#admin-nav")
    assert not drawer.is_visible()

    page.click("[data-nav-toggle]")
    page.locator("#admin-nav a:focus, #admin-nav input:focus").wait_for()
    assert drawer.is_visible()

    page.keyboard.press("Escape")
    drawer.wait_for(state="hidden")


def test_unsaved_typing_is_not_lost_without_a_word(live_server, logged_in, page):
    address = f"{live_server.url}{reverse('admin:catalog_unit_add')}"
    page.goto(address)
    page.locator("form[data-guarded]").wait_for()
    page.fill("#id_code", "XYZ")
    page.once("dialog", lambda dialog: dialog.dismiss())

    with page.expect_event("dialog") as asked:
        page.click(".breadcrumbs a >> nth=0", no_wait_after=True)

    assert asked.value.type == "beforeunload"
    assert page.url == address

"""The main job in a browser: asked, approved, ordered, read afterwards. Nothing typed is lost."""

import re

import pytest
from django.conf import settings
from django.db.models import Count

from apps.approvals.models import ApprovalRequest
from apps.procurement.models import PurchaseOrder
from apps.requisitions.models import Requisition

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PASTED = "PEN-001\t\t50\tC62\nPEN-002\t\t20\tC62"
PASTE = """
(field, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste",
    {clipboardData: data, bubbles: true, cancelable: true}));
}
"""


def type_in(visitor, selector, text):
    """Type like a person does: after what the page put there."""
    visitor.page.locator(selector).press_sequentially(text)


def choose_item(visitor, text, code):
    """Find an item by some of its name, without the mouse."""
    page = visitor.page
    type_in(visitor, "#line-1-item", text)
    page.locator("#suggestions").wait_for()
    chosen = page.locator("#suggestions [aria-selected=true] .code")
    for _option in range(10):
        page.keyboard.press("ArrowDown")
        if chosen.inner_text() == code:
            break
    page.keyboard.press("Enter")
    assert page.input_value("#line-1-item") == code


def ask(visitor, words):
    """An engineer fills the form: from the catalogue, in free text, and from a spreadsheet."""
    page = visitor.page
    page.locator("main a[href='/requisitions/new']").first.click()
    type_in(visitor, "#id_title", words["title"])
    choose_item(visitor, words["search"], "TST-001")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("1")
    page.fill("#line-2-description", words["free"])
    page.fill("#line-2-quantity", "2")
    page.fill("#line-2-unit", "C62")
    page.fill("#line-2-estimated_price", "350")
    page.locator("#line-3-item").evaluate(PASTE, PASTED)
    assert page.input_value("#line-4-item") == "PEN-002"
    visitor.check()
    page.click("button[value=review]")
    page.locator("#route-heading").wait_for()


def decide(visitor, title):
    """An approver finds the document in the inbox, reads it and approves."""
    page = visitor.page
    visitor.open("/approvals")
    visitor.check()
    page.locator("#inbox tbody a", has_text=title).click()
    page.locator("#decision-form").wait_for()
    visitor.check()
    page.click("#decision-form button[value=approve]")
    page.locator("dialog .is-primary").click()
    page.locator("#decision-form").wait_for(state="detached")


def order(visitor, code):
    """A buyer converts the line with this item and takes the order to its issue."""
    page = visitor.page
    visitor.open("/admin/procurement/openline/")
    visitor.check()
    page.locator("#result_list tbody tr", has_text=code).locator(".action-select").check()
    page.select_option("select[name=action]", "convert")
    page.locator(".actions button[type=submit]").click()
    page.locator("form.convert").wait_for()
    visitor.check()
    page.click("button[name=_convert]")
    for move in ("submit", "issue"):
        button = page.locator(f".move-button[value=move_{move}]")
        button.click()
        button.wait_for(state="detached")
    visitor.check()
    return PurchaseOrder.objects.get()


WORDS = {
    "en": {
        "title": "Bench instruments",
        "search": "oscill",
        "free": "Probe set, as shown in the drawing",
        "item": "Digital oscilloscope, 200 MHz",
    },
    "zh-hans": {
        "title": "测试台仪器",
        "search": "示波",
        "free": "探头套装，见图纸",
        "item": "200 MHz 数字示波器",
    },
}


@pytest.mark.parametrize("language", WORDS)
def test_from_asking_to_the_order(come, language):
    words = WORDS[language]
    engineer = come("engineer", language)
    ask(engineer, words)
    requisition = Requisition.objects.get()
    route = engineer.page.locator("section[aria-labelledby=route-heading]").inner_text()
    assert "陈伟" in route
    engineer.check()
    engineer.page.click("form[action$='/move/submit'] button")
    engineer.page.locator("form[action$='/move/withdraw']").wait_for(state="attached")
    engineer.check()

    decide(come("manager", language), words["title"])
    buyer = come("procurement", language)
    decide(buyer, words["title"])
    requisition.refresh_from_db()
    assert requisition.status == "approved"
    issued = order(buyer, words["item"])

    assert issued.status == "issued"
    assert re.fullmatch(r"PO-\d{4}-\d{5}", issued.number)
    engineer.open(f"/requisitions/{requisition.pk}")
    row = engineer.page.locator("tbody tr", has_text=words["item"])
    assert issued.number in row.inner_text()
    engineer.check()
    auditor = come("auditor", language, "/admin/audit/entry/")
    assert "purchaseorder" in auditor.page.content()
    auditor.check()


def draft(visitor):
    """A saved draft of one line."""
    page = visitor.page
    visitor.open("/requisitions/new")
    page.fill("#id_title", "Solder")
    page.fill("#line-1-description", "Solder wire")
    page.fill("#line-1-quantity", "3")
    page.fill("#line-1-unit", "C62")
    page.fill("#line-1-estimated_price", "20")


def test_two_tabs_and_two_clicks(come):
    """Of two tabs the later says so and keeps what was typed; two clicks do a thing once."""
    engineer = come("engineer")
    first = engineer.page
    draft(engineer)
    first.locator("button[value=save]").dblclick()
    first.wait_for_url("**/edit")
    requisition = Requisition.objects.get()
    second = first.context.new_page()
    second.goto(first.url)
    first.fill("#id_title", "Solder, lead-free")
    first.click("button[value=save]")
    first.locator(".toast-note").first.wait_for()

    second.fill("#id_title", "Solder, 0.5 mm")
    second.click("button[value=save]")
    second.locator("button[value=overwrite]").wait_for()
    assert second.input_value("#id_title") == "Solder, 0.5 mm"
    requisition.refresh_from_db()
    assert requisition.title == "Solder, lead-free"
    second.click("button[value=overwrite]")
    second.wait_for_url("**/edit")
    requisition.refresh_from_db()
    assert requisition.title == "Solder, 0.5 mm"

    engineer.open(f"/requisitions/{requisition.pk}")
    first.locator("form[action$='/move/submit'] button").dblclick()
    first.locator("form[action$='/move/withdraw']").wait_for(state="attached")
    assert ApprovalRequest.objects.aggregate(made=Count("pk")) == {"made": 1}
    assert engineer.complaints == []


def test_log_out_in_the_middle(come):
    """What was typed waits in the browser until its owner is back."""
    engineer = come("engineer")
    page = engineer.page
    draft(engineer)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.click("button[value=save]")
    page.locator("#login-form").wait_for()
    assert not Requisition.objects.exists()

    engineer.log_in("engineer")
    engineer.open("/requisitions/new")
    page.click("[data-kept-restore]")

    assert page.input_value("#id_title") == "Solder"
    assert page.input_value("#line-1-description") == "Solder wire"
    page.click("button[value=save]")
    page.wait_for_url("**/edit")
    assert Requisition.objects.get().title == "Solder"

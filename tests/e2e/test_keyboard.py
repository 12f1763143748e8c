"""The main job without a mouse: only keys are pressed, and one always sees where one is.

Nobody is helped along: a control is reached by Tab (or Shift+Tab) from wherever the last one left
the focus, and the walk fails when it cannot be reached or when its focus cannot be seen.
"""

from __future__ import annotations

from typing import Any

import pytest

from apps.procurement.models import PurchaseOrder
from apps.requisitions.models import Requisition
from tests.e2e.test_walk import WORDS

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FARTHEST = 160  # more presses than any page has controls before what its reader came for
# What the focused element looks like with the focus and without it; it differs, or nobody sees it.
SEEN = """
async element => {
  const drawn = () => new Promise(
    done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const look = () => {
    const of = node => {
      const style = getComputedStyle(node);
      return [style.outlineStyle === "none" ? "" : style.outline, style.boxShadow,
        style.borderColor, style.backgroundColor, style.textDecorationLine, style.color].join("|");
    };
    const label = element.labels && element.labels[0];
    return [element, element.parentElement, label].filter(Boolean).map(of).join("#");
  };
  const box = element.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  await drawn();
  const shown = look();
  element.blur();
  await drawn();
  const plain = look();
  element.focus({preventScroll: true});
  return {inside, differs: shown !== plain};
}
"""


class Keys:
    """Hands that have a keyboard only."""

    def __init__(self, visitor: Any) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.page.emulate_media(reduced_motion="reduce")  # a look that fades is not yet there

    def to(self, selector: str, *, key: str = "Tab") -> None:
        """Go on by Tab until the focus is there, and see it."""
        wanted = self.page.locator(selector).first
        wanted.wait_for(state="attached")
        for _press in range(FARTHEST):
            self.page.keyboard.press(key)
            if wanted.evaluate("element => element === document.activeElement"):
                break
        else:
            pytest.fail(f"{selector} on {self.page.url} cannot be reached by {key}")
        seen = wanted.evaluate(SEEN)
        assert seen["inside"], f"{selector} has the focus outside of what is shown"
        assert seen["differs"], f"{selector} looks the same with the focus and without"

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def go(self, selector: str, key: str = "Enter") -> None:
        """Reach a link or button and use it."""
        self.to(selector)
        with self.page.expect_navigation(wait_until="load"):
            self.press(key)


def ask(keys: Keys, words: dict[str, str]) -> None:
    """From the first page to a submitted requisition of two lines."""
    page = keys.page
    keys.go("main a[href='/requisitions/new']")
    keys.to("#id_title")
    keys.type(words["title"])
    keys.to("#line-1-item")
    keys.type(words["search"])
    page.locator("#suggestions").wait_for()
    chosen = page.locator("#suggestions [aria-selected=true] .code")
    for _option in range(10):
        keys.press("ArrowDown")
        if chosen.inner_text() == "TST-001":
            break
    keys.press("Enter")
    assert page.input_value("#line-1-item") == "TST-001"
    keys.press("ControlOrMeta+A")  # the list leads on to the quantity
    keys.type("1")
    keys.to("#line-2-description")
    keys.type(words["free"])
    keys.to("#line-2-quantity")
    keys.type("2")
    keys.to("#line-2-unit")
    keys.type("C62")
    keys.to("#line-2-estimated_price")
    keys.type("350")
    keys.go("button[value=review]")
    page.locator("#route-heading").wait_for()
    keys.go("form[action$='/move/submit'] button")


def decide(keys: Keys, title: str) -> None:
    """Find the document in the inbox, read it and approve it in the dialog."""
    page = keys.page
    keys.go(f"#inbox tbody a:has-text('{title}')")
    keys.to("#decision-form button[value=approve]")
    keys.press("Enter")
    page.locator("dialog[open]").wait_for()
    keys.to("dialog .is-primary")
    keys.press("Enter")
    page.locator("#decision-form").wait_for(state="detached")


def order(keys: Keys, item: str) -> None:
    """Choose the line in the back office, convert it, submit and issue the order."""
    page = keys.page
    keys.to(f"#result_list tbody tr:has-text('{item}') .action-select")
    keys.press("Space")
    keys.to("select[name=action]", key="Shift+Tab")
    keys.type("Convert")
    assert page.input_value("select[name=action]") == "convert"
    keys.go(".actions button[type=submit]")
    page.locator("form.convert").wait_for()
    keys.go("button[name=_convert]")
    for move in ("submit", "issue"):
        keys.go(f".move-button[value=move_{move}]")
        page.locator(f".move-button[value=move_{move}]").wait_for(state="detached")


def test_from_asking_to_the_order_by_keys_alone(come: Any) -> None:
    words = WORDS["en"]
    ask(Keys(come("engineer")), words)
    requisition = Requisition.objects.get()
    assert requisition.status == "pending_approval"

    decide(Keys(come("manager", path="/approvals")), words["title"])
    decide(Keys(come("procurement", path="/approvals")), words["title"])
    requisition.refresh_from_db()
    assert requisition.status == "approved"

    order(Keys(come("procurement", path="/admin/procurement/openline/")), words["item"])

    assert PurchaseOrder.objects.get().status == "issued"


def test_asking_in_chinese_by_keys_alone(come: Any) -> None:
    ask(Keys(come("engineer", "zh-hans")), WORDS["zh-hans"])

    requisition = Requisition.objects.get()
    assert (requisition.title, requisition.status) == ("测试台仪器", "pending_approval")
    assert requisition.lines.count() == 2


HIDDEN = """
async () => {
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const across = box.left + Math.min(box.width / 2, 40);
  const there = document.elementFromPoint(across, box.top + Math.min(box.height / 2, 10));
  const free = there && (element.contains(there) || there.contains(element)
    || [...(element.labels || [])].some(label => label.contains(there)));
  return [free ? "" : element.outerHTML.slice(0, 120), element === document.body];
}
"""


@pytest.mark.parametrize("path", ["/requisitions/new", "/admin/catalog/item/add/"])
def test_no_field_with_the_focus_lies_below_a_bar(come: Any, path: str) -> None:
    """On a low screen, forwards and back: bars that stay at its ends hide no field."""
    keys = Keys(come("admin" if path.startswith("/admin") else "engineer", path=path))
    keys.page.set_viewport_size({"width": 1280, "height": 560})
    hidden = set()
    for key in ("Tab", "Shift+Tab"):
        for press in range(FARTHEST):
            keys.press(key)
            found, is_out = keys.page.evaluate(HIDDEN)
            if is_out and press:
                break
            hidden |= {found} - {""}

    assert hidden == set()

"""Record the walkthroughs of the help centre: one film for each role, in each language.

A freshly seeded product is played by its demonstration's people; what they do is what the guides
say. Films and captions go to static/recordings/. Needs Chromium and ffmpeg.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts import film, stage
from scripts.stage import BASE_DIR

TARGET = BASE_DIR / "static" / "recordings"
SIZE = {"width": 1280, "height": 800}
TITLES = {"en": "Bench instruments for the new laboratory", "zh-hans": "新实验室台式仪器"}
ITEM = "TST-001"
MOST_SUGGESTIONS = 10
SEARCHED = {"en": "oscill", "zh-hans": "示波"}
NAMED = {"en": "Digital oscilloscope, 200 MHz", "zh-hans": "200 MHz 数字示波器"}
FREE = {"en": "Probe set, as shown in the drawing", "zh-hans": "探头套装，见图纸"}
REASON = {
    "en": "The old instruments cannot be calibrated any more.",
    "zh-hans": "原有仪器已无法校准。",
}
Words = Callable[[str, str], str]


def engineer(shown: film.Film, words: Words, language: str) -> None:
    """From the list of one's own requisitions to the submitted one."""
    shown.say(words("Your requisitions, and where each one is.", "这里是您的请购单及其进度。"))
    shown.click("main a[href='/requisitions/new']", then="#id_title")
    shown.say(words("Say what it is for, and why.", "先写明用途和理由。"))
    shown.type("#id_title", TITLES[language])
    shown.type("#id_justification", REASON[language])
    shown.say(
        words(
            "Type part of a name: the catalogue is searched in both languages.",
            "输入名称的一部分即可，目录按中英文搜索。",
        )
    )
    shown.type("#line-1-item", SEARCHED[language])
    shown.page.locator("#suggestions").wait_for()
    shown.wait(0.8)
    chosen = shown.page.locator("#suggestions [aria-selected=true] .code")
    for _row in range(MOST_SUGGESTIONS):
        shown.press("ArrowDown")
        if chosen.inner_text() == ITEM:
            break
    shown.press("Enter")
    shown.type("#line-1-quantity", "2")
    shown.say(
        words(
            "Not in the catalogue? Describe it in your own words.",
            "目录里没有？用自己的话描述即可。",
        )
    )
    for field, text in (
        ("description", FREE[language]),
        ("quantity", "4"),
        ("unit", "C62"),
        ("estimated_price", "350"),
    ):
        shown.type(f"#line-2-{field}", text)
    shown.say(words("Review: who will decide, and why.", "提交前可查看由谁审批、依据哪条规则。"))
    shown.click("button[value=review]", then="#route-heading")
    shown.to("#route-heading")
    shown.wait(2)
    shown.click("form[action$='/move/submit'] button", then="#route-heading, .timeline, main h1")
    shown.say(
        words(
            "Submitted. This page shows whose turn it is, and later what was ordered.",
            "已提交。此页显示当前审批人，之后显示订购情况。",
        )
    )


def approver(shown: film.Film, words: Words, language: str) -> None:
    """From the inbox to a decision."""
    shown.say(words("What waits for your decision.", "等待您审批的单据。"))
    shown.click(f"#inbox tbody a:has-text('{TITLES[language]}')", then="#decision-form")
    shown.say(
        words(
            "Everything to decide by is on one page: lines, amounts, reasons, what others said.",
            "审批所需信息集中在一页：明细、金额、理由和他人意见。",
        )
    )
    shown.to("#decision-form button[value=approve]")
    shown.say(
        words(
            "Approve, return for changes, or reject: whole or line by line.",
            "可以批准、退回修改或拒绝，整单或逐行均可。",
        )
    )
    shown.click("#decision-form button[value=approve]", then="dialog .is-primary")
    shown.click("dialog .is-primary")
    shown.page.locator("#decision-form").wait_for(state="detached")
    shown.say(
        words("Decided; the next person is asked at once.", "审批完成，系统随即通知下一位审批人。")
    )


def procurement(shown: film.Film, words: Words, language: str) -> None:
    """From one's own decision over the worklist to an issued order."""
    shown.say(words("A buyer decides last here.", "此处由采购员最后审批。"))
    document = f"#inbox tbody a:has-text('{TITLES[language]}')"
    number = shown.page.locator(document).first.inner_text().split()[0]
    shown.click(document, then="#decision-form")
    shown.click("#decision-form button[value=approve]", then="dialog .is-primary")
    shown.click("dialog .is-primary")
    shown.page.locator("#decision-form").wait_for(state="detached")
    shown.page.goto(f"{stage.ADDRESS}/admin/procurement/openline/?q={number}")
    shown.say(
        words("Approved lines wait in the buyer's worklist.", "已批准的明细行进入采购员工作清单。")
    )
    shown.click(f"#result_list tbody tr:has-text('{NAMED[language]}') .action-select")
    shown.page.select_option("select[name=action]", "convert")
    shown.click(".actions button[type=submit]", then="form.convert")
    shown.say(
        words(
            "Choose the supplier; the price comes from an agreement or the line, never from zero.",
            "选择供应商；价格取自协议或请购行，绝不默认为零。",
        )
    )
    shown.click("button[name=_convert]", then=".move-button[value=move_submit]")
    shown.say(words("A draft order: check it and submit it.", "订单草稿：核对后提交。"))
    shown.click(".move-button[value=move_submit]", then=".move-button[value=move_issue]")
    shown.click(".move-button[value=move_issue]", then=".object-tools, #content-main, main")
    shown.page.locator(".move-button[value=move_issue]").wait_for(state="detached")
    shown.say(
        words(
            "Issued. The requisition shows the order, and the order the requisition.",
            "订单已下达；请购单与订单可双向追溯。",
        )
    )


# Each goes on with what the one before left.
ROLES = (
    ("engineer", "engineer", "/", engineer),
    ("approver", "manager", "/approvals", approver),
    ("procurement", "procurement", "/approvals", procurement),
)


def record(browser: Any, target: Path, ffmpeg: str, *, pace: float = 1.0) -> None:
    """Record every film in every language."""
    for folder, language in stage.LANGUAGES:
        (target / folder).mkdir(parents=True, exist_ok=True)

        def words(english: str, chinese: str, language: str = language) -> str:
            return english if language == "en" else chinese

        for name, person, path, play in ROLES:
            page = stage.log_in(browser, person, language, SIZE)
            shown = film.Film(page, pace=pace)
            shown.begin(f"{stage.ADDRESS}{path}")
            play(shown, words, language)
            shown.end()
            page.context.close()
            written = target / folder / f"{name}.webm"
            with tempfile.TemporaryDirectory() as frames:
                film.encode(shown, written, Path(frames), ffmpeg)
            written.with_suffix(".vtt").write_text(film.captions_of(shown), encoding="utf-8")
            size = written.stat().st_size // 1024
            print(f"  {folder}/{name}.webm  {film.seconds_of(shown):.0f} s  {size} kB", flush=True)


def main() -> int:
    """Seed, serve, record, and leave nothing but the films."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=TARGET, help="folder of the films")
    parser.add_argument("--pace", type=float, default=1.0, help="1 to be followed, less to try it")
    options = parser.parse_args()
    ffmpeg = os.environ.get("FFMPEG") or shutil.which("ffmpeg")
    if ffmpeg is None:
        print("No ffmpeg on this machine; FFMPEG names one.", file=sys.stderr)
        return 2
    with stage.browser() as browser:
        record(browser, options.to, ffmpeg, pace=options.pace)
    return 0


if __name__ == "__main__":
    sys.exit(main())

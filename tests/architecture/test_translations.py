"""Chinese says everything English says, with the same placeholders."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

LOCALE = Path(settings.BASE_DIR) / "locale"
CATALOGUES = sorted(LOCALE.rglob("*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdif]|\{\w*\}|</?[a-z]+|&\w+;")
LEFT_ENGLISH = re.compile(r"[\u4e00-\u9fff]")

# Words that are the same in both languages: names of standards, codes and products.
SAME = re.compile(r"[A-Z0-9\W_]*", re.ASCII)


def entries(path: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete]


def pairs(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Give each English text with the Chinese that stands for it."""
    if entry.msgid_plural:
        return [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()]
    return [(entry.msgid, entry.msgstr)]


def places(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def test_there_is_a_chinese_catalogue():
    assert LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po" in CATALOGUES


each = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])


@each
def test_nothing_is_fuzzy(path):
    assert [entry.msgid for entry in entries(path) if entry.fuzzy] == []


@each
def test_nothing_is_untranslated(path):
    assert [entry.msgid for entry in entries(path) if not entry.translated()] == []


@each
def test_nothing_is_left_over(path):
    assert polib.pofile(str(path)).obsolete_entries() == []


@each
def test_placeholders_are_the_same(path):
    different = [
        (english, chinese)
        for entry in entries(path)
        for english, chinese in pairs(entry)
        if places(english) != places(chinese)
    ]
    assert different == []


@each
def test_ends_are_the_same(path):
    """A line break or blank at an end belongs to the layout."""
    different = [
        (english, chinese)
        for entry in entries(path)
        for english, chinese in pairs(entry)
        if (english[:1] == "\n", english[-1:] == "\n")
        != (chinese[:1] == "\n", chinese[-1:] == "\n")
    ]
    assert different == []


@each
def test_sentences_are_chinese(path):
    """Two words or more that came through without one Chinese sign were forgotten."""
    if path.parts[-3] != "zh_Hans":
        pytest.skip("only the Chinese catalogue")
    english_left = [
        entry.msgid
        for entry in entries(path)
        if " " in entry.msgid.strip()
        and not SAME.fullmatch(PLACEHOLDER.sub("", entry.msgid))
        and not any(LEFT_ENGLISH.search(chinese) for _english, chinese in pairs(entry))
    ]
    assert english_left == []


@each
def test_no_text_stands_twice(path):
    keys = [(entry.msgctxt, entry.msgid) for entry in entries(path)]
    assert len(keys) == len(set(keys))


@pytest.mark.skipif(not shutil.which("xgettext"), reason="no xgettext on this machine")
def test_every_text_of_the_source_is_in_the_catalogue(tmp_path):
    """Collect the texts again, in a copy, and compare."""
    root = Path(settings.BASE_DIR)
    for name in ("apps", "erp", "templates", "locale"):
        shutil.copytree(
            root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo")
        )
    before = keys(tmp_path)

    collected = subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-obsolete"],
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert collected.returncode == 0, collected.stderr
    after = keys(tmp_path)
    assert sorted(after - before) == [], "in the source, not in the catalogue"
    assert sorted(before - after) == [], "in the catalogue, not in the source"


def keys(tree: Path) -> set[str]:
    catalogue = tree / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    return {entry.msgid for entry in entries(catalogue)} if catalogue.exists() else set()

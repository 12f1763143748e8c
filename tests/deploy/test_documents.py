"""The pages for operators: both languages alike, names that exist, and sums that are right."""

from __future__ import annotations

import re

import pytest
from django.core.management import get_commands

from erp import env
from tests.deploy.programs import ROOT
from tests.deploy.test_install import SCRIPT, STEPS
from tests.deploy.test_systemd import CONTRACT

PAGES = ("install", "upgrade", "scaling", "monitoring")
# Commands other parts of the product bring.
AWAITED = {*CONTRACT, "erp_check"}
WORDS = {"erp_owner", "erp_app", "erp_readonly"}


def page(language: str, name: str) -> str:
    return (ROOT / "docs" / language / "operations" / f"{name}.md").read_text()


def shape(text: str) -> list[str]:
    """Headings by their level, tables by their columns, blocks of commands word by word."""
    found = []
    for line in text.splitlines():
        if match := re.match(r"(#+) |(\d+)\. |- |```", line):
            found.append(match[0])
        elif line.startswith("|"):
            found.append("|" * line.count("|"))
    return found


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_say_the_same(name):
    english, chinese = page("en", name), page("zh", name)

    assert shape(english) == shape(chinese)
    blocks = r"```bash\n(.*?)```"
    assert re.findall(blocks, english, re.DOTALL) == re.findall(blocks, chinese, re.DOTALL)
    assert sorted(set(re.findall(r"ERP_[A-Z_]+", english))) == sorted(
        set(re.findall(r"ERP_[A-Z_]+", chinese))
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", PAGES)
def test_what_is_named_exists(language, name):
    text = page(language, name)

    for path in re.findall(r"\b((?:deploy|tests)/[\w./-]*[\w/])", text):
        assert (ROOT / path).exists(), path
    for command in set(re.findall(r"\berp_(?!backup`)[a-z_]+", text)) - WORDS:
        assert command in {*get_commands(), *AWAITED}, command
    variables = set(re.findall(r"\bERP_[A-Z_]+\b", text)) - {"ERP_HOST"}
    assert variables <= env.known_names()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_step_and_option_is_explained(language):
    text = page(language, "install")
    rows = re.findall(r"^\| ([a-z]+) \|", text, re.MULTILINE)

    assert rows == STEPS
    options = set(re.findall(r"--(?:from|only|rollback|list|dry-run|prefix|python|host)\b", text))
    assert options <= set(re.findall(r"--[a-z-]+", SCRIPT.read_text()))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sums_are_right(language):
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page(language, "scaling").splitlines()
        if re.match(r"\| \d+ \| ", line)
    ]
    assert len(rows) == 6
    for users, calls, cores, _application, workers, pool, background, connections, _db in rows:
        assert float(calls) == int(users) * 0.1 / 20
        needed = float(calls) * 0.064 / 0.6
        assert needed <= int(cores) < needed + 2
        assert int(workers) >= int(cores)
        expected = int(workers) * (int(pool) + 1) + int(background) * 2 + 10
        assert int(connections) == expected

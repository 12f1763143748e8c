"""The page of evidence: as the command writes it, and every proof it names exists."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command, get_commands, load_command_class

from apps.operations.readiness import evidence_page

ROOT = Path(settings.BASE_DIR)
DOCS = ROOT / "docs"
ITEMS = [item for chapter in evidence_page.chapters() for item in chapter.items]
PROOFS = sorted({proof for item in ITEMS for proof in item.proofs})
NAMED = {proof.split()[0] for proof in PROOFS if proof.startswith("erp_")}
LANGUAGES = sorted(evidence_page.FOLDERS.items())
DEVIATIONS = {name: DOCS / name / "operations" / "deviations.md" for name in ("en", "zh")}


@pytest.mark.parametrize(("language", "name"), LANGUAGES)
def test_page_is_what_the_command_writes(language, name):
    kept = (DOCS / name / evidence_page.PLACE).read_text(encoding="utf-8")

    assert kept == evidence_page.page(language), "erp_readiness --evidence-page docs"


@pytest.mark.parametrize("proof", PROOFS)
def test_proof_exists(proof):
    if proof.startswith("erp_"):
        name, *options = proof.split()
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        known = {text for action in parser._actions for text in action.option_strings}
        assert {one for one in options if one.startswith("--")} <= known
    elif proof.startswith("make "):
        assert f"\n{proof.removeprefix('make ')}:" in (ROOT / "Makefile").read_text()
    else:
        assert (ROOT / proof).is_file()


def test_every_item_is_proved_and_said_in_both_languages():
    for item in ITEMS:
        assert item.proofs
        for words in (item.asked, item.done, *([item.open] if item.open else [])):
            assert set(words) == {"en", "zh"}
            assert re.search(r"[\u4e00-\u9fff]", words["zh"])


def test_command_writes_the_pages(tmp_path):
    call_command("erp_readiness", "--evidence-page", str(tmp_path), stdout=StringIO())

    assert len(list(tmp_path.rglob("evidence.md"))) == 2


def test_deviations_name_what_exists():
    texts = {name: path.read_text(encoding="utf-8") for name, path in DEVIATIONS.items()}

    shapes = {
        name: re.findall(r"^(#+ |\||```\w*)", text, re.MULTILINE) for name, text in texts.items()
    }
    assert shapes["en"] == shapes["zh"]
    blocks = {name: re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for name, text in texts.items()}
    assert blocks["en"] == blocks["zh"]
    for text in texts.values():
        assert {*re.findall(r"\berp_[a-z_]+", text)} - {"erp_user", "erp_production"} <= {
            *get_commands()
        }
        for path in re.findall(r"`((?:tests|scripts|deploy|docs)/[\w./-]+)`", text):
            assert (ROOT / path).exists(), path
    contradictions = texts["en"].partition("## Contradictions")[2]
    assert len(re.findall(r"^\| \d+ \|", contradictions, re.MULTILINE)) == 12

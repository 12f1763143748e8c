"""Every template compiles, escapes, and lives under the strict content security policy."""

import re

import pytest
from django.template.loader import get_template

from tests.architecture.files import files, text

TEMPLATES = [name for name in files(".html") if "templates/" in name]
MAIL_AND_TEXT = [name for name in files(".txt") if "templates/" in name]

FORBIDDEN = {
    "marks text as safe": r"\|\s*safe(seq)?\b|\{%\s*autoescape\s+off",
    "style attribute": r"<[^>{]*\sstyle\s*=",
    "style element": r"<style[\s>]",
    "handler attribute": r"<[^>]*\son[a-z]+\s*=\s*[\"']",
    "script without a source": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[\s>]",
    "javascript address": r"javascript:",
    "foreign address": r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
    "evaluated expression": r"\shx-on|hx-vals\s*=\s*[\"']js:|\sx-data",
}


def loader_name(name: str) -> str:
    return name.split("templates/", 1)[1]


@pytest.mark.parametrize("name", [*TEMPLATES, *MAIL_AND_TEXT])
def test_template_compiles(name):
    get_template(loader_name(name))


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_no_template(rule):
    found = {
        name: match.group(0)[:80]
        for name in TEMPLATES
        if (match := re.search(FORBIDDEN[rule], text(name), re.IGNORECASE | re.DOTALL))
    }

    assert found == {}


@pytest.mark.parametrize(
    ("rule", "sample"),
    [
        ("marks text as safe", "{{ name|safe }}"),
        ("style attribute", '<p class="a" style="color:red">'),
        ("style element", "<style>p{}</style>"),
        ("handler attribute", '<a onclick="go()">'),
        ("script without a source", "<script>alert(1)</script>"),
        ("javascript address", '<a href="javascript:go()">'),
        ("foreign address", '<img src="//cdn.example.com/a.png">'),
        ("evaluated expression", '<b hx-on:click="go()">'),
    ],
)
def test_rule_catches_what_it_is_for(rule, sample):
    assert re.search(FORBIDDEN[rule], sample)


def test_text_between_tags_is_translated():
    """A word that stands bare between two tags would be English for everybody."""
    bare = {}
    for name in TEMPLATES:
        source = re.sub(
            r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", "", text(name), flags=re.DOTALL
        )
        source = re.sub(
            r"\{%\s*blocktrans(late)?\b.*?\{%\s*endblocktrans(late)?\s*%\}",
            "",
            source,
            flags=re.DOTALL,
        )
        source = re.sub(r"<(script|code|pre|svg)\b.*?</\1>", "", source, flags=re.DOTALL)
        source = re.sub(r"\{[{%].*?[}%]\}", "", source, flags=re.DOTALL)
        words = re.findall(r">[^<>]*?([A-Z][a-z]{3,}(?: [a-z]+)*)[^<>]*?<", source)
        if words:
            bare[name] = words[:5]

    assert bare == {}


def test_python_never_calls_mark_safe():
    found = [name for name in files(".py", "apps", "erp") if "mark_safe" in text(name)]

    assert found == []

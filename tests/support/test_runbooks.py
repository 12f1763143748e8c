"""Runbooks: the same page in both languages, each step a command, and nothing that could run."""

import re

import pytest
from django.utils import translation

from apps.support.services import markdown, runbooks
from tests.factories import make_user

LANGUAGES = ("en", "zh")
COMMANDS = {
    *("erp_check", "erp_recover", "erp_restore", "erp_backup", "erp_verify", "erp_unlock"),
    *("erp_smoke", "migrate", "db_worker"),
}
TOPICS = {"slow", "auth", "database", "disk"}
PROGRAMS = {
    *("manage.py", "systemctl", "journalctl", "psql", "pg_isready", "df", "du", "lsof", "curl"),
    *("timedatectl", "nginx", "ls", "grep"),
}
each = pytest.mark.parametrize("slug", runbooks.SLUGS)


def text(slug, folder):
    return runbooks.path_of(slug, folder).read_text(encoding="utf-8")


def blocks(slug, folder):
    return [
        found.strip() for found in re.findall(r"```sh\n(.*?)```", text(slug, folder), re.DOTALL)
    ]


def shape(slug, folder):
    """Symptoms, actions, steps, options and what comes after: how many of each."""
    parts = re.split(r"^## .*$", text(slug, folder), flags=re.MULTILINE)[1:]
    return [len(re.findall(r"^(?:-|\d+\.) ", part, re.MULTILINE)) for part in parts]


@each
@pytest.mark.parametrize("folder", LANGUAGES)
def test_structure_of_the_founding_document(slug, folder):
    symptoms, actions, steps, options, afterwards = shape(slug, folder)

    assert (symptoms, actions, steps, options) == (3, 4, 4, 4)
    assert afterwards >= 1
    assert len(blocks(slug, folder)) == 12 + afterwards


@each
def test_both_languages_say_the_same_commands(slug):
    assert blocks(slug, "en") == blocks(slug, "zh")
    assert shape(slug, "en") == shape(slug, "zh")
    assert re.search("[\u4e00-\u9fff]", text(slug, "zh"))
    assert not re.search("[\u4e00-\u9fff]", text(slug, "en"))


@each
def test_commands_are_ours_or_the_systems(slug):
    for command in blocks(slug, "en"):
        program, *arguments = command.split()
        assert program in PROGRAMS, command
        if program == "manage.py":
            assert arguments[0] in COMMANDS, command
        if "--topic" in arguments:
            assert arguments[arguments.index("--topic") + 1] in TOPICS, command
        if arguments[:1] == ["erp_recover"]:
            assert arguments[1] in {"outage", "corruption"}, command


@each
@pytest.mark.parametrize("folder", LANGUAGES)
def test_links_lead_somewhere(slug, folder):
    for target in re.findall(r"\]\(([^)]+)\)", text(slug, folder)):
        assert (runbooks.path_of(slug, folder).parent / target).is_file(), target


@pytest.mark.parametrize(
    "dangerous",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](http://evil.example/a.png)",
        "<a href='javascript:x'>x</a>",
        "```\n</code></pre><script>alert(1)</script>\n```",
        '[x](/a "\\"onmouseover=alert(1)")',
    ],
)
def test_nothing_runs(dangerous):
    page = markdown.render(dangerous)

    assert "<script" not in page
    assert "<img" not in page
    assert not re.search(r'href="?(javascript|data):', page)
    assert not re.search(r"<[a-z]+[^>]*[\s\"]on\w+\s*=", re.sub(r'title="[^"]*"', "", page))


def test_links_between_runbooks_become_pages():
    page = markdown.render(
        "[d](database.md#step) [o](../other.md) [w](https://example.com/)",
        address=lambda slug: {"database": "/x/database"}.get(slug, ""),
    )

    assert '<a href="/x/database">d</a>' in page
    assert " o " in page, "what has no page here is only its words"
    assert 'href="https://example.com/"' in page


@pytest.mark.parametrize("slug", ["../../../erp/settings", "nothing", "SLOW", ""])
def test_only_runbooks_are_found(slug):
    assert runbooks.find(slug, address=str) is None


@pytest.mark.django_db
@each
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Immediate actions"), ("zh-hans", "立即处理")]
)
def test_pages(client, desk, slug, language, words):
    client.force_login(make_user("operator", "ops", language=language))
    with translation.override(language):
        client.cookies["django_language"] = language
        response = client.get(f"/help/runbooks/{slug}")

    page = response.content.decode()
    assert response.status_code == 200
    assert words in page
    assert "<pre><code" in page
    assert client.get("/help/runbooks").content.decode().count("/help/runbooks/") >= 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "status"), [("engineer", 403), ("procurement", 403), ("admin", 200)]
)
def test_who_may_read_them(client, desk, role, status):
    client.force_login(make_user(None, role))
    assert client.get("/help/runbooks").status_code == status
    assert client.get("/help/runbooks/slow").status_code == status
    assert client.get("/help/runbooks/none").status_code in {403, 404}

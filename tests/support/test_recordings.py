"""The recordings of the help centre: there, in both languages, with captions one can follow."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from apps.support.services import articles
from tests.factories import make_user

FOLDERS = {"en": "en", "zh-hans": "zh"}
WEBM = b"\x1a\x45\xdf\xa3"
HEAVIEST = 3 * 2**20  # bytes; what somebody waits for on a slow line
CUE = re.compile(r"^00:(\d\d):(\d\d\.\d{3}) --> 00:(\d\d):(\d\d\.\d{3})", re.MULTILINE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ALL = list(itertools.product(articles.RECORDED, FOLDERS.values()))


def file_of(slug: str, folder: str, kind: str) -> Path:
    found = finders.find(f"{articles.recording_of(slug, folder)}.{kind}")
    assert found is not None
    return Path(found)


def cues(slug: str, folder: str) -> list[tuple[float, float]]:
    text = file_of(slug, folder, "vtt").read_text(encoding="utf-8")
    assert text.startswith("WEBVTT\n")
    return [(int(a) * 60 + float(b), int(c) * 60 + float(d)) for a, b, c, d in CUE.findall(text)]


@pytest.mark.parametrize(("slug", "folder"), ALL)
def test_film_can_be_played(slug: str, folder: str) -> None:
    film = file_of(slug, folder, "webm")

    assert film.read_bytes()[:4] == WEBM
    assert film.stat().st_size < HEAVIEST


@pytest.mark.parametrize(("slug", "folder"), ALL)
def test_captions_stand_long_enough_and_one_after_the_other(slug: str, folder: str) -> None:
    moments = cues(slug, folder)

    assert len(moments) >= 3
    assert all(end - start >= 1.5 for start, end in moments)
    assert all(end <= start for (_a, end), (start, _b) in itertools.pairwise(moments))


@pytest.mark.parametrize("slug", articles.RECORDED)
def test_both_languages_say_the_same_number_of_things_in_their_words(slug: str) -> None:
    assert len(cues(slug, "en")) == len(cues(slug, "zh"))
    assert CHINESE.search(file_of(slug, "zh", "vtt").read_text(encoding="utf-8"))
    assert not CHINESE.search(file_of(slug, "en", "vtt").read_text(encoding="utf-8"))


@pytest.mark.django_db
@pytest.mark.parametrize("language", FOLDERS)
@pytest.mark.parametrize("slug", articles.GUIDES)
def test_page_shows_the_film_of_its_language(client, slug: str, language: str) -> None:
    client.force_login(make_user("wang", "engineer", language=language))

    page = client.get(reverse("support:article", args=[slug])).content.decode()

    is_recorded = slug in articles.RECORDED
    assert ("<video" in page) is is_recorded
    name = f"{settings.STATIC_URL}recordings/{FOLDERS[language]}/{slug}"
    assert (f'src="{name}' in page) is is_recorded
    assert (f'srclang="{language}"' in page) is is_recorded


def test_policy_lets_our_own_films_in_and_nothing_else() -> None:
    assert set(settings.SECURE_CSP["media-src"]) <= set(settings.SECURE_CSP["img-src"])

"""Everybody chooses a language, also before logging in."""

import json
import re

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories import make_user


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_visitor_chooses_a_language(client, language):
    login = reverse("admin:login")

    chosen = client.post(reverse("set_language"), {"language": language, "next": login})

    assert (chosen.status_code, chosen["Location"]) == (302, login)
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == language
    assert client.get(login)["Content-Language"] == language


@pytest.mark.django_db
def test_reading_changes_no_language(client):
    assert settings.LANGUAGE_COOKIE_NAME not in client.get(reverse("set_language")).cookies


@pytest.mark.django_db
def test_foreign_address_is_not_followed(client):
    data = {"language": "en", "next": "https://elsewhere.example.com/"}

    assert "elsewhere" not in client.post(reverse("set_language"), data)["Location"]


@pytest.mark.django_db
def test_scripts_of_the_admin_speak_chinese_too(client):
    """Django's own catalogue has no Chinese for the note about time zones."""
    client.force_login(make_user("boss", is_staff=True, is_superuser=True, language="zh-hans"))

    words = client.get("/admin/jsi18n/", headers={"accept-language": "zh-hans"}).content.decode()

    catalogue = json.loads(re.search(r"newcatalog = (\{.*?\});", words, re.DOTALL)[1])
    notes = {text: said for text, said in catalogue.items() if text.startswith("Note: Enter times")}
    assert len(notes) == 2
    assert all("时区" in said[0] for said in notes.values())
    assert catalogue["Today"] == "今天"

"""Everybody chooses a language, also before logging in."""

import pytest
from django.conf import settings
from django.urls import reverse


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

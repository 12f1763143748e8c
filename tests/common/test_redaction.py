"""No secret leaves by the log, whoever put it into a message or an exception."""

import pytest
from django.conf import settings

from apps.common import redaction
from apps.common.logs import JsonFormatter, LineFormatter
from tests.common.test_logs import failing, record

SECRETS = [
    ("Authorization: Bearer abc.def-123_456", "abc.def-123_456"),
    ("token eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoxfQ.c2lnbmF0dXJl", "eyJ1c2VyIjoxfQ"),
    ('{"username": "a", "password": "geheim wort"}', "geheim wort"),
    ("password=hunter2hunter2&next=/", "hunter2hunter2"),
    ("{'otp': '123456'}", "123456"),
    ("Set-Cookie: sessionid=abcdefghij; Path=/", "abcdefghij"),
    ("postgres://erp:pass%40word@db.example.com/erp", "pass%40word"),
    ("csrfmiddlewaretoken=Xy12Zz34", "Xy12Zz34"),
    ("X-Api-Key: 0123456789abc", "0123456789abc"),
    ("refresh_token: qqqqwwwweeee", "qqqqwwwweeee"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
@pytest.mark.parametrize("formatter", [JsonFormatter, LineFormatter])
def test_what_looks_like_a_secret_is_hidden(formatter, text, secret):
    line = formatter().format(record("%s", text, exc=failing(text)))

    assert secret not in line
    assert redaction.HIDDEN in line


@pytest.mark.parametrize("name", ["SECRET_KEY", "SIGNING_KEY", "FIELD_KEY"])
def test_secrets_of_the_installation_are_hidden_wherever_they_stand(name):
    secret = {
        "SECRET_KEY": settings.SECRET_KEY,
        "SIGNING_KEY": settings.SIMPLE_JWT["SIGNING_KEY"],
        "FIELD_KEY": settings.FIELD_KEYS[0],
    }[name]

    assert secret not in JsonFormatter().format(record(f"xx{secret}yy"))


def test_ordinary_words_stay():
    text = "Requisition PR-2026-00012 submitted; 3 tokens left in the queue, total 1,200.50 CNY"

    assert redaction.redacted(text) == text

"""A variable that is missing, unreadable or unsafe stops start-up and is named."""

import os
import re
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from erp import env
from tests.architecture.files import files, text

PRODUCTION = {
    "ERP_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ERP_FIELD_KEY": Fernet.generate_key().decode(),
    "ERP_ALLOWED_HOSTS": "erp.example.com",
    "DATABASE_URL": "postgres://erp:secret@db.example.com/erp",
}
LOCAL = {"ERP_DEBUG": "1"}


def refusal(values: dict[str, str]) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        env.load(values)
    return str(caught.value)


def test_production_environment_is_accepted():
    assert env.load(PRODUCTION).debug is False


def test_local_environment_needs_one_variable():
    assert env.load(LOCAL).debug is True


@pytest.mark.parametrize("name", PRODUCTION)
@pytest.mark.parametrize("value", [None, "", "   "])
def test_required_variable_that_is_missing_is_named(name, value):
    values = {**PRODUCTION, name: value}
    if value is None:
        del values[name]

    assert re.search(rf"^  {name} is missing\.$", refusal(values), re.MULTILINE)


def test_all_missing_variables_are_named_at_once():
    message = refusal({})

    assert [name for name in PRODUCTION if name not in message] == []


UNREADABLE = [
    ("ERP_DEBUG", "perhaps"),
    ("ERP_ALLOW_SQLITE", "2"),
    ("ERP_SECRET_KEY_FALLBACKS", ","),
    ("ERP_FIELD_KEY", "short"),
    ("ERP_FIELD_KEY", ","),
    ("ERP_ALLOWED_HOSTS", " , "),
    ("ERP_TRUSTED_ORIGINS", "erp.example.com"),
    ("ERP_CORS_ORIGINS", "*"),
    ("ERP_CORS_ORIGINS", "https://*.example.com"),
    ("ERP_CORS_ORIGINS", "https://a.example.com/path"),
    ("ERP_BASE_CURRENCY", "yuan"),
    ("ERP_BASE_URL", "ftp://erp.example.com"),
    ("ERP_DATABASE_POOL", "-1"),
    ("ERP_DATABASE_POOL", "many"),
    ("ERP_DATABASE_POOL", "٣"),
    ("ERP_MAIL_URL", "mail.example.com"),
    ("ERP_TIME_ZONE", "Asia/Atlantis"),
    ("ERP_TIME_ZONE", "../etc/passwd"),
    ("ERP_LANGUAGE", "fr"),
    ("ERP_PROXIES", "11"),
    ("ERP_RATE_ANONYMOUS", "often"),
    ("ERP_RATE_USER", "0/min"),
    ("ERP_RATE_LOGIN", "5 per minute"),
    ("ERP_UPLOAD_MAX_MB", "0"),
    ("ERP_LOG_LEVEL", "LOUD"),
    ("ERP_LOG_FORMAT", "xml"),
    ("ERP_SYSLOG", "logs.example.com"),
    ("ERP_SYSLOG", "logs.example.com:0"),
    ("ERP_METRICS_STORE", "some"),
    ("ERP_ALERT_WEBHOOK", "https://chat.example.com/x"),
    ("ERP_ALERT_WEBHOOK", "slack+http://chat.example.com/x"),
    ("ERP_ALERT_WEBHOOK", "pager+https://chat.example.com/x"),
    ("ERP_ALERT_WEBHOOK", "slack+https://user:word@chat.example.com/x"),
    ("ERP_ALERT_MAIL", "ops"),
    ("DATABASE_URL", "mysql://erp@db.example.com/erp"),
    ("DATABASE_URL", "erp.sqlite3"),
    ("DATABASE_URL", "postgres://db.example.com"),
    ("REDIS_URL", "cache.example.com:6379"),
    ("STATIC_HOST", "static.example.com"),
    ("PORT", "0"),
    ("PORT", "65536"),
]


@pytest.mark.parametrize("base", [PRODUCTION, LOCAL], ids=["production", "local"])
@pytest.mark.parametrize(("name", "value"), UNREADABLE)
def test_unreadable_value_is_named(base, name, value):
    assert re.search(rf"^  {name} ", refusal({**base, name: value}), re.MULTILINE)


UNSAFE = [
    ("ERP_SECRET_KEY", env.LOCAL_SECRET_KEY, "everybody knows"),
    ("ERP_SECRET_KEY", "django-insecure-" + "x1y2z3" * 10, "everybody knows"),
    ("ERP_SECRET_KEY", "change-me" * 8, "everybody knows"),
    ("ERP_SECRET_KEY", "short", "too easy"),
    ("ERP_SECRET_KEY", "ab" * 40, "too easy"),
    ("ERP_SECRET_KEY_FALLBACKS", "short", "too easy"),
    ("ERP_JWT_KEY", "short", "too easy"),
    ("ERP_FIELD_KEY", env.LOCAL_FIELD_KEY, "everybody knows"),
    ("ERP_ALLOWED_HOSTS", "*", "any"),
    ("ERP_ALLOWED_HOSTS", "erp.example.com,*", "any"),
    ("DATABASE_URL", "sqlite:////var/lib/erp/erp.sqlite3", "SQLite"),
]


@pytest.mark.parametrize(("name", "value", "reason"), UNSAFE)
def test_production_refuses_what_is_good_enough_for_one_machine(name, value, reason):
    message = refusal({**PRODUCTION, name: value})

    assert re.search(rf"^  {name} .*{reason}", message, re.MULTILINE)


def test_local_machine_accepts_the_same_values():
    for name, value, _reason in UNSAFE:
        env.load({**LOCAL, name: value})


def test_sqlite_in_production_can_be_meant():
    values = {**PRODUCTION, "DATABASE_URL": "sqlite:////erp.sqlite3", "ERP_ALLOW_SQLITE": "1"}

    options = env.load(values).database["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in options["init_command"]


def test_misspelt_name_is_refused_with_the_name_that_was_meant():
    message = refusal({**PRODUCTION, "ERP_ALOWED_HOSTS": "erp.example.com"})

    assert "ERP_ALOWED_HOSTS is not known (ERP_ALLOWED_HOSTS is)" in message


def test_message_holds_no_secret():
    secret = "weak-but-still-secret"
    names = (*PRODUCTION, "ERP_JWT_KEY", "ERP_MAIL_URL", "REDIS_URL", "ERP_ALERT_WEBHOOK")
    values = dict.fromkeys(names, secret)

    assert secret not in refusal(values)


def test_keys_for_different_purposes_differ():
    loaded = env.load(PRODUCTION)

    assert loaded.jwt_key != loaded.secret_key
    assert loaded.jwt_key == env.load(PRODUCTION).jwt_key


def test_every_setting_the_code_asks_for_is_there():
    asked = {
        name
        for module in files(".py", "apps", "scripts")
        for name in re.findall(r"\bsettings\.([A-Z][A-Z_]+)\b", text(module))
    }

    assert sorted(name for name in asked if not hasattr(settings, name)) == []


def test_example_names_exactly_the_variables_that_are_read():
    example = (settings.BASE_DIR / ".env.example").read_text()

    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))

    assert named == env.known_names()


@pytest.mark.parametrize(
    ("values", "expected"),
    [({}, "ERP_SECRET_KEY is missing"), ({**PRODUCTION, "ERP_DEBUG": "x"}, "ERP_DEBUG has to be")],
)
def test_start_up_itself_stops(values, expected):
    """The loader is what settings call, not only what these tests call."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("ERP_")}
    clean.pop("DATABASE_URL", None)

    result = subprocess.run(
        [sys.executable, "-c", "import erp.settings"],
        cwd=settings.BASE_DIR,
        env={**clean, **values},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert expected in result.stderr

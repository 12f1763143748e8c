"""`erp_support_bundle`: all that helps, and no secret."""

import json
import stat
import zipfile
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.common import redaction
from tests.operations.probes.conftest import FAULTS

SECRETS = ["mail-password-9f3a", "metrics-token-long-enough-1", "database-password-77"]
PARTS = {"about.json", "packages.json", "settings.json", "checks.json", "migrations.json"}
PARTS |= {"database.json", "metrics.json", "log.txt"}


@pytest.fixture
def told(site, settings):
    """Secrets in settings and in the log."""
    log = site.folder / "erp.log"
    log.write_text(
        '{"level": "ERROR", "message": "it broke"}\n'
        f'{{"message": "postgres://erp:{SECRETS[2]}@db/erp refused"}}\n'
        f'{{"message": "Authorization: Bearer {SECRETS[1]}"}}\n'
        f'{{"message": "sent {SECRETS[0]} and {settings.SECRET_KEY}"}}\n'
    )
    operating = replace(settings.OPERATING, metrics_token=SECRETS[1], log_file=str(log))
    settings.OPERATING = operating
    options = {"host": "mail", "password": SECRETS[0]}
    backend = "django.core.mail.backends.locmem.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
    redaction.secrets.cache_clear()
    yield settings
    redaction.secrets.cache_clear()


def bundle(path):
    call_command("erp_support_bundle", "--output", str(path), "--json", stdout=StringIO())
    with zipfile.ZipFile(path) as made:
        return {name: made.read(name).decode() for name in made.namelist()}


def test_all_parts_and_no_secret(told, site, tmp_path):
    path = tmp_path / "bundle.zip"
    parts = bundle(path)

    whole = "\n".join(parts.values())
    secrets = [*SECRETS, told.SECRET_KEY, told.SIMPLE_JWT["SIGNING_KEY"], *told.FIELD_KEYS]
    assert set(parts) == PARTS
    assert [secret for secret in [*secrets, *site.keys] if secret in whole] == []
    assert "it broke" in parts["log.txt"]
    assert json.loads(parts["settings.json"])["SECRET_KEY"] == redaction.HIDDEN
    assert "operations.0001_samples" in json.loads(parts["migrations.json"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_database_that_is_away(site, tmp_path):
    with FAULTS["refused"](tmp_path):
        parts = bundle(tmp_path / "bundle.zip")

    assert set(parts) == PARTS
    assert "database.reachable" in parts["checks.json"]


def test_file_that_is_there_is_kept(tmp_path):
    path = tmp_path / "mine.zip"
    path.write_text("mine")

    with pytest.raises(CommandError) as refused:
        call_command("erp_support_bundle", "--output", str(path))

    assert refused.value.returncode == 2
    assert path.read_text() == "mine"

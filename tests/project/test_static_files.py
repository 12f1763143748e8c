"""Static files as production serves them: every address in them leads somewhere."""

import json

from django.core.management import call_command

MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


def test_files_are_named_by_content_and_none_is_missing(settings, tmp_path):
    """Collecting stops at an address, in a style or a script, that leads nowhere."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}

    call_command("collectstatic", interactive=False, verbosity=0)

    named = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert named["admin/css/base.css"] != "admin/css/base.css"
    assert all((tmp_path / hashed).exists() for hashed in named.values())

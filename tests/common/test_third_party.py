"""What others wrote is shipped as it came, with its licence, and listed."""

import hashlib
import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LISTED = dict(
    re.findall(
        r"^\| ((?:static/vendor|fonts)/\S+) \| `([0-9a-f]{64})` \|$",
        (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)


def vendored() -> dict[str, str]:
    folders = (ROOT / "static/vendor", ROOT / "fonts")
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def test_every_file_is_listed_with_its_sum():
    assert vendored() == LISTED


def test_every_package_has_its_licence():
    packages = {Path(name).parent for name in vendored()}

    assert {package for package in packages if not (ROOT / package / "LICENSE").is_file()} == set()

"""Which version of the product runs here: an archive says which one made it."""

from __future__ import annotations

import tomllib
from functools import cache

from django.conf import settings

from apps.common.numbers import whole_number


@cache
def app_version() -> str:
    """The version as the project names it."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as source:
        return str(tomllib.load(source)["project"]["version"])


def comparable(version: str) -> tuple[int, ...]:
    """A version as numbers, so that 0.10 comes after 0.9."""
    return tuple(
        number for part in version.split(".") if (number := whole_number(part)) is not None
    )

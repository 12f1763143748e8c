"""A text column that is encrypted at rest with the keys of the installation."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key.encode()) for key in keys])


def cipher() -> MultiFernet:
    """The first key encrypts; all of them decrypt, so keys can be changed without a stop."""
    return _cipher(tuple(settings.FIELD_KEYS))


class Unreadable(str):
    """Shown in place of text whose key is lost. Saved again, it leaves the column as it was."""

    stored: str

    @classmethod
    def of(cls, stored: str) -> Unreadable:
        """Remember the cipher text, which the right key may open some day."""
        shown = cls("⚠")
        shown.stored = stored
        return shown


class EncryptedCharField(models.CharField):  # type: ignore[type-arg]  # generic only in the stubs
    """Text whose column holds only cipher text; it cannot be searched or sorted by."""

    def db_type(self, connection: Any) -> str:
        """Cipher text is longer than what it hides."""
        return "text"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        if isinstance(value, Unreadable):
            return value.stored
        value = super().get_prep_value(value)
        return value if value in (None, "") else cipher().encrypt(value.encode()).decode()

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Decrypt on the way out; a value under a lost key shows as unreadable, not as an error."""
        if value in (None, ""):
            return value
        try:
            return cipher().decrypt(value.encode()).decode()
        except InvalidToken:
            return Unreadable.of(value)

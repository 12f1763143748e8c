"""Sealing an archive piece by piece: encrypted and authenticated, or only checked when plain.

A Fernet token cannot be written while it is read, so the backup key is not used as one: AES-GCM
seals numbered pieces under a key derived for this one file. Number and end mark are in the nonce,
so pieces that are swapped, left out, or a file that ends early do not open.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TAG = 16
SALT = 16
PLAIN = "plain"


class BrokenSealError(Exception):
    """A piece is not what was sealed."""


class Seal(Protocol):
    """Closes and opens the pieces of one file."""

    def close(self, index: int, data: bytes, *, last: bool) -> bytes: ...

    def open(self, index: int, sealed: bytes, *, last: bool) -> bytes: ...


class Encrypted:
    """Pieces nobody reads or changes without the key; `context` binds them to their header."""

    def __init__(self, key: str, salt: bytes, context: bytes) -> None:
        self._cipher = AESGCM(_derive(key, salt, b"erp backup archive"))
        self._context = context

    def close(self, index: int, data: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(_nonce(index, last=last), data, self._context)

    def open(self, index: int, sealed: bytes, *, last: bool) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(index, last=last), sealed, self._context)
        except (InvalidTag, ValueError) as error:
            raise BrokenSealError from error


class Checked:
    """Plain pieces with a checksum: damage is found, intent is not."""

    def __init__(self, context: bytes) -> None:
        self._context = context

    def close(self, index: int, data: bytes, *, last: bool) -> bytes:
        return data + self._sum(index, data, last=last)

    def open(self, index: int, sealed: bytes, *, last: bool) -> bytes:
        data, found = sealed[:-TAG], sealed[-TAG:]
        if not secrets.compare_digest(found, self._sum(index, data, last=last)):
            raise BrokenSealError
        return data

    def _sum(self, index: int, data: bytes, *, last: bool) -> bytes:
        return hashlib.sha256(self._context + _nonce(index, last=last) + data).digest()[:TAG]


def key_id(key: str) -> str:
    """A name for a key that says nothing about it."""
    return _derive(key, b"", b"erp backup key name")[:8].hex()


def find_key(wanted: str, keys: Sequence[str]) -> str | None:
    """The key an archive was made with, when we have it."""
    return next((key for key in keys if key_id(key) == wanted), None)


def _derive(key: str, salt: bytes, purpose: bytes) -> bytes:
    material = base64.urlsafe_b64decode(key)
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(material)


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])

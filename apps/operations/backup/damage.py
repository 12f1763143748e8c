"""Backups that must be refused: copies of a good one, each spoiled in one way that happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.fernet import Fernet

from apps.operations.backup.checking import opened
from apps.operations.backup.container import END, FORMAT, MAGIC, Writer
from apps.operations.backup.version import app_version

HEADER = len(MAGIC) + 40


@dataclass(frozen=True)
class Spoiled:
    """A spoiled copy, the keys it is tried with, and the code it has to be refused with."""

    name: str
    path: Path
    keys: Sequence[str]
    code: str


def copies(good: Path, folder: Path, keys: Sequence[str]) -> Iterator[Spoiled]:
    """One copy after the other; each is gone when the next one is made."""
    for name, spoil, code in _WAYS:
        path = folder / f"{name}{good.suffix}"
        spoil(good, path, keys)
        yield Spoiled(name, path, keys, code)
        path.unlink()
    stranger = [Fernet.generate_key().decode()]
    yield Spoiled("wrong_key", good, stranger, "wrong_key")
    yield Spoiled("no_key", good, [], "no_key")


def flipped(good: Path, path: Path, at: int) -> None:
    """One bit is not what it was."""
    data = bytearray(good.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def resealed(good: Path, path: Path, keys: Sequence[str], **changes: object) -> None:
    """The same content under a header that says something else, properly sealed."""
    with opened(good) as reader, path.open("wb") as target:
        writer = Writer(target, replace(reader.header, **changes), keys)  # type: ignore[arg-type]  # names of fields
        for name, blocks in reader.parts(keys):
            writer.part(name, blocks)
        writer.finish()


def _cut(good: Path, path: Path, share: float, *, marked: bool = False) -> None:
    data = good.read_bytes()
    path.write_bytes(data[: int(len(data) * share)] + (END if marked else b""))


def _other_engine(good: Path, path: Path, keys: Sequence[str]) -> None:
    with opened(good) as reader:
        other = "sqlite" if reader.header.engine == "postgresql" else "postgresql"
    resealed(good, path, keys, engine=other)


type Spoil = Callable[[Path, Path, Sequence[str]], object]
_WAYS: tuple[tuple[str, Spoil, str], ...] = (
    ("bit_in_header", lambda good, path, _keys: flipped(good, path, HEADER), "corrupted"),
    (
        "bit_in_the_middle",
        lambda good, path, _keys: flipped(good, path, good.stat().st_size // 2),
        "corrupted",
    ),
    (
        "bit_near_the_end",
        lambda good, path, _keys: flipped(good, path, -len(END) - 3),
        "corrupted",
    ),
    ("cut_in_half", lambda good, path, _keys: _cut(good, path, 0.5), "truncated"),
    ("cut_and_closed", lambda good, path, _keys: _cut(good, path, 0.7, marked=True), "corrupted"),
    ("empty", lambda _good, path, _keys: path.write_bytes(b""), "not_an_archive"),
    (
        "another_file",
        lambda _good, path, _keys: path.write_bytes(b"PGDMP" + bytes(4096)),
        "not_an_archive",
    ),
    ("other_engine", _other_engine, "other_engine"),
    (
        "newer_version",
        lambda good, path, keys: resealed(good, path, keys, app_version=f"{app_version()}.1"),
        "newer_version",
    ),
    (
        "older_version",
        lambda good, path, keys: resealed(good, path, keys, app_version="0.0.1"),
        "older_version",
    ),
    (
        "newer_format",
        lambda good, path, keys: resealed(good, path, keys, format=FORMAT + 1),
        "newer_format",
    ),
)

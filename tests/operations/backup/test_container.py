"""The archive file itself: pieces in order, whole, and under one key."""

import hashlib
import json
import secrets
from dataclasses import asdict, replace

import pytest
from cryptography.fernet import Fernet

from apps.operations.backup.checking import opened
from apps.operations.backup.container import END, MAGIC, NUMBER, PIECE, Header, Writer
from apps.operations.backup.errors import ArchiveError
from apps.operations.backup.seals import PLAIN, TAG, key_id

KEY = Fernet.generate_key().decode()
HEADER = Header("2026-01-01T00:00:00+00:00", "0.1.0", "sqlite", "3.40", key_id(KEY), "00" * 16)
SEALED = PIECE + TAG


def written(path, sizes, header=HEADER):
    content = {f"part{number}": secrets.token_bytes(size) for number, size in enumerate(sizes)}
    with path.open("wb") as target:
        writer = Writer(target, header, [KEY])
        for name, data in content.items():
            writer.part(
                name, [data[start : start + 300_000] for start in range(0, len(data), 300_000)]
            )
        writer.finish()
    return content


def read(path, keys=(KEY,)):
    with opened(path) as reader:
        return {name: b"".join(blocks) for name, blocks in reader.parts(keys)}


def refusal(path, keys=(KEY,)):
    with pytest.raises(ArchiveError) as caught:
        read(path, keys)
    return caught.value.code


@pytest.mark.parametrize("key", [key_id(KEY), PLAIN], ids=["sealed", "plain"])
@pytest.mark.parametrize("sizes", [[], [0], [1], [PIECE], [PIECE * 2 + 5, 0, 17], [PIECE - 30] * 3])
def test_what_is_written_is_read(tmp_path, key, sizes):
    path = tmp_path / "a.erpbackup"

    content = written(path, sizes, replace(HEADER, key=key))

    assert read(path) == content


def body(path):
    """Where the first piece begins."""
    data = path.read_bytes()
    (length,) = NUMBER.unpack(data[len(MAGIC) : len(MAGIC) + NUMBER.size])
    return data, len(MAGIC) + NUMBER.size + length + 32


@pytest.mark.parametrize("key", [key_id(KEY), PLAIN], ids=["sealed", "plain"])
def test_pieces_cannot_be_left_out_swapped_or_repeated(tmp_path, key):
    path = tmp_path / "a.erpbackup"
    written(path, [PIECE * 3], replace(HEADER, key=key))
    data, start = body(path)
    head, pieces, tail = data[:start], [], data[-len(END) :]
    rest = data[start : -len(END)]
    while rest:
        pieces.append(rest[:SEALED])
        rest = rest[SEALED:]
    assert len(pieces) == 4

    for order in ([1, 0, 2, 3], [0, 2, 3], [0, 1, 2], [0, 0, 1, 2, 3], [3], []):
        path.write_bytes(head + b"".join(pieces[at] for at in order) + tail)
        assert refusal(path) == "corrupted"


def test_pieces_of_another_archive_do_not_open(tmp_path):
    """The same key, another file: each has a key of its own."""
    one, two = tmp_path / "one.erpbackup", tmp_path / "two.erpbackup"
    written(one, [PIECE])
    written(two, [PIECE], replace(HEADER, salt="11" * 16))
    (data, start), (other, begin) = body(one), body(two)

    one.write_bytes(data[:start] + other[begin:])

    assert refusal(one) == "corrupted"


def test_header_cannot_be_exchanged(tmp_path):
    """Its checksum can be made again by anybody; the seals know the one they were made under."""
    path = tmp_path / "a.erpbackup"
    written(path, [100])
    data, start = body(path)
    forged = json.dumps(asdict(replace(HEADER, engine="postgresql")), sort_keys=True).encode()
    head = MAGIC + NUMBER.pack(len(forged)) + forged + hashlib.sha256(forged).digest()

    path.write_bytes(head + data[start:])

    assert refusal(path) == "corrupted"


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.99])
def test_cut_archive_says_so(tmp_path, share):
    path = tmp_path / "a.erpbackup"
    written(path, [PIECE * 2])
    data, start = body(path)

    path.write_bytes(data[: start + int((len(data) - start) * share)])

    assert refusal(path) == "truncated"


def test_archive_cut_in_its_header_is_damaged(tmp_path):
    path = tmp_path / "a.erpbackup"
    written(path, [100])

    path.write_bytes(path.read_bytes()[:40])

    assert refusal(path) == "corrupted"


@pytest.mark.parametrize(
    ("keys", "code"), [([], "no_key"), ([Fernet.generate_key().decode()], "wrong_key")]
)
def test_missing_and_wrong_keys_are_told_apart(tmp_path, keys, code):
    path = tmp_path / "a.erpbackup"
    written(path, [100])

    assert refusal(path, keys) == code


def test_missing_file_is_named(tmp_path):
    assert refusal(tmp_path / "nothing.erpbackup") == "unreadable"

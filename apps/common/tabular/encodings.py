"""Which encoding a text file is in, decided by rules that can be explained, or refused.

A byte order mark or valid UTF-8 decides. What is neither is GB18030, Big5 or Windows-1252 only when
its characters are the ones people write with in that encoding and in no other; everything else is
refused with the place, because a wrong guess is a catalogue full of 锟斤拷.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from apps.common.tabular.errors import TableError

CHUNK = 2**18
SAMPLE = 2**17
CLEAR = 0.85  # share of a file's characters that have to be common ones

# UTF-32 first: its mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What an importer may say a file is in, when the file itself does not tell.
DECLARABLE = (
    *("utf-8", "gb18030", "gbk", "big5", "cp950", "shift_jis", "euc-jp", "euc-kr", "utf-16"),
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("latin-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-9", "iso-8859-15", "koi8-r"),
)
_UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_WESTERN_IN_WORD = frozenset("ªºŠšŽžŒœŸƒ’·\xad") | {chr(c) for c in range(0xC0, 0x100)} - {"×", "÷"}
# Two of them side by side: créée, a letter and a closing sign, an opening sign and a letter.
_AROUND_RUN = re.compile(r".?[^\x00-\x7f]{2,}.?", re.DOTALL)
_WESTERN_PAIR = re.compile(
    r"[A-Za-z][^\x00-\x7f]{2}[A-Za-z]$|[A-Za-z][^\x00-\x7f][”’»…–—™®°²³].?$|.?[“‘«¡¿][^\x00-\x7f][A-Za-z]$",
    re.DOTALL,
)
_IN_WORD = re.compile(
    r"(?<=[A-Za-z])[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[A-Za-z])"
)
_COMMON_LEADS = {"gb18030": range(0xB0, 0xD8), "big5": range(0xA4, 0xC7)}
_SYMBOL_LEADS = range(0xA1, 0xA4)


@dataclass(frozen=True, slots=True)
class Encoding:
    """The codec to open the file with, and what the reader should know about the choice."""

    name: str
    warnings: list[str] = field(default_factory=list)


def detect(stream: IO[bytes], declared: str | None = None) -> Encoding:
    """Find the encoding of a whole file; raises TableError naming the byte that does not fit."""
    stream.seek(0)
    head = stream.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    name = marked or declared
    if declared and declared not in DECLARABLE:
        message = _("There is no encoding “%(name)s”.") % {"name": declared}
        raise TableError(message, code="unknown_encoding")
    if name:
        check(stream, name)
        return Encoding(name)
    _refuse_nul(stream)
    broken = _first_error(stream, "utf-8")
    sample = _sample(stream)
    if broken is None:
        _refuse_double_encoding(sample)
        return Encoding("utf-8")
    if _utf8_share(sample) >= CLEAR:
        raise _undecodable(stream, "UTF-8", broken)
    name = _legacy(sample)
    if name is None:
        raise TableError(
            _(
                "The encoding of the file is not clear (byte %(byte)s is not UTF-8). "
                "Save it as UTF-8 or say which encoding it has."
            )
            % {"byte": broken},
            code="unknown_encoding",
            byte=broken,
        )
    check(stream, name)
    return Encoding(name, [_guess_warning(name), *_lost_characters(sample, name)])


def check(stream: IO[bytes], name: str) -> None:
    """Read the whole file once; raises TableError at the first byte that does not decode."""
    position = _first_error(stream, name)
    if position is not None:
        raise _undecodable(stream, name, position)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        yield chunk


def _first_error(stream: IO[bytes], name: str) -> int | None:
    """Decode strictly; return the position of the first byte that cannot be, if any."""
    decoder = codecs.getincrementaldecoder(name)()
    done = 0
    for chunk in _chunks(stream):
        kept = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return done - kept + error.start
        done += len(chunk)
    kept = len(decoder.getstate()[0])
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return done - kept + error.start
    return None


def _undecodable(stream: IO[bytes], name: str, position: int) -> TableError:
    stream.seek(0)
    row = stream.read(position).decode(name, errors="ignore").count("\n") + 1
    return TableError(
        _("The file is not valid %(encoding)s: byte %(byte)s in line %(row)s cannot be read.")
        % {"encoding": name.upper(), "byte": position, "row": row},
        code="undecodable",
        byte=position,
        row=row,
    )


def _refuse_nul(stream: IO[bytes]) -> None:
    done = 0
    for chunk in _chunks(stream):
        if (at := chunk.find(b"\0")) >= 0:
            raise TableError(
                _("The file is not text: byte %(byte)s is zero. Save it as CSV in UTF-8.")
                % {"byte": done + at},
                code="nul_byte",
                byte=done + at,
            )
        done += len(chunk)


def _sample(stream: IO[bytes]) -> bytes:
    """Gather the lines that have other characters than ASCII: only they tell encodings apart."""
    stream.seek(0)
    lines: list[bytes] = []
    size = 0
    for line in stream:
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size > SAMPLE:
                break
    return b"".join(lines)


def _high_bytes(sample: bytes) -> int:
    return sum(len(run) for run in _HIGH_RUN.findall(sample))


def _utf8_share(sample: bytes) -> float:
    high = _high_bytes(sample)
    return sum(len(found) for found in _UTF8_SEQUENCE.findall(sample)) / high if high else 1.0


def _legacy(sample: bytes) -> str | None:
    """Name the one encoding without mark whose everyday characters the file is made of."""
    chinese = [name for name in _COMMON_LEADS if _common_share(sample, name) >= CLEAR]
    if _is_western(sample):
        return None if chinese else "cp1252"
    return chinese[0] if chinese else None  # a few characters may be either: GB18030 comes first


def _common_share(sample: bytes, name: str) -> float:
    """Measure how many of the characters are frequent ones (first level, punctuation).

    One that stands alone inside a Latin word is an accented letter of another encoding.
    """
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return 0.0
    counts: Counter[bytes] = Counter()
    for character, count in Counter(c for c in text if not c.isascii()).items():
        counts[character.encode(name)] += count
    if _is_other_script(counts, name):
        return 0.0
    common = sum(count for encoded, count in counts.items() if _is_common(encoded, name))
    return (common - len(_IN_WORD.findall(text))) / max(counts.total(), 1)


def _is_common(encoded: bytes, name: str) -> bool:
    if len(encoded) != 2 or (name == "gb18030" and encoded[1] < 0xA1):
        return False
    return encoded[0] in _COMMON_LEADS[name] or encoded[0] in _SYMBOL_LEADS


def _is_other_script(counts: Counter[bytes], name: str) -> bool:
    """Tell Korean and Japanese in their own encodings, whose bytes lie inside the Chinese ones.

    Korean never leaves the first half of GB18030's frequent characters; Big5 has low second bytes,
    which the EUC encodings do not.
    """
    common = Counter({e: n for e, n in counts.items() if e[0] in _COMMON_LEADS[name]})
    if name == "big5":
        low = sum(count for encoded, count in common.items() if encoded[1] < 0x80)
        return low < common.total() * 0.15
    late = sum(count for encoded, count in common.items() if encoded[0] >= 0xC9)
    return common.total() >= 12 and late < common.total() * 0.1


def _is_western(sample: bytes) -> bool:
    """Tell whether accented letters stand alone inside words, as in French or Spanish.

    Greek, Cyrillic or Chinese bytes come in runs; signs between letters (z³oty) are another code
    page's letters.
    """
    try:
        text = sample.decode("cp1252").replace("\xa0", " ")
    except UnicodeDecodeError:
        return False
    if not all(_WESTERN_PAIR.match(found.group()) for found in _AROUND_RUN.finditer(text)):
        return False
    inside = re.findall(r"(?<=[A-Za-z])[^\x00-\x7f](?=[A-Za-z])", text)
    return all(character in _WESTERN_IN_WORD for character in inside)


def _refuse_double_encoding(sample: bytes) -> None:
    """Refuse text that was read in a wrong encoding and saved again (ÖÐ¹ú for 中国)."""
    text = sample.decode("utf-8", errors="ignore")
    for name in ("latin-1", "cp1252"):
        try:
            raw = text.encode(name)
        except UnicodeEncodeError:
            continue
        if _high_bytes(raw) > 1 and (_utf8_share(raw) == 1.0 or _legacy(raw) in _COMMON_LEADS):
            raise TableError(
                _(
                    "The characters of the file were garbled before it was saved (%(sample)s). "
                    "Export it again as UTF-8."
                )
                % {"sample": _excerpt(text)},
                code="garbled_text",
            )


def _excerpt(text: str) -> str:
    found = re.search(r"[^\x00-\x7f]{2,12}", text)
    return found.group() if found else ""


def _guess_warning(name: str) -> str:
    return _(
        "The file does not say its encoding; it was read as %(encoding)s. Look at its letters."
    ) % {"encoding": {"gb18030": "GB18030", "big5": "Big5", "cp1252": "Windows-1252"}[name]}


def _lost_characters(sample: bytes, name: str) -> list[str]:
    """Warn of question marks between Chinese characters: they were letters once."""
    found = re.findall(r"(?<=[㐀-鿿])\?+|\?+(?=[㐀-鿿])", sample.decode(name))
    if not found:
        return []
    return [
        _("%(count)s question marks stand for characters lost when the file was saved.")
        % {"count": sum(map(len, found))}
    ]

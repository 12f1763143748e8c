"""Searching the articles: words in English by their stems, Chinese by pairs of characters.

Ranked by BM25 (Robertson and Zaragoza 2009). The articles are some two hundred parts of files that
come with a release, so the index lives in memory and is the same on every database; libraries that
do as much bring numpy or an index on disk.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log

import snowballstemmer

from apps.support.services.articles import Section, sections
from apps.support.services.runbooks import folder_of

K1, B = 1.2, 0.75  # how soon a repeated word counts no more; how much long parts are held back
OF_TITLE, OF_HEADING = 2, 3  # how often words count that stand there
AROUND = 60  # characters shown on either side of what was found
LONGEST_QUERY = 200
_WORD = re.compile(r"[a-z0-9][a-z0-9_]*|[\u3400-\u9fff]+")
_STEMMER = snowballstemmer.stemmer("english")


@dataclass(frozen=True)
class Hit:
    """A part that answers, and the words around what was found: before, found, after."""

    section: Section
    before: str
    found: str
    after: str


@dataclass(frozen=True)
class Index:
    """How often each word stands in each part."""

    parts: tuple[Section, ...]
    counts: tuple[Counter[str], ...]
    rarity: dict[str, float]
    usual_length: float

    def score(self, number: int, words: Iterable[str]) -> float:
        """How well a part answers."""
        counts = self.counts[number]
        held_back = K1 * (1 - B + B * counts.total() / self.usual_length)
        return sum(
            self.rarity[word] * counts[word] * (K1 + 1) / (counts[word] + held_back)
            for word in words
            if word in counts
        )


def search(
    text: str, *, slugs: Iterable[str], language: str | None = None, limit: int = 10
) -> list[Hit]:
    """The parts of these articles that answer best, at most one of each page, the best first."""
    index, words = _index(folder_of(language)), set(tokens(text[:LONGEST_QUERY]))
    allowed = set(slugs)
    scored = (
        (index.score(number, words), number)
        for number, part in enumerate(index.parts)
        if part.slug in allowed
    )
    best: dict[str, Section] = {}
    for score, number in sorted(scored, key=lambda row: (-row[0], row[1])):
        if score <= 0 or len(best) == limit:
            break
        best.setdefault(index.parts[number].slug, index.parts[number])
    return [_hit(part, words) for part in best.values()]


def tokens(text: str) -> Iterator[str]:
    """What is looked for: stems of words, and every two characters of Chinese that touch."""
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if word[0] < "\u3400":
            yield _STEMMER.stemWord(word)
        elif len(word) == 1:
            yield word
        else:
            yield from (word[at : at + 2] for at in range(len(word) - 1))


@lru_cache(maxsize=2)
def _index(folder: str) -> Index:
    parts = sections(folder)
    counts = tuple(_counted(part) for part in parts)
    holding = Counter(word for one in counts for word in one)
    number = len(parts)
    rarity = {
        word: log(1 + (number - times + 0.5) / (times + 0.5)) for word, times in holding.items()
    }
    return Index(parts, counts, rarity, sum(one.total() for one in counts) / max(number, 1))


def _counted(part: Section) -> Counter[str]:
    counts = Counter(tokens(part.text))
    for words, times in ((part.title, OF_TITLE), (part.heading, OF_HEADING)):
        for word in tokens(words):
            counts[word] += times
    return counts


def _hit(part: Section, words: set[str]) -> Hit:
    """The first place in a part that has one of the words, with what stands around it."""
    for match in re.finditer(r"[A-Za-z0-9_]+|[\u3400-\u9fff]{2}|(?<=[\u3400-\u9fff])", part.text):
        at, end = match.span()
        if end == at:  # pairs that begin at every second character
            at, end = at - 1, at + 1
        if words & set(tokens(part.text[at:end])):
            before, after = part.text[:at], part.text[end:]
            return Hit(part, _last_of(before, AROUND), part.text[at:end], _first_of(after))
    return Hit(part, _first_of(part.text), "", "")


def _first_of(text: str, most: int = AROUND * 2) -> str:
    """The beginning, ended between words; between any two characters of Chinese."""
    if len(text) <= most:
        return text
    return re.sub(r"[A-Za-z0-9_'.-]+$", "", text[:most]).rstrip() + " …"


def _last_of(text: str, most: int) -> str:
    """The end, begun between words."""
    if len(text) <= most:
        return text
    return "… " + re.sub(r"^[A-Za-z0-9_'.-]+", "", text[-most:]).lstrip()

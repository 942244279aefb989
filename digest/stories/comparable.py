"""Which posts of different sources tell one story without being copies of one another (pure).

Such a post is linked beside an entry and nothing more is claimed, so only what many things speak for is taken: near
titles with the same numbers and names, near dates, texts about the same things that share what has no translation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

import numpy as np

from digest.align.embed import Embedder, Vectors, unit_rows
from digest.align.judge.english import is_ordinary
from digest.align.match import shared_structure
from digest.align.same_titles import ordinals
from digest.model import SIDES, Document, Edition, Story
from digest.normalise.split import sentences
from digest.stories.told import Clusters, ReadText, Told

NEAR_TITLES = 0.8  # cosine; of 3,080 wrong pairs of titles in two languages none reaches .76 (benchmarks/duplicates.py)
NEAR_TITLES_ALIKE = 0.85  # in one language, where titles of a series come nearer
NEAR_TEXTS = 0.78  # cosine of the texts' mean vectors: editions ≥ .77, posts on one topic ≤ .77
NEAR_TEXTS_ALIKE = 0.85  # in one language
SHARED = 0.35  # of the names, numbers, links and code of the poorer text: editions ≥ .68, posts on one topic ≤ .30
APART = timedelta(days=14)
BLOCK = 512  # titles compared at once: a first visit of 300 feeds brings 15,000, whose whole table takes 900 MB
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+#.-]*[A-Za-z0-9+#]|[A-Za-z]")
ACRONYM = re.compile(r"[A-Z0-9]*[A-Z][A-Z0-9]+s?")
SPELT = re.compile(r"[A-Za-z]+[A-Z]\w*")  # PyTorch, vLLM: a name by its spelling


def find_comparable(
    told: Sequence[Told],
    fresh: Collection[str],
    editions: Sequence[Edition],
    known: Mapping[str, Story],
    read: ReadText,
    embedder: Embedder,
) -> tuple[tuple[str, str, float], ...]:
    """Give (entry, entry, cosine of the titles) for posts that tell one story, nearest first, each pair once.

    Only pairs with a text named in `fresh` are looked at. An entry is named by the id of the post that stands for it.
    """
    clusters = Clusters(told, editions, known)
    found: dict[tuple[str, str], float] = {}
    middle = _Middles(read, embedder)
    for one, two, near in _near(told, fresh, embedder):
        first, second = sorted((clusters.entry_of(one.post.id), clusters.entry_of(two.post.id)))
        if first != second and (first, second) not in found and middle.tell_one_story(one, two):
            found[first, second] = near
    return tuple((first, second, near) for (first, second), near in found.items())


def _near(told: Sequence[Told], fresh: Collection[str], embedder: Embedder) -> Iterator[tuple[Told, Told, float]]:
    """Propose pairs of texts of different sources by their titles and dates, the nearest first."""
    sided = [one for one in told if one.signature.side in SIDES and one.signature.title]
    new = [n for n, one in enumerate(sided) if one.name in fresh]
    if not new:
        return
    vectors = embedder.encode([one.signature.title for one in sided])
    pairs: dict[tuple[int, ...], float] = {}
    for start in range(0, len(new), BLOCK):
        some = new[start : start + BLOCK]
        close = vectors[some] @ vectors.T
        pairs |= {
            tuple(sorted((some[i], int(j)))): round(float(close[i, j]), 4)
            for i, j in zip(*np.nonzero(close >= NEAR_TITLES), strict=True)
            if some[i] != int(j)
        }
    for (i, j), near in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
        one, two = sided[i], sided[j]
        least = NEAR_TITLES_ALIKE if one.signature.side == two.signature.side else NEAR_TITLES
        dates_near = abs(one.post.published - two.post.published) <= APART
        if one.post.source != two.post.source and dates_near and near >= least and _titles_agree(one, two):
            yield one, two, near


def _titles_agree(one: Told, two: Told) -> bool:
    """Tell whether titles name the same: equal numbers and acronyms, each Latin word of a Chinese one in the other.

    In one language, words that only one of the titles has are no names.
    """
    ones, twos = (unicodedata.normalize("NFKC", told.signature.title) for told in (one, two))
    if ordinals(ones) != ordinals(twos) or _digits(ones) != _digits(twos) or _acronyms(ones) != _acronyms(twos):
        return False
    left, right = (frozenset(word.lower() for word in LATIN.findall(title)) for title in (ones, twos))
    sides = one.signature.side, two.signature.side
    if sides == ("zh", "en"):
        return left <= right
    if sides == ("en", "zh"):
        return right <= left
    return left == right if "zh" in sides else all(map(is_ordinary, left ^ right))


def _digits(title: str) -> list[str]:
    return sorted(re.findall(r"\d+", title))


def _acronyms(title: str) -> frozenset[str]:
    words = [word for word in LATIN.findall(title) if ACRONYM.fullmatch(word) or SPELT.fullmatch(word)]
    return frozenset(word.lower().removesuffix("s") for word in words)


class _Middles:
    """Compares what texts are about; each is read and encoded once."""

    def __init__(self, read: ReadText, embedder: Embedder) -> None:
        self._read, self._embedder = read, embedder
        self._middle: dict[str, Vectors] = {}

    def _of(self, name: str, document: Document) -> Vectors:
        if name not in self._middle:
            rows = self._embedder.encode([sentence.text for sentence in sentences(document.paragraphs)])
            self._middle[name] = unit_rows(rows.sum(axis=0, keepdims=True))[0]
        return self._middle[name]

    def tell_one_story(self, one: Told, two: Told) -> bool:
        mine, theirs = self._read(one), self._read(two)
        if mine is None or theirs is None or mine.damage or theirs.damage:
            return False
        shared = shared_structure(mine, theirs)
        if shared is None or shared < SHARED:
            return False
        least = NEAR_TEXTS_ALIKE if one.signature.side == two.signature.side else NEAR_TEXTS
        return float(self._of(one.name, mine) @ self._of(two.name, theirs)) >= least

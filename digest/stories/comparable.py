"""Which posts of different sources tell one story without being copies of one another (pure).

Such a post is linked beside an entry and nothing more is claimed, so only what many things speak for is taken: near
titles with the same numbers and names, near dates, texts about the same things that share what has no translation.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

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
SERIES = 10  # near titles beyond one of each source: where there are more, a template or a series has made them
NEAREST = 10  # posts that one is compared with: a story has few tellings, and each pair costs two texts
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
    for one, two, near in _near(told, fresh, clusters, embedder):
        first, second = sorted((clusters.entry_of(one.post.id), clusters.entry_of(two.post.id)))
        if (first, second) not in found and middle.tell_one_story(one, two):
            found[first, second] = near
    return tuple((first, second, near) for (first, second), near in found.items())


def _near(
    told: Sequence[Told], fresh: Collection[str], clusters: Clusters, embedder: Embedder
) -> Iterator[tuple[Told, Told, float]]:
    """Propose pairs of texts of different sources and entries by their titles and dates, the nearest first.

    For a fresh text these are its `NEAREST` at most, and none where its title is of a template: a thousand posts of
    two feeds under one title have 250,000 pairs, and none of them says anything.
    """
    sided = [one for one in told if one.signature.side in SIDES and one.signature.title]
    if not any(one.name in fresh for one in sided):
        return
    titles = [_Title.of(one) for one in sided]
    near = _NearTitles(sided, clusters, embedder)
    alike: dict[tuple[frozenset[str], ...], list[int]] = defaultdict(list)
    for n, title in enumerate(titles):
        alike[title.ordinals, title.digits, title.acronyms].append(n)
    pairs: dict[tuple[int, int], float] = {}
    templates: set[int] = set()
    for places in alike.values():
        new = [n for n in places if sided[n].name in fresh]
        for i, others in near.of(new, places):
            if others is None:
                templates.add(i)
                continue
            agreeing = ((j, score) for j, score in others if titles[i].names_the_same(titles[j]))
            pairs |= {(min(i, j), max(i, j)): score for j, score in islice(agreeing, NEAREST)}
    for (i, j), score in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
        if not {i, j} & templates:
            yield sided[i], sided[j], score


class _NearTitles:
    """Finds the texts of other sources and entries whose titles and dates are near."""

    def __init__(self, told: Sequence[Told], clusters: Clusters, embedder: Embedder) -> None:
        self._vectors = embedder.encode([one.signature.title for one in told])
        self._source = _numbers(one.post.source for one in told)
        self._entry = _numbers(clusters.entry_of(one.post.id) for one in told)
        self._side = _numbers(one.signature.side for one in told)
        self._when = np.array([one.post.published.timestamp() for one in told])

    def of(self, some: Sequence[int], places: Sequence[int]) -> Iterator[tuple[int, list[tuple[int, float]] | None]]:
        """Give each of `some` with (place, cosine) of those near it among `places`, the nearest first.

        None stands where more than `SERIES` entries are near beyond one of each source.
        """
        among = np.array(places)
        for start in range(0, len(some) if len(places) > 1 else 0, BLOCK):
            block = list(some[start : start + BLOCK])
            for i, row in zip(block, self._vectors[block] @ self._vectors[among].T, strict=True):
                close = row >= NEAR_TITLES
                yield i, self._others(i, among[close], row[close].astype(np.float64).round(4))

    def _others(self, i: int, near: NDArray[np.intp], close: NDArray[np.float64]) -> list[tuple[int, float]] | None:
        least = np.where(self._side[near] == self._side[i], NEAR_TITLES_ALIKE, NEAR_TITLES)
        taken = (self._source[near] != self._source[i]) & (self._entry[near] != self._entry[i]) & (close >= least)
        taken &= np.abs(self._when[near] - self._when[i]) <= APART.total_seconds()
        near, close = near[taken], close[taken]
        if len(near) > SERIES and len(set(self._entry[near])) - len(set(self._source[near])) > SERIES:
            return None
        return [(int(near[n]), float(close[n])) for n in np.lexsort((near, -close))]


def _numbers(names: Iterable[str]) -> NDArray[np.intp]:
    """Number names by when they come first."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.intp)


@dataclass(frozen=True, slots=True)
class _Title:
    """What titles of one story have in common: equal numbers and acronyms, and Latin words (lower case)."""

    side: str
    ordinals: frozenset[str]
    digits: frozenset[str]
    acronyms: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, told: Told) -> _Title:
        title = unicodedata.normalize("NFKC", told.signature.title)
        words = LATIN.findall(title)
        runs = Counter(re.findall(r"\d+", title))
        names = (word for word in words if ACRONYM.fullmatch(word) or SPELT.fullmatch(word))
        return cls(
            told.signature.side,
            ordinals(title),
            frozenset(f"{count} × {digits}" for digits, count in runs.items()),
            frozenset(word.lower().removesuffix("s") for word in names),
            frozenset(word.lower() for word in words),
        )

    def names_the_same(self, other: _Title) -> bool:
        """Tell whether two titles of equal numbers and acronyms name the same: each Latin word of a Chinese one too.

        In one language, words that only one of the titles has are no names.
        """
        if (self.side, other.side) == ("zh", "en"):
            return self.words <= other.words
        if (self.side, other.side) == ("en", "zh"):
            return other.words <= self.words
        return self.words == other.words if self.side == "zh" else all(map(is_ordinary, self.words ^ other.words))


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

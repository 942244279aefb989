"""Other ways to choose six lines of 180 English words at most, from the sentences of prose and items, in reading order.

lead      the first six
lexrank   continuous LexRank (Erkan and Radev, JAIR 2004): tf-idf cosines between the sentences of the post (idf by its
          own sentences), power iteration with a jump of 0.15
mmr       likeness to the centroid of the sentences' vectors, less likeness to what is chosen (maximal marginal
          relevance, Carbonell and Goldstein, SIGIR 1998; lambda 0.7)
oracle    the most must-have facts, chosen greedily from the gold: facts gained a sentence, then fewer words

Each ranks all sentences; in the order of rank those are taken that fit into what is left of the words. "filtered"
takes only sentences against which the product's filters say nothing; both for single English sentences, without an
edition. Of the oracle there is a third kind, "verified": of the English lines of all pairs that verify, unfiltered,
which is the most that a bilingual choice can tell.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from abstract_gold import Located
from abstract_rules import MOST_LINES, MOST_WORDS, recalled
from numpy.typing import NDArray

from digest.abstract.filters import faults
from digest.abstract.measures import LATIN, words
from digest.abstract.unit import Unit
from digest.align.embed import Embedder
from digest.model import Document, Line, Sentence
from digest.normalise.split import sentences
from digest.pairs import line_of

Ranks = Callable[[Sequence[Sentence], NDArray[np.float32]], Iterator[int]]
JUMP, LAMBDA = 0.15, 0.7


def lead(found: Sequence[Sentence], vectors: NDArray[np.float32]) -> Iterator[int]:
    yield from range(len(found))


def lexrank(found: Sequence[Sentence], vectors: NDArray[np.float32]) -> Iterator[int]:
    bags = [Counter(word.lower() for word in LATIN.findall(s.text)) for s in found]
    known = {word: i for i, word in enumerate(sorted(set().union(*bags)))}
    seen = Counter(word for bag in bags for word in bag)
    rows = np.zeros((len(bags), len(known)))
    for i, bag in enumerate(bags):
        for word, count in bag.items():
            rows[i, known[word]] = count * math.log(len(bags) / seen[word])
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    likeness = np.maximum(rows @ rows.T, 0.0)
    step = likeness / np.maximum(likeness.sum(axis=1, keepdims=True), 1e-12)
    rank = np.full(len(bags), 1 / len(bags))
    for _ in range(100):
        rank = JUMP / len(bags) + (1 - JUMP) * step.T @ rank
    yield from sorted(range(len(bags)), key=lambda i: (-rank[i], i))


def mmr(found: Sequence[Sentence], vectors: NDArray[np.float32]) -> Iterator[int]:
    centroid = vectors.mean(axis=0)
    near = vectors @ (centroid / max(float(np.linalg.norm(centroid)), 1e-12))
    like, left = np.zeros(len(found)), set(range(len(found)))
    while left:
        best = max(left, key=lambda i: (LAMBDA * near[i] - (1 - LAMBDA) * like[i], -i))
        left.remove(best)
        like = np.maximum(like, vectors @ vectors[best])
        yield best


METHODS: dict[str, Ranks] = {"lead-6": lead, "LexRank": lexrank, "centroid + MMR": mmr}


def baselines(located: Located, embedder: Embedder) -> Iterator[tuple[str, list[Line]]]:
    """Give (name, lines in reading order) of every method, raw and filtered."""
    document = located.document
    units = candidates(document, embedder)
    passing = [unit for unit, found in zip(units, faults(document, units), strict=True) if not found]
    for how, some in (("raw", units), ("filtered", passing)):
        found = [unit.source[0] for unit in some]
        if not found:
            yield from ((f"{name}, {how}", []) for name in (*METHODS, "oracle"))
            continue
        vectors = np.stack([unit.vector for unit in some])
        for name, ranks in METHODS.items():
            chosen = sorted(fitting(found, ranks(found, vectors)), key=lambda s: (s.paragraph, s.start))
            yield f"{name}, {how}", [line_of(document, [s]) for s in chosen]
        yield f"oracle, {how}", oracle(located, [line_of(document, [s]) for s in found])


def candidates(document: Document, embedder: Embedder) -> list[Unit]:
    found = [s for s in sentences(document.paragraphs) if document.paragraphs[s.paragraph].kind in ("prose", "item")]
    vectors = embedder.encode([s.text for s in found])
    return [Unit(i, (s,), (), False, vectors[i]) for i, s in enumerate(found)]


def fitting(found: Sequence[Sentence], ranks: Iterator[int]) -> list[Sentence]:
    taken: list[Sentence] = []
    room = float(MOST_WORDS)
    for i in ranks:
        if len(taken) == MOST_LINES:
            break
        cost = words(found[i].text)
        if cost <= room and found[i].text not in {s.text for s in taken}:
            taken.append(found[i])
            room -= cost
    return taken


def oracle(located: Located, lines: Sequence[Line]) -> list[Line]:
    """Give the lines, six of 180 words at most, that state the most must-have facts as far as greed finds them."""
    by_number = {number: line for line in lines for number in located.covered(line.places)}
    ways = {way for fact in located.gold.must for way in fact.ways if way <= by_number.keys()}
    taken: list[Line] = []
    told = frozenset[int]()
    while True:
        best: tuple[float, float, list[int]] | None = None
        for way in ways:
            some = _distinct([*taken, *(by_number[n] for n in sorted(way))])
            cost = sum(words(line.text) for line in some)
            if len(some) > MOST_LINES or cost > MOST_WORDS or len(some) == len(taken):
                continue
            gain = recalled(located.gold.must, told | way) - recalled(located.gold.must, told)
            if gain > 0:
                this = (-gain / (len(some) - len(taken)), cost, sorted(way))
                best = this if best is None else min(best, this)
        if best is None:
            return sorted(taken, key=lambda line: (line.places[0].paragraph, line.places[0].start))
        taken = _distinct([*taken, *(by_number[n] for n in best[2])])
        told = located.covered(place for line in taken for place in line.places)


def _distinct(lines: Iterable[Line]) -> list[Line]:
    return list({line.places: line for line in lines}.values())

"""How well the words of a question stand in entries, those of the other language by what they mean there."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.align.lexicon import Scores
from digest.align.words import HAN_RUN
from digest.searching.opening import Connection
from digest.searching.reading import lengths, meanings_in_chinese, places_of

K1, B = 1.2, 0.3  # of BM25 (Robertson and Zaragoza 2009, section 3.4); B by measurement: entries are of like length
POWER = 0.5  # of a translation's score: what a dictionary gives for a word is nearly as good as the word itself
LEAST = 0.05  # translations of a lower score are not looked up
MOST_TOKENS = 64  # of a question that are looked up

Key = tuple[int, str]  # an entry's number and a side


@dataclass
class Matched:
    """BM25 of each entry's side that has any of the words, and for each line the part 0…1 of them that it has."""

    sides: dict[Key, float] = field(default_factory=lambda: defaultdict(float))
    lines: dict[int, float] = field(default_factory=lambda: defaultdict(float))


def matched(db: Connection, wanted: Sequence[Mapping[str, float]]) -> Matched:
    """Weigh where the words of a question stand, each as what it may mean in both languages.

    BM25 where a word and its translations are one word: it occurs as often as the most of them, each counted by the
    root of its score (probabilistic structured queries: Darwish and Oard 2003, SIGIR). Each side is a collection of
    its own, with its own document frequencies.
    """
    size = {(entry, side): count for entry, zh, en in lengths(db) for side, count in (("zh", zh), ("en", en)) if count}
    number = {side: max(sum(key[1] == side for key in size), 1) for side in ("zh", "en")}
    mean = {side: sum(n for key, n in size.items() if key[1] == side) / number[side] for side in number}
    found, most = Matched(), 0.0
    for words in wanted:
        often, lines = _often(db, words)
        rarest = 0.0
        for side in number:
            having = sum(min(times, 1.0) for key, times in often.items() if key[1] == side)
            idf = math.log(1 + (number[side] - having + 0.5) / (having + 0.5))
            rarest = max(rarest, idf)
            for key, times in often.items():
                if key[1] == side:
                    norm = K1 * (1 - B + B * size[key] / mean[side])
                    found.sides[key] += idf * times * (K1 + 1) / (times + norm)
        for line, part in lines.items():
            found.lines[line] += rarest * part
        most += rarest
    found.lines = {line: value / most for line, value in found.lines.items()} if most else {}
    return found


def meant(db: Connection, wanted: Sequence[str], lexicon: Scores) -> list[dict[str, float]]:
    """Give for each word of a question what may stand for it, with its weight 0…1: itself and its translations."""
    return [_meanings(db, token, lexicon) for token in tuple(dict.fromkeys(wanted))[:MOST_TOKENS]]


def _meanings(db: Connection, token: str, lexicon: Scores) -> dict[str, float]:
    """Give the tokens that stand for one: itself, and its translations by the root of their scores."""
    other: Mapping[str, float] = lexicon.scores(token) if HAN_RUN.match(token) else meanings_in_chinese(db, token)
    found = {word: score**POWER for word, score in other.items() if score >= LEAST}
    found[token] = 1.0
    return found


def _often(db: Connection, words: Mapping[str, float]) -> tuple[dict[Key, float], dict[int, float]]:
    """Count words that stand for one: in each entry's side, the most of them; in each line, whether it is there."""
    most: dict[Key, float] = defaultdict(float)
    lines: dict[int, float] = defaultdict(float)
    for word, weight in words.items():
        here: dict[Key, float] = defaultdict(float)
        for entry, line, side, times in places_of(db, word):
            here[entry, side] += times * weight
            lines[line] = max(lines[line], weight)
        for key, weighted in here.items():
            most[key] = max(most[key], weighted)
    return most, lines

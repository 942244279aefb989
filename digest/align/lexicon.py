"""Which words translate which: a bilingual lexicon learnt from pairs of lines (IBM model 1, both ways).

Brown et al. 1993, Computational Linguistics 19:263. A word pair's score is the geometric mean of t(en|zh) and t(zh|en),
0…1. Several lexicons are used together, the larger score winning: the one that ships (the Python documentation, CC0), a
dictionary (`dictionary`), that of a source (kept in the store in versions), and that of the text itself, learnt from a
first draft of its alignment.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

WordPair = tuple[Sequence[str], Sequence[str]]
Floats = NDArray[np.float64]

ITERATIONS = 4
NULL = 0.02  # what the empty word takes of each word's probability, before normalising
SMOOTH = 0.3  # added to each word's total: a word seen once is not certain of anything
LEAST = 0.02  # lower scores are not kept


class Scores(Protocol):
    """Anything that knows translations of Chinese words; `version` names what it knows."""

    @property
    def version(self) -> str: ...

    def scores(self, zh_word: str) -> Mapping[str, float]:
        """Give the English words (as `words` cuts them) that translate a Chinese one, each with a score 0…1."""
        ...


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Scores 0…1 of Chinese words' translations; `version` names the content (a hash), "" for the empty one."""

    table: Mapping[str, Mapping[str, float]] = field(default_factory=dict, repr=False)
    version: str = ""

    def scores(self, zh_word: str) -> Mapping[str, float]:
        """Give the English words that translate a Chinese one, with their scores."""
        return self.table.get(zh_word, {})

    def __bool__(self) -> bool:
        return bool(self.table)


def learn(pairs: Sequence[WordPair], *, iterations: int = ITERATIONS, least: float = LEAST) -> Lexicon:
    """Learn a lexicon from (Chinese words, English words) of lines that say the same. Linear in the words' products.

    >>> found = learn([(["猫", "黑"], ["cat", "black"]), (["猫"], ["cat"]), (["狗", "黑"], ["dog", "black"])])
    >>> max(found.scores("狗"), key=found.scores("狗").get), max(found.scores("黑"), key=found.scores("黑").get)
    ('dog', 'black')
    """
    zh_ids: dict[str, int] = {}
    en_ids: dict[str, int] = {}
    zs, es, zh_slots, en_slots = [], [], [], []
    zh_slot = en_slot = 0
    for zh, en in pairs:
        z = np.array([zh_ids.setdefault(w, len(zh_ids)) for w in dict.fromkeys(zh)], dtype=np.int32)
        e = np.array([en_ids.setdefault(w, len(en_ids)) for w in dict.fromkeys(en)], dtype=np.int32)
        if not len(z) or not len(e):
            continue
        zs.append(np.repeat(z, len(e)))
        es.append(np.tile(e, len(z)))
        # each occurrence of a word is a slot of its own: its probability is shared among the words across
        zh_slots.append(np.repeat(np.arange(zh_slot, zh_slot + len(z), dtype=np.int32), len(e)))
        en_slots.append(np.tile(np.arange(en_slot, en_slot + len(e), dtype=np.int32), len(z)))
        zh_slot, en_slot = zh_slot + len(z), en_slot + len(e)
    if not zs:
        return Lexicon()
    joint = np.concatenate(zs).astype(np.int64) * len(en_ids) + np.concatenate(es)
    del zs, es
    keys, inverse = np.unique(joint, return_inverse=True)
    del joint
    z_key, e_key = keys // len(en_ids), keys % len(en_ids)
    forward = _model_1(inverse, np.concatenate(en_slots), z_key, len(zh_ids), iterations)
    backward = _model_1(inverse, np.concatenate(zh_slots), e_key, len(en_ids), iterations)
    score = np.sqrt(forward * backward)
    zh_words, en_words = list(zh_ids), list(en_ids)
    table: dict[str, dict[str, float]] = {}
    for k in np.flatnonzero(score >= least):
        table.setdefault(zh_words[z_key[k]], {})[en_words[e_key[k]]] = round(float(score[k]), 3)
    return named(table)


def _model_1(
    inverse: NDArray[np.intp], slots: NDArray[np.intp], given: NDArray[np.intp], size: int, times: int
) -> Floats:
    """Give t(word | given) for each pair of words, by expectation and maximisation from a uniform start."""
    t = np.full(len(given), 1.0 / max(size, 1))
    for turn in range(times):
        weight = t[inverse] if turn else np.ones(len(inverse))
        share = np.bincount(slots, weight)
        expected = np.bincount(inverse, weight / (share + NULL * np.maximum(share, 1e-12))[slots], len(given))
        t = expected / (np.bincount(given, expected, size) + SMOOTH)[given]
    return t


def named(table: Mapping[str, Mapping[str, float]]) -> Lexicon:
    """Make a lexicon of a table, its version the hash of what it says."""
    said = json.dumps(table, ensure_ascii=False, sort_keys=True).encode()
    return Lexicon(table, hashlib.sha256(said).hexdigest()[:8] if table else "")


@dataclass(frozen=True, slots=True)
class Joined:
    """Several lexicons as one: of each word pair the largest score."""

    parts: tuple[Scores, ...]

    @property
    def version(self) -> str:
        return "+".join(part.version for part in self.parts)

    def scores(self, zh_word: str) -> Mapping[str, float]:
        found: dict[str, float] = {}
        for part in self.parts:
            for en, score in part.scores(zh_word).items():
                found[en] = max(score, found.get(en, 0.0))
        return found


def joined(parts: Iterable[Scores]) -> Joined:
    """Put lexicons together, the empty ones left out."""
    return Joined(tuple(part for part in parts if part.version))


def packed(lexicon: Lexicon) -> bytes:
    """Write a lexicon as bytes: gzip of JSON, the same for the same lexicon."""
    said = json.dumps(lexicon.table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return gzip.compress(said.encode(), mtime=0)


def unpacked(body: bytes) -> Lexicon:
    """Read what `packed` wrote."""
    return named(json.loads(gzip.decompress(body)))


@cache
def load_lexicon() -> Scores:
    """Load the lexicon that ships (benchmarks/fit_lexicon.py made it) and the dictionary, once a process."""
    from importlib.resources import files

    from digest.align.dictionary import load_dictionary

    shipped = unpacked((files("digest") / "data" / "lexicon.json.gz").read_bytes())
    return joined((shipped, load_dictionary()))

"""For each sentence and each span across from it: how much of its words finds a partner there (arrays, by windows)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.align.lexicon import Scores
from digest.align.words import words
from digest.model import Sentence

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int_]

CLAUSE = re.compile(r"(?<=[，；：、。！？!?])|(?<=[,;:])\s|\s[-–—]+\s|——|(?=[（(])|(?<=[）)])")
THIN_CLAUSE = 0.25  # a clause of which less is matched counts as left alone
FULL_CLAUSE = 4  # words from which a clause counts whole
CLOSING = frozenset("\"'”’」』）)*_")
READ = 4000  # characters of a sentence whose words are read: as many as its vector is made of (embed.MAX_CHARACTERS)
QUESTIONS, EXCLAMATIONS, COLONS, QUOTES = "[?？]", "[!！]", "[:：]", '[“”「」『』"]'


@dataclass(frozen=True, slots=True)
class Text:
    """One edition as the aligner sees it, all arrays.

    `length` (n,) bytes; `vectors` (n, d) weighted by the root of the length, so that a span's vector is a sum; `types`
    (tokens,) numbers of word types, sentence by sentence, `first` (n + 1,) where each sentence's begin; `clause`
    (tokens,) the clause of each token, `clause_of` (clauses,) its sentence; `marks` (n, 5) counts of ?, !, : and
    quotes, and the kind of stop at the end.
    """

    size: int
    length: Floats
    paragraph: Ints
    vectors: Vectors
    types: Ints
    first: Ints
    clause: Ints
    clause_of: Ints
    marks: Floats


class Vocabulary(dict[str, int]):
    """Numbers word types in the order in which they are met."""

    def number(self, word: str) -> int:
        return self.setdefault(word, len(self))


def read_text(sentences: Sequence[Sentence], vectors: Vectors, vocabulary: Vocabulary) -> Text:
    """Cut sentences into clauses and words and count what the features need."""
    types: list[int] = []
    first = [0]
    clause: list[int] = []
    clause_of: list[int] = []
    for number, sentence in enumerate(sentences):
        for part in CLAUSE.split(sentence.text[:READ]):
            found = [vocabulary.number(word) for word in words(part)] if part and part.strip() else []
            if found:
                types.extend(found)
                clause.extend([len(clause_of)] * len(found))
                clause_of.append(number)
        first.append(len(types))
    lengths = np.array([len(s.text.encode("utf-8", "replace")) for s in sentences], dtype=np.float64)
    return Text(
        size=len(sentences),
        length=lengths,
        paragraph=np.array([s.paragraph for s in sentences], dtype=np.int64),
        vectors=np.asarray(vectors, dtype=np.float32) * np.sqrt(lengths)[:, None].astype(np.float32),
        types=np.array(types, dtype=np.int64),
        first=np.array(first, dtype=np.int64),
        clause=np.array(clause, dtype=np.int64),
        clause_of=np.array(clause_of, dtype=np.int64),
        marks=np.array([_marks(s.text) for s in sentences], dtype=np.float64).reshape(-1, 5),
    )


def _marks(text: str) -> tuple[float, ...]:
    # not a pattern that ends in $: on long runs elsewhere in the text that is quadratic
    last = next((c for c in reversed(text) if not (c.isspace() or c in CLOSING)), "")
    stop = "。.！!？?…：:；;".find(last) // 2 if last else -1
    counts = (len(re.findall(mark, text)) for mark in (QUESTIONS, EXCLAMATIONS, COLONS, QUOTES))
    return (*map(float, counts), float(stop))


def prefix(values: NDArray[np.generic], axis: int) -> Floats:
    """Give running sums along axis 0 or 1, a zero first."""
    shape = list(values.shape)
    shape[axis] += 1
    sums = np.zeros(shape)
    np.cumsum(values, axis=axis, dtype=np.float64, out=sums[1:] if axis == 0 else sums[:, 1:])
    return sums


class WordScores:
    """How well each Chinese word type matches each English one, as tables made for the types at hand."""

    size: int

    def __init__(self, vocabulary: Vocabulary, lexicon: Scores) -> None:
        self.rows: dict[int, list[tuple[int, float]]] = {}
        for word, number in vocabulary.items():
            found = ((vocabulary.get(en), score) for en, score in lexicon.scores(word).items())
            row = [(other, score**0.5) for other, score in found if other is not None]
            if row:
                self.rows[number] = row
        self.size = len(vocabulary)

    def table(self, zh: Ints, en: Ints) -> NDArray[np.float32]:
        """Give (zh types, en types): 1 where spelt alike, else the square root of the lexicon's score."""
        found: NDArray[np.float32] = (zh[:, None] == en[None, :]).astype(np.float32)
        place = np.full(self.size, -1, dtype=np.int64)
        place[en] = np.arange(len(en))
        rows, columns, values = [], [], []
        for number, word in enumerate(zh.tolist()):
            for other, score in self.rows.get(word, ()):
                rows.append(number)
                columns.append(other)
                values.append(score)
        if rows:
            r, c, v = np.array(rows), place[np.array(columns)], np.array(values, dtype=np.float32)
            here = c >= 0
            found[r[here], c[here]] = np.maximum(found[r[here], c[here]], v[here])
        return found


class _Half:
    """One side of a window: its tokens, and the best score of each within every span across.

    `sums[channel][size - 1]` are prefix sums over sentences, (sentences + 1, ends across + 1).
    """

    def __init__(self, tokens: _Tokens, best: NDArray[np.float32], sizes: int, alike: NDArray[np.bool_]) -> None:
        self.sentences = tokens.sentences
        number = np.repeat(np.arange(tokens.sentences), np.diff(tokens.first))
        channels = (~alike, alike)
        self.sums = [
            [_by_sentence(span, number[mine], self.sentences) for span in _spans(best[mine], sizes)]
            for mine in channels
        ]
        self.totals = [prefix(np.bincount(number[mine], minlength=self.sentences), 0) for mine in channels]
        clause, clause_of = tokens.clause, tokens.clause_of
        self.alone = [_clauses(span, clause, clause_of, self.sentences) for span in _spans(best, sizes)]

    def matched(self, channel: int, size: int, start: Ints, stop: Ints, end: Ints) -> Floats:
        """Give the words of sentences start…stop that the `size` sentences across before `end` match."""
        sums = self.sums[channel][size - 1]
        return np.asarray(sums[stop, end] - sums[start, end])

    def total(self, channel: int, start: Ints, stop: Ints) -> Floats:
        """Count the words of sentences start…stop."""
        return np.asarray(self.totals[channel][stop] - self.totals[channel][start])

    def clauses_alone(self, size: int, start: Ints, stop: Ints, end: Ints) -> Floats:
        """Count the clauses of sentences start…stop that next to nothing in the `size` across before `end` matches."""
        return np.asarray(self.alone[size - 1][stop, end] - self.alone[size - 1][start, end])

    def share(self, size: int, sentence: Ints, end: Ints) -> Floats:
        """Give the share of a sentence that the `size` across before `end` match; 1 if it has no words."""
        k = np.minimum(sentence, self.sentences - 1)
        total = sum(self.total(c, k, k + 1) for c in (0, 1))
        found = sum(self.matched(c, size, k, k + 1, end) for c in (0, 1))
        return np.where(total > 0, found / np.maximum(total, 1), 1.0)

    def best_share(self) -> Floats:
        """Give for each sentence (and a zero after the last) the largest share that one sentence across matches."""
        matched = np.diff(self.sums[0][0], axis=0) + np.diff(self.sums[1][0], axis=0)
        total = np.diff(self.totals[0]) + np.diff(self.totals[1])
        share: Floats = matched.max(axis=1, initial=0.0) / np.maximum(total, 1)
        return np.concatenate([share, [0.0]])


@dataclass(frozen=True, slots=True)
class _Tokens:
    sentences: int
    types: Ints
    first: Ints
    clause: Ints
    clause_of: Ints


class Matches:
    """Matched words between sentences rows[0]…rows[1] of one text and columns[0]…columns[1] of the other.

    Two channels: words (0), and what both windows spell alike, which is names and numbers (1).
    """

    def __init__(
        self, zh: Text, en: Text, rows: tuple[int, int], columns: tuple[int, int], sizes: int, scores: WordScores
    ) -> None:
        z, e = _cut(zh, *rows), _cut(en, *columns)
        z_unique, z_inverse = np.unique(z.types, return_inverse=True)
        e_unique, e_inverse = np.unique(e.types, return_inverse=True)
        table = scores.table(z_unique, e_unique)
        z_best = _best_in(table, e_inverse, e.first)[z_inverse]  # (zh tokens, en sentences)
        e_best = _best_in(table.T, z_inverse, z.first)[e_inverse]  # (en tokens, zh sentences)
        self.zh = _Half(z, z_best, sizes, np.isin(z.types, e_unique))
        self.en = _Half(e, e_best, sizes, np.isin(e.types, z_unique))


def _cut(text: Text, start: int, end: int) -> _Tokens:
    first, last = int(text.first[start]), int(text.first[end])
    clause = text.clause[first:last]
    base, stop = (int(clause[0]), int(clause[-1]) + 1) if len(clause) else (0, 0)
    return _Tokens(
        end - start, text.types[first:last], text.first[start : end + 1] - first, clause - base,
        text.clause_of[base:stop] - start,
    )  # fmt: skip


def _best_in(table: NDArray[np.float32], types: Ints, first: Ints) -> NDArray[np.float32]:
    """Give (rows of the table, sentences): the best score of each row's word among a sentence's words."""
    found = np.zeros((len(table), len(first) - 1), dtype=np.float32)
    if len(types) and len(table):
        full = np.flatnonzero(np.diff(first))
        by_token = np.ascontiguousarray(table.T)[types]  # rows: numpy takes and reduces them much faster than columns
        found[:, full] = np.maximum.reduceat(by_token, first[:-1][full], axis=0).T
    return found


def _spans(best: NDArray[np.float32], sizes: int) -> Iterator[NDArray[np.float32]]:
    """Give for each size up to `sizes` (tokens, ends 0…n): the best score within so many sentences before each end.

    It is one array that grows from size to size: take from it what is needed before asking for the next.
    """
    tokens, n = best.shape
    found = np.zeros((tokens, n + 1), dtype=np.float32)
    for back in range(1, sizes + 1):
        if back <= n:
            np.maximum(found[:, back:], best[:, : n + 1 - back], out=found[:, back:])
        yield found


def _by_sentence(best: NDArray[np.float32], sentence: Ints, size: int) -> Floats:
    """Add up tokens by sentence, as prefix sums over sentences: (sentences + 1, ends)."""
    sums = np.zeros((size, best.shape[1]))
    if len(sentence):
        here, first = np.unique(sentence, return_index=True)
        sums[here] = np.add.reduceat(best, first, axis=0)
    return prefix(sums, 0)


def _clauses(best: NDArray[np.float32], clause: Ints, clause_of: Ints, size: int) -> Floats:
    """Count clauses that next to nothing matches, as prefix sums over sentences: (sentences + 1, ends)."""
    sums = np.zeros((size, best.shape[1]))
    if len(clause):
        first = np.concatenate([[0], np.flatnonzero(np.diff(clause)) + 1])
        counts = np.diff(np.concatenate([first, [len(clause)]]))
        share = np.add.reduceat(best, first, axis=0) / counts[:, None]
        alone = np.where(share < THIN_CLAUSE, (np.minimum(counts, FULL_CLAUSE) / FULL_CLAUSE)[:, None], 0.0)
        here, start = np.unique(clause_of, return_index=True)
        sums[here] = np.add.reduceat(alone, start, axis=0)
    return prefix(sums, 0)

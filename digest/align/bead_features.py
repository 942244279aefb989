"""What speaks for and against a bead, as numbers: the features of the linear-chain model.

Everything is computed for whole windows of the band at once: similarities and matched words of spans come from sums
over single sentences (two-dimensional prefix sums), so a bead costs the same whatever its size.
"""

from __future__ import annotations

import numpy as np

from digest.align.lattice import Shape
from digest.align.matches import Floats, Ints, Matches, Text, Vectors, WordScores, prefix

WINDOW = 128  # rows computed together
TEXT_END = 1000  # stands for the jump of paragraph numbers at either end of a text
LONG = 40.0  # bytes: the unit in which lengths of lone sentences are told
TENTH = 0.1  # words are counted by the ten: features of like size make the fit round

NAMES = (
    # what kind of bead
    "1-0", "0-1", "1-1", "1-2", "2-1", "2-2", "1-3", "3-1", "2-3", "3-2", "3-3", "1-4", "4-1", "larger",
    "lean",
    # lengths
    "length", "length²", "length of 1-1", "length z",
    # vectors
    "cosine", "cosine of 1-1", "cosine × sentences", "cosine under .5", "cosine under .3", "margin",
    "drop", "extend", "weakest cosine",
    # words, matched by the lexicon; names and numbers
    "words", "words alone", "covered", "names", "names alone", "clauses alone", "words outside", "names outside",
    "clauses outside", "weakest words",
    # punctuation
    "questions", "exclamations", "colons", "quotes", "ending",
    # paragraphs, and the code, images and tables between them
    "across", "lone end", "other blocks", "same blocks",
    # sentences left alone
    "lone length", "lone nearness", "lone words",
)  # fmt: skip
INDEX = {name: number for number, name in enumerate(NAMES)}


class Window:
    """The features of all beads that end in given cells: `rows`, `columns` (cells,), in the numbers of the texts."""

    def __init__(
        self, zh: Text, en: Text, cells: tuple[Ints, Ints], side: int, scores: WordScores, ratio: float
    ) -> None:
        self.rows, self.columns = cells
        self.zh, self.en, self.ratio = zh, en, ratio
        self.lean = float(np.log(max(en.size, 1) / max(zh.size, 1)))
        reach = side + 1
        self.top, self.left = max(int(self.rows.min()) - reach, 0), max(int(self.columns.min()) - reach, 0)
        bottom, right = min(int(self.rows.max()) + 1, zh.size), min(int(self.columns.max()) + 1, en.size)
        zs, es = slice(self.top, bottom), slice(self.left, right)
        self.height, self.width = bottom - self.top, right - self.left
        self.i, self.j = self.rows - self.top, self.columns - self.left
        dots = (zh.vectors[zs] @ en.vectors[es].T).astype(np.float64)
        self.dots = prefix(prefix(dots, 0), 1)
        self.close = dots / np.sqrt(np.maximum(np.outer(zh.length[zs], en.length[es]), 1e-9))
        self.zh_square, self.en_square = _squares(zh.vectors[zs], side + 1), _squares(en.vectors[es], side + 1)
        self.zh_length, self.en_length = prefix(zh.length[zs], 0), prefix(en.length[es], 0)
        self.zh_marks, self.en_marks = prefix(zh.marks[zs, :4], 0), prefix(en.marks[es, :4], 0)
        self.matches = Matches(zh, en, (self.top, bottom), (self.left, right), side + 1, scores)
        self.found: dict[tuple[int, int, int, int], Floats] = {}

    def features(self, shape: Shape) -> dict[str, Floats]:
        """Give the features of the beads of one shape, by name; what is not named is 0.

        Cells from which no such bead can come hold noise.
        """
        a, b = shape
        spans = np.maximum(self.i - a, 0), self.i, np.maximum(self.j - b, 0), self.j
        if not a or not b:
            return self._lone(shape, *spans)
        found = _kind(shape, len(self.i))
        self._lengths(found, shape, *spans)
        self._vectors(found, shape)
        self._words(found, shape, *spans)
        self._marks(found, *spans)
        self._paragraphs(found, shape)
        return found

    def cosine(self, top: int, bottom: int, left: int, right: int) -> Floats:
        """Give for each cell (i, j) the cosine of the pooled zh i + top…i + bottom and en j + left…j + right.

        0 where a span is empty or outside. Shapes share spans: each is looked up once a window.
        """
        span = top, bottom, left, right
        if span not in self.found:
            i0, i1, j0, j1 = self.i + top, self.i + bottom, self.j + left, self.j + right
            inside = (i0 >= 0) & (j0 >= 0) & (i1 <= self.height) & (j1 <= self.width) & (i1 > i0) & (j1 > j0)
            i0, i1, j0, j1 = (np.where(inside, x, 0) for x in (i0, i1, j0, j1))
            flat, width = self.dots.ravel(), self.dots.shape[1]  # one number a place: faster than two
            first, last = i0 * width, i1 * width
            dots = flat[last + j1] - flat[first + j1] - flat[last + j0] + flat[first + j0]
            square = self.zh_square[i0, i1 - i0] * self.en_square[j0, j1 - j0]
            self.found[span] = np.where(inside & (square > 1e-9), dots / np.sqrt(np.maximum(square, 1e-9)), 0.0)
        return self.found[span]

    def _lengths(self, found: dict[str, Floats], shape: Shape, i0: Ints, i1: Ints, j0: Ints, j1: Ints) -> None:
        zh, en = self.zh_length[i1] - self.zh_length[i0], self.en_length[j1] - self.en_length[j0]
        uneven = np.minimum(np.abs(np.log((en + 15) / (zh * self.ratio + 15))), 2.0)
        found["length"], found["length²"] = uneven, uneven**2
        if shape == (1, 1):
            found["length of 1-1"] = uneven
        # Gale and Church 1993: a byte of one side makes a random number of bytes of the other
        found["length z"] = np.minimum(np.abs(en - zh * self.ratio) / np.sqrt((en + zh * self.ratio) / 2 + 10), 10)
        found["lean"] = np.full(len(i0), (shape[1] - shape[0]) * self.lean)

    def _vectors(self, found: dict[str, Floats], shape: Shape) -> None:
        a, b = shape
        close = self.cosine(-a, 0, -b, 0)
        found["cosine"], found["cosine × sentences"] = close, close * (a + b) / 2
        found["cosine under .5"], found["cosine under .3"] = np.maximum(0.5 - close, 0), np.maximum(0.3 - close, 0)
        if shape == (1, 1):
            found["cosine of 1-1"] = close
        # how near the spans of this size just before and after lie: where all is near, nearness says little
        near = (
            self.cosine(-a, 0, -2 * b, -b), self.cosine(-a, 0, 0, b),
            self.cosine(-2 * a, -a, -b, 0), self.cosine(0, a, -b, 0),
        )  # fmt: skip
        found["margin"] = close - np.mean(near, axis=0)
        fewer = []
        if a > 1:
            fewer += [self.cosine(1 - a, 0, -b, 0), self.cosine(-a, -1, -b, 0)]
        if b > 1:
            fewer += [self.cosine(-a, 0, 1 - b, 0), self.cosine(-a, 0, -b, -1)]
        if fewer:
            found["drop"] = np.max(fewer, axis=0) - close
            # the sentence that has least to do with the other side: it may belong nowhere
            members = [self.cosine(k - a, k - a + 1, -b, 0) for k in range(a if a > 1 else 0)]
            members += [self.cosine(-a, 0, k - b, k - b + 1) for k in range(b if b > 1 else 0)]
            found["weakest cosine"] = np.maximum(0.5 - np.min(members, axis=0), 0)
        more = ((-a - 1, 0, -b, 0), (-a, 1, -b, 0), (-a, 0, -b - 1, 0), (-a, 0, -b, 1))
        found["extend"] = np.sum([np.maximum(self.cosine(*span) - close, 0) for span in more], axis=0)

    def _words(self, found: dict[str, Floats], shape: Shape, i0: Ints, i1: Ints, j0: Ints, j1: Ints) -> None:
        m, (a, b) = self.matches, shape
        below, right = np.minimum(i1 + 1, self.height), np.minimum(j1 + 1, self.width)
        for channel, name in enumerate(("words", "names")):
            zh, en = m.zh.matched(channel, b, i0, i1, j1), m.en.matched(channel, a, j0, j1, i1)
            total = m.zh.total(channel, i0, i1) + m.en.total(channel, j0, j1)
            found[name] = (zh + en) * TENTH
            found[f"{name} alone"] = (total - zh - en) * TENTH
            if not channel:
                found["covered"] = (zh + en) / np.maximum(total, 1)
            # what would be matched besides if a side took in the sentence before or after
            outside = (
                np.where(j0 > 0, m.zh.matched(channel, b + 1, i0, i1, j1) - zh, 0)
                + np.where(right > j1, m.zh.matched(channel, b + 1, i0, i1, right) - zh, 0)
                + np.where(i0 > 0, m.en.matched(channel, a + 1, j0, j1, i1) - en, 0)
                + np.where(below > i1, m.en.matched(channel, a + 1, j0, j1, below) - en, 0)
            )
            found[f"{name} outside"] = np.maximum(outside, 0) * TENTH
        zh, en = m.zh.clauses_alone(b, i0, i1, j1), m.en.clauses_alone(a, j0, j1, i1)
        found["clauses alone"] = zh + en
        found["clauses outside"] = (
            np.where(j0 > 0, zh - m.zh.clauses_alone(b + 1, i0, i1, j1), 0)
            + np.where(right > j1, zh - m.zh.clauses_alone(b + 1, i0, i1, right), 0)
            + np.where(i0 > 0, en - m.en.clauses_alone(a + 1, j0, j1, i1), 0)
            + np.where(below > i1, en - m.en.clauses_alone(a + 1, j0, j1, below), 0)
        )
        if a > 1 or b > 1:
            shares = [m.zh.share(b, i0 + k, j1) for k in range(a if a > 1 else 0)]
            shares += [m.en.share(a, j0 + k, i1) for k in range(b if b > 1 else 0)]
            found["weakest words"] = np.maximum(0.4 - np.min(shares, axis=0), 0)

    def _marks(self, found: dict[str, Floats], i0: Ints, i1: Ints, j0: Ints, j1: Ints) -> None:
        counts = np.abs((self.zh_marks[i1] - self.zh_marks[i0]) - (self.en_marks[j1] - self.en_marks[j0]))
        for number, mark in enumerate(("questions", "exclamations", "colons", "quotes")):
            found[mark] = np.minimum(counts[:, number], 2)
        ends = self.zh.marks[np.maximum(self.rows - 1, 0), 4] != self.en.marks[np.maximum(self.columns - 1, 0), 4]
        found["ending"] = ends.astype(np.float64)

    def _paragraphs(self, found: dict[str, Floats], shape: Shape) -> None:
        zh, en = self.zh.paragraph, self.en.paragraph
        rows, columns = np.maximum(self.rows, shape[0]), np.maximum(self.columns, shape[1])
        across = _turns(zh, rows - shape[0], rows) + _turns(en, columns - shape[1], columns)
        found["across"] = across.astype(np.float64)
        zh_jump, en_jump = _jump(zh, rows), _jump(en, columns)
        found["lone end"] = ((zh_jump > 0) != (en_jump > 0)).astype(np.float64)
        # code, images and tables between two paragraphs stand in the same order in both editions
        both = (zh_jump > 0) & (en_jump > 0) & (zh_jump < TEXT_END) & (en_jump < TEXT_END)
        found["same blocks"] = (both & (zh_jump == en_jump) & (zh_jump > 1)).astype(np.float64)
        found["other blocks"] = np.where(both, np.minimum(np.abs(zh_jump - en_jump), 2), 0).astype(np.float64)

    def _lone(self, shape: Shape, i0: Ints, i1: Ints, j0: Ints, j1: Ints) -> dict[str, Floats]:
        found = _kind(shape, len(self.i))
        if shape[0]:
            length, first = (self.zh_length[i1] - self.zh_length[i0]) * self.ratio, i0
            near, share = self.close.max(axis=1, initial=0.0), self.matches.zh.best_share()
        else:
            length, first = self.en_length[j1] - self.en_length[j0], j0
            near, share = self.close.max(axis=0, initial=0.0), self.matches.en.best_share()
        found["lone length"] = np.minimum(length / LONG, 5)
        found["lone nearness"] = np.concatenate([near, [0.0]])[first]
        found["lone words"] = share[first]
        return found


def _kind(shape: Shape, cells: int) -> dict[str, Floats]:
    name = f"{shape[0]}-{shape[1]}"
    if name in INDEX:
        return {name: np.ones(cells)}
    base = "1-4" if shape[0] == 1 else "4-1" if shape[1] == 1 else "3-3"
    return {base: np.ones(cells), "larger": np.full(cells, float(sum(shape) - (6 if base == "3-3" else 5)))}


def _squares(vectors: Vectors, most: int) -> Floats:
    """Give the squared norms of sums of consecutive rows: [i, k] is that of rows i to i + k, k up to `most`."""
    sums = prefix(vectors, 0)
    found = np.zeros((len(sums), most + 1))
    for k in range(1, min(most, len(sums) - 1) + 1):
        found[: len(sums) - k, k] = ((sums[k:] - sums[:-k]) ** 2).sum(axis=1)
    return found


def _turns(paragraph: Ints, start: Ints, end: Ints) -> Ints:
    """Count the ends of paragraphs inside sentences start…end."""
    turned = np.concatenate([[0], np.cumsum(paragraph[1:] != paragraph[:-1])])
    last = len(paragraph) - 1
    return np.asarray(turned[np.clip(end - 1, 0, last)] - turned[np.clip(start, 0, last)])


def _jump(paragraph: Ints, end: Ints) -> Ints:
    """Give how many paragraphs on the sentence after each end stands, 0 within one."""
    jumps = np.concatenate([[TEXT_END], np.abs(paragraph[1:] - paragraph[:-1]), [TEXT_END]])
    return np.asarray(jumps[np.clip(end, 0, len(paragraph))])

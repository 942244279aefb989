"""All ways to cut two texts into beads within a band, as one graph; sums and best paths over it.

A cell (i, j) says that the first i Chinese and the first j English sentences are done. A bead of shape (a, b) leads
from (i − a, j − b) to (i, j). Cells are kept by i + j: every bead comes from an earlier sum, so the cells of one sum
are computed at once, for all shapes. This is the semi-Markov form of a linear-chain model (Sarawagi & Cohen 2004,
NIPS): `Lattice.marginals` is its forward-backward algorithm, `Lattice.best` its Viterbi.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int_]
Floats = NDArray[np.float64]
Shape = tuple[int, int]

NEVER = -1e30  # the logarithm of nothing, finite so that differences of it stay numbers


def shapes_up_to(side: int) -> tuple[Shape, ...]:
    """Give the (zh, en) sizes of beads: one side empty, then all up to `side` sentences a side.

    >>> shapes_up_to(2)
    ((1, 0), (0, 1), (1, 1), (1, 2), (2, 1), (2, 2))
    """
    sides = range(1, side + 1)
    return ((1, 0), (0, 1), *((a, b) for a in sides for b in sides))


# Free translations cut a long Chinese sentence into four or five (3 % of the beads of MAC's novels); two against four
# are a tenth of that.
USUAL_SHAPES = (*shapes_up_to(3), (1, 4), (4, 1), (1, 5), (5, 1))


@dataclass(frozen=True, slots=True)
class Lattice:
    """Cells of one text or of several side by side, ordered by i + j within all of them.

    `row`, `column` (cells,) are i and j; `order` (cells,) gives each cell's number in reading order (text by text, row
    by row, column by column); `steps` are the first cells of each i + j. `before` and `after` (shapes, cells) are the
    cells a bead comes from and leads to, `cells` where there is none. `starts`, `ends` are cells, one a text.
    """

    shapes: tuple[Shape, ...]
    row: Ints
    column: Ints
    order: Ints
    steps: Ints
    before: NDArray[np.int32]
    after: NDArray[np.int32]
    starts: Ints
    ends: Ints

    @property
    def size(self) -> int:
        return len(self.row)

    def forward(self, gain: Floats) -> Floats:
        """Give for each cell the logarithm of the summed weight of all ways to it; `gain` is (shapes, cells)."""
        total = np.full(self.size + 1, NEVER)
        total[self.starts] = 0.0
        for first, last in zip(self.steps[1:-1], self.steps[2:], strict=True):
            here = total[self.before[:, first:last]] + gain[:, first:last]
            total[first:last] = _log_sum(here)
        return total

    def backward(self, gain: Floats) -> Floats:
        """Give for each cell the logarithm of the summed weight of all ways from it to the end of its text."""
        total = np.full(self.size + 1, NEVER)
        total[self.ends] = 0.0
        padded = np.concatenate([gain, np.full((len(gain), 1), NEVER)], axis=1)
        rows = np.arange(len(gain))[:, None]
        is_end = np.zeros(self.size + 1, dtype=bool)
        is_end[self.ends] = True
        for first, last in zip(self.steps[-2::-1], self.steps[:0:-1], strict=True):
            after = self.after[:, first:last]
            found = _log_sum(total[after] + padded[rows, after])
            total[first:last] = np.where(is_end[first:last], 0.0, found)
        return total

    def marginals(self, gain: Floats) -> tuple[Floats, Floats]:
        """Give each bead's probability, (shapes, cells), and each text's log partition function, (texts,)."""
        ahead, behind = self.forward(gain), self.backward(gain)
        whole = ahead[self.ends]
        mine = whole[self._text_of()]
        log = ahead[self.before] + gain + behind[None, :-1] - mine[None, :]
        return np.exp(np.clip(log, -80, 0)) * (log > -80), whole

    def best(self, gain: Floats) -> list[list[tuple[int, int]]]:
        """Give for each text the (shape number, cell) of the beads on its best way, in order."""
        total = np.full(self.size + 1, NEVER)
        total[self.starts] = 0.0
        how = np.zeros(self.size, dtype=np.int64)
        for first, last in zip(self.steps[1:-1], self.steps[2:], strict=True):
            here = total[self.before[:, first:last]] + gain[:, first:last]
            how[first:last] = here.argmax(axis=0)
            total[first:last] = here.max(axis=0)
        found = []
        for start, end in zip(self.starts, self.ends, strict=True):
            way, cell = [], int(end)
            while cell != start:
                way.append((int(how[cell]), cell))
                cell = int(self.before[how[cell], cell])
            found.append(way[::-1])
        return found

    def _text_of(self) -> Ints:
        """Give the number of the text that each cell belongs to."""
        return np.searchsorted(self.order[self.starts], self.order, side="right") - 1


def _log_sum(values: Floats) -> Floats:
    top = values.max(axis=0)
    return np.asarray(top + np.log(np.exp(values - top).sum(axis=0)))


def lattice(bands: Sequence[tuple[Ints, Ints]], shapes: tuple[Shape, ...]) -> Lattice:
    """Lay out the cells of texts; a band is (low, high), the first and last column of each row 0…n.

    Rows' columns must not fall (`corridor` gives such bands), low[0] is 0 and high[n] the number of English sentences.
    """
    rows, columns, before, starts, ends, counted = [], [], [], [], [], 0
    for low, high in bands:
        widths = high - low + 1
        offset = np.concatenate([[0], np.cumsum(widths)])
        row = np.repeat(np.arange(len(low)), widths)
        column = np.arange(offset[-1]) - offset[row] + low[row]
        mine = np.full((len(shapes), offset[-1]), -1, dtype=np.int32)
        for number, (a, b) in enumerate(shapes):
            i, j = row - a, column - b
            inside = i >= 0
            inside[inside] &= (j[inside] >= low[i[inside]]) & (j[inside] <= high[i[inside]])
            mine[number, inside] = counted + offset[i[inside]] + j[inside] - low[i[inside]]
        rows.append(row)
        columns.append(column)
        before.append(mine)
        starts.append(counted)
        counted += int(offset[-1])
        ends.append(counted - 1)
    row, column = np.concatenate(rows), np.concatenate(columns)
    order = np.argsort(row + column, kind="stable")
    place = np.empty(counted + 1, dtype=np.int32)  # reading number → cell; the last: no cell
    place[order] = np.arange(counted)
    place[counted] = counted
    reading = np.concatenate(before, axis=1)[:, order]
    came = place[np.where(reading >= 0, reading, counted)]
    after = np.full((len(shapes), counted + 1), counted, dtype=np.int32)
    for number in range(len(shapes)):
        after[number, came[number]] = np.arange(counted)
    sums = (row + column)[order]
    steps = np.searchsorted(sums, np.arange(int(sums[-1]) + 2))
    return Lattice(
        shapes=shapes,
        row=row[order],
        column=column[order],
        order=order,
        steps=steps,
        before=came,
        after=after[:, :counted],
        starts=place[np.array(starts)].astype(np.int64),
        ends=place[np.array(ends)].astype(np.int64),
    )

"""A second look at the holes that the n-grams leave in doubt: a wider context weighs their candidates again.

The two models' log probabilities are added with weights: a product of experts (Hinton 2002, Neural Computation
14:1771).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digest.normalise.repair.models.characters import LINE
from digest.normalise.repair.models.rescore import Rescorer
from digest.normalise.repair.models.specialist import Specialist
from digest.normalise.repair.search.lattice import Lattice
from digest.normalise.repair.search.ragged import Floats, Index, first_of_best, owners, ranges, starts_of
from digest.normalise.repair.search.stream import Ids, Stream

DOUBT = 0.99  # a hole whose likeliest candidate has less is looked at again
MOST = 16  # candidates of a hole that are weighed again
PART = 1024  # holes that are weighed at once: what bounds the memory
LEAST = 1e-6  # posterior of a candidate that is weighed again
# Weights of the two log probabilities, fitted so that posteriors are right as often as they say.
NEAR, WIDE = 0.9, 0.45
SPECIAL = 1.4  # weight of what the specialist says, fitted likewise
SPECIAL_DOUBT = 0.997  # a hole whose likeliest candidate has less is one for the specialist


def second_look(weights: Floats, stream: Stream, judge: Rescorer) -> Floats:
    """Give the posteriors of the candidates after `judge` weighed those of doubtful holes again."""
    best = first_of_best(weights, stream.start)
    doubtful = np.flatnonzero(weights[best] < DOUBT)
    if not len(doubtful):
        return weights
    places, slots = _ranked(weights, stream.start, doubtful)
    tokens = stream.tokens.copy()
    tokens[stream.holes] = stream.options[best]
    left, right = _windows(tokens, stream.holes[doubtful], judge.window)
    candidates = np.full((len(doubtful), int(slots[1].max()) + 1), -1)
    candidates[slots] = stream.options[places]
    parts = range(0, len(doubtful), PART)
    logits = [judge.logits(left[at : at + PART], right[at : at + PART], candidates[at : at + PART]) for at in parts]
    wide = np.concatenate(logits)[slots].astype(np.float64)
    start = starts_of(np.bincount(slots[0], minlength=len(doubtful)))
    mixed = NEAR * np.log(weights[places]) + WIDE * (wide - _log_total(wide, start))
    found = weights.copy()
    found[places] = np.exp(mixed - _log_total(mixed, start))
    return found


def third_look(weights: Floats, laid: Lattice, expert: Specialist) -> Floats:
    """Give the posteriors of the candidates after `expert` weighed those of the doubtful holes that it knows again."""
    best = first_of_best(weights, laid.start)
    doubtful = np.flatnonzero((weights[best] < SPECIAL_DOUBT) & expert.asks[laid.options[best]])
    if not len(doubtful):
        return weights
    places, (row, _) = _ranked(weights, laid.start, doubtful)
    codes = laid.codes.copy()
    codes[laid.holes] = laid.options[best]
    said = expert.scores(codes, laid.holes[doubtful], row, laid.options[places])
    mixed = np.log(weights[places]) + SPECIAL * said
    found = weights.copy()
    found[places] = np.exp(mixed - _log_total(mixed, starts_of(np.bincount(row))))
    return found


def _ranked(weights: Floats, start: Index, holes: Index) -> tuple[Index, tuple[Index, Index]]:
    """Give the candidates of some holes that count, the best of each first, and (row, column) of each."""
    counted = np.zeros(len(start) - 1, bool)
    counted[holes] = True
    owner = owners(start)
    at = np.flatnonzero(counted[owner] & (weights >= LEAST))
    at = at[np.lexsort((-weights[at], owner[at]))]
    row = np.searchsorted(holes, owner[at])
    column = ranges(np.bincount(row, minlength=len(holes)))
    few = column < MOST
    return at[few], (row[few], column[few])


def _windows(tokens: Ids, places: Index, width: int) -> tuple[Ids, Ids]:
    """Give the tokens on either side of each place, shape (n, width) each, with one LINE between lines."""
    doubled = (tokens == LINE) & np.concatenate(([False], tokens[:-1] == LINE))
    single = np.concatenate((np.full(width, LINE), tokens[~doubled], np.full(width, LINE))).astype(np.int32)
    middle = places - np.cumsum(doubled)[places] + width
    before, after = np.arange(-width, 0), np.arange(1, width + 1)
    return single[middle[:, None] + before], single[middle[:, None] + after]


def _log_total(scores: Floats, start: Index) -> Floats:
    """Give, for each score, the log of the sum of its group's exponentials."""
    top = np.maximum.reduceat(scores, start[:-1])
    owner = owners(start)
    total: NDArray[np.float64] = top + np.log(np.add.reduceat(np.exp(scores - top[owner]), start[:-1]))
    return total[owner]

"""What characters owe to others of their line: closing brackets to opening ones, a joiner to the emoji that it joins.

Both weigh candidates by what stands too far off for an n-gram.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from digest.normalise.repair.search.lattice import Lattice
from digest.normalise.repair.search.ragged import Floats, Index, owners

JOINER, VARIATION = 0x200D, 0xFE0F
JOINED = 8.0  # nats for a joiner between two emoji, against one anywhere else

BRACKETS = (
    ("「", "」"),
    ("『", "』"),
    ("【", "】"),
)  # those of which the code pages lose one half; quotation marks are sure without
LOOSE = 0.02  # the share of brackets that stand alone in their line
LEAST = 1e-6  # posterior of a candidate that is weighed again


def joined(laid: Lattice) -> Lattice:
    """Raise the prior of the zero-width joiner between two emoji, and lower it elsewhere."""
    at = np.flatnonzero(laid.options == JOINER)
    if not len(at):
        return laid
    codes = laid.codes.copy()
    codes[laid.holes] = laid.options[laid.start[:-1]]  # candidates for an emoji are emoji
    is_emoji = ((codes >= 0x1F000) & (codes <= 0x1FAFF)) | ((codes >= 0x2600) & (codes <= 0x27BF))
    unit = laid.holes[owners(laid.start)[at]]
    between = (is_emoji | (codes == VARIATION))[unit - 1] & is_emoji[unit + 1]
    priors = laid.priors.copy()
    priors[at] += np.where(between, JOINED, -JOINED)
    return replace(laid, priors=priors)


def balanced(weights: Floats, laid: Lattice) -> Floats:
    """Give the candidates' posteriors after brackets that stand in a line called for their other halves.

    A line's brackets of one kind are taken to alternate, as they do in prose: between an intact one and the next of
    its kind exactly one other half is expected, by the odds of the candidates there, and none where none is owed.
    """
    found = weights.copy()
    for opening, closing in BRACKETS:
        for half, other, forward in ((closing, opening, True), (opening, closing, False)):
            at = np.flatnonzero((laid.options == ord(half)) & (found > LEAST))
            if len(at):
                _call(found, laid, at, ord(other), forward)
    return found


def _call(weights: Floats, laid: Lattice, at: Index, other: int, forward: bool) -> None:
    """Weigh the candidates `at`, all one half of a bracket, by where its intact `other` half stands in their lines."""
    hole = owners(laid.start)[at]
    unit = laid.holes[hole]
    intact = np.flatnonzero(laid.codes == other)
    # The bracket that calls for each candidate: the nearest before it (or after it) in its line.
    caller = np.searchsorted(intact, unit) - (1 if forward else 0)
    called = (caller >= 0) & (caller < len(intact))
    line = np.searchsorted(laid.ends, unit[called], side="right")
    called[called] = np.searchsorted(laid.ends, intact[caller[called]], side="right") == line
    chance = np.minimum(weights[at], 1 - LEAST)
    odds = chance / (1 - chance)
    new = LOOSE * odds / (1 + LOOSE * odds)
    group = caller[called]
    total = np.bincount(group, odds[called], len(intact))
    new[called] = (1 - LOOSE) * odds[called] / total[group] + LOOSE * chance[called]
    scale = np.ones(len(laid.holes))
    scale[hole] = (1 - new) / (1 - chance)
    weights *= scale[owners(laid.start)]
    weights[at] = new

"""One document reads the same damage beside the same neighbour alike: its holes lend each other what they know.

A cache of the document's own usage, as in Kuhn & De Mori 1990, IEEE Transactions on Pattern Analysis and Machine
Intelligence 12:570, but of pairs: it knows which word a document keeps using.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digest.normalise.repair.search.ragged import Floats, Index, first_of_best, owners
from digest.normalise.repair.search.stream import Stream

TRUST = 0.25  # the power of what the other holes say, 0 to 1
OWN = 1.0  # how many other holes a hole's own posterior counts for in it


def agreed(weights: Floats, stream: Stream, codes: NDArray[np.uint32]) -> Floats:
    """Give the candidates' posteriors after holes of one pattern and one neighbour, left then right, shared theirs.

    `codes` are the candidates' code points: those that the model does not know are one token.
    """
    if not len(weights):
        return weights
    tokens = stream.tokens.astype(np.int64)
    tokens[stream.holes] = stream.options[first_of_best(weights, stream.start)]
    # Holes with the same first candidate and as many of them have lost the same bytes.
    pattern = stream.options[stream.start[:-1]].astype(np.int64) << 10 | np.minimum(np.diff(stream.start), 1023)
    found = weights
    for side in (-1, 1):
        found = _shared(found, stream, codes.astype(np.int64), pattern << 20 | tokens[stream.holes + side])
    return found


def _shared(weights: Floats, stream: Stream, codes: Index, key: Index) -> Floats:
    """Move posteriors towards the mean of the other holes with the same key."""
    _, group = np.unique(key, return_inverse=True)
    at = np.flatnonzero(weights > 0)
    hole = owners(stream.start)[at]
    _, same = np.unique(group[hole] << 21 | codes[at], return_inverse=True)
    mine = weights[at]
    others = np.bincount(same, mine)[same] - mine
    many = np.bincount(group)[group[hole]] - 1
    raised = mine * ((others + OWN * mine) / (many + OWN) / mine) ** TRUST
    found = np.zeros(len(weights))
    found[at] = raised / np.bincount(hole, raised, len(key))[hole]
    return found

"""How sure a reading may be: posteriors are flattened where the text is far from what the model was trained on.

The model's posteriors are right as often as they say on text like its training text, and too sure elsewhere. The
characters that the damage left intact tell how far a document is: their mean surprise. Its excess sets a temperature
(Guo et al. 2017, Proceedings of Machine Learning Research 70:1321) and a chance that no candidate is right.
"""

from __future__ import annotations

import numpy as np

from digest.normalise.repair.models.characters import LINE, SPECIAL, UNKNOWN, Characters
from digest.normalise.repair.search.ragged import Floats, owners
from digest.normalise.repair.search.stream import Stream

# Nats that an intact character costs after its left neighbour: in text like the training text, and where the model's
# posteriors begin to be too sure.
USUAL, HOME = 4.7, 5.3
COUNTED = 20  # characters of USUAL surprise that every document is supposed to hold besides its own
SAMPLE = 4096  # characters that suffice
STRANGER = 5.0  # nats that a character costs beyond the chance of all those that the model does not know
CAP = 12.0  # nats that one character counts for at most
# Fitted by the likelihood of right and wrong readings of technical, general, literary and Traditional text, a wrong one
# counting 1.25 times: temperature by nat, and the log odds that no candidate is right, at HOME and by nat.
HEAT = 0.14
ODDS, ODDS_SLOPE = -6.4, 0.86


def calibrated(weights: Floats, stream: Stream, model: Characters) -> Floats:
    """Give the posteriors that hold for this document; those of a hole sum to 1 or less. Their order stays."""
    excess = surprise(stream, model) - HOME
    if excess <= 0:
        return weights
    flat: Floats = weights ** (1 / (1 + HEAT * excess))
    none = 1 / (1 + np.exp(-(ODDS + ODDS_SLOPE * excess)))
    scale: Floats = (1 - none) / np.add.reduceat(flat, stream.start[:-1])
    return flat * scale[owners(stream.start)]


def surprise(stream: Stream, model: Characters) -> float:
    """Give the mean of -log P, nats, over intact characters after an intact left neighbour of their line."""
    tokens = stream.tokens
    intact = np.ones(len(tokens), bool)
    intact[stream.holes] = False
    counts = intact & ((tokens == UNKNOWN) | (tokens >= SPECIAL))
    at = np.flatnonzero(counts[1:] & intact[:-1] & (tokens[:-1] != LINE)) + 1
    at = at[:: len(at) // SAMPLE + 1]
    cost = np.where(tokens[at] == UNKNOWN, STRANGER, 0) - model.pair(tokens[at - 1], tokens[at])
    return float((np.minimum(cost, CAP).sum() + COUNTED * USUAL) / (len(at) + COUNTED))

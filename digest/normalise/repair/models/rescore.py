"""Which of a few candidates fits a wide context: a small feed-forward network over the tokens on either side.

Trained by tools/train_rescorer.py, which says how; the sources of its text stand in digest/data/rescorer.json. It sees
farther than the n-gram model and on both sides at once, and is asked only where that one is unsure. It was trained to
choose among characters that lost bytes to cp1254, of which cp1252's are a part; other code pages' sets it never saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.normalise.repair.models.characters import LINE, NUMBER, SPECIAL, UNKNOWN, WORD, characters, classes

Ids = NDArray[np.integer[Any]]
Floats = NDArray[np.float32]
Index = NDArray[np.intp]

REACH = 40  # tokens on either side that are looked through for those that the network sees
SCALE = "_scale"  # ends the name of what int8 weights are multiplied by
DATA = "rescorer.npz"


def seen(tokens: Ids, points: NDArray[np.uint32]) -> Index:
    """Give the places of the tokens that the network sees in a stream of its own tokens.

    ASCII punctuation is left out and of a run of WORD, NUMBER and LINE the first stands for all, for the marks of
    Markdown, links and code fill a window and say nothing of the Chinese.

    >>> points = np.array([0x28, 0x4E2D], np.uint32)  # "(" is token 5, "中" is token 6
    >>> seen(np.array([6, 5, WORD, 5, NUMBER, LINE, 5, LINE, WORD]), points)
    array([0, 2, 5, 8])
    """
    left_out = np.concatenate((np.zeros(SPECIAL, bool), points < 0x80))
    kept = np.flatnonzero(~left_out[tokens])
    line = tokens[kept] == LINE
    run = (tokens[kept] == WORD) | (tokens[kept] == NUMBER)
    again = (line[1:] & line[:-1]) | (run[1:] & run[:-1])
    return kept[np.concatenate(([True], ~again))] if len(kept) else kept


def known(points: NDArray[np.uint32], asked: NDArray[np.uint32]) -> Index:
    """Give the network's token for each of the asker's: special ones stay, code points meet in their number.

    >>> known(np.array([0x4E2D, 0x56FD], np.uint32), np.array([0x56FD, 0x9F98], np.uint32)).tolist()
    [0, 1, 2, 3, 4, 6, 1]
    """
    return np.concatenate((np.arange(SPECIAL), classes(points)[asked])).astype(np.intp)


class Rescorer:
    """The network, ready to be asked with `window` tokens on either side."""

    window = REACH

    def __init__(self, weights: Mapping[str, Floats], points: NDArray[np.uint32], asked: NDArray[np.uint32]) -> None:
        """Take the weights by name, as train_rescorer.py gives them, and the vocabularies of network and asker."""
        self._weights = weights
        self._points = points
        self._known = known(points, asked)
        self._width = len(weights["hidden"]) // weights["inner"].shape[1] // 2

    def logits(self, left: Ids, right: Ids, candidates: Ids) -> Floats:
        """Score candidates, shape (n, k), in nats: to be added to the log probabilities of the n-gram model.

        All ids are those of `characters()`. `left` and `right`, (n, window), are the tokens beside each place in
        reading order, merged as `characters.places` does, one LINE between lines and as many as it takes beyond the
        text's ends; `candidates`, (n, k), all leave the same bytes, and -1 fills a row up: its score is -inf.
        The network was trained on that sum, so a score says what the context adds to what the n-grams know.
        Candidates that the network does not know have one score in common.
        """
        weights = self._weights
        context = np.concatenate((self._nearest(left, before=True), self._nearest(right, before=False)), axis=1)
        given = weights["inner"][context].reshape(len(context), len(weights["hidden"]))
        first = np.maximum(given @ weights["hidden"] + weights["hidden_bias"], 0)
        second = np.maximum(first @ weights["second"] + weights["second_bias"], 0)
        out = (first + second) @ weights["project"]
        real = candidates >= 0
        choice = self._known[np.where(real, candidates, UNKNOWN)]
        scores: Floats = (weights["outer"][choice] @ out[:, :, None])[:, :, 0] + weights["outer_bias"][choice]
        scores[~real] = -np.inf
        return scores

    def _nearest(self, side: Ids, *, before: bool) -> Index:
        """Give the tokens nearest to each place that the network sees, filled up with LINE at the far end."""
        rows, reach = side.shape
        framed = np.column_stack((self._known[side], np.full(rows, UNKNOWN))).ravel()  # no run goes on in the next row
        place = seen(framed, self._points)
        place = place[place % (reach + 1) < reach]
        row = place // (reach + 1)
        count = np.bincount(row, minlength=rows)
        slot = np.arange(len(row)) - (np.cumsum(count) - count)[row]
        if before:
            slot += self._width - count[row]
        near = (slot >= 0) & (slot < self._width)
        found = np.full((rows, self._width), LINE)
        found[row[near], slot[near]] = framed[place[near]]
        return found


def quantised(weights: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """Turn each matrix into int8 and scales: one a row where rows are tokens, else one a column. Biases stay."""
    out: dict[str, NDArray[Any]] = {}
    for name, weight in weights.items():
        if weight.ndim == 1:
            out[name] = weight.astype(np.float16)
            continue
        largest = np.abs(weight).max(axis=1 if name in ("inner", "outer") else 0, keepdims=True)
        scale = np.maximum(largest / 127, 1e-6).astype(np.float32)
        out[name] = np.rint(weight / scale).astype(np.int8)
        out[name + SCALE] = scale
    return out


def restored(stored: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
    """Undo `quantised`, as far as it can be."""
    out: dict[str, Floats] = {}
    for name, weight in stored.items():
        if not name.endswith(SCALE):
            out[name] = weight.astype(np.float32)
            if name + SCALE in stored:
                out[name] *= stored[name + SCALE]
    return out


@cache
def rescorer() -> Rescorer:
    """Load the network that ships, once a process."""
    from importlib.resources import files

    with np.load(BytesIO((files("digest") / "data" / DATA).read_bytes()), allow_pickle=False) as stored:
        raw = dict(stored)
    points = raw.pop("points")
    return Rescorer(restored(raw), points, characters().points)

"""A lattice as the character model sees it: a run of letters or digits is one token, LINE a line's end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.normalise.repair.models.characters import LINE, ORDERS, SKIP, UNKNOWN, Characters, places
from digest.normalise.repair.search.lattice import Lattice
from digest.normalise.repair.search.ragged import Index

Ids = NDArray[np.int32]

MARGIN = ORDERS - 1  # the tokens that the model sees before one


@dataclass(frozen=True, slots=True)
class Stream:
    """The tokens of a document, with MARGIN times LINE before each line and after the last.

    `tokens` (m,): ids, UNKNOWN at holes; `holes` (h,): their places, ascending; hole i has the candidate tokens
    `options[start[i]:start[i + 1]]` with natural-log priors `priors`.
    """

    tokens: Ids
    holes: Index
    options: Ids
    priors: NDArray[np.float32]
    start: Index


def stream_of(laid: Lattice, model: Characters) -> Stream:
    """Give the tokens of a lattice. Empty lines leave none."""
    ids = model.ids[laid.codes].astype(np.int32)
    ids[laid.ends - 1] = LINE
    is_hole = np.zeros(len(ids), bool)
    is_hole[laid.holes] = True
    ids[is_hole] = UNKNOWN
    seen = places(ids)
    ids, is_hole = ids[seen], is_hole[seen]
    first = np.concatenate(([True], (ids[1:] != LINE) | (ids[:-1] != LINE)))
    ids, is_hole = ids[first], is_hole[first]
    times = np.where(ids == LINE, MARGIN, 1)
    options = model.ids[laid.options].astype(np.int32)
    options[options == SKIP] = UNKNOWN
    return Stream(
        tokens=np.concatenate((np.full(MARGIN, LINE, np.int32), np.repeat(ids, times))),
        holes=np.flatnonzero(np.repeat(is_hole, times)) + MARGIN,
        options=options,
        priors=laid.priors,
        start=laid.start,
    )

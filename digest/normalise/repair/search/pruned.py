"""Which candidates are worth a longer n-gram: those that the bigrams with both neighbours do not rule out."""

from __future__ import annotations

import numpy as np

from digest.normalise.repair.models.characters import ORDERS, Characters
from digest.normalise.repair.search.ragged import Floats, Index, first_of_best, owners, ranges, starts_of
from digest.normalise.repair.search.stream import Stream

# Nats that a candidate may lie behind the best of its hole; 9 changes nothing on the texts it was fitted on.
REACH = 6.5
MOST = np.array([12, 12, 12, 8, 4])  # candidates of a hole that are kept, by how many holes share an n-gram with it
FAR = 12.0  # nats behind the best by the left side alone that rule a candidate out at once
ALIKE = 8.0  # nats behind the best by one side alone that a hole's candidate may lie to speak for its neighbours


def pruned(stream: Stream, model: Characters) -> tuple[Index, Index]:
    """Give which of `stream.options` are kept, ascending, and the best of each hole by bigrams. Linear time."""
    score = _by_neighbours(stream, model)
    kept = _near(score, stream.start, REACH, MOST[_crowd(stream.holes)])
    return kept, first_of_best(score, stream.start)


def _near(score: Floats, start: Index, reach: float, most: Index) -> Index:
    """Give the candidates that lie no further than `reach` behind the best of their hole, at most `most` of each."""
    best = np.maximum.reduceat(score, start[:-1])
    near = np.flatnonzero(score >= np.repeat(best, np.diff(start)) - reach)
    owner = owners(start)[near]
    count = np.bincount(owner, minlength=len(best))
    many = count > most
    if many.any():
        ranked = np.flatnonzero(many[owner])
        ranked = ranked[np.lexsort((-score[near[ranked]], owner[ranked]))]
        too_many = ranges(count[many]) >= np.repeat(most[many], count[many])
        near = np.delete(near, ranked[too_many])
    return near


def _crowd(holes: Index) -> Index:
    """Give, for each hole, the number of holes in the fullest n-gram that holds it, itself among them."""
    inside = np.searchsorted(holes, holes + ORDERS) - np.arange(len(holes))  # from this hole on
    crowd = inside.copy()
    for back in range(1, min(ORDERS, len(holes))):
        shares = holes[back:] - holes[:-back] < ORDERS
        crowd[back:] = np.where(shares, np.maximum(crowd[back:], inside[:-back]), crowd[back:])
    return crowd


def _by_neighbours(stream: Stream, model: Characters) -> Floats:
    """Score each candidate by the bigrams with its neighbours; a neighbour that is a hole by its best candidate."""
    is_hole = np.zeros(len(stream.tokens) + 1, bool)
    is_hole[stream.holes] = True
    hole = owners(stream.start)
    place, options = stream.holes[hole], stream.options
    left_open, right_open = is_hole[place - 1], is_hole[place + 1]
    before = np.zeros(len(options))  # what stands for the bigram with a hole on the left until that hole is weighed
    alone, left = np.flatnonzero(left_open), np.flatnonzero(~left_open)
    before[alone] = model.alone(options[alone])
    before[left] = model.pair(stream.tokens[place[left] - 1], options[left])
    score = stream.priors + before
    far = score < np.repeat(np.maximum.reduceat(score, stream.start[:-1]), np.diff(stream.start)) - FAR
    score[far] = -np.inf
    right = np.flatnonzero(~right_open & ~far)
    score[right] += model.pair(options[right], stream.tokens[place[right] + 1])
    firsts = np.flatnonzero(is_hole[stream.holes + 1])
    if not len(firsts):
        return score
    near = _near(score, stream.start, ALIKE, np.full(len(stream.holes), MOST[0]))
    start = starts_of(np.bincount(hole[near], minlength=len(stream.holes)))
    sizes, later_sizes = np.diff(start)[firsts], np.diff(start)[firsts + 1]
    pair = np.repeat(np.arange(len(firsts)), sizes * later_sizes)
    inner = ranges(sizes * later_sizes)
    one = near[start[firsts][pair] + inner // later_sizes[pair]]
    other = near[start[firsts + 1][pair] + inner % later_sizes[pair]]
    joint = model.pair(options[one], options[other]).astype(np.float64)
    later = np.full(len(score), -np.inf)
    np.maximum.at(later, one, joint + score[other] - before[other])
    earlier = np.full(len(score), -np.inf)
    np.maximum.at(earlier, other, joint + score[one])
    weighed = np.full(len(score), -np.inf)
    weighed[near] = score[near]
    has_later, has_earlier = np.isfinite(later), np.isfinite(earlier)
    weighed[has_later] += later[has_later]
    weighed[has_earlier] += earlier[has_earlier] - before[has_earlier]
    return weighed

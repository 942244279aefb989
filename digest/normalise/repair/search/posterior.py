"""How likely each candidate of each hole is, given all that stands around it: forward-backward over an n-gram model.

Holes that share an n-gram are solved together, exactly over the candidates that pruning left, the state being the last
tokens of an n-gram (Bahl et al. 1974, IEEE Transactions on Information Theory 20:284, for the algorithm). All stretches
of a document are solved at once: step t takes the t-th n-gram of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.normalise.repair.models.characters import LINE, ORDERS, Characters
from digest.normalise.repair.search.pruned import pruned
from digest.normalise.repair.search.ragged import Floats, Index, owners, ranges, starts_of
from digest.normalise.repair.search.stream import MARGIN, Stream

PART = 4096  # holes whose ways are laid out at once: what bounds the memory
RESCALE = 8  # steps after which weights are brought back to 1
LONGEST = 24  # holes that are solved together; a longer stretch is cut, with the best by bigrams beyond the cut


def posteriors(stream: Stream, model: Characters) -> Floats:
    """Give the posterior of each candidate, shape of `stream.options`; those of a hole sum to 1. Linear time."""
    parts = [_of_part(part, model) for part in _parts(stream)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _parts(stream: Stream) -> Iterator[Stream]:
    """Cut a stream into parts of about PART holes, where no n-gram holds holes of both sides if that can be."""
    loose = np.flatnonzero(np.diff(stream.holes) >= ORDERS) + 1
    low = 0
    while low < len(stream.holes):
        high = min(low + PART, len(stream.holes))
        nearest = int(loose[np.searchsorted(loose, high) - 1]) if len(loose) else 0
        if high < len(stream.holes) and nearest > low:
            high = nearest
        first, last = stream.holes[low] - MARGIN, stream.holes[high - 1] + ORDERS
        options = slice(stream.start[low], stream.start[high])
        yield Stream(
            tokens=stream.tokens[first:last],
            holes=stream.holes[low:high] - first,
            options=stream.options[options],
            priors=stream.priors[options],
            start=stream.start[low : high + 1] - stream.start[low],
        )
        low = high


def _of_part(stream: Stream, model: Characters) -> Floats:
    kept, best = pruned(stream, model)
    tokens = stream.tokens.copy()
    tokens[stream.holes] = stream.options[best]  # stands for a hole beyond a cut
    start = starts_of(np.bincount(owners(stream.start)[kept], minlength=len(stream.holes)))
    found = np.zeros(len(stream.options))
    found[kept] = _solved(Stream(tokens, stream.holes, stream.options[kept], stream.priors[kept], start), model)
    return found


def _solved(stream: Stream, model: Characters) -> Floats:
    """Give the exact posteriors of all candidates."""
    ways = _ways(stream, model)
    ahead, behind = _forward(ways), _backward(ways)
    both = (ahead * behind)[1:]
    owner = owners(ways.states)
    both /= np.add.reduceat(both, ways.states[:-1])[owner]
    mine = np.flatnonzero(ways.last[owner] < len(stream.options))
    inner = np.arange(len(both)) - ways.states[owner]
    return _sums(ways.last[owner[mine]] + inner[mine] % ways.last_size[owner[mine]], both[mine], len(stream.options))


@dataclass(frozen=True, slots=True)
class _Ways:
    """All ways to fill each of f n-grams, in the order of their steps: a step is a slice.

    `steps` (t + 1,): the n-grams of step i are `steps[i]:steps[i + 1]`. An n-gram's ways are a group of `ways` with
    their `weights`; each leads from a state `source` (of the n-gram before) to a state `target`, a filling of all its
    tokens but the first. Its states are a group of `states`, numbered from 1; state 0 is that before a stretch's first
    n-gram. `ends`: the n-grams that are the last of their stretch. `last`: where the candidates for an n-gram's last
    token begin, `last_size` how many they are.
    """

    steps: Index
    ways: Index
    weights: Floats
    source: Index
    target: Index
    states: Index
    ends: NDArray[np.bool_]
    last: Index
    last_size: Index


def _ways(stream: Stream, model: Characters) -> _Ways:
    stretch, first, last = _stretches(stream.holes)
    # The n-grams of a stretch end at its first hole, at the last tokens that see its last, and at all between.
    length = stream.holes[last] + ORDERS - stream.holes[first]
    step = ranges(length)
    order = np.argsort(step, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    before = np.full(len(order), -1)
    later = np.flatnonzero(step > 0)
    before[rank[later]] = rank[later - 1]
    step, which = step[order], np.repeat(np.arange(len(first)), length)[order]
    end = stream.holes[first][which] + step

    # A token that is no hole of the stretch has one candidate: itself, or the best by bigrams.
    flat = np.concatenate((stream.options, stream.tokens))
    hole_at = np.full(len(stream.tokens), -1)
    hole_at[stream.holes] = np.arange(len(stream.holes))
    bases, sizes = [], []
    for back in range(ORDERS - 1, -1, -1):
        hole = hole_at[end - back]
        own = (hole >= 0) & (stretch[hole] == which)
        bases.append(np.where(own, stream.start[hole], len(stream.options) + end - back))
        sizes.append(np.where(own, np.diff(stream.start)[hole], 1))
    ways = starts_of(np.prod(sizes, axis=0))
    factor = owners(ways)
    rest = np.arange(ways[-1]) - ways[factor]
    source = rest // sizes[-1][factor]
    tokens = []
    for base, size in zip(bases[:0:-1], sizes[:0:-1], strict=True):
        rest, at = np.divmod(rest, size[factor])
        tokens.append(base[factor] + at)
    tokens.append(bases[0][factor] + rest)
    d, c, b, a = (flat[at] for at in tokens)
    score = model.score(b, c, d, before=a).astype(np.float64)
    score[(c == LINE) & (d == LINE)] = 0  # nothing is said of the second LINE between lines
    chosen = np.flatnonzero(tokens[0] < len(stream.options))
    score[chosen] += stream.priors[tokens[0][chosen]]
    score -= np.maximum.reduceat(score, ways[:-1])[factor]
    states = starts_of(np.prod(sizes[1:], axis=0))
    return _Ways(
        steps=np.searchsorted(step, np.arange(step[-1] + 2)),
        ways=ways,
        weights=np.exp(score),
        source=np.where(before < 0, 0, states[before] + 1)[factor] + source,
        target=states[factor] + 1 + (np.arange(ways[-1]) - ways[factor]) % np.diff(states)[factor],
        states=states,
        ends=step == length[which] - 1,
        last=bases[-1],
        last_size=sizes[-1],
    )


def _stretches(holes: Index) -> tuple[Index, Index, Index]:
    """Give each hole's stretch, and each stretch's first and last hole. Holes nearer than ORDERS tokens share one."""
    far = np.concatenate(([True], np.diff(holes) >= ORDERS))
    run = np.arange(len(holes)) - np.flatnonzero(far)[np.cumsum(far) - 1]
    far |= run % LONGEST == 0
    first = np.flatnonzero(far)
    return np.cumsum(far) - 1, first, np.concatenate((first[1:], [len(holes)])) - 1


def _forward(ways: _Ways) -> Floats:
    """Give each state's weight by what comes before it."""
    found = np.ones(ways.states[-1] + 1)
    for t in range(len(ways.steps) - 1):
        low, high = ways.steps[t], ways.steps[t + 1]
        mine = slice(ways.ways[low], ways.ways[high])
        floor, roof = ways.states[low] + 1, ways.states[high] + 1
        total = _sums(ways.target[mine] - floor, found[ways.source[mine]] * ways.weights[mine], roof - floor)
        found[floor:roof] = _scaled(total, ways.states[low : high + 1]) if t % RESCALE == 0 else total
    return found


def _backward(ways: _Ways) -> Floats:
    """Give each state's weight by what comes after it."""
    found = np.ones(ways.states[-1] + 1)
    for t in range(len(ways.steps) - 2, 0, -1):
        before, low, high = ways.steps[t - 1], ways.steps[t], ways.steps[t + 1]
        mine = slice(ways.ways[low], ways.ways[high])
        floor, roof = ways.states[before] + 1, ways.states[low] + 1
        total = _sums(ways.source[mine] - floor, found[ways.target[mine]] * ways.weights[mine], roof - floor)
        states = ways.states[before : low + 1]
        total[np.repeat(ways.ends[before:low], np.diff(states))] = 1
        found[floor:roof] = _scaled(total, states) if t % RESCALE == 0 else total
    return found


def _sums(places: Index, values: Floats, size: int) -> Floats:
    """Add up the values of each place."""
    return np.bincount(places, values, size).astype(np.float64, copy=False)


def _scaled(values: Floats, start: Index) -> Floats:
    """Scale groups so that the largest of each is 1: products of many probabilities would vanish."""
    offsets = start[:-1] - start[0]
    scaled: Floats = values / np.repeat(np.maximum.reduceat(values, offsets), np.diff(start))
    return scaled

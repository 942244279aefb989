"""Damaged lines are read again: the likeliest characters, how sure each is, and whether they reproduce the damage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from digest.model import Guess
from digest.normalise.repair.channel import Channel
from digest.normalise.repair.models.characters import characters
from digest.normalise.repair.models.rescore import rescorer
from digest.normalise.repair.models.specialist import specialist
from digest.normalise.repair.search.agreement import agreed
from digest.normalise.repair.search.calibration import calibrated
from digest.normalise.repair.search.doubtful import second_look, third_look
from digest.normalise.repair.search.lattice import Codes, Lattice, chosen_from, lattice
from digest.normalise.repair.search.pairing import balanced, joined
from digest.normalise.repair.search.posterior import posteriors
from digest.normalise.repair.search.ragged import Floats, Index, first_of_best, owners
from digest.normalise.repair.search.script import in_script, may_be_traditional
from digest.normalise.repair.search.stream import stream_of

CERTAIN = 0.99  # a guess that is surer names no others
MOST_OTHERS = 4
LEAST_OTHER = 0.001  # a reading less likely than this is not named

MISMATCH = "the reading does not reproduce the damage"


@dataclass(frozen=True, slots=True)
class Reading:
    """One line read again: `text`, or None and `why`. `guesses` has every character that had lost bytes, in order.

    `channel.damage(text)` is the line that was given, always. A guess names `others` only where it is not certain.
    """

    text: str | None
    why: str = ""
    guesses: tuple[Guess, ...] = ()


def read_lines(lines: Sequence[str], channel: Channel) -> list[Reading]:
    """Read the damaged lines of one document, in linear time; one Reading for each."""
    if not lines:
        return []
    laid = lattice(lines, channel)
    if may_be_traditional(laid):
        laid = lattice(lines, channel, both_scripts=True)
    read = _read(laid)
    same = channel.damage("\n".join(line.text for line in read)) == "\n".join(lines)
    found = []
    for given, why, line in zip(lines, laid.why, read, strict=True):
        if why:
            found.append(Reading(None, why))
        elif same or channel.damage(line.text) == given:
            found.append(Reading(line.text, "", line.guesses))
        else:
            found.append(Reading(None, MISMATCH))
    return found


def read_choices(lines: Sequence[Sequence[str]]) -> list[tuple[str, tuple[Guess, ...]]]:
    """Choose for each item of each line one of its characters; an item is a string of them, one if it is certain.

    Gives each line's text, as long as its items are many, and its guesses.
    """
    return [(line.text, line.guesses) for line in _read(chosen_from(lines))] if lines else []


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    guesses: tuple[Guess, ...]


def _read(laid: Lattice) -> list[_Line]:
    """Give each line's likeliest text and its guesses."""
    laid, seen = in_script(joined(laid))
    model = characters()
    stream = stream_of(seen, model)
    weights = posteriors(stream, model)
    weights = third_look(second_look(weights, stream, rescorer()), laid, specialist())
    weights = calibrated(balanced(agreed(weights, stream, laid.options), laid), stream, model)
    chosen = first_of_best(weights, laid.start)
    codes, place = _spelt(laid, chosen)
    text = codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    ends = np.append(place, len(codes))[laid.ends]
    starts = np.concatenate(([0], ends[:-1]))

    sure = weights[chosen]
    chars = laid.options[chosen].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    hole_line, hole_at = _by_line(place[laid.holes], starts)
    others = _others(laid, weights, chosen, sure)
    guesses = [
        Guess(at, char, p, others.get(hole, ()))
        for hole, (at, char, p) in enumerate(zip(hole_at, chars, sure.tolist(), strict=True))
    ]
    bounds = zip(starts.tolist(), (ends - 1).tolist(), pairwise(hole_line), strict=True)
    return [_Line(text[low:high], tuple(guesses[first:last])) for low, high, (first, last) in bounds]


def _spelt(laid: Lattice, chosen: Index) -> tuple[Codes, Index]:
    """Give the code points of the text and the place of each unit in it."""
    codes = laid.codes.copy()
    codes[laid.holes] = laid.options[chosen]
    extra = laid.tails[chosen].astype(np.int64)
    if not extra.any():
        return codes, np.arange(len(codes))
    size = np.ones(len(codes), np.int64)
    size[laid.holes] += extra
    place = np.cumsum(size) - size
    codes = np.repeat(codes, size)
    for nth in range(1, int(extra.max()) + 1):
        longer = extra >= nth
        codes[place[laid.holes[longer]] + nth] = laid.tail[longer, extra[longer] - nth]
    return codes, place


def _by_line(places: Index, starts: Index) -> tuple[list[int], list[int]]:
    """Give the bounds of each line's part of ascending `places`, and the places counted from their lines' starts."""
    line = np.searchsorted(starts, places, side="right") - 1
    return np.searchsorted(line, np.arange(len(starts) + 1)).tolist(), (places - starts[line]).tolist()


def _others(laid: Lattice, weights: Floats, chosen: Index, sure: Floats) -> dict[int, tuple[tuple[str, float], ...]]:
    """Give the next best readings of the holes that are not certain."""
    hole = owners(laid.start)
    listed = (sure < CERTAIN)[hole] & (weights >= LEAST_OTHER)
    listed[chosen] = False
    at = np.flatnonzero(listed)
    at = at[np.lexsort((-weights[at], hole[at]))]
    found: dict[int, list[tuple[str, float]]] = {}
    for one, code, weight in zip(hole[at].tolist(), laid.options[at].tolist(), weights[at].tolist(), strict=True):
        found.setdefault(one, []).append((chr(code), weight))
    return {one: tuple(others[:MOST_OTHERS]) for one, others in found.items()}

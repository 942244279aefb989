"""Lessons for train_rescorer.py: text as tokens, its damaged places, and what n-grams say of their candidates.

The network learns to add to what an n-gram model knows of unseen text. So each part of the training text is scored by
a model of the other parts (cross-fitting: Wolpert 1992, Neural Networks 5:241).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from kept_ngrams import prune, used
from ngrams import Counts, counted, smooth
from numpy.typing import NDArray

from digest.normalise.repair.channel import CP1254
from digest.normalise.repair.models.characters import (
    LINE,
    ORDERS,
    SPECIAL,
    UNKNOWN,
    Characters,
    classes,
    code_points,
    places,
)
from digest.normalise.repair.models.rescore import known, seen

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

LEAST = 3  # rarer characters are UNKNOWN to the network; the n-grams know all
PARTS = 3
LEAST_SAID = 2.0  # nats, all in all, that an n-gram of theirs must say to be kept
BEHIND = 10.0  # nats behind the likeliest candidate by n-grams; what lies farther behind is no choice


@dataclass(frozen=True)
class Lessons:
    """Places (n,) in a stream, and choices side by side: lesson i has those at first[i] … first[i] + size[i] - 1.

    choice: tokens; is_right: bool; offset: natural logs that the network's scores are added to.
    """

    place: Ints
    size: Ints
    first: Ints
    choice: Ints
    is_right: NDArray[np.bool_]
    offset: Floats

    def part(self, chosen: Ints) -> Lessons:
        """Give some of the lessons, in the order asked."""
        size = self.size[chosen]
        first = np.cumsum(size) - size
        at = np.arange(size.sum()) + np.repeat(self.first[chosen] - first, size)
        return Lessons(self.place[chosen], size, first, self.choice[at], self.is_right[at], self.offset[at])

    @property
    def owner(self) -> Ints:
        return np.repeat(np.arange(len(self.size)), self.size)


def vocabulary(texts: list[str], least: int = LEAST) -> NDArray[np.uint32]:
    """Give the code points that are tokens of their own, by number: those seen at least so often."""
    seen = np.zeros(0x110000, np.int64)
    for text in texts:
        seen += np.bincount(code_points(text), minlength=0x110000)
    special = classes(np.zeros(0, np.uint32))
    return np.flatnonzero((seen >= least) & (special == UNKNOWN)).astype(np.uint32)


def stream_of(text: str, ids: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Give a text's tokens, merged as `characters.places` does, one LINE between lines and three at the ends."""
    codes = code_points("\n\n\n" + text.strip("\n") + "\n\n\n")
    tokens = np.where(codes == ord("\n"), LINE, ids[codes]).astype(np.int32)
    kept = places(tokens)
    line = tokens[kept] == LINE
    again = np.concatenate(([False], line[1:] & line[:-1]))
    again[:3] = again[-3:] = False
    kept = kept[~again]
    return tokens[kept].astype(np.uint16)


def damaged(points: NDArray[np.uint32]) -> tuple[Ints, Ints, Ints, Ints]:
    """Give the confusion sets of a vocabulary: (the set of each token or -1, start and size of each set, members)."""
    sets: dict[str, list[int]] = {}
    for token, point in enumerate(points.tolist(), SPECIAL):
        if point >= 0x80:
            sets.setdefault(CP1254.damage(chr(point)), []).append(token)
    numbers = {form: number for number, form in enumerate(sets)}
    kind = np.full(SPECIAL + len(points), -1)
    for token, point in enumerate(points.tolist(), SPECIAL):
        form = CP1254.damage(chr(point))
        if len(form) < len(chr(point).encode()):
            kind[token] = numbers[form]
    size = np.array([len(members) for members in sets.values()])
    members = np.array([token for members in sets.values() for token in members])
    return kind, np.cumsum(size) - size, size, members


def knowing(streams: list[NDArray[np.uint16]], points: NDArray[np.uint32]) -> Characters:
    """Make an n-gram model of streams, smoothed as the one that ships and pruned by plain frequency."""
    t = np.concatenate(streams)
    t = t[np.concatenate(([True], (t[1:] != LINE) | (t[:-1] != LINE)))]
    nothing = Counts(np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0))
    model = smooth(counted(t), [nothing] * (ORDERS - 1), SPECIAL + len(points))
    return Characters(prune(model, used(t, np.ones(len(t)), model), points, LEAST_SAID))


@dataclass(frozen=True)
class Corpus:
    """What the network sees of the texts, padded with LINE, and the lessons in it.

    `near`: those that n-grams leave a choice in, with what they say. `plain`: all damaged places, with the choices
    as the network knows them, and no offset.
    """

    stream: NDArray[np.uint16]
    near: Lessons
    plain: Lessons


def corpus(texts: list[str], points: NDArray[np.uint32], margin: int) -> Corpus:
    """Cut texts into tokens and lessons for a network that knows `points`, with `margin` LINE tokens at both ends."""
    every_point = vocabulary(texts, 1)
    token_of = known(points, every_point)
    ids = classes(every_point)
    kind, start, size, members = damaged(every_point)
    # of a set's members that the network does not know, one stands for all
    unknown = np.flatnonzero(token_of[members] == UNKNOWN)
    of_set = np.searchsorted(start, unknown, side="right")
    shown = token_of[members] != UNKNOWN
    shown[unknown[np.unique(of_set, return_index=True)[1]]] = True
    streams = [stream_of(text, ids) for text in texts]
    part = np.empty(len(texts), np.int64)
    part[sorted(range(len(texts)), key=lambda i: (-len(streams[i]), i))] = [
        i % PARTS if i // PARTS % 2 == 0 else PARTS - 1 - i % PARTS for i in range(len(texts))
    ]
    near, plain, base = [], [], 0
    for n in range(PARTS):
        others = [stream for stream, own in zip(streams, part, strict=True) if own != n]
        model = knowing(others, every_point)
        own_id = known(model.points, every_point)  # it numbers tokens by their frequency
        new_id = np.argsort(own_id)
        for i in np.flatnonzero(part == n):
            of = kind[streams[i]]
            place = np.flatnonzero(of >= 0)
            count = size[of[place]]
            first = np.cumsum(count) - count
            member = np.arange(count.sum()) + np.repeat(start[of[place]] - first, count)
            choice = members[member]
            is_right = choice == np.repeat(streams[i][place], count)
            every = Lessons(place, count, first, choice, is_right, np.zeros(len(choice), np.float32))
            own = replace(every, is_right=token_of[choice] == np.repeat(token_of[streams[i]][place], count))
            plain.append(moved(kept(own, shown[member]), base))
            few = scored(replace(every, choice=own_id[choice]), own_id[streams[i]], model)
            near.append(moved(replace(few, choice=new_id[few.choice]), base))
            base += len(streams[i])
    stream = token_of[np.concatenate([streams[i] for n in range(PARTS) for i in np.flatnonzero(part == n)])]
    place = seen(stream, points)
    new = np.zeros(len(stream), np.int64)
    new[place] = np.arange(len(place)) + margin
    edge = np.full(margin, LINE)
    found = np.concatenate((edge, stream[place], edge)).astype(np.uint16)
    return Corpus(found, joined(near, new, token_of), joined(plain, new, token_of))


def scored(every: Lessons, stream: Ints, model: Characters) -> Lessons:
    """Give the lessons that n-grams leave a choice in, with what they say of each choice that is left."""
    owner = every.owner
    before = [stream[every.place - back] for back in (1, 2, 3)]
    for near, far in pairwise(before):
        far[near == LINE] = LINE
    b, a, z = (tokens[owner] for tokens in before)
    d, e, f = (stream[every.place + ahead][owner] for ahead in (1, 2, 3))
    c = every.choice
    log = model.score(a, b, c, before=z) + model.score(b, c, d, before=a)
    log += np.where(d == LINE, 0, model.score(c, d, e, before=b))
    log += np.where((d == LINE) | (e == LINE), 0, model.score(d, e, f, before=c))
    if len(log):
        log -= np.maximum.reduceat(log, every.first)[owner]
    return kept(replace(every, offset=log.astype(np.float32)), log >= -BEHIND)


def kept(every: Lessons, choices: NDArray[np.bool_]) -> Lessons:
    """Keep some choices, and of the lessons those that have the right one left and another."""
    owner = every.owner
    size = np.bincount(owner[choices], minlength=len(every.size))
    good = (size > 1) & (np.bincount(owner[choices & every.is_right], minlength=len(size)) > 0)
    choices = choices & good[owner]
    size = size[good]
    at = np.cumsum(size) - size
    return Lessons(every.place[good], size, at, every.choice[choices], every.is_right[choices], every.offset[choices])


def moved(lessons: Lessons, base: int) -> Lessons:
    return replace(lessons, place=lessons.place + base)


def joined(parts: list[Lessons], new: Ints, token_of: Ints) -> Lessons:
    """Put lessons one after another, their places and tokens anew."""
    place, size, choice, is_right, offset = (
        np.concatenate([getattr(one, name) for one in parts])
        for name in ("place", "size", "choice", "is_right", "offset")
    )
    return Lessons(new[place], size, np.cumsum(size) - size, token_of[choice], is_right, offset)

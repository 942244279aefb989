"""Train the specialist that ships: `python tools/train_specialist.py TRAIN_FOLDER [--out digest/data]`.

The task is that of train_rescorer.py, for the patterns of damage that most wrong characters come from: a character is
chosen by the sum of what n-grams that have not seen the text say, what the rescorer that ships says, and what the
weights of hashed features say. Plain stochastic gradient descent with AdaGrad's steps (Duchi et al. 2011, JMLR
12:2121), features left out at random, and those left out for good that few sources have.

TRAIN_FOLDER is that of train_characters.py. Writes specialist.npz, and specialist.json: what it was made of.
The same files give the same bytes on the same kind of machine, as with train_rescorer.py. Four minutes and 4 GB.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rescorer_text import PARTS, Lessons, damaged, knowing, scored, stream_of, vocabulary
from train_characters import for_training, origins, texts
from train_rescorer import FIXED

from digest.normalise.repair.channel import CP1254
from digest.normalise.repair.models.characters import LINE, SPECIAL, characters, classes, code_points
from digest.normalise.repair.models.rescore import Rescorer, known, rescorer
from digest.normalise.repair.models.specialist import BITS, DATA, STEP, Hashes, features, slots
from digest.normalise.repair.search.doubtful import NEAR, WIDE

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

# One character of each pattern: those of the most errors on the texts kept out for tuning.
ASKED = "中后语来向可从同小提低型字意量排架合变连号实减捷参学限换随含"
SEED = 5
EPOCHS = 4
BATCH = 2048
RATE = 0.1
DECAY = 1e-4
DROPPED = 0.3  # share of the features that a lesson goes without
SOURCES = 10  # a feature that fewer sources have is left out
LEAST = 0.02  # nats; a smaller weight is nought
PART = 1024  # lessons that the rescorer is asked at once


@dataclass(frozen=True)
class Task:
    """Lessons (n,) with features (n, f) and sources (n,); their choices side by side, as those of Lessons.

    `choice`: code points; `base`: what the other models say of them, natural logs.
    """

    features: Hashes
    source: Ints
    size: Ints
    choice: NDArray[np.uint32]
    is_right: NDArray[np.bool_]
    base: Floats


def damaged_alike(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Tell for each token of a vocabulary whether it leaves the bytes that one of ASKED leaves, and loses some."""
    forms = {CP1254.damage(char) for char in ASKED}
    spelt = [chr(point) for point in points.tolist()]
    hit = [CP1254.damage(c) in forms and len(CP1254.damage(c)) < len(c.encode()) for c in spelt]
    return np.array([False] * SPECIAL + hit)


def tasks(sources: Sequence[str]) -> Task:
    """Make the lessons of texts."""
    every = vocabulary(list(sources), 1)
    asked, ids = damaged_alike(every), classes(every)
    kind, start, size, members = damaged(every)
    streams = [stream_of(text, ids) for text in sources]
    part = np.empty(len(sources), np.int64)
    part[np.argsort([-len(stream) for stream in streams], kind="stable")] = np.arange(len(sources)) % PARTS
    judge, shipped = rescorer(), known(characters().points, every)
    found: list[Task] = []
    for n in range(PARTS):
        model = knowing([stream for stream, own in zip(streams, part, strict=True) if own != n], every)
        own_id = known(model.points, every)  # it numbers tokens by their frequency
        new_id = np.argsort(own_id)
        for i in np.flatnonzero(part == n).tolist():
            stream = streams[i]
            place = np.flatnonzero(asked[stream])
            of = kind[stream[place]]
            first = np.cumsum(size[of]) - size[of]
            choice = members[np.arange(size[of].sum()) + np.repeat(start[of] - first, size[of])]
            right = choice == np.repeat(stream[place], size[of])
            every_one = Lessons(place, size[of], first, own_id[choice], right, np.zeros(len(choice), np.float32))
            few = scored(every_one, own_id[stream], model)
            few = replace(few, choice=new_id[few.choice])
            if not len(few.place):
                continue
            base = NEAR * few.offset
            if judge is not None:
                base = base + WIDE * asked_of(judge, shipped[stream], replace(few, choice=shipped[few.choice]))
            codes = code_points(sources[i].strip("\n") + "\n")
            at = np.flatnonzero(asked[ids[codes]])  # a damaged character is a token of its own
            seen = features(codes, at[np.searchsorted(place, few.place)])
            source = np.full(len(seen), i)
            found.append(Task(seen, source, few.size, every[few.choice - SPECIAL], few.is_right, base))
    names = ("features", "source", "size", "choice", "is_right", "base")
    return Task(*(np.concatenate([getattr(task, name) for task in found]) for name in names))


def asked_of(judge: Rescorer, stream: Ints, lessons: Lessons) -> Floats:
    """Give what the rescorer says of each choice."""
    width = judge.window
    edge = np.full(width, LINE)
    tokens = np.concatenate((edge, stream, edge)).astype(np.int32)
    said = np.zeros(len(lessons.choice), np.float32)
    for low in range(0, len(lessons.place), PART):
        few = lessons.part(np.arange(low, min(low + PART, len(lessons.place))))
        row = few.owner
        column = np.arange(len(row)) - few.first[row]
        candidates = np.full((len(few.place), few.size.max()), -1)
        candidates[row, column] = few.choice
        at = few.place[:, None] + width
        scores = judge.logits(tokens[at + np.arange(-width, 0)], tokens[at + np.arange(1, width + 1)], candidates)
        first = lessons.first[low]
        said[first : first + len(row)] = scores[row, column]
    return said


def numbered(task: Task) -> NDArray[np.int32]:
    """Give the numbers of the weights of each choice, 0 for a feature that too few sources have."""
    short = (task.features >> np.uint64(42)).astype(np.int64)
    many = np.zeros(1 << 22, np.int64)
    for source in np.unique(task.source):
        many[np.unique(short[task.source == source])] += 1
    kept = many[short] >= SOURCES
    owner = np.repeat(np.arange(len(task.size)), task.size)
    found = np.empty((len(owner), task.features.shape[1]), np.int32)
    for low in range(0, len(owner), 1 << 16):
        few = slice(low, low + (1 << 16))
        found[few] = np.where(kept[owner[few]], slots(task.features[owner[few]], task.choice[few]), 0)
    return found


def train(task: Task, epochs: int = EPOCHS) -> Floats:
    """Give the weights (1 << BITS,) for the lessons of a task."""
    numbers, rng = numbered(task), np.random.default_rng(SEED)
    first = np.cumsum(task.size) - task.size
    weights, squares = np.zeros(1 << BITS, np.float32), np.full(1 << BITS, 1e-2, np.float32)
    steps, step = epochs * len(first) / BATCH, 0
    for _ in range(epochs):
        order = rng.permutation(len(first))
        for low in range(0, len(order), BATCH):
            chosen = order[low : low + BATCH]
            size = task.size[chosen]
            start = np.cumsum(size) - size
            row = np.repeat(np.arange(len(chosen)), size)
            at = np.arange(len(row)) + (first[chosen] - start)[row]
            left_out = rng.random((len(chosen), numbers.shape[1]), np.float32) < DROPPED
            used = np.where(left_out[row], 0, numbers[at])
            said = task.base[at] + weights[used].sum(axis=1) / (1 - DROPPED)
            chance = np.exp(said - np.maximum.reduceat(said, start)[row])
            chance /= np.add.reduceat(chance, start)[row]
            miss = np.repeat(chance - task.is_right[at], used.shape[1])
            slope = np.bincount(used.ravel(), miss, 1 << BITS).astype(np.float32) / len(chosen) + DECAY * weights
            slope[0] = 0
            squares += slope**2 * len(chosen)
            weights -= RATE * max(0, 1 - step / steps) * slope * np.sqrt(np.float32(len(chosen))) / np.sqrt(squares)
            step += 1
        sys.stderr.write(f"{step} of {steps:.0f} steps\n")
    return weights


def stored(weights: Floats, asked: NDArray[np.uint32]) -> dict[str, NDArray[Any]]:
    """Give what Specialist reads."""
    levels = np.rint(np.where(np.abs(weights) < LEAST, 0, weights) / STEP).clip(-127, 127).astype(np.int8)
    numbers = np.flatnonzero(levels)
    return {"asked": asked, "gaps": np.diff(numbers, prepend=0).astype(np.uint16), "levels": levels[numbers]}


def main() -> None:
    if any(os.environ.get(name) != value for name, value in FIXED.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **FIXED})  # noqa: S606
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "digest" / "data")
    given = parser.parse_args()
    sources = {name: text for name, text in texts(given.train_folder).items() if for_training(name)}
    task = tasks(list(sources.values()))
    sys.stderr.write(f"{len(task.size)} lessons\n")
    body = BytesIO()
    model = stored(train(task), np.unique(task.choice))
    np.savez_compressed(body, asked=model["asked"], gaps=model["gaps"], levels=model["levels"])
    (given.out / DATA).write_bytes(body.getvalue())
    said = {
        "what": f"digest/data/{DATA}: weights trained on the text of these sources; the text itself is not contained",
        "command": "python tools/train_specialist.py TRAIN_FOLDER",
        "model": {
            "sha256": hashlib.sha256(body.getvalue()).hexdigest(),
            "bytes": len(body.getvalue()),
            "weights": len(model["levels"]),
        },
        "parameters": {"asked": ASKED, "seed": SEED, "epochs": EPOCHS, "batch": BATCH, "bits": BITS, "step": STEP},
        "versions": {"numpy": np.__version__},
        "environment": FIXED,
        "sources": origins(given.train_folder, sources),
    }
    (given.out / DATA).with_suffix(".json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

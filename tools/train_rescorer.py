"""Train the neural rescorer that ships: `python tools/train_rescorer.py TRAIN_FOLDER [--out digest/data]`.

The task is the use: a character that lost bytes (UTF-8 read by cp1254, whose losses take in those of cp1252) is chosen
among those that leave the same bytes, by the sum of what n-grams that have not seen the text say and of what the
network says of the tokens on either side. A feed-forward network over embeddings laid side by side (Bengio et al. 2003,
JMLR 3:1137), with a softmax over the confusion set.

TRAIN_FOLDER is that of train_characters.py. Writes rescorer.npz, and rescorer.json: what it was made of.
The weights are the same byte for byte from the same files, with the same numpy, on the same kind of machine: the seed
is fixed, and the script starts itself again with one BLAS thread, OpenBLAS's Haswell kernels and numpy without its
AVX-512 code, by the names of numpy 2.4 (`FIXED`). Some eight minutes and 3 GB.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rescorer_net import Net
from rescorer_text import Corpus, corpus, vocabulary
from train_characters import for_training, origins, texts

from digest.normalise.repair.models.characters import SPECIAL, UNKNOWN
from digest.normalise.repair.models.rescore import DATA, quantised

FIXED = {
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}
SEED = 5
WINDOW = 8  # tokens on either side
STEPS = 1500
BATCH = 4096
PLAIN = 0.6  # share of a batch whose lessons have no offset
RATE = 1.5e-3  # Adam's step at the start; it falls linearly to nought
WARM = 50  # steps in which it rises
HIDDEN = 0.05  # share of the context that is UNKNOWN, so that no single token is relied on
AROUND = np.array([*range(-WINDOW, 0), *range(1, WINDOW + 1)])


def train(text: Corpus, tokens: int, steps: int = STEPS) -> dict[str, NDArray[np.float32]]:
    """Train a network and give its weights by name."""
    rng = np.random.default_rng(SEED)
    net = Net(tokens, WINDOW, rng)
    sizes = {"plain": int(BATCH * PLAIN), "project": BATCH - int(BATCH * PLAIN)}
    lessons = {"plain": text.plain, "project": text.near}
    order = {head: shuffled(len(lessons[head].place), sizes[head], rng) for head in lessons}
    began, losses = time.perf_counter(), []
    for step in range(steps):
        parts = []
        for head, size in sizes.items():
            batch = lessons[head].part(next(order[head]))
            context = text.stream[batch.place[:, None] + AROUND].astype(np.int64)
            context[rng.random(context.shape, np.float32) < HIDDEN] = UNKNOWN
            slopes, loss = net.slopes(context, batch, head)
            parts.append((slopes, size / BATCH))
        losses.append(loss)
        net.step(parts, RATE * min(1, (step + 1) / WARM) * (1 - step / steps))
        if step % 250 == 249:
            spent = time.perf_counter() - began
            sys.stderr.write(f"{step + 1}/{steps} steps, {spent:.0f} s, loss {np.mean(losses[-250:]):.4f} nats\n")
    return net.shipped()


def shuffled(count: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Give batches of numbers under `count`: each number once, in a random order, then again in another."""
    waiting = np.zeros(0, np.int64)
    while True:
        while len(waiting) < size:
            waiting = np.concatenate((waiting, rng.permutation(count)))
        yield waiting[:size]
        waiting = waiting[size:]


def main() -> None:
    if any(os.environ.get(name) != value for name, value in FIXED.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **FIXED})  # noqa: S606
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "digest" / "data")
    parser.add_argument("--steps", type=int, default=STEPS)
    given = parser.parse_args()
    sources = {name: text for name, text in texts(given.train_folder).items() if for_training(name)}
    points = vocabulary(list(sources.values()))
    text = corpus(list(sources.values()), points, WINDOW)
    sys.stderr.write(f"{len(text.near.place)} places where n-grams leave a choice, {len(text.plain.place)} in all\n")
    weights = train(text, SPECIAL + len(points), given.steps)
    body = BytesIO()
    np.savez_compressed(body, points=points, **quantised(weights))
    (given.out / DATA).write_bytes(body.getvalue())
    said = record(origins(given.train_folder, sources), weights, body.getvalue(), given.steps)
    (given.out / DATA).with_suffix(".json").write_text(said, "utf-8")


def record(
    origin: Sequence[Mapping[str, str]], weights: Mapping[str, NDArray[np.float32]], body: bytes, steps: int
) -> str:
    """Write down what a network was made of."""
    said = {
        "what": f"digest/data/{DATA}: a network trained on the text of these sources; the text itself is not contained",
        "command": "python tools/train_rescorer.py TRAIN_FOLDER",
        "model": {
            "sha256": hashlib.sha256(body).hexdigest(),
            "bytes": len(body),
            "weights": {name: list(weight.shape) for name, weight in weights.items()},
        },
        "parameters": {"seed": SEED, "steps": steps, "batch": BATCH, "window": WINDOW},
        "versions": {"numpy": np.__version__},
        "environment": FIXED,
        "sources": list(origin),
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    main()

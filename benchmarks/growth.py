"""What an alignment costs: `python benchmarks/growth.py CORPORA`; seconds and memory, in fresh processes.

Texts are real ones strung together, posts and novels by turns, until both sides have so many sentences on average;
where they run out they are repeated, their vectors with a little noise.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

import json
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain, cycle, zip_longest
from pathlib import Path
from typing import Any

import numpy as np

NOISE = 0.02  # of a unit vector's length, in repeated texts
APART = 100_000  # added to paragraph numbers from text to text


def strung(corpora: Path, size: int) -> dict[str, object]:
    """Give sentences and vectors of both sides, `size` a side on average."""
    import tasks
    from vectors import kept_embedder

    embedder, rng = kept_embedder(), np.random.default_rng(11)
    turns = zip_longest(tasks.whole_posts(corpora), tasks.novels(corpora))
    texts = [task for task in chain.from_iterable(turns) if task]
    sides: list[list] = [[], []]
    rows: list[list[np.ndarray]] = [[], []]
    for number, task in enumerate(cycle(texts)):
        missing = 2 * size - len(sides[0]) - len(sides[1])
        if missing <= 0:
            break
        share = min(1.0, missing / (len(task.zh) + len(task.en)))
        for side, all_of in enumerate((task.zh, task.en)):
            some = all_of[: round(share * len(all_of))]
            vectors = embedder.encode([s.text for s in some])
            if number >= len(texts):
                vectors = vectors + NOISE / vectors.shape[1] ** 0.5 * rng.standard_normal(vectors.shape)
                vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            sides[side] += [replace(s, paragraph=s.paragraph + APART * number) for s in some]
            rows[side].append(vectors.astype(np.float32))
    return {"zh": sides[0], "en": sides[1], "vectors": [np.concatenate(r) for r in rows]}


def megabytes() -> float:
    """Give the largest memory that this process has held, in units of 10^6 bytes (Linux tells KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Give seconds by the clock and seconds of computing: they differ where other processes take the cores."""
    start, busy = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - start, time.process_time() - busy


def child(file: str, repeats: int) -> None:
    """In a fresh process: align once (cold), then again; print seconds and the largest memory of the process."""
    with open(file, "rb") as kept:
        text = pickle.load(kept)
    given = text["zh"], text["en"], *text["vectors"]
    before = megabytes()

    def first() -> None:
        from digest.align.beads import align

        align(*given)

    cold = timed(first)
    from digest.align.beads import align

    warm = [timed(lambda: align(*given)) for _ in range(repeats)]
    print(
        json.dumps(
            {
                "cold": cold,
                "warm": [min(each) for each in zip(*warm, strict=True)],
                "before": before,
                "peak": megabytes(),
            }
        )
    )


def measured(text: dict[str, object], repeats: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.pickle"
        file.write_bytes(pickle.dumps(text))
        ran = subprocess.run(
            [sys.executable, __file__, "--child", str(file), str(repeats)], capture_output=True, text=True, check=True
        )
    return json.loads(ran.stdout)


def main(corpora: Path) -> None:
    from digest.align.embed import load_embedder

    small, large = strung(corpora, 1_000), strung(corpora, 10_000)
    one, ten = measured(small, 5), measured(large, 2)
    embedder = load_embedder()
    embedder.encode(["warm"])
    lines = [s.text for side in ("zh", "en") for s in small[side]]
    vectors = timed(lambda: embedder.encode(lines))
    print(f"seconds by the clock / of computing, the least of several; load {os.getloadavg()[0]:.1f}")
    print(f" 1,000 a side, without the vectors: {seconds(one['warm'])} (goal 1.5)")
    print(f"   the first time in a process, lexicons read: {seconds(one['cold'])}")
    whole, at_first = (in_all(one[which], vectors) for which in ("warm", "cold"))
    print(f"   the vectors: {seconds(vectors)}; in all {whole} × that (goal 1.6), the first time {at_first} ×")
    print(f"10,000 a side: {seconds(ten['warm'])} = {ten['warm'][1] / one['warm'][1]:.1f} × (goal 12)")
    print(
        f"   memory of the whole process {ten['peak']:.0f} MB at most (goal 500), {ten['before']:.0f} before it began"
    )
    print(f"   with 1,000 a side {one['peak']:.0f} MB")


def seconds(taken: Sequence[float]) -> str:
    return f"{taken[0]:.2f} / {taken[1]:.2f} s"


def in_all(taken: Sequence[float], vectors: Sequence[float]) -> str:
    return f"{1 + taken[1] / vectors[1]:.2f}"


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        child(sys.argv[2], int(sys.argv[3]))
    else:
        main(Path(sys.argv[1]))

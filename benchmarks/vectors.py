"""The product's embedder with its vectors kept on disk, so that a benchmark run again does not encode again.

Vectors are the same to the bit as without the cache: texts are encoded one by one (`UseEmbedder`), so a row does not
depend on its neighbours. Timings of encoding must use `load_embedder` itself.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

import numpy as np

from digest.align.embed import MAX_CHARACTERS, Embedder, Vectors, load_embedder

FOLDER = Path(__file__).parent / ".vectors"


class KeptVectors:
    def __init__(self, embedder: Embedder, folder: Path = FOLDER) -> None:
        self._embedder = embedder
        self.name, self.dim = embedder.name, embedder.dim
        folder.mkdir(exist_ok=True)
        self._known = sqlite3.connect(folder / f"{self.name}.sqlite", timeout=60)
        self._known.execute("PRAGMA journal_mode=WAL")
        self._known.execute("CREATE TABLE IF NOT EXISTS vectors (text TEXT PRIMARY KEY, row BLOB)")

    def encode(self, texts: Sequence[str]) -> Vectors:
        keys = [text.strip()[:MAX_CHARACTERS] for text in texts]
        new = [key for key in dict.fromkeys(keys) if not self._known.execute(
            "SELECT 1 FROM vectors WHERE text = ?", (key,)).fetchone()]  # fmt: skip
        for start in range(0, len(new), 500):
            some = new[start : start + 500]
            with self._known:
                self._known.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                    [(text, row.tobytes()) for text, row in zip(some, self._embedder.encode(some), strict=True)],
                )
        rows = [self._known.execute("SELECT row FROM vectors WHERE text = ?", (key,)).fetchone()[0] for key in keys]
        return (
            np.stack([np.frombuffer(row, dtype=np.float32) for row in rows])
            if rows
            else np.zeros((0, self.dim), np.float32)
        )


def kept_embedder() -> Embedder:
    """Give the product's embedder behind a cache in `benchmarks/.vectors` (not part of the repository)."""
    return KeptVectors(load_embedder())

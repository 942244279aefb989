"""Sentence alignment against hand-made gold: `python benchmarks/align_gold.py CORPORA`.

Strict and lax F1 (Vecalign's and Bertalign's rule: beads with both sides) on hfgold (blocks given; and the same blocks
strung together to posts) and on MAC's development part; then the time for 2,000 and 10,000 sentences a side.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

import numpy as np

from digest.align.beads import align
from digest.align.embed import Embedder, load_embedder
from digest.model import Sentence

Gold = list[tuple[tuple[int, ...], tuple[int, ...]]]
Text = tuple[list[Sentence], list[Sentence], Gold]


def plain(text: str) -> str:
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[*_`]{1,3}(\S[^*_`]*)[*_`]{1,3}", r"\1", text).split())


def blocks(corpora: Path) -> Iterator[tuple[str, Text]]:
    for line in (corpora / "hfgold" / "gold_dev.jsonl").read_text("utf-8").splitlines():
        gold = json.loads(line)
        pair = json.loads((corpora / "hfblog" / f"{gold['slug']}.blocks.json").read_text("utf-8"))[gold["block"]]
        zh = [Sentence(plain(pair[0][a:b]), 0, a) for a, b in gold["zh_spans"]]
        en = [Sentence(plain(pair[1][a:b]), 0, a) for a, b in gold["en_spans"]]
        yield gold["slug"], (zh, en, [(tuple(a), tuple(b)) for a, b in gold["beads"]])


def strung(texts: list[tuple[str, Text]]) -> Iterator[Text]:
    for slug in sorted({slug for slug, _ in texts}):
        zh, en, gold = [], [], []
        for number, (a, b, beads) in enumerate(text for name, text in texts if name == slug):
            gold.extend((tuple(i + len(zh) for i in x), tuple(j + len(en) for j in y)) for x, y in beads)
            zh.extend(Sentence(s.text, number, s.start) for s in a)
            en.extend(Sentence(s.text, number, s.start) for s in b)
        yield zh, en, gold


def novels(corpora: Path) -> Iterator[Text]:
    for path in sorted((corpora / "mac").glob("*.gold")):
        zh, en = (
            [Sentence(line.strip(), 0, 0) for line in path.with_suffix(end).read_text("utf-8").splitlines()]
            for end in (".zh", ".en")
        )
        rows = [json.loads(f"[{line.replace(':', ',')}]") for line in path.read_text("utf-8").splitlines() if line]
        yield zh, en, [(tuple(a), tuple(b)) for a, b in rows]


def f1(texts: list[Text], embedder: Embedder) -> tuple[float, float]:
    strict, lax, system, truth = 0, [0, 0], 0, 0
    for zh, en, gold in texts:
        beads = align(zh, en, embedder.encode([s.text for s in zh]), embedder.encode([s.text for s in en]))
        mine, theirs = {(b.zh, b.en) for b in beads if b.zh and b.en}, {g for g in gold if g[0] and g[1]}
        system, truth, strict = system + len(mine), truth + len(theirs), strict + len(mine & theirs)
        links = [{(i, j) for a, b in side for i in a for j in b} for side in (theirs, mine)]
        for k, side in enumerate((mine, theirs)):
            lax[k] += sum(any((i, j) in links[k] for i in a for j in b) for a, b in side)
    precision, recall = lax[0] / system, lax[1] / truth
    return 2 * strict / (system + truth), 2 * precision * recall / (precision + recall)


def growth() -> None:
    """Align random texts whose partner is a noisy copy with a tenth of it dropped."""
    taken = []
    for size in (2_000, 10_000):
        rng = np.random.default_rng(5)
        zh_vectors = rng.standard_normal((size, 512), dtype=np.float32)
        kept = np.flatnonzero(rng.random(size) > 0.1)
        en_vectors = zh_vectors[kept] + 0.7 * rng.standard_normal((len(kept), 512), dtype=np.float32)
        zh_vectors, en_vectors = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (zh_vectors, en_vectors))
        zh = [Sentence("句" * 20, i // 4, 0) for i in range(size)]
        en = [Sentence("word " * 12, int(i) // 4, 0) for i in kept]
        start = time.perf_counter()
        beads = align(zh, en, zh_vectors, en_vectors)
        taken.append(time.perf_counter() - start)
        tracemalloc.start()
        align(zh, en, zh_vectors, en_vectors)
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        right = sum(1 for b in beads if len(b.zh) == len(b.en) == 1 and kept[b.en[0]] == b.zh[0]) / len(kept)
        print(f"{size:6} sentences: {taken[-1]:5.1f} s, {peak:5.0f} MiB at most, {right:.1%} of the pairs found")
    print(f"time ratio for five times the text: {taken[1] / taken[0]:.1f}")


def main(corpora: Path) -> None:
    embedder, given = load_embedder(), list(blocks(corpora))
    unequal = [text for _, text in given if len(text[0]) != len(text[1])]
    for name, texts in (
        ("hfgold dev, blocks given", [text for _, text in given]),
        ("  its unequal blocks", unequal),
        ("hfgold dev, strung to posts", list(strung(given))),
        ("MAC dev", list(novels(corpora))),
    ):
        print(f"{name:28} strict F1 %.3f  lax F1 %.3f" % f1(texts, embedder))
    growth()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

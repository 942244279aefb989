"""Whole posts of hfblog aligned: `python benchmarks/align_posts.py CORPORA`.

The gold pairs blocks, not sentences: a bead is right if all its sentences lie in one pair of blocks. Scored on
confident pairs with 8 or more Han characters. Right: of the beads with both sides filled that touch such a block, the
share in the right pair. Paired: of those blocks' Chinese sentences, the share in a bead with both sides.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

from digest.align.beads import align
from digest.align.embed import Embedder, load_embedder
from digest.model import Sentence
from digest.normalise.markdown import read_markdown
from digest.normalise.split import sentences


@dataclass
class Count:
    right: int = 0
    beads: int = 0
    paired: int = 0
    lines: int = 0
    lost: int = 0
    blocks: int = 0

    def add(self, other: Count) -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def row(self, name: str) -> str:
        right, paired = self.right / max(self.beads, 1), self.paired / max(self.lines, 1)
        return (
            f"{name[:34]:34} {self.right:5}/{self.beads:5} {right:7.1%} {self.paired:5}/{self.lines:5} {paired:7.1%}"
            f" {self.lost:4}/{self.blocks:4}"
        )


def key(markdown: str) -> str:
    """Strip markup, then keep letters and digits only."""
    text = re.sub(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"<[^>]+>|^\s*(?:[-*+]|\d+\.)\s", "", text)
    return "".join(c for c in text.casefold() if c.isalnum())


def block_of_each(lines: tuple[Sentence, ...], blocks: list[str]) -> list[int]:
    """Map each sentence to the block that contains its text, never going back; -1 where none does."""
    best, chain = [0.0] * len(blocks), [-1] * len(blocks)  # the best chain that ends at a block, and its last link
    links: list[tuple[int, int, int]] = []  # (sentence, block, link before)
    for number, line in enumerate(lines):
        text, new = key(line.text), []
        for at, block in enumerate(blocks):
            if text and block and text in block:
                top = max(range(at + 1), key=lambda b: (best[b], b))
                new.append((best[top] + len(text), at, chain[top]))
        for value, at, before in new:
            if value > best[at]:
                links.append((number, at, before))
                best[at], chain[at] = value, len(links) - 1
    found = [-1] * len(lines)
    link = chain[max(range(len(blocks)), key=lambda b: best[b])] if blocks else -1
    while link >= 0:
        number, at, link = links[link]
        found[number] = at
    by_paragraph: dict[int, int] = {}
    for line, at in zip(lines, found, strict=True):
        if at >= 0:
            by_paragraph.setdefault(line.paragraph, at)
    return [by_paragraph.get(line.paragraph, -1) if at < 0 else at for line, at in zip(lines, found, strict=True)]


def score_post(folder: Path, slug: str, embedder: Embedder, misses: list[str]) -> Count:
    gold = json.loads((folder / f"{slug}.blocks.json").read_text("utf-8"))
    texts = [(folder / f"{slug}.{lang}.md").read_text("utf-8") for lang in ("zh", "en")]
    zh, en = (
        sentences(read_markdown(t, slug, lang=lang).paragraphs) for t, lang in zip(texts, ("zh", "en"), strict=True)
    )
    beads = align(zh, en, embedder.encode([s.text for s in zh]), embedder.encode([s.text for s in en]))
    zh_at, en_at = (
        block_of_each(zh, [key(g[0] or "") for g in gold]),
        block_of_each(en, [key(g[1] or "") for g in gold]),
    )
    informative = {
        i for i, (z, e, sure) in enumerate(gold) if z and e and sure and len(re.findall("[\u4e00-\u9fff]", z)) >= 8
    }
    count = Count(blocks=len(informative), lost=len(informative - set(zh_at)))
    paired: set[int] = set()
    for bead in beads:
        if not bead.zh or not bead.en:
            continue
        paired.update(bead.zh)
        places = {zh_at[i] for i in bead.zh} | {en_at[j] for j in bead.en}
        if not places & informative:
            continue
        count.beads += 1
        same_text = len({key(gold[p][0] or "") for p in places if p >= 0}) == 1 and -1 not in places
        count.right += same_text
        if not same_text:
            misses.append(f"{slug} {sorted(places)} {bead.score:.2f} {' '.join(zh[i].text for i in bead.zh)[:60]}"
                          f" | {' '.join(en[j].text for j in bead.en)[:80]}")  # fmt: skip
    mine = [i for i, at in enumerate(zh_at) if at in informative]
    count.lines, count.paired = len(mine), sum(i in paired for i in mine)
    return count


def main(corpora: Path, show: bool) -> None:
    embedder, total, misses, start = load_embedder(), Count(), [], time.perf_counter()
    print(f"{'post':34} {'beads in the right blocks':>19} {'zh sentences paired':>19} {'blocks not found':>9}")
    for path in sorted((corpora / "hfblog").glob("*.blocks.json")):
        slug = path.name.removesuffix(".blocks.json")
        count = score_post(path.parent, slug, embedder, misses)
        total.add(count)
        print(count.row(slug))
    print(total.row("all (goals: 95 %, 90 %)"), f" {time.perf_counter() - start:.1f} s, {embedder.name}")
    if show:
        print("\n".join(misses))


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--misses" in sys.argv[2:])

"""Whole posts from the Markdown as the product reads it: is each pair inside one pair of the gold's blocks?

The gold pairs blocks, not sentences. Scored are the pairs that touch an informative block: a confident pair of blocks
with 8 or more Han characters. A pair is right if all its sentences lie in one pair of blocks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from digest.align.beads import align
from digest.align.embed import Embedder
from digest.model import Sentence
from digest.normalise.markdown import read_markdown
from digest.normalise.split import sentences

LEAST_HAN = 8
EXACT = 0.5  # characters


@dataclass(frozen=True)
class Scored:
    """One post: (posterior, right) of its pairs; sentences of informative blocks, all and paired; those blocks."""

    slug: str
    pairs: tuple[tuple[float, bool], ...]
    lines: int
    paired: int
    blocks: int
    lost: int
    misses: tuple[str, ...]


def key(markdown: str) -> str:
    """Strip markup, then keep letters and digits only."""
    text = re.sub(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"<[^>]+>|^\s*(?:[-*+]|\d+\.)\s", "", text)
    return "".join(c for c in text.casefold() if c.isalnum())


def block_of_each(lines: tuple[Sentence, ...], blocks: list[str]) -> list[int]:
    """Map each sentence to the block that contains its text, never going back; -1 where none does.

    A block that is the sentence counts a little more than one that contains it: a heading's words often stand in the
    paragraph under it as well.
    """
    best, chain = [0.0] * len(blocks), [-1] * len(blocks)  # the best chain that ends at a block, and its last link
    links: list[tuple[int, int, int]] = []  # (sentence, block, link before)
    for number, line in enumerate(lines):
        text, new = key(line.text), []
        for at, block in enumerate(blocks):
            if text and block and text in block:
                top = max(range(at + 1), key=lambda b: (best[b], b))
                new.append((best[top] + len(text) + EXACT * (text == block), at, chain[top]))
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


def scored_posts(corpora: Path, embedder: Embedder) -> Iterator[Scored]:
    for path in sorted((corpora / "hfblog").glob("*.blocks.json")):
        yield score(path.parent, path.name.removesuffix(".blocks.json"), embedder)


def score(folder: Path, slug: str, embedder: Embedder) -> Scored:
    gold = json.loads((folder / f"{slug}.blocks.json").read_text("utf-8"))
    texts = [(folder / f"{slug}.{lang}.md").read_text("utf-8") for lang in ("zh", "en")]
    zh, en = (
        sentences(read_markdown(t, slug, lang=lang).paragraphs) for t, lang in zip(texts, ("zh", "en"), strict=True)
    )
    beads = align(zh, en, embedder.encode([s.text for s in zh]), embedder.encode([s.text for s in en]))
    zh_at, en_at = (block_of_each(lines, [key(g[side] or "") for g in gold]) for side, lines in enumerate((zh, en)))
    informative = {
        number
        for number, (z, e, sure) in enumerate(gold)
        if z and e and sure and len(re.findall("[\u4e00-\u9fff]", z)) >= LEAST_HAN
    }
    pairs, misses = [], []
    paired = {i for bead in beads if bead.en for i in bead.zh}
    for bead in beads:
        places = {zh_at[i] for i in bead.zh} | {en_at[j] for j in bead.en}
        if not bead.zh or not bead.en or not places & informative:
            continue
        # a block that stands twice in a post may be taken for its double
        right = -1 not in places and len({key(gold[p][0] or "") for p in places}) == 1
        pairs.append((bead.score, right))
        if not right:
            sides = [" ".join(s.text for s in some)[:70] for some in
                     ([zh[i] for i in bead.zh], [en[j] for j in bead.en])]  # fmt: skip
            misses.append(f"{slug} {sorted(places)} {bead.score:.2f} {' | '.join(sides)}")
    mine = [i for i, at in enumerate(zh_at) if at in informative]
    return Scored(
        slug, tuple(pairs), len(mine), sum(i in paired for i in mine), len(informative),
        len(informative - set(zh_at)), tuple(misses),
    )  # fmt: skip

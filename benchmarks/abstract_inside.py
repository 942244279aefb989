"""Whether pairs lie inside the gold's blocks, and whether lines are stretches of their sources.

A pair is scored where it touches an informative block (block_pairs.py), and is right where all its sentences, of both
sides, lie in one pair of blocks.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from block_pairs import LEAST_HAN, block_of_each, key

from digest.align.embed import Embedder
from digest.entry import Kept, known_words
from digest.model import Document, Line, LinePair, Place, Sentence
from digest.normalise.split import sentences
from digest.pairs import aligned_texts, encoded

# P(same) from which on readers found 2 % of the pairs printed wrong, below it 13 % (benchmarks/printed.py).
LIKELY = 0.9


@dataclass(slots=True)
class Share:
    """Right among found."""

    right: int = 0
    found: int = 0

    def add(self, right: bool) -> None:
        self.right += right
        self.found += 1


@dataclass(slots=True)
class Checks:
    """What is counted over posts: pairs inside their blocks, lines that are stretches of their sources."""

    printed: Share = field(default_factory=Share)
    outline: Share = field(default_factory=Share)
    beads: Share = field(default_factory=Share)
    stretches: Share = field(default_factory=Share)
    paired: Share = field(default_factory=Share)
    likely: Share = field(default_factory=Share)
    stripped: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)


def editions(kept: Kept) -> dict[str, Document]:
    """Give both editions of a post of the corpora; the address of each is its key in the product's places."""
    assert kept.edition is not None
    found = kept.text.document, kept.edition_text.document
    return {document.url: document for document in found if document is not None}


class GoldBlocks:
    """The gold's blocks of one post, found in its two editions."""

    def __init__(self, path: Path, documents: Iterable[Document]) -> None:
        gold = json.loads(path.read_text("utf-8"))
        self._text = [key(zh or "") for zh, _, _ in gold]
        self._confident = {i for i, (zh, en, sure) in enumerate(gold) if zh and en and sure}
        self._informative = {i for i in self._confident if len(re.findall("[\u4e00-\u9fff]", gold[i][0])) >= LEAST_HAN}
        self._at: dict[str, list[tuple[Sentence, int]]] = {}
        for document in documents:
            found = sentences(document.paragraphs)
            side = 0 if document.lang.startswith("zh") else 1
            blocks = block_of_each(found, [key(pair[side] or "") for pair in gold])
            self._at[document.url] = list(zip(found, blocks, strict=True))

    def right(self, zh: Line, en: Line, *, short: bool = False) -> bool | None:
        """Tell whether a pair is inside one pair of blocks; None where it touches none that is scored.

        With `short`, confident blocks of few characters are scored as well (headings).
        """
        blocks = {block for line in (zh, en) for place in line.places for block in self._blocks(place)}
        if not blocks & (self._confident if short else self._informative):
            return None
        # a block that stands twice in a post may be taken for its double
        return -1 not in blocks and len({self._text[block] for block in blocks}) == 1

    def _blocks(self, place: Place) -> Iterator[int]:
        for sentence, block in self._at[place.url]:
            if sentence.paragraph == place.paragraph and sentence.start < place.end and place.start < sentence.end:
                yield block


def verified_pairs(kept: Kept, embedder: Embedder) -> list[tuple[Line, Line]]:
    """Give the lines, Chinese and English, of all beads of a post that verify."""
    en, zh = sorted(editions(kept).values(), key=lambda document: document.lang)
    aligned = aligned_texts(encoded(en, embedder), encoded(zh, embedder), embedder, known_words(kept))
    beads = [aligned.beads[i] for i, verdict in aligned.verdicts().items() if verdict.verified]
    return [(aligned.zh.line(bead.zh), aligned.en.line(bead.en)) for bead in beads]


def check_blocks(
    checks: Checks, path: Path, kept: Kept, pairs: Iterable[LinePair], outline: Iterable[LinePair],
    verified: Iterable[tuple[Line, Line]],
) -> None:  # fmt: skip
    """Score the printed pairs of a post, its outline, and all its beads that verify."""
    blocks = GoldBlocks(path, editions(kept).values())
    for share, some, short in ((checks.printed, pairs, False), (checks.outline, outline, True)):
        for pair in some:
            if pair.zh is not None and pair.en is not None and pair.zh.places and pair.en.places:
                _add(checks, share, blocks.right(pair.zh, pair.en, short=short), pair.zh, pair.en)
    for zh, en in verified:
        _add(checks, checks.beads, blocks.right(zh, en), zh, en)


def check_pairs(checks: Checks, pairs: Iterable[LinePair]) -> None:
    """Count the lines that stand in both languages, and of these those that the judge takes for surely the same."""
    for pair in pairs:
        both = pair.zh is not None and pair.en is not None
        checks.paired.add(both)
        if both:
            checks.likely.add(pair.verdict.score >= LIKELY)


def _add(checks: Checks, share: Share, right: bool | None, zh: Line, en: Line) -> None:
    if right is not None:
        share.add(right)
        if not right:
            checks.misses.append(f"{zh.text[:60]} | {en.text[:60]}")


def check_stretches(checks: Checks, kept: Kept, pairs: Iterable[LinePair]) -> None:
    """Count the lines of a post that are the stretches of their places, and what was stripped from sentences."""
    documents = editions(kept)
    for pair in pairs:
        for line in (pair.zh, pair.en):
            if line is not None:
                checks.stretches.add(is_stretch(line, documents))
                checks.stripped.update(stripped(line, documents))


def is_stretch(line: Line, documents: dict[str, Document]) -> bool:
    """Tell whether a line is nothing but the stretches of its places, one after the other, white space aside."""
    if not line.places or any(place.url not in documents for place in line.places):
        return False
    stretches = (
        documents[place.url].paragraphs[place.paragraph].text[place.start : place.end] for place in line.places
    )
    return _close(line.text) == "".join(map(_close, stretches))


def stripped(line: Line, documents: dict[str, Document]) -> Iterator[str]:
    """Give what a line leaves out of the sentences that it prints."""
    for number in dict.fromkeys(place.paragraph for place in line.places):
        places = [place for place in line.places if place.paragraph == number]
        if (document := documents.get(places[0].url)) is None:
            continue
        for sentence in sentences(document.paragraphs):
            mine = [p for p in places if p.start < sentence.end and sentence.start < p.end]
            if sentence.paragraph != number or not mine:
                continue
            edges = [sentence.start, *(edge for p in sorted(mine, key=lambda p: p.start) for edge in (p.start, p.end)),
                     sentence.end]  # fmt: skip
            for start, end in zip(edges[::2], edges[1::2], strict=True):
                if end > start and (gap := document.paragraphs[number].text[start:end].strip()):
                    yield gap


def _close(text: str) -> str:
    return re.sub(r"\s", "", text)

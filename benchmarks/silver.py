"""Pairs of human translation without gold: posts in both languages, trusted where their structure agrees.

Which pairs are taken must not depend on what the judge looks at (a choice by similarity would make clean pairs look
cleaner than they are), so it depends on structure: the kinds and levels of the paragraphs of both editions are matched
(difflib), and a bead is taken whose sentences all lie in paragraphs matched to each other.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from digest.align.beads import align
from digest.align.embed import Embedder
from digest.model import Paragraph, Sentence
from digest.normalise.markdown import read_markdown
from digest.normalise.split import sentences

LEAST_HAN, LEAST_WORDS = 8, 5  # what corrupt.py asks of a pair, too


@dataclass(frozen=True)
class SilverPair:
    """A pair, the single sentences it is made of, and the sentences before and after it on either side ("" if none)."""

    slug: str
    zh: str
    en: str
    zh_parts: tuple[str, ...]
    en_parts: tuple[str, ...]
    around_zh: tuple[str, str]
    around_en: tuple[str, str]


@dataclass(frozen=True)
class SilverPost:
    slug: str
    pairs: tuple[SilverPair, ...]
    zh_lines: tuple[str, ...]
    en_lines: tuple[str, ...]


def plain(sentence: Sentence) -> str:
    """Give a sentence with its code between backticks again, as Markdown has it."""
    text = sentence.text
    for start, end in sorted(sentence.code, reverse=True):
        text = f"{text[:start]}`{text[start:end]}`{text[end:]}"
    return " ".join(text.split())


def matched(zh: tuple[Paragraph, ...], en: tuple[Paragraph, ...]) -> dict[int, int]:
    """Map each Chinese paragraph to the English one at the same place of the same structure."""
    keys = [
        [(p.kind, p.level, re.sub(r"\W", "", p.text)[:40] if p.kind == "code" else "") for p in side]
        for side in (zh, en)
    ]
    blocks = difflib.SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks()
    return {a + k: b + k for a, b, size in blocks for k in range(size)}


def read_post(folder: Path, slug: str, embedder: Embedder) -> SilverPost:
    sides: list[tuple[tuple[Paragraph, ...], tuple[Sentence, ...]]] = []
    for lang in ("zh", "en"):
        paragraphs = read_markdown((folder / f"{slug}.{lang}.md").read_text("utf-8"), slug, lang=lang).paragraphs
        sides.append((paragraphs, sentences(paragraphs)))
    (zh_paragraphs, zh), (en_paragraphs, en) = sides
    partner = matched(zh_paragraphs, en_paragraphs)
    beads = align(zh, en, embedder.encode([s.text for s in zh]), embedder.encode([s.text for s in en]))
    found = []
    for bead in beads:
        if not bead.zh or not bead.en:
            continue
        places = {zh[i].paragraph for i in bead.zh}, {en[j].paragraph for j in bead.en}
        if len(places[0]) > 1 or len(places[1]) > 1 or partner.get(min(places[0])) != min(places[1]):
            continue
        zh_parts, en_parts = (tuple(plain(s) for s in run) for run in (
            [zh[i] for i in bead.zh], [en[j] for j in bead.en]))  # fmt: skip
        pair = SilverPair(
            slug, "".join(zh_parts), " ".join(en_parts), zh_parts, en_parts,
            _around(zh, bead.zh), _around(en, bead.en),
        )  # fmt: skip
        if len(re.findall("[\u4e00-\u9fff]", pair.zh)) >= LEAST_HAN and len(pair.en.split()) >= LEAST_WORDS:
            found.append(pair)
    lines = [tuple(dict.fromkeys(plain(s) for s in side if len(s.text) > 12)) for side in (zh, en)]
    return SilverPost(slug, tuple(found), lines[0], lines[1])


def _around(side: tuple[Sentence, ...], run: tuple[int, ...]) -> tuple[str, str]:
    before = plain(side[run[0] - 1]) if run[0] else ""
    after = plain(side[run[-1] + 1]) if run[-1] + 1 < len(side) else ""
    return before, after


def posts(folder: Path, embedder: Embedder) -> Iterator[SilverPost]:
    for path in sorted(folder.glob("*.zh.md")):
        yield read_post(folder, path.name.removesuffix(".zh.md"), embedder)

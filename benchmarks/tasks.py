"""Texts with gold alignments, read from the corpora: novels, blocks of technical posts, and whole posts.

A `Task` is two texts as sentences and what may be: `beads` are gold beads; `free` tells for sentences without gold
which paragraphs belong together (pairs of paragraph numbers), so that a whole post trains and scores too.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from digest.model import Paragraph, Sentence
from digest.normalise.split import sentences

GoldBead = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Task:
    name: str
    post: str  # what is left out together in cross-validation
    zh: tuple[Sentence, ...]
    en: tuple[Sentence, ...]
    beads: tuple[GoldBead, ...]
    free: frozenset[tuple[int, int]] | None = None
    loose: bool = False

    @property
    def unequal(self) -> bool:
        return len(self.zh) != len(self.en)


def plain(text: str) -> str:
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[*_`]{1,3}(\S[^*_`]*)[*_`]{1,3}", r"\1", text).split())


def novels(corpora: Path) -> Iterator[Task]:
    for path in sorted((corpora / "mac").glob("*.gold")):
        zh, en = (
            tuple(Sentence(line.strip(), 0, 0) for line in path.with_suffix(end).read_text("utf-8").splitlines())
            for end in (".zh", ".en")
        )
        rows = [json.loads(f"[{line.replace(':', ',')}]") for line in path.read_text("utf-8").splitlines() if line]
        yield Task(path.stem, path.stem, zh, en, tuple((tuple(a), tuple(b)) for a, b in rows))


def _gold_blocks(corpora: Path, file: str = "gold_dev.jsonl") -> Iterator[tuple[dict, str, str]]:
    for line in (corpora / "hfgold" / file).read_text("utf-8").splitlines():
        gold = json.loads(line)
        zh, en = json.loads((corpora / "hfblog" / f"{gold['slug']}.blocks.json").read_text("utf-8"))[gold["block"]][:2]
        for text, key in ((zh, "zh_sha1"), (en, "en_sha1")):
            if hashlib.sha1(text.encode()).hexdigest()[:12] != gold[key]:
                raise SystemExit(f"{gold['slug']} block {gold['block']}: not the text that the gold was made on")
        yield gold, zh, en


def blocks(corpora: Path) -> Iterator[Task]:
    """Each gold block by itself."""
    for gold, zh, en in _gold_blocks(corpora):
        yield Task(
            f"{gold['slug']}:{gold['block']}",
            gold["slug"],
            tuple(Sentence(plain(zh[a:b]), 0, a) for a, b in gold["zh_spans"]),
            tuple(Sentence(plain(en[a:b]), 0, a) for a, b in gold["en_spans"]),
            tuple((tuple(a), tuple(b)) for a, b in gold["beads"]),
            loose=gold["loose"],
        )


def whole_posts(corpora: Path) -> Iterator[Task]:
    """Whole posts: every block of the Markdown in its order, the gold's sentence spans inside its blocks."""
    marked: dict[tuple[str, int], dict] = {(g["slug"], g["block"]): g for g, _, _ in _gold_blocks(corpora)}
    for path in sorted((corpora / "hfblog").glob("*.blocks.json")):
        slug = path.name.removesuffix(".blocks.json")
        zh: list[Sentence] = []
        en: list[Sentence] = []
        beads: list[GoldBead] = []
        free: set[tuple[int, int]] = set()
        numbers, last = [-1, -1], ["", ""]
        for number, (*texts, _sure) in enumerate(json.loads(path.read_text("utf-8"))):
            gold = marked.get((slug, number))
            starts = len(zh), len(en)
            for side, (text, into) in enumerate(zip(texts, (zh, en), strict=True)):
                if not text or text == last[side]:
                    continue
                last[side] = text
                numbers[side] += 1
                if gold:
                    spans = gold[("zh_spans", "en_spans")[side]]
                    into.extend(Sentence(plain(text[a:b]), numbers[side], a) for a, b in spans)
                elif not re.match(r"\s*(?:```|\||<|\$\$|!\[)", text):
                    found = sentences((Paragraph("prose", plain(text)),))
                    into.extend(Sentence(s.text, numbers[side], s.start) for s in found)
            if gold:
                beads.extend(
                    (tuple(i + starts[0] for i in a), tuple(j + starts[1] for j in b)) for a, b in gold["beads"]
                )
            else:
                free.add((numbers[0], numbers[1]))
        yield Task(slug, slug, tuple(zh), tuple(en), tuple(beads), frozenset(free))

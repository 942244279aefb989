"""The lines that benchmarks/engine_mt.py asks the local model: of the site's Chinese posts, and of labelled places.

Each post is read as the daily job reads it, from its Chinese page alone; its English edition only gives references.
"""

from __future__ import annotations

import hashlib
import json
import os
import urllib.request
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from abstract_gold import DAY
from printed import kept_posts
from sacrebleu.metrics import CHRF
from scores import share
from serving import serving

from digest import filling
from digest.align.embed import Embedder
from digest.align.lexicon import load_lexicon
from digest.config import Source
from digest.entry import Kept, Reading, abstract_of
from digest.fetch.feeds.parse import parse_feed
from digest.filling import Account, Translators, filled
from digest.linking.packed import ReadText
from digest.model import Document, Line, Page, Post
from digest.normalise.article import read_page
from digest.normalise.language import side_of
from digest.pairs import Aligned, Encoded, aligned_texts, encoded
from digest.translate.engine import Engine
from digest.translate.loop import Filled, Judge, Made, Wanted, fill
from digest.translate.masks import masked

LABELS = Path(__file__).parent / "gold" / "engine_mt.jsonl"
SOURCE = Source(name="cn", url="https://example.org/feed", language="zh")
Place = tuple[str, int, int, int]  # slug, block, start and end in it; the title is block -1


@dataclass(frozen=True)
class Label:
    """What a reader said of the line with the hash `sha1` at a place ("exact", "same" or "wrong")."""

    place: Place
    label: str
    sha1: str


@dataclass(frozen=True)
class Asked:
    """A line that was asked, what stands for it (None: nothing), the kept English, and the sentences beside it."""

    part: str  # title, heading, line: asked by the job; sentence
    place: Place
    line: Line
    made: Made | None
    reference: str
    beside: tuple[str, str]

    @property
    def sha1(self) -> str:
        """The hash by which the labels know a line that stands."""
        text = f"{self.line.text}\t{self.made.line.text if self.made else ''}"
        return hashlib.sha1(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Text:
    """A Chinese post as the job reads it, its sentences, and how its kept English edition says them."""

    slug: str
    reading: Reading
    zh: Encoded
    aligned: Aligned

    @classmethod
    def of(cls, slug: str, chinese: Document, english: Document, title: str, embedder: Embedder) -> Text:
        """Take a Chinese document as a post without an English edition."""
        post = Post(slug, SOURCE.url, slug, chinese.url, title, DAY, True, DAY, "zh", "", "")
        kept = Kept(post, SOURCE, False, ReadText(chinese), None, None, None, ReadText(), None)
        zh, en = encoded(chinese, embedder), encoded(english, embedder)
        return cls(slug, abstract_of(kept, embedder), zh, aligned_texts(zh, en, embedder, load_lexicon()))

    def job(self, engine: Engine, embedder: Embedder) -> tuple[list[Asked], Filled]:
        """Have the daily job fill the post: title, headings and chosen lines, in its own order."""
        seen: list[tuple[Sequence[Wanted], Filled]] = []

        def watched(wanted: Sequence[Wanted], *rest: object, **more: object) -> Filled:
            got = fill(wanted, *rest, **more)  # type: ignore[arg-type]
            seen.append((wanted, got))
            return got

        with patch.object(filling, "fill", watched):
            by = Translators((engine,))
            filled(self.reading.abstract, self.reading.document, by, embedder, load_lexicon(), Account())
        ((wanted, got),) = seen
        return [self._asked(one.kind, one.line, made) for one, made in zip(wanted, got.lines, strict=True)], got

    def prose(self, engine: Engine, judge: Judge, near: Collection[Place] | None = None) -> tuple[list[Asked], Filled]:
        """Have the loop fill the sentences that are not headings; with `near`, these places and those beside them."""
        everything = self.wanted(headings=near is not None)
        if near is not None:
            at = {i for i, wanted in enumerate(everything) if self.place(wanted.line) in near}
            everything = [w for i, w in enumerate(everything) if at & {i - 1, i, i + 1}]
        title = self.reading.abstract.title.zh or ""
        got = fill(everything, (engine,), judge, source="zh", target="en", title=title)
        both = zip(everything, got.lines, strict=True)
        return [self._asked("sentence", wanted.line, made) for wanted, made in both], got

    def wanted(self, *, headings: bool = False) -> list[Wanted]:
        """Give the sentences in reading order."""
        found = []
        for i, sentence in enumerate(self.zh.sentences):
            heading = self.zh.document.paragraphs[sentence.paragraph].kind == "heading"
            if side_of(sentence.text) == "zh" and (headings or not heading):
                found.append(Wanted(self.zh.line([i]), "heading" if heading else "line"))
        return found

    def place(self, line: Line) -> Place:
        if not line.places:
            return (self.slug, -1, 0, len(line.text))
        return (self.slug, line.places[0].paragraph, line.places[0].start, line.places[-1].end)

    def _asked(self, part: str, line: Line, made: Made | None) -> Asked:
        inside = self._inside(line)
        texts = ["", *(sentence.text for sentence in self.zh.sentences), ""]
        beside = (texts[min(inside)], texts[max(inside) + 2]) if inside else ("", texts[1])
        reference = self._reference(inside) if line.places else self.aligned.en.document.title
        return Asked(part, self.place(line), line, made, reference, beside)

    def _inside(self, line: Line) -> set[int]:
        return {
            i for i, s in enumerate(self.zh.sentences) for p in line.places
            if s.paragraph == p.paragraph and p.start <= s.start and s.end <= p.end
        }  # fmt: skip

    def _reference(self, inside: set[int]) -> str:
        """Give the English of the beads that lie wholly in these sentences and cover them; "" where there are none."""
        beads = [bead for bead in self.aligned.beads if bead.en and bead.zh and inside.issuperset(bead.zh)]
        if not inside or {i for bead in beads for i in bead.zh} != inside:
            return ""
        return self.aligned.en.line([j for bead in beads for j in bead.en]).text


def site_texts(site: Path, embedder: Embedder) -> list[Text]:
    """Read the posts of the site's /cn/ feed."""

    def get(url: str) -> Page:
        with urllib.request.urlopen(url) as answer:
            return Page(url, answer.read(), tuple((k.lower(), v) for k, v in answer.headers.items()))

    found = []
    with serving(site) as base:
        for entry in parse_feed(get(f"{base}/cn/feed.xml")).entries:
            slug = entry.url.rsplit("/", 1)[1]
            english = (site / "pages" / f"{slug}.truth-en.html").read_bytes()
            html = (("content-type", "text/html; charset=utf-8"),)
            page = Page(f"https://example.org/{slug}", english, html)
            chinese = read_page(get(entry.url), lang="zh")
            found.append(Text.of(slug, chinese, read_page(page, lang="en"), entry.title, embedder))
    return found


def other_texts(corpora: Path, slugs: Collection[str], embedder: Embedder) -> list[Text]:
    """Read posts of hfblog-more from their Chinese editions."""
    return [
        Text.of(slug, kept.edition_text.document, kept.text.document, "", embedder)
        for slug, kept in kept_posts(corpora)
        if slug in slugs and kept.edition_text.document and kept.text.document
    ]


def labels() -> Mapping[str, list[Label]]:
    """Give the labels by set: "site" (the three posts) and "hfblog-more"."""
    _, *rows = map(json.loads, LABELS.read_text("utf-8").splitlines())
    found: dict[str, list[Label]] = {"site": [], "hfblog-more": []}
    for row in rows:
        place = (row["slug"], row["block"], *row["zh_span"])
        found[row["set"]].append(Label(place, row["label"], row["sha1"]))
    return found


# ---- what is counted over them --------------------------------------------------------------------------------------


def chrf(lines: Sequence[Asked]) -> str:
    """Give corpus chrF over the lines that stand and have a reference."""
    both = [(line.made.line.text, line.reference) for line in lines if line.made and line.reference]
    made, references = zip(*both, strict=True) if both else ((), ())
    return f"{CHRF().corpus_score(list(made), [list(references)]).score:.1f} ({len(both)})" if both else "–"


def code_kept(lines: Sequence[Asked]) -> str:
    """Count code spans of the lines that stand, and those that the English has letter by letter and as often."""
    kept = total = 0
    for line in lines:
        spans = Counter(line.line.text[a:b] for a, b in line.line.code) if line.made else Counter()
        kept += sum(min(many, line.made.line.text.count(span)) for span, many in spans.items() if line.made)
        total += spans.total()
    return f"{kept}/{total}"


def said(lines: Sequence[Asked], known: Sequence[Label]) -> str:
    """Say of the places that were read how many stand in a wording that was read, and how many of these are wrong."""
    labels_by = {label.sha1: label.label for label in known}
    places, asked = {label.place for label in known}, {line.place for line in lines}
    as_read = {line.place: labels_by[line.sha1] for line in lines if line.made and line.sha1 in labels_by}
    unread = {line.place for line in lines if line.made} & places - as_read.keys()
    wrong = sum(label == "wrong" for label in as_read.values())
    refused = len(places & asked) - len(as_read) - len(unread)
    return (
        f"{len(as_read)} of {len(places)} places stand as read, wrong {share(wrong, len(as_read))}; refused {refused}, "
        f"worded in a way that nobody read {len(unread)}, not asked {len(places - asked)}"
    )


def taken(lines: Sequence[Asked]) -> str:
    return share(sum(line.made is not None for line in lines), len(lines))


def labelled(lines: Sequence[Asked], known: Sequence[Label]) -> list[tuple[str, str]]:
    """Give the masked text and the label of lines that stand as they were read, each once."""
    labels_by = {label.sha1: label.label for label in known}
    once = {line.sha1: line for line in lines if line.made and line.sha1 in labels_by}
    return [(masked(line.line).text, labels_by[key]) for key, line in once.items()]

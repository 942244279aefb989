"""A post and a writer → an abstract whose every line rests on the sentences it names (pure; the writer is given)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.align.embed import Embedder
from digest.align.lexicon import Scores
from digest.align.rests import alike, rests
from digest.align.verify import judge
from digest.model import Abstract, Document, Line, LinePair, Place, Sentence, Verdict
from digest.normalise.split import sentences
from digest.translate.material import material_of
from digest.translate.write import Checks, Writer, Written, WrittenPair, uncoded, written


@dataclass(frozen=True, slots=True)
class Abstracting:
    """What came of having an abstract written; `abstract` is None where the chosen lines are printed instead."""

    abstract: Abstract | None
    outcome: Written


def abstract_written(
    abstract: Abstract, document: Document, writer: Writer, embedder: Embedder, lexicon: Scores
) -> Abstracting:  # fmt: skip
    """Have a post's abstract written, and check every line of it."""
    found = sentences(document.paragraphs)
    verdicts: dict[tuple[str, str], Verdict] = {}
    outcome = written(material_of(document, found), writer, checks(embedder, lexicon, verdicts))
    if not outcome.pairs:
        return Abstracting(None, outcome)
    pairs = tuple(_pair(abstract, document, found, one, verdicts[one.zh, one.en], writer) for one in outcome.pairs)
    return Abstracting(replace(abstract, kind="abstract", pairs=pairs), outcome)


def checks(embedder: Embedder, lexicon: Scores, verdicts: dict[tuple[str, str], Verdict]) -> Checks:
    """Give the tests of a written line; what the judge says of a pair is left in `verdicts`."""

    def pair(zh: str, en: str) -> tuple[str, ...]:
        left, right = _line("zh-Hans", zh), _line("en", en)
        one, two = embedder.encode([left.text, right.text])
        verdict = judge(left, right, float(one @ two), lexicon=lexicon, made_by="written", embedder=embedder)
        verdicts[zh, en] = verdict
        return () if verdict.verified else verdict.reasons or ("doubtful",)

    def same(one: str, two: str) -> bool:
        return alike(one, two, embedder)

    def grounded(line: str, side: str, cited: Sequence[str], cited_side: str) -> tuple[str, ...]:
        return rests(line, side, cited, cited_side, embedder)

    return Checks(grounded, pair, same)


def _line(lang: str, text: str, places: tuple[Place, ...] = ()) -> Line:
    """Make a line of written text; what stands between backticks is code."""
    plain, code = uncoded(text)
    return Line(lang, plain, places, code)


def _pair(
    abstract: Abstract, document: Document, found: Sequence[Sentence], one: WrittenPair, verdict: Verdict,
    writer: Writer,
) -> LinePair:  # fmt: skip
    """Make the printed pair; its places are those of the sentences that it rests on, in the post's language."""
    places = tuple(
        Place(document.lang, document.url, s.paragraph, s.start, s.end) for s in (found[n] for n in one.sources)
    )
    own_zh = document.lang.startswith("zh")
    zh, en = _line("zh-Hans", one.zh, places if own_zh else ()), _line("en", one.en, () if own_zh else places)
    name = hashlib.sha256(f"{abstract.id} written {one.zh} {one.en}".encode()).hexdigest()[:8]
    return LinePair(name, zh, en, "written", verdict, writer.signature)

"""The posts of a day → Digest: the whole program on one screen (pure; what it needs comes in as arguments)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from digest import __version__
from digest.abstract.choose import Side, Unit, choose, minutes
from digest.abstract.translate import Engine
from digest.abstract.unit import text_of
from digest.align.beads import align
from digest.align.embed import Embedder, Vectors
from digest.align.verify import judge
from digest.config import DigestSettings, Source
from digest.errors import EngineError, SourceError
from digest.model import (
    SIDES,
    Abstract,
    Bead,
    Both,
    Digest,
    Document,
    Edition,
    Failure,
    Line,
    LinePair,
    Page,
    Place,
    Post,
    Sentence,
    Verdict,
    base_lang,
)
from digest.normalise.language import language_of, side_of
from digest.normalise.post import body_in_feed, document_of
from digest.normalise.repair import mend
from digest.normalise.split import sentences

# An edition of which fewer beads than this verify is none, or was rewritten: nothing of it is printed.
LEAST_VERIFIED = 0.2
METHODS = "align 1 · judge 1 · choose 1"  # raised by hand with every change that can change a page


@dataclass(frozen=True, slots=True)
class Kept:
    """One post of the day with everything that was kept of it; where there is no page, `page_error` says why."""

    post: Post
    source: Source
    late: bool
    page: Page | None
    page_error: Failure | None
    edition: Edition | None
    edition_post: Post | None
    edition_page: Page | None
    edition_source: Source | None


@dataclass(frozen=True, slots=True)
class _Text:
    """One edition as sentences with their vectors."""

    document: Document
    sentences: tuple[Sentence, ...]
    vectors: Vectors


def signature_of(embedder: Embedder, engine: Engine) -> str:
    """Say what makes a page; the same string keys what is cached."""
    parts = [f"digest {__version__}", embedder.name, METHODS]
    return " · ".join([*parts, engine.signature] if engine.signature != "none" else parts)


def digest_for(
    day: date, kept: Sequence[Kept], failures: Sequence[Failure], settings: DigestSettings, embedder: Embedder,
    engine: Engine,
) -> Digest:  # fmt: skip
    """Make a day's digest. What fails in one post becomes a Failure; the other posts go on."""
    abstracts, failed = [], list(failures)
    for one in kept:
        if one.page_error and not body_in_feed(one.post):
            failed.append(one.page_error)
        abstract = _title_only(one, None, "no-text")
        try:
            abstract = abstract_of(one, embedder)
            abstract = translated(abstract, engine, embedder)
        except SourceError as error:
            failed.append(Failure(one.post.url, error.stage, error.reason))
        except EngineError as error:  # the post is still printed, in its own language
            failed.append(Failure(one.post.url, "engine", str(error)))
        abstracts.append(abstract)
    return Digest(
        day=day,
        title=settings.title,
        link=settings.link,
        timezone=settings.timezone,
        order=settings.order,
        abstracts=tuple(abstracts),
        failures=tuple(dict.fromkeys(failed)),
        signature=signature_of(embedder, engine),
        quality=_quality(abstracts, failed),
    )


def abstract_of(kept: Kept, embedder: Embedder) -> Abstract:
    """Say what one post says: its lines, chosen once in its own language, each beside the line that says the same."""
    document = document_of(kept.post, kept.page, lang=kept.source.language, selector=kept.source.selector)
    if document is None:
        return _title_only(kept, None, "no-text")
    own = document
    other, notes = _edition_document(kept)
    if own.damage:
        if other is None:
            return _title_only(kept, own, "text-damaged")
        document, other, notes = other, None, ("edition-damaged",)  # the sound edition speaks for both
    if base_lang(document.lang) not in SIDES:
        return _title_only(kept, document, "third-language", own=own)
    if other is not None and base_lang(other.lang) == base_lang(document.lang):
        other = None
    if kept.source.excerpt == "title":
        return _title_only(kept, document, "title-only", other=other, own=own, notes=notes)
    if kept.edition and other and kept.edition.original == base_lang(other.lang):
        document, other = other, document  # the lines are chosen in the language in which the post was written
    text = _text(document, embedder)
    units: list[Unit] = []
    verdicts: dict[int, Verdict] = {}
    if other is not None:
        units, verdicts = _aligned_units(text, _text(other, embedder), embedder)
        if not verdicts:
            document, other, notes = own, None, (*notes, "unpaired")
            text = _text(own, embedder)
    if other is None:
        units = [Unit(i, (s,), (), False, text.vectors[i]) for i, s in enumerate(text.sentences)]
    # a line in the other language has no place on this side, and is no translation either
    units = [u for u in units if side_of(text_of(u.source)) in ("", base_lang(document.lang))]
    side: Side = "zh" if base_lang(document.lang) == "zh" else "en"
    picked = choose(
        document, units, title_vector=embedder.encode([document.title or kept.post.title])[0], side=side,
        require_other=other is not None,
    )  # fmt: skip
    by_index = {unit.index: unit for unit in units}
    pairs = tuple(_pair(kept, document, other, by_index[i], verdicts.get(i)) for i in picked)
    abstract = _frame(kept, document, other, own)
    return replace(abstract, pairs=_without_repeats(pairs), notes=notes, minutes=minutes(document))


def _text(document: Document, embedder: Embedder) -> _Text:
    found = sentences(document.paragraphs)
    return _Text(document, found, embedder.encode([s.text for s in found]))


def _edition_document(kept: Kept) -> tuple[Document | None, tuple[str, ...]]:
    """Read the other-language edition; None, with a note where there is a reason, if it cannot be used."""
    if kept.edition is None:
        return None, ()
    try:
        other = _read_edition(kept, kept.edition)
    except SourceError:  # the post itself can be read: it is printed, and says that its edition cannot
        return None, ("edition-unreadable",)
    if other is None:
        return None, ()
    if other.damage:
        return None, ("edition-damaged",)
    return (other if base_lang(other.lang) in SIDES else None), ()


def _read_edition(kept: Kept, edition: Edition) -> Document | None:
    source = kept.edition_source or kept.source
    if kept.edition_post is not None:
        return document_of(kept.edition_post, kept.edition_page, lang=source.language, selector=source.selector)
    if kept.edition_page is None:
        return None
    stand_in = replace(kept.post, url=edition.url, lang=edition.lang, summary="", content="", title="")
    return document_of(stand_in, kept.edition_page, lang=edition.lang, selector=source.selector)


# ---- lines and pairs ------------------------------------------------------------------------------------------------


def _aligned_units(mine: _Text, other: _Text, embedder: Embedder) -> tuple[list[Unit], dict[int, Verdict]]:
    """Align two editions and judge each bead; no verdicts at all where too few beads verify to believe the edition."""
    side = base_lang(mine.document.lang)
    zh, en = (mine, other) if side == "zh" else (other, mine)
    beads = align(zh.sentences, en.sentences, zh.vectors, en.vectors)
    zh_rows = _rows(zh, [bead.zh for bead in beads], embedder)
    en_rows = _rows(en, [bead.en for bead in beads], embedder)
    units, verdicts = [], {}
    for index, bead in enumerate(beads):
        own, across = (bead.zh, bead.en) if side == "zh" else (bead.en, bead.zh)
        verdict = _verdict(zh, en, bead, float(zh_rows[index] @ en_rows[index]))
        if verdict is not None:
            verdicts[index] = verdict
        if own:
            units.append(
                Unit(
                    index,
                    tuple(mine.sentences[i] for i in own),
                    tuple(other.sentences[i] for i in across),
                    bool(verdict and verdict.verified),
                    (zh_rows if side == "zh" else en_rows)[index],
                    other.document.paragraphs[other.sentences[across[0]].paragraph].kind if across else "prose",
                )
            )
    verified = sum(verdict.verified for verdict in verdicts.values())
    return (units, verdicts) if verified >= max(1, LEAST_VERIFIED * len(units)) else (units, {})


def _rows(text: _Text, sides: Sequence[tuple[int, ...]], embedder: Embedder) -> Vectors:
    """Give a vector for each side of each bead: the sentence's own, or, of several, that of their text together."""
    merged = [i for i, side in enumerate(sides) if len(side) > 1]
    joined = embedder.encode([_line(text.document, [text.sentences[k] for k in sides[i]]).text for i in merged])
    rows = np.zeros((len(sides), text.vectors.shape[1]), dtype=np.float32)
    for i, side in enumerate(sides):
        if len(side) == 1:
            rows[i] = text.vectors[side[0]]
    rows[merged] = joined
    return rows


def _verdict(zh: _Text, en: _Text, bead: Bead, similarity: float) -> Verdict | None:
    if not bead.zh or not bead.en:
        return None
    return judge(
        _line(zh.document, [zh.sentences[i] for i in bead.zh]),
        _line(en.document, [en.sentences[i] for i in bead.en]),
        similarity,
    )


def _line(document: Document, run: Sequence[Sentence]) -> Line:
    """Make a printed line of consecutive sentences: within a paragraph the very stretch of the source."""
    text, places, code = "", [], []
    for number in dict.fromkeys(sentence.paragraph for sentence in run):
        part = [sentence for sentence in run if sentence.paragraph == number]
        start, end = part[0].start, part[-1].end
        if text and not (text[-1] > "\u2fff"):
            text += " "
        code += [(s.start - start + len(text) + a, s.start - start + len(text) + b) for s in part for a, b in s.code]
        text += document.paragraphs[number].text[start:end]
        places.append(Place(document.lang, document.url, number, start, end))
    return Line(document.lang, text, tuple(places), tuple(code))


def _pair(kept: Kept, document: Document, other: Document | None, unit: Unit, verdict: Verdict | None) -> LinePair:
    """Make the pair of a chosen unit; what did not verify stands alone, for a doubtful line is no translation."""
    own = _line(document, unit.source)
    place = own.places[0]
    name = f"{kept.post.id} {base_lang(own.lang)} {place.paragraph} {own.text}"
    pair_id = hashlib.sha256(name.encode()).hexdigest()[:8]
    if other is not None and verdict is not None and verdict.verified:
        across = _line(other, unit.other)
        zh, en = (own, across) if base_lang(own.lang) == "zh" else (across, own)
        return LinePair(pair_id, zh, en, "human", verdict)
    reasons = verdict.reasons if verdict else ()
    side = base_lang(own.lang)
    alone = Verdict(0.0, False, None, reasons)
    return LinePair(pair_id, own if side == "zh" else None, own if side != "zh" else None, "none", alone)


def translated(abstract: Abstract, engine: Engine, embedder: Embedder) -> Abstract:
    """Let the engine fill lines that have no translation; the same judge decides what may be printed.

    Raises EngineError where the engine fails as a whole.
    """
    pairs = abstract.pairs
    alone = [i for i, pair in enumerate(pairs) if pair.zh is None or pair.en is None]
    lines = [line for i in alone if (line := pairs[i].zh or pairs[i].en)]
    if not lines or engine.signature == "none":
        return abstract
    side, target = ("zh", "en") if base_lang(abstract.lang) == "zh" else ("en", "zh")
    answers = engine.translate([line.text for line in lines], source=side, target=target)
    if len(answers) != len(lines):
        raise EngineError(f"{engine.signature} gave {len(answers)} lines for {len(lines)}")
    filled = list(pairs)
    printed = {line.text for pair in pairs for line in (pair.zh, pair.en) if line}
    for i, line, answer in zip(alone, lines, answers, strict=True):
        if answer is None or answer in printed:  # no two lines of an abstract are the same
            continue
        made = Line("zh-Hans" if target == "zh" else "en", answer)
        zh, en = (line, made) if side == "zh" else (made, line)
        one, two = embedder.encode([zh.text, en.text])
        verdict = judge(zh, en, float(one @ two))
        if verdict.verified:
            printed.add(answer)
            filled[i] = LinePair(pairs[i].id, zh, en, "machine", verdict, engine.signature)
    return replace(abstract, pairs=tuple(filled))


def _without_repeats(pairs: Sequence[LinePair]) -> tuple[LinePair, ...]:
    """Keep the first of pairs that share a line on either side: no two lines of an abstract are the same."""
    seen: set[str] = set()
    kept = []
    for pair in pairs:
        texts = {line.text for line in (pair.zh, pair.en) if line}
        if not texts & seen:
            kept.append(pair)
        seen |= texts
    return tuple(kept)


# ---- what stands around them ----------------------------------------------------------------------------------------


def _frame(kept: Kept, document: Document, other: Document | None, own: Document) -> Abstract:
    """Give the abstract without its lines: titles, addresses, credits.

    `document` is the original where that is known, `own` the text of the post itself, `other` the remaining edition.
    """
    titles: dict[str, str] = {}
    urls: dict[str, str] = {}
    langs: dict[str, str] = {}
    for text in filter(None, (other, document)):
        side = base_lang(text.lang)
        if side not in SIDES:
            side = "en"
        titles[side], urls[side] = _title(kept, text, is_own=text is own), text.url
        langs[side] = language_of(titles[side]) or text.lang
    return Abstract(
        id=kept.post.id,
        title=Both(titles.get("zh") or None, titles.get("en") or None),
        url=Both(urls.get("zh"), urls.get("en")),
        source=kept.source.name,
        published=kept.post.published,
        lang=document.lang,
        kind="highlights",
        pairs=(),
        title_langs=Both(langs.get("zh", "zh-Hans"), langs.get("en", "en")),
        credits=tuple(dict.fromkeys((*document.credits, *(other.credits if other else ())))),
        status="late" if kept.late else "new",
    )


def _title(kept: Kept, document: Document, *, is_own: bool) -> str:
    """Prefer the feed's title to the page's: it carries no name of the site. A damaged title is not printed."""
    post = kept.post if is_own else kept.edition_post
    mended = mend((post.title if post else "") or document.title)
    return "" if mended.damage else mended.text


def _title_only(
    kept: Kept, document: Document | None, note: str, *, other: Document | None = None, own: Document | None = None,
    notes: tuple[str, ...] = (),
) -> Abstract:  # fmt: skip
    lang = language_of(kept.post.title) or kept.post.lang or kept.source.language or "en"
    stand_in = document or Document(kept.post.url, lang, kept.post.title, ())
    return replace(_frame(kept, stand_in, other, own or stand_in), notes=(*notes, note))


def _quality(abstracts: Sequence[Abstract], failures: Sequence[Failure]) -> tuple[tuple[str, int], ...]:
    """Count what a reader may want to know of a day at one glance."""
    pairs = [pair for abstract in abstracts for pair in abstract.pairs]
    grades = Counter(pair.verdict.grade for pair in pairs if pair.verdict.verified)
    counts: Mapping[str, int] = {
        "posts": len(abstracts),
        "verified": sum(grades.values()),
        "exact": grades["exact"],
        "same": grades["same"],
        "untranslated": sum(pair.zh is None or pair.en is None for pair in pairs),
        "rejected": sum(bool(pair.verdict.reasons) for pair in pairs if not pair.verdict.verified),
        "merged": sum(bool(a.url.zh and a.url.en) for a in abstracts),
        "failures": len(set(failures)),
    }
    return tuple(counts.items())

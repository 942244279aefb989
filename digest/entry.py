"""A post and all that was kept of it → its entry: lines chosen once, each beside the one that says the same (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from digest.abstract.card import fact_card
from digest.abstract.choose import Unit, minutes
from digest.abstract.genre import genre_of
from digest.align.embed import Embedder
from digest.align.lessons import Lesson
from digest.align.lexicon import Lexicon, Scores, joined, load_lexicon
from digest.align.terms.mine import Sighting, mine
from digest.align.titles import read_titles
from digest.chosen import lines_of
from digest.config import Source
from digest.guesses import weighed
from digest.linking.packed import ReadText
from digest.model import (
    SIDES,
    Abstract,
    Both,
    Document,
    Edition,
    Failure,
    Listed,
    Post,
    Verdict,
    base_lang,
)
from digest.normalise.language import language_of, side_of
from digest.normalise.repair.mend import mend
from digest.outline import heading_pairs, outline_of
from digest.pairs import Aligned, SurePair, aligned_texts, encoded, unsure_in

# An edition of which fewer beads than this verify is none, or was rewritten: nothing of it is printed.
LEAST_VERIFIED = 0.2
# What the page says of a pair of titles that is none, by what the titles are and the side that is at fault.
TITLE_NOTES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("untranslated", "zh"): ("title-not-in-chinese",),
    ("untranslated", "en"): ("title-not-in-english",),
    ("part", "zh"): ("title-part-chinese",),
    ("part", "en"): ("title-part-english",),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One post of the day with everything that was kept of it, its own text and its edition's as they were read.

    Where the post's page is wanted and not there, `page_error` says why.
    `lexicon` is what earlier posts of the source taught, empty where they taught nothing. `day` is the day of the
    post's own page, None where that day has none; `updated` a later day on which its translation or a changed copy
    came; `also` names its copies, and posts that tell its story.
    """

    post: Post
    source: Source
    late: bool
    text: ReadText
    page_error: Failure | None
    edition: Edition | None
    edition_post: Post | None
    edition_text: ReadText
    edition_source: Source | None
    lexicon: Lexicon = field(default_factory=Lexicon)
    day: date | None = None
    updated: date | None = None
    also: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a bilingual post teaches: the words of its surest pairs, these pairs themselves, and their terms."""

    lesson: Lesson = ()
    pairs: tuple[SurePair, ...] = ()
    terms: tuple[Sighting, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A post as it was read: its entry, the document whose lines were chosen (None: it has none), what it teaches."""

    abstract: Abstract
    document: Document | None = None
    learnt: Learnt = Learnt()


def known_words(kept: Kept) -> Scores:
    """Give what is known of words when a post is read: the lexicon of its source, and the one that ships."""
    return joined((kept.lexicon, load_lexicon())) if kept.lexicon else load_lexicon()


def abstract_of(kept: Kept, embedder: Embedder) -> Reading:
    """Say what one post says: its lines, chosen once in its own language, each beside the line that says the same.

    What it teaches comes from all its surest pairs, the chosen ones and the others. Raises SourceError where its own
    text cannot be read.
    """
    document = kept.text.read()
    if document is None:
        return Reading(title_only(kept, None, "no-text"))
    own = document
    other, notes = edition_document(kept)
    if own.damage:
        if other is None:
            return Reading(title_only(kept, own, "text-damaged"))
        document, other, notes = other, None, ("edition-damaged",)  # the sound edition speaks for both
    if base_lang(document.lang) not in SIDES:
        return Reading(title_only(kept, document, "third-language", own=own))
    if other is not None and base_lang(other.lang) == base_lang(document.lang):
        other = None
    if kept.source.excerpt == "title":
        return Reading(title_only(kept, document, "title-only", other=other, own=own, notes=notes))
    if kept.edition and other and kept.edition.original == base_lang(other.lang):
        document, other = other, document  # the lines are chosen in the language in which the post was written
    text = encoded(document, embedder)
    aligned: Aligned | None = None
    verdicts: dict[int, Verdict] = {}
    learnt = Learnt()
    if other is not None:
        aligned = aligned_texts(text, encoded(other, embedder), embedder, known_words(kept))
        guessed, as_read = aligned.zh.document, own
        if (read := weighed(aligned, known_words(kept))) is not guessed:
            document, other, own = (read if each is guessed else each for each in (document, other, own))
            text = encoded(document, embedder)
            aligned = aligned_texts(text, encoded(other, embedder), embedder, known_words(kept))
        verdicts = aligned.verdicts()
        units = aligned.units(verdicts)
        if sum(verdict.verified for verdict in verdicts.values()) >= max(1, LEAST_VERIFIED * len(units)):
            sure = aligned.sure_pairs(verdicts)
            terms = mine([(pair.zh, pair.en) for pair in sure], embedder, known_words(kept))
            learnt = Learnt(aligned.lesson(verdicts), sure, terms)
        else:
            own = as_read  # a text that says something else has no say in how this one reads
            document, other, aligned, verdicts, notes = own, None, None, {}, (*notes, "unpaired")
            text = encoded(own, embedder)
    if aligned is None:
        units = [
            Unit(i, (s,), (), False, text.vectors[i], unsure=unsure_in(document, (s,)))
            for i, s in enumerate(text.sentences)
        ]
    # a line in the other language has no place on this side, and is no translation either
    units = [u for u in units if side_of(u.text) in ("", base_lang(document.lang))]
    genre = genre_of(document)
    title = document.title or kept.post.title
    pairs, reasons = lines_of(kept.post.id, document, other, units, aligned, verdicts, title, genre, embedder)
    headings = heading_pairs(aligned, verdicts, kept.post.id) if aligned else None
    abstract = _frame(kept, document, other, own)
    abstract = replace(
        abstract,
        pairs=pairs,
        notes=(*notes, *abstract.notes),
        minutes=minutes(document),
        outline=outline_of(document, kept.post.id, headings),
        card=fact_card(document),
        genre=genre,
        weighed=reasons,
    )
    return Reading(abstract, document, learnt)


def edition_document(kept: Kept) -> tuple[Document | None, tuple[str, ...]]:
    """Give the other-language edition; None, with a note where there is a reason, if it cannot be used."""
    if kept.edition is None:
        return None, ()
    if kept.edition_text.fault:  # the post itself can be read: it is printed, and says that its edition cannot
        return None, ("edition-unreadable",)
    other = kept.edition_text.document
    if other is None:
        return None, ()
    if other.damage:
        return None, ("edition-damaged",)
    return (other if base_lang(other.lang) in SIDES else None), ()


# ---- what stands around them ----------------------------------------------------------------------------------------


def _frame(kept: Kept, document: Document, other: Document | None, own: Document) -> Abstract:
    """Give the abstract without its lines: titles, addresses, credits.

    `document` is the original where that is known, `own` the text of the post itself, `other` the remaining edition.
    """
    titles: dict[str, str] = {}
    urls: dict[str, str] = {}
    langs: dict[str, str] = {}
    texts = tuple(filter(None, (other, document)))
    guessed: dict[str, bool] = {}
    for text in texts:
        side = base_lang(text.lang)
        if side not in SIDES:
            side = "en"
        (titles[side], guessed[side]), urls[side] = _title(kept, text, is_own=text is own), text.url
        langs[side] = language_of(titles[side]) or text.lang
    notes: tuple[str, ...] = ()
    if titles.get("zh") and titles.get("en"):
        reading = read_titles(titles["zh"], titles["en"])
        if reading.state == "untranslated":  # a copy is no translation: the title stands once, in its own language
            del titles[reading.side]
        notes = TITLE_NOTES.get((reading.state, reading.side), ())
    if any(guessed.get(side) for side in titles):
        notes = ("title-guessed", *notes)
    repaired = [
        note for note, text in (("text-repaired", document), ("edition-repaired", other)) if text and text.guessed
    ]
    notes = (*repaired, *(("text-cut",) if any(text.cut for text in texts) else ()), *notes)
    return Abstract(
        id=kept.post.id,
        title=Both(titles.get("zh") or None, titles.get("en") or None),
        url=Both(urls.get("zh"), urls.get("en")),
        source=kept.source.name,
        edition_source=kept.edition_source.name if kept.edition_source else "",
        published=kept.post.published,
        lang=document.lang,
        kind="highlights",
        pairs=(),
        title_langs=Both(langs.get("zh", "zh-Hans"), langs.get("en", "en")),
        credits=tuple(dict.fromkeys((*document.credits, *(other.credits if other else ())))),
        status="updated" if kept.updated else "late" if kept.late else "new",
        also=kept.also,
        day=kept.day,
        updated=kept.updated,
        updated_by=_updated_by(kept),
        notes=notes,
        guessed=sum(text.guessed for text in texts),
        unsure=sum(text.unsure for text in texts),
    )


def _updated_by(kept: Kept) -> Literal["", "translation", "edit"]:
    if kept.updated is None:
        return ""
    return "translation" if kept.edition and kept.edition.news_on == kept.updated else "edit"


def _title(kept: Kept, document: Document, *, is_own: bool) -> tuple[str, bool]:
    """Give a title, and whether a character of it is a guess; "" where it is damaged.

    The feed's is preferred to the page's: it carries no name of the site. One that lost bytes was read again with its
    document, by what damaged that; a page's sound title is better still. A title too short to show its damage stays
    garbled by itself: where the document was read again, its own title is taken.
    """
    post = kept.post if is_own else kept.edition_post
    mended = mend((post.title if post else "") or document.title)
    if mended.damage or mended.guesses or document.guessed:
        own = mend(document.title)
        if own.text and not own.damage:
            return own.text, bool(document.title_guesses or own.unsure)
    return ("" if mended.damage else mended.text), bool(mended.unsure)


def title_only(
    kept: Kept, document: Document | None, note: str, *, other: Document | None = None, own: Document | None = None,
    notes: tuple[str, ...] = (),
) -> Abstract:  # fmt: skip
    lang = language_of(kept.post.title) or kept.post.lang or kept.source.language or "en"
    stand_in = document or Document(kept.post.url, lang, kept.post.title, ())
    frame = _frame(kept, stand_in, other, own or stand_in)
    return replace(frame, notes=(*notes, note, *frame.notes))

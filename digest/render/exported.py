"""Verified pairs of the archive → what translators' programs read: TMX 1.4b, TSV, JSON Lines (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from digest.model import SIDES, Both, Correction, Line, MadeBy, Verdict, base_lang
from digest.printable import printable
from digest.render.export import places_of
from digest.render.records import SCORE_DIGITS, json_line, rounded, tsv_line
from digest.render.tmx import Unit, tmx

PairKind = Literal["line", "title", "heading"]
COLUMNS = (
    "id", "kind", "zh", "en", "score", "exact", "grade", "made_by", "engine", "corrected", "source", "published",
    "day", "url_zh", "url_en", "permalink", "credits", "licence", "edition_licence", "engine_licence",
)  # fmt: skip
# What the header of a memory says of the licences in it.
NOTE = (
    "Each unit names its post, its translators where the post names them, and the licence that the user of the program "
    "wrote down for its source: the program does not check licences. A unit without one came in by --unlicensed. "
    "engine-licence is that of a translation model, and says nothing of the post."
)


@dataclass(frozen=True, slots=True)
class Exported:
    """One verified pair with what a translator has to know of it.

    `pair` is "" for a title. `lang` is the language of the original. `day` is that of the page it was found on, and
    `permalink` leads to it there: an absolute address where the output has one. `credits` are the post's translators,
    where people translated it, and who corrected it; `edition_source` is "" where nothing of that edition is here.
    `licence` is that of the source's posts and `edition_licence` of the other edition's where another source brought
    it, both as the settings have them; `engine_licence` that of the model that made a line. Each is "" where it is not
    known.
    """

    kind: PairKind
    post: str
    pair: str
    zh: Line
    en: Line
    verdict: Verdict
    made_by: MadeBy
    lang: str
    source: str
    title: Both
    url: Both
    published: datetime
    day: date
    permalink: str
    engine: str = ""
    edition_source: str = ""
    credits: tuple[str, ...] = ()
    correction: Correction | None = None
    several: bool = False
    licence: str = ""
    edition_licence: str = ""
    engine_licence: str = ""

    @property
    def id(self) -> str:
        return f"{self.post}-{self.pair or self.kind}"

    @property
    def corrected(self) -> date | None:
        """The day on which people corrected it."""
        return self.correction.on if self.correction else None


def memory(pairs: Iterable[Exported], *, created: date | None) -> Iterator[str]:
    """Give a translation memory (TMX 1.4b) in parts; `created` is the day it is of, for its header."""
    return tmx((_unit(pair) for pair in pairs), made_by="digest-archive", created=created, notes=(NOTE,))


def table(pairs: Iterable[Exported]) -> Iterator[str]:
    """Give TSV in parts: a header and a line a pair, without quoting; a cell that looks like a formula is guarded."""
    yield tsv_line(COLUMNS)
    for pair in pairs:
        told = _told(pair)
        yield tsv_line(told[name] for name in COLUMNS)


def objects(pairs: Iterable[Exported]) -> Iterator[str]:
    """Give JSON Lines in parts: an object a pair, with all that is known of it."""
    return (json_line(_object(pair)) for pair in pairs)


# ---- one pair -------------------------------------------------------------------------------------------------------


def _told(pair: Exported) -> dict[str, str]:
    """Give the fields of a pair as texts, by the name of their columns; "" for what is not known."""
    return {
        "id": pair.id,
        "kind": pair.kind,
        "zh": pair.zh.text,
        "en": pair.en.text,
        "score": f"{pair.verdict.score:.{SCORE_DIGITS}f}",
        "exact": f"{pair.verdict.exact:.{SCORE_DIGITS}f}",
        "grade": pair.verdict.grade or "",
        "made_by": pair.made_by,
        "engine": pair.engine,
        "corrected": pair.correction.reason or "yes" if pair.correction else "",
        "source": pair.source,
        "published": pair.published.date().isoformat(),
        "day": pair.day.isoformat(),
        "url_zh": pair.url.zh or "",
        "url_en": pair.url.en or "",
        "permalink": pair.permalink,
        "credits": "; ".join(pair.credits),
        "licence": pair.licence,
        "edition_licence": pair.edition_licence,
        "engine_licence": pair.engine_licence,
    }


def _object(pair: Exported) -> dict[str, object]:
    correction = pair.correction
    return {
        "id": pair.id,
        "kind": pair.kind,
        "post": pair.post,
        "pair": pair.pair or None,
        "zh": printable(pair.zh.text),
        "en": printable(pair.en.text),
        "langs": {"zh": pair.zh.lang, "en": pair.en.lang},
        "original": base_lang(pair.lang),
        "score": rounded(pair.verdict.score),
        "exact": rounded(pair.verdict.exact),
        "grade": pair.verdict.grade,
        "reasons": list(pair.verdict.reasons),
        "made_by": pair.made_by,
        "engine": pair.engine,
        "correction": correction
        and {
            "how": correction.how,
            "reason": correction.reason,
            "on": correction.on and correction.on.isoformat(),
            "by": correction.by,
        },
        "source": pair.source,
        "edition_source": pair.edition_source,
        "title": {"zh": pair.title.zh, "en": pair.title.en},
        "url": {"zh": pair.url.zh, "en": pair.url.en},
        "published": pair.published.isoformat(),
        "day": pair.day.isoformat(),
        "permalink": pair.permalink,
        "credits": list(pair.credits),
        "licence": pair.licence or None,
        "edition_licence": pair.edition_licence or None,
        "engine_licence": pair.engine_licence or None,
        "code": {"zh": [list(span) for span in pair.zh.code], "en": [list(span) for span in pair.en.code]},
        "places": {"zh": places_of(pair.zh), "en": places_of(pair.en)},
    }


def _unit(pair: Exported) -> Unit:
    told = _told(pair)
    skipped = ("id", "zh", "en")
    properties = tuple((name.replace("_", "-"), told[name]) for name in COLUMNS if name not in skipped)
    makers = {"machine": pair.engine, "human": "; ".join(pair.credits)}
    by = pair.correction.by if pair.correction else makers.get(pair.made_by, "")
    original = base_lang(pair.lang)
    return Unit(
        pair.zh, pair.en, properties, pair.id, pair.several, original if original in SIDES else "", by, pair.day,
        pair.corrected,
    )  # fmt: skip

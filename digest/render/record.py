"""A day → what its JSON file says: plain values, every field there, numbers as machines agree on them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from digest.model import Abstract, Both, Correction, Digest, Fact, Line, LinePair, Listed, Place, Weighed
from digest.render.records import rounded

SCHEMA_VERSION = 1


def record(digest: Digest) -> dict[str, object]:
    """Give the day as JSON (schema_version 1): fields are added, none is renamed or left out."""
    zone = ZoneInfo(digest.timezone)
    return {
        "schema_version": SCHEMA_VERSION,
        "date": digest.day.isoformat(),
        "title": digest.title,
        "link": digest.link,
        "timezone": digest.timezone,
        "order": list(digest.order),
        "watch_days": digest.watch_days,
        "signature": digest.signature,
        "posts": [_post(abstract, zone) for abstract in digest.abstracts],
        "newly_translated": [_post(abstract, zone) for abstract in digest.newly],
        "also": [],
        "rest": [_listed(each, zone) for each in digest.rest],
        "quality": dict(digest.quality),
        "refused": dict(digest.refused),
        "credits": list(digest.credits),
        "offer": _both(digest.offer) if digest.offer else None,
        "failures": [{"url": f.url, "stage": f.stage, "reason": f.reason} for f in digest.failures],
    }


def _post(abstract: Abstract, zone: ZoneInfo) -> dict[str, object]:
    published: datetime = abstract.published.astimezone(zone)
    return {
        "id": abstract.id,
        "title": _both(abstract.title),
        "title_langs": _both(abstract.title_langs),
        "url": _both(abstract.url),
        "source": abstract.source,
        "edition_source": abstract.edition_source,
        "published": published.isoformat(),
        "lang": abstract.lang,
        "kind": abstract.kind,
        "title_made": _pair(abstract.title_made) if abstract.title_made else None,
        "pairs": [_pair(pair) for pair in abstract.pairs],
        "outline": [_pair(pair) for pair in abstract.outline],
        "genre": abstract.genre,
        "card": [_fact(fact) for fact in abstract.card],
        "terms": [_both(term) for term in abstract.terms],
        "credits": list(abstract.credits),
        "status": abstract.status,
        "notes": list(abstract.notes),
        "minutes": abstract.minutes,
        "guessed": abstract.guessed,
        "unsure": abstract.unsure,
        "day": _date(abstract.day),
        "updated": _date(abstract.updated),
        "updated_by": abstract.updated_by,
        "also": [_listed(each, zone) for each in abstract.also],
        "why": [_weighed(each) for each in abstract.weighed],
        "rank": _rank(abstract.rank),
    }


def _fact(fact: Fact) -> dict[str, object]:
    place = _place(fact.place) if fact.place else None
    return {"name": fact.name, **_both(fact.value), "place": place, "href": fact.href}


def _weighed(each: Weighed) -> dict[str, object]:
    return {
        "place": _place(each.place),
        "why": each.why,
        "score": rounded(each.score),
        "parts": {name: rounded(value) for name, value in each.parts if rounded(value)},
        "faults": list(each.faults),
        "pair": each.pair,
    }


def _listed(each: Listed, zone: ZoneInfo) -> dict[str, object]:
    return {
        "id": each.id,
        "title": _both(each.title),
        "url": _both(each.url),
        "source": each.source,
        "published": each.published.astimezone(zone).isoformat(),
        "why": each.why,
        "entry": each.entry,
        "day": _date(each.day),
        "rank": _rank(each.rank),
    }


def _rank(parts: tuple[tuple[str, float], ...]) -> dict[str, object]:
    told = {name: rounded(value) for name, value in parts}
    return {"score": rounded(sum(told.values())), "parts": told}  # the score is the sum of what is told


def _pair(pair: LinePair) -> dict[str, object]:
    lines = [line for line in (pair.zh, pair.en) if line]
    return {
        "id": pair.id,
        "zh": pair.zh.text if pair.zh else None,
        "en": pair.en.text if pair.en else None,
        "langs": {"zh": pair.zh.lang if pair.zh else None, "en": pair.en.lang if pair.en else None},
        "code": {"zh": _code(pair.zh), "en": _code(pair.en)},
        "score": rounded(pair.verdict.score),
        "exact": rounded(pair.verdict.exact),
        "verified": bool(pair.verdict.verified),
        "grade": pair.verdict.grade,
        "made_by": pair.made_by,
        "engine": pair.engine,
        "reasons": list(pair.verdict.reasons),
        "guesses": [
            {
                "side": side,
                "at": guess.at,
                "chosen": guess.chosen,
                "sure": rounded(guess.sure),
                "others": [{"text": text, "sure": rounded(sure)} for text, sure in guess.others],
            }
            for side, line in (("zh", pair.zh), ("en", pair.en))
            for guess in (line.guesses if line else ())
        ],
        "glosses": [
            {"side": side, "at": gloss.at, "text": gloss.text, "lang": gloss.lang}
            for side, line in (("zh", pair.zh), ("en", pair.en))
            for gloss in (line.glosses if line else ())
        ],
        "sources": [_place(place) for line in lines for place in line.places],
        "correction": _correction(pair.correction) if pair.correction else None,
    }


def _correction(made: Correction) -> dict[str, object]:
    return {"how": made.how, "reason": made.reason, "on": _date(made.on), "by": made.by, "was": _pair(made.was)}


def _both(both: Both) -> dict[str, str | None]:
    return {"zh": both.zh, "en": both.en}


def _code(line: Line | None) -> list[list[int]]:
    return [list(span) for span in line.code] if line else []


def _place(place: Place) -> dict[str, object]:
    return {"lang": place.lang, "url": place.url, "paragraph": place.paragraph, "start": place.start, "end": place.end}


def _date(day: date | None) -> str | None:
    return day.isoformat() if day else None

"""The files of a day: JSON, Markdown and HTML, and the index, made from the JSON that was written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from digest.model import Abstract, Both, Digest, Line, LinePair
from digest.render import page
from digest.render.page import DayRow

SCHEMA_VERSION = 1


def day_files(digest: Digest) -> tuple[tuple[str, str], ...]:
    """Give the files of a day as (name, text). The JSON comes last: a day whose JSON is there is whole."""
    day = digest.day.isoformat()
    return (
        (f"{day}.md", page.markdown(digest)),
        (f"{day}.html", page.html(digest)),
        (f"{day}.json", json_text(digest)),
    )


def index_rows(json_texts: Iterable[str]) -> tuple[DayRow, ...]:
    """Read the index's rows from the JSON files of days, newest first.

    A text that is no day of ours is passed over: the output folder may hold other people's files.
    """
    rows = {row.day: row for text in json_texts if (row := _row(text))}
    return tuple(rows[day] for day in sorted(rows, reverse=True))


def json_text(digest: Digest) -> str:
    """Write the day as JSON (schema_version 1): every field is there, keys in a fixed order, text as it is."""
    return page.encodable(json.dumps(_day(digest), ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def _day(digest: Digest) -> dict[str, object]:
    zone = ZoneInfo(digest.timezone)
    return {
        "schema_version": SCHEMA_VERSION,
        "date": digest.day.isoformat(),
        "title": digest.title,
        "link": digest.link,
        "timezone": digest.timezone,
        "order": list(digest.order),
        "signature": digest.signature,
        "posts": [_post(abstract, zone) for abstract in digest.abstracts],
        "newly_translated": [],
        "also": [],
        "rest": [],
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
        "published": published.isoformat(),
        "lang": abstract.lang,
        "kind": abstract.kind,
        "title_made": _pair(abstract.title_made) if abstract.title_made else None,
        "pairs": [_pair(pair) for pair in abstract.pairs],
        "outline": [_pair(pair) for pair in abstract.outline],
        "card": [{"name": fact.name, "value": _both(fact.value), "href": fact.href} for fact in abstract.card],
        "terms": [_both(term) for term in abstract.terms],
        "credits": list(abstract.credits),
        "status": abstract.status,
        "notes": list(abstract.notes),
        "minutes": abstract.minutes,
        "guessed": abstract.guessed,
        "unsure": abstract.unsure,
    }


def _pair(pair: LinePair) -> dict[str, object]:
    lines = [line for line in (pair.zh, pair.en) if line]
    return {
        "id": pair.id,
        "zh": pair.zh.text if pair.zh else None,
        "en": pair.en.text if pair.en else None,
        "langs": {"zh": pair.zh.lang if pair.zh else None, "en": pair.en.lang if pair.en else None},
        "code": {"zh": _code(pair.zh), "en": _code(pair.en)},
        "score": round(float(pair.verdict.score), 4),
        "exact": round(float(pair.verdict.exact), 4),
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
                "sure": round(float(guess.sure), 4),
                "others": [{"text": text, "sure": round(float(sure), 4)} for text, sure in guess.others],
            }
            for side, line in (("zh", pair.zh), ("en", pair.en))
            for guess in (line.guesses if line else ())
        ],
        "sources": [
            {"lang": p.lang, "url": p.url, "paragraph": p.paragraph, "start": p.start, "end": p.end}
            for line in lines
            for p in line.places
        ],
    }


def _both(both: Both) -> dict[str, str | None]:
    return {"zh": both.zh, "en": both.en}


def _code(line: Line | None) -> list[list[int]]:
    return [list(span) for span in line.code] if line else []


def _row(text: str) -> DayRow | None:
    """Read one day's row, or None where the text is not a day of this schema."""
    try:
        found: Any = json.loads(text)
        if found["schema_version"] != SCHEMA_VERSION:
            return None
        pairs = [pair for post in found["posts"] for pair in post["pairs"]]
        whole = sum(pair["zh"] is not None and pair["en"] is not None for pair in pairs)
        named = [post["title"] for post in found["posts"] if post["title"]["zh"] or post["title"]["en"]]
        titles = tuple(Both(title["zh"], title["en"]) for title in named)  # a damaged title is none
        return DayRow(date.fromisoformat(found["date"]), len(found["posts"]), whole, len(pairs) - whole, titles)
    except (ValueError, KeyError, TypeError):
        return None

"""The files of a day: JSON, Markdown and HTML; the index and the feeds, made from the JSON that was written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from digest.model import Both, Digest
from digest.render import page
from digest.render.characters import encodable
from digest.render.feeds import feed_files
from digest.render.inert import inert
from digest.render.page import DayRow
from digest.render.record import SCHEMA_VERSION, record

__all__ = ["day_files", "feed_files", "index_rows", "json_text"]


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
    return encodable(_json(record(inert(digest)))) + "\n"


def _json(value: object, depth: int = 0, *, rows: bool = False) -> str:
    """Write a value as json.dumps does with an indent of 2, but each stretch that was weighed ("why") in one line.

    They are half of a day's numbers: a line for each number makes the file twice as long.
    """
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    if isinstance(value, dict):
        items = [f"{_json(key)}: {_json(each, depth + 1, rows=key == 'why')}" for key, each in value.items()]
    elif rows:
        items = [json.dumps(each, ensure_ascii=False, allow_nan=False) for each in value]
    else:
        items = [_json(each, depth + 1) for each in value]
    first, last = "{}" if isinstance(value, dict) else "[]"
    between = "\n" + "  " * depth
    return f"{first}{between}  {f',{between}  '.join(items)}{between}{last}"


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
        if not all(isinstance(text, str) for both in titles for text in (both.zh, both.en) if text):
            return None
        return DayRow(date.fromisoformat(found["date"]), len(found["posts"]), whole, len(pairs) - whole, titles)
    except (ValueError, LookupError, TypeError, RecursionError):
        return None

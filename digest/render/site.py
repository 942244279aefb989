"""The files of a day, Markdown, HTML and JSON, and what of the site its page stands in."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from digest.model import Abstract, Digest, Listed
from digest.render import page
from digest.render.characters import encodable
from digest.render.frame import ALONE, Frame, slug
from digest.render.inert import inert
from digest.render.masthead import Masthead
from digest.render.page import Reader, packaged
from digest.render.record import record

# What a day's pages are made with; templates that these name belong to them.
PAGES = ("page.html.j2", "page.css.j2", "page.js.j2", "page.md.j2")


def page_files(
    digest: Digest, read: Reader = packaged, *, frame: Frame = ALONE, made_from: str = ""
) -> tuple[tuple[str, str], ...]:
    """Give the pages of a day as (name, text). The HTML comes last: it tells what both were made from."""
    return (
        (f"{digest.day}.md", page.markdown(digest, read)),
        (f"{digest.day}.html", page.html(digest, read, frame=frame, made_from=made_from)),
    )


def frame_of(digest: Digest, earlier: date | None, later: date | None, head: Masthead) -> Frame:
    """Give what the page of a day stands in: the days beside it that have pages, and the pages of what it names.

    These are the pages that its own posts give rise to: the newly translated are listed with their own days.
    """
    terms = {(term.zh, term.en) for abstract in digest.abstracts for term in abstract.terms if term.zh and term.en}
    return Frame(
        earlier,
        later,
        head.report,
        head.search,
        tuple((name, source_page(name)) for name in sorted({abstract.source for abstract in digest.abstracts})),
        tuple(((zh, en), term_page(zh, en)) for zh, en in sorted(terms)),
        corrections=True,
    )


def with_days(digest: Digest, days: Collection[date]) -> Digest:
    """Give a day as its pages show it: links lead to those days only that have a page, which are `days`."""

    def kept(day: date | None) -> date | None:
        return day if day == digest.day or day in days else None

    def listed(each: Listed) -> Listed:
        return replace(each, day=kept(each.day))

    def post(each: Abstract) -> Abstract:
        return replace(each, day=kept(each.day), also=tuple(map(listed, each.also)))

    return replace(
        digest,
        abstracts=tuple(map(post, digest.abstracts)),
        newly=tuple(map(post, digest.newly)),
        rest=tuple(map(listed, digest.rest)),
    )


def source_page(name: str) -> str:
    """Give the address, within the output, of the page that lists a source's posts."""
    return f"sources/{slug(name)}.html"


def term_page(zh: str, en: str) -> str:
    """Give the address, within the output, of the page that lists where a term stands."""
    return f"terms/{slug(f'{en} {zh}')}.html"


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

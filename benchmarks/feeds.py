"""Measure the feed parser: agreement with feedparser's golden fields, miniflux's assertions, and speed.

    python benchmarks/feeds.py CORPORA

**golden**: `feeds/golden_feedparser.jsonl` holds what feedparser 6.0.14 reads from its own fixtures. Each core field
is one comparison; two nothings count as well as two values (figures without them are printed beside). What differs by
design is compared so:

- title: ours is plain text, the golden may be markup; author: names without e-mail addresses.
- content, summary: as readable text without tags, scripts and styles (ours keeps the feed's HTML; the golden is
  sanitised). feedparser copies a lone content into summary, we do not: a summary that is missing here and equal to our
  content agrees.
- published: ours is None only where the feed gives no date at all, so a golden without `published` is compared by its
  `updated`; feedparser's `updated` that merely repeats `published` is none.
- author: an entry without one has its feed's here; the golden says nothing then, and the comparison is left out.
- link: what is no http(s) address is dropped here; such goldens must be "" here and are counted apart.
- files that declare entities or are no RSS, RDF or Atom (CDF) are refused here; they are counted apart.

**miniflux**: `feeds/miniflux_feeds.json`, the assertions about fields that our Entry and Feed hold; the others are
counted as out of scope. An address that a feed gives itself (FeedURL) is out of scope too: ours is the one fetched.
Where miniflux fills an absent field from another, so does the comparison, from our values: entry title from the text
(`name_of`), entry address from the site's, site from the feed's address, feed title from the site. Compared as above:
titles as plain text, names without e-mail addresses, bodies as readable text (content, else summary).
"""

from __future__ import annotations

import html
import io
import json
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from digest.errors import SourceError
from digest.fetch.feeds import name_of, parse_feed
from digest.fetch.feeds.links import clean_url
from digest.model import Entry, Feed, Page

PORT = "http://127.0.0.1:8097/"


def readable(markup: str | None) -> str:
    text = re.sub(r"(?is)<(script|style|title)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>", " ", markup or "")
    return "".join(html.unescape(html.unescape(text)).split())


def squeezed(text: str | None) -> str:
    return "".join((text or "").split()).casefold()


def same_title(mine: str, theirs: str | None) -> bool:
    """Tell whether a plain title is theirs, read as text, as escaped text or as markup."""
    theirs = theirs or ""
    markup = re.sub(r"(?s)<!--.*?-->|<[^<>]*>", "", theirs)
    return squeezed(mine) in {squeezed(form) for t in (theirs, markup) for form in (t, html.unescape(t))}


def moment(text: str | list[int] | None) -> datetime | None:
    if not text:
        return None
    if isinstance(text, list):
        return datetime(*text[:6], tzinfo=UTC)  # type: ignore[misc]
    when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when


def name(author: str | None) -> str:
    """Give a name without its e-mail address, which is all there is where no name stands."""
    found = re.sub(r"\(?(?:mailto:)?[^\s()]+@[^\s()]+\)?|[()]", "", author or "")
    return squeezed(found) or squeezed(author)


# ---- feedparser's golden --------------------------------------------------------------------------------------------


def entry_fields(ours: Entry, golden: dict[str, Any], apart: Counter[str]) -> Iterator[tuple[str, bool, bool]]:
    """Give (field, agrees, is it two nothings) for one entry."""

    def pair(field: str, mine: object, theirs: object) -> tuple[str, bool, bool]:
        return field, mine == theirs, not mine and not theirs

    yield pair("id", ours.guid, (golden["id"] or "").strip())
    yield "title", same_title(ours.title, golden["title"]), not ours.title and not golden["title"]
    yield link("link", ours.url, golden["link"], apart)
    if golden["author"] or not ours.author:
        yield pair("author", name(ours.author), name(golden["author"]))
    else:
        apart["author of the feed"] += 1
    yield pair("published", ours.published, moment(golden["published"] or golden["updated"]))
    alias = golden["updated"] == golden["published"] and ours.updated is None
    yield pair("updated", ours.updated, None if alias else moment(golden["updated"]))
    bodies = [readable(body) for body in golden["content"] or []]
    body = readable(ours.content)
    yield "content", (body in bodies if bodies else not body), not body and not any(bodies)
    summary = readable(ours.summary)
    theirs = readable(golden["summary"])
    yield "summary", summary == theirs or (not summary and theirs == body), not summary and not theirs


def link(field: str, mine: str, theirs: str | None, apart: Counter[str]) -> tuple[str, bool, bool]:
    if theirs and not clean_url(theirs, "http://base.invalid/").startswith(theirs[:7]):
        apart["links that are not http(s)"] += 1
        return field, mine == "" or mine.startswith("http"), True
    return field, mine.rstrip("/") == (theirs or "").strip().rstrip("/"), not mine and not theirs


def golden_fields(ours: Feed, golden: dict[str, Any], apart: Counter[str]) -> Iterator[tuple[str, bool, bool]]:
    yield "entries", len(ours.entries) == len(golden["entries"]), not golden["entries"] and not ours.entries
    title = golden["feed"]["title"]
    yield "feed title", same_title(ours.title, title), not ours.title and not title
    yield link("feed link", ours.link, golden["feed"]["link"], apart)
    lang = (golden["feed"]["language"] or "").replace("_", "-")
    yield "feed language", ours.lang.lower() == lang.lower(), not ours.lang and not lang
    for mine, theirs in zip(ours.entries, golden["entries"], strict=False):
        yield from entry_fields(mine, theirs, apart)


def golden(folder: Path, verbose: bool) -> None:
    right, wrong, told, told_right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    apart = Counter[str]()
    seconds = alone = 0.0
    for line in (folder / "golden_feedparser.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        body = (folder / row["file"]).read_bytes()
        headers = row["headers"] or {}
        base = headers.get("content-location") or PORT + row["file"].removeprefix("feedparser/")
        page = Page(base, body, tuple(headers.items()))
        start = time.perf_counter()
        try:
            ours = parse_feed(page)
        except SourceError as error:
            by_design = "entities" in error.reason or "/cdf/" in row["file"]
            apart["refused by design" if by_design else f"refused: {error.reason[:60]}"] += 1
            if verbose and not by_design:
                print(row["file"], error)
            if not by_design:
                wrong["entries"] += 1
            continue
        finally:
            seconds += time.perf_counter() - start
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            feedparser.parse(io.BytesIO(body), response_headers={"content-location": base, **headers})
        alone += time.perf_counter() - start
        for field, agrees, nothing in golden_fields(ours, row["core"], apart):
            (right if agrees else wrong)[field] += 1
            if not nothing:
                told[field] += 1
                told_right[field] += agrees
            if verbose and not agrees:
                print(f"{row['file']}: {field}: {row['core']}\n    {ours}")
    print(f"{'golden feedparser':20}{'compared':>10}{'agree':>9}{'of those with a value':>24}")
    for field in sorted({*right, *wrong}):
        share = f"{told_right[field]} of {told[field]}"
        compared = right[field] + wrong[field]
        print(f"  {field:18}{compared:10}{right[field] / compared:9.1%}{share:>24}")
    for why, count in sorted(apart.items()):
        print(f"  apart: {why}: {count}")
    total = right.total() + wrong.total()
    print(f"  golden: {right.total()} of {total} core fields agree = {right.total() / total:.2%} (goal 97 %)")
    print(f"  golden, fields with a value: {told_right.total() / told.total():.2%} of {told.total()}")
    print(f"  time: {seconds:.2f} s, feedparser alone (it sanitises) {alone:.2f} s: ratio {seconds / alone:.2f}")


# ---- miniflux's assertions ------------------------------------------------------------------------------------------

FIELDS: dict[str, Callable[[Feed], str]] = {
    "Title": lambda feed: feed.title or feed.link or feed.url,
    "SiteURL": lambda feed: feed.link or feed.url,
    "Language": lambda feed: feed.lang.lower(),
}
ENTRY_FIELDS: dict[str, Callable[[Feed, Entry], str]] = {
    "Title": lambda feed, entry: name_of(entry) or feed.link or feed.url,
    "URL": lambda feed, entry: entry.url or feed.link or feed.url,
    "Content": lambda feed, entry: entry.content or entry.summary,
    "Author": lambda feed, entry: entry.author,
    "Language": lambda feed, entry: entry.lang.lower(),
}


def claim(feed: Feed | None, path: str, want: str | int) -> tuple[str, bool, object]:
    """Check one assertion: (field, holds, our value). Raise KeyError where our model has no such field."""
    if path == "len(feed.Entries)":
        mine = len(feed.entries) if feed else None
        return path, mine == want, mine
    match = re.fullmatch(r"feed(?:\.Entries\[(\d+)\])?\.(\w+)", path)
    if match is None or match[2] not in (ENTRY_FIELDS if match[1] else FIELDS):
        raise KeyError(re.sub(r"\d+", "N", path))
    field = f"{'entry' if match[1] else 'feed'} {match[2]}"
    if feed is None or (match[1] and int(match[1]) >= len(feed.entries)):
        return field, False, None
    value = ENTRY_FIELDS[match[2]](feed, feed.entries[int(match[1])]) if match[1] else FIELDS[match[2]](feed)
    return field, holds(match[2], value, str(want)), value


def holds(field: str, mine: str, want: str) -> bool:
    if field == "Title":
        return same_title(mine, want)
    if field == "Content":
        return readable(mine) == readable(want)
    return name(mine) == name(want) if field == "Author" else mine == want


def miniflux(folder: Path, verbose: bool) -> None:
    right, wrong, outside = Counter[str](), Counter[str](), Counter[str]()
    raised = expected = 0
    for case in json.loads((folder / "miniflux_feeds.json").read_text("utf-8")):
        feed = None
        try:
            feed = parse_feed(Page(case["base"], case["data"].encode("utf-8")))
        except SourceError as error:
            if verbose and not case["expects_error"]:
                print(case["id"], error)
        expected += case["expects_error"]
        raised += case["expects_error"] and feed is None
        for path, want in case["asserts"]:
            try:
                field, agrees, mine = claim(feed, path, want)
            except KeyError as error:
                outside[str(error.args[0])] += 1
                continue
            (right if agrees else wrong)[field] += 1
            if verbose and not agrees:
                print(f"{case['id']}: {path}: want {want!r}, have {mine!r}")
    print("miniflux")
    for field in sorted({*right, *wrong}):
        print(f"  {field:24}{right[field]:5} of {right[field] + wrong[field]}")
    for field, count in outside.most_common():
        print(f"  out of scope: {field}: {count}")
    print(f"  errors that must be raised: {raised} of {expected}")
    total = right.total() + wrong.total()
    print(f"  miniflux: {right.total()} of {total} assertions hold = {right.total() / total:.2%} (goal 95 %)")


# ---- speed ----------------------------------------------------------------------------------------------------------


def speed(rounds: int = 10) -> None:
    """Compare the time for a feed of 50 full posts (made here, about 200 kB, UTF-8) with feedparser alone."""
    body = "<p>This paragraph &amp; its <a href='../link'>link</a> are repeated. 这一段话也一样。</p>\n" * 40
    items = "".join(
        f"<item><title>Post {n}</title><link>/p/{n}</link><guid>{n}</guid><pubDate>Wed, 16 Apr 2025 08:{n:02d}:00 GMT"
        f"</pubDate><description><![CDATA[{body}]]></description></item>"
        for n in range(50)
    )
    raw = f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()
    ours = alone = 0.0
    for _ in range(rounds):
        start = time.perf_counter()
        parse_feed(Page("https://a.example/feed", raw))
        middle = time.perf_counter()
        feedparser.parse(io.BytesIO(raw), response_headers={"content-location": "https://a.example/feed"})
        ours, alone = ours + middle - start, alone + time.perf_counter() - middle
    print(f"speed, 50 posts in {len(raw) // 1000} kB, mean of {rounds}")
    mine, theirs = ours / rounds * 1000, alone / rounds * 1000
    print(f"  ours {mine:.0f} ms, feedparser alone {theirs:.0f} ms: ratio {mine / theirs:.2f}")


if __name__ == "__main__":
    corpora = Path(sys.argv[1]) / "feeds"
    golden(corpora, "-v" in sys.argv)
    miniflux(corpora, "-v" in sys.argv)
    speed()

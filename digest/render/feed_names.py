"""Which feeds there are: what they hold, in which languages, and what their files are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from digest.model import Both
from digest.render import words

Kind = Literal["posts", "days", "new-in-chinese"]

MEDIA_TYPES = {".xml": "application/atom+xml", ".json": "application/feed+json"}  # RFC 4287, 7; JSON Feed 1.1
FORMATS = {".xml": "Atom", ".json": "JSON Feed"}
STEMS: dict[Kind, str] = {"posts": "feed", "days": "days", "new-in-chinese": "new-in-chinese"}


@dataclass(frozen=True, slots=True)
class FeedName:
    """One feed: its `file` within the output, what it holds, and its `sides` ("zh", "en") in their order, one or two.

    `choice` names the languages in files and ids: "" for the reader's order, else "en-zh", "zh" … `name` is what the
    feed is called, `format` "Atom" or "JSON Feed". `main`: the head of every page names it.
    """

    file: str
    kind: Kind
    sides: tuple[str, ...]
    choice: str
    name: Both
    format: str
    media_type: str
    main: bool


def feeds_of(order: tuple[str, str]) -> tuple[FeedName, ...]:
    """Give all feeds of a site whose reader's order of languages is `order`.

    Posts and days, in both orders and in each language alone, as Atom and as JSON; and the posts whose Chinese came.

    >>> [feed.file for feed in feeds_of(("zh", "en")) if feed.kind == "posts" and feed.format == "Atom"]
    ['feed.xml', 'feed.en-zh.xml', 'feed.zh.xml', 'feed.en.xml']
    >>> [feed.file for feed in feeds_of(("en", "zh")) if feed.main]
    ['feed.xml', 'days.xml', 'new-in-chinese.xml']
    """
    other = (order[1], order[0])
    choices = [("", order), ("-".join(other), other), ("zh", ("zh",)), ("en", ("en",))]
    kinds: tuple[Kind, ...] = ("posts", "days")
    return (
        *(_feed(kind, choice, sides, end) for kind in kinds for choice, sides in choices for end in MEDIA_TYPES),
        _feed("new-in-chinese", "", ("zh", "en"), ".xml"),
    )


def _feed(kind: Kind, choice: str, sides: Sequence[str], end: str) -> FeedName:
    stem = f"{STEMS[kind]}.{choice}" if choice else STEMS[kind]
    return FeedName(
        file=f"{stem}{end}",
        kind=kind,
        sides=tuple(sides),
        choice=choice,
        name=_name(kind, sides),
        format=FORMATS[end],
        media_type=MEDIA_TYPES[end],
        main=not choice and end == ".xml",
    )


def _name(kind: Kind, sides: Sequence[str]) -> Both:
    if kind == "new-in-chinese":
        return words.word("feed-chinese")
    held, languages = words.word(f"feed-{kind}"), words.word(f"feed-{'-'.join(sides)}")
    return Both(f"{held.zh}（{languages.zh}）", f"{held.en} ({languages.en})")

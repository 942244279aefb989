"""A day as rows of the index: its entries, and of each the texts that can be found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from digest.model import SIDES, Abstract, Both, Digest, LinePair, base_lang


@dataclass(frozen=True, slots=True)
class Row:
    """One text that can be found, in one language or both. `printed`: it is one of the entry's lines.

    `pair` is the id of its pair, "" for titles and facts.
    """

    text: Both
    printed: bool = False
    pair: str = ""
    made_by: str = "none"
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What a day's page says of one post; `newly`: it stands there since its translation came on that day."""

    abstract: Abstract
    newly: bool
    rows: tuple[Row, ...]


def entries_of(digest: Digest) -> Iterator[Entry]:
    """Give the entries of a day in the page's order: title, lines, headings, and facts that are read in the post."""
    for newly, abstracts in ((False, digest.abstracts), (True, digest.newly)):
        for abstract in abstracts:
            yield Entry(abstract, newly, tuple(_rows(abstract)))


def _rows(abstract: Abstract) -> Iterator[Row]:
    if abstract.title.zh or abstract.title.en:
        yield Row(abstract.title)
    yield from (_of(pair, printed=True) for pair in abstract.pairs)
    yield from (_of(pair, printed=False) for pair in abstract.outline if pair.made_by != "stock")
    for fact in abstract.card:
        if fact.place and (text := fact.value.get(side := base_lang(fact.place.lang))):
            yield Row(Both(text, None) if side == "zh" else Both(None, text))


def _of(pair: LinePair, *, printed: bool) -> Row:
    text = Both(pair.zh.text if pair.zh else None, pair.en.text if pair.en else None)
    return Row(text, printed, pair.id, pair.made_by, pair.verdict.verified)


def encoded_texts(entry: Entry) -> Iterator[tuple[int, str, str]]:
    """Give what is encoded of an entry: (number of the row, side, text).

    A line is encoded behind its post's title, as a line by itself does not say what it is about (measured,
    docs/benchmarks.md).
    """
    titles = entry.abstract.title
    for number, row in enumerate(entry.rows):
        for side in SIDES:
            if text := row.text.get(side):
                title = titles.get(side) or titles.zh or titles.en
                yield number, side, f"{title}: {text}" if title and row.text != titles else text

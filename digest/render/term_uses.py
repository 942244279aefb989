"""Where the terms of an archive stand: pairs in which both names of a term are, and lines in which it is glossed.

Terms of the newest day may stand in lines of the oldest, so the lines of all days are kept until the last is read:
packed, a fifth of their size.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from digest.model import Line
from digest.render.feed_entries import line_of

Term = tuple[str, str]
"""Its Chinese and its English name."""

STRANGE = (ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError)  # of what is no day of ours
MOST = 200  # lines of a term that are kept, the newest
_WORD = re.compile(r"\w+")
_KEPT = ("id", "source", "zh", "en", "langs", "code", "guesses", "glosses")


@dataclass(frozen=True, slots=True)
class Use:
    """A pair that has a term: where it stands, and its lines, None for a side that is not there."""

    day: date
    pair: str
    source: str
    zh: Line | None
    en: Line | None


@dataclass(slots=True)
class Uses:
    """The lines that have a term: how many, and the newest MOST of them, newest first."""

    count: int = 0
    newest: list[Use] = field(default_factory=list)

    def add(self, use: Use) -> None:
        self.count += 1
        if self.count <= MOST:
            self.newest.append(use)


def packed(pairs: Iterable[Mapping[str, Any]]) -> bytes:
    """Pack those pairs of a day's JSON that may show a term: the judge believes them, or a term in them is glossed."""
    kept = [
        {key: pair[key] for key in _KEPT if key in pair}
        for pair in pairs
        if (pair["zh"] and pair["en"] and pair["verified"]) or pair.get("glosses")
    ]
    return zlib.compress(json.dumps(kept, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)


def uses_of(terms: Sequence[Term], days: Mapping[date, bytes]) -> dict[Term, Uses]:
    """Give the lines that have each term, out of days whose pairs are packed; terms are sorted.

    An English name is found as whole words, in any case, with an s or without; a Chinese one as it stands.
    """
    by_words: dict[tuple[str, ...], list[Term]] = {}
    for term in terms:
        by_words.setdefault(_words(term[1]), []).append(term)
    longest = max(map(len, by_words), default=0)
    found = {term: Uses() for term in sorted(terms)}
    for day in sorted(days if terms else (), reverse=True):
        for pair in json.loads(zlib.decompress(days[day]).decode("utf-8", "surrogatepass")):
            with suppress(*STRANGE):
                if not (named := _in(pair, by_words, longest)):
                    continue
                use = Use(day, pair["id"], pair["source"], line_of(pair, "zh"), line_of(pair, "en"))
                for term in named:
                    found[term].add(use)
    return found


def _in(pair: Mapping[str, Any], by_words: Mapping[tuple[str, ...], Sequence[Term]], longest: int) -> set[Term]:
    """Give the terms that a pair shows: both names stand in it, or one of them with the other as its gloss."""
    glosses = [gloss["text"] for gloss in pair.get("glosses", ())]
    if pair["en"] is None:
        named = (term for name in glosses for term in by_words.get(_words(name), ()))
        return {term for term in named if term[0] in pair["zh"]}
    words = _words(pair["en"])
    runs = {words[at : at + size] for at in range(len(words)) for size in range(1, longest + 1)}
    chinese = pair["zh"] or "\n".join(glosses)
    return {term for run in runs & by_words.keys() for term in by_words[run] if term[0] in chinese}


def _words(text: str) -> tuple[str, ...]:
    """Give the words of an English text as they are compared.

    >>> _words("Long-context Models")
    ('long', 'context', 'model')
    """
    return tuple(word.removesuffix("s") if len(word) > 3 else word for word in _WORD.findall(text.casefold()))

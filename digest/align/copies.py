"""Is one text a copy of another in the same language? Told by shingles of its words.

Shingles and their smallest hashes after Broder (1997), "On the resemblance and containment of documents". A copy may
stand among other furniture, be cut short or edited; what only shares a template, a series or a quotation is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.align.same_titles import ordinals, tokens
from digest.model import Document, base_lang

GRAM = {"zh": 6}  # tokens of a shingle: six Chinese characters say about as much as four words
WORDS = 4
TEXT_KINDS = ("prose", "item", "quote", "heading", "table")
THIN = 40  # shingles: a text of fewer is compared with its code
MOST_HASHES = 128  # of a signature: shares of shingles are told to .05
FEWEST = 25  # shingles: a shorter text is a copy of nothing but by its title
Shingles = frozenset[int]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Which share 0…1 of each text's shingles the other has too; `size` is how many the smaller text has."""

    one: float
    two: float
    size: int

    @property
    def least(self) -> float:
        return min(self.one, self.two)

    @property
    def most(self) -> float:
        return max(self.one, self.two)


def shingles(document: Document) -> Shingles:
    """Give the hashes of all runs of tokens of a document's text, its title and code left out."""
    size = GRAM.get(base_lang(document.lang), WORDS)
    found = _hashes((p.text for p in document.paragraphs if p.kind in TEXT_KINDS), size)
    return found if len(found) >= THIN else _hashes((p.text for p in document.paragraphs), size)


def _hashes(texts: Iterable[str], size: int) -> Shingles:
    run = [token for text in texts for token in tokens(text)]
    if 0 < len(run) < size:
        return frozenset((_hash(run),))
    return frozenset(_hash(run[n : n + size]) for n in range(len(run) - size + 1))


def _hash(run: Sequence[str]) -> int:
    return int.from_bytes(hashlib.blake2b(" ".join(run).encode(), digest_size=8).digest(), "big")


def smallest(found: Shingles) -> tuple[int, ...]:
    """Give the hashes that stand for a text where many are compared: the smallest, in order."""
    return tuple(sorted(found)[:MOST_HASHES])


def overlap(one: Shingles, two: Shingles) -> Overlap:
    """Compare two texts by all their shingles; a text without any shares nothing."""
    shared = len(one & two)
    return Overlap(shared / (len(one) or 1), shared / (len(two) or 1), min(len(one), len(two)))


SHORTENED = 0.9  # share of the shorter text that stands in the longer where it is its teaser, under the same title
# Least and larger share of shingles. Real posts on one topic share .06, posts of one template up to .65, edited copies
# .72 and more (benchmarks/duplicates.py).
POINTED = (0.25, 0.6)  # where an address or footer says that it is the same post
TITLED = (0.45, 0.6)  # … where only the titles are the same
OWN = (0.7, 0.75)  # … and both are posts of one source, whose issues share a template
UNTITLED = (0.65, 0.8)  # … where titles differ: a post renamed by another site
RENAMED = (0.85, 0.9)  # … within one source, and where one title has a number that the other lacks


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of two posts beside their texts.

    `pointed`: one stands at the address that the other gives as its own or as its original; `titled`: the titles are
    the same; `own`: both are of one source or site, whose posts share templates and series.
    """

    pointed: bool
    titled: bool
    own: bool


def is_copy(seen: Overlap, clues: Clues, one_title: str, two_title: str) -> bool:
    """Tell by overlap and clues whether two texts of one language are copies of one post.

    Two versions, parts or issues are never copies, however much text they share: each title has a number that the
    other lacks.
    """
    ones, twos = ordinals(one_title), ordinals(two_title)
    if ones - twos and twos - ones:
        return False
    if clues.own and clues.pointed and not clues.titled:
        return False  # several posts of a source stand on one page, which was read for each
    if clues.titled and not clues.own:
        if clues.pointed and seen.size < FEWEST:
            return True  # one address, and hardly any text on one side
        if seen.least >= SHORTENED or (seen.most >= SHORTENED and seen.size >= FEWEST):
            return True
    if clues.own:
        least, most = OWN if clues.titled and ones == twos else RENAMED
    elif clues.pointed:
        least, most = POINTED
    else:
        least, most = TITLED if clues.titled else UNTITLED
    return seen.size >= FEWEST and seen.least >= least and seen.most >= most

"""Headings that many posts have, and what they are called in the other language."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

# "1. ", "2) ", "3.2 "; the number of "10 Features" counts them.
NUMBER = re.compile(r"^\s*(\d{1,2}(?:[.)]|(?:\.\d{1,2})+[.)]?))(?=\s*[^\d\s.,%])\s*")
# "第一章", "一、", "II. ", "Section 6: "
ORDINAL = re.compile(
    r"^\s*(?:第\s*[一二三四五六七八九十百\d]+\s*[章节部分篇]+|[（(]?[一二三四五六七八九十]+[）)]?\s*[、.．:：]|[IVX]{1,4}\.\s|"
    r"(?:section|chapter)\s+\d+\s*[:.-])\s*",
    re.IGNORECASE,
)
EDGES = re.compile(r"^[^\w\u4e00-\u9fff]+|[^\w\u4e00-\u9fff]+$")


@cache
def _known() -> Mapping[tuple[str, str], str]:
    """Read the list: (side, key of a heading) → the heading of the other side.

    A row whose Chinese is marked `broad` says more than its English (安全 is security, and safety): it answers English
    alone.
    """
    rows = list(csv.DictReader(files("digest").joinpath("data/headings.csv").read_text("utf-8").splitlines()))
    known: dict[tuple[str, str], str] = {}
    for row in rows:
        for side, answer in (("en", row["zh"]), ("zh", row["en"])):
            if side == "en" or not row["broad"]:
                spelt = (row[side], *filter(None, row[f"{side}_also"].split("|")))
                known |= {(side, _key(text)): answer for text in spelt}
    return known


@cache
def version() -> str:
    """Name what the list of headings says: a hash of it."""
    return sha256(repr(sorted(_known().items())).encode()).hexdigest()[:8]


def _key(text: str) -> str:
    bare = EDGES.sub("", text.replace("’", "'").casefold())
    return re.sub(r"\s+", " ", bare)


def stock_heading(text: str, side: str) -> str | None:
    """Give a heading in the other language if it is one of the stock headings, else None.

    `side` ("zh" or "en") is where `text` stands. Case, emoji and marks at its edges do not matter; an Arabic number
    with a point or bracket, or with points within, is kept before it.

    >>> stock_heading("3. Limitations:", "en"), stock_heading("第一章 引言", "zh"), stock_heading("Limitless", "en")
    ('3. 局限性', 'Introduction', None)
    """
    number = NUMBER.match(text)
    rest = ORDINAL.sub("", text[number.end() :] if number else text)
    answer = _known().get((side, _key(rest)))
    if answer is None:
        return None
    return f"{number.group(1)} {answer}" if number else answer

"""Headings that many posts have, and what they are called in the other language."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

# "3.2 ", "1. ", "第一章", "一、", "Step 2:" is no number: it says more.
NUMBER = re.compile(r"^\s*(\d+(?:\.\d+)*[.)]?)(?=\s*[^\d\s.,%])\s*")
ORDINAL = re.compile(
    r"^\s*(?:第\s*[一二三四五六七八九十百\d]+\s*[章节部分篇]+|[（(]?[一二三四五六七八九十]+[）)]?\s*[、.．:：]|[IVX]{1,4}\.\s|"
    r"(?:section|chapter)\s+\d+\s*[:.-])\s*",
    re.IGNORECASE,
)
EDGES = re.compile(r"^[^\w\u4e00-\u9fff]+|[^\w\u4e00-\u9fff]+$")


@cache
def _known() -> Mapping[tuple[str, str], str]:
    """Read the list: (side, key of a heading) → the heading of the other side, the main spelling of each row first."""
    rows = list(csv.DictReader(files("digest").joinpath("data/headings.csv").read_text("utf-8").splitlines()))
    known: dict[tuple[str, str], str] = {}
    for row in rows:
        known[("en", _key(row["en"]))] = row["zh"]
        known[("zh", _key(row["zh"]))] = row["en"]
    for row in rows:
        for side, answer in (("en", row["zh"]), ("zh", row["en"])):
            for text in filter(None, (row[f"{side}_also"] or "").split("|")):
                known.setdefault((side, _key(text)), answer)
    return known


def _key(text: str) -> str:
    bare = EDGES.sub("", text.replace("’", "'").casefold())
    return re.sub(r"\s+", " ", bare)


def stock_heading(text: str, side: str) -> str | None:
    """Give a heading in the other language if it is one of the stock headings, else None.

    `side` ("zh" or "en") is where `text` stands. Case, emoji and marks at its edges do not matter; an Arabic number
    before it is kept.

    >>> stock_heading("3. Limitations:", "en"), stock_heading("第一章 引言", "zh"), stock_heading("Limitless", "en")
    ('3. 局限性', 'Introduction', None)
    """
    number = NUMBER.match(text)
    rest = ORDINAL.sub("", text[number.end() :] if number else text)
    answer = _known().get((side, _key(rest)))
    if answer is None:
        return None
    return f"{number.group(1)} {answer}" if number else answer

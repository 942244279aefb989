"""What of its site a day's page stands in: its neighbours, and what a reader can do there."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Frame:
    """The days before and after a day that have pages, None where there are none.

    `report` is where a reader reports a pair (settings, `site.report`), "" for nowhere; `search`: there is a search
    page; `corrections`: there is a page of corrections; `sources` and `terms` are the addresses, within the output, of
    the pages that list a source's posts and a term's lines, by source name and by (zh, en).
    """

    earlier: date | None = None
    later: date | None = None
    report: str = ""
    search: bool = False
    sources: tuple[tuple[str, str], ...] = ()
    terms: tuple[tuple[tuple[str, str], str], ...] = ()
    corrections: bool = False


ALONE = Frame()  # a page by itself: no site around it


def slug(name: str) -> str:
    """Give a name as part of a file name: what it has of ASCII letters and digits, and a hash that tells it apart.

    >>> slug("Hugging Face"), slug("美团技术团队")
    ('hugging-face-1b817f', '3fbdb4')
    """
    words = re.findall("[a-z0-9]+", unicodedata.normalize("NFKD", name).casefold())
    tag = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return "-".join([*words, tag])[-60:].lstrip("-")

"""Which engines made lines of a page that could not be made now (edge)."""

from __future__ import annotations

import json
from pathlib import Path

from digest.filling import Translators
from digest.model import base_lang
from digest.translate.engine import WAYS

MAKERS = ("mt:", "chat:", "write:")  # how the signatures begin of engines that make lines


def lost_engines(signature: str, by: Translators, page: Path) -> tuple[str, ...]:
    """Name the engines whose lines stand on a page (its JSON) while none of their kind can make such lines now.

    `signature` is what made the page (`daily.signature_of`), `by` what translates now. A model that was removed or a
    key that is not set for once must not wipe from a published page what was made with it. Another model or prompt of
    the same kind is no loss: the page can be made anew.
    """
    here = {(_kind(e.signature), source) for e in by.engines for source, target in WAYS if e.serves(source, target)}
    if by.writer:
        here |= {(_kind(by.writer.signature), source) for source, _ in WAYS}
    made = engines_in(signature)
    lost = {name for name, source in lines_owed(page) if (_kind(name), source) not in here} if made else set()
    return tuple(name for name in made if name in lost)


def engines_in(signature: str) -> tuple[str, ...]:
    """Give the engines of a signature; other parts have a blank, which no engine's name has.

    >>> engines_in("digest 0.4.0 · chat: a source 1a2b · mt:en-zh:beam2 · terms 12")
    ('mt:en-zh:beam2',)
    """
    return tuple(part for part in signature.split(" · ") if part.startswith(MAKERS) and " " not in part)


def lines_owed(page: Path) -> frozenset[tuple[str, str]]:
    """Give the engines that lines of a day's page are owed to, each with the base language of a post it put.

    None where the page cannot be read as one.
    """
    try:
        posts = json.loads(page.read_text("utf-8"))["posts"]
        return frozenset(
            (row["engine"], base_lang(post["lang"]))
            for post in posts for row in (*post["pairs"], *post["outline"], post["title_made"]) if row and row["engine"]
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def _kind(signature: str) -> str:
    return signature.partition(":")[0]

"""The archive's days → the verified pairs in them that a translator may have, each once (pure).

Days come one at a time and are let go of: of what was given, only hashes are kept.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import get_args
from zoneinfo import ZoneInfo

from digest.corrected import Judge
from digest.model import Abstract, Digest, Line, LinePair, MadeBy
from digest.normalise.split import split
from digest.render.address import folder
from digest.render.exported import Exported, PairKind
from digest.render.inert import inert

MAKERS = tuple(maker for maker in get_args(MadeBy) if maker != "none")
# Notes of a title pair of which one side is no translation, or not sure.
_NO_TITLES = {"title-part-chinese", "title-part-english", "title-guessed"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: pairs by these makers, of these sources (none named: all), titles and headings or not.

    `unlicensed`: also of sources whose licence is not known.
    """

    makers: frozenset[str] = frozenset({"human"})
    sources: frozenset[str] = frozenset()
    titles: bool = True
    headings: bool = False
    unlicensed: bool = False


@dataclass(frozen=True, slots=True)
class Papers:
    """What is known of licences: by source, "" or missing where none is, and by an engine's signature.

    `link` is the public address of the output now, "" for what each day says.
    """

    sources: Mapping[str, str]
    engine: Callable[[str], str] = lambda _: ""
    link: str = ""


@dataclass(slots=True)
class Account:
    """What became of the verified pairs: how many were given, and of the others how many were left out, and why.

    `unlicensed` counts by source, `makers` by maker; `guessed` are pairs with characters whose reading is not sure.
    `seen` are the sources that have posts in the days.
    """

    given: int = 0
    unlicensed: Counter[str] = field(default_factory=Counter)
    makers: Counter[str] = field(default_factory=Counter)
    guessed: int = 0
    seen: set[str] = field(default_factory=set)


def exported(
    days: Iterable[Digest], wish: Wish, papers: Papers, judge: Judge, account: Account
) -> Iterator[Exported]:  # fmt: skip
    """Give the pairs in the order of the days, and on a day in that of its page; `account` is kept as they are given.

    Not given: what is not verified or has one side, as what a correction rejected has, and what holds a guess, which is
    marked on the page and would be seen by nobody in a memory. Titles of two editions are judged as any pair is.
    """
    given, refused = set[int](), set[int]()
    for digest in map(inert, days):
        posts = (*((post, False) for post in digest.abstracts), *((post, True) for post in digest.newly))
        for post, newly in posts:
            account.seen.update(filter(None, (post.source, post.edition_source)))
            if wish.sources and not wish.sources & {post.source, post.edition_source}:
                continue
            for kind, pair in _pairs(post, wish, judge):
                keys = _keys(post.id, pair)
                if pair.zh is None or pair.en is None or not given.isdisjoint(keys):
                    continue
                found = _exported(digest, post, newly, kind, pair, pair.zh, pair.en, papers)
                if _allowed(found, wish, account if refused.isdisjoint(keys) else Account()):  # each is counted once
                    account.given += 1
                    given |= keys
                    yield found
                else:
                    refused |= keys


def _pairs(post: Abstract, wish: Wish, judge: Judge) -> Iterator[tuple[PairKind, LinePair]]:
    """Give the verified pairs of a post, its title first."""
    if wish.titles and (title := _title(post, judge)):
        yield "title", title
    kinds: tuple[tuple[PairKind, tuple[LinePair, ...]], ...] = (
        *((("heading", post.outline),) if wish.headings else ()), ("line", post.pairs),
    )  # fmt: skip
    for kind, pairs in kinds:
        yield from ((kind, pair) for pair in pairs if pair.verdict.verified)


def _title(post: Abstract, judge: Judge) -> LinePair | None:
    if post.title_made:
        return post.title_made if post.title_made.verdict.verified else None
    zh, en = post.title.zh, post.title.en
    if not zh or not en or _NO_TITLES & set(post.notes):
        return None
    lines = Line(post.title_langs.zh or "zh", zh), Line(post.title_langs.en or "en", en)
    verdict = judge(*lines, "human")
    return LinePair("", *lines, "human", verdict) if verdict.verified else None


def _keys(post: str, pair: LinePair) -> set[int]:
    """Give what a pair is known by where it stands again: its texts, and its maker and id.

    What a machine made of a line does not stand in the way of what people made of it, nor a pair that may not be given
    in the way of a later one that says the same and may.
    """
    texts = f"{pair.zh and pair.zh.text}\n{pair.en and pair.en.text}"
    return {_key(post, texts), *([_key(post, pair.made_by, pair.id)] if pair.id else ())}


def _key(*parts: str) -> int:
    return int.from_bytes(hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest())


def _exported(
    digest: Digest, post: Abstract, newly: bool, kind: PairKind, pair: LinePair, zh: Line, en: Line, papers: Papers
) -> Exported:  # fmt: skip
    mark = ("n" if newly else "") + (f"l-{pair.id}" if kind == "line" else f"-{post.id}" if newly else f"p-{post.id}")
    made = pair.correction.was if pair.correction else pair  # what was reworded is still owed to whom it was owed
    human = made.made_by == "human"
    by = (pair.correction.by,) if pair.correction and pair.correction.by else ()
    return Exported(
        kind=kind,
        post=post.id,
        pair="" if kind == "title" else pair.id,
        zh=zh,
        en=en,
        verdict=pair.verdict,
        made_by=pair.made_by,
        lang=post.lang,
        source=post.source,
        title=post.title,
        url=post.url,
        published=post.published.astimezone(ZoneInfo(digest.timezone)),
        day=digest.day,
        permalink=f"{folder(papers.link or digest.link)}{digest.day.isoformat()}.html#{mark}",
        engine=pair.engine,
        edition_source=post.edition_source if human else "",
        credits=tuple(dict.fromkeys((*(post.credits if human else ()), *by))),
        correction=pair.correction,
        several=any(len(line.places) > 1 or len(split(line.text, line.code)) > 1 for line in (zh, en)),
        licence=papers.sources.get(post.source, ""),
        edition_licence=papers.sources.get(post.edition_source, "") if human else "",
        engine_licence=papers.engine(pair.engine) if pair.engine else "",
    )


def _allowed(found: Exported, wish: Wish, account: Account) -> bool:
    """Tell whether a pair may be given, and count why not."""
    if found.made_by not in wish.makers:
        account.makers[found.made_by] += 1
    elif found.zh.guesses or found.en.guesses:
        account.guessed += 1
    elif not wish.unlicensed and (lacking := _unlicensed(found)):
        account.unlicensed[lacking] += 1
    else:
        return True
    return False


def _unlicensed(found: Exported) -> str:
    """Name the source whose licence is lacking, "" where none is."""
    if not found.licence:
        return found.source
    return found.edition_source if not found.edition_licence and found.edition_source != found.source else ""

"""The labelled pairs of the duplicates benchmark: which posts they are made from, and how many of each kind."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from duplicate_texts import (
    Pair,
    as_feed,
    as_page,
    carried,
    edited,
    lines_of,
    look_alikes,
    made_of,
    other_number,
    prose_of,
    typos,
)

from digest.align.embed import Embedder
from digest.model import Document, Paragraph
from digest.normalise.markdown import read_markdown
from digest.normalise.split import sentences

SITE = "https://first.example"
UNTIL = "le"  # half of the posts by name: the others are kept unread


@dataclass(frozen=True)
class Both:
    """A post in both languages."""

    slug: str
    zh: Document
    en: Document


def read_posts(corpora: Path) -> list[Both]:
    """Read the posts of hfblog and hfblog-more that come before `UNTIL` by name."""
    paths = sorted([*corpora.glob("hfblog/*.en.md"), *corpora.glob("hfblog-more/*.en.md")], key=lambda path: path.name)
    posts = []
    for path in paths:
        slug = path.name.removesuffix(".en.md")
        if slug >= UNTIL:
            break
        zh, en = (
            read_markdown(
                path.with_name(f"{slug}.{side}.md").read_text("utf-8"),
                f"{SITE}/{side}/{slug}",
                lang=side,
            )
            for side in ("zh", "en")
        )
        posts.append(Both(slug, zh, en))
    return posts


def halves(posts: Sequence[Both]) -> tuple[list[Both], list[Both]]:
    """Give what is tuned on (the first third of all posts by name) and what is reported on."""
    cut = 2 * len(posts) // 3
    return list(posts[:cut]), list(posts[cut:])


def copies_of(post: Both, other: Both, rng: random.Random) -> Iterator[Pair]:
    zh, en = carried(post.zh, "first"), carried(post.en, "first")
    yield Pair("feed", True, en, carried(as_feed(post.en), "planet", hours=5), worth=False)
    yield Pair("repost", True, zh, carried(post.zh, "first", hours=500, path="again/"), worth=False)
    shout = post.en.title.title() + " - Some Site"
    yield Pair("mirror", True, en, carried(as_page(post.en, shout), "mirror", hours=30, title=shout), worth=False)
    foot = f"<p>本文首发于 <a href='{zh.post.url}'>某博客</a>，已获授权。</p>"
    name = f"[转载] {post.zh.title}"
    yield Pair(
        "mirror", True, zh, carried(as_page(post.zh, name, foot=foot), "zhuanzai", hours=50, title=name), worth=False
    )
    name = f"干货：{other.zh.title[:4]}之外，你该读的一篇"
    yield Pair("renamed", True, zh, carried(as_page(post.zh, name), "gonghao", hours=50, title=name))
    teaser = " ".join(t for p, texts in lines_of(post.en) if p.kind == "prose" for t in texts)[:600]
    short = replace(post.en, paragraphs=(Paragraph("prose", teaser),))
    yield Pair("excerpt", True, en, carried(short, "links", hours=2), worth=False)
    yield Pair("typos", True, en, carried(typos(post.en, rng), "first", hours=20, path="typos/"), worth=False)
    yield Pair("typos", True, zh, carried(typos(post.zh, rng), "mirror", hours=20), worth=False)
    if (numbered := other_number(post.en)) is not None:
        yield Pair("number", True, en, carried(numbered, "mirror", hours=20), worth=True)
    told = edited(post.en, rng, other.en, changed=0.1, gone=0.02, new=0.1)
    yield Pair("told", True, en, carried(told, "first", hours=40, path="told/"), worth=True)
    told = edited(post.zh, rng, other.zh, changed=0.1, gone=0.02, new=0.1)
    yield Pair("told", True, zh, carried(told, "mirror", hours=40), worth=True)
    for document, source in ((post.en, "first"), (post.zh, "mirror")):
        foreign = other.en if document is post.en else other.zh
        rewritten = edited(document, rng, foreign, changed=0.25, gone=0.1, new=0.1)
        second = carried(rewritten, source, hours=60, path="rewritten/")
        yield Pair("rewritten", True, carried(document, "first"), second, worth=True)
    for document, foreign in ((post.en, other.en), (post.zh, other.zh)):
        prose = prose_of(document)
        short = made_of(document, document.title, *(prose[n : n + 2] for n in range(0, 8, 2)))
        one, changed = carried(short, "first", path="short/"), edited(short, rng, foreign, changed=0.2, gone=0, new=0.2)
        yield Pair("short-mirror", True, one, carried(as_page(short, short.title), "mirror", hours=9), worth=False)
        yield Pair("short-told", True, one, carried(changed, "mirror", hours=9, path="short/"), worth=True)


def false_of(posts: Sequence[Both], near: Sequence[Sequence[int]], rng: random.Random) -> Iterator[Pair]:
    for n, post in enumerate(posts):
        for k in near[n]:
            for one, two in ((post.en, posts[k].en), (post.zh, posts[k].zh)):
                yield Pair("near", False, carried(one, "first"), carried(two, "first", hours=24))
        for document, other in ((post.en, posts[near[n][0]].en), (post.zh, posts[near[n][0]].zh)):
            for kind, one, two in look_alikes(document, other, rng):
                source = "second" if kind.startswith("quotes") else "first"
                yield Pair(kind, False, carried(one, "first", path="one/"), carried(two, source, hours=24, path="two/"))


def nearest(posts: Sequence[Both], embedder: Embedder) -> list[list[int]]:
    """Give for each post the two nearest others by English title and by mean vector."""
    titles = embedder.encode([post.en.title for post in posts])
    means = np.stack([embedder.encode([s.text for s in sentences(p.en.paragraphs)]).mean(axis=0) for p in posts])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    ranked = []
    for n in range(len(posts)):
        best = [int(k) for rows in (titles, means) for k in np.argsort(-(rows @ rows[n]), kind="stable")[:3] if k != n]
        ranked.append(list(dict.fromkeys(best)))
    return ranked

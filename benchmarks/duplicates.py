"""One story, one entry: `python benchmarks/duplicates.py CORPORA [tuning]` over posts of hfblog and hfblog-more.

Copies are made by program from real posts (`duplicate_texts.py`), each in a pool of its own with six posts beside it:
by another feed with other markup (feed), posted again (repost), on another site's page among its furniture, under its
title (mirror) or another (renamed), shortened to a teaser (excerpt), edited (typos; number: one is corrected; told: a
tenth of the sentences changed and a tenth new; rewritten: a quarter changed, a tenth dropped, a tenth new), a mirror of
the translation (translated), a second translation (again); and eight sentences alone, mirrored and edited (short-…).

Look-alikes are real: the two nearest posts by title and by mean vector in one language (near); and made: versions of
one template (versions), the same changes under another version (versions-alike), newsletters of one title and frame
(letters), short posts that share most of their text with every other (frame-only, frame-mostly), parts with one
introduction (parts), posts that quote a third or all of another (quotes, quotes-all).

Comparable posts are a post and its translation on another site, without any link, with half of its sentences in another
order; all other pairs of these posts are wrong, and so are those whose title was changed in one name or number.

The posts are those of the first half by name. Thresholds were chosen on two thirds of them (`tuning`); without that
word the figures are of the others.
"""

from __future__ import annotations

import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

from duplicate_pairs import Both, copies_of, false_of, halves, nearest, read_posts
from duplicate_texts import Carried, Pair, as_page, carried, lines_of, put_together
from vectors import kept_embedder

from digest.align.embed import Embedder
from digest.model import Document, Edition, Story
from digest.stories.comparable import find_comparable
from digest.stories.same import find_same
from digest.stories.signatures import signature_of
from digest.stories.told import Told

SEED = 6
SWAPPED = (("PyTorch", "JAX"), ("CPU", "GPU"), ("GPU", "TPU"), ("Hugging Face", "Google"), ("Transformers", "vLLM"))
BESIDE = 6  # other posts in the pool of a pair


@dataclass
class Measured:
    """Copies found, by kind too, and comparable posts found; `told` counts how often `worth` was right, of how many."""

    right: int = 0
    found: int = 0
    truth: int = 0
    comparable_right: int = 0
    comparable_found: int = 0
    comparable_truth: int = 0
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


signature = cache(signature_of)


def told(one: Carried, order: int) -> Told:
    return Told(one.post, one.post.url, signature(one.document), order, stands=False)


def linked(pool: Sequence[Carried], editions: Sequence[Edition], embedder: Embedder) -> tuple[Story, ...]:
    documents = {one.post.id: one.document for one in pool}
    texts = [told(one, n) for n, one in enumerate(pool)]
    return find_same(
        texts, documents.keys(), editions, {}, lambda text: documents[text.post.id], lambda text: (), embedder
    )


def judged(pair: Pair, beside: Sequence[Document], embedder: Embedder, measured: Measured) -> None:
    """Look for copies in the pool of a pair, and count."""
    pool = [pair.one, pair.two, *(carried(document, "first", hours=-30 - n) for n, document in enumerate(beside))]
    stories = linked(pool, (), embedder)
    names = {pair.one.post.id, pair.two.post.id}
    hit = [story for story in stories if {story.post, story.same_as} == names]
    count(measured, pair.kind, pair.same, bool(hit), wrong=len(stories) - len(hit))
    if hit and pair.worth is not None:
        measured.kinds[pair.kind]["worth asked"] += 1
        measured.kinds[pair.kind]["worth right"] += hit[0].worth == pair.worth


def count(measured: Measured, kind: str, same: bool, hit: bool, *, wrong: int = 0) -> None:
    measured.truth += same
    measured.found += hit + wrong
    measured.right += hit and same
    measured.kinds[kind]["true" if same else "false"] += 1
    measured.kinds[kind]["found"] += hit
    measured.kinds[kind]["strangers"] += wrong


def translated(post: Both, embedder: Embedder, measured: Measured) -> None:
    """A mirror of a translation, and a second translation, belong to the post that has the first."""
    en, zh = carried(post.en, "first"), carried(post.zh, "second", hours=400)
    edition = Edition(en.post.id, "zh", zh.post.url, zh.post.id, "title", 0.9, "en")
    mirror = carried(as_page(post.zh, post.zh.title), "zhuanzai", hours=450)
    stories = linked([en, zh, mirror], [edition], embedder)
    hit = any((story.post, story.same_as) == (mirror.post.id, en.post.id) for story in stories)
    count(measured, "translated", True, hit, wrong=len(stories) - hit)
    # the first translation is some other text: only the original tells that this is another
    stub = replace(zh, document=replace(zh.document, paragraphs=zh.document.paragraphs[:1]))
    again = carried(post.zh, "zhuanzai", hours=450)
    stories = linked([en, stub, again], [edition], embedder)
    hit = any((story.post, story.same_as) == (again.post.id, en.post.id) for story in stories)
    count(measured, "again", True, hit, wrong=len(stories) - hit)


# ---- comparable posts -----------------------------------------------------------------------------------------------


def retold(document: Document, rng: random.Random) -> Document:
    """Keep half of the sentences, in another order of paragraphs."""
    lines = [
        (p, [t for t in texts if p.kind not in ("prose", "item") or rng.random() < 0.5])
        for p, texts in lines_of(document)
    ]
    rng.shuffle(lines)
    made = put_together(document, lines)
    # names and links stand in what is left; the links of spans were dropped with the sentences
    return replace(made, clues=())


def compare(posts: Sequence[Both], embedder: Embedder, measured: Measured) -> None:
    rng = random.Random(SEED)
    pool: list[tuple[str, Carried]] = []
    for post in posts:
        pool.append((post.slug, carried(post.en, f"en-{post.slug}")))
        pool.append((post.slug, carried(retold(post.zh, rng), f"zh-{post.slug}", hours=30)))
        for document in (post.zh, post.en):
            for title in other_titles(document.title):
                slug = f"{post.slug}/{len(pool)}"
                pool.append((slug, carried(retold(document, rng), slug.replace("/", "-"), hours=40, title=title)))
    documents = {one.post.id: one.document for _, one in pool}
    slugs = {one.post.id: slug for slug, one in pool}
    texts = [told(one, n) for n, (_, one) in enumerate(pool)]
    found = find_comparable(texts, documents.keys(), (), {}, lambda text: documents[text.post.id], embedder)
    # two posts whose titles were changed may tell one story, if they were changed alike: nobody knows
    found = tuple(pair for pair in found if not all("/" in slugs[name] for name in pair[:2]))
    right = [slugs[one] == slugs[two] for one, two, _ in found]
    measured.comparable_found, measured.comparable_right = len(right), sum(right)
    measured.comparable_truth = len(posts)
    for (one, two, near), is_right in zip(found, right, strict=True):
        if not is_right:
            print(f"wrongly comparable: {slugs[one]} and {slugs[two]} ({near:.2f})")


def other_titles(title: str) -> Iterator[str]:
    """Give titles of other stories that are nearly this one's: another version, another name."""
    if match := re.search(r"\d+", title):
        yield title[: match.start()] + str(int(match[0]) + 1) + title[match.end() :]
    else:
        yield title + " 2.0"
    for old, new in (
        ("PyTorch", "JAX"),
        ("CPU", "GPU"),
        ("GPU", "TPU"),
        ("Hugging Face", "Google"),
        ("Transformers", "vLLM"),
    ):
        if old in title:
            yield title.replace(old, new)
            break


# ---- all of it ------------------------------------------------------------------------------------------------------


def measure(corpora: Path, *, tuning: bool = False) -> Measured:
    """Measure on the posts that nothing was tuned on, or on the others."""
    embedder = kept_embedder()
    some = halves(read_posts(corpora))[0 if tuning else 1]
    near = nearest(some, embedder)
    measured = Measured()
    rng = random.Random(SEED)
    pairs: list[tuple[Both, Pair]] = []
    for n, post in enumerate(some):
        pairs += [(post, pair) for pair in copies_of(post, some[near[n][0]], rng)]
    pairs += [(some[0], pair) for pair in false_of(some, near, rng)]
    for post, pair in pairs:
        beside = [d for k in rng.sample(range(len(some)), BESIDE // 2) for d in (some[k].en, some[k].zh)]
        taken = {pair.one.document.title, pair.two.document.title}
        judged(
            pair, [d for d in beside if some and d.title not in taken and post.slug not in d.url], embedder, measured
        )
    for post in some:
        translated(post, embedder, measured)
    compare(some, embedder, measured)
    return measured


def main(corpora: Path, *options: str) -> None:
    measured = measure(corpora, tuning="tuning" in options)
    for kind, counts in measured.kinds.items():
        words = f"{kind:15} {counts['true']:4} copies, {counts['false']:4} others, taken as copies {counts['found']:4}"
        asked = counts["worth asked"]
        words += f", worth telling judged right {counts['worth right']} of {asked}" if asked else ""
        print(words + (f", strangers {counts['strangers']}" if counts["strangers"] else ""))
    pairs = sum(c["true"] + c["false"] for c in measured.kinds.values())
    print(f"{pairs} pairs: precision {measured.right / max(measured.found, 1):.3f} (≥ .98), "
          f"recall {measured.right / max(measured.truth, 1):.3f} (≥ .90)")  # fmt: skip
    print(f"comparable: precision {measured.comparable_right / max(measured.comparable_found, 1):.3f} (≥ .99), "
          f"found {measured.comparable_right} of {measured.comparable_truth}")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])

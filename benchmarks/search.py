"""Whether a question finds the post that answers it, in the other language: `python benchmarks/search.py CORPORA SITE`.

    python benchmarks/search.py CORPORA SITE [--keep DIR] [--ask SET]

Builds an archive by the real job (search_archive.py), in which the posts that are asked for are in one language only,
and asks for each in the other. Printed is the rank of the right post among all posts: the mean reciprocal rank, and how
many are first and among the first ten; of the product's search, of the same where there is no store and so no whole
text, of vectors alone (the largest cosine of a post's lines and chunks, as they are and with the title before them),
and of plain FTS5 over the same lines and chunks with the unicode61 and trigram tokenizers and with jieba's words,
questions as any of their terms, best BM25 of a post's texts. Then seconds and bytes. Exits 1 where the product's figure
is under the goal.

Sets: `fresh` was written by somebody who had seen no result, and is reported; `whole` was written from the whole texts
of the same posts, `printed` from what their entries print; `tuning` asks for other posts: weights were chosen on it.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

import argparse
import contextlib
import json
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
import search_archive

from digest.align.embed import Embedder, load_embedder
from digest.align.words import words
from digest.linking.kept import KeptTexts
from digest.output import day_paths
from digest.recorded import digest_of
from digest.searching import FILE, Index, opened, search
from digest.searching.chunks import chunks_of
from digest.searching.rows import encoded_texts, entries_of
from digest.store import FILE as STORE
from digest.store.looking import looking

GOAL = 0.8
GOLD = Path(__file__).parent / "gold"
SETS = {
    "fresh": "search_questions_fresh.jsonl",
    "whole": "search_questions_whole.jsonl",
    "printed": "search_questions.jsonl",
    "tuning": "search_tuning.jsonl",
}
Ranking = Callable[[str], Sequence[str]]  # a question → ids of posts, best first


@dataclass(frozen=True)
class Question:
    """A question about the post at an address that ends in `slug`, which is in the language `side` only."""

    slug: str
    side: str
    question: str


def questions(name: str) -> list[Question]:
    return [Question(**json.loads(line)) for line in (GOLD / name).read_text("utf-8").splitlines()]


@dataclass
class Texts:
    """The lines and chunks of an archive's posts; `behind` has them with their titles before them."""

    post: list[str]
    text: list[str]
    behind: list[str]
    slugs: dict[str, set[str]]
    sides: dict[str, set[str]]


def texts_of(out: Path, kept: KeptTexts) -> Texts:
    found = Texts([], [], [], {}, {})
    for path in day_paths(out):
        for entry in entries_of(digest_of(path.read_text("utf-8"), path.name)):
            told = entry.abstract
            if told.id in found.slugs:
                continue
            found.slugs[told.id] = {url.rsplit("/", 1)[1] for url in (told.url.zh, told.url.en) if url}
            found.sides[told.id] = {side for _, side, _ in encoded_texts(entry)}
            for number, side, text in encoded_texts(entry):
                found.post.append(told.id)
                found.text.append(entry.rows[number].text.get(side) or "")
                found.behind.append(text)
    for post, name, mark in kept.marks(found.slugs):
        if document := kept.document(name, mark):
            for chunk in chunks_of(document):
                found.post.append(post)
                found.text.append(chunk)
                found.behind.append(f"{document.title}: {chunk}")
    return found


def best_posts(posts: Sequence[str], scored: Iterable[tuple[int, float]]) -> list[str]:
    best: dict[str, float] = {}
    for at, score in scored:
        best[posts[at]] = max(best.get(posts[at], score), score)
    return sorted(best, key=lambda post: -best[post])


def fts(texts: Texts, tokenizer: str, cut: Callable[[str], Iterable[str]], *, whole: bool) -> Ranking:
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE VIRTUAL TABLE plain USING fts5(text, tokenize='{tokenizer}')")
    for at, text in enumerate(texts.text):
        told = text if whole else " ".join(cut(text))
        db.execute("INSERT INTO plain (rowid, text) VALUES (?, ?)", (at + 1, told))

    def ranking(question: str) -> Sequence[str]:
        wanted = " OR ".join(f'"{term}"' for term in dict.fromkeys(cut(question)))
        rows = db.execute("SELECT rowid, -bm25(plain) FROM plain WHERE plain MATCH ?", (wanted,)) if wanted else ()
        return best_posts(texts.post, ((at - 1, score) for at, score in rows))

    return ranking


def trigrams(text: str) -> list[str]:
    plain = re.sub(r"[\W_]+", " ", text)
    return [plain[at : at + 3] for at in range(len(plain) - 2)]


def vectors(texts: Texts, shown: Sequence[str], embedder: Embedder) -> Ranking:
    rows = embedder.encode(shown)
    return lambda question: best_posts(texts.post, enumerate((rows @ embedder.encode([question])[0]).tolist()))


def product(index: Index, embedder: Embedder) -> Ranking:
    return lambda question: [hit.post for hit in search(index, embedder, question, most=10_000)]


def report(name: str, asked: Sequence[Question], texts: Texts, ranking: Ranking) -> float:
    """Print how a way to search does; a post that it does not give has no rank."""
    ranks = []
    for each in asked:
        right = next(post for post, slugs in texts.slugs.items() if each.slug in slugs)
        order = list(ranking(each.question))
        ranks.append(order.index(right) + 1 if right in order else 0)
    parts = {
        side: [rank for each, rank in zip(asked, ranks, strict=True) if each.side == side] for side in ("en", "zh")
    }
    figures = {side: mean(1 / rank if rank else 0 for rank in some) for side, some in parts.items()}
    figure = mean(1 / rank if rank else 0 for rank in ranks)
    print(f"{name:34} {figure:.3f}  {figures['en']:6.3f}  {figures['zh']:6.3f}  {sum(r == 1 for r in ranks):5}  "
          f"{sum(0 < r <= 10 for r in ranks):5}  {' '.join(str(rank or '-') for rank in ranks)}")  # fmt: skip
    return figure


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("site", type=Path)
    parser.add_argument("--keep", type=Path, help="keep the archive here, or use the one that is")
    parser.add_argument("--ask", choices=SETS, default="fresh", help="which questions")
    arguments = parser.parse_args()
    printed, asked = questions(SETS["printed"]), questions(SETS[arguments.ask])
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if not (folder / "out").exists():
            served = search_archive.build(
                arguments.corpora, arguments.site, {each.slug: each.side for each in printed}, folder
            )
            print(f"{served} posts were served")
        kept = KeptTexts(stack.enter_context(looking(folder / "state" / STORE)))
        texts = texts_of(folder / "out", kept)
        single = {side: sum(sides == {side} for sides in texts.sides.values()) for side in ("zh", "en")}
        print(f"{len(texts.slugs)} posts in the archive, {single['zh']} in Chinese and {single['en']} in English only")
        wrong = [
            each.slug for each in asked
            if not any(each.slug in slugs and texts.sides[post] == {each.side} for post, slugs in texts.slugs.items())
        ]  # fmt: skip
        print(f"not in one language as they should be, and not asked: {wrong or 'none'}")
        asked = [each for each in asked if each.slug not in wrong]
        embedder = load_embedder()
        index = stack.enter_context(opened(folder / "state" / FILE))
        alone = stack.enter_context(opened(folder / "state" / f"alone-{FILE}"))
        for each, whole in ((index, kept), (alone, None)):
            began = time.perf_counter()
            done = each.update(folder / "out", embedder, whole)
            print(f"{done.encoded} days, {done.texts} whole texts encoded in {time.perf_counter() - began:.0f} s")
        print(f"\n{'':34} {'MRR':5}  {'zh→en':6}  {'en→zh':6}  first  ≤ 10  ranks")
        figure = report("the product", asked, texts, product(index, embedder))
        report("the product without a store", asked, texts, product(alone, embedder))
        report("vectors alone, title before", asked, texts, vectors(texts, texts.behind, embedder))
        report("vectors alone", asked, texts, vectors(texts, texts.text, embedder))
        report("FTS5 unicode61", asked, texts, fts(texts, "unicode61", lambda t: re.findall(r"\w+", t), whole=True))
        report("FTS5 trigram", asked, texts, fts(texts, "trigram", trigrams, whole=True))
        report("FTS5, jieba's words", asked, texts, fts(texts, "unicode61", words, whole=False))
        times = []
        for each in asked:
            began = time.perf_counter()
            search(index, embedder, each.question)
            times.append(time.perf_counter() - began)
        size = sum(path.stat().st_size for path in (folder / "state").glob(FILE + "*"))
        print(f"\na search takes {1000 * float(np.median(times)):.0f} ms; the index has {size:,} bytes, "
              f"{size / len(texts.text):,.0f} a text and language")  # fmt: skip
    return 0 if figure >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())

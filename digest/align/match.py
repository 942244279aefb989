"""Is one document the other-language edition of another? Asked before any edition is believed.

A post on the same topic shares names and centroid with the other; a translation shares its order. So the test is a
chain: sentences of one side whose nearest neighbour on the other side has them as its nearest too (mutual nearest
neighbours, as in Artetxe & Schwenk 2019), counted where they rise in both texts together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digest.align.band import heaviest_chain
from digest.align.embed import Embedder, Vectors
from digest.model import Document, Sentence, base_lang

LONGEST = 1024  # sentences of the longer side that are looked at: enough to tell, and bounded in memory
FEWEST = 4  # a text shorter than this counts as this long: two lines in common are no edition
THIN = 0.25  # below this share of the other's length, an edition becomes unlikely
SURE = 0.5  # cosine of a pair that says the same; 1 % of wrong sentences of FLORES' neighbours reach .58
SHARED = 0.4  # structure that documents must share to be compared by meaning (true pairs ≥ .68, wrong ≤ .43 here)
ACCEPT = 0.5


@dataclass(frozen=True, slots=True)
class Match:
    """Whether two documents are editions of one post; `score` 0…1, accepted from ACCEPT; `reasons` are the facts."""

    accepted: bool
    score: float
    reasons: tuple[str, ...]


def same_post(
    zh: Document,
    en: Document,
    zh_sentences: Sequence[Sentence],
    en_sentences: Sequence[Sentence],
    embedder: Embedder,
) -> Match:
    """Judge two documents by their texts; see `same_post_by_vectors` where the sentences are encoded already."""
    zh_vectors = embedder.encode([s.text for s in zh_sentences])
    en_vectors = embedder.encode([s.text for s in en_sentences])
    return same_post_by_vectors(zh, en, zh_vectors, en_vectors, embedder)


def same_post_by_vectors(
    zh: Document, en: Document, zh_vectors: Vectors, en_vectors: Vectors, embedder: Embedder
) -> Match:
    """Judge two documents: the share of the shorter one that pairs in order, helped by title and structure.

    score = chain + 0.15 × (title cosine − 0.4) + 0.2 × (shared structure − 0.5) − what the shorter text lacks to a
    quarter of the longer, cut to 0…1. Measured (benchmarks/match.py): 105 true pairs ≥ .74, 963 hard wrong ones ≤ .21.
    """
    if (base_lang(zh.lang), base_lang(en.lang)) != ("zh", "en"):
        return Match(False, 0.0, (f"languages:{zh.lang}-{en.lang}",))
    if not len(zh_vectors) or not len(en_vectors):
        return Match(False, 0.0, ("empty",))
    chain = chained_share(zh_vectors, en_vectors)
    titles = embedder.encode([zh.title, en.title])
    title = float(titles[0] @ titles[1])
    shared = shared_structure(zh, en)
    size = min(len(zh_vectors), len(en_vectors)) / max(len(zh_vectors), len(en_vectors))
    score = chain + 0.15 * (title - 0.4) + (0.0 if shared is None else 0.2 * (shared - 0.5)) - max(THIN - size, 0)
    score = round(min(max(score, 0.0), 1.0), 4)
    facts = [f"chain:{chain:.2f}", f"title:{title:.2f}", f"size:{size:.2f}"]
    if shared is not None:
        facts.append(f"structure:{shared:.2f}")
    return Match(score >= ACCEPT, score, tuple(facts))


def chained_share(zh: Vectors, en: Vectors) -> float:
    """Give the share of the shorter text's sentences that pair, mutually nearest and in order, with the other's."""
    zh, en = _sample(zh, len(en)), _sample(en, len(zh))
    close = zh @ en.T
    best_en, best_zh = close.argmax(axis=1), close.argmax(axis=0)
    mutual = [(i, int(j), 1.0) for i, j in enumerate(best_en) if best_zh[j] == i and close[i, j] >= SURE]
    return len(heaviest_chain(mutual, len(en))) / max(min(len(zh), len(en)), FEWEST)


def _sample(vectors: Vectors, other: int) -> Vectors:
    """Keep the first part of a long text, the same part of both: thinned-out texts would lose each other's partner."""
    longest = max(len(vectors), other)
    if longest <= LONGEST:
        return vectors
    return vectors[: max(1, len(vectors) * LONGEST // longest)]


def shared_structure(zh: Document, en: Document) -> float | None:
    """Compare what translation leaves alone: code blocks, link targets, numbers and Latin names; None where too little.

    Gives the share of the poorer side's distinct things that the other has too.
    """
    left, right = _untranslated(zh), _untranslated(en)
    if min(len(left), len(right)) < 5:
        return None
    return len(left & right) / min(len(left), len(right))


def may_be_same(zh: Document, en: Document) -> bool:
    """Tell by structure alone, without a vector, whether comparing two documents by meaning is worth its cost."""
    shared = shared_structure(zh, en)
    return shared is None or shared >= SHARED


def _untranslated(document: Document) -> set[str]:
    things: set[str] = set()
    for paragraph in document.paragraphs:
        if paragraph.kind == "code":
            things.update(line.strip() for line in paragraph.text.splitlines() if len(line.strip()) > 8)
            continue
        things.update(span.href.rstrip("/") for span in paragraph.spans if span.href.startswith("http"))
        things.update(re.findall(r"\d{2,}(?:\.\d+)?", paragraph.text))
        # Names only: in English text every word is Latin, so take those that stand out by spelling.
        things.update(re.findall(r"\b(?:[a-z]+[A-Z]|[A-Z][a-z]+[A-Z]|[A-Z]{2})\w*", paragraph.text))
    return things


def near_titles(
    zh: Sequence[str], en: Sequence[str], embedder: Embedder, *, floor: float = 0.3, most: int = 3
) -> tuple[tuple[int, int, float], ...]:
    """Propose (zh, en, cosine): for each Chinese title its nearest English ones from `floor` on, best first of all.

    Candidates only. Titles alone cannot tell the parts of a series apart, and a translator may rename a post: of 105
    true pairs the mutually nearest are 90 (benchmarks/match.py), so several are proposed and `same_post` has the word.
    """
    if not zh or not en:
        return ()
    close = embedder.encode(zh) @ embedder.encode(en).T
    found = [
        (i, int(j), round(float(row[j]), 4))
        for i, row in enumerate(close)
        for j in np.argsort(-row, kind="stable")[:most]
        if row[j] >= floor
    ]
    return tuple(sorted(found, key=lambda pair: (-pair[2], pair[0], pair[1])))

"""Editions told from other posts: `python benchmarks/match.py CORPORA` over hfblog and hfblog-more.

Each Chinese post against its own edition, and against the hardest others: the English posts with the nearest titles
and the nearest centroids. Then `near_titles` over all titles at once, checked by `same_post`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

import numpy as np

from digest.align.embed import load_embedder
from digest.align.match import may_be_same, near_titles, same_post_by_vectors
from digest.normalise.markdown import read_markdown
from digest.normalise.split import sentences

HARD = 5


def read(path: Path, lang: str):
    document = read_markdown(path.read_text("utf-8"), path.name, lang=lang)
    return document, [s.text for s in sentences(document.paragraphs)]


def main(corpora: Path) -> None:
    embedder = load_embedder()
    posts = []
    for zh_path in sorted([*corpora.glob("hfblog/*.zh.md"), *corpora.glob("hfblog-more/*.zh.md")]):
        zh, zh_lines = read(zh_path, "zh-Hans")
        en, en_lines = read(zh_path.with_name(zh_path.name.replace(".zh.md", ".en.md")), "en")
        posts.append((zh, en, embedder.encode(zh_lines), embedder.encode(en_lines)))
    titles = embedder.encode([p[0].title for p in posts]) @ embedder.encode([p[1].title for p in posts]).T
    means = [np.stack([p[side].mean(axis=0) for p in posts]) for side in (2, 3)]
    means = [m / np.linalg.norm(m, axis=1, keepdims=True) for m in means]
    near = means[0] @ means[1].T
    truths, falses = [], []
    for i, (zh, _, zh_vectors, _) in enumerate(posts):
        hard = {int(j) for by in (titles, near) for j in np.argsort(-by[i])[: HARD + 1]} - {i}
        for j in (i, *sorted(hard)):
            match = same_post_by_vectors(zh, posts[j][1], zh_vectors, posts[j][3], embedder)
            (truths if i == j else falses).append((match.score, zh.url, posts[j][1].url, match))
    print("weakest true pairs")
    for score, zh_url, _, match in sorted(truths, key=lambda t: t[0])[:6]:
        print(f"  {score:.2f} {zh_url[:50]:50} {' '.join(match.reasons)}")
    print("strongest wrong pairs")
    for score, zh_url, en_url, match in sorted(falses, key=lambda t: -t[0])[:6]:
        print(f"  {score:.2f} {zh_url[:30]:30} {en_url[:30]:30} {' '.join(match.reasons)}")
    right, wrong = sum(t[3].accepted for t in truths), sum(f[3].accepted for f in falses)
    print(f"same_post: {len(truths)} true, {len(falses)} hard wrong: accepted {right} and {wrong}; ", end="")
    print(f"precision {right / max(right + wrong, 1):.3f} recall {right / len(truths):.3f}")
    found = near_titles([p[0].title for p in posts], [p[1].title for p in posts], embedder)
    print(f"near_titles: {len(found)} proposed for {len(posts)} titles a side, ", end="")
    print(f"{sum(i == j for i, j, _ in found)} of the true pairs among them")
    kept: dict[int, int] = {}
    compared = 0
    for i, j, _ in found:
        if i in kept or j in kept.values() or not may_be_same(posts[i][0], posts[j][1]):
            continue
        compared += 1
        if same_post_by_vectors(posts[i][0], posts[j][1], posts[i][2], posts[j][3], embedder).accepted:
            kept[i] = j
    both = sum(i == j for i, j in kept.items())
    print(f"with structure ({compared} compared by meaning) and same_post: ", end="")
    print(f"precision {both / max(len(kept), 1):.3f} recall {both / len(posts):.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Answers from the archive: of sentences that rest on the line they cite, how many are printed, and of others?

    python benchmarks/asking.py FOLDER        # the output folder of an archive with bilingual posts

No model is asked: its part is played by sentences of which is known what they are. Honest ones are the line itself and
its human translation, where the cited line is shown in one language only. Others are spoiled: another line of the same
post, the nearest line of another post, the line with a figure changed, with a name changed.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from digest.align.embed import load_embedder
from digest.asking import Drafted, Passage, Sentence, answered
from digest.model import Both
from digest.output import day_paths
from digest.recorded import digest_of

QUESTION = {"zh": "这篇文章说了什么？", "en": "What does the post say?"}
NAME = re.compile(r"(?<=[a-z,\u3400-\u9fff] )[A-Z][a-z]+[A-Z]\w*|\b[A-Z]{2,}[a-z]?\b")

Row = tuple[str, Both, Both]  # post, title, pair


def rows_of(folder: Path) -> Iterator[Row]:
    """Give the verified pairs of people, each once."""
    seen = set()
    for path in day_paths(folder):
        for post in digest_of(path.read_text("utf-8"), path.name).abstracts:
            for pair in post.pairs:
                if pair.zh and pair.en and pair.verdict.verified and pair.made_by == "human" and pair.id not in seen:
                    seen.add(pair.id)
                    yield post.id, post.title, Both(pair.zh.text, pair.en.text)


def main(folder: Path) -> None:
    embedder = load_embedder()
    rows = list(rows_of(folder))
    asked, printed, faults = Counter[str](), Counter[str](), Counter[str]()

    def tell(kind: str, side: str, text: str, title: Both, shown: Both) -> None:
        draft = Drafted((Sentence(text, (1,)),))
        found = answered(QUESTION[side], (Passage(1, title, shown),), lambda *_: draft, embedder)
        asked[kind] += 1
        printed[kind] += bool(found.sentences)
        faults.update(f"{kind}: {name}" for name, _ in found.dropped)

    for side, other in (("zh", "en"), ("en", "zh")):
        vectors = embedder.encode([str(text.get(side)) for _, _, text in rows])
        for number, (post, title, text) in enumerate(rows):
            own = str(text.get(side))
            tell("itself", side, own, title, text)
            alone = Both(text.zh, None) if other == "zh" else Both(None, text.en)
            tell("its translation", side, own, title, alone)
            near = vectors @ vectors[number]
            here = np.array([row[0] == post for row in rows])
            for kind, which in (("another line of the post", here), ("the nearest of another post", ~here)):
                which = which.copy()
                which[number] = False
                if which.any():
                    best = int(np.flatnonzero(which)[near[which].argmax()])
                    tell(kind, side, str(rows[best][2].get(side)), title, text)
                    tell(f"{kind}, across", side, str(rows[best][2].get(side)), title, alone)
            if re.search(r"\d", own):
                changed = re.sub(r"\d", lambda found: str((int(found[0]) + 3) % 10), own, count=1)
                tell("a figure changed", side, changed, title, text)
                tell("a figure changed, across", side, changed, title, alone)
            if NAME.search(own):
                tell("a name changed", side, NAME.sub("Zorblax", own, count=1), title, text)
    print(f"{len(rows)} pairs")
    for kind, count in asked.items():
        told = ", ".join(f"{k.partition(': ')[2]} {n}" for k, n in faults.most_common() if k.startswith(f"{kind}: "))
        print(f"{kind:38} {printed[kind]:5} of {count:5} printed ({printed[kind] / count:.3f})  {told}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

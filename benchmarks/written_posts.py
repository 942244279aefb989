"""How many abstracts stand, of lines that are known to be right: python benchmarks/written_posts.py CORPORA.

In a writer's place stands the human translation: five random pairs of a post are its draft, each naming the English
sentences it was translated from, and go through everything a written line goes through (digest/writing.py: the tests,
the judge). Then the same drafts, each line naming the sentences of the one before it. On hfblog; the thresholds were
fitted on hfblog-more.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from scores import share
from silver import SilverPair, SilverPost, posts
from vectors import kept_embedder

from digest.align.embed import Embedder
from digest.align.lexicon import load_lexicon
from digest.translate.material import Material, Numbered
from digest.translate.write import LONGEST, Draft, Drafts, Written, checked
from digest.writing import checks

LINES, TIMES = 5, 4  # of a draft; drafts of a post
LEAST_WORDS = 8


def is_fit(pair: SilverPair) -> bool:
    """Tell whether a pair could stand in an abstract at all: whole sentences of fair length."""
    whole = pair.en.rstrip().endswith((".", "!")) and pair.zh.rstrip().endswith(("。", "！"))
    short = len(pair.en) <= LONGEST["en"] and len(pair.zh) <= LONGEST["zh"] and len(pair.en_parts) < LINES
    return whole and short and len(pair.en.split()) >= LEAST_WORDS


def drafts_of(post: SilverPost) -> tuple[Material, tuple[Draft, ...]]:
    shown: list[Numbered] = []
    drafts = []
    for paragraph, pair in enumerate(filter(is_fit, post.pairs)):
        numbers = tuple(range(len(shown), len(shown) + len(pair.en_parts)))
        shown += [Numbered(n, text, paragraph) for n, text in zip(numbers, pair.en_parts, strict=True)]
        drafts.append(Draft(pair.zh, pair.en, numbers))
    return Material(post.slug, "en", tuple(shown)), tuple(drafts)


def outcomes(read: Sequence[SilverPost], embedder: Embedder) -> Iterator[tuple[Written, Written]]:
    """Give for each draft what came of it, and what came of it with the sources of its lines shifted by one."""
    rng = random.Random(5)
    for post in read:
        material, drafts = drafts_of(post)
        for _ in range(TIMES if len(drafts) > LINES else 0):
            some = tuple(rng.sample(drafts, LINES))
            shifted = tuple(replace(one, sources=some[i - 1].sources) for i, one in enumerate(some))
            right, wrong = (
                checked(material, Drafts(lines), checks(embedder, load_lexicon(), {})) for lines in (some, shifted)
            )
            yield right, wrong


def main() -> None:
    embedder = kept_embedder()
    found = list(outcomes(list(posts(Path(sys.argv[1]) / "hfblog", embedder)), embedder))
    for name, some in (("true sources", [one for one, _ in found]), ("another line's", [two for _, two in found])):
        why = Counter(reason.partition(":")[0] for one in some for reason in one.refused)
        lines = LINES * len(some)
        print(f"{name:15} lines that stand: {share(lines - sum(why.values()), lines)}")
        print(f"{'':15} abstracts: {share(sum(bool(one.pairs) for one in some), len(some))}")
        print(f"{'':15} refused for: {', '.join(f'{name} {count}' for name, count in why.most_common(6))}")


if __name__ == "__main__":
    main()

"""What posts teach: the words of a post's surest pairs of lines, and the lexicon of a source learnt from many posts.

A lesson is kept once and never changed; a lexicon is learnt anew when enough lessons have come, as a new version. A
post is read with a lexicon that was learnt before it, so no post confirms itself.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from digest.align.lexicon import Lexicon, WordPair, learn, named
from digest.align.words import words

Lesson = tuple[WordPair, ...]

CONFIDENT = 0.9  # posterior from which a bead teaches: of such beads 98 % are right even in novels (design notes)
FEWEST_POSTS = 5  # fewer posts teach no lexicon
GROWTH = 1.5  # a new version needs this many times the posts that the one before was learnt from
MOST_POSTS = 400  # lessons a lexicon is learnt from, the newest; time and memory end there (some 25,000 pairs of lines)
LEAST = 0.06  # lower scores are not kept: more than the 0.02 of a text's own lexicon, for this one is used for long
# A word seen less often may be a slip of one bead: it must stand in as many posts, or in as many pairs of lines.
SEEN_IN_POSTS = 2
SEEN_IN_PAIRS = 3


def lesson_of(pairs: Iterable[tuple[str, str]]) -> Lesson:
    """Cut (Chinese, English) lines that surely say the same into their content words; a pair without any is left out.

    >>> lesson_of([("新版本。", "The new version."), ("……", "Well.")])
    ((('新', '版本'), ('new', 'version')),)
    """
    found = ((words(zh), words(en)) for zh, en in pairs)
    return tuple((zh, en) for zh, en in found if zh and en)


def packed_lesson(lesson: Lesson) -> bytes:
    """Write a lesson as bytes: gzip of JSON [[Chinese words], [English words]] …, the same for the same lesson."""
    said = json.dumps(lesson, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(said.encode(), mtime=0)


def unpacked_lesson(body: bytes) -> Lesson:
    """Read what `packed_lesson` wrote."""
    return tuple((tuple(zh), tuple(en)) for zh, en in json.loads(gzip.decompress(body)))


def is_due(posts: int, learnt_from: int) -> bool:
    """Tell whether a source with this many lessons needs a new lexicon, its newest being learnt from `learnt_from`.

    >>> [is_due(4, 0), is_due(5, 0), is_due(7, 5), is_due(8, 5)]
    [False, True, False, True]
    """
    return posts >= FEWEST_POSTS and posts >= GROWTH * learnt_from


def lexicon_of(lessons: Sequence[Lesson]) -> Lexicon:
    """Learn the lexicon of a source from the lessons of its posts; words seen too seldom are not kept."""
    learnt = learn(list(chain.from_iterable(lessons)), least=LEAST)
    zh_known, en_known = _seen_enough(lessons, 0), _seen_enough(lessons, 1)
    table: dict[str, Mapping[str, float]] = {}
    for zh, scores in learnt.table.items():
        kept = {en: score for en, score in scores.items() if en in en_known}
        if zh in zh_known and kept:
            table[zh] = kept
    return named(table)


def _seen_enough(lessons: Sequence[Lesson], side: int) -> set[str]:
    """Give the words of one side (0 Chinese, 1 English) that stand in enough posts or pairs of lines."""
    posts: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for lesson in lessons:
        here: Counter[str] = Counter()
        for pair in lesson:
            here.update(set(pair[side]))
        posts.update(here.keys())
        pairs.update(here)
    return {word for word in posts if posts[word] >= SEEN_IN_POSTS or pairs[word] >= SEEN_IN_PAIRS}

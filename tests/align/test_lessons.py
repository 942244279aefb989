"""What posts teach: lessons come back as they were, and a lexicon holds what was seen often enough."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.align.lessons import Lesson, is_due, lesson_of, lexicon_of, packed_lesson, unpacked_lesson
from digest.align.lexicon import packed, unpacked

ZH, EN = ("猫", "狗", "黑", "白", "gpt"), ("cat", "dog", "black", "white", "gpt")
PAIRS = st.tuples(
    st.lists(st.sampled_from(ZH), min_size=1, max_size=4).map(tuple),
    st.lists(st.sampled_from(EN), min_size=1, max_size=4).map(tuple),
)
LESSONS = st.lists(PAIRS, max_size=5).map(tuple)


def seen_enough(word: str, lessons: Sequence[Lesson], side: int) -> bool:
    pairs = [[word in pair[side] for pair in lesson] for lesson in lessons]
    return sum(any(row) for row in pairs) >= 2 or sum(sum(row) for row in pairs) >= 3


@given(LESSONS)
def test_a_lesson_comes_back_as_it_went_in(lesson: Lesson) -> None:
    assert unpacked_lesson(packed_lesson(lesson)) == lesson
    assert packed_lesson(lesson) == packed_lesson(unpacked_lesson(packed_lesson(lesson)))


@given(st.lists(LESSONS, max_size=5))
def test_a_lexicon_knows_only_words_that_were_seen_often_enough(lessons: list[Lesson]) -> None:
    found = lexicon_of(lessons)
    for zh, scores in found.table.items():
        assert scores
        assert seen_enough(zh, lessons, 0)
        assert all(seen_enough(en, lessons, 1) for en in scores)
    assert unpacked(packed(found)) == found
    assert bool(found.version) == bool(found)


def test_what_stands_together_in_many_posts_is_learnt() -> None:
    posts = [lesson_of([(f"缓存保存 {n} 行。", f"The cache keeps {n} rows."), ("它很快。", "Fast!")]) for n in range(5)]
    posts[0] += lesson_of([("旧快照", "old snapshots")])
    found = lexicon_of(posts)
    assert max(found.scores("缓存").values()) > 0.2
    assert set(found.scores("缓存")) <= {"cach", "keep", "row"}
    assert not found.scores("快照")  # one pair of lines says nothing for certain


def test_a_pair_without_words_on_a_side_teaches_nothing() -> None:
    assert lesson_of([("……", "Well, yes."), ("的", "cache"), ("缓存", "the")]) == ()


@pytest.mark.parametrize(("posts", "before", "due"), [(4, 0, False), (5, 0, True), (7, 5, False), (8, 5, True)])
def test_a_new_version_is_due_when_half_as_many_posts_came_again(posts: int, before: int, due: bool) -> None:
    assert is_due(posts, before) is due

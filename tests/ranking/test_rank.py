"""The order of a day's posts: parts that can be read, limits, ties that never depend on chance."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.ranking.rank import Candidate, parts_of, ranked

NOON = datetime(2025, 4, 16, 12, tzinfo=UTC)


def post(name: str, **more: object) -> Candidate:
    return replace(Candidate(name, 0, NOON, minutes=5.0), **more)  # type: ignore[arg-type]


def names(*posts: Candidate, most: int = 0) -> list[str]:
    return [one.candidate.id for one in ranked(posts, most=most)]


def test_each_part_moves_a_post_where_it_should() -> None:
    plain = post("a")
    for better in (
        {"weight": 2.0},
        {"minutes": 9.0},
        {"bilingual": True},
        {"topics": {"量化": 1.0}},
    ):
        assert names(plain, post("b", **better)) == ["b", "a"], better
    for worse in (
        {"weight": 0.5},
        {"minutes": 1.0},
        {"minutes": 0.0},
        {"late": 1},
        {"topics": {"marketing": -1.0}},
    ):
        assert names(post("b", **worse), post("c")) == ["c", "b"], worse


def test_length_saturates_and_lateness_ends() -> None:
    assert parts_of(post("a", minutes=40.0)) == (("length", 1.0),)
    assert parts_of(post("a", minutes=0.0, late=7)) == parts_of(post("a", minutes=0.0, late=300))


def test_a_source_of_no_weight_is_last_and_still_there() -> None:
    assert names(post("a", weight=0.0), post("b", weight=0.1, minutes=1.0)) == ["b", "a"]


def test_the_parts_that_are_shown_are_what_orders() -> None:
    one = ranked([post("a", weight=3.0, late=2, topics={"x": 0.5, "y": -0.25})])[0]
    assert one.parts == (("source", 1.58), ("length", 0.71), ("freshness", -0.29), ("topic:x", 0.5), ("topic:y", -0.25))
    assert round(one.score, 2) == 2.25


def test_ties_go_by_feed_then_time_then_name() -> None:
    posts = [post("b"), post("a"), post("c", published=NOON - timedelta(hours=1)), post("z", feed=1), post("y", feed=0)]
    assert names(*posts) == ["c", "a", "b", "y", "z"]


def test_limits_take_the_best_and_say_which_limit() -> None:
    posts = [post(f"a{n}", most=2, minutes=9.0 - n) for n in range(4)]
    posts += [post(f"b{n}", feed=1, minutes=4.0 - n) for n in range(3)]
    over = {one.candidate.id: one.over for one in ranked(posts, most=4)}
    assert over == {
        "a0": "", "a1": "", "a2": "source-cap", "a3": "source-cap", "b0": "", "b1": "", "b2": "cap",
    }  # fmt: skip
    assert not any(one.over for one in ranked([post(f"a{n}") for n in range(50)]))


def test_what_is_held_stays_and_moves_nobody() -> None:
    posts = [post("a", minutes=9.0), post("b"), post("c", minutes=1.0)]
    held = [replace(posts[0], held=True), posts[1], replace(posts[2], held=True)]
    assert [one.over for one in ranked(posts, most=1)] == ["", "cap", "cap"]
    assert [one.over for one in ranked(held, most=1)] == ["", "", ""]


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        id=st.text("ab", min_size=1, max_size=3),
        feed=st.integers(0, 2),
        published=st.sampled_from([NOON, NOON - timedelta(days=1)]),
        weight=st.sampled_from([0.0, 1.0, 2.0]),
        most=st.integers(0, 2),
        minutes=st.sampled_from([0.0, 2.0, 8.0]),
        late=st.integers(0, 3),
        bilingual=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


@given(CANDIDATES, st.integers(0, 4), st.randoms())
def test_the_order_posts_came_in_does_not_matter_and_none_is_lost(
    posts: list[Candidate], most: int, chance: random.Random
) -> None:
    shuffled = list(posts)
    chance.shuffle(shuffled)
    order = ranked(posts, most=most)
    assert order == ranked(shuffled, most=most)
    assert sorted(one.candidate.id for one in order) == sorted(one.id for one in posts)
    entries = [one for one in order if not one.over]
    assert not most or len(entries) <= most
    for feed in range(3):
        own = [one.candidate for one in entries if one.candidate.feed == feed]
        assert not own or not own[-1].most or len(own) <= max(one.most for one in own)

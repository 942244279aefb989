import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.align.beads import align, anchors, heaviest_chain, shapes
from digest.align.embed import unit_rows
from digest.model import Sentence


def lines(count, *, per_paragraph=3, text="a line of words"):
    return [Sentence(text, i // per_paragraph, i % per_paragraph) for i in range(count)]


def noise(rng, count, dim=32):
    return unit_rows(rng.standard_normal((count, dim)).astype(np.float32))


def sides(beads):
    return [(b.zh, b.en) for b in beads]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 5))
def test_every_sentence_is_in_exactly_one_bead_in_order(n, m, seed, max_side, per_paragraph):
    rng = np.random.default_rng(seed)
    zh, en = lines(n, per_paragraph=per_paragraph), lines(m)
    beads = align(zh, en, noise(rng, n), noise(rng, m), max_side=max_side)
    assert [i for b in beads for i in b.zh] == list(range(n))
    assert [j for b in beads for j in b.en] == list(range(m))
    for bead in beads:
        assert bead.zh or bead.en
        assert max(len(bead.zh), len(bead.en)) <= max_side
        assert 0 <= bead.score <= 1


def test_the_same_text_pairs_one_to_one():
    vectors = noise(np.random.default_rng(1), 30)
    beads = align(lines(30), lines(30), vectors, vectors)
    assert sides(beads) == [((i,), (i,)) for i in range(30)]
    assert all(b.score > 0.99 for b in beads)


def test_a_dropped_part_is_left_alone_and_the_rest_still_pairs():
    vectors = noise(np.random.default_rng(2), 60)
    kept = [*range(20), *range(45, 60)]
    beads = align(lines(60), [Sentence("a line of words", i // 3, 0) for i in kept], vectors, vectors[kept])
    assert {((i,), (j,)) for j, i in enumerate(kept)} <= set(sides(beads))


def test_two_sentences_that_make_one_are_joined():
    rng = np.random.default_rng(3)
    en = noise(rng, 9)
    zh = unit_rows(np.vstack([en[:3], en[3] + en[4], en[5:]]).astype(np.float32))
    long = "a line of words and a line of words"
    zh_lines = [Sentence(long if i == 3 else "a line of words", 0, i) for i in range(8)]
    beads = align(zh_lines, [Sentence("a line of words", 0, i) for i in range(9)], zh, en)
    assert ((3,), (3, 4)) in sides(beads)


def test_sentences_of_two_paragraphs_are_not_joined_lightly():
    rng = np.random.default_rng(4)
    en = noise(rng, 6)
    zh = unit_rows(np.vstack([en[:2], 0.87 * en[2] + 0.5 * en[3], en[4:]]).astype(np.float32))
    together = [Sentence("words", 0, i) for i in range(6)]
    apart = [Sentence("words", 0 if i < 3 else 1, i) for i in range(6)]
    zh_lines = [Sentence("words" * (2 if i == 2 else 1), 0 if i < 3 else 1, i) for i in range(5)]
    assert ((2,), (2, 3)) in sides(align([Sentence(s.text, 0, s.start) for s in zh_lines], together, zh, en))
    assert ((2,), (2, 3)) not in sides(align(zh_lines, apart, zh, en))


def test_unrelated_sentences_stay_alone():
    beads = align(lines(1), lines(1), np.eye(2, dtype=np.float32)[:1], -np.eye(2, dtype=np.float32)[:1])
    assert sides(beads) == [((), (0,)), ((0,), ())] or sides(beads) == [((0,), ()), ((), (0,))]


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 3), (3, 0), (1, 1), (1, 50), (50, 1)])
def test_an_empty_or_much_longer_side_is_no_trouble(n, m):
    rng = np.random.default_rng(5)
    beads = align(lines(n), lines(m), noise(rng, n), noise(rng, m))
    assert sorted(i for b in beads for i in b.zh) == list(range(n))
    assert sorted(j for b in beads for j in b.en) == list(range(m))


def test_as_many_vectors_as_sentences_are_asked_for():
    with pytest.raises(ValueError, match="one vector a sentence"):
        align(lines(2), lines(2), np.zeros((1, 4), np.float32), np.zeros((2, 4), np.float32))


def test_a_text_longer_than_a_block_is_aligned_coarse_to_fine():
    rng = np.random.default_rng(6)
    vectors = noise(rng, 2500, 64)
    kept = np.flatnonzero(rng.random(2500) > 0.1)
    start = time.perf_counter()
    beads = align(lines(2500), [Sentence("a line of words", int(i) // 3, 0) for i in kept], vectors, vectors[kept])
    assert time.perf_counter() - start < 20
    right = {((int(i),), (j,)) for j, i in enumerate(kept)} & set(sides(beads))
    assert len(right) > 0.98 * len(kept)


def test_the_heaviest_chain_rises_on_both_sides():
    assert heaviest_chain([(0, 0, 1.0), (0, 1, 1.0), (1, 1, 0.5), (2, 0, 9.0)], 2) == [(2, 0)]
    assert heaviest_chain([], 4) == []


def test_anchors_skip_what_has_no_partner():
    vectors = noise(np.random.default_rng(7), 40)
    assert anchors(vectors, np.delete(vectors, slice(10, 20), axis=0))[9:11] == [(9, 9), (20, 10)]


def test_shapes_grow_with_the_longest_side_allowed():
    assert shapes(1) == ((1, 1),)
    assert (3, 1) in shapes(3)
    assert (3, 3) not in shapes(3)

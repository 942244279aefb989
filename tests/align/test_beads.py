import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.align.band import anchors, corridor, heaviest_chain
from digest.align.bead_features import NAMES
from digest.align.beads import align, own_lexicon
from digest.align.chain import load_model
from digest.align.embed import unit_rows
from digest.align.lexicon import Lexicon, load_lexicon
from digest.align.matches import READ, Vocabulary, read_text
from digest.model import Sentence

ZH = ("我们发布了新的模型。", "它支持 8 种语言！", "训练用了三天，共 64 块 GPU。", "代码已经开源。", "欢迎大家试用？")
EN = (
    "We released a new model.", "It supports 8 languages!", "Training took three days on 64 GPUs.",
    "The code is open source.", "Will you try it?",
)  # fmt: skip


def lines(count, *, per_paragraph=3, text="a line of words"):
    return [Sentence(text, i // per_paragraph, i % per_paragraph) for i in range(count)]


def noise(rng, count, dim=32):
    return unit_rows(rng.standard_normal((count, dim)).astype(np.float32))


def sides(beads):
    return [(b.zh, b.en) for b in beads]


def text_of(rng, choices, count, per_paragraph):
    return [
        Sentence(choices[int(k)], i // per_paragraph, i) for i, k in enumerate(rng.integers(0, len(choices), count))
    ]


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(0, 10**6),
    st.one_of(st.none(), st.integers(1, 7)),
    st.integers(1, 5),
)
def test_every_sentence_is_in_exactly_one_bead_in_order(n, m, seed, max_side, per_paragraph):
    rng = np.random.default_rng(seed)
    zh, en = text_of(rng, ZH, n, per_paragraph), text_of(rng, EN, m, 2)
    beads = align(zh, en, noise(rng, n), noise(rng, m), max_side=max_side)
    assert [i for b in beads for i in b.zh] == list(range(n))
    assert [j for b in beads for j in b.en] == list(range(m))
    for bead in beads:
        assert bead.zh or bead.en
        assert max(len(bead.zh), len(bead.en)) <= (max_side or 5)
        assert 0 <= bead.score <= 1


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 25), st.integers(1, 25), st.integers(0, 10**6), st.booleans())
def test_swapping_the_sides_swaps_the_beads(n, m, seed, same_language):
    rng = np.random.default_rng(seed)
    zh, en = text_of(rng, EN if same_language else ZH, n, 3), text_of(rng, EN, m, 2)
    zh_vectors, en_vectors = noise(rng, n), noise(rng, m)
    beads = align(zh, en, zh_vectors, en_vectors)
    swapped = align(en, zh, en_vectors, zh_vectors)
    assert [(b.en, b.zh, b.score) for b in swapped] == [(b.zh, b.en, b.score) for b in beads]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=6), st.integers(0, 10**6))
def test_no_bead_crosses_a_hard_paragraph(sizes, seed):
    rng = np.random.default_rng(seed)
    zh = [Sentence(ZH[k % 5], number, k) for number, (a, _) in enumerate(sizes) for k in range(a)]
    en = [Sentence(EN[k % 5], 2 * number, k) for number, (_, b) in enumerate(sizes) for k in range(b)]
    beads = align(zh, en, noise(rng, len(zh)), noise(rng, len(en)), hard_paragraphs=True)
    assert [i for b in beads for i in b.zh] == list(range(len(zh)))
    assert [j for b in beads for j in b.en] == list(range(len(en)))
    for bead in beads:
        if bead.zh and bead.en:
            assert len({zh[i].paragraph for i in bead.zh} | {en[j].paragraph // 2 for j in bead.en}) == 1


def test_hard_paragraphs_must_be_equally_many():
    vectors = np.eye(4, dtype=np.float32)
    with pytest.raises(ValueError, match="2 paragraphs against 1"):
        align(lines(4, per_paragraph=2), lines(4, per_paragraph=4), vectors, vectors, hard_paragraphs=True)


def test_the_same_text_pairs_one_to_one():
    vectors = noise(np.random.default_rng(1), 30)
    beads = align(lines(30), lines(30), vectors, vectors)
    assert sides(beads) == [((i,), (i,)) for i in range(30)]
    assert all(b.score > 0.95 for b in beads)


def test_a_dropped_part_is_left_alone_and_the_rest_still_pairs():
    vectors = noise(np.random.default_rng(2), 60)
    kept = [*range(20), *range(45, 60)]
    beads = align(lines(60), [Sentence("a line of words", i // 3, 0) for i in kept], vectors, vectors[kept])
    assert {((i,), (j,)) for j, i in enumerate(kept)} <= set(sides(beads))


def joined_third(dim=32):
    """Give vectors and lines of nine English sentences, of which the fourth and fifth are one in Chinese."""
    en = noise(np.random.default_rng(3), 9, dim)
    zh = unit_rows(np.vstack([en[:3], en[3] + en[4], en[5:]]).astype(np.float32))
    zh_lines = [Sentence("一行文字和词" * (2 if i == 3 else 1), 0, i) for i in range(8)]
    return zh_lines, [Sentence("a line of words", 0, i) for i in range(9)], zh, en


def test_two_sentences_that_make_one_are_joined():
    zh_lines, en_lines, zh, en = joined_third()
    assert ((3,), (3, 4)) in sides(align(zh_lines, en_lines, zh, en))


def test_sentences_of_two_paragraphs_are_not_joined_lightly():
    zh_lines, en_lines, zh, en = joined_third()
    bead = {b.en: b.score for b in align(zh_lines, en_lines, zh, en)}[3, 4]
    apart = [Sentence(s.text, int(i > 3), i) for i, s in enumerate(en_lines)]
    mine = [Sentence(s.text, int(i > 3), i) for i, s in enumerate(zh_lines)]
    assert {b.en: b.score for b in align(mine, apart, zh, en)}.get((3, 4), 0.0) < bead


def test_words_decide_where_vectors_do_not():
    """Two sentences of equal length and equal vectors: their words tell which is which."""
    zh = [Sentence("数据集很大。", 0, 0), Sentence("天气很热。", 0, 1), Sentence("我们返回函数。", 0, 2)]
    en = [Sentence("The weather is hot.", 0, 0), Sentence("We return functions.", 0, 1)]
    flat = np.full((3, 4), 0.5, dtype=np.float32)
    found = sides(align(zh, en, flat, flat[:2]))
    assert ((1,), (0,)) in found
    assert ((2,), (1,)) in found


def test_a_lexicon_given_beforehand_is_used():
    zh = [Sentence("鹫峰灵鹫宫。", 0, 0), Sentence("缥缈海棠渡。", 0, 1)]
    en = [Sentence("Zorblat the quib.", 0, 0)]
    flat = np.full((2, 4), 0.5, dtype=np.float32)
    for other in (0, 1):
        known = {word: {"zorblat": 0.9, "quib": 0.9} for word in read_words(zh[other].text)}
        assert ((other,), (0,)) in sides(align(zh, en, flat, flat[:1], lexicon=Lexicon(known, "test")))


def read_words(text):
    vocabulary = Vocabulary()
    read_text([Sentence(text, 0, 0)], np.zeros((1, 2), np.float32), vocabulary)
    return list(vocabulary)


def test_a_text_teaches_its_own_words():
    """A made-up name is learnt from the draft's sure beads."""
    rng = np.random.default_rng(8)
    vectors = noise(rng, 40)
    zh = [Sentence(f"{'饕餮兽' if i % 4 == 0 else '麒麟'}出现在第 {i} 天。", 0, i) for i in range(40)]
    en = [Sentence(f"The {'glutton' if i % 4 == 0 else 'unicorn'} appears on day {i}.", 0, i) for i in range(40)]
    vocabulary = Vocabulary()
    texts = read_text(zh, vectors, vocabulary), read_text(en, vectors, vocabulary)
    band = corridor([(i, i) for i in range(40)], 40, 40, 8)
    found = own_lexicon(*texts, band, vocabulary, load_lexicon(), 2.0, load_model().draft)
    rows = [found.scores(word) for word in vocabulary if word in "饕餮兽"]
    assert any("glutton" in row for row in rows)
    assert not any("unicorn" in row for row in rows)


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 3), (3, 0), (1, 1), (1, 50), (50, 1)])
@pytest.mark.parametrize("max_side", [None, 1, 3, 8])
def test_an_empty_or_much_longer_side_is_no_trouble(n, m, max_side):
    rng = np.random.default_rng(5)
    beads = align(lines(n), lines(m), noise(rng, n), noise(rng, m), max_side=max_side)
    assert sorted(i for b in beads for i in b.zh) == list(range(n))
    assert sorted(j for b in beads for j in b.en) == list(range(m))


@pytest.mark.parametrize("text", ["", "。", "\ud800", "😀", " ", "1234", "`x`"])
def test_sentences_without_words_or_vectors_are_no_trouble(text):
    odd = [Sentence(text, 0, 0), *lines(3)]
    beads = align(odd, lines(3), np.zeros((4, 8), np.float32), np.zeros((3, 8), np.float32))
    assert sorted(i for b in beads for i in b.zh) == [0, 1, 2, 3]
    assert all(np.isfinite(b.score) for b in beads)


def test_as_many_vectors_as_sentences_are_asked_for():
    with pytest.raises(ValueError, match="one vector a sentence"):
        align(lines(2), lines(2), np.zeros((1, 4), np.float32), np.zeros((2, 4), np.float32))


def test_vectors_must_be_finite():
    vectors = np.full((2, 4), np.nan, np.float32)
    with pytest.raises(ValueError, match="finite"):
        align(lines(2), lines(2), vectors, vectors)


def test_one_endless_sentence_costs_no_more_than_its_vector():
    """A run-on line of marks, and one of words: what is read of a sentence is bounded, and no pattern is quadratic."""
    for text in ("_" * 300_000, "我们 " * 100_000):
        vocabulary = Vocabulary()
        found = read_text([Sentence(text, 0, 0)], np.zeros((1, 2), np.float32), vocabulary)
        assert len(found.types) <= READ
        assert found.length[0] == len(text.encode())


def test_a_text_longer_than_a_block_is_aligned_coarse_to_fine():
    rng = np.random.default_rng(6)
    vectors = noise(rng, 2500, 64)
    kept = np.flatnonzero(rng.random(2500) > 0.1)
    beads = align(lines(2500), [Sentence("a line of words", int(i) // 3, 0) for i in kept], vectors, vectors[kept])
    right = {((int(i),), (j,)) for j, i in enumerate(kept)} & set(sides(beads))
    assert len(right) > 0.95 * len(kept)


def test_the_heaviest_chain_rises_on_both_sides():
    assert heaviest_chain([(0, 0, 1.0), (0, 1, 1.0), (1, 1, 0.5), (2, 0, 9.0)], 2) == [(2, 0)]
    assert heaviest_chain([], 4) == []


def test_anchors_skip_what_has_no_partner():
    vectors = noise(np.random.default_rng(7), 40)
    assert anchors(vectors, np.delete(vectors, slice(10, 20), axis=0))[9:11] == [(9, 9), (20, 10)]


def test_the_weights_name_features_and_where_they_come_from():
    kept = json.loads((files("digest") / "data" / "beads.json").read_text("utf-8"))
    assert set(kept["weights"]) == set(kept["draft"]) == set(NAMES)
    assert all(np.isfinite(list(kept["weights"].values())))
    assert {"made", "command", "data", "lexicon", "version"} <= set(kept)
    assert kept["lexicon"] == load_lexicon().version  # refit the weights when the lexicon changes

"""The neural rescorer: what it sees, what it leaves alone, how it is stored, and the gradients of its training."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.normalise.repair.models.characters import LINE, NUMBER, SPECIAL, UNKNOWN, WORD, characters, places
from digest.normalise.repair.models.rescore import quantised, rescorer, restored, seen

SET = "中不与"  # E4 B8 and one byte that cp1254 loses


def windows(text: str, mark: str = "□") -> tuple[np.ndarray, np.ndarray]:
    """The tokens on either side of the mark, one row each."""
    model, window = characters(), rescorer().window
    before, after = ([model.tokens(part), places(model.tokens(part))] for part in text.split(mark))
    left, right = before[0][before[1]], after[0][after[1]]
    left = np.concatenate((np.full(window, LINE), left))[-window:]
    right = np.concatenate((right, np.full(window, LINE)))[:window]
    return left[None, :], right[None, :]


def scores(text: str, candidates: str = SET) -> np.ndarray:
    return rescorer().logits(*windows(text), characters().tokens(candidates)[None, :])[0]


def test_what_fills_a_row_up_has_no_chance() -> None:
    left, right = windows("这个函数□返回任何值")
    candidates = np.append(characters().tokens(SET), -1)[None, :]
    found = rescorer().logits(left, right, candidates)
    assert found.shape == (1, 4)
    assert np.isfinite(found[0, :3]).all()
    assert found[0, 3] == -np.inf


def test_rows_and_candidates_do_not_disturb_each_other() -> None:
    texts = ["这个函数□返回任何值", "A□B", "□", "在论文 (2024) □提出，", "模型□数据集\n下一行"]
    sides = [windows(text) for text in texts]
    candidates = np.tile(characters().tokens(SET), (len(texts), 1))
    together = rescorer().logits(
        np.concatenate([left for left, _ in sides]), np.concatenate([right for _, right in sides]), candidates
    )
    for (left, right), row in zip(sides, together, strict=True):
        assert np.allclose(rescorer().logits(left, right, candidates[:1, ::-1])[0, ::-1], row, atol=1e-4)


def test_no_row_is_no_trouble() -> None:
    none = np.zeros((0, rescorer().window), np.int32)
    assert rescorer().logits(none, none, np.zeros((0, 3), np.int32)).shape == (0, 3)


def test_marks_of_markdown_and_links_are_not_seen() -> None:
    plain = scores("我们在 docs 里说明了这一点，数据□包含标签，见 docs 的说明。")
    marked = scores("我们在 [docs](https://docs.example/a-b/c_1) 里说明了这一点，**数据□包含标签**，见 `docs` 的说明。")
    assert np.allclose(plain, marked, atol=1e-4)


def test_the_context_counts() -> None:
    one, other = scores("这个函数□返回任何值。"), scores("保存在内存□的张量。")
    assert np.ptp(one - other) > 0.5


def test_what_lies_beyond_the_window_is_not_looked_at() -> None:
    near = "的" * rescorer().window
    one, other = (scores(f"{char}{near}□{near}{char}") for char in "甲乙")
    assert (one == other).all()


def test_unknown_candidates_have_one_score() -> None:
    found = scores("这个□，", "龘齾")
    assert found[0] == found[1]


@given(st.lists(st.integers(0, 9), max_size=60))
def test_what_is_seen_is_seen_again(tokens: list[int]) -> None:
    points = np.array([0x28, 0x29, 0x4E2D, 0x4E0D, 0x4E0E], np.uint32)
    stream = np.array([t for t in tokens if t != 4], np.int64)  # SKIP is in no stream
    place = seen(stream, points)
    once = stream[place]
    assert (once[seen(once, points)] == once).all()
    assert set(once) <= {LINE, UNKNOWN, WORD, NUMBER, SPECIAL + 2, SPECIAL + 3, SPECIAL + 4}
    assert [t for t in once if t >= SPECIAL] == [t for t in stream if t >= SPECIAL + 2]


def test_quantised_weights_come_back_within_half_a_step() -> None:
    rng = np.random.default_rng(1)
    weights = {"inner": rng.standard_normal((7, 4), np.float32), "hidden": rng.standard_normal((8, 3), np.float32)}
    weights["inner"][2] *= 1e-3  # a row of its own scale
    weights["hidden_bias"] = rng.standard_normal(3, np.float32)
    back = restored(quantised(weights))
    assert np.abs(back["inner"][2] - weights["inner"][2]).max() <= np.abs(weights["inner"][2]).max() / 250
    assert np.abs(back["hidden"] - weights["hidden"]).max() <= np.abs(weights["hidden"]).max() / 250
    assert np.abs(back["hidden_bias"] - weights["hidden_bias"]).max() < 2e-3


def test_the_gradients_are_those_of_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "tools"))
    import rescorer_net
    from rescorer_text import Lessons

    monkeypatch.setattr(rescorer_net, "DROPPED", 0.0)
    monkeypatch.setattr(rescorer_net, "EASY", 1e-9)  # every lesson is passed back, with weight 1
    rng = np.random.default_rng(2)
    net = rescorer_net.Net(9, 2, rng)
    net.weights = {name: weight.astype(np.float64) for name, weight in net.weights.items()}
    context = rng.integers(0, 9, (3, 4))
    lessons = Lessons(
        np.arange(3),
        np.array([2, 3, 2]),
        np.array([0, 2, 5]),
        np.array([5, 6, 7, 8, 1, 5, 6]),
        np.array([True, False, False, True, False, False, True]),
        np.array([0, -1, -0.5, 0, -2, 0, -0.3], np.float32),
    )
    for head in ("project", "plain"):
        slopes, _ = net.slopes(context, lessons, head)
        for name, slope in slopes.items():
            at = np.unravel_index(np.abs(slope).argmax(), slope.shape)
            given_weight = net.weights[name][at]
            losses = []
            for step in (1e-4, -1e-4):
                net.weights[name][at] = given_weight + step
                losses.append(net.slopes(context, lessons, head)[1])
            net.weights[name][at] = given_weight
            assert (losses[0] - losses[1]) / 2e-4 == pytest.approx(slope[at], rel=0.02)
    for name in ("rescorer_net", "rescorer_text"):
        sys.modules.pop(name, None)

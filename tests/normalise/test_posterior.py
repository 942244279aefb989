"""The posteriors are those of the model, computed by trying every way; second looks change what they should."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from digest.normalise.repair.models.characters import ORDERS, characters
from digest.normalise.repair.search import pruned as pruning
from digest.normalise.repair.search.agreement import agreed
from digest.normalise.repair.search.doubtful import second_look
from digest.normalise.repair.search.lattice import chosen_from
from digest.normalise.repair.search.posterior import posteriors
from digest.normalise.repair.search.stream import Stream, stream_of


def laid(*lines: str) -> Stream:
    """Lay out lines in which [中不与] is a hole."""
    items = [[item for part in line.split("[") for item in cut(part)] for line in lines]
    return stream_of(chosen_from(items), characters())


def cut(part: str) -> list[str]:
    hole, end, rest = part.rpartition("]")
    return [hole, *rest] if end else list(part)


def by_hand(stream: Stream) -> np.ndarray:
    """Weigh every way to fill all holes by the whole document's probability."""
    model, weights = characters(), np.zeros(len(stream.options))
    ranges = [range(low, high) for low, high in zip(stream.start, stream.start[1:], strict=False)]
    for way in product(*ranges):
        tokens = stream.tokens.copy()
        tokens[stream.holes] = stream.options[list(way)]
        grams = np.lib.stride_tricks.sliding_window_view(tokens, ORDERS)
        score = model.score(grams[:, -3], grams[:, -2], grams[:, -1], before=grams[:, -4]).astype(np.float64)
        counted = ~((grams[:, -1] == 0) & (grams[:, -2] == 0))  # not the second LINE between lines
        weights[list(way)] += np.exp(score[counted].sum() + stream.priors[list(way)].sum() + 60)
    owner = np.repeat(np.arange(len(ranges)), np.diff(stream.start))
    return weights / np.bincount(owner, weights)[owner]


@pytest.mark.parametrize(
    "lines",
    [
        ["模型[中不与]数据"],
        ["[中不与]"],
        ["模型[中不与][大犬太][小少]数据[的了]", "在[中不与]国", "[可叮]以"],
        ["a [中不与] 1[后名]x", "", "这[是昰]一[个介]好[的约]模[型刑]"],
    ],
)
def test_posteriors_are_exact(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "REACH", 1e9)
    monkeypatch.setattr(pruning, "FAR", 1e9)
    monkeypatch.setattr(pruning, "ALIKE", 1e9)
    monkeypatch.setattr(pruning, "MOST", np.full(5, 99))
    stream = laid(*lines)
    assert posteriors(stream, characters()) == pytest.approx(by_hand(stream), rel=1e-5, abs=1e-12)


def test_pruning_leaves_the_likely_ones() -> None:
    stream = laid("我们在实验[中不与]使用了这个模[型刑]，它的效果很[好奶]", "他[们扪]说[的约]是[中不与]国")
    exact = by_hand(stream)
    found = posteriors(stream, characters())
    assert found == pytest.approx(exact, abs=0.01)
    assert np.add.reduceat(found, stream.start[:-1]) == pytest.approx(np.ones(len(stream.holes)))


def test_a_stretch_longer_than_is_solved_at_once_is_still_read() -> None:
    stream = laid("".join("[中不与][国囯]" for _ in range(200)))
    found = posteriors(stream, characters())
    assert np.add.reduceat(found, stream.start[:-1]) == pytest.approx(np.ones(400))


def test_no_holes_no_posteriors() -> None:
    assert len(posteriors(laid("模型"), characters())) == 0
    assert len(agreed(np.zeros(0), laid("模型"), np.zeros(0, np.uint32))) == 0


class Judge:
    """Prefers one token, and keeps what it was asked."""

    window = 3

    def __init__(self, wanted: str) -> None:
        self.wanted = characters().tokens(wanted)[0]
        self.asked: list[tuple[np.ndarray, ...]] = []

    def logits(self, left: np.ndarray, right: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        self.asked.append((left, right, candidates))
        return np.where(candidates == self.wanted, 10.0, 0.0).astype(np.float32)


def test_a_second_look_weighs_doubtful_holes_alone() -> None:
    stream = laid("模型[中不与]数据", "", "使[用甩]它")
    judge = Judge("与")
    weights = np.array([0.6, 0.3, 0.1, 0.9999, 0.0001])
    found = second_look(weights, stream, judge)  # type: ignore[arg-type]
    assert found[2] > 0.9
    assert found[:3].sum() == pytest.approx(1)
    assert found[3:] == pytest.approx(weights[3:])
    ((left, right, candidates),) = judge.asked
    tokens = characters().tokens
    assert left.tolist() == [[0, *tokens("模型")]]
    assert right.tolist() == [[*tokens("数据"), 0]]
    assert candidates.tolist() == [tokens("中不与").tolist()]


def test_a_window_reaches_over_lines_by_one_line_token_and_has_the_choices_of_other_holes() -> None:
    stream = laid("使[用甩]", "[中不与]数")
    judge = Judge("与")
    second_look(np.array([0.999, 0.001, 0.5, 0.3, 0.2]), stream, judge)  # type: ignore[arg-type]
    ((left, right, _),) = judge.asked
    tokens = characters().tokens
    assert left.tolist() == [[*tokens("使用"), 0]]
    assert right.tolist() == [[*tokens("数"), 0, 0]]


def test_nothing_is_asked_where_nothing_is_in_doubt() -> None:
    judge = Judge("与")
    weights = np.array([1.0, 0.0, 0.0])
    assert second_look(weights, laid("模[中不与]"), judge).tolist() == [1, 0, 0]  # type: ignore[arg-type]
    assert judge.asked == []


def test_holes_beside_the_same_neighbour_lend_each_other_their_readings() -> None:
    stream = laid("塔[城原孟]甲", "塔[城原孟]乙", "丁[城原孟]戊")
    found = agreed(np.array([0.99, 0.01, 0, 0.45, 0.55, 0, 0.45, 0.55, 0]), stream, stream.options.astype(np.uint32))
    assert found[3] > found[4]
    assert found[6:] == pytest.approx([0.45, 0.55, 0])
    assert np.add.reduceat(found, stream.start[:-1]) == pytest.approx(np.ones(3))

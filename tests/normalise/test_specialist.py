"""The specialist: what it looks at, what it reads from its file, and what it says of two clauses."""

import numpy as np
import pytest

from digest.normalise.repair.models.characters import code_points
from digest.normalise.repair.models.specialist import BITS, STEP, Specialist, features, hashed, slots, specialist
from digest.normalise.repair.search.doubtful import third_look
from digest.normalise.repair.search.lattice import chosen_from


def seen(text: str) -> np.ndarray:
    """Features of the place of the one □ of a text."""
    found: np.ndarray = features(code_points(text + "\n"), np.array([text.index("□")]))[0]
    return found


def test_hashes_are_the_same_everywhere() -> None:
    one, two = hashed(np.array([1, 2]), 3).tolist()
    assert hashed(np.array([1]), 3).tolist() == [one]
    assert hashed(np.array([3]), 1).tolist() != [one]
    assert one != two
    assert hashed(np.array([0x4E2D])).tolist() == [_multiplied(0x4E2D)]


def _multiplied(value: int) -> int:
    product = value * 0x9E3779B97F4A7C15 % 2**64
    return product ^ product >> 29


def test_slots_tell_candidates_apart_and_stay_in_the_table() -> None:
    of = slots(np.stack([seen("在图□的点")] * 2), code_points("中与"))
    assert of.min() >= 0
    assert of.max() < 1 << BITS
    assert (of[0] != of[1]).mean() > 0.99


def test_what_stands_at_the_place_is_not_looked_at() -> None:
    text = code_points("在图中的点\n")
    other = code_points("在图不的点\n")
    at = np.array([2])
    assert (features(text, at) == features(other, at)).all()


@pytest.mark.parametrize("other", ["在图□的点\n再来", "再来\n在图□的点"])
def test_other_lines_are_not_looked_at(other: str) -> None:
    assert (seen(other) == seen("在图□的点")).all()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("用 BERT □ GPT 比", "用 BERT □ CLIP 比"),  # words are told apart
        ("用 BERT □ GPT 比", "用 BERT □GPT 比"),  # and so is where a space stands
        ("在很长很长很长很长很长的一篇文章□找", "看很长很长很长很长很长的一篇文章□找"),  # 在 far off
    ],
)
def test_a_difference_is_seen(one: str, other: str) -> None:
    assert (seen(one) != seen(other)).any()


def test_letter_case_changes_only_what_a_word_looks_like() -> None:
    few = (seen("用 Bert □ GPT") != seen("用 bert □ GPT")).mean()
    many = (seen("用 Bert □ GPT") != seen("用 clip □ GPT")).mean()
    assert 0 < few < many


def test_scores_add_up_the_levels_of_the_weights() -> None:
    text, at = code_points("一行\n在图中的点\n"), np.array([5])
    numbers = np.unique(slots(features(text, at), code_points("中")))
    model = Specialist(
        {
            "asked": code_points("中不与"),
            "gaps": np.diff(numbers, prepend=0).astype(np.int64),
            "levels": np.full(len(numbers), 3, np.int8),
        }
    )
    found = model.scores(text, at, np.array([0, 0]), code_points("中与"))
    width = features(text, at).shape[1]
    assert found[0] == pytest.approx(3 * STEP * width)
    assert abs(found[1]) < found[0] / 10
    assert model.asks[code_points("不图")].tolist() == [True, False]


def test_a_hole_that_is_not_in_doubt_or_not_asked_for_is_left_alone() -> None:
    laid = chosen_from([["在", "图", "中不", "的", "启可"]])
    weights = np.array([0.999, 0.001, 0.6, 0.4])
    asked_for_none = Specialist(
        {"asked": np.zeros(0, np.uint32), "gaps": np.zeros(0, np.int64), "levels": np.zeros(0, np.int8)}
    )
    assert (third_look(weights, laid, asked_for_none) == weights).all()
    found = third_look(weights, laid, specialist())
    assert (found[:2] == weights[:2]).all()
    assert found[2:].sum() == pytest.approx(1)
    assert found[2] != weights[2]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("我们在 Transformers □使用了这个模型。", "中"),
        ("QLoRA □全量微调之间的比较。", "与"),
        ("模型的大小从 7B 到 70B □等。", "不"),
    ],
)
def test_the_model_that_ships_knows_frames(text: str, right: str) -> None:
    filled = code_points(text.replace("□", "丁") + "\n")
    found = specialist().scores(filled, np.array([text.index("□")]), np.zeros(3, np.int64), code_points("中不与"))
    assert "中不与"[int(found.argmax())] == right

"""How sure a reading is: unchanged at home, less the stranger the text, and never in another order."""

from __future__ import annotations

import numpy as np
import pytest

from digest.normalise.repair.channel import CP1254
from digest.normalise.repair.models.characters import characters
from digest.normalise.repair.search.calibration import HOME, USUAL, calibrated, surprise
from digest.normalise.repair.search.lattice import lattice
from digest.normalise.repair.search.lines import read_lines
from digest.normalise.repair.search.ragged import Floats, starts_of
from digest.normalise.repair.search.stream import Stream, stream_of

# Written for this test.
HOME_TEXT = ["训练这样的模型需要大量的数据和计算资源，因此很多公司选择使用开源的模型。"] * 8
FAR_TEXT = ["老槐树底下蹲着个瘸腿货郎，怀里揣只芦花鸡，絮絮叨叨骂那场冰雹糟蹋了半亩荞麦。"] * 8
RARE_TEXT = ["龘靐齉爨麤灪籱饢驫鱻羴猋骉犇毳掱"] * 8


def stream(lines: list[str]) -> Stream:
    return stream_of(lattice([CP1254.damage(line) for line in lines], CP1254), characters())


def some_weights(given: Stream) -> Floats:
    """Weights that fall off by a third from candidate to candidate, 1 in all for each hole."""
    groups = [0.3 ** np.arange(size) for size in np.diff(given.start)]
    return np.concatenate([group / group.sum() for group in groups])


def test_the_surprise_of_a_text_grows_with_its_distance_from_the_training_text() -> None:
    model = characters()
    home, far, rare = (surprise(stream(lines), model) for lines in (HOME_TEXT, FAR_TEXT, RARE_TEXT))
    assert home < HOME < far < rare


def test_without_intact_characters_the_surprise_is_the_usual_one() -> None:
    assert surprise(stream(["plain"]), characters()) == pytest.approx(USUAL)
    assert surprise(stream(["。"]), characters()) == pytest.approx(USUAL)


def test_posteriors_stay_at_home_and_are_flattened_elsewhere() -> None:
    model = characters()
    home, far, rare = (stream(lines) for lines in (HOME_TEXT, FAR_TEXT, RARE_TEXT))
    assert calibrated(some_weights(home), home, model).tolist() == some_weights(home).tolist()
    for given in (far, rare):
        before, after = some_weights(given), calibrated(some_weights(given), given, model)
        first = given.start[:-1]
        assert (after[first] < before[first]).all()
        sums = np.add.reduceat(after, first)
        assert ((sums < 1) & (sums > 0.5)).all()
        for low, high in zip(first, given.start[1:], strict=True):
            assert (np.diff(after[low:high]) < 0).all()
            if high - low > 1:
                assert after[low] / after[low + 1] < before[low] / before[low + 1] - 0.01


def test_a_candidate_that_was_ruled_out_stays_out() -> None:
    given = stream(RARE_TEXT)
    weights = np.zeros(len(given.options))
    weights[given.start[:-1]] = 1
    after = calibrated(weights, given, characters())
    assert not after[weights == 0].any()
    assert (after[weights == 1] < 1).all()


def test_a_text_without_holes_has_nothing_to_calibrate() -> None:
    given = stream(["naïve"])
    assert given.start.tolist() == starts_of(np.zeros(0, np.int64)).tolist()
    assert calibrated(np.zeros(0), given, characters()).tolist() == []


def test_the_same_character_is_surer_in_a_text_like_the_training_text() -> None:
    line = "我们可以使用这个方法来训练模型。"
    sures = []
    for rest in (HOME_TEXT, RARE_TEXT):
        reading = read_lines([CP1254.damage(text) for text in [line, *rest]], CP1254)[0]
        assert reading.text == line
        sures.append([guess.sure for guess in reading.guesses])
    assert all(home > far for home, far in zip(*sures, strict=True))

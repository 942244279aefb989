import pytest

from digest.align.judge.back import back_features, is_fluent
from digest.align.judge.text import read
from digest.model import Line


def features(zh, back, en, similarity=0.9):
    return back_features(read(Line("zh", zh)), read(Line("en", back)), read(Line("en", en)), similarity)


ZH = "新的桥在夏天不开放。"


def test_the_same_line_back_speaks_against_nothing():
    en = "The new bridge is not open in summer."
    assert not any(features(ZH, en, en, 1.0).values())


@pytest.mark.parametrize(
    ("back", "en", "name"),
    [
        ("The bridge is open.", "The bridge is not open.", "back denies not"),
        ("The bridge is not open.", "The bridge is open.", "back denies"),
        ("The bridge is not open and not safe.", "The bridge is not open.", "back denies otherwise"),
        ("It has 40 seats.", "It has 50 seats.", "back numbers"),
        ("It was built with AutoCAD.", "It was built with SketchUp3.", "back names"),
        ("It was built long ago by farmers of the valley who came from afar.", "It was built.", "back long"),
        ("It was built.", "It was built long ago by farmers of the valley who came from afar.", "back short"),
        ("The bridge and its towers, walls, gates stand.", "The bridge stands.", "back run missing"),
        ("The bridge stands.", "The bridge and its towers, walls, gates stand.", "back run extra"),
    ],
)
def test_what_one_line_has_and_the_other_lacks_counts(back, en, name):
    assert features("桥在那里。", back, en)[name] > 0


def test_a_number_that_only_one_line_has_is_no_change():
    assert features("桥很长。", "The bridge is 40 metres long.", "The bridge is long.")["back numbers"] == 0


def test_a_denial_that_the_chinese_line_has_is_the_models_loss():
    lost = features("桥不会开放。", "The bridge will open.", "The bridge will not open.")
    added = features("桥将开放。", "The bridge will open.", "The bridge will not open.")
    assert lost["back denies not"] == added["back denies not"] == 1
    assert lost["back denies not, nor zh"] == 0
    assert added["back denies not, nor zh"] == 1


@pytest.mark.parametrize(
    ("text", "fluent"),
    [("The bridge is open.", True), ("", False), ("Yes", False), ("the the the the the the", False), ("。。。", False)],
)
def test_a_loop_or_nothing_is_no_opinion(text, fluent):
    assert is_fluent(read(Line("en", text))) == fluent

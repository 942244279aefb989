import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_bag import WordBag

from digest.align.judge.rivals import Rivals, rival_features, rival_texts, rivals
from digest.align.verify import judge
from digest.model import Line

SAME = {"园丁": "gardener", "浇水": "waters", "树": "trees", "早上": "morning", "厨师": "cook", "面包": "bread"}
SAME |= {"烤": "bakes", "晚上": "evening", "孩子": "children", "故事": "stories", "讲": "tells"}
BEFORE, ZH, AFTER = "孩子晚上讲故事。", "园丁在早上给全部的树浇水。", "厨师在晚上给大家烤面包。"
EN, EN_AFTER = "Gardener waters trees morning.", "Cook bakes bread evening."


def found(answer):
    embedder = WordBag(SAME, 256)
    own, made = embedder.encode([ZH, answer])
    return float(own @ made), rivals(rival_texts(Line("zh", ZH), BEFORE, AFTER), made, embedder)


def test_a_line_keeps_to_its_own_and_another_line_to_that_one():
    own, near = found(EN)
    assert max(near.beside, near.joined) < own
    own, near = found(EN_AFTER)
    assert near.beside > own


def test_two_lines_in_one_are_nearest_to_both_lines_joined():
    own, near = found(f"{EN} {EN_AFTER}")
    assert near.joined > max(own, near.beside)


def test_half_a_line_is_nearest_to_its_part():
    zh = "园丁在早上给全部的树浇水，厨师在晚上给大家烤面包。"
    embedder = WordBag(SAME, 256)
    own, made = embedder.encode([zh, EN])
    assert rivals(rival_texts(Line("zh", zh)), made, embedder).part > float(own @ made)


def test_a_line_alone_of_one_clause_has_no_rivals_and_asks_nothing():
    embedder = WordBag(SAME, 256)
    assert rivals(rival_texts(Line("zh", "浇水")), np.ones(256, np.float32), embedder) == Rivals()
    assert embedder.asked == 0


def test_the_lines_that_were_asked_with_it_tell_what_a_free_translation_is_not():
    zh, en = Line("zh-Hans", "我们训练了模型。"), Line("en", "We trained the model.")
    free = judge(zh, en, 0.7, made_by="machine", rivals=Rivals(0.2, 0.5, -1.0))
    merged = judge(zh, en, 0.7, made_by="machine", rivals=Rivals(0.6, 0.95, -1.0))
    assert free.verified
    assert not merged.verified
    assert merged.reasons
    assert judge(zh, en, 0.7, rivals=Rivals(0.6, 0.95, -1.0)) == judge(zh, en, 0.7), "people are not compared"


@pytest.mark.parametrize("lang", ["zh", "en", "en-GB"])
@given(text=st.text(alphabet="园丁浇水，。a b,.", max_size=60), before=st.text(max_size=9), after=st.text(max_size=9))
def test_the_texts_hold_the_line_and_its_neighbours_and_no_part_is_the_whole(lang, text, before, after):
    made = rival_texts(Line(lang, text), before, after)
    assert len(made.joined) == len(made.beside) == bool(before) + bool(after)
    assert all(text in joined for joined in made.joined)
    assert all(len(part) < len(text) for part in made.parts)
    assert set(rival_features(Rivals(), 0.5)) == set(rival_features(Rivals(0.1, 0.9, 0.4), 0.5))

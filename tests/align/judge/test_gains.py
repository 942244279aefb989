import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_bag import WordBag

from digest.align.judge.gains import EN_CLAUSE, LEAST_EN, LEAST_ZH, MOST, ZH_CLAUSE, Gain, clauses, gains
from digest.align.judge.text import read
from digest.model import Line

SAME = {"花园": "garden", "墙": "wall", "苹果": "apple", "树": "tree", "冬天": "winter", "雪": "snow"}


def found(zh, en):
    return gains(read(Line("zh", zh)), read(Line("en", en)), WordBag(SAME, 256))


def test_the_clause_that_has_no_partner_is_found_on_the_chinese_side():
    zh, en = found("花园的墙很高很高，苹果的树却不多，冬天的雪下得很大。", "garden wall; apple tree")
    assert zh.gain > 0
    assert zh.clause.startswith("冬天的雪")
    assert en == Gain()


def test_and_on_the_english_side():
    zh, en = found(
        "花园的墙和苹果树都在。", "garden wall with the apple tree, while winter snow lies on northern hills"
    )
    assert en.gain > 0
    assert en.clause.startswith("while winter snow")
    assert zh == Gain()


@pytest.mark.parametrize(("zh", "en"), [("花园的墙很高。", "garden wall"), ("", ""), ("，，，", ";;;")])
def test_a_line_of_one_clause_gains_nothing(zh, en):
    assert found(zh, en) == (Gain(), Gain())


@pytest.mark.parametrize(
    ("pattern", "least", "alphabet"), [(ZH_CLAUSE, LEAST_ZH, "花园，。（）a"), (EN_CLAUSE, LEAST_EN, "ab ,;()to and")]
)
def test_clauses_hold_the_whole_text_and_there_are_few(pattern, least, alphabet):
    @given(st.text(alphabet=alphabet, max_size=200))
    def law(text):
        parts = clauses(text, pattern, least)
        assert len(parts) <= MOST
        kept, whole = ("".join(re.findall(r"\w", t)) for t in ("".join(parts), text))
        assert kept == whole

    law()

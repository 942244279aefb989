"""Traditional Chinese is read as such; Simplified text is read as before."""

from __future__ import annotations

import numpy as np
import pytest

from digest.normalise.repair.channel import CP1252, CP1254, Channel
from digest.normalise.repair.models.characters import UNKNOWN, characters
from digest.normalise.repair.search.forms import HAN, forms, forms_of, traditional
from digest.normalise.repair.search.lattice import lattice
from digest.normalise.repair.search.lines import read_lines
from digest.normalise.repair.search.patterns import keys_of, patterns
from digest.normalise.repair.search.script import RARE, in_script, may_be_traditional

# Written for this test: the same sentences in both scripts.
SIMPLIFIED = [
    "大语言模型是一种人工智能系统，它可以理解和生成自然语言。",
    "训练这样的模型需要大量的数据和计算资源，因此很多公司选择使用开源的模型。",
    "在实际使用中，我们需要考虑成本、速度以及安全等问题。",
    "如果对这个方法有问题，请参考下面的文档，设置运行的参数。",
]
TRADITIONAL = [
    "大語言模型是一種人工智能系統，它可以理解和生成自然語言。",
    "訓練這樣的模型需要大量的數據和計算資源，因此很多公司選擇使用開源的模型。",
    "在實際使用中，我們需要考慮成本、速度以及安全等問題。",
    "如果對這個方法有問題，請參考下面的文檔，設置運行的參數。",
]
HEADWORDS = """# a note of one line
貓 猫 [mao1] /cat/
後來 后来 [hou4 lai2] /afterwards/
後 后 [hou4] /after/
皇后 皇后 [huang2 hou4] /empress/
A貓 A猫 [A mao1] /cat/
"""


@pytest.mark.parametrize("channel", [CP1252, CP1254], ids=["cp1252", "cp1254"])
@pytest.mark.parametrize("lines", [SIMPLIFIED, TRADITIONAL], ids=["simplified", "traditional"])
def test_a_text_comes_back_in_its_own_script(lines: list[str], channel: Channel) -> None:
    found = read_lines([channel.damage(line) for line in lines], channel)
    assert [reading.text for reading in found] == lines


def test_simplified_text_is_left_as_it_was() -> None:
    laid = lattice([CP1254.damage(line) for line in SIMPLIFIED], CP1254)
    judged, seen = in_script(laid)
    assert not may_be_traditional(laid)
    assert judged is laid
    assert seen is laid


def test_the_model_sees_traditional_text_as_simplified_text() -> None:
    damaged = [CP1254.damage(line) for line in TRADITIONAL]
    laid = lattice(damaged, CP1254, both_scripts=True)
    assert may_be_traditional(laid)
    judged, seen = in_script(laid)
    clean = lattice([CP1254.damage(line) for line in SIMPLIFIED], CP1254)
    intact = (laid.codes > 0) & (clean.codes > 0)
    assert intact.any()
    assert seen.codes[intact].tolist() == clean.codes[intact].tolist()
    assert judged.codes.tolist() == laid.codes.tolist()
    assert judged.options.tolist() == laid.options.tolist()
    assert seen.priors.tolist() == judged.priors.tolist()


def test_forms_of_the_other_script_are_held_against_a_candidate() -> None:
    laid = lattice([CP1254.damage(line) for line in TRADITIONAL], CP1254, both_scripts=True)
    lost = in_script(laid)[0].priors - laid.priors
    table = forms()
    han = (laid.options >= HAN.start) & (laid.options < HAN.stop)
    options = np.where(han, laid.options, 0)
    both = han & table.is_simple[options] & (table.share[options] == 1)
    simple = han & (table.share[options] == 0)
    assert both.any()
    assert simple.any()
    assert lost[both].min() > -0.01
    assert lost[simple].max() < -2
    assert lost.min() >= np.log(RARE) - 1e-3


def test_a_few_strange_characters_do_not_make_a_text_traditional() -> None:
    laid = lattice([CP1254.damage(line) for line in [*SIMPLIFIED, "镕和喆是名字里的字，𠮷也是。"]], CP1254)
    assert not may_be_traditional(laid)


def test_forms_are_counted_in_headwords_of_one_length() -> None:
    found = forms_of(HEADWORDS.encode())
    assert [chr(found.simple[ord(char)]) for char in "貓後后皇猫狗"] == list("猫后后皇猫狗")
    assert found.share[ord("後")] == pytest.approx(2 / 3)
    assert found.share[ord("后")] == pytest.approx(1 / 3)
    assert found.share[ord("猫")] == 0
    assert found.share[ord("狗")] == 1
    assert [bool(found.is_simple[ord(char)]) for char in "貓後后皇猫狗"] == [False, False, True, True, True, True]


def test_headwords_of_two_lengths_pair_no_characters() -> None:
    found = forms_of("一個 個個個 [x] /x/\n甲乙丙 丁 [x] /x/\n".encode())
    assert found.simple.tolist() == list(range(HAN.stop))


def test_traditional_characters_are_candidates_only_where_both_scripts_are_asked_for() -> None:
    more = traditional()
    assert len(more)
    ids = characters().ids
    assert (ids[more] == UNKNOWN).all()
    assert (ids[forms().simple[more]] != UNKNOWN).all()
    code = ord("對")
    assert code in more
    key = keys_of(np.array([code], np.uint32), CP1254).tolist()
    for both_scripts in (False, True):
        table = patterns(CP1254, both_scripts=both_scripts)
        row = table.rows(key)[0]
        assert (code in table.codes[table.start[row] : table.start[row + 1]]) is both_scripts


@pytest.mark.parametrize("channel", [CP1252, CP1254], ids=["cp1252", "cp1254"])
def test_the_sign_of_a_social_network_comes_before_other_letters_of_its_block(channel: Channel) -> None:
    line = "请在 𝕏 上关注我们的账号，获取最新的动态。"
    (found,) = read_lines([channel.damage(line)], channel)
    assert found.text == line
    (sign,) = [guess for guess in found.guesses if guess.chosen == "𝕏"]
    assert sign.others
    assert all(sign.sure > 3 * p for _, p in sign.others)

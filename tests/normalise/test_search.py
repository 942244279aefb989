"""Lines that lost bytes are read again: what is claimed always holds, and plain Chinese comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from channels import PRESETS
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.normalise.repair.channel import CP1252, CP1254, Channel, lossy
from digest.normalise.repair.search.lines import Reading, read_choices, read_lines

# Written for this test; every sentence is plain modern prose.
ZH = """大语言模型是一种人工智能系统，它可以理解和生成自然语言。
训练这样的模型需要大量的数据和计算资源，因此很多公司选择使用开源的模型。
在实际使用中，我们需要考虑成本、速度以及安全等问题。
如果你想要了解更多的内容，请参考下面的文档，或者在社区中提出问题。
这个方法不需要修改模型的参数，只需要在输入中加入一些示例即可。"""
CHINESE = st.text(alphabet="的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动")


def read(text: str, channel: Channel) -> Reading:
    (found,) = read_lines([channel.damage(text)], channel)
    return found


@pytest.mark.parametrize("channel", PRESETS.values(), ids=PRESETS)
def test_a_paragraph_comes_back(channel: Channel) -> None:
    lines = ZH.split("\n")
    found = read_lines([channel.damage(line) for line in lines], channel)
    assert [reading.text for reading in found] == lines
    for reading, line in zip(found, lines, strict=True):
        for guess in reading.guesses:
            assert guess.chosen == line[guess.at]
            assert channel.damage(guess.chosen) != guess.chosen.encode().decode("latin-1")


def test_every_character_that_lost_bytes_is_a_guess_and_no_other() -> None:
    text = ZH.split("\n")[0]
    lost = [at for at, char in enumerate(text) if CP1254.lost & set(char.encode())]
    assert [guess.at for guess in read(text, CP1254).guesses] == lost
    assert read("naïve café — 模型…", replace(CP1252, lost=frozenset())).guesses == ()


def test_a_guess_tells_how_sure_it_is_and_names_others_only_where_it_is_not() -> None:
    guesses = [guess for line in ZH.split("\n") for guess in read(line, CP1254).guesses]
    assert guesses
    for guess in guesses:
        assert 0 < guess.sure <= 1
        assert not guess.others or guess.sure < 0.99
        assert len(guess.others) <= 4
        assert all(
            CP1254.damage(char) == CP1254.damage(guess.chosen) and char != guess.chosen for char, _ in guess.others
        )
        assert [p for _, p in guess.others] == sorted((p for _, p in guess.others), reverse=True)
        assert guess.sure + sum(p for _, p in guess.others) <= 1.001


@pytest.mark.parametrize("channel", PRESETS.values(), ids=PRESETS)
@given(text=st.text() | CHINESE)
def test_what_is_read_reproduces_the_damage(channel: Channel, text: str) -> None:
    damaged = channel.damage(text)
    (found,) = read_lines([damaged], channel)
    if found.text is None:
        assert found.why
        assert channel.spaced or channel.codec in ("mac-roman", "cp437")  # else everything can be read
    else:
        assert channel.damage(found.text) == damaged
        assert not found.why


@given(lines=st.lists(st.text() | st.text(alphabet="åæçéèä¸ºœ—”’\x81\xad ?\ufffd模型ðŸ"), max_size=4))
@settings(max_examples=300)
def test_no_line_raises_and_each_has_a_reading(lines: list[str]) -> None:
    for channel in (CP1252, CP1254, PRESETS["cp1254+question+space"], PRESETS["cp1252+fffd"]):
        found = read_lines(lines, channel)
        assert len(found) == len(lines)
        for reading, line in zip(found, lines, strict=True):
            assert reading.text is None or channel.damage(reading.text) == line
            for guess in reading.guesses:
                assert reading.text is not None
                assert reading.text[guess.at] == guess.chosen


def test_lines_of_nothing_and_of_ascii() -> None:
    assert read_lines([], CP1254) == []
    assert [reading.text for reading in read_lines(["", "plain", "", "?"], CP1254)] == ["", "plain", "", "?"]


def test_what_the_channel_does_not_leave_refuses_the_line_and_only_that() -> None:
    damaged = [CP1254.damage(line) for line in ZH.split("\n")]
    damaged[1] += "”"
    damaged[3] = "模型" + damaged[3]
    found = read_lines(damaged, CP1254)
    assert [reading.text is None for reading in found] == [False, True, False, True, False]
    assert found[1].why
    assert found[0].text == ZH.split("\n")[0]


def test_bytes_that_no_character_has_are_refused() -> None:
    for line in ("à€€", "í\u00a0€", "ô\u00bf\u00bf\u00bf"):  # overlong; too large
        assert read_lines([line], replace(CP1252, lost=frozenset()))[0].text is None


def test_a_character_that_ends_in_white_space_survives_stripping() -> None:
    text = "运行的速度会增加"  # its last byte is A0
    damaged = CP1252.damage(text).rstrip()
    assert read_lines([damaged], CP1252)[0].text != text
    assert read_lines([damaged], replace(CP1252, stripped=True))[0].text == text


def test_a_real_question_mark_or_space_after_a_hole_stays() -> None:
    asked = lossy("cp1252", stand_in="?")
    assert read("你知道它的用途是什么吗? 我不知道中国", asked).text == "你知道它的用途是什么吗? 我不知道中国"
    spaced = lossy("cp1254", spaced=True)
    text = "我们在 PyTorch 中 增加 了一个函数"
    assert read(text, spaced).text == text


def test_emoji_and_astral_characters() -> None:
    text = "我们发布了新的模型 🤗 欢迎使用 🚀"
    assert read(text, CP1252).text == text
    found = read("𠀀𠀁𠮷 👩\u200d💻", CP1254)
    assert found.text is not None
    assert len(found.text) == 7


def test_a_long_line_of_holes_alone_is_read() -> None:
    text = "中国" * 3000
    found = read(text, CP1254)
    assert found.text is not None
    assert len(found.text) == len(text)
    assert len(found.guesses) > 2000


def test_choices_are_read_by_the_same_model() -> None:
    line = "我们可以使用这个模型"
    items = [char if at != 7 else "各个何" for at, char in enumerate(line)]
    ((text, guesses),) = read_choices([items])
    assert text == line
    assert [(guess.at, guess.chosen) for guess in guesses] == [(7, "个")]
    assert read_choices([]) == []
    assert read_choices([[], ["a", "b"]]) == [("", ()), ("ab", ())]


@pytest.mark.parametrize("emoji", "🎯🎥🌍")
def test_a_lost_emoji_is_not_read_as_a_sign_of_alchemy(emoji: str) -> None:
    found = read(f"新的模型拿到了第一名 {emoji} 欢迎试用。", CP1254)
    assert found.text is not None
    assert not any("\U0001f650" <= char < "\U0001f680" or "\U0001f700" <= char < "\U0001f7e0" for char in found.text)

"""The damage itself: what code pages make of UTF-8, byte by byte."""

from __future__ import annotations

import pytest
from channels import PRESETS
from hypothesis import given
from hypothesis import strategies as st

from digest.normalise.repair.channel import CP1252, CP1254, Channel, lossy, page, undefined

ZH = "训练数据来自公开的网站，“模型”不大；我们说明它的用法……加"


@pytest.mark.parametrize(("channel", "codec"), [(CP1252, "cp1252"), (CP1254, "cp1254")])
def test_the_profiles_are_what_python_leaves_out_and_the_soft_hyphen(channel: Channel, codec: str) -> None:
    assert channel.damage(ZH) == ZH.encode().decode(codec, "ignore").replace("\u00ad", "")


@pytest.mark.parametrize("codec", ["cp1252", "cp1254"])
def test_a_stand_in_is_given_for_each_lost_byte(codec: str) -> None:
    assert lossy(codec, soft_hyphen=False, stand_in="\ufffd").damage(ZH) == ZH.encode().decode(codec, "replace")
    once = lossy(codec, stand_in="?").damage("丁")  # E4 B8 81
    assert once.endswith("?")
    assert lossy(codec, stand_in="?").damage("中") == "ä¸"  # the soft hyphen has no stand-in


def test_what_a_code_page_loses_is_documented() -> None:
    assert CP1252.lost == {0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xAD}
    assert CP1254.lost == CP1252.lost | {0x8E, 0x9E}
    assert undefined("cp1251") == {0x98}
    assert not undefined("mac-roman")
    assert page("cp1252")[0x81] == "\x81"


def test_a_no_break_space_becomes_a_space_only_when_told() -> None:
    assert "\u00a0" in CP1254.damage("加法")
    assert lossy("cp1254", spaced=True).damage("加法") == CP1254.damage("加法").replace("\u00a0", " ")


def test_stripping_takes_what_ends_in_white_space_at_the_end_of_each_line() -> None:
    stripped = Channel("cp1252", CP1252.lost, stripped=True)
    assert stripped.damage("  加\n加 \n") == "  å\u008a\nå\u008a\n".replace("\u008a", "Š")


def test_presets_have_names_and_differ() -> None:
    assert PRESETS["cp1254"] == CP1254
    assert len(set(PRESETS.values())) == len(PRESETS)
    for name, channel in PRESETS.items():
        assert name.split("+")[0] == channel.codec


@pytest.mark.parametrize("channel", PRESETS.values(), ids=PRESETS)
@given(text=st.text())
def test_any_text_can_be_damaged_and_ascii_never_changes(channel: Channel, text: str) -> None:
    damaged = channel.damage(text)
    assert channel.damage("\n".join([text, "plain"])).endswith("plain")
    plain = "".join(char for char in text if char < "\x80")
    assert channel.damage(plain) == plain
    assert isinstance(damaged, str)


def test_lone_surrogates_raise_nothing() -> None:
    assert CP1252.damage("\ud800")


def test_an_unknown_code_page_is_an_error() -> None:
    with pytest.raises(LookupError):
        Channel("no-such-page").damage("x")

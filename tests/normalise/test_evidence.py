"""What damage a text shows: the kind and the page once a document, what was lost, and nothing in clean text."""

from __future__ import annotations

import pytest
from clean_texts import CLEAN, ZH
from hypothesis import given
from hypothesis import strategies as st

from digest.normalise.repair.channel import CP1252, CP1254, Channel, lossy
from digest.normalise.repair.evidence import damage_of, evidence_of, outside_code
from digest.normalise.repair.mend import mend

LONG = "\n".join(f"{ZH} 第{n}次测试了新的中文输入法，目标样本很少，准确率只有百分之{n}。" for n in range(40))


@pytest.mark.parametrize("text", [*CLEAN.values(), "\n".join(CLEAN.values())])
def test_clean_text_shows_nothing(text: str) -> None:
    assert not evidence_of(text)
    assert not evidence_of(text * 30)
    assert damage_of(text * 5) == ()


@pytest.mark.parametrize(
    "channel",
    [
        CP1252,
        CP1254,
        lossy("cp1252", soft_hyphen=False),
        lossy("cp1254", stand_in="\ufffd"),
        lossy("cp1252", stand_in="?"),
        lossy("cp1252", spaced=True),
        Channel("cp1252", frozenset({0xAD})),
        lossy("cp1250", soft_hyphen=False),
    ],
)
def test_the_channel_is_told_by_what_never_shows(channel: Channel) -> None:
    found = evidence_of(channel.damage(LONG))
    assert (found.kind, found.channel, found.parts) == ("lost", channel, False)
    assert found.coverage > 0.9
    assert found.share == 1.0


@pytest.mark.parametrize(
    "codec", ["cp1252", "cp1254", "latin-1", "iso8859-9", "cp1250", "cp1251", "mac-roman", "cp437"]
)
def test_what_lost_nothing_is_told_with_its_page(codec: str) -> None:
    found = evidence_of(Channel(codec).damage(LONG + "🤗é"))
    assert (found.kind, found.channel) == ("whole", Channel(codec))


@pytest.mark.parametrize(
    ("damaged", "kind", "code"),
    [
        (LONG.encode("gbk").decode("latin-1"), "multibyte", "gbk-as-latin1"),
        (LONG.encode("gbk").decode("cp1252", "ignore"), "multibyte", "gbk-as-latin1"),
        (LONG.encode("big5", "ignore").decode("latin-1"), "multibyte", "big5-as-latin1"),
        (LONG.encode().decode("gbk", "replace"), "utf8-as-multibyte", "utf8-as-gb18030"),
        (Channel("latin-1", frozenset(range(0x80, 0xA0))).damage(LONG), "stripped", "lost-c1"),
    ],
)
def test_other_kinds_are_told(damaged: str, kind: str, code: str) -> None:
    found = evidence_of(damaged)
    assert (found.kind, found.code) == (kind, code)


def test_of_two_pages_the_one_that_loses_more_is_taken_where_nothing_tells_them_apart() -> None:
    found = evidence_of(CP1254.damage("模型，中国"))
    assert found.channel == CP1254
    found = evidence_of(CP1252.damage("模型，中国"))
    assert found.channel == CP1252  # 型 shows ž


def test_mojibake_that_is_quoted_is_no_evidence() -> None:
    garbled = CP1252.damage(ZH)
    clean = "\n\n".join([ZH] * 6)
    assert not evidence_of(f"{clean}\n\n{garbled}")
    assert not evidence_of(f"{clean}\n\n显示为 {garbled[:20]} 的文字")
    assert not evidence_of("```\n" + "\n".join([garbled] * 9) + "\n```\nEn français, à côté.")
    assert not evidence_of(f">>> read('{garbled}')\n'{garbled}'\n")
    assert not evidence_of("<p>à propos</p>\n<pre>\n" + f"{garbled}\n" * 9 + "</pre>")


def test_a_page_with_garbled_parts_says_so() -> None:
    parts = [ZH] * 30 + [CP1252.damage(ZH)] * 5
    found = evidence_of("\n".join(parts))
    assert found.parts
    assert found.channel == CP1252


def test_code_of_a_document_that_is_damaged_throughout_is_damaged_too() -> None:
    assert evidence_of(CP1252.damage(f"{ZH}\n```\n# {ZH}\n```\n{ZH}\n"))


@given(st.lists(st.sampled_from(["`a`", "```", "<pre>", "</pre>", ">>> x", "", "b `c"]), max_size=12))
def test_lines_outside_code_keep_their_number(lines: list[str]) -> None:
    assert len(outside_code(lines)) == len(lines)


@pytest.mark.parametrize("part", ["<pre ", "<code>", "`", "<pre>", "&amp;", "å", "???", ">>> ", "锛", "´ó"])
def test_hostile_text_takes_linear_time(part: str) -> None:
    """Would take minutes if any pattern looked back over the text from every place."""
    mend(part * 20_000 + CP1252.damage(ZH))


def test_line_ends_of_other_kinds_do_not_part_a_sequence() -> None:
    assert evidence_of("é\x85…".join(["x", "y"])).kind == ""
    found = evidence_of(Channel("latin-1").damage("第" * 3 + "关于中文的说明，其中有许多内容。" * 4))
    assert found.channel == Channel("latin-1")

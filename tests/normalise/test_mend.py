"""The order of it all: what is read, what stays, and that every reading gives its input back."""

from __future__ import annotations

from html import escape

import pytest
from clean_texts import CLEAN, TW, ZH
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.normalise.repair.channel import CP1252, CP1254, Channel, lossy
from digest.normalise.repair.evidence import CLEAN as NO_EVIDENCE
from digest.normalise.repair.evidence import evidence_of
from digest.normalise.repair.mend import mend
from digest.normalise.repair.source import mend_pieces, mend_source

LONG = "\n".join(f"{ZH} 第{n}次测试了新的中文输入法，目标样本很少，准确率只有百分之{n}。" for n in range(12))
SLOPPY = Channel("cp1252")
WESTERN = [CP1252, CP1254, lossy("cp1252", soft_hyphen=False), lossy("cp1254", stand_in="\ufffd"),
           lossy("cp1252", stand_in="?"), lossy("cp1252", spaced=True), SLOPPY, Channel("latin-1")]  # fmt: skip


@pytest.mark.parametrize("text", [*CLEAN.values(), "\r\n".join(CLEAN.values())])
def test_clean_text_comes_back_character_for_character(text: str) -> None:
    for given_text in (text, text * 9, f"\r\n{text}\r\r\n\u2028{text}\n"):
        mended = mend(given_text)
        assert (mended.text, mended.repairs, mended.guesses, mended.refused) == (given_text, (), (), ())
        assert mended.damage == ()


@given(st.lists(st.sampled_from([*CLEAN.values(), "", "plain", "`x = 1`", "\r", "  "]), max_size=8))
def test_clean_texts_together_come_back(parts: list[str]) -> None:
    text = "\n".join(parts)
    assert mend(text).text == text


@given(st.text("，。！？“”：；（）中文é “”…—", max_size=30), st.text(max_size=30))
@example("”é", "")  # ӎ by Mac Roman
def test_chinese_and_its_marks_are_never_touched(text: str, more: str) -> None:
    assert mend(text).text == text
    assert mend(ZH + more + TW).text.startswith(ZH)


@pytest.mark.parametrize(
    "text",
    [
        "If you see â€™ instead of an apostrophe, the page was decoded wrongly.",
        'You get "Ã©" where an e-acute was meant.',
        "UTF-8 read as latin-1 turns e-acute into Ã© (two letters).",
        "这里出现了“Ã©”，说明编码有误。",
    ],
)
def test_a_line_that_speaks_of_mojibake_is_left_alone(text: str) -> None:
    assert mend(text).text == text


@pytest.mark.parametrize("text", ["What 锟斤拷 and 烫烫烫 mean.", "常见的乱码：锟斤拷、烫烫烫。"])
def test_what_is_spoken_of_is_no_damage(text: str) -> None:
    assert mend(text).damage == ()
    assert mend("他说锟斤拷锟斤拷不见了").damage == ("gone:锟斤拷",)


def test_a_soft_hyphen_that_strayed_in_tells_nothing_of_the_whole() -> None:
    damaged = CP1254.damage(LONG)
    assert mend(damaged + "\ncafÃ© \xad").text.startswith(mend(damaged).text)


def test_code_in_a_text_of_which_parts_are_damaged_stays() -> None:
    parts = [CP1252.damage(line) for line in LONG.split("\n")[:4]]
    text = "\n".join(["Das ist schön."] * 30 + parts + [f"{parts[0]} `Ã©`"])
    assert "`Ã©`" in mend(text).text


@pytest.mark.parametrize("channel", WESTERN)
def test_what_is_read_gives_its_input_back(channel: Channel) -> None:
    damaged = channel.damage(LONG)
    mended = mend(damaged)
    assert mended.refused == ()
    assert mended.damage == ()
    assert channel.damage(mended.text) == damaged
    same = sum(a == b for a, b in zip(mended.text, LONG, strict=True))
    assert same > 0.98 * len(LONG)
    assert all(mended.text[guess.at] == guess.chosen for guess in mended.guesses)
    assert [guess.at for guess in mended.guesses] == sorted(guess.at for guess in mended.guesses)


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("中文的模型，。个不与é A1“”🤗한か\u00a0\r"), max_size=60), st.sampled_from(WESTERN))
@example("\u00a0", SLOPPY)
def test_a_reading_always_gives_its_line_back(text: str, channel: Channel) -> None:
    damaged = channel.damage(f"{ZH}\n{text}\n{ZH}")
    mended = mend(damaged)
    refused = {each.line for each in mended.refused}
    code = next(iter(mended.repairs), "")
    assert code.startswith(("read:", "undone:"))
    used = evidence_of(damaged).channel or channel
    for n, (read, line) in enumerate(zip(mended.text.split("\n"), damaged.split("\n"), strict=True), 1):
        if n in refused:
            assert read == line
        elif read != line:
            assert line.rstrip() in (used.damage(read).rstrip(), used.damage(read).replace("\u00a0", " ").rstrip())


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_mojibake_of_mojibake_is_undone(layers: int) -> None:
    damaged = LONG
    for _ in range(layers):
        damaged = SLOPPY.damage(damaged)
    assert mend(damaged).text == LONG
    assert mend(damaged).repairs == ("undone:cp1252",)


def test_an_inner_layer_that_lost_bytes_is_searched() -> None:
    mended = mend(SLOPPY.damage(CP1254.damage(LONG)))
    assert mended.repairs == ("undone:cp1252", "read:cp1254")
    assert CP1254.damage(mended.text) == CP1254.damage(LONG)


@pytest.mark.parametrize(
    ("damaged", "text", "code"),
    [
        (ZH.encode("gbk").decode("latin-1"), ZH, "gbk-as-latin1"),
        (ZH.encode("gbk").decode("cp1252", "ignore"), ZH, "gbk-as-latin1"),
        (TW.encode("big5").decode("latin-1"), TW, "big5-as-latin1"),
        (escape(escape("a <b> & \"c\" 'd' 模型")), "a <b> & \"c\" 'd' 模型", "entities"),
        ("âœ” No problems", "✔ No problems", "ftfy:sloppy-windows-1252"),
    ],
)
def test_other_kinds_are_undone(damaged: str, text: str, code: str) -> None:
    mended = mend(damaged)
    assert (mended.text, mended.repairs, mended.damage) == (text, (code,), ())


def test_utf8_that_was_read_as_gbk_is_read_again() -> None:
    damaged = LONG.encode().decode("gbk", "replace")
    mended = mend(damaged)
    assert mended.repairs == ("utf8-as-gb18030",)
    assert mended.text.encode().decode("gbk", "replace") == damaged
    assert sum(a == b for a, b in zip(mended.text, LONG, strict=True)) > 0.95 * len(LONG)
    assert all(mended.text[guess.at] == guess.chosen for guess in mended.guesses)


def test_a_line_that_does_not_fit_is_left_and_named() -> None:
    lines = LONG.split("\n")
    damaged = [CP1252.damage(line) for line in lines]
    damaged[4] = "\u0416" + damaged[4].replace("æ", "\u0416æ\u0416")
    damaged[6] = damaged[6][:20] + "¿¿¿¿" + damaged[6][20:]
    mended = mend("\n".join(damaged))
    for refused in mended.refused:
        assert mended.text.split("\n")[refused.line - 1] == damaged[refused.line - 1]
        assert refused.damage == "lost-bytes:cp1252"
        assert refused.why
    assert 7 in {refused.line for refused in mended.refused}


def test_what_nothing_brings_back_is_refused_with_its_name() -> None:
    damaged = Channel("latin-1", frozenset(range(0x80, 0xA0))).damage(LONG)
    mended = mend(damaged)
    assert (mended.text, mended.repairs, mended.damage) == (damaged, (), ("lost-c1",))
    assert len(mended.refused) == LONG.count("\n") + 1


def test_line_ends_stay_as_they_were() -> None:
    text = f"{ZH}\r\n{ZH}\r\n\r\n{TW}\n{ZH}\r"
    damaged = CP1252.damage(text)
    mended = mend(damaged)
    assert CP1252.damage(mended.text) == damaged
    assert [n for n, ch in enumerate(mended.text) if ch == "\r"] == [n for n, ch in enumerate(text) if ch == "\r"]
    assert all(mended.text[guess.at] == guess.chosen for guess in mended.guesses)


def test_a_continuation_that_ends_lines_elsewhere_ends_none_here() -> None:
    text = "关于中文的说明，共四点。\u2028先说第一点：兮。" * 5  # 85 is the last byte of 充 and others
    assert mend(Channel("latin-1").damage(text)).text == text


# ---- what belongs to a document -------------------------------------------------------------------------------------


def test_a_short_title_is_read_by_the_evidence_of_its_document() -> None:
    document = CP1254.damage(LONG)
    title = CP1254.damage("中文输入法")
    mended = mend(title, like=evidence_of(document))
    assert CP1254.damage(mended.text) == title
    assert mended.repairs == ("read:cp1254",)
    assert len(mended.text) == 5
    assert mend("Clean title é", like=evidence_of(document)).text == "Clean title é"


@pytest.mark.parametrize("damaged", [LONG.encode().decode("gbk", "replace"), LONG.encode("gbk").decode("latin-1")])
def test_a_clean_title_of_a_garbled_document_stays(damaged: str) -> None:
    for title in ("库：进行模型定义的标准化工作 (The library)", "模型", "Un été à côté", "模"):
        mended = mend(title, like=evidence_of(damaged))
        assert (mended.text, mended.damage, mended.refused) == (title, (), ())


def test_in_a_clean_document_a_garbled_piece_is_a_quotation() -> None:
    piece = CP1252.damage(ZH)
    mended = mend(piece, like=NO_EVIDENCE)
    assert (mended.text, mended.repairs) == (piece, ())
    assert mended.damage == ("lost-bytes:cp1252",)


def test_a_page_that_quotes_mojibake_stays() -> None:
    garbled = SLOPPY.damage(ZH)
    text = f"{ZH}\n{TW}\n乱码是 {garbled[:30]}，还有\n{garbled}\n`{garbled}`\n{ZH}\n{ZH}"
    assert mend(text).text == text
    assert mend_source(text).text == text


def test_of_a_page_with_garbled_parts_these_are_read() -> None:
    garbled = "\n".join(SLOPPY.damage(line) for line in LONG.split("\n")[:6])
    quoted = f"`{SLOPPY.damage(ZH)}`"
    text = "\n".join([ZH] * 20 + [garbled, "```", SLOPPY.damage(ZH), "```", quoted])
    mended = mend(text)
    assert mended.text.split("\n")[20:26] == LONG.split("\n")[:6]
    assert mended.text.split("\n")[26:] == text.split("\n")[26:]


def test_a_source_is_read_with_its_code_and_attributes() -> None:
    source = f'<p title="说明">{ZH}</p>\n<pre># 注释：说明</pre>\n<code>变量</code>' + f"\n<p>{TW}</p>" * 3
    damaged = CP1252.damage(source)
    mended = mend_source(damaged)
    assert CP1252.damage(mended.text) == damaged
    assert "模型" in mended.text
    assert mended.repairs == ("read:cp1252",)
    assert all(mended.text[guess.at] == guess.chosen for guess in mended.guesses)
    assert mend_source(source).text == source


def test_pieces_keep_their_places_and_their_guesses() -> None:
    parts = ["请看这里的", "中文使用说明", "，再开始", "。"]
    pieces = [CP1254.damage(part) for part in parts]
    mended = mend_pieces(pieces, like=evidence_of(CP1254.damage(LONG)))
    assert len(mended) == 4
    for each, piece in zip(mended, pieces, strict=True):
        assert CP1254.damage(each.text) == piece
        assert all(each.text[guess.at] == guess.chosen for guess in each.guesses)
        assert each.repairs == ("read:cp1254",)


def test_pieces_lose_the_entities_that_a_parser_left() -> None:
    mended = mend_pieces(["R&amp;D", " at ", "home &lt;b&gt; 模型"])
    assert [each.text for each in mended] == ["R&D", " at ", "home <b> 模型"]
    assert mended[0].repairs == ("entities",)
    assert [each.text for each in mend_pieces(["&nbsp;", " is a space"])] == ["&nbsp;", " is a space"]
    assert mend_pieces([]) == ()

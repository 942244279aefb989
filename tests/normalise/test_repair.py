"""What can be undone is undone, what cannot is named, and clean text comes back as it was."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Document
from digest.normalise.article import read_fragment
from digest.normalise.printable import printable
from digest.normalise.repair.mend import damage_of, is_noise, mend, mend_source

ZH = "这个模型的训练数据来自许多公开的网站，我们会在下面说明如何使用它，并欢迎读者提出意见。"
TW = "這個模型的訓練資料來自許多公開的網站，我們會在下面說明如何使用它，並歡迎讀者提出意見，也歡迎您轉載這篇文章。"
CLEAN = [
    ZH,
    TW,
    "“全角，标点！”（ＡＢＣ）…… ——",
    "naïve café, déjà vu: l’été où ça brûle",
    "Größe, Straße, Übermaß; ñandú; İstanbul’da ışık ve gölge",
    "&lt;b&gt; stays escaped, ﬁ stays a ligature",
    "Tiếng Việt có dấu",
    "a\u00a0b 👩\u200d💻 “x” ‘y’",
]


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_comes_back_byte_for_byte(text: str) -> None:
    result = mend(text)
    assert (result.text, result.repairs, result.damage) == (text, (), ())


@given(
    st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)),
    st.text(alphabet="，。！？“”：；（）", max_size=3),
)
def test_chinese_and_its_marks_are_never_touched(text: str, marks: str) -> None:
    assert mend(text + marks).text == text + marks


@pytest.mark.parametrize("codec", ["latin-1", "sloppy-windows-1252", "sloppy-windows-1254"])
def test_mojibake_that_lost_nothing_is_undone(codec: str) -> None:
    import ftfy.bad_codecs.sloppy  # noqa: F401  (registers the codec)

    damaged = ZH.encode().decode(codec)
    result = mend(damaged)
    assert (result.text, result.damage) == (ZH, ())
    assert result.repairs


@pytest.mark.parametrize(
    ("damaged", "name"),
    [
        (ZH.encode().decode("cp1252", "ignore").replace("\xad", ""), "lost-bytes:cp1252"),
        (ZH.encode().decode("cp1254", "ignore").replace("\xad", ""), "lost-bytes:cp125"),
        (ZH.encode("gbk").decode("latin-1"), "gbk-as-latin1"),
        (ZH.encode().decode("gb18030", "ignore"), "utf8-as-gb18030"),
        (TW.encode("big5").decode("latin-1"), "big5-as-latin1"),
        ((TW * 2).encode("big5").decode("gb18030", "ignore"), "wrong-charset"),
        (ZH.encode("gbk").decode("utf-8", "replace"), "gone:U+FFFD"),
        ("数据锟斤拷锟斤拷丢了", "gone:锟斤拷"),
        ("内存烫烫烫烫烫", "gone:烫烫烫"),
        ("????? 2023 ??????, ????????", "gone:?"),
    ],
)
def test_damage_beyond_repair_is_named(damaged: str, name: str) -> None:
    assert any(mark.startswith(name) for mark in mend(damaged).damage)


@pytest.mark.parametrize(
    "text", [*CLEAN, "What?? Really?! Why???", "El Niño también llegó a São Paulo más tarde, según él"]
)
def test_no_false_alarm_on_clean_text(text: str) -> None:
    assert damage_of(text * 5) == ()


def test_noise_of_a_wrong_ocr_is_told_from_prose() -> None:
    chance = random.Random(7)
    noise = " ".join("".join(chance.choices("ABCDEFGHIJKLMabc$%1", k=chance.randint(1, 4))) for _ in range(900))
    assert is_noise(noise)
    assert not is_noise("The server keeps a copy of every page that it has seen. " * 60)
    assert not is_noise("OK")


def of(*paragraphs: str, title: str = "标题") -> Document:
    return read_fragment(
        "".join(f"<p>{text}</p>" for text in paragraphs), "https://a.example/x", title=title, lang="zh"
    )


def test_a_quoted_line_of_mojibake_marks_neither_document_nor_prose() -> None:
    quoted = ZH[:14].encode().decode("cp1252", "ignore")
    document = of(*[ZH] * 20, quoted)
    assert document.damage == ()
    assert [p.kind for p in document.paragraphs[:20]] == ["prose"] * 20
    assert document.paragraphs[20].kind == "code"


def test_mojibake_within_a_code_span_is_what_the_author_wrote() -> None:
    quoted = "模型的训练".encode().decode("latin-1")
    document = of(*[ZH] * 3, f"错误的输出是 <code>{quoted}</code> 这样的。")
    assert (document.repairs, document.damage) == ((), ())
    assert document.paragraphs[3].kind == "prose"
    assert printable(quoted) in document.paragraphs[3].text


def test_a_damaged_title_damages_the_document() -> None:
    assert of(*[ZH] * 5, title=ZH.encode().decode("cp1252", "ignore")).damage == ("lost-bytes:cp1252",)


def test_a_wholly_garbled_source_is_mended_with_its_code_and_markup() -> None:
    source = f"<p>{ZH}</p>\n<pre># 注释：说明</pre>"
    garbled = source.encode().decode("latin-1")
    assert mend_source(garbled)[0] == source
    assert mend_source(source) == (source, ())
    document = read_fragment(garbled, "https://a.example/x", title="T")
    assert [p.text for p in document.paragraphs] == [ZH, "# 注释：说明"]
    assert document.repairs


def test_links_keep_their_place_through_a_repair() -> None:
    garbled = [part.encode().decode("latin-1") for part in ("请看这里的", "使用说明", "再开始。")]
    document = of(*[ZH] * 9, f'{garbled[0]}<a href="/y">{garbled[1]}</a>{garbled[2]}')
    paragraph = document.paragraphs[-1]
    assert paragraph.text == "请看这里的使用说明再开始。"
    assert [paragraph.text[s.start : s.end] for s in paragraph.spans] == ["使用说明"]

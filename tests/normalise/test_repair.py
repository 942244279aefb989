"""Damaged text on its way into a document: what is read again, what is quoted and stays."""

from __future__ import annotations

from clean_texts import ZH

from digest.model import Document
from digest.normalise.article import read_fragment
from digest.normalise.repair.channel import CP1252
from digest.normalise.repair.source import mend_source
from digest.printable import printable


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


def test_a_damaged_title_is_read_again() -> None:
    document = of(*[ZH] * 5, title=CP1252.damage(ZH))
    assert CP1252.damage(document.title) == CP1252.damage(ZH)
    assert document.damage == ()


def test_a_title_that_nothing_brings_back_damages_the_document() -> None:
    assert of(*[ZH] * 5, title=ZH.encode("gbk").decode("utf-8", "replace")).damage == ("gone:U+FFFD",)


def test_a_wholly_garbled_source_is_mended_with_its_code_and_markup() -> None:
    source = f"<p>{ZH}</p>\n<pre># 注释：说明</pre>"
    garbled = source.encode().decode("latin-1")
    assert mend_source(garbled).text == source
    assert mend_source(source).text == source
    document = read_fragment(garbled, "https://a.example/x", title="T")
    assert [p.text for p in document.paragraphs] == [ZH, "# 注释：说明"]
    assert document.repairs


def test_links_keep_their_place_through_a_repair() -> None:
    garbled = [part.encode().decode("latin-1") for part in ("请看这里的", "使用说明", "再开始。")]
    document = of(*[ZH] * 9, f'{garbled[0]}<a href="/y">{garbled[1]}</a>{garbled[2]}')
    paragraph = document.paragraphs[-1]
    assert paragraph.text == "请看这里的使用说明再开始。"
    assert [paragraph.text[s.start : s.end] for s in paragraph.spans] == ["使用说明"]

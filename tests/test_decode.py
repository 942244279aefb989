"""Bytes become the text their writer meant, whatever the label says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.decode import Decoded, codec_of, declared_charset, decode

ZH = "这个模型的训练数据来自许多网站，我们会说明如何使用。欢迎读者提出意见！"
TW = "這個模型的訓練資料來自許多網站，我們會說明如何使用。歡迎讀者提供意見！"
JA = "このブログでは、新しいモデルの使い方を説明します。お楽しみに。"
KO = "안녕하세요. 오늘은 새로운 모델을 소개합니다. 이 블로그에서 자세히 알아보세요."
FR = "Le chat s'est assis près de la fenêtre où l'été commençait à brûler les pavés."
RU = "Съешь же ещё этих мягких французских булок, да выпей чаю."

WRITTEN = [
    (ZH, "gbk"),
    (TW, "big5"),
    (JA, "cp932"),
    (JA, "euc_jp"),
    (KO, "cp949"),
    (FR, "cp1252"),
    (RU, "cp1251"),
    (RU, "koi8_r"),
]


@pytest.mark.parametrize(("text", "codec"), WRITTEN, ids=[codec for _, codec in WRITTEN])
def test_undeclared_text_is_detected(text: str, codec: str) -> None:
    result = decode(text.encode(codec))
    assert (result.text, result.how) == (text, "detected")


@pytest.mark.parametrize(("text", "codec"), WRITTEN, ids=[codec for _, codec in WRITTEN])
@pytest.mark.parametrize("lie", ["utf-8", "utf-7", "x-user-defined", "unicode_escape"])
def test_a_label_that_cannot_be_believed_changes_nothing(text: str, codec: str, lie: str) -> None:
    assert decode(text.encode(codec), lie).text == text


def test_gbk_under_a_server_default_of_latin_1_is_read_as_gbk() -> None:
    assert decode(ZH.encode("gbk"), "ISO-8859-1").text == ZH


def test_a_declared_gb2312_is_read_as_the_wider_gb18030() -> None:
    text = ZH + "朱镕基的镕字，€ 与 𠮷"
    assert decode(text.encode("gb18030"), "gb2312") == Decoded(text, "gb18030", "declared")


def test_strict_utf_8_beats_a_declared_charset() -> None:
    assert decode(ZH.encode(), "gbk") == Decoded(ZH, "utf-8", "utf-8")


def test_iso_8859_1_means_windows_1252() -> None:
    text = "It’s “fine” — naïve"
    assert decode(text.encode("cp1252"), "iso-8859-1") == Decoded(text, "cp1252", "declared")


def test_a_label_that_decodes_is_believed_for_text_too_short_to_judge() -> None:
    assert decode("é".encode("cp1252"), "windows-1252").text == "é"


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides_and_is_not_text(codec: str) -> None:
    result = decode(ZH.encode(codec), "gbk")
    assert (result.text, result.how) == (ZH, "bom")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_markup_without_a_mark_is_found_by_its_zeros(codec: str) -> None:
    text = f"<html><body><p>{ZH}</p></body></html>"
    assert decode(text.encode(codec)).text == text


def test_iso_2022_jp_is_read_where_declared() -> None:
    assert decode(JA.encode("iso2022_jp"), "iso-2022-jp").text == JA


def test_one_bad_byte_does_not_turn_utf_8_into_something_else() -> None:
    body = (ZH * 3).encode()
    result = decode(body[:30] + b"\xff" + body[30:], "utf-8")
    assert (result.encoding, result.how, result.text.count("�")) == ("utf-8", "replaced", 1)
    assert result.text.replace("�", "") == ZH * 3


def test_what_no_codec_reads_is_flagged_as_replaced() -> None:
    result = decode(bytes(range(256)) * 4)
    assert result.how == "replaced"
    assert "�" in result.text


@given(st.binary(max_size=300), st.sampled_from(["", "gbk", "big5", "utf-7", "shift_jis", "utf-16", "punycode"]))
def test_any_bytes_give_text_and_the_same_text_twice(body: bytes, label: str) -> None:
    assert decode(body, label) == decode(body, label)


@given(st.text())
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    if "\0" not in text and not text.startswith("\ufeff"):
        assert decode(text.encode()) == Decoded(text, "utf-8", "utf-8")


@pytest.mark.parametrize(
    ("content_type", "head", "label"),
    [
        ("text/html; charset=Big5", '<meta charset="gbk">', "big5"),
        ("text/html", '<meta charset="gbk">', "gbk"),
        ("text/html", '<META HTTP-EQUIV="Content-Type" content="text/html; charset=gb2312">', "gb2312"),
        ("text/xml", '<?xml version="1.0" encoding="GB2312"?><rss/>', "gb2312"),
        ("text/html; charset=utf-7", '<meta charset="gbk">', "gbk"),
        ("text/html", '<!-- <meta charset="big5"> --><meta charset="gbk">', "gbk"),
        ("text/html", "<p>charset=gbk</p>", ""),
        ("", " " * 5000 + '<meta charset="gbk">', ""),
    ],
)
def test_the_header_beats_the_document_and_the_document_is_read_as_browsers_do(
    content_type: str, head: str, label: str
) -> None:
    assert declared_charset(content_type, head.encode()) == label


def test_no_codec_is_used_that_browsers_do_not_know() -> None:
    assert {codec_of(name) for name in ("utf-7", "base64", "rot13", "idna", "hz-gb-2312", "raw_unicode_escape")} == {""}

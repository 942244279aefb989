"""Text that nothing brings back is named, and no clean text is."""

from __future__ import annotations

import random

import pytest
from clean_texts import CLEAN, TW, ZH

from digest.normalise.repair.refuse import WHY, gone, is_noise, wrong_east_asian


@pytest.mark.parametrize(
    ("damaged", "name"),
    [
        (ZH.encode("gbk").decode("utf-8", "replace"), "gone:U+FFFD"),
        ("数据锟斤拷锟斤拷丢了", "gone:锟斤拷"),
        ("内存烫烫烫烫烫", "gone:烫烫烫"),
        ("栈里是屯屯屯屯", "gone:烫烫烫"),
        ("????? 2023 ??????, ????????", "gone:?"),
    ],
)
def test_what_is_gone_is_named(damaged: str, name: str) -> None:
    assert gone(damaged) == [name]
    assert WHY[name]


@pytest.mark.parametrize("read_by", ["gb18030", "cp932", "cp949"])
@pytest.mark.parametrize("charset", ["big5hkscs", "gb18030", "utf-8"])
def test_bytes_of_another_east_asian_charset_are_told(charset: str, read_by: str) -> None:
    if charset == read_by or (charset, read_by) == ("utf-8", "gb18030"):
        return
    text = (TW if charset == "big5hkscs" else ZH) * 3
    assert wrong_east_asian(text.encode(charset).decode(read_by, "ignore")) == ["wrong-charset"]


@pytest.mark.parametrize(
    "text", [*CLEAN.values(), "What?? Really?! Why??? ???", "アイヌ語 阿塞拜疆語 蓋亞那 黑山 " * 20]
)
def test_clean_text_is_not_named(text: str) -> None:
    assert gone(text * 3) == []
    assert wrong_east_asian(text * 3) == []


def test_a_list_of_rare_characters_is_no_wrong_charset() -> None:
    assert wrong_east_asian("".join(map(chr, range(0x9000, 0x9200)))) == []


def noise(words: int, seed: int = 7) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("ABCDEFGHIJKLMabc$%1", k=chance.randint(1, 4))) for _ in range(words))


def test_noise_of_a_wrong_ocr_is_told_from_prose() -> None:
    assert is_noise(noise(900))
    assert is_noise("\n".join([noise(500), "The server keeps a copy of every page that it has seen. " * 20]))
    assert not is_noise(noise(40))  # too short to say


@pytest.mark.parametrize(
    "text",
    [
        "The server keeps a copy of every page that it has seen. " * 60,
        "OK",
        ZH * 50,
        "".join(f"#define X_{n} 0x{n:04X}  /* A {n} B */\n" for n in range(300)),
        "".join(f"{n} {n * n} {n / 7:.2f} A B C\n" for n in range(400)),
        "THIS SOFTWARE IS PROVIDED AS IS, WITHOUT WARRANTY OF ANY KIND, TO ANY OF US OR TO AN AGENT. " * 20,
        "".join(f"X = A + B * C - D; Y = E{n}\n" for n in range(300)),
    ],
)
def test_clean_text_is_no_noise(text: str) -> None:
    assert not is_noise(text)

"""The page that shows an alignment: every sentence once in its column, beads drawn, the picture, nothing loaded."""

from __future__ import annotations

import base64
import hashlib
import random
import re
import struct
import zlib
from dataclasses import replace
from itertools import chain

import html5lib
import pytest
from alignment_case import BEADS, EN, REASONS, ZH, alignment, guessed, side
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Bead, Line, Verdict
from digest.render.alignment import Alignment, Similarity, alignment_html, groups_of
from digest.render.export import Row
from digest.render.picture import png

EVIL = "</bdi></style><script>alert(1)</script><img src=https://a.example/x onerror=alert(1)>\u202e"
XHTML = "{http://www.w3.org/1999/xhtml}"


def column(page: str, side: str) -> list[str]:
    """The texts of the sentences of a side, in the order of the page, as a parser reads them."""
    tree = html5lib.parse(page)
    return [
        "".join("".join(each.itertext()) for each in sentence.iter(f"{XHTML}bdi"))
        for sentence in tree.iter(f"{XHTML}div")
        if (sentence.get("id") or "").startswith(f"{side}-")
    ]


def test_the_page_is_valid_html_and_the_same_every_time() -> None:
    page = alignment_html(alignment())
    html5lib.HTMLParser(strict=True).parse(page)
    assert page == alignment_html(alignment())


def test_every_sentence_stands_once_in_its_column_in_order() -> None:
    page = alignment_html(alignment())
    assert column(page, "zh") == list(chain(*ZH))
    assert column(page, "en") == list(chain(*EN))


@st.composite
def aligned(draw: st.DrawFn) -> Alignment:
    """An alignment of beads of any shape over sentences of any text."""
    shapes = draw(st.lists(st.sampled_from([(1, 1), (1, 2), (2, 1), (1, 0), (0, 1), (2, 2)]), min_size=1, max_size=6))
    shapes += [(1, 1)]  # neither text is empty
    words = st.text(st.characters(codec="utf-8"), max_size=8)
    sides = [
        side(name, name, [[f"{name}{i}." + draw(words)] for i in range(sum(shape[k] for shape in shapes))])
        for k, name in enumerate(("zh", "en"))
    ]
    rows, at = [], [0, 0]
    for shape in shapes:
        runs = [tuple(range(at[k], at[k] + shape[k])) for k in (0, 1)]
        rows.append(Row(Bead(runs[0], runs[1], 0.5), None, None, None))
        at = [at[k] + shape[k] for k in (0, 1)]
    return Alignment(sides[0], sides[1], tuple(rows), Similarity((bytes(2),), 16, 0.0, 1.0))


@given(aligned())
@settings(max_examples=25, deadline=None)
def test_no_sentence_is_lost_or_doubled_whatever_the_beads_and_the_texts(found: Alignment) -> None:
    page = alignment_html(found)
    for name, text in (("zh", found.zh), ("en", found.en)):
        ids = re.findall(rf'<div class="s[^"]*" id="{name}-(\d+)"', page)
        assert ids == [str(number) for number in range(1, len(text.lines) + 1)]
    assert [group.shape for group in groups_of(found)] == [
        f"{len(row.bead.zh)}–{len(row.bead.en)}" for row in found.rows
    ]


def test_each_bead_has_an_address_a_shape_and_a_state_in_words() -> None:
    page = alignment_html(alignment())
    rows = re.findall(
        r'<li class="bead ([a-z ]+)" id="b-(\d)">.*?#\2</span> (\d–\d)</a>(.*?)</li>\n(?=<li|</ol>)', page, re.S
    )
    assert [(state.split()[0], shape) for state, _, shape, _ in rows] == [
        ("verified", "1–1"), ("verified", "2–1"), ("unverified", "1–1"), ("alone", "1–0"), ("alone", "0–2"),
    ]  # fmt: skip
    assert len(rows) == len(BEADS)
    assert "未核对" in rows[2][3]
    assert "numbers differ: 70≠72" in rows[2][3]
    assert "英文中没有" in rows[3][3]
    assert "中文中没有" in rows[4][3]
    assert REASONS[0] not in page  # a code is never printed


def test_the_figures_count_what_is_there() -> None:
    page = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", alignment_html(alignment())))
    assert "sentences 5 ↔ 5" in page
    assert "groups 5" in page
    assert "1–1 2 · 2–1 1 · 1–0 1 · 0–2 1" in page
    assert "verified 2 / 3" in page
    assert "mean score (that of the TSV) 0.970" in page
    assert "read again 中文 3 · 存疑字 unsure characters 1" in page
    assert "not aligned 1 ↔ 1" in page


def test_paragraphs_are_visible_and_a_sentence_leads_to_its_place_on_its_page() -> None:
    page = alignment_html(alignment())
    assert [number for number, begins in re.findall(r'<div class="s( begins)?[^"]*" id="zh-(\d)"', page) if number] == [
        " begins"
    ] * 3
    assert "https://blog.example/zh#:~:text=新队列只用一张表。" in page
    assert page.count(":~:text=") == len(list(chain(*ZH)))  # the English text is a file: nothing leads there


def test_a_file_is_named_without_its_folder_and_an_address_in_full() -> None:
    zh = side("/home/ann/secret/zh.md", "zh", ZH)
    page = alignment_html(alignment(zh, side("https://blog.example/en", "en", EN, "https://blog.example/en")))
    assert "zh.md" in page
    assert "ann" not in re.sub("<style>.*?</style>", "", page, flags=re.S)
    assert "English: <bdi>https://blog.example/en</bdi>" in page


def test_the_words_are_true_in_the_dark_and_name_which_number_is_which() -> None:
    """In the dark the picture is inverted: what is alike is bright. The TSV has the probability of the grouping."""
    page = alignment_html(alignment())
    assert not re.search("darker|darkest|深", page)
    told = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))
    assert "grouped so (score in the TSV) 0.97" in told
    assert "English words" not in page


def test_what_is_guessed_is_marked_as_on_a_day() -> None:
    page = alignment_html(alignment(guessed(alignment().zh)))
    assert re.search(r'<u class="guess" title="[^"]*亲[^"]*">新</u>', page)
    assert 'class="mark guesses"' in page


def test_what_strangers_wrote_stays_text_and_nothing_is_loaded() -> None:
    evil = side(EVIL, "zh", [[EVIL], [EVIL + "二", EVIL + "三", EVIL + "四"], [EVIL]], "javascript:alert(1)", EVIL)
    rows = alignment(evil)
    rows = replace(rows, rows=tuple(
        replace(row, verdict=replace(row.verdict, reasons=(EVIL,)) if row.verdict else None) for row in rows.rows
    ))  # fmt: skip
    page = alignment_html(rows)
    html5lib.HTMLParser(strict=True).parse(page)
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert not re.search(r'(?:src|href)="(?!#|data:|https://blog\.example/)', page)
    assert "javascript:" not in re.findall('href="[^"]*"', page)


def test_the_style_is_sealed_and_nothing_else_is_let_through() -> None:
    page = alignment_html(alignment())
    style = re.search("<style>(.*?)</style>", page, re.S)
    policy = re.search('Content-Security-Policy" content="([^"]*)"', page)
    assert style
    assert policy
    seal = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy[1] == (
        f"default-src 'none'; style-src 'sha256-{seal}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert " style=" not in page


def test_the_picture_is_a_png_of_the_table() -> None:
    rows = (bytes([0, 15, 7]), bytes([3, 0, 15]))
    head, _, data = png(rows, 16).partition(",")
    assert head == "data:image/png;base64"
    raw = base64.b64decode(data)
    assert raw[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(raw):
        (length,) = struct.unpack(">I", raw[at : at + 4])
        name, body = raw[at + 4 : at + 8], raw[at + 8 : at + 8 + length]
        assert struct.unpack(">I", raw[at + 8 + length : at + 12 + length])[0] == zlib.crc32(name + body)
        chunks[name] = body
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (3, 2, 8, 3, 0, 0, 0)
    assert (chunks[b"tRNS"][0], chunks[b"tRNS"][15]) == (0, 255)
    assert zlib.decompress(chunks[b"IDAT"]) == b"\0" + rows[0] + b"\0" + rows[1]


def test_the_picture_says_its_figures_in_words_and_leads_to_the_beads() -> None:
    page = alignment_html(alignment())
    label = re.search('<svg [^>]*aria-label="([^"]*)"', page)
    assert label
    assert "5 Chinese sentences from top to bottom, 5 English ones" in label[1]
    assert "blank up to 0.10, full at 0.90" in label[1]
    assert [int(n) for n in re.findall(r'<a href="#b-(\d)" tabindex="-1"', page)] == [1, 2, 3, 4, 5]


def test_of_many_sentences_the_picture_is_averaged_and_the_page_stays_small() -> None:
    count = 1000
    zh, en = (side(name, name, [[f"{name} {i}."] for i in range(count)]) for name in ("zh", "en"))
    rows = tuple(Row(Bead((i,), (i,), 1.0), Line("zh", "a"), Line("en", "b"), None) for i in range(count))
    cells = tuple(bytes(400) for _ in range(400))
    page = alignment_html(Alignment(zh, en, rows, Similarity(cells, 16, 0.0, 1.0)))
    assert "a cell is the mean of about 2 × 2" in page
    assert 'tabindex="-1"' not in page
    assert len(page) < 1_000_000


@pytest.mark.parametrize(("order", "first"), [(("zh", "en"), "words-zh"), (("en", "zh"), "words-en")])
def test_the_reader_may_begin_with_either_language(order: tuple[str, str], first: str) -> None:
    page = alignment_html(alignment(), order=order)
    assert re.search(rf'id="{first}" name="words"[^>]* checked>', page)


def test_a_hundred_sentences_a_side_are_less_than_300_kb() -> None:
    """As many as a long post has, of usual length, with a picture that cannot be packed and an address for each."""
    count, noise = 100, random.Random(9)
    zh = side(
        "zh",
        "zh",
        [[f"这是第 {i} 句，" + "它说的是一件寻常的事" * 4 + "。"] for i in range(count)],
        "https://blog.example/zh",
    )
    en = side(
        "en",
        "en",
        [[f"Sentence {i} " + "says a thing like any other " * 5] for i in range(count)],
        "https://blog.example/en",
    )
    unsure = Verdict(0.4, False, None, ("numbers:70≠72", "names:OpenAI≠"), 0.1)
    rows = tuple(Row(Bead((i,), (i,), 0.9), zh.lines[i], en.lines[i], unsure) for i in range(count))
    cells = tuple(noise.randbytes(count).translate(bytes(i % 16 for i in range(256))) for _ in range(count))
    page = alignment_html(Alignment(zh, en, rows, Similarity(cells, 16, 0.0, 1.0)))
    assert 100_000 < len(page.encode()) <= 300_000

"""Aligning two texts: every line in one bead and in order, paragraphs kept apart, languages looked at."""

from __future__ import annotations

import re
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.align.embed import HashEmbedder
from digest.bitext import Bitext, align_lines, align_pages, notes_of, read_document, rows_of
from digest.errors import ConfigError, SourceError
from digest.model import Guess, Page
from digest.normalise.repair import marks
from digest.normalise.repair.report import Mended

EMBEDDER = HashEmbedder(64)
ZH = [
    "缓存 Redis 保存 1024 行。",
    "日志在 kernel 里写入。",
    "第 7 节讲 GPU 的内存。",
    "后台线程压缩 Parquet。",
    "代码在 GitHub 上。",
]
EN = [
    "The Redis cache keeps 1024 rows.",
    "The log is written in the kernel.",
    "Section 7 is about the memory of a GPU.",
    "A background thread compacts Parquet.",
    "The code is on GitHub.",
]
# What may stand at the end of a line, and what may stand within one: only the first ends it.
LINE_ENDS = ("\n", "\r\n")
WITHIN = ("", "\u2028", "\x85", "\x0c", "\x0b", "\x1d", "\r", "\t", "\ufeff")
EMPTY = ("", " ", "\t", "\u3000", "\u2028", "\x0c ", "\r")


def page(text: str | bytes, name: str = "a.txt", kind: str = "") -> Page:
    body = text.encode() if isinstance(text, str) else text
    return Page(name, body, (("content-type", kind),) if kind else ())


@st.composite
def lined(draw: st.DrawFn, lines: list[str], paragraphs: int) -> str:
    """A text of so many paragraphs of one to four lines, with odd characters and odd empty lines."""
    text = "".join(draw(st.sampled_from(EMPTY)) + "\n" for _ in range(draw(st.integers(0, 2))))
    for _ in range(paragraphs):
        for _ in range(draw(st.integers(1, 4))):
            line = draw(st.sampled_from(lines))
            text += line[:2] + draw(st.sampled_from(WITHIN)) + line[2:] + draw(st.sampled_from(LINE_ENDS))
        for _ in range(draw(st.integers(1, 2))):
            text += draw(st.sampled_from(EMPTY)) + draw(st.sampled_from(LINE_ENDS))
    return text


def counted(text: str) -> list[list[str]]:
    """The lines of each paragraph, told in another way: \\n and \\r\\n end lines, white space alone is empty."""
    found: list[list[str]] = [[]]
    for line in re.split("\r?\n", text):
        if line.strip():
            found[-1].append(line.strip())
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def paragraph_numbers(text: str) -> list[int]:
    return [number for number, lines in enumerate(counted(text)) for _ in lines]


def whole_and_in_order(bitext: Bitext, zh: int, en: int, max_side: int) -> None:
    assert [i for bead in bitext.beads for i in bead.zh] == list(range(zh))
    assert [j for bead in bitext.beads for j in bead.en] == list(range(en))
    for bead in bitext.beads:
        assert bead.zh or bead.en
        assert max(len(bead.zh), len(bead.en)) <= max_side
        assert 0 <= bead.score <= 1


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 8), st.booleans())
def test_every_line_is_in_one_bead_in_order_and_equal_paragraphs_are_boundaries(
    data: st.DataObject, left: int, right: int, max_side: int, mark: bool
) -> None:
    zh, en = data.draw(lined(ZH, left)), data.draw(lined(EN, right))
    bitext = align_lines(page("\ufeff" * mark + zh), page(en), EMBEDDER, max_side=max_side)
    assert [s.text for s in bitext.zh.sentences] == [line for lines in counted(zh) for line in lines]
    whole_and_in_order(bitext, sum(map(len, counted(zh))), sum(map(len, counted(en))), max_side)
    for text, side in ((zh, bitext.zh), (en, bitext.en)):
        assert [s.paragraph for s in side.sentences] == paragraph_numbers(text)
        for sentence in side.sentences:
            paragraph = side.document.paragraphs[sentence.paragraph].text
            assert paragraph[sentence.start : sentence.end] == sentence.text
    if left == right:
        zh_numbers, en_numbers = paragraph_numbers(zh), paragraph_numbers(en)
        for bead in bitext.beads:
            assert len({zh_numbers[i] for i in bead.zh} | {en_numbers[j] for j in bead.en}) == 1


def test_boundaries_are_soft_where_the_numbers_of_paragraphs_differ() -> None:
    pairs = list(zip(ZH, EN, strict=True))
    zh = "\n".join(z for z, _ in pairs)
    en = "\n".join(e for _, e in pairs[:2]) + "\n\n" + "\n".join(e for _, e in pairs[2:])
    bitext = align_lines(page(zh), page(en), EMBEDDER)
    assert [(bead.zh, bead.en) for bead in bitext.beads] == [((i,), (i,)) for i in range(5)]


def test_rows_carry_the_lines_their_places_and_a_verdict_where_there_are_two() -> None:
    zh, en = page("\n".join([*ZH, "这一行没有译文。"])), page("\n".join(EN))
    bitext = align_lines(zh, en, EMBEDDER)
    for row in rows_of(bitext, EMBEDDER):
        assert (row.zh is None, row.en is None) == (not row.bead.zh, not row.bead.en)
        assert (row.verdict is None) == (row.zh is None or row.en is None)
        for line, side, run in ((row.zh, bitext.zh, row.bead.zh), (row.en, bitext.en, row.bead.en)):
            if line is None:
                continue
            joined = "".join(side.document.paragraphs[p.paragraph].text[p.start : p.end] for p in line.places)
            assert joined == line.text
            assert all(side.sentences[i].text in line.text for i in run)
    assert (bitext.zh.document.lang, bitext.en.document.lang) == ("zh-Hans", "en")


MARKDOWN = "---\ntitle: {title}\n---\n\n## {head}\n\n{first} {second}\n\n```\ncode(1)\n```\n\n- {third}\n"
HTML = (
    "<!doctype html><html><head><title>{title}</title></head><body><article><h1>{title}</h1><h2>{head}</h2>"
    "<p>{first} {second}</p><pre>code(1)</pre><ul><li>{third}</li></ul></article></body></html>"
)
PLAIN = "{title}\n\n{head}\n\n{first} {second}\n\n{third}\n"
ZH_PARTS = {"title": "缓存 Redis", "head": "内存 1024", "first": ZH[0], "second": ZH[1], "third": ZH[2]}
EN_PARTS = {"title": "Redis cache", "head": "Memory 1024", "first": EN[0], "second": EN[1], "third": EN[2]}


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ((MARKDOWN, "zh.md", "text/markdown"), (MARKDOWN, "en.md", "text/markdown")),
        ((HTML, "zh.html", "text/html"), (MARKDOWN, "-", "")),
        ((HTML, "https://blog.example/zh/a", ""), (HTML, "-", "")),
        ((PLAIN, "zh.txt", "text/plain"), (PLAIN, "-", "")),
        ((MARKDOWN, "https://raw.example/zh.md?v=1", "text/plain"), (PLAIN, "en.txt", "text/plain")),
    ],
)
def test_documents_of_any_kind_are_aligned_with_their_titles_and_without_their_code(
    zh: tuple[str, str, str], en: tuple[str, str, str]
) -> None:
    bitext = align_pages(
        page(zh[0].format(**ZH_PARTS), *zh[1:]), page(en[0].format(**EN_PARTS), *en[1:]), EMBEDDER
    )  # fmt: skip
    order = ("title", "head", "first", "second", "third")
    assert [s.text for s in bitext.zh.sentences] == [ZH_PARTS[key] for key in order]
    assert [s.text for s in bitext.en.sentences] == [EN_PARTS[key] for key in order]
    whole_and_in_order(bitext, 5, 5, 3)


def test_a_page_in_gb18030_is_decoded() -> None:
    assert read_document(page(HTML.format(**ZH_PARTS).encode("gb18030"))).title == ZH_PARTS["title"]
    bitext = align_lines(page("\r\n".join(ZH).encode("gb18030")), page("\n".join(EN)), EMBEDDER)
    assert [s.text for s in bitext.zh.sentences] == ZH


def text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


FRENCH = text(["Le cache garde les lignes en mémoire et le journal est écrit avant la réponse."] * 4)


@pytest.mark.parametrize(
    ("zh", "en", "said"),
    [
        (text(EN), text(ZH), "a is English and b Chinese; give the Chinese text first"),
        (text(ZH), text(ZH), "a and b are both Chinese"),
        (text(EN), text(EN), "a and b are both English"),
        (text(["これは日本語のテキストです。"] * 3), text(EN), r"a: is in another language \(ja\), not Chinese"),
        (text(ZH), FRENCH, r"b: is in another language \(fr\), not English"),
    ],
)
@pytest.mark.parametrize("align", [align_lines, align_pages])
def test_wrong_languages_are_refused_with_what_was_found(align: object, zh: str, en: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        align(page(zh, "a"), page(en, "b"), EMBEDDER)  # type: ignore[operator]


def test_lines_of_names_and_code_do_not_make_a_chinese_text_english() -> None:
    zh = text([*ZH, "git push origin main", "GPU", "Redis", "pip install torch", "Parquet", "Linux", "kernel log"])
    bitext = align_lines(page(zh), page(text(EN)), EMBEDDER)
    assert len(bitext.zh.sentences) == 12
    assert align_lines(page("42\n1.5\n"), page("42\n1.5\n"), EMBEDDER).beads  # numbers have no language


def test_what_holds_no_sentence_is_refused() -> None:
    with pytest.raises(ConfigError, match="b: is a feed"):
        align_pages(page(text(ZH)), page("<?xml version='1.0'?>\n<rss version='2.0'></rss>", "b"), EMBEDDER)
    with pytest.raises(ConfigError, match="b: holds no sentence"):
        align_pages(page(text(ZH)), page("```\ncode\n```\n", "b", "text/markdown"), EMBEDDER)
    with pytest.raises(SourceError, match="b: normalise: the text is damaged"):
        align_pages(page(text(ZH)), page("这是����的��据，���在可��使用���很����。" * 9, "b"), EMBEDDER)


def test_beads_of_paragraphs_are_numbered_over_the_whole_text() -> None:
    zh = "\n\n".join(["\n".join(ZH[:2]), "\n".join(ZH[2:])])
    en = "\n\n".join(["\n".join(EN[:3]), "\n".join(EN[3:])])
    bitext = align_lines(page(zh), page(en), EMBEDDER)
    whole_and_in_order(bitext, 5, 5, 3)
    ends = set(accumulate(len(bead.zh) for bead in bitext.beads))
    assert 2 in ends
    assert np.isfinite([bead.score for bead in bitext.beads]).all()


# ---- texts that were read again -------------------------------------------------------------------------------------


def test_characters_read_again_are_told_and_those_of_the_title_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(text: str) -> Mended:
        sure = {"志": 0.99, "台": 0.4, "缓": 0.6}
        found = (Guess(n, ch, sure[ch]) for n, ch in enumerate(text) if ch in sure)
        return Mended(text, (), (), tuple(found))

    monkeypatch.setattr(marks, "mend_source", read)
    zh = page("# " + "\n\n".join(ZH), "zh.md")
    bitext = align_pages(zh, page("# " + "\n\n".join(EN), "en.md"), EMBEDDER)
    heading = bitext.zh.document.paragraphs[0]
    assert [(heading.text[guess.at], guess.chosen) for guess in heading.guesses] == [("缓", "缓")]
    lines = [row.zh for row in rows_of(bitext, EMBEDDER) if row.zh]
    assert sorted(guess.chosen for line in lines for guess in line.guesses) == ["台", "缓"]
    assert notes_of(bitext) == ["ZH: 3 characters read again, 2 of them unsure"]


def test_nothing_is_told_of_sound_texts() -> None:
    assert notes_of(align_pages(page("\n\n".join(ZH)), page("\n\n".join(EN)), EMBEDDER)) == []

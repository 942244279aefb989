"""The places of unsure characters survive every parser, and nothing of their marks is ever seen."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Document, Guess, Page
from digest.normalise.article import read_fragment, read_page
from digest.normalise.markdown import read_markdown
from digest.normalise.plain import read_plain
from digest.normalise.repair import marks
from digest.normalise.repair.marks import marked, placed, unmarked
from digest.normalise.repair.report import Mended, Refused
from digest.normalise.split import sentences
from digest.pairs import line_of

URL = "https://blog.example/post"
SELECTOR = re.compile("[\U000e0100-\U000e01ef]")
UNSURE = "存疑文者"  # what the repair in these tests is never sure of
FILL = "缓存保存在内存里，写入之前要先记入日志，这样重启之后什么也不会丢失。"


def others(ch: str) -> tuple[tuple[str, float], ...]:
    return ((chr(ord(ch) + 1), 0.25),)


def repaired(text: str) -> Mended:
    """Stand in for the repair: UNSURE characters are guesses, so is 字, but sure; lines that hold ¿ were refused."""
    guesses = [Guess(n, ch, 0.6, others(ch)) for n, ch in enumerate(text) if ch in UNSURE]
    guesses += [Guess(n, ch, 0.999) for n, ch in enumerate(text) if ch == "字"]
    refused = [
        Refused(n, "lost-bytes:cp1252", "no reading") for n, line in enumerate(text.split("\n"), 1) if "¿" in line
    ]
    guesses.sort(key=lambda guess: guess.at)
    return Mended(text, ("read:cp1252",), (), tuple(guesses), tuple(refused))


@pytest.fixture(autouse=True)
def repair(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(marks, "mend_source", repaired)
    return


def unsure_places(text: str) -> list[int]:
    return [n for n, ch in enumerate(text) if ch in UNSURE]


def check(document: Document) -> None:
    """Every unsure character is known in its place, and no selector is left in anything."""
    for paragraph in document.paragraphs:
        assert [guess.at for guess in paragraph.guesses] == unsure_places(paragraph.text)
        assert all(paragraph.text[guess.at] == guess.chosen for guess in paragraph.guesses)
        assert all(guess.others == others(guess.chosen) for guess in paragraph.guesses)
    assert [guess.at for guess in document.title_guesses] == unsure_places(document.title)
    assert not SELECTOR.search(unquote(repr(dataclasses.asdict(document))))


HTML = f"""<h2>存储的概念</h2><p class="疑">前文<b>存</b>在<a href="/疑?a=存">链接里的疑</a>，<code>x = 疑</code>。</p>
<p>{FILL}存疑</p><p>&lt;存&gt; &amp; 疑</p><ul><li>条目 疑一</li><li>存</li></ul>
<blockquote><p>引文者</p></blockquote><pre>存 = 1  # 疑
</pre><table><tr><td>甲疑</td><td>乙</td></tr><tr><td>存丙</td><td>丁</td></tr></table>
<p>一<br>二存<br><br>疑三</p><p>a\u200b存\u202e b\u00a0疑</p>
<p><img alt="存图" src="/x.png"></p><p>公式 $x_疑$ 与 \\(y\\)存。</p>"""


def test_a_feeds_body_keeps_them() -> None:
    document = read_fragment(HTML, URL, title="题", lang="zh")
    check(document)
    assert sum(len(p.guesses) for p in document.paragraphs) >= 15
    links = [span for p in document.paragraphs for span in p.spans if span.kind == "link"]
    assert [span.href for span in links] == ["https://blog.example/疑?a=存"]


def test_a_page_keeps_them_through_the_search_for_its_article() -> None:
    body = "".join(f"<p>{FILL}第 {n} 段存疑，{FILL}</p>" for n in range(8))
    html = (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>存储的疑问 | 某站</title>'
        '<meta property="og:title" content="存储的疑问"><link rel="alternate" hreflang="en" href="/en/疑"></head><body>'
        f"<nav><a href='/'>首页</a></nav><main><article><h1>存储的疑问</h1>{body}</article></main>"
        '<footer><p>关于本站</p><a href="/en/x">英文</a></footer></body></html>'
    )
    document = read_page(Page(URL, html.encode(), (("content-type", "text/html; charset=utf-8"),)))
    check(document)
    assert document.title == "存储的疑问"
    assert sum(len(p.guesses) for p in document.paragraphs) >= 16
    assert [(clue.url, clue.how) for clue in document.clues] == [
        ("https://blog.example/en/疑", "hreflang"),
        ("https://blog.example/en/x", "switch"),
    ]


def test_a_title_that_only_the_head_states_keeps_them() -> None:
    html = (
        f'<html><head><meta property="og:title" content="存储"></head><body><article>{f"<p>{FILL}</p>" * 8}</article>'
    )
    document = read_page(Page(URL, html.encode(), (("content-type", "text/html; charset=utf-8"),)))
    assert document.title == "存储"
    check(document)


def test_a_title_that_was_refused_gives_way_to_the_heading() -> None:
    html = (
        f"<html><head>\n<title>¿æ | 某站</title>\n</head><body><article><h1>存储</h1>{f'<p>{FILL}</p>' * 8}</article>"
    )
    document = read_page(Page(URL, html.encode(), (("content-type", "text/html; charset=utf-8"),)))
    assert (document.title, document.damage) == ("存储", ())
    check(document)


def test_trafilaturas_own_text_keeps_them() -> None:
    """Where the text stands in no element that is read, trafilatura's output is: it must not drop the marks."""
    from trafilatura import extract

    text, _ = marked(repaired("".join(f"<p>{FILL}第 {n} 段存疑。{FILL}</p>" for n in range(6))))
    for form in ("txt", "html"):
        found = extract(f"<html><body><article>{text}</article></body></html>", output_format=form)
        assert found is not None
        assert found.count("存") - found.count("缓存") - found.count("保存") - found.count("内存") >= 6
        assert len(SELECTOR.findall(found)) == len(SELECTOR.findall(text))


MARKDOWN = f"""---
title: 存储的疑问
lang: zh
---

# 存储的疑问

前文 **存：**这里 `code 疑` 与 [链接疑](https://blog.example/存(疑) "标题存")，<https://a.example/疑>，$x_存$。

{FILL}
存疑。

- 条目疑
- [x]: 存

| 甲疑 | 乙 |
|---|---|
| 存 | 丁 |

```
存 = 1
```

[参考存][1]

[1]: https://a.example/存

英文原文: <https://blog.example/en/post>

译者: 王者
"""


def test_markdown_keeps_them_and_its_addresses_and_imprint_are_read() -> None:
    document = read_markdown(MARKDOWN, URL)
    check(document)
    plain = read_markdown_clean(MARKDOWN)
    assert [p.text for p in document.paragraphs] == [p.text for p in plain.paragraphs]
    assert [p.spans for p in document.paragraphs] == [p.spans for p in plain.paragraphs]
    assert (document.title, document.clues, document.credits) == (plain.title, plain.clues, plain.credits)
    assert document.credits == ("王者",)
    assert [clue.how for clue in document.clues] == ["footer"]


def read_markdown_clean(text: str) -> Document:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks, "mend_source", Mended)
        return read_markdown(text, URL)


def test_plain_text_keeps_them_and_its_wraps_are_joined_as_ever() -> None:
    wrapped = (
        "这一行文字写得足够长，长到看得出来它是在这里被折断的，而不是作者自己结束的存\n疑接着写下去。\n短行者。\n末行"
    )
    document = read_plain(f"{wrapped}\n\n{FILL}疑", URL)
    check(document)
    assert document.paragraphs[0].text.split("\n")[0].endswith("结束的存疑接着写下去。")


@given(
    st.lists(
        st.sampled_from(["存", "疑", "字", "甲", "，", " ", "\n", "<b>", "</b>", "a", "&amp;", "🙂", "葛󠄀"]), max_size=40
    )
)
def test_any_fragment_keeps_them(pieces: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks, "mend_source", repaired)
        document = read_fragment(f"<p>{''.join(pieces)}</p>", URL, title="题", lang="zh")
        patch.setattr(marks, "mend_source", Mended)
        plain = read_fragment(f"<p>{''.join(pieces)}</p>", URL, title="题", lang="zh")
    assert [p.text for p in document.paragraphs] == [p.text for p in plain.paragraphs]
    for paragraph in document.paragraphs:
        assert [guess.at for guess in paragraph.guesses] == unsure_places(paragraph.text)


@given(st.text(alphabet="存甲\U000e0100\U000e0101\U000e01ef", max_size=30))
def test_selectors_of_the_text_itself_are_no_marks(text: str) -> None:
    """A variant keeps its selector; what follows it as no text has it goes, and nobody can put a guess elsewhere."""
    found, known = marked(repaired(text))
    clean, guesses, damage = placed(found, known)
    assert damage == ()
    assert clean.replace("\u200b", "") == (
        re.sub(f"({SELECTOR.pattern}){SELECTOR.pattern}+", r"\1", text) if known else text
    )
    assert [guess.at for guess in guesses] == unsure_places(clean)


def test_a_forged_mark_says_nothing() -> None:
    forged = "\U000e0100" * 3
    document = read_fragment(f"<p>甲{forged}乙存</p><p>甲{forged}</p>", URL, title="题", lang="zh")
    assert [[guess.at for guess in p.guesses] for p in document.paragraphs] == [
        [len(document.paragraphs[0].text) - 1],
        [],
    ]


def test_a_sound_text_is_not_touched() -> None:
    text = "葛󠄀と" + "\U000e0100" * 3
    assert marked(Mended(text, guesses=(Guess(0, "葛", 0.99),))) == (text, ())


def test_lines_that_were_refused_stay_out_of_the_prose_however_short() -> None:
    html = f"<p>{FILL}</p>\n" * 20 + "<p>¿æ</p>\n" + f"<p>{FILL}疑</p>"
    document = read_fragment(html, URL, title="题", lang="zh")
    assert document.damage == ()
    assert [(p.kind, p.text) for p in document.paragraphs if p.kind != "prose"] == [("code", "¿æ")]
    check(document)


def test_a_text_of_which_much_was_refused_is_damaged() -> None:
    html = f"<p>{FILL}</p>\n" * 3 + f"<p>¿{FILL}</p>\n"
    assert read_fragment(html, URL, title="题", lang="zh").damage == ("lost-bytes:cp1252",)


def test_the_counts_are_those_of_the_source() -> None:
    document = read_fragment("<p>存字字疑</p>", URL, title="题", lang="zh")
    assert (document.guessed, document.unsure) == (4, 2)


def test_a_line_has_the_guesses_of_its_sentences() -> None:
    document = read_fragment(
        "<p>第一句存。第二句没有。第三句疑也存。</p><p>Plain. 存也。</p>", URL, title="题", lang="zh"
    )
    found = sentences(document.paragraphs)
    for run in (found[:1], found[1:2], found[1:3], found[2:4], found):
        line = line_of(document, run)
        assert [guess.at for guess in line.guesses] == unsure_places(line.text)


@pytest.mark.parametrize("escape", [str, lambda text: "".join(f"%{byte:02x}" for byte in text.encode())])
def test_an_address_is_freed_of_marks(escape: Callable[[str], str]) -> None:
    text, _ = marked(repaired("存疑"))
    mark = SELECTOR.findall(text)
    assert unmarked("https://a.example/" + escape("".join(mark[:3])) + "x") == "https://a.example/x"

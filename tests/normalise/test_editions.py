"""Where the other-language edition may be: every way a page or a source says it, best first."""

from __future__ import annotations

import pytest

from digest.model import Clue, Document, Page
from digest.normalise.article import read_fragment, read_page
from digest.normalise.editions import candidates

TWIN = {"en": "/blog/{slug}", "zh": "/blog/zh/{slug}"}
ZH = "<p>这个模型的训练数据来自许多公开的网站，我们会在下面说明如何使用它。</p>" * 3
EN = "<p>The server keeps a copy of every page and hands it to the reader later.</p>" * 3


def document(url: str, lang: str, *clues: Clue) -> Document:
    return Document(url, lang, "t", (), clues=clues)


@pytest.mark.parametrize(
    ("url", "lang", "twin", "expected"),
    [
        ("https://a.example/blog/x", "en", TWIN, "https://a.example/blog/zh/x"),
        ("https://a.example/blog/zh/x", "zh-Hans", TWIN, "https://a.example/blog/x"),
        ("https://a.example/blog/zh/x", "en", TWIN, "https://a.example/blog/x"),
        ("https://a.example/blog/2025/x?ref=rss#top", "en", TWIN, "https://a.example/blog/zh/2025/x"),
        ("https://a.example/blog/x/", "en", {"en": "/blog/{slug}/", "zh": "/zh-cn/blog/{slug}/"}, "https://a.example/zh-cn/blog/x/"),
        ("https://a.example/x.html", "zh", {"zh": "/{slug}.html", "en": "https://en.b.example/{slug}"}, "https://en.b.example/x"),
        ("https://a.example/x", "en", {"en": "https://a.example/{slug}", "zh": "https://zh.a.example/{slug}"}, "https://zh.a.example/x"),
    ],
)  # fmt: skip
def test_the_twin_rule_turns_one_address_into_the_other(
    url: str, lang: str, twin: dict[str, str], expected: str
) -> None:
    assert [c.url for c in candidates(document(url, lang), twin=twin, lang=lang)] == [expected]


def test_an_address_that_fits_no_template_gives_nothing() -> None:
    assert candidates(document("https://a.example/about", "en"), twin=TWIN, lang="en") == ()


def test_candidates_come_best_first_and_each_once() -> None:
    own = "https://a.example/blog/zh/x"
    clues = (
        Clue("https://a.example/en", "en", "switch"),
        Clue("https://a.example/en/x", "en", "hreflang"),
        Clue("https://a.example/blog/x/", "en", "footer"),
        Clue("https://b.example/x", "en", "footer"),
        Clue(own + "#c", "en", "hreflang"),
        Clue("javascript:alert(1)", "en", "footer"),
        Clue("https://a.example/fr", "fr", "hreflang"),
        Clue("https://a.example/zh-tw", "zh-Hant", "hreflang"),
    )
    found = candidates(document(own, "zh-Hans", *clues), twin=TWIN, lang="zh-Hans")
    assert [(c.url, c.how) for c in found] == [
        ("https://a.example/blog/x", "twin"),
        ("https://b.example/x", "footer"),
        ("https://a.example/en/x", "hreflang"),
        ("https://a.example/en", "switch"),
    ]


@pytest.mark.parametrize(
    ("line", "body", "lang"),
    [
        ("英文原文: {}", ZH, "en"),
        ("原文链接：{}", ZH, "en"),
        ("本文译自：{}", ZH, "en"),
        ("Original post: {}", ZH, "en"),
        ("中文版：{}", EN, "zh"),
        ("Read this post in Chinese: {}", EN, "zh"),
        ("(Chinese version: {})", EN, "zh"),
    ],
)
@pytest.mark.parametrize(
    "link", ['<a href="https://b.example/o">https://b.example/o</a>', '<a href="https://b.example/o">《题目》</a>']
)
def test_a_footer_line_names_the_other_edition(line: str, body: str, lang: str, link: str) -> None:
    read = read_fragment(body + f"<p>{line.format(link)}</p>", "https://a.example/x", title="t")
    assert [(c.url, c.lang, c.how) for c in read.clues] == [("https://b.example/o", lang, "footer")]
    assert len(read.paragraphs) == 3


def test_a_label_that_is_itself_the_link_counts() -> None:
    read = read_fragment(ZH + '<p><a href="https://b.example/o">阅读英文原文</a></p>', "https://a.example/x", title="t")
    assert [c.url for c in read.clues] == ["https://b.example/o"]


def test_a_sentence_that_starts_like_a_label_stays_prose() -> None:
    link = '<a href="https://b.example/o">small models</a>'
    line = f"<p>Original research shows that {link} can do this quite well today.</p>"
    read = read_fragment(EN + line, "https://a.example/x", title="t")
    assert (read.clues, len(read.paragraphs)) == ((), 4)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("译者: 小林", ("小林",)),
        ("翻译：小林、阿明", ("小林", "阿明")),
        ("审校/排版: zhong (阿东)", ()),
        ("Translated by Li Hua and Wang Wu", ("Li Hua", "Wang Wu")),
        ("原文作者: Jane Doe", ()),
    ],
)
def test_translators_are_credited_and_staff_lines_are_no_prose(line: str, names: tuple[str, ...]) -> None:
    read = read_fragment(ZH + f"<p>{line}</p>", "https://a.example/x", title="t")
    assert (read.credits, len(read.paragraphs)) == (names, 3)


def test_a_page_names_editions_in_its_head_and_by_a_visible_switch() -> None:
    links = (
        '<link rel="alternate" hreflang="zh-CN" href="/zh/x"><link rel="alternate" hreflang="en" href="/x">'
        '<link rel="alternate" hreflang="x-default" href="/y">'
        '<link rel="alternate" type="application/rss+xml" hreflang="zh" href="/f">'
    )
    switch = '<nav><a href="/zh/x2">简体中文</a><a href="/en">English</a></nav>'
    html = f'<html lang="en"><head>{links}</head><body>{switch}<article>{EN}</article></body></html>'
    read = read_page(Page("https://a.example/x", html.encode(), (("content-type", "text/html"),)))
    assert [(c.url, c.lang, c.how) for c in read.clues] == [
        ("https://a.example/zh/x", "zh-Hans", "hreflang"),
        ("https://a.example/zh/x2", "zh-Hans", "switch"),
    ]

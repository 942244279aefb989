"""A page gives its article in order, and nothing that stands around it."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime

import pytest

from digest.errors import ConfigError, SourceError
from digest.model import Document, Page
from digest.normalise.article import read_fragment, read_page
from digest.normalise.selector import select

URL = "https://blog.example/posts/cache"
PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8">
<title>缓存如何失效 | 示例博客</title><meta property="og:site_name" content="示例博客">
<meta property="article:published_time" content="2025-03-02T09:30:00+08:00">
<link rel="alternate" hreflang="en" href="/en/posts/cache"><link rel="alternate" hreflang="x-default" href="/">
</head><body>
<header><nav><ul><li><a href="/">首页</a></li><li><a href="/about">关于我们的团队</a></li></ul></nav></header>
<aside><h4>热门文章</h4><p>订阅我们的邮件列表，每周收到精选内容和更新。</p></aside>
<main><article><p class="meta"><a href="/posts">返回列表</a> <time>2025 年 3 月 2 日</time></p>
<h1>缓存如何失效</h1>
<div class="toc"><ul><li><a href="#why">为什么会失效</a></li></ul></div>
<p>缓存失效是分布式系统里最常见的难题之一，本文介绍三种<a href="../guide">处理办法</a>，并说明它们各自的代价。</p>
<h2 id="why">为什么会失效 <a href="#why">#</a></h2>
<p>当数据改变而副本没有跟上时，读者就会看到旧值；调用 <code>cache.get(key)</code> 不会告诉你这一点。<br><br>
因此需要一个明确的期限，或者一条及时送达的通知。</p>
<pre><code>cache.set(key, value,
          ttl=60)</code></pre>
<ul><li>设定期限：简单，但总有一段时间是旧的。<ul><li>期限可以加上随机的偏移。</li></ul></li></ul>
<table><tr><th>办法</th><th>代价</th></tr><tr><td>期限</td><td>旧值</td></tr></table>
<p>最后，请记住测量永远比猜测可靠，先记录命中率，再决定要不要改动。</p>
<div class="share-bar"><button>分享</button><p>把这篇文章分享给你的朋友们看看吧。</p></div>
<hr><blockquote><p>英文原文: <a href="/en/posts/cache">/en/posts/cache</a></p><p>译者: 小林、阿明</p></blockquote>
</article><section class="comments"><p>写得很好，期待下一篇关于一致性的文章。</p></section></main>
<footer><p>版权所有 示例公司 隐私条款</p></footer><script>track("缓存")</script></body></html>"""


def page(html: str, kind: str = "text/html; charset=utf-8", url: str = URL) -> Page:
    return Page(url, html.encode(), (("content-type", kind),))


@pytest.fixture(scope="module")
def article() -> Document:
    return read_page(page(PAGE))


def test_title_date_and_language_are_the_articles_own(article: Document) -> None:
    assert (article.title, article.lang) == ("缓存如何失效", "zh-Hans")
    assert article.published == datetime(2025, 3, 2, 1, 30, tzinfo=UTC)


def test_blocks_keep_their_kind_and_order(article: Document) -> None:
    assert [p.kind for p in article.paragraphs] == [
        *("prose", "heading", "prose", "prose", "code", "item", "item", "table", "prose"),
    ]
    assert [p.level for p in article.paragraphs if p.kind == "item"] == [1, 2]
    assert article.paragraphs[4].text == "cache.set(key, value,\n          ttl=60)"
    assert article.paragraphs[7].text == "办法 | 代价\n期限 | 旧值"


@pytest.mark.parametrize(
    "junk", ["关于我们", "邮件列表", "返回列表", "期待下一篇", "朋友们", "版权", "track", "3 月 2 日", "#"]
)
def test_nothing_around_the_article_gets_in(article: Document, junk: str) -> None:
    assert junk not in "\n".join(p.text for p in article.paragraphs)


def test_the_table_of_contents_is_no_paragraph(article: Document) -> None:
    assert [p.text for p in article.paragraphs].count("为什么会失效") == 1


def test_the_footer_becomes_a_clue_and_credits_not_prose(article: Document) -> None:
    assert [(c.url, c.lang, c.how) for c in article.clues] == [
        ("https://blog.example/en/posts/cache", "en", "footer"),
        ("https://blog.example/en/posts/cache", "en", "hreflang"),
    ]
    assert article.credits == ("小林", "阿明")
    assert "英文原文" not in "\n".join(p.text for p in article.paragraphs)


def test_code_and_links_are_marked_where_they_stand(article: Document) -> None:
    spans = [(p.text[s.start : s.end], s.kind, s.href) for p in article.paragraphs for s in p.spans]
    assert ("处理办法", "link", "https://blog.example/guide") in spans
    assert ("cache.get(key)", "code", "") in spans


def test_a_selector_overrides_detection() -> None:
    html = (
        "<body><div id=a class='x post'><p>Chosen text.</p></div><div><p>"
        + "Other text here. " * 40
        + "</p></div></body>"
    )
    assert [p.text for p in read_page(page(html), selector="body > div.post").paragraphs] == ["Chosen text."]
    with pytest.raises(ConfigError):
        read_page(page(html), selector="div:has(p)")
    with pytest.raises(SourceError):
        read_page(page(html), selector="#absent")


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("#b", ["b"]),
        ("div p", ["p", "q"]),
        (".k > p", ["q"]),
        ("[data-x=y]", ["q"]),
        ("div, p", ["b", "c"]),
        ("*.k", ["c"]),
    ],
)
def test_the_small_part_of_css_is_read_right(selector: str, found: list[str]) -> None:
    from lxml.html import document_fromstring

    tree = document_fromstring("<div id=b><p id=p>1</p></div><div id=c class='j k'><p id=q data-x=y>2</p></div>")
    assert [element.get("id") for element in select(tree, selector)] == found


def test_a_page_without_an_article_is_an_error_that_names_it() -> None:
    for html in ("", "   ", "<html><body><script>x</script></body></html>"):
        with pytest.raises(SourceError, match=r"blog\.example"):
            read_page(page(html))


@pytest.mark.parametrize("fault", [ValueError("no tree"), RecursionError("too deep")], ids=["value", "depth"])
def test_an_extractor_that_gives_up_is_no_bug(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """Whether it is asked which text is the article, or, since the page's own tree has less, for the article itself."""
    gives_up_on: set[str] = {"txt", "html"}

    def extract(text: str, *, output_format: str = "txt", **options: object) -> str:
        if output_format in gives_up_on:
            raise fault
        return "A text that no element of the page holds. " * 40

    monkeypatch.setattr("trafilatura.extract", extract)
    html = "<body><article><p>A queue keeps every job until a worker takes it.</p></article></body>"
    assert [p.text for p in read_page(page(html)).paragraphs] == ["A queue keeps every job until a worker takes it."]
    gives_up_on.remove("txt")
    with pytest.raises(SourceError, match="no article text found"):
        read_page(page(html))


def test_a_gbk_page_is_read_by_its_meta() -> None:
    html = PAGE.replace('charset="utf-8"', 'charset="gb2312"')
    document = read_page(Page(URL, html.encode("gbk"), (("content-type", "text/html"),)))
    assert document.title == "缓存如何失效"


def test_a_fragment_is_taken_whole() -> None:
    html = "<p>One.<br/>Two.</p><p>a<br><br>b</p><aside>Aside.</aside><button>Buy</button><script>x()</script>Tail"
    document = read_fragment(html, URL, title="T", lang="en")
    assert [p.text for p in document.paragraphs] == ["One.\nTwo.", "a", "b", "Aside.", "Tail"]


def test_a_footer_whose_label_is_unreadable_still_gives_its_link() -> None:
    """UTF-8 read as windows-1252 with its undefined bytes dropped: what the feed's publisher sent out."""
    text = "模型的训练需要大量的数据和计算资源，每个步骤都应该先测量再决定，这样才知道改进来自哪里。"
    lost = text.encode().decode("cp1252", "ignore")
    label = "原稿在这里参考：".encode().decode("cp1252", "ignore")
    html = (
        f"<p>{lost}</p>" * 4 + f'<p>{label[:-3]}: <a href="https://blog.example/en/x">https://blog.example/en/x</a></p>'
    )
    document = read_fragment(html, "https://blog.example/zh/x", title="模型", lang="zh")
    assert (document.repairs, document.damage) == (("read:cp1252",), ())
    assert [clue.url for clue in document.clues] == ["https://blog.example/en/x"]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p>Since <span class="katex"><math><annotation encoding="application/x-tex">a_1</annotation></math>'
         '<span aria-hidden="true">a1</span></span> holds.</p>', "$a_1$"),
        ("<p>Since $x_1 + 2$ holds.</p>", "$x_1 + 2$"),
        ('<p>Since <math alttext="b"><mi>b</mi></math> holds.</p>', "$b$"),
    ],
)  # fmt: skip
def test_formulas_are_marked(html: str, text: str) -> None:
    (paragraph,) = read_fragment(html, URL, title="T").paragraphs
    assert [(paragraph.text[s.start : s.end], s.kind) for s in paragraph.spans] == [(text, "math")]


def test_money_is_no_formula() -> None:
    (paragraph,) = read_fragment("<p>It raised $4 million and then $9 million more.</p>", URL, title="T").paragraphs
    assert paragraph.spans == ()


def test_no_control_or_override_reaches_the_reader() -> None:
    document = read_fragment(
        "<p>a\u202eb\u200bc\x07 <a href='javascript:x()'>d</a> 👩\u200d💻</p>", URL, title="t\u202e"
    )
    assert (document.title, document.paragraphs[0].text) == ("t", "abc d 👩\u200d💻")
    assert document.paragraphs[0].spans == ()


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + "x",
        "<p>" * 50_000,
        "<table><tr><td>" * 3_000 + "x",
        "<a href=x>y" * 20_000,
        "<b><i>" * 20_000,
        "&#x202e;" * 50_000,
    ],
    ids=["deep", "wide", "tables", "links", "inline", "entities"],
)
def test_hostile_markup_takes_bounded_time(html: str) -> None:
    start = time.monotonic()
    read_fragment(html, URL, title="T")
    with contextlib.suppress(SourceError):
        read_page(page(f"<html><body>{html}</body></html>"))
    assert time.monotonic() - start < 10

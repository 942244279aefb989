"""What strangers may send: whole documents, hostile fragments,
mutations of both; and what reading them must end in."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from digest.errors import SourceError
from digest.fetch.feeds.bounded import MOST_TEXT
from digest.fetch.feeds.fields import FIELD, LONGEST_GUID, TITLE
from digest.fetch.feeds.listing import MOST_LINKS
from digest.model import LONGEST_URL, Document, Feed, Page, Post
from digest.normalise.blocks import MAX_BLOCKS, MAX_TEXT
from digest.normalise.document import LONGEST_TITLE
from digest.normalise.split import LONGEST, MOST, sentences
from digest.printable import NO_XML, printable
from digest.sandbox.readers import DIRECT

URL = "https://blog.example/post"
NOW = datetime(2025, 4, 16, tzinfo=UTC)
TYPES = (
    "", "text/html", "text/html; charset=gbk", "text/html; charset=utf-16", "text/html; charset=utf-7", "text/plain",
    "text/markdown", "text/markdown; charset=big5", "application/rss+xml", "application/xml; charset=iso-2022-jp",
    "application/feed+json", "image/png", "text/html; charset=\"", ";;;", "text/html;charset=unicode_escape",
)  # fmt: skip
# fmt: off
SEEDS: tuple[bytes, ...] = tuple(
    text.encode()
    for text in (
        """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>A blog</title><link>https://blog.example/</link><language>en</language><item>
<title>One &amp; two</title>
<link>/one</link><guid isPermaLink="false">1</guid><pubDate>Wed, 16 Apr 2025 08:00:00 +0800</pubDate>
<category>a</category>
<description>&lt;p&gt;Short.&lt;/p&gt;</description><content:encoded><![CDATA[<p>The whole <b>text</b> of it,
which says
something.</p><pre>code()</pre>]]></content:encoded></item></channel></rss>""",
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh"><title type="html">博客</title><id>urn:1</id>
<updated>
2025-04-16T08:00:00Z</updated><link rel="alternate" href="https://blog.example/"/><entry><title>第一篇</title>
<id>urn:2</id>
<link href="/1"/><updated>2025年4月16日 下午3:05</updated><author><name>某人</name></author><content type="xhtml"><div
xmlns="http://www.w3.org/1999/xhtml"><p>我们发布了第一篇文章。</p></div></content></entry></feed>""",
        """{"version":"https://jsonfeed.org/version/1.1","title":"A blog","language":"en","items":[{"id":"1","url":"/1",
"title":"One","content_html":"<p>Text.</p>","date_published":"2025-04-16T08:00:00Z","authors":[{"name":"A"}]}]}""",
        """<!DOCTYPE html><html lang="en"><head><title>A post | A blog</title>
<meta property="og:title" content="A post">
<link rel="alternate" type="application/rss+xml" href="/feed.xml"><link rel="alternate" hreflang="zh" href="/zh/post">
<meta property="article:published_time" content="2025-04-16T08:00:00Z"></head><body><nav><a href="/">Home</a></nav>
<article><h1>A post</h1><p>We released <a href="/x">a model</a> of 7 billion parameters. It is small.</p><ul><li>One
<li>Two</ul><pre><code>pip install it</code></pre><table><tr><td>a<td>b</table><blockquote>Said.</blockquote>
<img alt="x">
<math><annotation>x^2</annotation></math></article><footer>Comments</footer></body></html>""",
        """---
title: 一篇文章
date: 2025-04-16T08:00:00Z
lang: zh
---
# 一篇文章

英文原文: [A post](https://blog.example/en)

我们发布了 70 亿参数的模型。它很小，$x^2$ 和 `code`。

- 一
- 二

```python
print("x")
```

译者：某人
""",
    )
)
FRAGMENTS: tuple[bytes, ...] = (
    b"<", b">", b"&", b"\"", b"'", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"</", b"<a href=\"", b"<p>",
    b"<div>",
    b"</div>", b"<table><tr><td>", b"<li>", b"<pre>", b"<script>", b"<svg>", b"<math>", b"<br>", b"<img alt='",
    b"&#xD800;",
    b"&#0;", b"&#x110000;", b"&#99999999999;", b"&nbsp;", b"&amp;amp;", b"<!DOCTYPE x [", b"<!ENTITY a 'b'>",
    b"<item>",
    b"</item>", b"<entry>", b"</feed>", b"<link>", b"<content type='xhtml'>", b"xml:base='//['", b"\x00", b"\x1b[31m",
    b"\r", b"\n\n", b"\t", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\xc3\xa9", b"\xc3\x83\xc2\xa9", "é–\x8d".encode(), "锟斤拷".encode(), "\ufffd".encode(), "烫".encode(),
    "\u202e".encode(), "\u200b".encode(), "\u200d".encode(), "\ufeff".encode(), "e\u0301".encode(), "\u0301".encode(),
    "👩\u200d💻".encode(), "𠀀".encode(), "龘".encode(), "。".encode(), "“".encode(), "（".encode(), "译者：".encode(),
    "\U000e0100\U000e0101\U000e0102".encode(), "\ue000".encode(), "浣犲ソ".encode(), "中文".encode("gbk"),
    "中文".encode("utf-16"), b"javascript:alert(1)", b"http://[", b"//", b"https://a.example/", b"`", b"```\n", b"$",
b"$$",
    b"\\(", b"**", b"[", b"](", b"](javascript:", b"---\n", b"# ", b"> ", b"- ", b"|", b"{%", b"{{", b"a: &x [*x]\n",
    b"!!",
    b"2025-13-45T99:99:99Z", b"0000-00-00", b"9" * 400, b"1e999", b"NaN", b"{\"items\":[", b"[", b"{", b"}", b"null",
    b"charset=utf-16", b"<meta charset=hz-gb-2312>", b"<base href='http://['>", b" ", b".", b"a", b"A. ",
)  # fmt: skip
# fmt: on


def mutated(data: bytes, random: Random, *, most: int = 60_000) -> bytes:
    """Change a document as chance has it: fragments put in, often very many times, stretches doubled, moved, lost."""
    for _ in range(random.randint(1, 6)):
        at, end = sorted(random.randint(0, len(data)) for _ in range(2))
        way = random.randrange(7)
        if way == 0:
            data = data[:at] + random.choice(FRAGMENTS) + data[at:]
        elif way == 1:
            many = random.choice((2, 10, 100, 1000, 5000))
            data = data[:at] + random.choice(FRAGMENTS) * many + data[at:]
        elif way == 2:
            pair = random.choice(FRAGMENTS) + random.choice(FRAGMENTS)
            data = data[:at] + pair * random.choice((2, 30, 1000)) + data[end:]
        elif way == 3:
            data = data[:at] + data[end:]
        elif way == 4:
            data = data[:end] + data[at:end] * random.choice((1, 5, 50)) + data[end:]
        elif way == 5:
            data = data[:at] + random.randbytes(random.randint(1, 40)) + data[at:]
        else:
            data = data[:at] + random.choice(SEEDS)[: random.randint(0, 400)] + data[end:]
        data = data[:most]
    return data


def read_every_way(data: bytes, content_type: str, url: str = URL) -> None:
    """Read bytes as a feed, a page, a listing, the page of a feed, a post; AssertionError where a bound is broken."""
    page = Page(url, data, (("content-type", content_type),))
    kinds = []
    try:
        check_feed(DIRECT.feed(page))
    except SourceError as error:
        kinds.append(error.kind)
    try:
        check_document(DIRECT.page(page))
    except SourceError as error:
        kinds.append(error.kind)
    assert all(kinds)
    links = DIRECT.links(page)
    assert len(links) <= MOST_LINKS
    for link in links:
        _check_url(link.url)
        assert len(link.title) <= TITLE
    for found in DIRECT.feeds_named(page):
        _check_url(found.url)
        assert len(found.title) <= TITLE
    DIRECT.twin_rule([url], page)
    text = data.decode("utf-8", "replace")[:FIELD]
    post = Post("id", "source", "id", url, text[:TITLE], NOW, True, NOW, "", text, "")
    document = DIRECT.post(post, None)
    if document is not None:
        check_document(document)


def check_feed(feed: Feed) -> None:
    assert len(feed.entries) <= 500
    assert sum(len(entry.summary) + len(entry.content) for entry in feed.entries) <= MOST_TEXT
    for text in (feed.title, feed.lang, *(line for entry in feed.entries for line in (entry.title, entry.author))):
        assert len(text) <= TITLE
        assert not NO_XML.search(text)
    for entry in feed.entries:
        assert len(entry.guid) <= LONGEST_GUID
        assert max(len(entry.summary), len(entry.content)) <= FIELD
        assert not NO_XML.search(entry.summary + entry.content + entry.guid)
        assert entry.published is None or entry.published.tzinfo is not None
        _check_url(entry.url)


def check_document(document: Document) -> None:
    assert len(document.paragraphs) <= MAX_BLOCKS
    assert len(document.title) <= LONGEST_TITLE
    assert printable(document.title) == document.title
    assert len(document.lang) <= 100
    assert sum(len(paragraph.text) for paragraph in document.paragraphs) <= MAX_TEXT
    for paragraph in document.paragraphs:
        assert printable(paragraph.text) == paragraph.text
        for span in paragraph.spans:
            assert 0 <= span.start < span.end <= len(paragraph.text)
            _check_url(span.href)
        for guess in paragraph.guesses:
            assert paragraph.text[guess.at] == guess.chosen
    for clue in document.clues:
        assert len(clue.url) <= LONGEST_URL
    found = sentences(document.paragraphs)
    assert len(found) <= MOST
    for sentence in found:
        assert len(sentence.text) <= LONGEST
        assert document.paragraphs[sentence.paragraph].text[sentence.start : sentence.end] == sentence.text


def _check_url(url: str) -> None:
    assert len(url) <= LONGEST_URL
    assert not url or url.lower().startswith(("http://", "https://")), url

"""Feeds and pages with faults in their content, by name. For the tests of faults and their benchmark."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from fault_answers import FEED, entry, rss

Header = dict[str, str]
Content = Callable[[], tuple[bytes, Header]]

XML: Header = {"content_type": "application/rss+xml"}
LOLS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n else 'lol'}'>" for n in range(10))
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def declared(doctype: str, use: str) -> Content:
    """Give a feed with a document type and a use of what it declares."""
    return lambda: (rss(entry(1), f"<item><title>{use}</title></item>", head=f"<?xml version='1.0'?>{doctype}"), XML)


def titled(title: str, *, head: str = "<?xml version='1.0' encoding='utf-8'?>") -> Content:
    return lambda: (rss(entry(1, title=title), entry(2), entry(3), head=head), XML)


def feed(body: bytes | Callable[[], bytes], kind: str = "application/rss+xml") -> Content:
    return lambda: (body() if callable(body) else body, {"content_type": kind})


def coded(encoding: str, *, said: str = "", header: str = "", mark: bytes = b"") -> Content:
    """Give a Chinese feed in an encoding, under a label in its prolog and one in the header."""
    prolog = f"<?xml version='1.0' encoding='{said}'?>" if said else "<?xml version='1.0'?>"
    lines = "大型语言模型的上下文窗口越来越长，推理的显存占用也随之增加，本文介绍缓存的压缩方法。" * 30
    items = "".join(
        f"<item><title>缓存系列第 {n} 篇</title><link>https://blog.example/{n}</link><description>{lines}</description></item>"
        for n in (1, 2, 3)
    )
    text = rss(items, head=prolog).decode()
    kind = "application/rss+xml" + (f"; charset={header}" if header else "")
    return lambda: (mark + text.encode(encoding), {"content_type": kind})


# What is refused, with the words of the refusal left to the tests of the parser.
REFUSED: dict[str, Content] = {
    "billion laughs": declared(f"<!DOCTYPE rss [{LOLS}]>", "&l9;"),
    "laughs that expat lets through": declared(f"<!DOCTYPE rss [{LOLS}]>", "&l5;"),
    "quadratic blow-up": declared(f"<!DOCTYPE rss [<!ENTITY a '{'a' * 50_000}'>]>", "&a;" * 20_000),
    "external entity (XXE)": declared("<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", "&a;"),
    "external entity over HTTP": declared("<!DOCTYPE rss [<!ENTITY a SYSTEM 'http://127.0.0.1:22/'>]>", "&a;"),
    "parameter entity": declared("<!DOCTYPE rss [<!ENTITY % a SYSTEM 'http://127.0.0.1:22/'> %a;]>", "x"),
    "entity in UTF-16": lambda: (
        rss("<item><title>&a;</title></item>", head="<!DOCTYPE rss [<!ENTITY a 'b'>]>").decode().encode("utf-16"),
        XML,
    ),
    "entity behind junk": lambda: (b"<br/>junk" + declared("<!DOCTYPE rss [<!ENTITY a 'b'>]>", "&a;")()[0], XML),
    "document type without end": lambda: (b"<!DOCTYPE rss [" + b"<!-- x -->" * 1000, XML),
    "HTML page": feed(
        b"<!doctype html><html><head><title>Blog</title></head><body><p>Hello</p></body></html>", "text/html"
    ),
    "HTML page labelled as a feed": feed(b"<html><body><h1>Maintenance</h1></body></html>"),
    "JSON that is no feed": feed(b'{"error": "not found"}', "application/json"),
    "JSON nested without end": feed(b"[" * 1_000_000, "application/json"),
    "SVG": feed(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
    "PNG": feed(PICTURE, "image/png"),
    "PDF": feed(b"%PDF-1.7\n1 0 obj\n", "application/pdf"),
    "OPML": feed(b"<?xml version='1.0'?><opml version='2.0'><body><outline xmlUrl='http://a.example'/></body></opml>"),
    "sitemap": feed(b"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>"),
    "empty answer": feed(b""),
    "blanks only": feed(b" \r\n\t\n" * 1000),
    "zero bytes": feed(bytes(100_000)),
    "random bytes": feed(lambda: bytes((n * n * 7919 >> 5) % 256 for n in range(50_000))),
    "local path": feed(b"/etc/passwd"),
}  # fmt: skip

# What is read as far as it goes: how many of its entries.
MENDED: dict[str, tuple[Content, int]] = {
    "external document type": (declared("<!DOCTYPE rss SYSTEM 'http://127.0.0.1:22/rss.dtd'>", "x"), 2),
    "XInclude": (
        feed(rss(entry(1), "<item><title>x</title><xi:include xmlns:xi='http://www.w3.org/2001/XInclude' "
                 "href='file:///etc/passwd' parse='text'/></item>")), 2,
    ),
    "processing instruction": (
        feed(rss(entry(1), head="<?xml version='1.0'?><?xml-stylesheet href='http://127.0.0.1:22/x.xsl' type='text/xsl'?>")), 1,  # noqa: E501
    ),
    "tags that do not match": (feed(FEED.replace(b"</title><link>", b"</titel><link>", 2)), 3),
    "junk before the feed": (feed(b"<br />\n<b>Warning</b>: in feed.php on line 3\n" + FEED), 3),
    "junk behind the feed": (feed(FEED + b"<!-- cached --></div></body>\n<?php echo 1; ?>\x00\x01"), 3),
    "bare ampersand": (titled("R&D, AT&T & more"), 3),
    "undefined entity": (titled("a&nbsp;b &hellip; &unknown; c"), 3),
    "unescaped less-than": (titled("when a < b"), 3),
    "feed cut in the middle": (feed(FEED[:-200]), 2),
    "wrong charset in the header": (coded("utf-8", said="utf-8", header="iso-8859-1"), 3),
    "wrong charset in the declaration": (coded("utf-8", said="gb2312"), 3),
    "wrong charset in both": (coded("utf-8", said="big5", header="windows-1252"), 3),
    "GBK under the name of gb2312": (coded("gb18030", said="gb2312"), 3),
    "GBK without a declaration": (coded("gb18030"), 3),
    "Big5": (feed(rss(entry(1, title="\u7e41\u9ad4\u4e2d\u6587\u7684\u6a19\u984c")).decode().encode("big5"), "text/xml; charset=big5"), 1),  # noqa: E501
    "UTF-16 with its mark": (coded("utf-16"), 3),
    "UTF-16 without its mark": (coded("utf-16-le"), 3),
    "UTF-16, big end first": (coded("utf-16-be", mark=b"\xfe\xff"), 3),
    "UTF-32": (coded("utf-32"), 3),
    "UTF-8 with a mark": (coded("utf-8", mark=b"\xef\xbb\xbf"), 3),
    "charset that nobody knows": (coded("utf-8", said="klingon", header="x-user-defined"), 3),
    "NUL and controls": (titled("one\x00two\x01three\x0bfour\x7f"), 3),
    "references to forbidden characters": (titled("a&#0;b&#xD800;c&#xFFFF;d&#x110000;e&#99999999999;f"), 3),
    "lone surrogate": (titled("half\ud800 a character"), 3),
    "bidi, zero-width and tag characters": (titled("\u202efdp.exe\u202c \u200bzero\u200dwidth\u2060 \U000e0041\U000e0042"), 3),  # noqa: E501
    "zalgo": (titled("Z" + "\u0301\u0316\u0489" * 2000 + "algo"), 3),
    "title of 1 MB": (titled("word " * 200_000), 3),
    "line of 10 MB": (feed(lambda: rss(entry(1, more=f"<x>{'a' * 9_900_000}</x>"), entry(2))), 2),
    "20 000 categories": (feed(lambda: rss(entry(1, more="".join(f"<category>c{n}</category>" for n in range(20_000))))), 1),  # noqa: E501
    "100 000 attributes": (
        feed(lambda: rss(entry(1), "<item" + "".join(f" a{n}='1'" for n in range(100_000)) + "><title>t</title></item>")), 2,  # noqa: E501
    ),
    "namespaces by the thousand": (
        feed(lambda: rss(entry(1), "".join(f"<n{n}:a xmlns:n{n}='http://{n}.example/'/>" for n in range(20_000)))), 1,
    ),
    "comments by the thousand": (feed(lambda: rss(entry(1), "<!-- x -->" * 50_000, entry(2))), 2),
    "CDATA by the thousand": (titled("<![CDATA[a]]>" * 20_000), 3),
    "JSON Feed with odd values": (
        feed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": None, "items": [
            {"id": 1, "url": ["x"], "content_html": {"a": 1}}, None, 7, "text", {}, {"id": None, "title": "t" * 100_000},  # noqa: E501
            {"id": "a", "url": "javascript:alert(1)", "title": 5, "date_published": 1e99, "authors": "me"},
        ]}).encode(), "application/feed+json"), -1,
    ),
}  # fmt: skip

# What takes longer or more memory than a parser is to be given; entries may be left out, the run goes on.
HEAVY: dict[str, Content] = {
    "100 000 entries": feed(lambda: rss("<item><title>t</title><guid>%d</guid></item>" * 100_000 % tuple(range(100_000)))),  # noqa: E501
    "50 000 comments that open": feed(lambda: rss(entry(1), "<!--" * 50_000)),
    "100 000 nested elements": feed(lambda: rss(entry(1), "<a>" * 100_000 + "</a>" * 100_000)),
    "100 000 nested div in an entry": feed(lambda: rss(entry(1, more="<description>" + "&lt;div&gt;" * 100_000 + "</description>"))),  # noqa: E501
    "5 MB of HTML in one entry": feed(lambda: rss(entry(1, more="<description>" + "&lt;p&gt;words of a post" * 200_000 + "</description>"))),  # noqa: E501
    "tags that never close": feed(lambda: rss(entry(1), "<item><title>t" * 50_000)),
    "quotes that never close": feed(lambda: rss(entry(1), "<item a='" * 50_000)),
    "document type that opens without end": feed(lambda: b"<!DOCTYPE rss [" + b"<!ELEMENT a '" * 50_000),
    "one rare character 100 000 times": feed(lambda: rss(entry(1, title="\u9f98" * 100_000))),
    "dates of 1 MB": feed(lambda: rss(entry(1, date="Wed, 16 Apr 2025 " + "0" * 1_000_000))),
}  # fmt: skip

WALL = b"<html><body><noscript>You need to enable JavaScript to run this app.</noscript><div id='root'></div></body></html>"  # noqa: E501

# Pages of posts that hold no article, or one that cannot be had.
PAGES: dict[str, Content] = {
    "article that is a PDF": feed(b"%PDF-1.7\n" + b"words of a stream " * 1000, "application/pdf"),
    "article that calls itself HTML and is a PDF": feed(b"%PDF-1.7\n" + b"words of a stream " * 1000, "text/html"),
    "article that is a picture": feed(PICTURE, "image/png"),
    "article behind a wall of JavaScript": feed(WALL, "text/html"),
    "article that is empty": feed(b" \n", "text/html"),
    "article with frames only": feed(b"<html><frameset><frame src='http://127.0.0.1:22/'></frameset></html>", "text/html"),  # noqa: E501
    "article that refreshes to elsewhere": feed(
        b"<html><head><meta http-equiv='refresh' content='0;url=http://169.254.169.254/'></head><body></body></html>",
        "text/html",
    ),
    "100 000 links": feed(lambda: b"<html><body><article>" + b"<a href='/x'>link</a> " * 100_000, "text/html"),
    "100 000 paragraphs that never close": feed(lambda: b"<html><body><article>" + b"<p>words of a post" * 100_000, "text/html"),  # noqa: E501
    "200 000 line breaks": feed(lambda: b"<html><body><article><p>" + b"a<br>" * 200_000, "text/html"),
    "nested 100 000 deep": feed(lambda: b"<html><body>" + b"<div>" * 100_000 + b"text", "text/html"),
    "nested tables": feed(lambda: b"<html><body>" + b"<table><tr><td>" * 20_000 + b"text", "text/html"),
    "one line of 9 MB": feed(lambda: b"<html><body><article><p>" + b"word" * 2_400_000, "text/html"),
    "one sentence of 1 MB": feed(lambda: b"<html><body><article><p>" + b"word and " * 110_000, "text/html"),
    "comments that open 50 000 times": feed(lambda: b"<html><body><article><p>a</p>" + b"<!--" * 50_000, "text/html"),
    "attributes 100 000": feed(
        lambda: b"<html><body><article " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b"><p>a</p>", "text/html"
    ),
    "a rare character 100 000 times": feed(
        lambda: ("<html><body><article><p>" + "\u9f98" * 100_000 + "</p></article>").encode(), "text/html; charset=utf-8"  # noqa: E501
    ),
}  # fmt: skip

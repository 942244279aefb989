"""Feed bytes → Feed: dialects, charsets, links, dates, and what is no feed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from digest.errors import SourceError
from digest.fetch.feeds import name_of, parse_feed
from digest.fetch.feeds.dates import read_date
from digest.fetch.feeds.fields import FIELD
from digest.fetch.feeds.links import clean_url
from digest.model import Entry, Feed, Page

BASE = "https://blog.example/feeds/all.xml"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)


def read(body: str | bytes, *, zone: tzinfo | None = None, limit: int = 500, **headers: str) -> Feed:
    raw = body.encode() if isinstance(body, str) else body
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return parse_feed(Page(BASE, raw, pairs), declared_zone=zone, limit=limit)


def rss(items: str, head: str = "") -> str:
    return f'<rss version="2.0" {NAMESPACES}><channel><title>博客</title>{head}{items}</channel></rss>'


def item(inner: str) -> Entry:
    (entry,) = read(rss(f"<item>{inner}</item>")).entries
    return entry


def refusal(body: str | bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(body)
    assert caught.value.url == BASE
    assert "\n" not in caught.value.reason
    return caught.value


# ---- the dialects ---------------------------------------------------------------------------------------------------


def test_rss_2_gives_summary_and_full_content() -> None:
    feed = read(
        rss(
            '<item><title>题目</title><link>/posts/1</link><guid isPermaLink="false">id-1</guid>'
            "<pubDate>Wed, 16 Apr 2025 08:30:00 +0800</pubDate><dc:creator>李雷</dc:creator>"
            "<description>摘要</description>"
            "<content:encoded><![CDATA[<p>全文 <a href='../x'>x</a></p>]]></content:encoded></item>",
            "<link>https://blog.example/</link><language>zh_cn</language>",
        )
    )
    (entry,) = feed.entries
    assert (feed.title, feed.link, feed.lang, feed.url) == ("博客", "https://blog.example/", "zh-cn", BASE)
    assert (entry.guid, entry.url, entry.title, entry.author) == (
        "id-1",
        "https://blog.example/posts/1",
        "题目",
        "李雷",
    )
    assert entry.published == datetime(2025, 4, 16, 0, 30, tzinfo=UTC)
    assert entry.summary == "摘要"
    assert "全文" in entry.content
    assert "https://blog.example/x" in entry.content
    assert entry.lang == "zh-cn"
    assert feed.flaws == ()


def test_a_lone_description_is_a_summary() -> None:
    entry = item("<description>only this</description>")
    assert (entry.summary, entry.content) == ("only this", "")


def test_a_lone_content_is_no_summary() -> None:
    entry = item("<content:encoded>&lt;p&gt;all&lt;/p&gt;</content:encoded>")
    assert (entry.summary, entry.content) == ("", "<p>all</p>")


def test_atom_resolves_by_xml_base_and_keeps_both_dates() -> None:
    feed = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://cdn.example/b/">'
        '<title type="html">A &amp;amp; B</title><link href="/"/>'
        '<entry xml:lang="zh-Hans"><id>tag:x,2025:1</id><title>List&lt;T&gt;</title><link href="p/1"/>'
        "<published>2025-04-15T18:00:00Z</published><updated>2025-04-16T01:00:00+08:00</updated>"
        "<author><name>Ada</name></author><author><name>Bo</name></author>"
        '<content type="html">&lt;p&gt;body&lt;/p&gt;</content></entry></feed>'
    )
    (entry,) = feed.entries
    assert (feed.title, feed.lang, feed.link) == ("A & B", "en", "https://cdn.example/")
    assert (entry.title, entry.url, entry.author) == ("List<T>", "https://cdn.example/b/p/1", "Ada, Bo")
    assert entry.published == datetime(2025, 4, 15, 18, tzinfo=UTC)
    assert entry.updated == datetime(2025, 4, 15, 17, tzinfo=UTC)
    assert (entry.content, entry.summary, entry.lang) == ("<p>body</p>", "", "zh-Hans")


def test_atom_plain_text_becomes_html() -> None:
    (entry,) = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><updated>2025-04-15T18:00:00Z</updated>'
        '<summary type="text">a &lt; b &amp;amp; c</summary></entry></feed>'
    ).entries
    assert entry.summary == "a &lt; b &amp;amp; c"
    assert entry.published == entry.updated == datetime(2025, 4, 15, 18, tzinfo=UTC)


def test_rdf_is_read() -> None:
    (entry,) = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title></channel>'
        '<item rdf:about="https://b.example/1"><title>one</title><link>https://b.example/1</link>'
        "<dc:date>2025-04-16T12:00:00+08:00</dc:date></item></rdf:RDF>"
    ).entries
    assert (entry.title, entry.url) == ("one", "https://b.example/1")
    assert entry.published == datetime(2025, 4, 16, 4, tzinfo=UTC)


def test_rss_091_with_its_harmless_doctype_is_read() -> None:
    feed = read(
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>old</title>'
        "<item><title>caf&eacute;&nbsp;x</title><link>https://a.example/</link></item></channel></rss>"
    )
    assert feed.entries[0].title == "café x"
    assert feed.flaws == ()


def test_one_odd_number_costs_a_json_feed_nothing() -> None:
    """Ids are names: one of 5,000 digits, which Python makes no number of, is one as well."""
    numbers = ("7", "9" * 5000, "1e999", "NaN", "-Infinity", "1.5", "1" * 30)
    items = ",".join(f'{{"id": {n}, "title": "T{k}", "url": "{BASE}{k}"}}' for k, n in enumerate(numbers))
    text = f'{{"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [{items}], "n": {"8" * 9999}}}'
    feed = read(text)
    assert [entry.title for entry in feed.entries] == [f"T{k}" for k in range(len(numbers))]
    assert [entry.guid for entry in feed.entries if len(entry.guid) < 40] == ["7", *numbers[2:]]


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
def test_json_feed_is_read(version: str) -> None:
    feed = read(
        json.dumps(
            {
                "version": version,
                "title": "博客 <T>",
                "home_page_url": "/",
                "language": "zh-Hans",
                "items": [
                    {
                        "id": 7,
                        "url": "p/7",
                        "title": "七 & 八",
                        "summary": "a < b",
                        "content_html": "<p>x</p>",
                        "date_published": "2025-04-16T08:00:00+08:00",
                        "authors": [{"name": "Ada"}, {"name": "Bo"}],
                    },
                    {"id": "8", "external_url": "https://c.example/", "content_text": "一\n\n二", "language": "en"},
                    "not an item",
                ],
            }
        )
    )
    first, second = feed.entries
    assert (feed.title, feed.link, feed.lang) == ("博客 <T>", "https://blog.example/", "zh-Hans")
    assert (first.guid, first.url, first.title) == ("7", "https://blog.example/feeds/p/7", "七 & 八")
    assert (first.summary, first.content, first.author) == ("a &lt; b", "<p>x</p>", "Ada, Bo")
    assert first.published == datetime(2025, 4, 16, tzinfo=UTC)
    assert (second.url, second.content, second.lang) == ("https://c.example/", "<p>一</p><p>二</p>", "en")


# ---- bytes ----------------------------------------------------------------------------------------------------------

CHINESE = rss(
    "<item><title>深度学习模型的训练与推理优化</title><description>本文介绍如何在单张显卡上训练模型。</description></item>"
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (CHINESE.encode("gbk"), "application/xml"),
        (b'<?xml version="1.0" encoding="gb2312"?>' + CHINESE.encode("gb18030"), "application/xml"),
        (b'<?xml version="1.0" encoding="gb2312"?>' + CHINESE.encode("utf-8"), "text/xml; charset=gbk"),
        (b'<?xml version="1.0" encoding="utf-8"?>' + CHINESE.encode("gbk"), "text/xml; charset=utf-8"),
        (b'<?xml version="1.0" encoding="utf-8"?>' + CHINESE.encode("utf-8"), "text/xml; charset=iso-8859-1"),
        ("\ufeff".encode() + CHINESE.encode("utf-8"), "text/xml; charset=gbk"),
        (('<?xml version="1.0" encoding="UTF-16"?>' + CHINESE).encode("utf-16"), "application/xml"),
        (b"\n\n  " + CHINESE.encode("utf-8"), ""),
    ],
    ids=["gbk undeclared", "gb2312", "really utf-8", "really gbk", "header lies", "mark", "utf-16", "space before"],
)
def test_chinese_is_read_whatever_the_labels_say(body: bytes, content_type: str) -> None:
    (entry,) = read(body, content_type=content_type).entries
    assert entry.title == "深度学习模型的训练与推理优化"
    assert "单张显卡" in entry.summary


@pytest.mark.parametrize(
    "damage", ["\x00", "\x08", "\x1f", "&#0;", "&#x1F;", "&#xD800;", "&#xFFFF;", "&#1114112;", "\ufffe"]
)
def test_forbidden_characters_are_dropped(damage: str) -> None:
    assert item(f"<title>be{damage}fore</title>").title == "before"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("AT&T", "AT&T"), ("a &nbsp; b", "a b"), ("&unheard;", "&unheard;"), ("1 < 2", None), ("<b>open", None)],
)
def test_malformed_xml_is_read_as_far_as_it_goes(written: str, meant: str | None) -> None:
    feed = read(rss(f"<item><title>{written}</title><link>https://a.example/1</link></item>"))
    assert len(feed.entries) == 1
    if meant is None:
        assert any("not well-formed" in flaw for flaw in feed.flaws)
    else:
        assert (feed.entries[0].title, feed.flaws) == (meant, ())


def test_a_feed_cut_short_gives_its_whole_entries() -> None:
    whole = rss("".join(f"<item><title>{n}</title></item>" for n in range(4)))
    feed = read(whole[: whole.index("<title>3") + 3])
    assert [entry.title for entry in feed.entries][:3] == ["0", "1", "2"]
    assert feed.flaws


def test_junk_before_the_feed_is_dropped() -> None:
    feed = read("<br />\n<b>Warning</b>: in /var/www/feed.php\n" + rss("<item><title>t</title></item>"))
    assert feed.entries[0].title == "t"
    assert "junk before the feed dropped" in feed.flaws


# ---- what is no feed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!DOCTYPE html><html><head></head></html>", "digest feeds add"),
        ("<HTML lang=zh><body>页面</body></HTML>".encode(), "digest feeds add"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"%PDF-1.7", "PDF"),
        (b'<?xml version="1.0"?><!-- x --><opml version="2.0"></opml>', "OPML"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b'{"error": "no"}', "JSON"),
        (b"[1, 2]", "JSON"),
        (b'{"items": [', "JSON"),
        (b"[" * 100_000, "JSON"),
        (b"garbage", "not a feed"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, words: str) -> None:
    assert words in refusal(body).reason


def test_a_local_path_is_text_and_opens_nothing() -> None:
    assert refusal("/etc/passwd").kind == "content"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE rss [ <!-- > <rss> --> <!ENTITY x SYSTEM "file:///etc/passwd"> ]>',
        "<!DOCTYPE rss [ <!ENTITY % p SYSTEM 'http://127.0.0.1:9/x'> %p; ]>",
        '<!-- <rss> --><?x ?><!doctype rss [<!entity a "a">]>',
    ],
)
def test_entity_declarations_are_refused(doctype: str) -> None:
    assert "entities" in refusal(doctype + rss("<item><title>&a;&x;</title></item>")).reason
    assert "entities" in refusal((doctype + rss("<item/>")).encode("utf-16")).reason


def test_a_post_about_entities_is_read() -> None:
    entry = item(
        '<title>XXE</title><description><![CDATA[<pre>&lt;!ENTITY x "y"&gt; <!ENTITY a "b"></pre>]]></description>'
    )
    assert "ENTITY" in entry.summary


@pytest.mark.parametrize("piece", ["<![CDATA[", "<!--", "<?x ", "&", "&lt;!--", "&lt;script&gt;", "&lt;a '", "]]>"])
def test_repeated_openings_cost_no_more_than_linear_time(piece: str) -> None:
    """With a quadratic pattern this would not end within the test run."""
    many = piece * 50_000
    feed = read(rss(f"<item><title>first</title></item><item><title>{many}</title><summary>{many}</summary></item>"))
    assert feed.entries[0].title == "first"


# ---- titles, links, identity ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Vec&amp;lt;T&amp;gt; in Rust", "Vec<T> in Rust"),
        ("std::vector&lt;int&gt;", "std::vector<int>"),
        ("if a &lt; b and c &gt; d", "if a < b and c > d"),
        ("&lt;b&gt;Bold&lt;/b&gt; &lt;a href='x'&gt;link&lt;/a&gt;", "Bold link"),
        ("<![CDATA[<em>New</em>: Q&A]]>", "New: Q&A"),
        ("a&lt;script&gt;alert(1)&lt;/script&gt;b", "ab"),
        ("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;x", "x"),
        ("  two\n lines  ", "two lines"),
        ("It&amp;#8217;s", "It’s"),
    ],
)
def test_titles_are_plain_text(written: str, meant: str) -> None:
    assert item(f"<title>{written}</title>").title == meant


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("https://user:word@a.example/", ""),
        ("http://[::1", ""),
        ("//cdn.example/p", "https://cdn.example/p"),
        ("?p=1&amp;q=2", "https://blog.example/feeds/all.xml?p=1&q=2"),
        ("  https://a.example/a\nb c ", "https://a.example/ab%20c"),
        ("https://a.example/" + "x" * 3000, ""),
    ],
)
def test_links_are_absolute_and_http_or_nothing(link: str, url: str) -> None:
    assert item(f"<link>{link}</link>").url == url


def test_a_permalink_guid_stands_in_for_a_missing_link() -> None:
    assert item("<guid>https://a.example/1</guid>").url == "https://a.example/1"
    assert item('<guid isPermaLink="false">https://a.example/1</guid>').url == ""


def test_a_repeated_guid_is_taken_from_all_that_have_it() -> None:
    feed = read(rss("".join(f"<item><guid>{guid}</guid><title>{n}</title></item>" for n, guid in enumerate("gghg"))))
    assert [bool(entry.guid) for entry in feed.entries] == [False, False, True, False]
    assert "2 repeated GUIDs" in feed.flaws


@pytest.mark.parametrize(
    ("guid", "link", "other", "kept"),
    [
        ("<guid>g</guid>", "https://a.example/1", "", 1),
        ("", "https://a.example/1", "", 1),
        ("<guid>g</guid>", "https://a.example/1", "<description>More.</description>", 1),
        ("<guid>g</guid>", "https://a.example/", "<title>Two</title><description>Two.</description>", 2),
        ("", "https://a.example/", "<title>Two</title>", 2),
    ],
)
def test_an_entry_that_is_printed_twice_is_one(guid: str, link: str, other: str, kept: int) -> None:
    title, date = "<title>One</title>", "<pubDate>Wed, 16 Apr 2025 04:00:00 GMT</pubDate>"
    again = other if "<title>" in other else title + date + other
    feed = read(rss("".join(f"<item>{guid}<link>{link}</link>{more}</item>" for more in (title + date, again))))
    assert len(feed.entries) == kept
    assert kept > 1 or (feed.entries[0].title, "More" in feed.entries[0].summary) == ("One", "More" in other)


def test_a_huge_guid_is_kept_as_its_hash() -> None:
    one, two = (item(f'<guid isPermaLink="false">{"x" * 1_000_000}{n}</guid>').guid for n in (1, 2))
    assert len(one) < 100
    assert one != two


def test_fields_and_entries_are_limited() -> None:
    long = item(f"<title>{'t' * 9000}</title><description>{'word ' * 100_000}</description>")
    assert (len(long.title), len(long.summary) <= FIELD) == (300, True)
    dates = "".join(
        f"<item><title>{day}</title><pubDate>2025-04-{day:02d}T00:00:00Z</pubDate></item>" for day in range(1, 11)
    )
    feed = read(rss(dates), limit=3)
    assert [entry.title for entry in feed.entries] == ["8", "9", "10"]
    undated = read(rss("<item><title>first</title></item>" + dates), limit=3)
    assert [entry.title for entry in undated.entries] == ["first", "1", "2"]


def test_the_language_comes_from_the_entry_then_the_feed() -> None:
    feed = read(rss("<item><title>1</title><dc:language>en</dc:language></item><item/>", "<language>zh-TW</language>"))
    assert [entry.lang for entry in feed.entries] == ["en", "zh-TW"]


def test_name_of_finds_a_name_for_an_untitled_post() -> None:
    assert name_of(item("<title>t</title><description>d</description>")) == "t"
    assert (
        name_of(item("<description>&lt;p&gt;First &lt;b&gt;words&lt;/b&gt;, &lt;/p&gt;</description>"))
        == "First words,"
    )
    assert name_of(item("<link>https://a.example/1</link>")) == "https://a.example/1"


def test_clean_url_keeps_a_chinese_path() -> None:
    assert clean_url("/文章/1", "https://a.example/") == "https://a.example/文章/1"


# ---- dates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("Wed, 16 Apr 2025 08:30:00 GMT", SHANGHAI, "2025-04-16T08:30"),
        ("Wed, 16 Apr 2025 08:30:00 -0500", SHANGHAI, "2025-04-16T13:30"),
        ("Wed, 16 Apr 2025 08:30:00 EST", UTC, "2025-04-16T13:30"),
        ("Wed, 16 Apr 2025 08:30:00 CST", SHANGHAI, "2025-04-16T00:30"),
        ("Wed, 16 Apr 2025 08:30:00 CST", UTC, "2025-04-16T14:30"),
        ("Wed, 16 Apr 2025 08:30:00", SHANGHAI, "2025-04-16T00:30"),
        ("2025-04-16T08:30:00", SHANGHAI, "2025-04-16T00:30"),
        ("2025-04-16 08:30:00", SHANGHAI, "2025-04-16T00:30"),
        ("2025-04-16 08:30:00", UTC, "2025-04-16T08:30"),
        ("2025-04-16T08:30:00+08:00", UTC, "2025-04-16T00:30"),
        ("2025-04-16T08:30:00.123Z", SHANGHAI, "2025-04-16T08:30"),
        ("2025-04-16", SHANGHAI, "2025-04-15T16:00"),
        ("2025年4月16日", SHANGHAI, "2025-04-15T16:00"),
        ("2025年04月16日 08:30", SHANGHAI, "2025-04-16T00:30"),
        ("发布于 2025年4月16日 星期三 下午3点05分", SHANGHAI, "2025-04-16T07:05"),
        ("1744792200", SHANGHAI, "2025-04-16T08:30"),
        ("1744792200000", SHANGHAI, "2025-04-16T08:30"),
        ("2025-07-01 12:00", timezone(timedelta(hours=-5)), "2025-07-01T17:00"),
    ],
)
def test_dates_are_read_in_their_zone(text: str, zone: tzinfo, utc: str) -> None:
    when = read_date(text, zone)
    assert when is not None
    assert when.strftime("%Y-%m-%dT%H:%M") == utc
    assert when.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "0001-01-01T00:00:00Z", "1970-01-01", "2025年13月1日", "0", "9" * 400, "\u0660"]
)
def test_unreadable_dates_are_none(text: str) -> None:
    assert read_date(text, SHANGHAI) is None


def test_the_zone_of_the_source_reaches_the_entries() -> None:
    feed = read(rss("<item><pubDate>2025-04-16 00:30:00</pubDate></item>"), zone=SHANGHAI)
    assert feed.entries[0].published == datetime(2025, 4, 15, 16, 30, tzinfo=UTC)


def test_a_future_date_is_left_as_it_is() -> None:
    assert item("<pubDate>Fri, 16 Apr 2055 08:30:00 GMT</pubDate>").published == datetime(
        2055, 4, 16, 8, 30, tzinfo=UTC
    )

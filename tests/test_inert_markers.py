"""Markup of other formats in what strangers write: each output, read back by its own parser, holds it as text."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
import yaml
from all_feeds import feed_files
from hostile_texts import LARGE, hostile_day
from markdown_it import MarkdownIt
from sample_day import DAY, RICH

from digest.cells import guarded
from digest.fetch.web.url import host_of
from digest.model import Bead, Both, Digest, Line
from digest.render import archive, page
from digest.render.address import href, quoted
from digest.render.export import COLUMNS, Row, as_jsonl, as_tmx, as_tsv
from digest.render.line import shown
from digest.render.mail import letter
from digest.render.markdown import md_url
from digest.render.masthead import Masthead
from digest.render.site import json_text, page_files

MARKDOWN = (
    "# head", "> quote", '>"><b>', "- item", "+ item", "* item", "1. one", "2) two", "===", "---", "- - -", "***",
    "```", "~~~", "    code", "\tcode", "[a](https://evil.example/)", "[a]: https://evil.example/", "[a][b]",
    "[^1]: x", "![i](https://evil.example/i.png)", "<https://evil.example/>",
    "see https://evil.example/", "a@evil.example",
    "**b** __b__ *i* _i_ ~~s~~ `c`", "| a | b |\n|---|---|", "&lt;b&gt; &#60;", "a  \nb", "\\", "x\\", ": term",
)  # fmt: skip
FRONT = ("---\ntitle: owned\n---", "+++\ntitle = 'owned'\n+++", "--- !!python/object:os.system", "&a [*a]", "%YAML 1.1")
TEMPLATES = (
    "{{ 7*7 }}", "{% raw %}", "{%- include 'x' %}", "{# c #}", "{{< figure src=x >}}", "{{% notice %}}",
    "${{ github.token }}",
    "${env.X}", "<%= 7*7 %>", "#{7*7}", "{{constructor.constructor('x')()}}", "[[${7*7}]]",
)  # fmt: skip
SHELLS = (
    "$(touch owned)",
    "`touch owned`",
    "; rm -rf .",
    "| tee x",
    "&& x",
    "> x",
    "${IFS}",
    "!!",
    "-rf",
    "--help",
    "%0A",
    "'\"",
)
SQL = ("'; DROP TABLE posts; --", '" OR 1=1 --', "%_", "\\'; --", "1;VACUUM", "x' UNION SELECT 1 --")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "=cmd|' /C calc'!A0", "'=1", '=HYPERLINK("x")')
EVERY = (*MARKDOWN, *FRONT, *TEMPLATES, *SHELLS, *SQL, *FORMULAS)

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def skeleton(markup: str) -> list[str]:
    """Give the tags of HTML in order, with their attributes' names; no text."""
    found: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append(" ".join([tag, *(name for name, _ in attrs)]))

        def handle_endtag(self, tag: str) -> None:
            found.append(f"/{tag}")

    Tags().feed(markup)
    return found


def text_of(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())


def reads_back(texts: tuple[str, ...]) -> None:
    """Hold of each output of a day that says the texts: its structure is that of a sound day, and it says them."""
    for text in texts:
        day, sound = hostile_day(texts=[text]), hostile_day(texts=["sound words"])
        said = shown(text)
        written = READER.render(page.markdown(day))
        assert skeleton(written) == skeleton(READER.render(page.markdown(sound))), text
        assert text_of(written).count(" ".join(said.split())) > 5, text
        assert set(skeleton(page.html(day))) <= set(skeleton(page.html(sound))), text
        assert set(skeleton(letter(day, limit=LARGE).html)) <= set(skeleton(letter(sound, limit=LARGE).html)), text
        assert json.loads(json_text(day))["posts"][0]["source"].split() == said.split()
        feed = dict(feed_files([json_text(day)], title=day.title, link="", order=day.order))["feed.xml"]
        title = ElementTree.fromstring(feed).findtext("{*}entry/{*}title")
        assert title == said


@pytest.mark.fault("content", "markers of Markdown")
def test_markers_of_markdown() -> None:
    """A title, a name or a line looks like a heading, a list, a link, code, a table or HTML of Markdown.

    The page's Markdown, read by a parser, has the structure of a sound day's, and the text as its author wrote it.
    """
    reads_back(MARKDOWN)


@pytest.mark.fault("content", "HTML in titles")
def test_html_in_titles() -> None:
    """A title holds elements, comments and character references.

    Every output shows them as text.
    """
    reads_back(("<b>bold</b>", "<!-- x -->", "&amp;lt;b&amp;gt;", "<svg/onload=x>", "]]></title>", "</bdi></h2>"))


@pytest.mark.fault("content", "markers of front matter")
def test_markers_of_front_matter() -> None:
    """A title begins a YAML or TOML front matter, or holds tags, anchors and directives of YAML.

    The Markdown begins with the day's own heading, so no reader finds front matter in it; the rest is text.
    """
    reads_back(FRONT)
    for text in FRONT:
        told = page.markdown(hostile_day(texts=[text]))
        assert told.startswith("# ")
        assert not re.match(r"\A(?:---|\+\+\+)", told)
        assert yaml.safe_load(json_text(hostile_day(texts=[text])))["posts"][0]["title"]["en"] == text


@pytest.mark.fault("content", "markers of templates")
def test_markers_of_templates() -> None:
    """A title holds what Jinja, Liquid, Hugo, Vue or GitHub Actions would fill in.

    No output computes anything of it.
    """
    reads_back(TEMPLATES)
    for text in TEMPLATES:
        assert "49" not in page.html(hostile_day(texts=[text])).replace("0.49", "")


@pytest.mark.fault("content", "markers of shells")
def test_markers_of_shells() -> None:
    """A title holds substitutions, pipes and options of a shell.

    It is text in every output; no file's name has anything of it.
    """
    reads_back(SHELLS)


@pytest.mark.fault("content", "markers of SQL")
def test_markers_of_sql() -> None:
    """A title holds quotation marks, comments and statements of SQL.

    It is kept and printed as it came; values are bound, never written into statements.
    """
    reads_back(SQL)


@pytest.mark.fault("content", "markers of CSV")
def test_markers_of_csv() -> None:
    """A line begins as a formula of a spreadsheet does, or holds tabs and line ends.

    Each cell of the table that we write begins with none of these; JSON and TMX have the line itself.
    """
    for text in EVERY:
        row = Row(Bead((0,), (0,), 0.5), Line("zh", text), Line("en", f"x{text}"), None)
        found = list(csv.reader(io.StringIO(as_tsv([row])), delimiter="\t", quoting=csv.QUOTE_NONE))
        assert [len(cells) for cells in found] == [len(COLUMNS)] * 2
        assert found[1][0][:1] not in ("=", "+", "-", "@", "\t", "\r", "＝"), text
        assert json.loads(as_jsonl([row]))["zh"] == text.replace("\r", "")
        assert ElementTree.fromstring(as_tmx([row])).findtext(".//seg") == text.replace("\r", "")
    assert guarded("a=1") == "a=1"


@pytest.mark.fault("content", "titles as file names")
@pytest.mark.parametrize(
    "title", ["../../x", "/etc/passwd", "CON", "x" * 4000, "", "a\x00b", "~", "..", "a/b\\c", "-rf"]
)
def test_titles_as_file_names(title: str) -> None:
    """A title climbs out of a folder, is empty, is longer than a name may be, or is a device's name.

    Files and anchors are named by the day and the post's identity only.
    """
    day = replace(DAY, abstracts=tuple(replace(a, title=Both(title, title), source=title) for a in DAY.abstracts))
    assert [name for name, _ in page_files(day)] == ["2025-04-16.md", "2025-04-16.html"]
    ids = re.findall(r'<article class="post" id="([^"]*)"', page.html(day))
    assert ids == [f"p-{each.id}" for each in day.abstracts]
    assert all(re.fullmatch(r"[pn]-[0-9a-f]+", each) for each in ids)


LINKS = (
    "javascript:alert(1)", "JaVa\tScript:alert(1)", "java\u200bscript:alert(1)", "\x01javascript:x", "data:text/html,x",
    "vbscript:x", "file:///etc/passwd", "ftp://a.example/", "//evil.example/", "https:evil", "https://user:pass@a.example/",
    "https://a.example@evil.example/", "https://a.example\\@evil.example/", "https:\\\\evil.example", "http://", "https://[::1",
    "https://a.example/" + "x" * 2100, "https://exa mple/", "https://a.example<b>/", "https://\u202e@x/",
)  # fmt: skip


@pytest.mark.fault("content", "links to anything but the web in print")
def test_links_to_anything_but_the_web() -> None:
    """An address is a script, data, a file, holds credentials, is relative or longer than 2 kB.

    No output has a link to it; what stands behind a link is http or https, encoded, its host in ASCII.
    """
    for url in LINKS:
        assert href(url) == quoted(url) == md_url(url) == "", url
    assert href("https://аррӏе.example/") == "https://xn--80ak6aa92e.example/", "Cyrillic letters that look like apple"
    assert quoted('https://a.example/x"y<z> \\') == "https://a.example/x%22y%3Cz%3E%20%5C"
    assert href("http://例子.测试:8080/路?q=中") == "http://xn--fsqu00a.xn--0zwm56d:8080/路?q=中"
    assert href("https://[2001:db8::1]:443/") == "https://[2001:db8::1]:443/"
    for written in (page.html, lambda day: letter(day, limit=LARGE).html):
        links = re.findall(r'href="([^"]*)"', written(hostile_day(texts=LINKS)))
        assert [link for link in links if not re.match(r"#|https?://[\w.-]+/|data:,$|[\w-]+\.(?:html|xml)", link)] == []


# What loads by itself: attributes and elements of HTML (WHATWG), rules of CSS.
LOADS = re.compile(
    r"<(?:img|script|iframe|object|embed|video|audio|source|track|base|form|input[^>]*type=.?image)\b"
    r"|\s(?:src|srcset|poster|background|action|formaction|ping|data|lowsrc|manifest)\s*=|@import|url\(",
    re.IGNORECASE,
)


@pytest.mark.fault("content", "trackers and remote images")
@pytest.mark.parametrize("day", [DAY, RICH, hostile_day(texts=["sound words"])], ids=["day", "rich", "every field"])
def test_trackers_and_remote_images(day: Digest) -> None:
    """A post brings pictures, fonts, frames and pixels of other servers.

    Page, index, feed and mail refer to nothing that is loaded; the pages' policy lets nothing be loaded.
    """
    index = archive.index_html([json_text(day)], Masthead(day.title, "https://a.example/", day.order))
    feeds = [text for _, text in feed_files([json_text(day)], title="T", link="https://a.example/", order=day.order)]
    own = page.packaged("page.js.j2").strip()
    for text in (page.html(day), index, *feeds, letter(day, limit=LARGE).html):
        assert not (found := LOADS.search(text.replace(f"<script>{own}</script>", ""))), found
        assert set(re.findall(r'<link rel="([a-z]+)"', text)) <= {"icon", "alternate", "canonical", "self", "related"}
    for text in (page.html(day), index):
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
        assert policy
        rules = dict(rule.strip().split(" ", 1) for rule in html.unescape(policy[1]).split(";"))
        assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
        assert re.fullmatch(r"'sha256-[\w+/=]+'", rules["style-src"])
        seal = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert rules.get("script-src", f"'sha256-{seal}'") == f"'sha256-{seal}'", "the script that keeps a choice"
        assert text.index("Content-Security-Policy") < text.index("<title>"), "it holds from the first byte on"
        assert '<meta name="referrer" content="no-referrer">' in text
        assert not re.search(r"<a [^>]*target", text), "no page that is opened knows its opener"


@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("https://faß.example/a", "https://xn--fa-hia.example/a"),  # not fass.example, which is another owner's
        ("https://βόλος.example/", "https://xn--nxasmm1c.example/"),
        ("https://例子.测试:8080/x", "https://xn--fsqu00a.xn--0zwm56d:8080/x"),
        ("https://BÜCHER.example./", "https://xn--bcher-kva.example./"),
        ("https://a\uff0fb.example/", ""),
        ("https://☃.example/", ""),
        ("https://a..例子/", ""),
    ],
)
def test_a_host_in_other_letters_is_printed_as_it_is_fetched(url: str, printed: str) -> None:
    assert href(url) == printed
    if printed:
        assert host_of(url) == host_of(printed)

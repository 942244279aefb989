"""What strangers write, in headless Chromium: page, feed, mail and Markdown show it and do nothing of it."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from devtools import Page
from hostile_texts import HEAD, OUTPUTS, PAYLOADS, hostile_day, index_html, shape, watched
from small_blog import BASE, EN_FEED, ZH_FEED, FakeWeb, TrueEmbedder, calendar, feed, settings, web_for

sys.path.append(str(Path(__file__).parent.parent / "render"))

from sample_day import DAY as SAMPLE
from sample_day import RICH

from digest.build import Builder
from digest.fetch.collect import collect
from digest.model import Digest
from digest.recorded import digest_of
from digest.store import Store

pytestmark = pytest.mark.browser

Show = Callable[..., Page]

AT_ONCE = 45  # posts of a feed that are all in its newest fifty
DAY = date(2025, 4, 16)


@pytest.fixture(scope="module")
def shapes() -> dict[str, str]:
    """Give each output of days with sound words, one behind the other: all the markup that is ours."""
    days = (hostile_day(texts=["sound words"] * 12), RICH, SAMPLE)
    return {name: "".join(map(opened, days)) for name, opened in OUTPUTS.items()}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("<script>owned=1</script>", "owned"),
        ("<script>alert(1)</script>", "dialogs"),
        ("<img src=nowhere.gif>", "requests"),
        ("<script>nothing.at.all</script>", "complaints"),
        ("<iframe srcdoc='x'></iframe>", "frames"),
        ("<a href='javascript:1'>x</a>", "strange"),
        ("<p onclick=1>", "strange"),
        ("<script>location.hash = 'x'</script>", "owned frames requests complaints strange"),
    ],
)
def test_the_watch_sees_what_a_page_does(show_text: Show, text: str, seen: str) -> None:
    """A watch that cannot see anything proves nothing."""
    tab = show_text(HEAD + text)
    assert set(watched(tab, {"html", "head", "body", "meta", "meta charset", "a", "a href", "p"})) & set(seen.split())


def unescaped(day: Digest) -> str:
    """Write the day as a renderer does that has forgotten to escape."""
    return HEAD + "".join(f"<h2>{post.title.en}</h2>" for post in day.abstracts)


def test_a_rendering_that_does_not_escape_is_caught(show_text: Show, shapes: dict[str, str]) -> None:
    found = watched(show_text(unescaped(hostile_day(texts=PAYLOADS[:30]))), shape(show_text(shapes["page"])))
    assert {"owned", "strange", "requests"} <= set(found)


@pytest.mark.fault("content", "XSS in any field")
@pytest.mark.parametrize("name", OUTPUTS)
def test_no_text_becomes_anything_else(show_text: Show, shapes: dict[str, str], name: str) -> None:
    """Scripts, handlers, frames, styles and links that run stand in every field of a post, of a day's head and foot.

    Page, feed, mail and Markdown in Chromium open no dialog, ask for nothing and run nothing.
    """
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 120
    known = shape(show_text(shapes[name]))
    for start in range(0, len(PAYLOADS), AT_ONCE):
        texts = PAYLOADS[start : start + AT_ONCE]
        tab = show_text(OUTPUTS[name](hostile_day(texts=texts)))
        assert watched(tab, known) == {}
        shown = tab.run("document.body.textContent")
        plain = [text for text in texts if re.fullmatch(r"[<>a-z=/ ;']+", text)]
        assert all(text in shown for text in plain)


def test_the_index_shows_titles_as_text(show_text: Show) -> None:
    known = shape(show_text(index_html(hostile_day(texts=["sound words"]))))
    assert watched(show_text(index_html(hostile_day())), known) == {}


# ---- the way of a post, from the bytes of its feed -------------------------------------------------------------------


def post(number: int, payload: str) -> str:
    """Write an item that says a payload in each of its fields: as text, as HTML in text, and as HTML itself."""
    text, data = html.escape(payload), payload.replace("]]>", "]]]]><![CDATA[>")
    prose = "".join(f"<p>The cache keeps {number}{k} rows in memory, and so does {text} here.</p>" for k in range(3))
    body = (
        f"{prose}<p>{payload}</p><pre><code>{text}</code></pre><table><tr><td>{text}</td></tr></table><h2>{text}</h2>"
    )
    link = (payload, f"{BASE}/p{number}?{payload}", f"{BASE}/p{number}")[number % 3]
    return (
        f"<item><title>{(text, html.escape(text), f'<![CDATA[{data}]]>')[number % 3]}</title>"
        f"<link>{html.escape(link)}</link><guid isPermaLink='false'>{number}{text}</guid><author>{text}</author>"
        f"<dc:creator>{text}</dc:creator><category>{text}</category><pubDate>Wed, 16 Apr 2025 04:00:00 GMT</pubDate>"
        f"<content:encoded><![CDATA[{body.replace(']]>', ']]]]><![CDATA[>')}]]></content:encoded></item>"
    )


def built(folder: Path, texts: tuple[str, ...]) -> Digest:
    """Collect and build a day whose posts say these texts, from a feed's bytes to the day's JSON, read back."""
    said = feed(*(post(number, text) for number, text in enumerate(texts)))
    names = "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    web = FakeWeb({EN_FEED: said.replace("<rss ", f"<rss {names} "), ZH_FEED: feed()})
    times, chosen = calendar("2025-04-17T08:00:00+08:00"), settings(twin=False)
    with Store(folder / "state") as store:
        collect(store, chosen, web_for(web), times, days=[DAY])
        builder = Builder(store, chosen, times, folder / "out", embedder=TrueEmbedder())
        builder.link([DAY])
        builder.build(DAY)
    return digest_of((folder / "out" / f"{DAY}.json").read_text("utf-8"), "a built day")


def test_what_a_feed_says_is_text_at_the_end_of_its_way(
    show_text: Show, shapes: dict[str, str], tmp_path: Path
) -> None:  # fmt: skip
    day = built(tmp_path, PAYLOADS[:: len(PAYLOADS) // 40])
    assert len(day.abstracts) + len(day.rest) >= 40
    assert "<script>" in "".join(str(post.title) for post in day.abstracts)
    assert "<script>" in "".join(str(pair.en) for post in day.abstracts for pair in post.pairs)
    for name, opened in OUTPUTS.items():
        assert watched(show_text(opened(day)), shape(show_text(shapes[name]))) == {}, name

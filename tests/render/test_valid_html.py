"""Every HTML page that is written is valid, leads nowhere that is not there, and has a name for what it shows."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from alignment_case import alignment
from feed_rules import atom_faults, json_feed_faults
from hostile_texts import PAYLOADS, hostile_day, index_html
from page_rules import PageTree, page_faults, site_faults
from sample_day import CHINESE, DAY, EMPTY, NEWLY, REPAIRED, RICH, UPDATED

from digest.config import Settings
from digest.model import Digest, Override
from digest.publish import Site
from digest.render import page
from digest.render.alignment import alignment_html
from digest.render.feed_names import feeds_of

SOURCES = [{"name": "HF Blog", "url": "https://blog.example/feed.xml"}]


def settings(order: tuple[str, str] = ("zh", "en"), report: str = "") -> Settings:
    told = {"digest": {"title": DAY.title, "link": DAY.link, "order": order}, "site": {"report": report}}
    return Settings.model_validate({**told, "sources": SOURCES})


@pytest.mark.parametrize(("order", "report"), [(("zh", "en"), ""), (("en", "zh"), "mail@example.org")])
def test_a_site_is_valid_and_all_its_links_lead_somewhere(
    tmp_path: Path, order: tuple[str, str], report: str
) -> None:  # fmt: skip
    wrong = Override(UPDATED.pairs[1].id, None, None, "another number", DAY.day, date(2025, 4, 18), "a reader")
    made = Site(tmp_path, settings(order, report), overrides=(wrong,), search=bool(report))
    told = (listed for listed in (*RICH.rest, *(each for post in RICH.abstracts for each in post.also)) if listed.day)
    elsewhere = {listed.day: dataclasses.replace(CHINESE, id=listed.entry) for listed in told if listed.day != RICH.day}
    days = {DAY.day: RICH, EMPTY.day: EMPTY, date(2025, 3, 26): NEWLY, date(2025, 4, 12): REPAIRED, **elsewhere}
    for on, held in days.items():
        day = held if isinstance(held, Digest) else dataclasses.replace(DAY, abstracts=(held,))
        made.write_day(dataclasses.replace(day, day=on, order=order, link=DAY.link))
    written = made.update().written
    pages = {name.partition("/")[0] for name in written if name.endswith(".html")} - {f"{on}.html" for on in days}
    pages |= {"search.html"} & {path.name for path in tmp_path.iterdir()}
    assert pages == {"index.html", "sources", "terms", "corrections.html"} | ({"search.html"} if report else set())
    assert "another number" in (tmp_path / "corrections.html").read_text("utf-8")
    assert site_faults(tmp_path) == {}


def test_the_feeds_of_a_site_are_valid_and_lead_to_its_pages(tmp_path: Path) -> None:
    made = Site(tmp_path, settings())
    made.write_day(RICH)
    made.update()
    ids = PageTree((tmp_path / f"{RICH.day}.html").read_text("utf-8")).ids
    for feed in feeds_of(RICH.order):
        text = (tmp_path / feed.file).read_text("utf-8")
        assert (atom_faults(text) if feed.format == "Atom" else json_feed_faults(text)) == []
        places = re.findall(rf"{DAY.link}{RICH.day}\.html#([^\"\\]+)", text)
        assert places
        assert set(places) <= set(ids)


def test_the_view_of_an_alignment_is_valid() -> None:
    for order in (("zh", "en"), ("en", "zh")):
        assert page_faults(alignment_html(alignment(), order=order)) == []


@pytest.mark.parametrize("day", [RICH, DAY, EMPTY, dataclasses.replace(DAY, abstracts=(REPAIRED,), link="")])
@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")])
def test_a_page_by_itself_is_valid(day: Digest, order: tuple[str, str]) -> None:
    assert page_faults(page.html(dataclasses.replace(day, order=order))) == []


def test_what_strangers_wrote_makes_no_page_invalid() -> None:
    """Their texts stand for ids and tags too, which no post of ours has: what is checked is the markup."""
    day = hostile_day(texts=PAYLOADS[::3])
    for text in (page.html(day), index_html(day)):
        found = [fault for fault in page_faults(text) if fault.startswith(("parse", "heading", "name"))]
        assert found == []


# ---- the checks themselves ------------------------------------------------------------------------------------------

SOUND = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title></head><body><h1 id="a">A</h1>'
    '<h2>B</h2><p lang="zh-Hans">甲 <a href="#a">A</a></p><label for="i">I</label><input id="i"></body></html>'
)


@pytest.mark.parametrize(("change", "named"), [
    (lambda t: t.replace("<!doctype html>", ""), "parse: expected-doctype"),
    (lambda t: t.replace("</p>", "</b></p>"), "parse: "),
    (lambda t: t.replace("<h2>", "<h2 id=a>"), "id: 'a' stands 2"),
    (lambda t: t.replace("#a", "#b"), "target: #b"),
    (lambda t: t.replace('for="i"', 'for="j"'), "target: #j"),
    (lambda t: t.replace('<p ', '<p aria-describedby="x" '), "target: #x"),
    (lambda t: t.replace("zh-Hans", "Chinese!"), "lang: "),
    (lambda t: t.replace("h2", "h3"), "heading: h3 after h1"),
    (lambda t: t.replace("h2", "h1"), "heading: 2 h1"),
    (lambda t: t.replace(">A</a>", "> </a>"), "name: an empty link"),
    (lambda t: t.replace("甲", "<img src=x>"), "name: an image"),
    (lambda t: t.replace("甲", "<select></select>"), "name: a nameless select"),
    (lambda t: t.replace("<title>T", "<title>"), "name: the page has no title"),
])  # fmt: skip
def test_the_check_of_a_page_finds_faults(change: Callable[[str], str], named: str) -> None:
    assert page_faults(SOUND) == []
    assert any(re.match(named.replace("target: #j", "target: #j"), fault) for fault in page_faults(change(SOUND)))


def test_the_check_of_a_site_finds_links_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "terms").mkdir()
    (tmp_path / "index.html").write_text(SOUND.replace("#a", "terms/x.html#a"), "utf-8")
    (tmp_path / "terms" / "x.html").write_text(SOUND.replace("#a", "../index.html"), "utf-8")
    assert site_faults(tmp_path) == {}
    (tmp_path / "index.html").write_text(SOUND.replace("#a", "terms/x.html#b"), "utf-8")
    (tmp_path / "terms" / "x.html").write_text(SOUND.replace("#a", "index.html"), "utf-8")
    assert site_faults(tmp_path) == {
        "index.html": ["link: terms/x.html has no #b"], "terms/x.html": ["link: terms/index.html is no file"],
    }  # fmt: skip

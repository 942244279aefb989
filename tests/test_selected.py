"""What one recipient wants of a day: under which title, in which order, from which sources."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "render"))

from sample_day import CHINESE, DAY, EMPTY, ENGLISH, NEWLY, PAIRED, RICH, pair

from digest.foot import quality_of
from digest.model import Both, Digest
from digest.recorded import digest_of
from digest.render import page
from digest.render.site import json_text
from digest.selected import has_posts, selected

WHOLE = dataclasses.replace(
    RICH,
    quality=quality_of(RICH.abstracts, RICH.failures, RICH.newly, RICH.rest),
    refused=(("echo", 3),),
    credits=("Somebody's model",),
    offer=Both("装上就能译", "Install it"),
)
MADE = dataclasses.replace(PAIRED.pairs[0], made_by="machine", engine="an engine 1")


def narrowed(digest: Digest, *sources: str) -> Digest:
    return selected(digest, title=digest.title, order=digest.order, sources=sources)


def test_who_wants_all_sources_gets_the_day_as_it_is() -> None:
    assert narrowed(WHOLE) == WHOLE
    odd = dataclasses.replace(WHOLE, quality=(("posts", 77),))
    assert page.html(narrowed(odd)) == page.html(odd), "counts are told as they were counted"


def test_title_and_order_are_the_recipients() -> None:
    found = selected(WHOLE, title="A Digest", order=("en", "zh"), sources=())
    assert found == dataclasses.replace(WHOLE, title="A Digest", order=("en", "zh"))


@pytest.mark.parametrize("name", ["HF Blog", "某技术博客", "A Mirror"])
def test_only_posts_of_the_wanted_sources_are_named(name: str) -> None:
    found = narrowed(WHOLE, name)
    for kept, all_of in ((found.abstracts, WHOLE.abstracts), (found.newly, WHOLE.newly), (found.rest, WHOLE.rest)):
        assert kept == tuple(each for each in all_of if each.source == name), "none is lost, in the same order"
    assert has_posts(found)


def test_an_entry_is_of_the_sources_of_both_its_editions() -> None:
    """One source names an entry, but who reads the feed of translations wants what it brought."""
    both = dataclasses.replace(PAIRED, edition_source="HF 博客")
    day = dataclasses.replace(WHOLE, abstracts=(both, CHINESE), newly=(dataclasses.replace(both, id="n"),))
    for name in ("HF Blog", "HF 博客"):
        found = narrowed(day, name)
        assert (found.abstracts, found.newly) == ((both,), day.newly)
    assert narrowed(day, "某技术博客").abstracts == (CHINESE,)


def test_what_an_entry_says_of_other_places_stays() -> None:
    found = narrowed(WHOLE, "HF Blog")
    assert {each.source for each in found.abstracts[0].also} == {"A Mirror", "某笔记"}


def test_a_copy_leads_to_its_entry_on_the_days_page() -> None:
    """The entry that stands for a copy is of another source: here it is not, and the page has it."""
    found = narrowed(WHOLE, "A Mirror")
    assert [listed.why for listed in found.rest] == ["same"]
    assert 'href="2025-04-16.html#p-b2c3d4e5"' in page.html(found)


def test_counts_are_of_what_is_left() -> None:
    found = narrowed(WHOLE, "HF Blog")
    counts = dict(found.quality)
    assert counts == dict(quality_of(found.abstracts, (), found.newly, found.rest))
    assert (counts["posts"], counts["newly"], counts["rest"], counts["failures"]) == (5, 1, 2, 0)
    assert counts["untranslated"] < dict(WHOLE.quality)["untranslated"], "the lines of 某技术博客 are not counted"


def test_who_wants_some_sources_is_told_of_no_failure() -> None:
    """A failure names an address, not a source: it would be told to who never asked for it."""
    found = narrowed(WHOLE, "HF Blog", "某技术博客", "A Mirror")
    assert (found.failures, found.refused) == ((), ())
    assert (narrowed(WHOLE).failures, narrowed(WHOLE).refused) == (WHOLE.failures, WHOLE.refused)


@pytest.mark.parametrize("where", ["pairs", "outline", "title_made"])
def test_credits_stay_where_an_engine_made_a_line(where: str) -> None:
    made = {"pairs": (MADE,), "outline": (MADE,), "title_made": MADE}[where]
    day = dataclasses.replace(WHOLE, abstracts=(dataclasses.replace(PAIRED, **{where: made}), CHINESE), newly=())  # type: ignore[arg-type]
    assert narrowed(day, "HF Blog").credits == WHOLE.credits
    assert narrowed(day, "某技术博客").credits == ()
    moved = dataclasses.replace(day, newly=day.abstracts[:1], abstracts=day.abstracts[1:])
    assert narrowed(moved, "HF Blog").credits == WHOLE.credits


def test_an_offer_to_translate_stays_where_a_line_has_no_translation() -> None:
    day = dataclasses.replace(WHOLE, abstracts=(PAIRED, CHINESE), newly=(), rest=())
    assert narrowed(day, "某技术博客").offer == WHOLE.offer
    assert narrowed(day, "HF Blog").offer is None
    alone = dataclasses.replace(PAIRED, pairs=(pair(1, PAIRED.pairs[0].zh, None),))
    assert narrowed(dataclasses.replace(day, abstracts=(alone,)), "HF Blog").offer == WHOLE.offer


def test_a_day_without_posts_of_a_source_has_none() -> None:
    assert not has_posts(EMPTY)
    assert not has_posts(narrowed(WHOLE, "nobody's"))
    assert has_posts(DAY)
    assert has_posts(dataclasses.replace(EMPTY, newly=(NEWLY,)))
    assert has_posts(dataclasses.replace(EMPTY, rest=RICH.rest[:1]))
    assert page.html(narrowed(WHOLE, "nobody's")), "it can be printed, for who wants empty days too"


def test_a_day_that_was_read_back_is_narrowed_alike() -> None:
    back = digest_of(json_text(WHOLE), "a day")
    assert page.html(narrowed(back, "HF Blog")) == page.html(narrowed(WHOLE, "HF Blog"))
    assert ENGLISH.id not in page.html(narrowed(back, "某技术博客"))

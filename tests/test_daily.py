"""A day's posts to its digest: entries in order, new translations, the rest, and the counts at its foot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from kept_posts import DAY, kept, settings, translated
from small_blog import TrueEmbedder, title_of

from digest.abstract.stock import version as headings_version
from digest.align.terms.ledger import Term, ledger_of
from digest.config import Settings
from digest.daily import Day, digest_for, public
from digest.entry import Kept
from digest.filling import Translators
from digest.gathered import Gathered
from digest.model import Failure


def made(chosen: Settings, *posts: Kept, newly: tuple[Kept, ...] = (), by: Translators | None = None) -> Day:
    return digest_for(DAY, Gathered(posts, newly), (), chosen, TrueEmbedder(), by or Translators())


def test_a_day_has_entries_new_translations_and_the_rest() -> None:
    chosen = settings(most_posts=1)
    earlier = replace(translated(kept(3, chosen), DAY), day=date(2025, 3, 27), updated=DAY)
    day = made(chosen, kept(1, chosen), translated(kept(2, chosen)), newly=(earlier,))
    digest = day.digest
    assert [a.id for a in digest.abstracts] == ["p2"]
    assert [(a.id, a.status, a.title.zh) for a in digest.newly] == [("p3", "updated", title_of(3, "zh"))]
    assert [row.id for row in digest.rest] == ["p1"]
    assert ("editions", 0.25) in digest.abstracts[0].rank
    assert {"p2", "p3"} == set(day.learnt)
    assert all(pair.verdict.verified for pair in digest.newly[0].pairs)
    counts = dict(digest.quality)
    assert (counts["posts"], counts["newly"], counts["rest"]) == (1, 1, 1)
    assert counts["verified"] == len(digest.abstracts[0].pairs)


def test_the_signature_names_the_methods_and_what_they_have_learnt() -> None:
    chosen = settings()
    signature = made(chosen, kept(1, chosen)).digest.signature
    assert " · card 1 · " in signature
    assert f" · headings {headings_version()} · " in f"{signature} · "


def test_counts_of_what_is_not_there_are_left_out() -> None:
    chosen = settings()
    assert not {"newly", "rest", "glossed"} & dict(made(chosen, kept(1, chosen)).digest.quality).keys()


def test_terms_are_glossed_and_counted() -> None:
    chosen = settings()
    ledger = ledger_of([], [Term("cache", "缓存", fixed=True)])
    digest = made(chosen, kept(1, chosen), by=Translators(ledger=ledger)).digest
    assert [term.zh for term in digest.abstracts[0].terms] == ["缓存"]
    assert dict(digest.quality)["glossed"] == 1


def test_a_post_that_is_in_both_lists_is_read_once() -> None:
    chosen = settings()
    embedder = Counting()
    both = translated(kept(1, chosen), DAY)
    digest = digest_for(DAY, Gathered((both,), (both,)), (), chosen, embedder, Translators()).digest
    assert digest.abstracts == digest.newly
    asked = embedder.asked
    digest_for(DAY, Gathered((both,)), (), chosen, embedder, Translators())
    assert embedder.asked - asked == asked


def test_a_page_that_failed_is_told_only_of_a_post_with_an_entry() -> None:
    chosen = settings(exclude=["url:/p2"])
    posts = [
        kept(n, chosen, page_error=Failure(f"https://one.example/p{n}", "fetch", "404"), post={"content": ""})
        for n in (1, 2)
    ]
    assert [failure.url for failure in made(chosen, *posts).digest.failures] == ["https://one.example/p1"]


def test_no_reader_is_told_the_token_of_a_private_feed() -> None:
    """An address of a failure is printed on the page, in its JSON and in every mail."""
    chosen = settings()
    feed = "https://ann:s3cret@one.example/feed?token=s3cret&n={}#s3cret"
    given = tuple(
        Failure(feed.format(n), "fetch", f"'{feed.format(n)}': moved to https://x.example/?key=s3cret, /feed?n=1")
        for n in (1, 2, 2)
    )
    page = Failure("https://one.example/p1?token=s3cret", "fetch", "404, not /p1?token=s3cret")
    post = kept(1, chosen, page_error=page, post={"content": ""})
    day = digest_for(DAY, Gathered((post,)), given, chosen, TrueEmbedder(), Translators())
    assert day.digest.failures == (
        Failure(
            "https://one.example/feed", "fetch", "'https://one.example/feed': moved to https://x.example/, /feed?n=1"
        ),
        Failure("https://one.example/p1", "fetch", "404, not /p1"),
    )
    assert dict(day.digest.quality)["failures"] == 2, "as many as are printed"
    assert day.failures == (*given[:2], page), "the operator sees them whole"
    assert "s3cret" not in repr(day.digest)


@pytest.mark.parametrize("url", ["translation", "", "two.example", "http://[::1", "https://one.example/feed"])
def test_an_address_without_secrets_is_told_as_it_is(url: str) -> None:
    failure = Failure(url, "fetch", "the server answers 500? # 1: see https://one.example/help.")
    assert public(failure) == failure


class Counting(TrueEmbedder):
    """Counts the texts that it was asked for."""

    asked = 0

    def encode(self, texts):  # type: ignore[no-untyped-def]
        self.asked += len(texts)
        return super().encode(texts)

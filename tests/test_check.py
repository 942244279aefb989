"""What `digest check` asks: feeds, and the listings of translations that sources name."""

from __future__ import annotations

from pathlib import Path

import pytest
from daily_blog import LISTING
from small_blog import BASE, EN_FEED, ZH_FEED, FakeWeb, calendar, feed, settings, web_for

from digest.check import FATAL, WARNING, WELL, Finding, examine
from digest.config import Settings
from digest.engines.roster import Roster, Surroundings
from digest.errors import ConfigError
from digest.store import Store

TIMES = calendar("2025-04-17T08:00:00+08:00")
LINKS = f"<html><body><a href='{BASE}/zh/post-1'>缓存系列第 1 篇</a></body></html>"


def no_roster(store: Store) -> Roster:
    raise ConfigError("engines", "none here")


def found(folder: Path, web: FakeWeb, *, listing: str, failed: str = "") -> list[Finding]:
    chosen = settings()
    sources = tuple(s.model_copy(update={"translations": listing}) if s.url == EN_FEED else s for s in chosen.sources)
    chosen = Settings.model_validate(chosen.model_copy(update={"sources": sources}))
    with Store(folder) as store:
        if failed:
            for _ in range(2):
                store.source_failed(listing, TIMES.now, "fetch", failed, None)
    return examine(
        chosen, lambda: Store(folder), folder, folder, TIMES, environment={}, web_for=web_for(web), run_all=map,
        roster_for=no_roster,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("page", "level", "fact"),
    [
        (LINKS, WELL, "answers"),
        (feed("<item><title>一</title><link>https://blog.example/zh/1</link></item>"), WELL, "answers"),
        ("<html><body><div id='app'></div></body></html>", WARNING, "lists no post"),
        (None, WARNING, "does not answer: HTTP 404"),
    ],
)
def test_a_listing_of_translations_is_asked_for_as_feeds_are(
    tmp_path: Path, page: str | None, level: int, fact: str
) -> None:
    web = FakeWeb({EN_FEED: feed(), ZH_FEED: feed(), **({LISTING: page} if page else {})})
    findings = found(tmp_path, web, listing=LISTING)
    (told,) = [finding for finding in findings if finding.subject.startswith(f"{LISTING} ")]
    assert told.subject == f"{LISTING} (translations of Blog)"
    assert (told.level, bool(told.remedy)) == (level, level == WARNING)
    assert fact in told.fact
    assert sorted(web.asked) == sorted([EN_FEED, ZH_FEED, LISTING])


def test_a_listing_that_is_a_source_itself_is_asked_for_once(tmp_path: Path) -> None:
    web = FakeWeb({EN_FEED: feed(), ZH_FEED: feed()})
    findings = found(tmp_path, web, listing=ZH_FEED)
    assert not any("translations of" in finding.subject for finding in findings)
    assert sorted(web.asked) == sorted([EN_FEED, ZH_FEED])


@pytest.mark.parametrize("asked_for", [False, True])
def test_an_ollama_is_looked_for_where_the_engines_are_to_be_tried_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked_for: bool
) -> None:
    """It is asked on 127.0.0.1, where nobody expects a request that he did not ask for."""
    asked: list[bool] = []
    monkeypatch.setattr("digest.check.find_ollama", lambda: asked.append(True) or ("qwen3:8b",))
    around = Surroundings({}, tmp_path, tmp_path, TIMES.now, TIMES.zone)
    web = FakeWeb({EN_FEED: feed(), ZH_FEED: feed()})
    findings = examine(
        settings(), lambda: Store(tmp_path), tmp_path, tmp_path, TIMES, environment={}, web_for=web_for(web),
        run_all=map, roster_for=lambda store: Roster.of(settings(), store, around), try_engines=asked_for,
    )  # fmt: skip
    assert bool(asked) is asked_for
    assert any("local Ollama" in finding.fact for finding in findings) is asked_for


def test_a_listing_that_failed_in_the_last_runs_is_named(tmp_path: Path) -> None:
    web = FakeWeb({EN_FEED: feed(), ZH_FEED: feed(), LISTING: LINKS})
    findings = found(tmp_path, web, listing=LISTING, failed="HTTP 500")
    (told,) = [finding for finding in findings if finding.subject == "translations of Blog"]
    assert told.level == WARNING
    assert "HTTP 500" in told.fact
    assert all(finding.level < FATAL for finding in findings if "translations" in finding.subject)

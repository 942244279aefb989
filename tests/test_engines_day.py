"""Whole days with a chat endpoint that answers well, badly, or not at all: every page is complete and honest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fake_chat import MODES, FakeChat
from fake_contents import asked_items, good
from small_blog import BASE, EN_FEED, LINES, FakeWeb, TrueEmbedder, article, calendar, feed, item, title_of, web_for
from small_blog import settings as blog_settings

from digest.build import Builder
from digest.engines.roster import Roster, Surroundings
from digest.errors import ConfigError
from digest.fetch.collect import collect
from digest.store import Store

NOW = "2025-04-17T08:00:00+08:00"
DAY = date(2025, 4, 16)
KEY = "sk-of-the-test"
RIGHT = {en.format(n=1): zh.format(n=1) for en, zh in LINES} | {title_of(1, "en"): title_of(1, "zh")}
# What the fake says when it answers well, in one form or another, or makes faults that can be mended.
WELL = {
    "good", "chatter", "fences", "think", "extra-line", "string-ids", "array", "keyed", "translations", "parts",
    "no-form", "no-schema", "no-temperature", "no-usage",
}  # fmt: skip


class Place:
    """A store with one English post, and what translates it."""

    def __init__(self, folder: Path) -> None:
        web = FakeWeb(
            {
                EN_FEED: feed(item(1, "en", "Wed, 16 Apr 2025 04:00:00 GMT")),
                f"{BASE}/post-1": article(1, "en"),
            }
        )
        self.store, self.out = Store(folder / "state"), folder / "out"
        self.times = calendar(NOW)
        self.folder = folder
        collect(self.store, blog_settings(twin=False, feeds=(EN_FEED,)), web_for(web), self.times, days=[DAY])

    def roster(self, fake: FakeChat | None, *, plan: bool = False, only: str = "", **engines: Any) -> Roster:
        chat = {"base_url": fake.base_url, "model": "fake", "key_env": "FAKE_KEY", "timeout": 0.8} if fake else None
        chosen = blog_settings(twin=False, feeds=(EN_FEED,)).model_dump(mode="json")
        chosen["engines"] = {"mt": {"folder": str(self.folder / "models")}, **engines, "chat": chat}
        if fake and "price" in engines:
            chosen["engines"]["chat"]["price"] = chosen["engines"].pop("price")
        self.settings = type(blog_settings()).model_validate(chosen)
        around = Surroundings(
            {"FAKE_KEY": KEY}, self.folder, self.folder, datetime.fromisoformat(NOW), ZoneInfo("Asia/Shanghai")
        )
        return Roster.of(self.settings, self.store, around, plan=plan, only=only)

    def builder(self, roster: Roster) -> Builder:
        return Builder(
            self.store, self.settings, self.times, self.out, embedder=TrueEmbedder(), translators=roster.translators
        )

    def page(self, fake: FakeChat | None, **engines: Any) -> dict[str, Any]:
        self.builder(self.roster(fake, **engines)).build(DAY)
        found: dict[str, Any] = json.loads((self.out / f"{DAY}.json").read_text("utf-8"))
        return found


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.store.close()


def lines(page: dict[str, Any]) -> dict[str, str | None]:
    (post,) = page["posts"]
    return {pair["en"]: pair["zh"] for pair in post["pairs"]}


@pytest.mark.parametrize("mode", MODES)
def test_nothing_but_right_lines_reaches_a_page_which_is_whole(place: Place, mode: str) -> None:
    with FakeChat(RIGHT, mode) as fake:
        page = place.page(fake)
        text = "".join(path.read_text("utf-8") for path in sorted(place.out.glob("*.*")))
    found = lines(page)
    assert len(found) >= 2
    assert all(zh in (None, RIGHT[en]) for en, zh in found.items())
    (post,) = page["posts"]
    assert post["title"]["zh"] in (None, RIGHT[post["title"]["en"]])
    assert page["quality"]["untranslated"] == sum(zh is None for zh in found.values())
    if mode in WELL:
        assert None not in found.values()
    if None in found.values():
        assert page["refused"], "what was not taken is counted under its name"
        assert "未译" in text
    assert KEY not in text


def test_a_second_build_asks_nothing_and_writes_the_same_bytes(place: Place) -> None:
    with FakeChat(RIGHT) as fake:
        place.page(fake)
        before = {path.name: path.read_bytes() for path in place.out.glob("*.*")}
        calls = fake.calls
        place.page(fake)
        assert (fake.calls, calls > 0) == (calls, True)
        assert {path.name: path.read_bytes() for path in place.out.glob("*.*")} == before


def test_the_plan_is_what_is_then_spent(place: Place) -> None:
    with FakeChat(RIGHT) as fake:
        plan = place.roster(fake, plan=True)
        place.builder(plan).digest(DAY)
        assert fake.calls == 0
        assert plan.planned
        planned = plan.planned.usage
        place.page(fake)
        assert planned.calls == fake.calls
        assert planned.prompt_tokens == pytest.approx(fake.prompt_tokens, rel=0.1)
        assert planned.tokens == pytest.approx(fake.prompt_tokens + fake.completion_tokens, rel=0.1)
        again = place.roster(fake, plan=True)
        place.builder(again).digest(DAY)
        assert again.plan_words() == "no calls"


def written(body: dict[str, Any]) -> str:
    """Answer the writer's question by the post's own first lines; other questions as a translator."""
    user = body["messages"][-1]["content"]
    if '"sentences"' not in user:
        return good(asked_items(body), lambda text: RIGHT.get(text, f"（{text}）"))
    rows = [row for row in json.loads(user)["sentences"] if row.get("text") in RIGHT]
    lines = [{"zh": RIGHT[row["text"]], "en": row["text"], "from": [row["n"]]} for row in rows[:5]]
    return json.dumps({"lines": lines}, ensure_ascii=False)


def test_an_abstract_is_written_and_each_line_names_the_sentences_it_rests_on(place: Place) -> None:
    with FakeChat(RIGHT, written) as fake:
        plan = place.roster(fake, plan=True, job="write")
        place.builder(plan).digest(DAY)
        assert plan.planned_usage.calls == 2  # the abstract, and the title
        page = place.page(fake, job="write")
        assert fake.calls == 2
        assert page == place.page(fake, job="write")
        assert fake.calls == 2
    (post,) = page["posts"]
    assert post["kind"] == "abstract"
    assert {pair["made_by"] for pair in post["pairs"]} == {"written"}
    assert len(post["pairs"]) >= 3
    text = {place_["paragraph"]: pair["en"] for pair in post["pairs"] for place_ in pair["sources"]}
    assert len(text) == len(post["pairs"])
    assert all(pair["engine"].startswith("write:fake@") for pair in post["pairs"])


def test_what_is_written_badly_gives_way_to_the_chosen_lines(place: Place) -> None:
    def invented(body: dict[str, Any]) -> str:
        return (
            written(body)
            .replace("1000", "9000")
            .replace("10 million", "90 million")
            .replace('"from": [', '"from": [77, ')
        )

    with FakeChat(RIGHT, invented) as fake:
        page = place.page(fake, job="write")
    (post,) = page["posts"]
    assert post["kind"] == "highlights"
    assert page["refused"]["sources"] >= 3


def test_a_limit_stops_before_it_is_passed_and_the_page_says_so(place: Place) -> None:
    with FakeChat(RIGHT) as fake:
        builder = place.builder(place.roster(fake, limits={"run_tokens": 10}))
        builder.build(DAY)
        page = json.loads((place.out / f"{DAY}.json").read_text("utf-8"))
        assert fake.calls == 0
        plan = place.roster(fake, limits={"run_tokens": 10}, plan=True)
        place.builder(plan).digest(DAY)
        assert "\na limit would stop it: limits.run_tokens is 10, and this would make it" in plan.plan_words()
        wide = place.roster(fake, limits={"run_tokens": 10_000}, plan=True)
        place.builder(wide).digest(DAY)
        assert "limit" not in wide.plan_words()
    assert set(lines(page).values()) == {None}
    assert page["refused"]["cap"] == len(lines(page)) + 1
    assert page["failures"] == [
        {"url": "translation", "stage": "engine", "reason": "a spending limit was reached"},
    ]
    (told,) = builder.engine_failures
    assert told.startswith("limits.run_tokens is 10, and the next call would make it")


def test_a_key_that_is_refused_ends_the_asking(place: Place) -> None:
    with FakeChat(RIGHT, "401") as fake:
        builder = place.builder(place.roster(fake))
        builder.build(DAY)
        assert fake.calls == 1
        (told,) = builder.engine_failures
        assert told == f"chat (fake at {fake.base_url.split('/')[2]}): the key is not taken (FAKE_KEY): 401"
    page = json.loads((place.out / f"{DAY}.json").read_text("utf-8"))
    assert set(lines(page).values()) == {None}
    assert [f["reason"] for f in page["failures"]] == ["the translation service refused"]
    written_out = "".join(path.read_text("utf-8") for path in place.out.glob("*.*"))
    assert "FAKE_KEY" not in written_out
    assert "401" not in written_out


def test_without_any_engine_the_page_offers_one_and_is_as_it_was(place: Place) -> None:
    page = place.page(None)
    assert set(lines(page).values()) == {None}
    assert (page["refused"], page["credits"]) == ({}, [])
    assert "digest models pull en-zh" in page["offer"]["en"]
    assert "digest models pull en-zh" in (place.out / f"{DAY}.html").read_text("utf-8")
    assert "chat" not in page["signature"]


def test_an_engine_asked_for_by_name_must_work(place: Place) -> None:
    with pytest.raises(ConfigError, match="digest models pull"):
        place.roster(None, only="mt")
    with pytest.raises(ConfigError, match="no engine"):
        place.roster(None, only="magic")
    assert place.roster(None, only="none").choices == []


def test_a_service_that_is_configured_and_cannot_work_is_named_with_its_remedy(place: Place) -> None:
    with FakeChat(RIGHT) as fake:
        roster = place.roster(fake)
        assert roster.broken == ()
        roster.around = replace(roster.around, environment={})
        without = Roster.of(place.settings, place.store, roster.around)
        (broken,) = without.broken
        assert str(broken) == (
            "chat: the environment variable FAKE_KEY holds no key for engines.chat; "
            "export FAKE_KEY=…; under cron, set it in the crontab"
        )
        assert Roster.of(place.settings, place.store, roster.around, only="none").broken == ()
    assert place.roster(None).broken == ()  # nobody asked for it


def test_a_table_of_terms_that_is_not_there_is_told_before_anything_is_asked(place: Place) -> None:
    with pytest.raises(ConfigError, match=r"feeds\.yaml.*terms\.csv: no such file; write it with: digest export"):
        place.roster(None, terms="terms.csv")

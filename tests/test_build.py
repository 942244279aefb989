"""The store to a day's pages: one entry a post, pairs that verify, the same bytes again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from small_blog import (
    BASE,
    EN_FEED,
    LINES,
    ZH_FEED,
    FakeWeb,
    TrueEmbedder,
    article,
    calendar,
    feed,
    item,
    settings,
    title_of,
    web_for,
)

from digest.build import Builder
from digest.fetch.collect import collect
from digest.filling import Translators
from digest.model import Failure, MadeBy, Page
from digest.store import Store
from digest.translate.engine import Answer, Answers, Engine, Task, nothing
from digest.translate.masks import KINDS

NOW = "2025-04-17T08:00:00+08:00"
DAY = date(2025, 4, 16)
APRIL_16 = "Wed, 16 Apr 2025 04:00:00 GMT"


class Blog:
    """The job on the small blog, in one place of the disk."""

    def __init__(self, folder: Path, pages: dict[str, str | bytes]) -> None:
        self.store = Store(folder / "state")
        self.out = folder / "out"
        self.web = FakeWeb(pages)

    def run(self, now: str = NOW, *, engine: Engine | None = None, **more: Any) -> Builder:
        times = calendar(now)
        chosen = settings(**more)
        collect(self.store, chosen, web_for(self.web), times, days=[DAY])
        by = Translators((engine,) if engine else ())
        builder = Builder(
            self.store, chosen, times, self.out, embedder=TrueEmbedder(), translators=lambda memory, terms: by
        )
        builder.link([DAY])
        return builder

    def page(self, now: str = NOW, day: date = DAY, **more: Any) -> dict[str, Any]:
        self.run(now, **more).build(day)
        found: dict[str, Any] = json.loads((self.out / f"{day}.json").read_text("utf-8"))
        return found


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Blog]:
    pages: dict[str, str | bytes] = {
        EN_FEED: feed(item(1, "en", APRIL_16), item(2, "en", APRIL_16)),
        ZH_FEED: feed(),
        f"{BASE}/post-1": article(1, "en"),
        f"{BASE}/post-2": article(2, "en"),
        f"{BASE}/zh/post-1": article(1, "zh"),
    }
    made = Blog(tmp_path, pages)
    yield made
    made.store.close()


def texts(post: dict[str, Any], side: str) -> list[str | None]:
    return [pair[side] for pair in post["pairs"]]


def test_a_post_with_an_edition_has_verified_pairs_and_one_without_says_so(blog: Blog) -> None:
    first, second = sorted(blog.page()["posts"], key=lambda p: p["url"]["en"])
    assert first["title"] == {"zh": title_of(1, "zh"), "en": title_of(1, "en")}
    said = {zh.format(n=1): en.format(n=1) for en, zh in LINES}
    assert first["pairs"]
    for pair in first["pairs"]:
        assert said[pair["zh"]] == pair["en"]
        assert (pair["verified"], pair["made_by"]) == (True, "human")
    assert second["title"] == {"zh": None, "en": title_of(2, "en")}
    assert second["pairs"]
    for pair in second["pairs"]:
        assert (pair["zh"], pair["verified"], pair["made_by"]) == (None, False, "none")


def test_every_line_is_a_stretch_of_its_source(blog: Blog) -> None:
    from digest.normalise.article import read_page

    places = 0
    for post in blog.page()["posts"]:
        for pair in post["pairs"]:
            for place in pair["sources"]:
                page = blog.store.page(place["url"])
                assert page is not None
                paragraph = read_page(page).paragraphs[place["paragraph"]].text
                assert paragraph[place["start"] : place["end"]] == pair[place["lang"][:2]]
                places += 1
    assert places


def test_two_feeds_that_bring_the_two_editions_make_one_entry(blog: Blog) -> None:
    blog.web.pages[ZH_FEED] = feed(item(1, "zh", "Wed, 16 Apr 2025 09:00:00 GMT"))
    posts = blog.page()["posts"]
    assert [post["url"]["en"] for post in posts] == [f"{BASE}/post-1", f"{BASE}/post-2"]
    assert posts[0]["url"]["zh"] == f"{BASE}/zh/post-1"


@pytest.mark.parametrize("change", [{"selector": "main"}, {"language": "en"}])
def test_how_the_other_editions_source_is_read_is_among_the_inputs(blog: Blog, change: dict[str, str]) -> None:
    blog.web.pages[ZH_FEED] = feed(item(1, "zh", "Wed, 16 Apr 2025 09:00:00 GMT"))
    builder = blog.run()
    one, two = builder.settings.sources
    changed = builder.settings.model_copy(update={"sources": (one, two.model_copy(update=change))})
    again = Builder(blog.store, changed, builder.calendar, blog.out, embedder=TrueEmbedder())
    assert again.inputs(DAY) != builder.inputs(DAY)


@pytest.mark.parametrize("clue", ["footer", "hreflang", "title"])
def test_without_a_twin_rule_an_edition_is_found_by_other_clues(blog: Blog, clue: str) -> None:
    original = f"{BASE}/post-1"
    head = f'<link rel="alternate" hreflang="en" href="{original}">' if clue == "hreflang" else ""
    foot = f'<blockquote><p>英文原文: <a href="{original}">{original}</a></p></blockquote>' if clue == "footer" else ""
    blog.web.pages |= {
        ZH_FEED: feed(item(1, "zh", "Wed, 16 Apr 2025 09:00:00 GMT")),
        f"{BASE}/zh/post-1": article(1, "zh", head=head, foot=foot),
    }
    posts = blog.page(twin=False)["posts"]
    assert [bool(post["title"]["zh"]) for post in posts] == [True, False]
    (edition,) = blog.store.editions()
    assert edition.how == clue


def test_a_footer_may_name_a_short_address_that_leads_to_the_original(blog: Blog) -> None:
    short = "https://short.example/p1"
    foot = f'<blockquote><p>英文原文: <a href="{short}">{short}</a></p></blockquote>'
    blog.web.pages |= {
        ZH_FEED: feed(item(1, "zh", "Wed, 16 Apr 2025 09:00:00 GMT", title="读得更快")),
        f"{BASE}/zh/post-1": article(1, "zh", foot=foot),
        short: article(1, "en"),
    }
    blog.web.moved[short] = f"{BASE}/post-1"
    posts = blog.page(twin=False)["posts"]
    assert [bool(post["title"]["zh"]) for post in posts] == [True, False]
    (edition,) = blog.store.editions()
    assert edition.how == "footer"
    assert edition.other is not None


def test_a_twin_rule_that_leads_to_another_post_is_not_believed(blog: Blog) -> None:
    other = article(7, "zh")
    for en, zh in LINES:
        other = other.replace(zh.format(n=7), f"这一段讲的是完全不同的话题，与{en[:3]}无关，例如天气和旅行。")
    blog.web.pages[f"{BASE}/zh/post-1"] = other.replace(title_of(7, "zh"), "周末去哪里散步")
    posts = blog.page()["posts"]
    assert [post["title"]["zh"] for post in posts] == [None, None]
    assert blog.store.editions() == ()


def ruined(html: str) -> str:
    """Damage a page beyond repair: characters that were replaced, and the replacement read as GBK."""
    return re.sub("[的在日源，缓]", "\ufffd\ufffd".encode().decode("gbk"), html)


def test_a_damaged_edition_is_named_and_nothing_of_it_is_printed(blog: Blog) -> None:
    blog.web.pages[f"{BASE}/zh/post-1"] = ruined(article(1, "zh")).replace(
        "</article>", f"<p>English original: <a href='{BASE}/post-1'>{BASE}/post-1</a></p></article>"
    )
    page = blog.page()
    for post in page["posts"]:
        assert all(zh is None for zh in texts(post, "zh"))
        assert post["title"]["zh"] is None


FRENCH = (
    "Le nouveau cache garde dix millions de lignes en mémoire sur un seul serveur, et les lectures restent rapides. "
    "Nous avons comparé ce cache avec Redis sur trois charges de travail différentes, pendant deux semaines. "
)


def test_a_post_in_a_third_language_is_listed_by_its_title(blog: Blog) -> None:
    french = article(2, "en").replace('lang="en"', 'lang="fr"')
    for line, _ in LINES:
        french = french.replace(line.format(n=2), FRENCH)
    blog.web.pages[f"{BASE}/post-2"] = french
    post = blog.page()["posts"][1]
    assert (post["pairs"], post["notes"], post["title"]["en"]) == ([], ["third-language"], title_of(2, "en"))


def test_a_damaged_post_without_another_edition_is_listed_by_title_only(blog: Blog) -> None:
    blog.web.pages |= {
        ZH_FEED: feed(item(3, "zh", APRIL_16)),
        f"{BASE}/zh/post-3": ruined(article(3, "zh")),
    }
    (post,) = (p for p in blog.page()["posts"] if p["source"] == "博客")
    assert (post["pairs"], post["notes"], post["title"]["zh"]) == ([], ["text-damaged"], title_of(3, "zh"))


def test_a_damaged_post_whose_original_can_be_had_is_told_by_the_original(blog: Blog) -> None:
    foot = f"<blockquote><p>英文原文: <a href='{BASE}/elsewhere'>{BASE}/elsewhere</a></p></blockquote>"
    blog.web.pages |= {
        ZH_FEED: feed(item(3, "zh", APRIL_16)),
        f"{BASE}/zh/post-3": ruined(article(3, "zh")).replace("</article>", f"{foot}</article>"),
        f"{BASE}/elsewhere": article(3, "en"),
    }
    (post,) = (p for p in blog.page(twin=False)["posts"] if p["source"] == "博客")
    assert post["notes"] == ["edition-damaged"]
    assert post["pairs"]
    assert {(pair["zh"], pair["made_by"]) for pair in post["pairs"]} == {(None, "none")}
    assert post["url"]["en"] == f"{BASE}/elsewhere"


def test_a_translation_of_a_post_whose_day_has_no_page_is_news_of_its_own_day(blog: Blog) -> None:
    blog.web.pages |= {
        EN_FEED: feed(item(1, "en", "Thu, 20 Mar 2025 04:00:00 GMT")),
        ZH_FEED: feed(item(1, "zh", APRIL_16)),
    }
    page = blog.page()
    (post,) = page["newly_translated"]
    assert page["posts"] == []
    assert post["url"] == {"zh": f"{BASE}/zh/post-1", "en": f"{BASE}/post-1"}
    assert any(pair["verified"] for pair in post["pairs"])


def test_an_edition_that_cannot_be_read_costs_the_post_nothing(blog: Blog) -> None:
    builder = blog.run()
    page = blog.store.page(f"{BASE}/zh/post-1")
    assert page is not None
    blog.store.save_page(page.url, Page(page.url, b"<html></html>", page.headers), builder.calendar.now)
    (abstract, _) = builder.digest(DAY).abstracts
    assert abstract.notes == ("edition-unreadable",)
    assert abstract.pairs


def test_an_english_paragraph_of_a_chinese_post_is_not_printed_as_chinese(blog: Blog) -> None:
    english = "".join(f"<p>{en.format(n=3)}</p>" for en, _ in LINES[:3])
    blog.web.pages |= {
        ZH_FEED: feed(item(3, "zh", APRIL_16)),
        f"{BASE}/zh/post-3": article(3, "zh").replace("<p>", english + "<p>", 1),
    }
    (post,) = (p for p in blog.page()["posts"] if p["source"] == "博客")
    assert post["pairs"]
    assert all((pair["en"] is None and "，" in pair["zh"]) or "。" in pair["zh"] for pair in post["pairs"])


def test_the_same_store_gives_the_same_bytes_without_a_network(blog: Blog) -> None:
    builder = blog.run()
    builder.build(DAY)
    before = {p.name: p.read_bytes() for p in blog.out.iterdir()}
    blog.web.down = True
    for path in blog.out.iterdir():
        path.unlink()
    again = Builder(blog.store, settings(), calendar("2025-05-01T00:00:00+00:00"), blog.out, embedder=TrueEmbedder())
    again.build(DAY)
    assert {p.name: p.read_bytes() for p in blog.out.iterdir()} == before


def test_a_translation_that_appears_later_rebuilds_the_day(blog: Blog) -> None:
    chinese = blog.web.pages.pop(f"{BASE}/zh/post-1")
    builder = blog.run()
    builder.build(DAY)
    assert builder.days_to_rebuild(date(2025, 4, 17)) == ()
    blog.web.pages[f"{BASE}/zh/post-1"] = chinese
    builder = blog.run("2025-04-19T08:00:00+08:00")  # on day 3 the address is asked again
    assert builder.days_to_rebuild(date(2025, 4, 18)) == (DAY,)
    builder.build(DAY)
    assert builder.days_to_rebuild(date(2025, 4, 18)) == ()
    page = json.loads((blog.out / f"{DAY}.json").read_text("utf-8"))
    assert any(post["title"]["zh"] for post in page["posts"])


def test_a_late_post_stands_on_the_next_page_and_on_no_other(blog: Blog) -> None:
    blog.page()
    blog.web.pages[EN_FEED] = feed(item(1, "en", APRIL_16), item(2, "en", APRIL_16), item(3, "en", APRIL_16))
    blog.web.pages[f"{BASE}/post-3"] = article(3, "en")
    later = blog.page("2025-04-18T08:00:00+08:00", day=date(2025, 4, 17))
    assert [(p["url"]["en"], p["status"]) for p in later["posts"]] == [(f"{BASE}/post-3", "late")]
    assert len(blog.page("2025-04-18T08:00:00+08:00")["posts"]) == 2


def test_a_day_without_posts_says_so(blog: Blog) -> None:
    page = blog.page(day=date(2025, 4, 15))
    assert page["posts"] == []
    assert "没有博文" in (blog.out / "2025-04-15.html").read_text("utf-8")


def test_a_missing_page_is_printed_as_a_failure_and_the_day_goes_on(blog: Blog) -> None:
    del blog.web.pages[f"{BASE}/post-2"]
    page = blog.page()
    assert [f["url"] for f in page["failures"]] == [f"{BASE}/post-2"]
    assert [bool(p["pairs"]) for p in page["posts"]] == [True, False]
    assert page["posts"][1]["notes"] == ["no-text"]


def test_failures_of_sources_stand_on_the_page(blog: Blog) -> None:
    builder = blog.run()
    blog.store.save_failures(DAY, [Failure("https://down.example/feed", "fetch", "connection refused")])
    assert builder.digest(DAY).failures == (Failure("https://down.example/feed", "fetch", "connection refused"),)


def test_a_source_may_ask_for_titles_only(blog: Blog) -> None:
    builder = blog.run()
    chosen = settings()
    quiet = tuple(source.model_copy(update={"excerpt": "title"}) for source in chosen.sources)
    builder = Builder(blog.store, chosen.model_copy(update={"sources": quiet}), builder.calendar, blog.out,
                      embedder=TrueEmbedder())  # fmt: skip
    for abstract in builder.digest(DAY).abstracts:
        assert abstract.pairs == ()
    assert builder.digest(DAY).abstracts[0].title.zh == title_of(1, "zh")


def test_a_title_that_an_edition_only_copies_stands_once_and_is_marked(blog: Blog) -> None:
    title = "How to read caches faster"
    blog.web.pages[EN_FEED] = feed(item(1, "en", APRIL_16, title=title))
    blog.web.pages[ZH_FEED] = feed(item(1, "zh", APRIL_16, title=title))
    (post,) = blog.page()["posts"]
    assert post["title"] == {"zh": None, "en": title}
    assert post["notes"] == ["title-not-in-chinese"]
    assert post["pairs"]
    assert all(pair["zh"] for pair in post["pairs"])
    assert "中文版标题未译" in (blog.out / f"{DAY}.html").read_text("utf-8")


def test_a_title_of_names_alone_is_the_same_in_both_languages(blog: Blog) -> None:
    title = "Cachet 2.4"
    blog.web.pages[EN_FEED] = feed(item(1, "en", APRIL_16, title=title))
    blog.web.pages[ZH_FEED] = feed(item(1, "zh", APRIL_16, title=title))
    (post,) = blog.page()["posts"]
    assert post["title"] == {"zh": title, "en": title}
    assert post["notes"] == []


class OneEngine:
    """Answers from a table; what it does not know it leaves untranslated."""

    signature = "table-1"
    made_by: MadeBy = "machine"
    listens = False
    masks = KINDS

    def __init__(self, table: dict[str, str]) -> None:
        self.table = table
        self.way = ("en", "zh")
        self.asked = 0

    def serves(self, source: str, target: str) -> bool:
        return (source, target) == self.way

    def translate(self, task: Task) -> Answers:
        self.asked += 1
        return Answers(tuple(Answer(self.table.get(line.text)) for line in task.lines))


def test_an_engines_line_is_printed_only_if_the_judge_agrees(blog: Blog) -> None:
    right = {en.format(n=2): zh.format(n=2) for en, zh in LINES}
    page = blog.page(engine=OneEngine(right))
    post = page["posts"][1]
    assert post["pairs"]
    assert {(p["made_by"], p["verified"], p["engine"]) for p in post["pairs"]} == {("machine", True, "table-1")}
    assert page["quality"]["machine"] == len(post["pairs"])
    assert page["signature"].endswith("table-1")
    assert "机译" in (blog.out / f"{DAY}.html").read_text("utf-8")
    wrong = {en.format(n=2): en.format(n=2) for en, zh in LINES}
    page = blog.page(engine=OneEngine(wrong))
    assert {(p["made_by"], p["zh"]) for p in page["posts"][1]["pairs"]} == {("none", None)}
    assert page["refused"]


class BrokenEngine(OneEngine):
    def translate(self, task: Task) -> Answers:
        self.asked += 1
        return nothing(task.lines, "server", "the endpoint of 127.0.0.1:8080 does not answer")


def test_an_engine_that_fails_is_named_and_the_post_is_still_printed(blog: Blog) -> None:
    blog.web.pages[f"{BASE}/post-3"] = article(3, "en")
    blog.web.pages[EN_FEED] = feed(*(item(n, "en", APRIL_16) for n in (1, 2, 3)))
    builder = blog.run(engine=BrokenEngine({}))
    builder.build(DAY)
    page = json.loads((blog.out / f"{DAY}.json").read_text("utf-8"))
    assert [tuple(f.values()) for f in page["failures"]] == [
        ("translation", "engine", "did not answer")
    ]  # of two posts
    assert builder.engine_failures == ("the endpoint of 127.0.0.1:8080 does not answer",)
    assert "127.0.0.1:8080" not in "".join(path.read_text("utf-8") for path in blog.out.iterdir())
    assert all(p["zh"] is None for p in page["posts"][1]["pairs"])
    assert page["posts"][1]["pairs"]
    assert page["refused"]["server"] >= 3


def test_a_day_built_while_an_engine_was_down_is_built_again_at_the_next_run(blog: Blog) -> None:
    builder = blog.run(engine=BrokenEngine({}))
    builder.build(DAY)
    assert builder.days_to_rebuild(DAY + timedelta(days=1)) == (DAY,)
    builder = blog.run(engine=OneEngine({}))
    builder.build(DAY)
    assert builder.days_to_rebuild(DAY + timedelta(days=1)) == ()


class NamedEngine(OneEngine):
    """Answers rightly under a name of one's choice."""

    def __init__(self, signature: str) -> None:
        super().__init__({en.format(n=2): zh.format(n=2) for en, zh in LINES})
        self.signature = signature


def test_lines_of_an_engine_that_is_gone_stay_on_their_page(blog: Blog) -> None:
    blog.run(engine=NamedEngine("mt:tiny:beam2")).build(DAY)
    before = {path.name: path.read_bytes() for path in blog.out.iterdir()}
    target = DAY + timedelta(days=1)
    blog.web.pages[f"{BASE}/post-3"] = article(3, "en")  # other inputs change as well
    blog.web.pages[EN_FEED] = feed(*(item(n, "en", APRIL_16) for n in (1, 2, 3)))
    gone = blog.run()
    assert gone.inputs(DAY) != blog.store.inputs_of(DAY)
    assert gone.days_to_rebuild(target) == ()
    assert gone.days_kept(target) == {DAY: ("mt:tiny:beam2",)}
    assert gone.days_kept(DAY) == {DAY: ("mt:tiny:beam2",)}
    assert {path.name: path.read_bytes() for path in blog.out.iterdir()} == before
    one_way = NamedEngine("mt:tiny:beam2")
    one_way.way = ("zh", "en")  # of two models, that of the other way is still here
    assert blog.run(engine=one_way).days_to_rebuild(target) == ()
    other_kind = blog.run(engine=NamedEngine("chat:model@host:1a2b"))
    assert other_kind.days_to_rebuild(target) == ()
    newer = blog.run(engine=NamedEngine("mt:tiny2:beam2"))
    assert (newer.days_to_rebuild(target), newer.days_kept(target)) == ((DAY,), {})
    gone.build(DAY)  # who names the day gets it
    assert (gone.days_kept(target), gone.days_to_rebuild(target)) == ({}, ())
    assert b"mt:tiny" not in (blog.out / f"{DAY}.json").read_bytes()


def test_a_page_without_a_line_of_the_engine_that_is_gone_is_built_again(blog: Blog) -> None:
    nothing_known = NamedEngine("mt:tiny:beam2")
    nothing_known.table = {}
    blog.run(engine=nothing_known).build(DAY)
    assert "mt:tiny" in blog.store.signature_of(DAY)
    assert blog.run().days_to_rebuild(DAY + timedelta(days=1)) == (DAY,)
    blog.run(engine=NamedEngine("mt:tiny:beam2")).build(DAY)
    (blog.out / f"{DAY}.json").unlink()
    assert blog.run().days_to_rebuild(DAY + timedelta(days=1)) == (DAY,)

"""The output folder as a site: pages made from the days' JSON, again only where what they were made from changed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from digest_cli import Digest as Run
from digest_cli import command_line
from small_blog import settings as blog_settings

from digest import publish
from digest.config import Settings
from digest.errors import ConfigError
from digest.foot import quality_of
from digest.model import Abstract, Both, Digest, Line, LinePair, MadeBy, Override, Place, Verdict
from digest.publish import Site
from digest.recorded import digest_of
from digest.render.page import packaged
from digest.render.site import json_text

FIRST = date(2025, 4, 14)
URL = "https://blog.example/{}"


def settings(**site: str) -> Settings:
    return blog_settings().model_copy(update={"site": blog_settings().site.model_copy(update=site)})


def post(number: int, on: date, *, term: str = "") -> Abstract:
    """Make a post of one pair whose score has more decimals than the JSON keeps."""
    lines = [
        Line(lang, text, (Place(lang, URL.format(lang), 1, 0, len(text)),))
        for lang, text in (("zh-Hans", f"第 {number} 篇说的是队列。"), ("en", f"Post {number} is about queues."))
    ]
    made = LinePair(f"{number:08x}", *lines, "human", Verdict(0.1 + 0.2 + 0.666666, True, "exact", (), 1 / 3))
    return Abstract(
        f"{number:06x}", Both(f"队列 {number}", f"Queues {number}"), Both(*map(URL.format, ("zh", "en"))), "Blog",
        datetime(on.year, on.month, on.day, 4, tzinfo=UTC), "en", "highlights", (made,), day=on,
        terms=(Both("队列", term),) if term else (),
        rank=(("length", 1 / 3),),
    )  # fmt: skip


def day(number: int, *posts: Abstract, **more: Any) -> Digest:
    on = FIRST + timedelta(number)
    told = {
        "title": "日报",
        "link": "",
        "timezone": "Asia/Shanghai",
        "order": ("zh", "en"),
        "signature": "test",
        **more,
    }
    posts = posts or (post(number, on),)
    return Digest(day=on, abstracts=posts, failures=(), quality=quality_of(posts, (), (), ()), **told)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Give a folder with four days, written by a build and brought up to date."""
    site = Site(tmp_path / "out", settings())
    for number in range(4):
        site.write_day(day(number))
    site.update()
    return site.out


@pytest.fixture
def rendered(out: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the list of days whose pages are rendered from now on."""
    days: list[str] = []

    def counted(digest: Digest, *rest: Any, **named: Any) -> Any:
        days.append(digest.day.isoformat())
        return page_files(digest, *rest, **named)

    page_files = publish.page_files
    monkeypatch.setattr(publish, "page_files", counted)
    return days


def contents(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def moments(out: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in out.rglob("*")}


# ---- the same pages, made once --------------------------------------------------------------------------------------


def test_an_update_twice_renders_and_writes_nothing(out: Path, rendered: list[str]) -> None:
    before = moments(out)
    updated = Site(out, settings()).update()
    assert (updated.written, updated.faults, updated.unused, rendered) == ((), (), (), [])
    assert moments(out) == before


def test_pages_made_from_the_json_alone_are_the_bytes_that_the_build_wrote(out: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    for path in out.glob("2*.json"):
        shutil.copy(path, alone)
    Site(alone, settings()).update()
    assert contents(alone) == contents(out)


def test_what_a_build_writes_is_what_the_json_says(tmp_path: Path) -> None:
    """Scores are rounded in the JSON: a page made from what was not yet rounded may differ from a later one."""
    site = Site(tmp_path, settings())
    site.write_day(day(0))
    html = (tmp_path / "2025-04-14.html").read_bytes()
    (tmp_path / "2025-04-14.html").unlink()
    site.update()
    assert (tmp_path / "2025-04-14.html").read_bytes() == html


def test_an_update_for_all_renders_every_day_and_changes_nothing(out: Path, rendered: list[str]) -> None:
    before = moments(out)
    assert Site(out, settings()).update(anew=True).written == ()
    assert len(rendered) == 4
    assert moments(out) == before


# ---- what makes a page again ----------------------------------------------------------------------------------------


def test_a_day_whose_json_changed_is_made_again_and_no_other(out: Path, rendered: list[str]) -> None:
    changed = replace(day(1), abstracts=(replace(post(1, FIRST + timedelta(1)), minutes=7),))
    (out / "2025-04-15.json").write_text(json_text(changed), "utf-8")
    updated = Site(out, settings()).update()
    assert rendered == ["2025-04-15"]
    assert "2025-04-15.html" in updated.written
    assert "2025-04-14.html" not in updated.written


def test_a_new_day_is_made_and_the_day_before_it_leads_there(out: Path, rendered: list[str]) -> None:
    (out / "2025-04-18.json").write_text(json_text(day(4)), "utf-8")
    Site(out, settings()).update()
    assert rendered == ["2025-04-17", "2025-04-18"]
    assert 'href="2025-04-18.html"' in (out / "2025-04-17.html").read_text("utf-8")
    assert 'href="2025-04-17.html"' in (out / "2025-04-18.html").read_text("utf-8")


def test_days_that_are_built_together_are_written_once(tmp_path: Path) -> None:
    site = Site(tmp_path, settings())
    site.expect(day(number).day for number in range(3))
    for number in range(3):
        site.write_day(day(number))
    written = site.update().written
    assert [name for name in written if name.startswith("2025")] == []


def test_a_day_that_went_is_no_neighbour_any_more(out: Path, rendered: list[str]) -> None:
    (out / "2025-04-15.json").unlink()
    Site(out, settings()).update()
    assert rendered == ["2025-04-14", "2025-04-16"]
    assert "2025-04-15.html" not in (out / "index.html").read_text("utf-8")
    assert "2025-04-15.html" not in (out / "2025-04-14.html").read_text("utf-8")


@pytest.mark.parametrize("missing", ["2025-04-16.html", "2025-04-16.md"])
def test_a_page_that_is_missing_is_made(out: Path, rendered: list[str], missing: str) -> None:
    (out / missing).unlink()
    updated = Site(out, settings()).update()
    assert (rendered, updated.written) == (["2025-04-16"], (missing,))


def reader(**changed: str) -> Callable[[str], str]:
    return lambda name: changed.get(name.split(".")[0], "") + packaged(name)


@pytest.mark.parametrize("name", ["entry", "lines", "parts"])
def test_a_template_that_the_page_includes_makes_all_days_again(out: Path, rendered: list[str], name: str) -> None:
    Site(out, settings(), reader(**{name: "{# changed #}"})).update()
    assert len(rendered) == 4


def test_a_template_of_another_page_makes_no_day_again(out: Path, rendered: list[str]) -> None:
    updated = Site(out, settings(), reader(source="{# changed #}\n")).update()
    assert rendered == []
    assert {name.split("/")[0] for name in updated.written} == {"sources"}


def test_another_address_for_reports_makes_all_days_again(out: Path, rendered: list[str]) -> None:
    Site(out, settings(report="digest@example.org")).update()
    assert len(rendered) == 4
    assert "digest@example.org" in (out / "2025-04-14.html").read_text("utf-8").replace("%40", "@")


def test_a_template_that_is_wrong_stops_the_update_with_its_name(out: Path) -> None:
    with pytest.raises(ConfigError, match=r"lines\.html\.j2|page\.html\.j2|entry\.html\.j2"):
        Site(out, settings(), reader(lines="{% if %}")).update()


# ---- files of others ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"schema_version": 2, "date": "2025-04-20"}', '{"date": "x"}', "[" * 99_999]
)
def test_a_json_that_is_no_day_of_ours_is_left_alone(out: Path, text: str) -> None:
    (out / "2025-04-20.json").write_text(text, "utf-8")
    updated = Site(out, settings()).update()
    assert (updated.written, updated.faults) == ((), ())
    assert not (out / "2025-04-20.html").exists()
    assert (out / "2025-04-20.json").read_text("utf-8") == text


def test_a_day_that_cannot_be_read_is_told_and_the_others_are_made(out: Path, rendered: list[str]) -> None:
    told = json.loads((out / "2025-04-15.json").read_text("utf-8"))
    told["posts"][0]["pairs"][0]["score"] = "high"
    (out / "2025-04-15.json").write_text(json.dumps(told), "utf-8")
    (out / "2025-04-18.json").write_text(json_text(day(4)), "utf-8")
    updated = Site(out, settings()).update()
    (fault,) = updated.faults
    assert fault.startswith("2025-04-15.json: posts[0].pairs[0].score must be a number")
    assert "2025-04-18" in rendered
    assert 'href="2025-04-15.html"' in (out / "index.html").read_text("utf-8"), "its page of before is still there"


def test_pages_of_sources_and_terms_that_are_no_more_go_and_others_stay(out: Path) -> None:
    on = FIRST + timedelta(1)
    site = Site(out, settings())
    site.write_day(day(1, replace(post(1, on, term="queue"), source="Elsewhere")))
    site.update()
    (old,) = [p.name for p in (out / "sources").iterdir() if p.name.startswith("elsewhere")]
    (term,) = [p.name for p in (out / "terms").iterdir() if p.name.startswith("queue")]
    own = out / "sources" / "mine.html"
    own.write_text("<title>mine</title>", "utf-8")
    site.write_day(day(1))
    site.update()
    assert not (out / "sources" / old).exists()
    assert not (out / "terms" / term).exists()
    assert own.exists()


def test_the_map_is_there_only_with_a_public_address(out: Path) -> None:
    public = settings()
    public = public.model_copy(update={"digest": public.digest.model_copy(update={"link": "https://e.example/"})})
    Site(out, public).update()
    text = (out / "sitemap.xml").read_text("utf-8")
    found = re.findall("<loc>https://e.example/([^<]*)</loc>", text)
    assert {"index.html", "2025-04-14.html", "sources/index.html"} <= set(found)
    assert all((out / name).exists() for name in found)
    Site(out, settings()).update()
    assert not (out / "sitemap.xml").exists()
    (out / "sitemap.xml").write_text("<urlset/>", "utf-8")
    Site(out, settings()).update()
    assert (out / "sitemap.xml").exists(), "that one is somebody else's"


# ---- overrides ------------------------------------------------------------------------------------------------------


def agreed(zh: Line, en: Line, made_by: MadeBy) -> Verdict:
    return Verdict(0.9, True, "same")


def override(number: int, zh: str | None = None) -> Override:
    return Override(f"{number:08x}", zh, None, "wrong word", place=f"overrides.yaml:{number}")


def test_an_override_changes_its_day_and_no_other_and_is_taken_back(out: Path, rendered: list[str]) -> None:
    before = contents(out)
    changed = Site(out, settings(), overrides=(override(2, "第二篇讲队列。"),), judge=agreed)
    assert changed.update().unused == ()
    assert rendered == ["2025-04-16"]
    found = digest_of((out / "2025-04-16.json").read_text("utf-8"), "x").abstracts[0].pairs[0]
    assert found.zh
    assert found.correction
    assert (found.zh.text, found.correction.reason) == ("第二篇讲队列。", "wrong word")
    assert "第二篇讲队列。" in (out / "2025-04-16.html").read_text("utf-8")
    assert changed.update().written == ()
    assert rendered == ["2025-04-16"]
    Site(out, settings()).update()
    assert contents(out) == before


def test_an_override_survives_a_build(out: Path) -> None:
    site = Site(out, settings(), overrides=(override(2),), judge=agreed)
    site.update()
    before = contents(out)
    printed = site.write_day(day(2))
    assert printed.abstracts[0].pairs[0].zh is None
    site.update()
    assert contents(out) == before


def test_an_override_that_no_page_has_is_given_back(out: Path) -> None:
    unknown, known = override(99), override(1)
    assert Site(out, settings(), overrides=(unknown, known), judge=agreed).update().unused == (unknown,)


def test_where_an_override_stands_makes_no_page_again(out: Path, rendered: list[str]) -> None:
    Site(out, settings(), overrides=(override(1),), judge=agreed).update()
    rendered.clear()
    moved = replace(override(1), place="overrides.yaml:40")
    Site(out, settings(), overrides=(moved,), judge=agreed).update()
    assert rendered == []


# ---- the command line -----------------------------------------------------------------------------------------------


@pytest.fixture
def digest(out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (out.parent / "feeds.yaml").write_text("sources:\n  - name: Blog\n    url: https://e.example/feed.xml\n", "utf-8")
    return command_line(out.parent, monkeypatch, capsys)


def test_render_writes_the_pages_again_without_the_store(out: Path, digest: Run) -> None:
    (out / "2025-04-15.html").write_text("old", "utf-8")
    (out.parent / "overrides.yaml").write_text(
        "- {pair: 00000002, reject: true, reason: wrong}\n- {pair: 00000099, reject: true, reason: wrong}\n", "utf-8"
    )
    ended = digest("build", "--render", "--out", "out")
    assert (ended.code, ended.err.count("\n")) == (0, 1), ended.err
    assert "overrides.yaml:2: no page has a pair 00000099" in ended.err
    assert "Post 1 is about queues." in (out / "2025-04-15.html").read_text("utf-8")
    assert digest_of((out / "2025-04-16.json").read_text("utf-8"), "x").abstracts[0].pairs[0].correction
    assert not list((out.parent / "state").glob("*.db"))
    assert digest("build", "--render", "--out", "out").out == "0 files changed in out\n"


def test_render_takes_templates_and_says_which_is_wrong(out: Path, digest: Run) -> None:
    own = out.parent / "own"
    own.mkdir()
    (own / "term.html.j2").write_text("{{ nothing }}", "utf-8")
    (own / "index.html.j2").write_text("<p>{{ nothing }}", "utf-8")
    ended = digest("build", "--render", "--templates", "own", "--out", "out")
    assert ended.code == 2
    assert "own/index.html.j2:1" in ended.err


def test_render_goes_with_no_date(digest: Run) -> None:
    ended = digest("build", "2025-04-16", "--render")
    assert ended.code == 2
    assert "--render" in ended.err


def test_render_tells_of_a_day_that_cannot_be_read(out: Path, digest: Run) -> None:
    (out / "2025-04-15.json").write_text('{"schema_version": 1, "date": "2025-04-15"}', "utf-8")
    ended = digest("build", "--render", "--out", "out")
    assert ended.code == 1
    assert ended.err.startswith("2025-04-15.json: ")

"""The output folder as a site: pages made from the days' JSON, again only where what they were made from changed."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
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
from digest.model import Abstract, Both, Digest, Line, LinePair, Listed, MadeBy, Override, Place, Verdict
from digest.publish import Site
from digest.recorded import digest_of
from digest.render.page import packaged
from digest.render.site import json_text
from digest.unchanged import NOTE

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


def test_where_nothing_changed_no_day_is_read(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "read_day", lambda path: pytest.fail("days were read"))
    assert Site(out, settings()).update().written == ()
    with pytest.raises(pytest.fail.Exception):
        Site(out, settings(report="digest@example.org")).update()


@pytest.mark.parametrize(
    "name", ["feed.xml", "index.html", "corrections.html", "sources/index.html", "2025-04-15.md", ".nojekyll"]
)
def test_what_is_missing_or_spoilt_is_made_again_though_no_day_changed(out: Path, name: str) -> None:
    before = contents(out)
    (out / name).unlink()
    assert Site(out, settings()).update().written == (name,)
    if name in ("feed.xml", "corrections.html"):
        (out / name).write_text("spoilt", "utf-8")
        assert Site(out, settings()).update().written == (name,)
    assert contents(out) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"made_from": 1}', "[" * 99_999])
def test_a_note_that_is_damaged_only_costs_time(out: Path, text: str, rendered: list[str]) -> None:
    before = contents(out)
    (out / NOTE).write_text(text, "utf-8")
    updated = Site(out, settings()).update()
    assert (updated.written, updated.faults, rendered) == ((), (), [])
    assert contents(out) == before


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


def test_the_index_of_the_search_is_made_again_where_its_files_are_gone_and_where_all_is(out: Path) -> None:
    site = Site(out, settings(), search=True)
    site.update()
    (out / "pagefind" / "pagefind.js").unlink()
    site.update()
    assert (out / "pagefind" / "pagefind.js").exists()
    before = (out / "pagefind").stat().st_ino
    site.update()
    assert (out / "pagefind").stat().st_ino == before
    site.update(anew=True)
    assert (out / "pagefind").stat().st_ino != before


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


def renamed(**changed: object) -> Settings:
    """Give the settings with another head of all pages: title, link, order."""
    return settings().model_copy(update={"digest": settings().digest.model_copy(update=changed)})


@pytest.mark.parametrize(
    ("changed", "shows"),
    [
        ({"title": "Another name"}, "<h1>"),
        (
            {"link": "https://e.example/digest/"},
            '<link rel="canonical" href="https://e.example/digest/2025-04-14.html">',
        ),
        ({"order": ("en", "zh")}, '<html lang="en">'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("anew", [True, False])
def test_another_title_address_or_order_reaches_all_pages(
    out: Path, rendered: list[str], changed: dict[str, Any], shows: str, *, anew: bool
) -> None:
    """Mails are made of a day's JSON: it says the same as the pages."""
    before = contents(out)
    site = Site(out, renamed(**changed))
    site.update(anew=anew)
    assert len(rendered) == 4
    for name in ("2025-04-14", "2025-04-17"):
        html = (out / f"{name}.html").read_text("utf-8")
        assert shows.replace("2025-04-14", name) in html
        assert changed.get("title", "") in html
        found = digest_of((out / f"{name}.json").read_text("utf-8"), name)
        assert changed.items() <= {"title": found.title, "link": found.link, "order": found.order}.items()
    assert site.update().written == ()
    assert site.update(anew=True).written == ()
    Site(out, settings()).update()
    assert {name: text for name, text in contents(out).items() if name != "sitemap.xml"} == before


def test_a_day_is_built_under_the_head_of_the_site(out: Path, rendered: list[str]) -> None:
    site = Site(out, renamed(title="Another name", link="https://e.example/", order=("en", "zh")))
    printed = site.write_day(day(3))
    assert (printed.title, printed.link, printed.order) == ("Another name", "https://e.example/", ("en", "zh"))
    rendered.clear()
    site.update()
    assert "2025-04-17" not in rendered


def test_a_title_that_is_not_printed_as_it_is_makes_no_page_twice(out: Path) -> None:
    site = Site(out, renamed(title="Ti\u202etle"))
    site.update()
    assert site.update(anew=True).written == ()


# ---- a run beside the update ----------------------------------------------------------------------------------------


def test_a_day_that_another_writes_while_the_others_are_looked_at_is_made_by_the_next_update(
    out: Path, rendered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = replace(day(1), abstracts=(replace(post(1, FIRST + timedelta(1)), minutes=7),))
    real = publish.left_alone

    def meanwhile(folder: Path) -> Iterator[str]:
        (out / "2025-04-15.json").write_text(json_text(changed), "utf-8")
        return real(folder)

    with monkeypatch.context() as patch:
        patch.setattr(publish, "left_alone", meanwhile)
        Site(out, settings()).update(anew=True)
    rendered.clear()
    Site(out, settings()).update()
    assert rendered == ["2025-04-15"]


def test_a_day_whose_json_is_brought_along_keeps_the_time_of_its_build(out: Path) -> None:
    path = out / "2025-04-15.json"
    os.utime(path, (10**9, 10**9))
    assert path.name in Site(out, renamed(title="Another name")).update().written
    assert path.stat().st_mtime == 10**9


@pytest.mark.parametrize("changed", [{}, {"title": "Another name"}], ids=["same-head", "other-head"])
def test_an_update_writes_nothing_over_what_another_run_wrote(
    out: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    """While the pages of a day are rendered, another run builds that day: with a post more."""
    on = FIRST + timedelta(1)
    newer = day(1, post(1, on), post(9, on))
    page_files, written = publish.page_files, dict[str, bytes]()

    def overtaken(digest: Digest, *rest: Any, **named: Any) -> Any:
        made = page_files(digest, *rest, **named)
        if digest.day == on and not written:
            written["old"] = b""
            Site(out, settings()).write_day(newer)
            written.update({path.name: path.read_bytes() for path in out.glob("2025-04-15.*")})
        return made

    monkeypatch.setattr(publish, "page_files", overtaken)
    updated = Site(out, renamed(**changed)).update(anew=True)
    (fault,) = updated.faults
    assert fault.startswith("2025-04-15.json: another run wrote it at the same time")
    assert {name: (out / name).read_bytes() for name in written if name != "old"} == {
        name: text for name, text in written.items() if name != "old"
    }
    assert Site(out, settings()).update().faults == ()
    assert "Post 9" in (out / "feed.xml").read_text("utf-8"), "what is made of many days follows"


def test_an_update_writes_no_json_that_says_what_it_said(out: Path) -> None:
    """A text of another form (by hand, of an older version) is left as it is."""
    told = json.loads((out / "2025-04-15.json").read_text("utf-8"))
    (out / "2025-04-15.json").write_text(json.dumps(told), "utf-8")
    written = Site(out, settings()).update().written
    assert "2025-04-15.html" in written
    assert "2025-04-15.json" not in written
    assert (out / "2025-04-15.json").read_text("utf-8") == json.dumps(told)


# ---- links ----------------------------------------------------------------------------------------------------------


def dead_links(out: Path) -> set[tuple[str, str]]:
    """Give the links of pages, HTML and Markdown, that lead to no file of the folder."""
    found = set()
    for path in (*out.rglob("*.html"), *out.rglob("*.md")):
        linked = re.findall(r'(?: href="|\]\()([^":#)]+\.html)', path.read_text("utf-8"))
        found |= {(path.name, name) for name in linked if not (path.parent / name).resolve().exists()}
    return found


def test_no_page_leads_where_there_is_none(out: Path) -> None:
    """Newly translated posts and posts told elsewhere name days, sources and terms that may have no page here."""
    on, gone, there = FIRST + timedelta(3), date(2024, 1, 1), FIRST + timedelta(1)
    newly = tuple(
        replace(post(number, on, term=f"queue {number}"), source=f"Elsewhere {number}", day=day_of)
        for number, day_of in ((21, gone), (22, there))
    )
    listed = tuple(
        Listed(f"{number:06x}", Both("甲", "A"), Both(URL.format(number), None), "Blog",
               datetime(2025, 4, 16, tzinfo=UTC), "same", f"{number:06x}", named)
        for number, named in ((31, gone), (32, there))
    )  # fmt: skip
    site = Site(out, settings())
    site.write_day(replace(day(3, replace(post(3, on), also=listed)), newly=newly, rest=listed))
    for _ in range(2):
        assert dead_links(out) == set()
        html = (out / "2025-04-17.html").read_text("utf-8")
        assert 'href="2025-04-15.html#p-000016"' in html
        assert 'href="2025-04-15.html#p-000020"' in html
        site.update()
    found = digest_of((out / "2025-04-17.json").read_text("utf-8"), "x")
    assert found.newly[0].day == gone, "the JSON says it all the same"


def test_a_day_that_comes_later_is_led_to_from_then_on(out: Path, rendered: list[str]) -> None:
    on, later = FIRST + timedelta(3), FIRST - timedelta(9)
    site = Site(out, settings())
    site.write_day(replace(day(3), newly=(replace(post(21, on), day=later),)))
    site.update()
    assert f'href="{later}.html#' not in (out / "2025-04-17.html").read_text("utf-8")
    rendered.clear()
    site.write_day(day(-9))
    site.update()
    assert sorted(rendered) == ["2025-04-05", "2025-04-14", "2025-04-17"]
    assert f'href="{later}.html#' in (out / "2025-04-17.html").read_text("utf-8")


# ---- files of others ------------------------------------------------------------------------------------------------


STRANGE_TEXTS = {
    "": "this is not JSON",
    "{": "this is not JSON",
    "[" * 99_999: "this is not JSON",
    "[]": "the file must be an object",
    '{"date": "x"}': "schema_version is missing",
    '{"schema_version": 2, "date": "2025-04-15"}': "schema_version must be 1 for this version of the program",
}


@pytest.mark.parametrize("text", STRANGE_TEXTS, ids=range(len(STRANGE_TEXTS)))
def test_a_json_named_by_a_day_that_is_none_is_told_and_left_alone(out: Path, text: str) -> None:
    (out / "2025-04-20.json").write_text(text, "utf-8")
    updated = Site(out, settings()).update()
    (fault,) = updated.faults
    assert updated.written == ()
    assert fault.startswith(f"2025-04-20.json: {STRANGE_TEXTS[text]}; ")
    assert "\n" not in fault
    assert not (out / "2025-04-20.html").exists()
    assert (out / "2025-04-20.json").read_text("utf-8") == text


@pytest.mark.parametrize("text", STRANGE_TEXTS, ids=range(len(STRANGE_TEXTS)))
def test_a_day_whose_json_is_spoilt_is_told_and_its_page_stays_in_its_place(out: Path, text: str) -> None:
    """Of its page nothing can be known, so the index counts no posts of it; it is there all the same."""
    page = (out / "2025-04-15.html").read_bytes()
    (out / "2025-04-15.json").write_text(text, "utf-8")
    for _ in range(2):
        (fault,) = Site(out, settings()).update().faults
        assert fault.startswith(f"2025-04-15.json: {STRANGE_TEXTS[text]}; ")
    assert (out / "2025-04-15.html").read_bytes() == page
    index = (out / "index.html").read_text("utf-8")
    row = index[index.index('<div id="d-2025-04-15">') :].partition("</li>")[0]
    assert 'href="2025-04-15.html"' in row
    assert not re.search("posts?|篇", row)
    for name in ("2025-04-14.html", "2025-04-16.html"):
        assert 'href="2025-04-15.html"' in (out / name).read_text("utf-8")


def test_a_json_that_cannot_be_opened_and_one_under_another_days_name_are_told(out: Path) -> None:
    (out / "2025-04-15.json").unlink()
    (out / "2025-04-15.json").mkdir()
    shutil.copy(out / "2025-04-16.json", out / "2025-04-20.json")
    opened, copied = Site(out, settings()).update().faults
    assert opened == "2025-04-15.json: cannot be read: Is a directory"
    assert copied.startswith("2025-04-20.json: is a copy of 2025-04-16.json; remove it, or ")


@pytest.mark.parametrize("name", ["notes.json", "2025-04-20.txt", "2025-4-20.json", "x2025-04-20.json"])
def test_files_of_other_names_are_not_told(out: Path, name: str) -> None:
    (out / name).write_text("{", "utf-8")
    updated = Site(out, settings()).update()
    assert (updated.written, updated.faults) == ((), ())


def test_a_page_whose_json_is_gone_is_told_and_kept(out: Path) -> None:
    (out / "2025-04-15.json").unlink()
    (out / "2025-04-20.html").write_text("<title>mine</title>", "utf-8")
    for _ in range(2):
        (fault,) = Site(out, settings()).update().faults
        assert fault.startswith("2025-04-15.html: its 2025-04-15.json is gone, ")
        assert "remove 2025-04-15.html and .md" in fault
    assert (out / "2025-04-15.html").exists()


def test_neighbours_are_the_same_when_a_day_is_built_and_later(out: Path, rendered: list[str]) -> None:
    """What has no page leads nowhere: neither a stray file nor a day that cannot be read."""
    (out / "2025-04-20.json").write_text("{}", "utf-8")
    told = json.loads(json_text(day(7)))
    told["posts"][0]["pairs"][0]["score"] = "high"
    (out / "2025-04-21.json").write_text(json.dumps(told), "utf-8")
    site = Site(out, settings())
    site.write_day(day(4))
    assert 'rel="next"' not in (out / "2025-04-18.html").read_text("utf-8")
    before = (out / "2025-04-18.html").read_bytes()
    rendered.clear()
    assert len(site.update().faults) == 2
    assert "2025-04-18" not in rendered
    assert (out / "2025-04-18.html").read_bytes() == before


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("posts", 0, "source"), "lone \ud800"),
        (("posts", 0, "terms"), [{"zh": "队列\ud800", "en": "queue\udfff"}]),
        (("posts", 0, "pairs", 0, "id"), ["no", "text"]),
        (("posts", 0, "pairs", 0, "id"), 5),
        (("posts", 0, "id"), {}),
        (("posts", 0, "id"), "lone \ud800"),
        (("posts", 0, "published"), "0001-01-01T00:00:00+14:00"),
        (("posts", 0, "day"), 5),
        (("posts",), None),
        (("rest",), {"a": 1}),
        (("timezone",), "../../etc/passwd"),
    ],
    ids=str,
)
@pytest.mark.parametrize("has_page", [True, False])
def test_a_strange_day_stops_no_other(out: Path, where: tuple[Any, ...], value: Any, *, has_page: bool) -> None:
    told = at = json.loads((out / "2025-04-15.json").read_text("utf-8"))
    for key in where[:-1]:
        at = at[key]
    at[where[-1]] = value
    (out / "2025-04-15.json").write_text(json.dumps(told), "utf-8")
    if not has_page:
        (out / "2025-04-15.html").unlink()
    (out / "2025-04-18.json").write_text(json_text(day(4)), "utf-8")
    updated = Site(out, settings(), overrides=(override(4),), judge=agreed).update()
    assert [fault.partition(":")[0] for fault in updated.faults] == ["2025-04-15.json"]
    assert "2025-04-18.html" in updated.written
    assert ('href="2025-04-15.html"' in (out / "index.html").read_text("utf-8")) == has_page


def test_a_day_that_cannot_be_read_is_told_and_the_others_are_made(out: Path, rendered: list[str]) -> None:
    told = json.loads((out / "2025-04-15.json").read_text("utf-8"))
    told["posts"][0]["pairs"][0]["score"] = "high"
    (out / "2025-04-15.json").write_text(json.dumps(told), "utf-8")
    (out / "2025-04-18.json").write_text(json_text(day(4)), "utf-8")
    updated = Site(out, settings()).update()
    assert Site(out, settings()).update().faults == updated.faults
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
    for _ in range(2):  # the second time no day is read
        assert Site(out, settings(), overrides=(unknown, known), judge=agreed).update().unused == (unknown,)


def test_where_an_override_stands_makes_no_page_again(out: Path, rendered: list[str]) -> None:
    Site(out, settings(), overrides=(override(1),), judge=agreed).update()
    rendered.clear()
    moved = replace(override(1), place="overrides.yaml:40")
    Site(out, settings(), overrides=(moved,), judge=agreed).update()
    assert rendered == []


def test_in_what_order_overrides_stand_makes_no_page_again(out: Path, rendered: list[str]) -> None:
    on = FIRST + timedelta(1)
    both = override(1), override(9)
    Site(out, settings()).write_day(day(1, post(1, on), post(9, on)))
    Site(out, settings(), overrides=both, judge=agreed).update()
    rendered.clear()
    updated = Site(out, settings(), overrides=both[::-1], judge=agreed).update()
    assert (rendered, updated.written) == ([], ())


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
    assert "or the pair reads otherwise than its `was`" in ended.err
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


@pytest.mark.parametrize("exists", [True, False])
def test_render_of_a_folder_without_days_writes_nothing(out: Path, digest: Run, *, exists: bool) -> None:
    if exists:
        (out.parent / "typo").mkdir()
        (out.parent / "typo" / "notes.json").write_text("{}", "utf-8")
    before = contents(out.parent)
    ended = digest("build", "--render", "--out", "typo")
    assert ended.code == 3
    assert ended.err == "digest: typo: no day to write again; name the folder of pages with --out\n"
    assert contents(out.parent) == before
    assert (out.parent / "typo").exists() == exists


def test_render_goes_with_no_date(digest: Run) -> None:
    ended = digest("build", "2025-04-16", "--render")
    assert ended.code == 2
    assert "--render" in ended.err


def test_render_tells_of_a_day_that_cannot_be_read(out: Path, digest: Run) -> None:
    (out / "2025-04-15.json").write_text('{"schema_version": 1, "date": "2025-04-15"}', "utf-8")
    ended = digest("build", "--render", "--out", "out")
    assert ended.code == 1
    assert ended.err.startswith("2025-04-15.json: ")


def test_feeds_of_the_order_of_before_go_and_files_of_others_stay(out: Path) -> None:
    other = settings().model_copy(update={"digest": settings().digest.model_copy(update={"order": ("en", "zh")})})
    before, after = (
        {f"{kind}.{choice}.{end}" for kind in ("feed", "days") for end in ("xml", "json")}
        for choice in ("en-zh", "zh-en")
    )
    assert before <= {path.name for path in out.iterdir()}
    (out / "feed.de.xml").write_text("<feed/>", "utf-8")
    Site(out, other).update()
    names = {path.name for path in out.iterdir()}
    assert after <= names
    assert not before & names
    (out / "feed.en-zh.xml").write_text("<feed><title>mine</title></feed>", "utf-8")
    Site(out, other).update()
    assert (out / "feed.en-zh.xml").exists()
    assert (out / "feed.de.xml").exists()


def test_the_head_of_every_page_names_the_main_feeds(out: Path) -> None:
    for path in out.rglob("*.html"):
        up = "../" * (len(path.relative_to(out).parts) - 1)
        named = re.findall('<link rel="alternate" type="([^"]+)" href="([^"]+)"', path.read_text("utf-8"))
        feeds = [f"{up}{name}.xml" for name in ("feed", "days", "new-in-chinese")]
        assert named == [("application/atom+xml", feed) for feed in feeds], path
        assert all((path.parent / feed).is_file() for feed in feeds)

"""The store does not grow without end, and a day whose pages lost their bytes is built to the same bytes."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from daily_blog import Blog
from small_blog import BASE, EN_FEED, TrueEmbedder, calendar

from digest import cli, pruning
from digest.build import Builder
from digest.cli.upkeep import keep_up
from digest.errors import SourceError, StoreError
from digest.job import PARTLY, WELL, Job, set_up_log
from digest.linking import documents as room
from digest.linking.documents import MOST_TRIES
from digest.model import Document, Page, Post
from digest.pruning import KEPT_RUNS, Dropped, first_kept, prune
from digest.sandbox.readers import DIRECT, Direct, Reader
from digest.store import Store

DAY = date(2025, 4, 1)
LATER = DAY + timedelta(days=200)
DOWN = "http://127.0.0.1:9/feed.xml"  # the guard refuses it


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Blog]:
    made = Blog(tmp_path)
    yield made
    made.store.close()


def builder_on(blog: Blog, day: date, out: Path | None = None, *, reader: Reader = DIRECT) -> Builder:
    times = calendar(f"{day}T08:00:00+08:00")
    return Builder(blog.store, blog.settings, times, out or blog.out, embedder=TrueEmbedder(), reader=reader)


def lived(blog: Blog) -> dict[str, bytes]:
    """Live a week with posts of every kind; give the pages of their days, all settled.

    One is there in both languages at once, one has no translation, of one it comes later without a feed, of one with
    one, and one has a page that cannot be read.
    """
    for number in (1, 2, 3, 4):
        blog.publish(number, "en", DAY)
    blog.publish(1, "zh", DAY, listed=False)
    blog.publish(5, "en", DAY)
    blog.web.pages[f"{BASE}/post-5"] = "<html><body><p></p></body></html>"
    blog.month(DAY, DAY + timedelta(days=2))
    blog.publish(3, "zh", DAY + timedelta(days=3), listed=False)
    blog.publish(4, "zh", DAY + timedelta(days=3))
    blog.month(DAY + timedelta(days=3), DAY + timedelta(days=7))
    return blog.bytes()


def sizes(store: Store) -> dict[str, int]:
    """Give how many bytes of each address are kept."""
    pages = {url: store.page(url) for url in store.old_pages(calendar("2100-01-01T00:00:00Z").now)}
    return {url: len(page.body) for url, page in pages.items() if page}


def rebuilt(blog: Blog, folder: Path, names: Iterator[str] | list[str], *, reader: Reader = DIRECT) -> dict[str, bytes]:
    builder = builder_on(blog, LATER, folder, reader=reader)
    for day in sorted({name.partition(".")[0] for name in names}):
        builder.build(date.fromisoformat(day))
    return {path.name: path.read_bytes() for path in folder.glob("20*") if path.suffix in (".json", ".md")}


class Unasked(Direct):
    """Must not be asked to read anything from a page."""

    def post(self, post: Post, page: Page | None, *, lang: str = "", selector: str = "") -> Document | None:
        raise AssertionError(f"{post.url} is read again")

    def page(self, page: Page) -> Document:
        raise AssertionError(f"{page.url} is read again")


def test_a_day_whose_pages_were_dropped_is_built_to_the_same_bytes_whatever_reads_pages_now(
    blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lived(blog)
    page = json.loads(before[f"{DAY}.json"])
    assert len(page["posts"]) == 5
    assert page["failures"], "a page that cannot be read is told, before and after"
    inputs = {day: blog.store.inputs_of(date.fromisoformat(day)) for day in {n.partition(".")[0] for n in before}}
    assert len(sizes(blog.store)) == 8
    dropped = prune(builder_on(blog, LATER))
    assert (dropped.pages, dropped.strays) == (8, 0)
    assert sizes(blog.store) == {}
    assert rebuilt(blog, tmp_path / "again", list(before), reader=Unasked()) == before
    assert {day: blog.store.inputs_of(date.fromisoformat(day)) for day in inputs} == inputs
    monkeypatch.setattr(room, "METHOD", "another")  # what a later version reads differently
    monkeypatch.setattr(room, "KEPT", timedelta(0))
    assert rebuilt(blog, tmp_path / "later", list(before), reader=Unasked()) == before


def test_nothing_is_asked_for_or_found_anew_where_the_bytes_are_gone(blog: Blog) -> None:
    before = lived(blog)
    prune(builder_on(blog, LATER))
    asked = len(blog.web.asked)
    blog.run(LATER)
    assert {url for url in blog.web.asked[asked:] if "post" in url} == set()
    builder = builder_on(blog, LATER)
    assert builder.link([DAY]) == 0
    assert blog.bytes().items() >= before.items()


def test_pages_of_days_that_a_run_may_look_at_keep_their_bytes(blog: Blog) -> None:
    lived(blog)
    kept = sizes(blog.store)
    digest = blog.settings.digest
    assert prune(builder_on(blog, DAY + timedelta(days=180))).pages == 0
    assert sizes(blog.store) == kept
    for days, least in ((0, None), (1, digest.watch_days + digest.rebuild_days), (300, 300)):
        state = blog.settings.state.model_copy(update={"keep_pages_days": days})
        first = first_kept(blog.settings.model_copy(update={"state": state}), calendar(f"{LATER}T08:00:00+08:00"))
        assert (first is None) == (least is None)
        assert first is None or LATER - first >= timedelta(days=least or 0)


def test_a_day_that_is_not_settled_or_shows_a_later_translation_keeps_its_pages(blog: Blog) -> None:
    lived(blog)
    blog.store._db.execute("UPDATE days SET settled = NULL WHERE date = ?", (str(DAY),))
    assert prune(builder_on(blog, LATER)).pages == 0
    blog.store._db.execute("UPDATE days SET settled = built")
    blog.store._db.execute("UPDATE editions SET news_on = ? WHERE url LIKE '%post-3'", (str(LATER),))
    prune(builder_on(blog, LATER))
    assert set(sizes(blog.store)) == {f"{BASE}/post-3", f"{BASE}/zh/post-3"}


def test_pages_of_no_post_go_and_listings_stay(blog: Blog) -> None:
    blog.list_translation()
    blog.name_listing()
    lived(blog)
    assert f"{BASE}/zh/" in sizes(blog.store)
    stray = Page(f"{BASE}/zh/post-9", b"<html>Not this one</html>", ())
    blog.store.save_page(stray.url, stray, calendar(f"{DAY}T08:00:00+08:00").now)
    assert prune(builder_on(blog, LATER)).strays == 1
    assert blog.store.page_state(stray.url) is None
    assert set(sizes(blog.store)) == {f"{BASE}/zh/"}


def test_a_run_drops_so_many_pages_and_no_more(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    lived(blog)
    monkeypatch.setattr(pruning, "MOST_PAGES", 3)
    assert [prune(builder_on(blog, LATER)).pages for _ in range(4)] == [3, 3, 2, 0]


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("at", ["pin_readings", "drop_page"])
def test_a_run_that_is_killed_while_it_prunes_loses_nothing(
    blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    before = lived(blog)
    calls = 0
    done = getattr(Store, at)

    def killing(store: Store, *words: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Killed
        done(store, *words)

    with monkeypatch.context() as patch:
        patch.setattr(Store, at, killing)
        with pytest.raises(Killed):
            prune(builder_on(blog, LATER))
    left = len(sizes(blog.store))
    assert 0 < left < 8
    assert rebuilt(blog, tmp_path / "between", list(before)) == before
    assert prune(builder_on(blog, LATER)).pages == left
    assert rebuilt(blog, tmp_path / "after", list(before)) == before


class Slow(Direct):
    """Reads nothing in time; remembers of which pages it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def post(self, post: Post, page: Page | None, *, lang: str = "", selector: str = "") -> Document | None:
        if page:
            self.asked.append(post.url)
        raise SourceError(post.url, "sandbox", "took longer than 10 s", kind="limits")


def test_a_page_that_took_too_long_is_tried_on_other_days_and_then_pinned_as_that(
    blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog.publish(1, "en", DAY)
    blog.run(DAY)
    monkeypatch.setattr(room, "METHOD", "another")  # so that what was read is read again
    days = [LATER + timedelta(days=day) for day in range(MOST_TRIES + 1)]
    assert [prune(builder_on(blog, day, reader=Slow())).pages for day in days] == [*[0] * (MOST_TRIES - 1), 1, 0]
    builder = builder_on(blog, days[-1], tmp_path / "again")
    builder.build(DAY)
    assert [failure.reason for failure in builder.failures(DAY)] == ["took longer than 10 s"]


def test_what_serves_past_days_only_goes(blog: Blog) -> None:
    lived(blog)
    store, now = blog.store, calendar(f"{LATER}T08:00:00+08:00").now
    for number in range(KEPT_RUNS + 5):
        store.run_ended(store.run_started("restore" if number == 1 else "run", now), now, 0, {})
    store.page_failed(f"{BASE}/zh/post-2", now - timedelta(days=400), "fetch", "HTTP 404", "status", 404)
    store.page_failed(f"{BASE}/zh/post-8", now, "fetch", "HTTP 404", "status", 404)
    assert prune(builder_on(blog, LATER)) == Dropped(pages=8, tries=1, runs=4)
    assert prune(builder_on(blog, LATER)) == Dropped()
    assert store.page_state(f"{BASE}/zh/post-8")
    assert len(store.signatures()) > 5
    later = builder_on(blog, DAY + timedelta(days=400))
    assert prune(later).signatures > 5
    assert store.signatures() == {}


def test_room_within_the_file_is_given_back(blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = Page(f"{BASE}/big", bytes(2_000_000), ())
    blog.store.save_page(big.url, big, calendar(f"{DAY}T08:00:00+08:00").now)
    assert prune(builder_on(blog, LATER)).bytes == 0  # not worth it
    monkeypatch.setattr("digest.store.pruned.LEAST_FREE", 1_000_000)
    with monkeypatch.context() as patch:  # temporary files lie elsewhere, where there is no room
        patch.setenv("SQLITE_TMPDIR", str(tmp_path))
        real = shutil.disk_usage
        patch.setattr(
            "digest.store.pruned.disk_usage",
            lambda path: real(path)._replace(free=1000 if path == tmp_path else 10**9),
        )
        assert prune(builder_on(blog, LATER)).bytes == 0
    assert prune(builder_on(blog, LATER)).bytes > 1_900_000
    assert blog.store.path.stat().st_size < 1_000_000
    assert prune(builder_on(blog, LATER)).bytes == 0


def settled_day(store: Store, number: int) -> None:
    """Keep a post with a page of a hundred bytes, on a day of its own that is over."""
    day, url = DAY + timedelta(days=number), f"{BASE}/n-{number}"
    now = calendar(f"{day}T08:00:00+08:00").now
    store.save_posts([(Post(f"n{number}", EN_FEED, url, url, f"Number {number}", now, True, now, "en", "", ""), url)])
    body = f"<html><body><article><p>The cache of day {number} is quick.</p></article></body></html>"
    store.save_page(url, Page(url, body.encode(), (("content-type", "text/html"),)), now)
    store.save_day(day, "", "", now, settled=True)


def test_four_hundred_days_leave_no_more_bytes_of_pages_than_are_kept(blog: Blog) -> None:
    kept = []
    for start in range(0, 400, 20):
        with blog.store.transaction():
            for number in range(start, start + 20):
                settled_day(blog.store, number)
        prune(builder_on(blog, DAY + timedelta(days=start + 19)))
        kept.append(len(sizes(blog.store)))
    assert max(kept) == kept[-1] == blog.settings.state.keep_pages_days + 1
    document = builder_on(blog, DAY + timedelta(days=400)).documents.of_post(blog.store.posts_of_source(EN_FEED)[0])
    assert document is not None
    assert "day 0" in document.paragraphs[0].text


def test_a_store_that_cannot_be_pruned_is_told_and_the_days_stand(
    blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lived(blog)
    job = Job("run", blog.settings, tmp_path / "state", blog.out, builder_on(blog, LATER).calendar.now)

    def full(*_: object) -> None:
        raise StoreError("the store cannot be used: database or disk is full; make room and run again")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "drop_page", full)
        keep_up(job, blog.store)
    assert "not all that is old was dropped from the store: the store cannot be used" in capsys.readouterr().err
    assert len(sizes(blog.store)) == 8
    assert job.code == WELL
    keep_up(job, blog.store)
    assert sizes(blog.store) == {}
    assert "dropped" not in capsys.readouterr().err


def test_slow_pages_do_not_hold_up_a_run(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    lived(blog)
    monkeypatch.setattr(room, "METHOD", "another")
    monkeypatch.setattr(pruning, "MOST_SLOW", 2)
    reader = Slow()
    assert prune(builder_on(blog, LATER, reader=reader)).pages == 0
    assert 2 <= len(reader.asked) <= 4  # a page and that of its edition are read together


def test_a_page_of_an_older_store_has_the_same_fingerprint(blog: Blog) -> None:
    store, now = blog.store, calendar(f"{DAY}T08:00:00+08:00").now
    page = Page(f"{BASE}/x", b"<html></html>", (("content-type", "text/html"),))
    store.save_page(page.url, page, now)
    before = store.fingerprint(page.url)
    store._db.execute("UPDATE pages SET sum = ''")  # as it was before the column
    assert store.fingerprint(page.url) == before
    store.drop_page(page.url, now)
    gone = store.fingerprint(page.url)
    assert before
    assert gone
    assert (gone.sum, gone.url, gone.headers, gone.is_here) == (before.sum, before.url, before.headers, False)
    store.drop_page(page.url, now)
    store.forget_tries(page.url)
    state = store.page_state(page.url)
    assert state
    assert state.has_body
    store.save_page(page.url, page, now)
    assert store.fingerprint(page.url) == before
    store.forget_page(page.url)
    assert store.fingerprint(page.url) is None
    store.drop_page(page.url, now)
    assert store.page_state(page.url) is None


def test_a_run_ends_with_pruning_and_says_so_in_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("feeds.yaml").write_text(f"sources:\n  - name: Down\n    url: {DOWN}\n    pause: 0\n", "utf-8")
    with Store(Path("state")) as store:
        then = calendar(f"{DAY}T08:00:00+08:00").now
        store.save_page(f"{BASE}/stray", Page(f"{BASE}/stray", b"<html>", ()), then)
        now = calendar(f"{LATER}T12:00:00+08:00").now
        store.save_posts([(Post("x", DOWN, "x", "", "A post", now, True, now, "en", "", ""), "")])
    words = [
        "run",
        str(LATER),
        "--now",
        f"{LATER + timedelta(days=1)}T08:00:00+08:00",
        "--engine",
        "none",
        "--log-json",
    ]
    monkeypatch.setattr(sys, "argv", ["digest", *words, "--config", "feeds.yaml", "--state", "state", "--out", "out"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == PARTLY
    set_up_log(as_json=False)  # its handler holds this test's standard error
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    (pruned,) = (row for row in told if row["message"] == "store pruned")
    assert "strays 1" in pruned["reason"]
    with Store(Path("state")) as store:
        assert sizes(store) == {}

"""A state that was lost while its pages are there: the pages stay, nobody gets them twice, and the digest goes on."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from digest_cli import command_line, serve
from fault_smtp import PostOffice
from noon_blog import FIRST, World, morning_after, noon
from small_blog import EN_FEED, feed

from digest import publish
from digest.store import Store

TOLD = "the store in state is new, and out has "


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> World:
    """Four days with a page each, of a feed that lists no more than its newest post."""
    made = World(tmp_path, command_line(tmp_path, monkeypatch, capsys))
    serve(made.web, monkeypatch)
    for number in range(4):
        next_day(made, number)
        assert made.run(morning_after(number)) == 0
    return made


def next_day(world: World, number: int) -> None:
    world.web.pages[EN_FEED] = feed()
    world.publish(number, noon(number))


def lose(world: World) -> None:
    shutil.rmtree(world.folder / "state")


@pytest.mark.fault("state", "state lost, pages there")
def test_pages_of_a_lost_state_stay_as_they_are_and_the_digest_goes_on(world: World) -> None:
    """The state is lost without a copy, while the pages are there; feeds list the newest posts only.

    No page is replaced by a poorer one: they stay, which is said once, and the days since are made as ever.
    """
    before = world.files()
    lose(world)
    done = world.digest("run", "--now", morning_after(3).isoformat())
    assert done.code == 0
    assert TOLD + f"pages of 4 days ({FIRST} to {FIRST + timedelta(days=3)}), which stay as before" in done.err
    assert "was the state lost? digest restore FILE" in done.err
    assert world.files() == before
    next_day(world, 4)
    done = world.digest("run", "--now", morning_after(4).isoformat())
    assert (done.code, done.err) == (0, "")
    next_day(world, 5)
    assert world.run(morning_after(5)) == 0
    after = world.files()
    assert {name: after[name] for name in before} == before
    assert world.once(*range(6))


def test_days_that_nobody_built_since_the_last_page_are_caught_up(world: World) -> None:
    before = world.files()
    lose(world)
    for number in range(4, 9):
        world.publish(number, noon(number))
    assert world.run(morning_after(8)) == 0
    assert world.once(*range(9))
    assert {name: data for name, data in world.files().items() if name in before} == before


@pytest.mark.parametrize("words", [("build",), ("run",)])
def test_a_page_that_is_asked_for_is_made_anew_and_ours_again(world: World, words: tuple[str, ...]) -> None:
    day = str(FIRST + timedelta(days=3))
    page = world.folder / "out" / f"{day}.json"
    lose(world)
    assert world.run(morning_after(3)) == 0
    theirs = page.read_text("utf-8").replace("Cache series", "Somebody's series")
    page.write_text(theirs, "utf-8")
    assert world.run(morning_after(3)) == 0
    assert page.read_text("utf-8") == theirs
    assert world.digest(*words, day, "--now", morning_after(3).isoformat()).code == 0
    assert "Somebody's" not in page.read_text("utf-8")
    page.unlink()
    assert world.run(morning_after(4)) == 0  # as any day of ours
    assert page.exists()


@pytest.mark.parametrize("verb", ["collect", "build", "run"])
def test_whatever_builds_or_collects_first_leaves_them_alone(world: World, verb: str) -> None:
    before = world.files()
    lose(world)
    assert TOLD in world.digest(verb, "--now", morning_after(4).isoformat()).err
    assert world.run(morning_after(4)) == 0
    after = world.files()
    assert {name: after[name] for name in before} == before


def test_a_page_that_is_torn_or_was_made_too_early_is_made_again(world: World) -> None:
    torn, early = (world.folder / "out" / f"{FIRST + timedelta(days=number)}.json" for number in (2, 3))
    torn.write_text(torn.read_text("utf-8")[:100], "utf-8")
    os.utime(early, (noon(3).timestamp(), noon(3).timestamp()))
    lose(world)
    for number in range(3):
        world.publish(number, noon(number))
    world.publish(9, noon(3) + timedelta(hours=3))
    done = world.digest("run", "--now", morning_after(3).isoformat())
    assert done.code == 0
    assert TOLD + f"pages of 2 days ({FIRST} to {FIRST + timedelta(days=1)})" in done.err
    assert world.once(0, 1, 2, 3, 9)


def test_a_first_run_that_is_killed_is_completed_though_its_pages_are_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it wrote itself is no page of a lost state."""
    lose(world)
    shutil.rmtree(world.folder / "out")
    world.web.pages[EN_FEED] = feed()
    for number in range(4):
        world.publish(number, noon(number))

    real = publish.write_file

    def dies(path: Path, content: str | bytes) -> bool:
        real(path, "{}" if path.suffix == ".json" else content)
        if path.suffix == ".json":
            raise KeyboardInterrupt
        return True

    with monkeypatch.context() as patch:
        patch.setattr(publish, "write_file", dies)
        world.digest("run", "--now", morning_after(3).isoformat())
    assert len(list((world.folder / "out").glob("20*.json"))) == 1
    assert world.digest("run", "--now", morning_after(3).isoformat()).code == 0
    assert world.once(1, 2, 3)


def test_found_pages_are_not_sent_by_themselves(world: World) -> None:
    """Nobody knows whether they were: the newest one too waits until it is asked for."""
    lose(world)
    with PostOffice() as office:
        world.settle(send=mailed(office.port))
        now = ("--now", morning_after(3).isoformat())
        done = world.digest("run", "--send", *now)
        assert done.code == 0
        assert "perhaps sent before the store was made anew; if not: digest send DATE" in done.out
        assert office.stored == []
        shown = world.digest("check", "--offline", *now).out
        assert f"{FIRST + timedelta(days=3)}: its page was there before the store, 1 post\n" in shown
        assert "sent to nobody" not in shown
        assert world.digest("send", str(FIRST + timedelta(days=3)), *now).code == 0
        assert [each.recipient for each in office.stored] == ["ann@example.org"]
        next_day(world, 4)
        assert world.digest("run", "--send", "--now", morning_after(4).isoformat()).code == 0
        assert len(office.stored) == 2
    with Store(world.folder / "state") as store:
        assert [row.state for row in store.deliveries_of(FIRST + timedelta(days=4))] == ["sent"]


# ---- mail after a restore -------------------------------------------------------------------------------------------


def mailed(port: int) -> dict[str, object]:
    server = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": 2}
    return {"mail": {"sender": "d@example.org", "server": server, "recipients": ["ann@example.org"]}}


def test_what_was_sent_after_the_copy_is_not_sent_again_by_itself(world: World) -> None:
    """The copy knows the mail of day 4; those of days 5 and 6 went out after it was made."""
    with PostOffice() as office:
        world.settle(send=mailed(office.port))
        for number in (4, 5, 6):
            next_day(world, number)
            now = ("--now", morning_after(number).isoformat())
            assert world.digest("run", "--send", *now).code == 0
            if number == 4:
                assert world.digest("backup", "copy", *now).code == 0
        assert len(office.stored) == 3
        now = ("--now", (morning_after(6) + timedelta(hours=1)).isoformat())
        assert world.digest("restore", "copy", *now).code == 0
        done = world.digest("run", "--send", *now)
        assert done.code == 0
        assert "perhaps sent before the store was restored; if not: digest send DATE" in done.out
        assert world.digest("send", *now).code == 0
        assert len(office.stored) == 3  # nobody knows whether days 5 and 6 were sent
        next_day(world, 7)
        assert world.digest("run", "--send", "--now", morning_after(7).isoformat()).code == 0
        assert len(office.stored) == 4  # what comes after the restore is sent as ever
        assert world.digest("send", str(FIRST + timedelta(days=5)), *now).code == 0
        assert len(office.stored) == 5


def test_pages_with_posts_that_a_restored_store_never_saw_stay(world: World) -> None:
    """Feeds have dropped some of them since: made again, these pages would be without them."""
    assert world.digest("backup", "copy", "--now", morning_after(3).isoformat()).code == 0
    for number in (4, 5, 6):
        next_day(world, number)
        world.publish(100 + number, noon(number) + timedelta(hours=1))
        assert world.run(morning_after(number)) == 0
    before = world.files()
    world.web.pages[EN_FEED] = feed()
    for number in (4, 5, 6):
        world.publish(100 + number, noon(number) + timedelta(hours=1))
    now = ("--now", (morning_after(6) + timedelta(hours=1)).isoformat())
    assert world.digest("restore", "copy", *now).code == 0
    done = world.digest("run", *now)
    assert done.code == 0
    last = FIRST + timedelta(days=6)
    assert f"left as before: pages of {last - timedelta(days=2)} to {last}, with posts that the store" in done.err
    world.publish(7, noon(7))
    done = world.digest("run", "--now", morning_after(7).isoformat())
    assert (done.code, done.err) == (0, "")
    after = world.files()
    assert {name: after[name] for name in before} == before
    assert world.once(*range(8), 104, 105, 106)

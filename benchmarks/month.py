"""Live through a month of a real bilingual blog, as cron does, and check that no story is told twice and none is lost.

    python benchmarks/month.py ../shared/site [--keep DIR] [--profile DAY]

Serves SITE's posts over 30 days from this machine (month_posts.py: translations 1 to 25 days later, mirrors, re-posts,
edits in place and at new addresses); runs the job on the morning after each day; says what holds and what does not, and
what day 5 and day 30 cost, on each of which one post comes. `--profile` prints where the time of a day goes. Exits 1 if
something does not hold.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

import argparse
import contextlib
import cProfile
import json
import pstats
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from claims import Claims
from month_posts import CALM, DAYS, FEEDS, FIRST, QUIET, Event, Month, Site, month_of, served

from digest.config import Settings
from digest.job import Job
from digest.model import Post

REBUILD = 3
STEPS = ("collect", "link", "look", "build", "index")
Pages = Mapping[str, dict[str, Any]]


def settings(site: Site) -> Settings:
    twin = {"en": "/blog/{slug}", "zh": "/blog/zh/{slug}"}
    names = {
        "en": ("Blog", "en", twin),
        "zh": ("博客", "zh", twin),
        "cn": ("只有中文", "zh", {}),
        "mirror": ("Mirror", "en", {}),
    }
    sources = []
    for key, (name, lang, rule) in names.items():
        host = site.hosts["mirror" if key == "mirror" else "blog"]
        allowed = [urlsplit(each).netloc for each in site.hosts.values()]
        sources.append({"name": name, "url": host + FEEDS[key], "language": lang, "twin": rule, "pause": 0,
                        "allow_private": allowed})  # fmt: skip
    return Settings.model_validate({"digest": {"rebuild_days": REBUILD}, "sources": sources})


class Clock:
    """Counts the seconds of computing of each step of a day: other processes' do not count."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = dict.fromkeys(STEPS, 0.0)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self.seconds[name] += time.process_time() - began


def live(number: int, chosen: Settings, folder: Path) -> tuple[dict[str, float], list[str]]:
    """Do what `digest run` does on the morning after a day; give what each step cost, and the days built again."""
    day, clock = FIRST + timedelta(days=number), Clock()
    now = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=number + 1)
    job = Job("run", chosen, folder / "state", folder / "out", now)
    with job.store() as store:
        days = job.calendar.days_until(day, REBUILD)
        with clock.step("collect"):
            got = job.collect(store, days)
        store.save_failures(day, got.failures)
        builder = job.builder(store)
        with clock.step("link"):
            builder.link(days)
        with clock.step("look"):
            again = builder.days_to_rebuild(day)
        with clock.step("build"):
            for each in (*again, day):
                builder.build(each)
        with clock.step("index"):
            builder.write_index()
    return clock.seconds, [f"{each:%m-%d}" for each in again]


def check(claim: Claims, month: Month, site: Site, pages: Pages, posts: list[Post], stories: int) -> None:
    story = {site.hosts["mirror" if e.feed == "mirror" else "blog"] + e.path: e for e in month.events}
    by_id = {post.id: story[post.url] for post in posts}
    entries = [(day, post) for day, page in pages.items() for post in page["posts"]]
    twice = {name: n for name, n in Counter(post["id"] for _, post in entries).items() if n > 1}
    claim("no post has two entries", not twice, twice)
    told = Counter(slug_of(story, post) for _, post in entries)
    twice = {slug: n for slug, n in told.items() if n > 1}
    claim("no story has two entries", not twice, twice)
    missing = {event.slug for event in month.events} - set(told)
    claim("every story has one", not missing, missing)
    shown = {url for _, post in entries for url in post["url"].values()}
    named = {
        row["id"] for page in pages.values() for part in ("posts", "newly_translated", "rest") for row in page[part]
    }
    lost = [post.url for post in posts if post.id not in named and post.url not in shown]
    claim(f"each of {len(posts)} posts is an entry, newly translated, or in the list of the rest", not lost, lost)
    entry = {slug_of(story, post): (day, post) for day, post in entries}
    news = Counter(slug_of(story, post) for page in pages.values() for post in page["newly_translated"])
    late = {e.slug for e in month.of_kind("translation") if dated(e) > entry[e.slug][0]}
    claim(
        f"each of {len(late)} later translations is news, once",
        news == Counter(late),
        news - Counter(late) or late - set(news),
    )
    wrong = [(slug, entry[slug][1]["updated"]) for slug in late
             if not all(entry[slug][1]["title"].values()) or entry[slug][1]["status"] != "updated"]  # fmt: skip
    claim("… and makes the entry on its own day bilingual, marked as updated", not wrong, wrong)
    rest = {(day, by_id[row["id"]].path): row for day, page in pages.items() for row in page["rest"]}
    check_copies(claim, month, entry, rest, by_id)
    check_edits(claim, month, entry, rest)
    stray = [row["id"] for row in rest.values() if by_id[row["id"]].slug != slug_of(story, entry_of(entries, row))]
    claim("what stands for a copy tells the same story", not stray, stray)
    print(f"        {len(entries)} entries, {news.total()} newly translated, {len(rest)} in the rest, {stories} copies")


def check_copies(
    claim: Claims, month: Month, entry: Mapping[str, Any], rest: Mapping[Any, Any], by_id: Mapping[str, Event]
) -> None:
    copies = month.of_kind("mirror", "again", "edited")
    paths = {path for _, path in rest}
    lost = [e.path for e in copies if e.path not in paths and by_id[entry[e.slug][1]["id"]].path != e.path]
    claim(f"each of {len(copies)} mirrors, re-posts and edits at new addresses is in the rest", not lost, lost)
    told = {path: row["why"] for (_, path), row in rest.items()}
    first = {e.slug: e.page for e in month.of_kind("new")}
    changed = {(e.slug, e.page): e for e in reversed(copies) if e.page != first[e.slug] and e.path in told}.values()
    silent = [e.path for e in changed if told[e.path] != "edited"]
    claim(f"… the first of each changed text ({len(changed)}) as edited", not silent, silent)


def check_edits(claim: Claims, month: Month, entry: Mapping[str, Any], rest: Mapping[Any, Any]) -> None:
    in_place = {kind: month.of_kind(kind) for kind in ("worth", "typo")}
    silent = [(dated(e), e.path) for e in in_place["worth"] if rest.get((dated(e), e.path), {}).get("why") != "edited"]
    claim(f"each of {len(in_place['worth'])} edits in place is told on its day", not silent, silent)
    old = [e.path for e in in_place["worth"] if (entry[e.slug][1]["updated"] or "") < dated(e)]
    claim("… and marks the entry as updated", not old, old)
    loud = [e.path for e in in_place["typo"] if (dated(e), e.path) in rest]
    claim(f"none of {len(in_place['typo'])} mended typos is", not loud, loud)


def slug_of(story: Mapping[str, Event], post: Mapping[str, Any]) -> str:
    return story[post["url"]["en"] or post["url"]["zh"]].slug


def entry_of(entries: list[tuple[str, dict[str, Any]]], row: Mapping[str, Any]) -> dict[str, Any]:
    return next(post for _, post in entries if post["id"] == row["entry"])


def dated(event: Event) -> str:
    return str(FIRST + timedelta(days=event.day))


def built_again(claim: Claims, chosen: Settings, folder: Path) -> None:
    """Build the calm days and the day before the last again, when the server is gone."""
    now = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=DAYS + QUIET)
    job = Job("build", chosen, folder / "state", folder / "again", now)
    with job.store() as store:
        for number in (*CALM, DAYS - 2):
            job.builder(store).build(FIRST + timedelta(days=number))
    other = [
        path.name
        for path in (folder / "again").glob("*.*")
        # a day's HTML names the days beside it, which differ here
        if path.suffix != ".html" and path.read_bytes() != (folder / "out" / path.name).read_bytes()
    ]
    claim("built again without a server, the same bytes", not other, other)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--keep", type=Path, help="keep the store and the pages here")
    parser.add_argument("--profile", type=int, metavar="DAY", help="print where the time of this day (1 to 30) goes")
    arguments = parser.parse_args()
    month, claim = month_of(arguments.site), Claims()
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cost: dict[int, dict[str, float]] = {}
        with served(month) as site:
            chosen = settings(site)
            for number in range(-1, DAYS + QUIET):
                site.turn_to(number)
                profile = cProfile.Profile() if number + 1 == arguments.profile else contextlib.nullcontext()
                with profile:
                    cost[number], again = live(number, chosen, folder)
                seconds = "  ".join(f"{name} {cost[number][name]:5.2f}" for name in STEPS)
                print(f"day {number + 1:2}  {seconds}  {'built again: ' if again else ''}{' '.join(again)}", flush=True)
                if isinstance(profile, cProfile.Profile):
                    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
        pages = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((folder / "out").glob("20*.json"))}
        with Job("check", chosen, folder / "state", folder / "out", datetime.now(UTC)).store() as store:
            posts = [post for source in chosen.sources for post in store.posts_of_source(source.url)]
            stories = len(store.stories())
        check(claim, month, site, pages, posts, stories)
        built_again(claim, chosen, folder)
    early, late = (cost[day] for day in CALM)
    parts = ", ".join(f"{name} {early[name]:.2f} → {late[name]:.2f} s" for name in STEPS)
    print(f"        day 30 costs {sum(late.values()) / sum(early.values()):.1f} times what day 5 does: {parts}")
    print(f"        {site.asked} requests\n\n{claim.failed} claims fail")
    return 1 if claim.failed else 0


if __name__ == "__main__":
    sys.exit(main())

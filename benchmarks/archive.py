"""What the archive costs every run: `python benchmarks/archive.py [DAYS]`.

Makes DAYS days (default 365) of 12 posts, each of six pairs whose words are drawn anew, and measures `Site.update`,
each time in a process of its own: all anew, nothing changed, the newest day changed, the oldest day changed. Beside it
stands what an update that reads all days cannot do without: `json.loads` of each day's file. Then the index of the
search page, where the extra `site` is installed, and what lies in the folder.

Exits 1 where a process takes more than the goal of a run, or an update that changes nothing more than its goal.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from claims import Claims

from digest.config import Settings
from digest.foot import quality_of
from digest.model import Abstract, Both, Digest, Line, LinePair, Place, Verdict
from digest.output import day_paths
from digest.publish import Site
from digest.render.site import json_text
from digest.static_search import FOLDER, search_at_hand

GOAL = 400  # MiB a process
STILL = 1.5  # seconds of the processor where nothing changed
POSTS, PAIRS, WORDS = 12, 6, 18
FIRST = date(2024, 1, 1)
HAN = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成"
    "会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
)
TERMS = tuple((f"术语{n}", f"term number {n}") for n in range(300))
SETTINGS = Settings.model_validate(
    {"digest": {"link": "https://e.example/"}, "sources": [{"name": "A", "url": "https://e.example/feed.xml"}],
     "site": {"report": "digest@e.example"}}
)  # fmt: skip


# ---- the days -------------------------------------------------------------------------------------------------------


def day_of(number: int, chance: random.Random, words: list[str]) -> Digest:
    on = FIRST + timedelta(number)
    posts = tuple(post_of(number * POSTS + each, on, chance, words) for each in range(POSTS))
    return Digest(day=on, title="日报", link="https://e.example/", timezone="Asia/Shanghai", order=("zh", "en"),
                  abstracts=posts, failures=(), signature="made", quality=quality_of(posts, (), (), ()))  # fmt: skip


def post_of(number: int, on: date, chance: random.Random, words: list[str]) -> Abstract:
    url = f"https://blog.example/{number}"
    pairs = tuple(pair_of(number * PAIRS + each, url, chance, words) for each in range(PAIRS))
    return Abstract(
        f"{number:08x}", Both(han(chance, 12), " ".join(chance.choices(words, k=6)).capitalize()), Both(url, url),
        f"Blog {number % 8}", datetime(on.year, on.month, on.day, 4, tzinfo=UTC), "en", "highlights", pairs, day=on,
        terms=tuple(Both(*term) for term in chance.sample(TERMS, 2)),
    )  # fmt: skip


def pair_of(number: int, url: str, chance: random.Random, words: list[str]) -> LinePair:
    zh, en = f"{han(chance, 30)}{chance.choice(TERMS)[0]}。", f"The {' '.join(chance.choices(words, k=WORDS))}."
    left, right = (
        Line(lang, text, (Place(lang, f"{url}/{lang}", number % 9, 0, len(text)),))
        for lang, text in (("zh-Hans", zh), ("en", en))
    )
    return LinePair(f"{number:08x}", left, right, "human", Verdict(0.9, True, "exact", (), 0.9))


def han(chance: random.Random, length: int) -> str:
    return "".join(chance.choices(HAN, k=length))


def make(out: Path, days: int) -> None:
    chance = random.Random(5)
    words = ["".join(chance.choices("abcdefghilmnoprstu", k=chance.randrange(2, 10))) for _ in range(8_000)]
    for number in range(days):
        digest = day_of(number, chance, words)
        (out / f"{digest.day}.json").write_text(json_text(digest), "utf-8")


def changed(out: Path, at: int) -> None:
    """Change a word of one day."""
    path = day_paths(out)[at]
    path.write_text(path.read_text("utf-8").replace('"en": "The ', f'"en": "A {time.monotonic_ns()} ', 1), "utf-8")


# ---- measuring ------------------------------------------------------------------------------------------------------


def update(out: Path, search: bool, anew: bool) -> None:
    Site(out, SETTINGS, search=search).update(anew=anew)


def read_all(out: Path) -> None:
    for path in day_paths(out):
        json.loads(path.read_text("utf-8"))


def measured(work: Callable[..., None], *values: object) -> tuple[float, float, int, int]:
    """Do work in a new process: seconds, seconds of its processor, MiB at its most, those of its largest child."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe(duplex=False)
    process = context.Process(target=_told, args=(its, work, values))
    process.start()
    its.close()
    found: tuple[float, float, int, int] = mine.recv()
    process.join()
    return found


def _told(pipe: object, work: Callable[..., None], values: tuple[object, ...]) -> None:
    began, busy = time.perf_counter(), time.process_time()
    work(*values)
    of = (resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    pipe.send((time.perf_counter() - began, time.process_time() - busy, *of))  # type: ignore[attr-defined]


def sizes(out: Path) -> Iterator[tuple[str, list[Path]]]:
    for name, pattern in (("pages of days", "2*.html"), ("JSON of days", "2*.json"), ("Markdown of days", "2*.md"),
                          ("pages of sources", "sources/*"), ("pages of terms", "terms/*"), ("feeds", "*.xml"),
                          ("index of the search page", f"{FOLDER}/**/*")):  # fmt: skip
        yield name, [path for path in out.glob(pattern) if path.is_file()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("days", type=int, nargs="?", default=365)
    days = parser.parse_args().days
    claim = Claims()
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary)
        make(out, days)
        floor = measured(read_all, out)
        print(f"{days} days of {POSTS} posts, {PAIRS} pairs each\n{'':26} {'s':>6} {'cpu s':>6} {'MiB':>5}   x reading")
        tell("json.loads of all days", floor, floor)
        tell("all anew", most := measured(update, out, False, True), floor)
        tell("nothing changed", still := measured(update, out, False, False), floor)
        for name, at in (("newest day changed", -1), ("oldest day changed", 0)):
            changed(out, at)
            tell(name, measured(update, out, False, False), floor)
        claim(f"an update takes no more than {GOAL} MiB", most[2] <= GOAL, most[2])
        claim(f"an update that changes nothing takes no more than {STILL} s", still[1] <= STILL, still[1])
        if search_at_hand():
            measured(update, out, True, False)
            changed(out, -1)
            tell("… with the search page", found := measured(update, out, True, False), floor)
            tell("… nothing changed", measured(update, out, True, False), floor)
            print(f"{'':26} Pagefind itself: {found[3]} MiB")
            claim(f"Pagefind takes no more than {GOAL} MiB", found[3] <= GOAL, found[3])
        for name, paths in sizes(out):
            size = sum(path.stat().st_size for path in paths)
            print(f"{name:26} {len(paths):6} files {size / 1e6:8.1f} MB, {size / 1e3 / max(len(paths), 1):.1f} kB each")
    return 1 if claim.failed else 0


def tell(name: str, found: tuple[float, float, int, int], floor: tuple[float, float, int, int]) -> None:
    print(f"{name:26} {found[0]:6.2f} {found[1]:6.2f} {found[2]:5} {found[1] / floor[1]:10.1f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

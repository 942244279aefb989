"""The whole job with a chat engine: `python benchmarks/engines.py CORPORA SITE`.

SITE/serve.py is served on 127.0.0.1 and read without twin rules and without its Chinese feeds, so that no post has a
translation; a fake chat endpoint (tests/fake_chat.py) answers from the human translation wherever hfgold has the
sentence. Measured:

- of the lines that the fake could answer, the share that is printed as verified: of whole days, and of every gold
  sentence asked by itself (a bead of one English sentence, or two, masks and all);
- the plan beside what was then spent, in calls and in the fake's count of tokens; calls of a second build;
- the fake at its worst, mode by mode: lines printed that are not the human translation (there may be none), whether
  the pages are whole, the seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fake_chat import MODES, FakeChat
from scores import share
from serving import DAYS, NOW, serving
from tasks import blocks
from vectors import kept_embedder

from digest.align.embed import Embedder
from digest.align.lexicon import load_lexicon
from digest.build import Builder
from digest.config import Settings
from digest.engines.roster import Roster, Surroundings
from digest.fetch.calendar import Calendar
from digest.fetch.collect import collect
from digest.fetch.web import Web
from digest.filling import judge_of
from digest.model import Line
from digest.store import Store
from digest.translate.loop import Wanted, fill
from digest.translate.masks import FIXED_KINDS, masked

KEY = "BENCH_KEY"


def bare(text: str) -> str:
    """Give a line as lines are compared here: letters and digits alone."""
    return "".join(c for c in text.lower() if c.isalnum())


class Human:
    """Answers a masked English line by its human translation, with masks where that has what they hide."""

    def __init__(self, corpora: Path) -> None:
        self.known: dict[str, str] = {}
        self.lines: list[str] = []
        for task in blocks(corpora):
            for zh, en in task.beads:
                if zh and 0 < len(en) <= 2:
                    text = " ".join(task.en[i].text for i in en)
                    self.known[bare(text)] = "".join(task.zh[i].text for i in zh)
                    self.lines.append(text)
        self._found: dict[str, str | None] = {}

    def knows(self, line: str) -> bool:
        return bare(line) in self.known

    def or_nonsense(self, line: str) -> str:
        return self(line) or f"（{line}）"

    def __call__(self, line: str) -> str | None:
        if line not in self._found:
            self._found[line] = self._answer(line)
        return self._found[line]

    def _answer(self, line: str) -> str | None:
        """Find the sentence of which `line` is the masked form, and put its masks into the human translation."""
        for text in self.lines:
            found = masked(Line("en", text), kinds=FIXED_KINDS)
            if bare(found.text) == bare(line):
                answer = self.known[bare(text)]
                for fill in found.fills:
                    answer = answer.replace(fill.text, f" X{fill.number} ", 1)
                return answer
        return None


class Job:
    """One state folder over the site, with a chat engine at `base_url`."""

    def __init__(self, folder: Path, site: str, base_url: str, embedder: Embedder, **chat: Any) -> None:
        port = site.rsplit(":", 1)[1]
        self.settings = Settings.model_validate(
            {
                "digest": {"timezone": "Asia/Shanghai"},
                "sources": [
                    {"name": "HF Blog", "url": f"{site}/blog/feed.xml", "language": "en", "pause": 0,
                     "allow_private": [f"127.0.0.1:{port}"]}
                ],
                "engines": {
                    "use": ["chat"],
                    "chat": {"base_url": base_url, "model": "fake", "key_env": KEY, "timeout": 2,
                             "price": {"input": 1, "output": 2}, **chat},
                },
            }
        )  # fmt: skip
        self.zone, self.now = ZoneInfo("Asia/Shanghai"), datetime.fromisoformat(NOW)
        self.calendar = Calendar(self.zone, self.now)
        self.store, self.out, self.embedder = Store(folder / "state"), folder / "out", embedder
        self.days = [date.fromisoformat(day) for day in DAYS]
        web = Web(allow_private=frozenset({f"127.0.0.1:{port}"}))
        collect(self.store, self.settings, lambda _: web, self.calendar, days=self.days, run_all=map)

    def roster(self, *, plan: bool = False) -> Roster:
        around = Surroundings({KEY: "sk-none"}, Path("/nonexistent"), Path(), self.now, self.zone)
        return Roster.of(self.settings, self.store, around, plan=plan)

    def build(self, roster: Roster, *, plan: bool = False) -> list[dict[str, Any]]:
        builder = Builder(
            self.store, self.settings, self.calendar, self.out, embedder=self.embedder, translators=roster.translators
        )
        if plan:
            for day in self.days:
                builder.digest(day)
            return []
        for day in self.days:
            builder.build(day)
        return [json.loads((self.out / f"{day}.json").read_text("utf-8")) for day in self.days]


def pairs(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [pair for page in pages for post in page["posts"] for pair in post["pairs"]]


def each_line(human: Human, fake: FakeChat, embedder: Embedder, job: Job) -> None:
    """Ask every gold sentence by itself through the loop, and print what the judge takes."""
    judge = judge_of(embedder, load_lexicon())
    engines = job.roster().translators(0, 0).engines
    taken = asked = 0
    refused: Counter[str] = Counter()
    for start in range(0, len(human.lines), 16):
        lines = human.lines[start : start + 16]
        got = fill([Wanted(Line("en", text)) for text in lines], engines, judge, source="en", target="zh")
        asked += len(lines)
        taken += sum(made is not None for made in got.lines)
        refused.update(got.refused)
    print(f"every gold sentence asked by itself: verified {share(taken, asked)}; refused as {dict(refused)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("site", type=Path)
    parser.add_argument("--mode", action="append", help="these modes of the fake only")
    chosen = parser.parse_args()
    human, embedder = Human(chosen.corpora), kept_embedder()
    with serving(chosen.site) as site, tempfile.TemporaryDirectory() as folder:
        with FakeChat(human.or_nonsense) as fake:
            job = Job(Path(folder) / "good", site, fake.base_url, embedder)
            planned = job.roster(plan=True)
            job.build(planned, plan=True)
            spending = job.roster()
            pages = job.build(spending)
            could = [pair for pair in pairs(pages) if pair["en"] and human.knows(pair["en"])]
            taken = sum(pair["verified"] and pair["made_by"] == "machine" for pair in could)
            print(f"lines of {len(DAYS)} days: {len(pairs(pages))}, of which the fake knows {len(could)}")
            print(f"of these printed as verified: {share(taken, len(could))}")
            for pair in could:
                if not pair["verified"]:
                    print(f"  not printed: {pair['en'][:90]}")
            print("refused:", dict(sum((Counter(page["refused"]) for page in pages), Counter())))
            print(f"plan:  {planned.plan_words()}")
            print(f"spent: {spending.spent()}; the fake counted {fake.prompt_tokens} and {fake.completion_tokens}")
            calls = fake.calls
            again = job.build(job.roster())
            print(f"calls of a second build: {fake.calls - calls}; the same pages: {again == pages}")
            each_line(human, fake, embedder, job)
        for mode in chosen.mode or MODES:
            with FakeChat(human.or_nonsense, mode) as fake:
                job = Job(Path(folder) / f"mode-{mode}", site, fake.base_url, embedder)
                began = time.perf_counter()
                pages = job.build(job.roster())
                seconds = time.perf_counter() - began
            posts = sum(len(page["posts"]) for page in pages)
            printed = [pair for pair in pairs(pages) if pair["made_by"] != "none"]
            wrong = [pair for pair in printed if bare(human.known.get(bare(pair["en"]), "")) != bare(pair["zh"])]
            untold = [pair for pair in pairs(pages) if pair["verified"] and not (pair["zh"] and pair["en"])]
            refused = dict(sum((Counter(page["refused"]) for page in pages), Counter()))
            print(
                f"{mode:16} posts {posts}, right lines {len(printed) - len(wrong)}, wrong lines {len(wrong)}, "
                f"untold {len(untold)}, {seconds:5.1f} s, {refused}"
            )


if __name__ == "__main__":
    main()

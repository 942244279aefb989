"""Sends that are killed: `python benchmarks/mail_kills.py PAGES [--runs 3] [--random 20] [--seed 1]`.

PAGES is a folder of pages, as `digest run` or `digest demo` writes it; its newest day is sent to 12 recipients, by the
command `digest send` and a real mail server on this machine that writes down what it stores. SIGKILL ends the sender
before and after each commit of its store, at each step of the conversation for three of the recipients, and at random
moments, several to a send; after that it is run in peace. Printed for each: kills, doubles (messages that came twice),
lost (recipients who neither got it nor are told as uncertain or pending), uncertain, how many of these were named on
standard error and how many had arrived, how many more there are than kills, and who is pending after the run in peace.
First it is shown that a send has as many commits as are gone through: a kill after one more kills nobody. The control
marks all recipients done at the end of the run; it must show doubles, or the benchmark proves nothing. Exit code 1
where a claim does not hold.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from killed_sends import COMMITS, Tally, campaigns, each_commit, each_step, right
from mail_ledger import Kill

OF_THE_VERB = 2  # commits: the run began, the run ended


def at_random(sends: int, chance: random.Random) -> list[list[Kill]]:
    """Give sends that are killed three times each, 20 ms to 1.5 s after their start."""
    return [[Kill("time", chance.randrange(20, 1500)) for _ in range(3)] for _ in range(sends)]


def told(name: str, tally: Tally, sends: int, seconds: float) -> None:
    print(
        f"{name:34} sends {sends:4}  kills {tally.kills:4}  doubles {tally.doubles:4}  lost {tally.lost}  "
        f"uncertain {tally.uncertain:3} (named {tally.told}, had arrived {tally.arrived}, beyond one a kill "
        f"{tally.beyond})  still pending {tally.waiting}  {seconds:.0f} s",
        flush=True,
    )


def measured(policy: str, name: str, kills: Sequence[Sequence[Kill]], pages: Path) -> tuple[Tally, list[int]]:
    start = perf_counter()
    tally, done = campaigns(policy, kills, pages)
    told(f"{policy}: {name}", tally, len(done), perf_counter() - start)
    return tally, done


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--random", type=int, default=20, help="sends that are killed at random moments, each run")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    last = COMMITS + OF_THE_VERB
    _, bounds = campaigns("digest", [[Kill("after", last)], [Kill("after", last + 1)]], asked.pages)
    print(f"a send has {last} commits: a kill after that many came about {bounds[0]} times, after one more {bounds[1]}")
    well = bounds == [1, 0]
    for _ in range(asked.runs):
        commits, done = measured("digest", "each commit", each_commit(last), asked.pages)
        conversation, _ = measured("digest", "steps of the conversation", each_step(), asked.pages)
        moments, _ = measured("digest", "random moments", at_random(asked.random, chance), asked.pages)
        control, _ = measured("naive", "its commit, and steps", [[Kill("before", 1)], *each_step()], asked.pages)
        well &= all(done) and all(map(right, (commits, conversation, moments))) and control.doubles > 0
    print("as claimed" if well else "NOT as claimed")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())

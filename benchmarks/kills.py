"""Runs that are killed: `python benchmarks/kills.py [--kills 200] [--seed 1] [--sandboxed]`.

`digest run` over the embedded sample blog is killed (SIGKILL, with its children) at random moments, half of them chosen
by steps (statements of SQL, files opened, renamed, removed, connections, children), half by time, over the whole of the
run, until so many were killed; half are the first runs of a new digest, half run over the pages and the store of an
earlier one; one is killed on each core at a time. Each is then run again in peace. Printed: kills, those that came too
late and do not count (`escaped`), entries lost, files torn right after the kill,
stores corrupt, reruns whose bytes are not those of an unbroken run, temporary files left. `--sandboxed` reads what
strangers wrote in children, as in earnest; without it a run is faster and its own moments are hit more often. The
controls write pages in place, and commit validators before entries; the first must show torn files and the second lost
entries, or the benchmark proves nothing. Sends that are killed: benchmarks/mail_kills.py. Exit code 1 where a claim
does not hold.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from killed_runs import Ground, Kill, Tally, Warm

from digest.demo import DemoServer


def measured(name: str, kill: Callable[[], Tally]) -> Tally:
    start, tally = perf_counter(), kill()
    told = "  ".join(f"{key} {value}" for key, value in vars(tally).items())
    print(f"{name:28} {told}  {perf_counter() - start:.0f} s", flush=True)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sandboxed", action="store_true")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder, DemoServer() as server:
        warms = [Warm(sandboxed=asked.sandboxed) for _ in range(len(os.sched_getaffinity(0)))]
        try:
            ground = Ground(Path(folder), server.base, warms[0])
            print("steps of a run: " + ", ".join(f"{kind} {steps}" for kind, steps in ground.steps.items()))
            tally = measured("digest run", lambda: ground.killed_often(asked.kills, asked.seed, warms))
            in_place = [("over", Kill("naive", number)) for number in range(2, 22, 4)]
            feeds = [("first", Kill("naive", number)) for number in (1, 2, 3, 4)]
            writer = measured("control: writes in place", lambda: ground.killed_side_by_side(in_place, warms, "writer"))
            store = measured("control: validators first", lambda: ground.killed_side_by_side(feeds, warms, "store"))
        finally:
            for warm in warms:
                warm.__exit__()
    well = tally.right and tally.kills >= asked.kills and writer.torn > 0 and store.lost > 0
    print("as claimed" if well else "NOT as claimed")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())

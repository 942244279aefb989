"""Clean text, which must not change, and what the repair costs in time and memory, beside ftfy."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable

import repair_texts as texts
from damage import PROFILES
from ftfy import fix_text
from repair_parts import Row, Run, Tables, tuned
from repair_scores import changed

from digest.normalise.repair.mend import mend


def harm(run: Run) -> Tables:
    """Clean text: how many characters change."""
    rows, total = [], Counter[str]()
    for name, given in texts.clean(run.corpora):
        ways: dict[str, Callable[[str], str]] = {
            "digest": lambda text: mend(text).text, "ftfy, tuned": tuned, "ftfy, defaults": fix_text
        }  # fmt: skip
        counts = {way: sum(_changed(text, fix(text)) for text in given) for way, fix in ways.items()}
        counts["bytes"] = sum(len(text.encode()) for text in given)
        mended = [mend(text) for text in given]
        counts["false alarms"] = sum(bool(m.damage or m.refused) for m in mended)
        total.update(counts)
        lines = (zip(a.split("\n"), b.text.split("\n"), strict=True) for a, b in zip(given, mended, strict=True))
        first = next((a.strip() for pairs in lines for a, b in pairs if a != b), "")
        rows.append({"clean text": name, "texts": str(len(given)), **{k: f"{v:,}" for k, v in counts.items()},
                     "the first": first[:60].replace("|", "/")})  # fmt: skip
    rows.append({"clean text": "all", **{k: f"{v:,}" for k, v in total.items()}})
    ways_told = f"{total['ftfy, tuned']:,} tuned, {total['ftfy, defaults']:,} by its defaults"
    run.sum_up(
        f"characters of clean text changed, {total['bytes'] / 1e6:.1f} MB", f"{total['digest']:,}", ways_told, "0"
    )
    yield "characters of clean text that were changed", rows


def speed(run: Run) -> Tables:
    """Seed 003 by both in turns, the best of each, on one core; and what a first call costs, in its own process."""
    text = texts.read(next(run.seeds.glob("003_*")))
    best: dict[str, float] = {}
    mend(text)
    lines = text.split("\n")
    for turn in range(1, 8):
        given = "\n".join(lines[turn:] + lines[:turn])  # another text each time: nothing kept of the last one helps
        for name, way in (("digest", mend), ("ftfy, tuned", tuned)):
            started = time.process_time()
            way(given)
            best[name] = min(best.get(name, 9e9), time.process_time() - started)
    size = len(text.encode()) / 1e6
    rows = [{"by": n, "seconds of processor": f"{s:.3f}", "MB/s": f"{size / s:.2f}"} for n, s in best.items()]
    rows.append({"by": "ratio, digest to ftfy", "MB/s": f"{best['ftfy, tuned'] / best['digest']:.2f}"})
    run.sum_up("speed on seed 003 as a ratio to ftfy's", rows[-1]["MB/s"], "1", "≥ 1")
    yield "speed on seed 003, one core", rows
    first = _first_call()
    run.sum_up("loading the character model", first["characters"], "", "0.3 s, 60 MB")
    run.sum_up("loading the rescorer", first["rescorer"])
    yield "the first call", [first]


def _changed(before: str, after: str) -> int:
    lines = before.split("\n"), after.split("\n")
    return sum(map(changed, *lines)) if len(lines[0]) == len(lines[1]) else changed(before, after)


_PROBE = """
import json, resource, sys, time
def rss():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
import numpy
from digest.normalise.repair.mend import mend
mend("plain")
from digest.normalise.repair.models.characters import characters
from digest.normalise.repair.models.rescore import rescorer
found = []
for load in (characters, rescorer, lambda: mend(sys.stdin.buffer.read().decode())):
    before, started = rss(), time.process_time()
    load()
    found += [time.process_time() - started, rss() - before]
print(json.dumps([*found, rss()]))
"""


def _first_call() -> Row:
    """Give seconds of processor time and megabytes, the best of three processes."""
    text = PROFILES["cp1254"](texts.read(texts.ROOT / "README.zh.md")).encode()
    call = [sys.executable, "-c", _PROBE]
    runs = [json.loads(subprocess.run(call, input=text, capture_output=True, check=True).stdout) for _ in range(3)]
    *best, whole = (min(figures) for figures in zip(*runs, strict=True))
    names = "characters", "rescorer", f"a first damaged text, {len(text) / 1e3:.0f} kB"
    named = zip(names, best[::2], best[1::2], strict=True)
    return {name: f"{seconds:.2f} s, {more:.0f} MB" for name, seconds, more in named} | {"in all": f"{whole:.0f} MB"}

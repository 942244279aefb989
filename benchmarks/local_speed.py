"""How fast local translation is: `python benchmarks/local_speed.py MODELS CORPORA [--lines 60] [--threads 2]`.

MODELS is a folder with one zh→en `.argosmodel`; CORPORA/hfblog gives Chinese sentences of technical posts, chosen
without looking: every sentence of the prose that has 8 or more Han characters, in the order of its hash. Printed: time
to install and load, time for the lines (the second and third run, with a warm processor), peak memory, faults, and how
busy the machine was: on a busy machine the figure says little.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import ctranslate2

from digest.engines.local import LocalEngine, pull
from digest.fetch.web import Web
from digest.normalise.markdown import read_markdown
from digest.normalise.split import sentences
from digest.translate.engine import Asked, Task

GOAL = 8.0  # seconds for 60 lines on 2 cores


def lines_of(folder: Path, many: int) -> list[str]:
    found = set()
    for file in sorted(folder.glob("*.zh.md")):
        document = read_markdown(file.read_text("utf-8"), str(file))
        prose = tuple(each for each in document.paragraphs if each.kind in ("prose", "item"))
        found |= {each.text for each in sentences(prose) if len(re.findall("[\u4e00-\u9fff]", each.text)) >= 8}
    return sorted(found, key=lambda text: hashlib.sha256(text.encode()).digest())[:many]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--lines", type=int, default=60)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    package = next(given.models.glob("translate-zh_en-*.argosmodel"))
    lines = lines_of(given.corpora / "hfblog", given.lines)
    with tempfile.TemporaryDirectory() as room, Web() as web:
        start = time.perf_counter()
        (pulled,) = pull([], folder=Path(room), web=web, now=datetime.now(UTC), from_=str(package))
        print(f"install {time.perf_counter() - start:.1f} s, {pulled.check}, ctranslate2 {ctranslate2.__version__}")
        start = time.perf_counter()
        engine = LocalEngine(Path(room), threads=given.threads)
        print(f"{engine.signature}: signed after {time.perf_counter() - start:.2f} s")
        start = time.perf_counter()
        engine.translate(Task((Asked("好。"),), "zh", "en"))
        print(f"load and first line {time.perf_counter() - start:.2f} s")
        task = Task(tuple(Asked(line) for line in lines), "zh", "en")
        print(f"{len(lines)} lines, {sum(map(len, lines))} characters; load {os.getloadavg()[0]:.1f} before")
        for _ in range(3):
            wall, used = time.perf_counter(), time.process_time()
            answers = engine.translate(task)
            wall, used = time.perf_counter() - wall, time.process_time() - used
            verdict = "within" if wall <= GOAL else "over"
            print(f"{wall:.2f} s ({used:.2f} s of processor): {len(lines) / wall:.1f} lines/s, {verdict} {GOAL:g} s")
    faults = [fault for answer in answers.lines for fault in answer.faults]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"faults {faults or 'none'}; peak memory {peak:.0f} MiB; load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()

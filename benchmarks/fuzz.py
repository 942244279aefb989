"""Feeds and pages changed by chance, read every way: `python benchmarks/fuzz.py [FOLDER …] --minutes 10`.

Each document is one of tests/any_bytes.py or a file of the folders, with hostile fragments put in, repeated very many
times, doubled, moved or cut; it is read as a feed, a page, a listing, the page of a feed and a post. What raises
anything but SourceError, breaks a bound or takes longer than --slow seconds is a finding: it is saved with its seed.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from any_bytes import SEEDS, TYPES, URL, mutated, read_every_way

LARGEST_SEED = 60_000  # bytes of a file that is taken as it is; a larger one is cut


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--slow", type=float, default=5, help="seconds that one document may take, all ways together")
    parser.add_argument("--save", type=Path)
    args = parser.parse_args()
    logging.disable()
    warnings.simplefilter("ignore")
    seeds = list(SEEDS)
    for folder in args.folders:
        files = sorted(path for path in folder.rglob("*") if path.suffix in (".xml", ".html", ".json", ".md"))
        seeds += [path.read_bytes()[:LARGEST_SEED] for path in files]
    runs, found, longest = 0, Counter[str](), (0.0, 0)
    end = time.monotonic() + 60 * args.minutes
    while time.monotonic() < end:
        number = args.seed + runs
        random = Random(number)
        data = mutated(random.choice(seeds), random)
        content_type, url = random.choice(TYPES), random.choice((URL, f"{URL}.md"))
        start, name = time.monotonic(), ""
        try:
            read_every_way(data, content_type, url)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            name = f"{type(error).__name__} {Path(frame.filename).name}:{frame.lineno} {str(error)[:80]}"
        took = time.monotonic() - start
        longest = max(longest, (took, number))
        if not name and took > args.slow:
            name = f"slow {took:.1f} s"
        if name:
            found[name] += 1
            print(json.dumps({"seed": number, "type": content_type, "url": url, "found": name}), flush=True)
            if args.save:
                args.save.mkdir(parents=True, exist_ok=True)
                (args.save / f"{number}.bin").write_bytes(data)
        runs += 1
    print(f"{len(seeds)} seeds, {runs} documents, {sum(found.values())} findings of {len(found)} kinds")
    print(f"longest: {longest[0]:.1f} s (seed {longest[1]})")


if __name__ == "__main__":
    main()

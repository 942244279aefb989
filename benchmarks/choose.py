"""What is chosen from real posts: how many lines, what the filters take out, and the lines themselves to read by eye.

    python benchmarks/choose.py CORPORA [--show N] [--half first|second|all] [--side en|zh]

There is no truth to score against: a person reads the lines (`--show`). The posts of hfblog and the first half (by
name) of hfblog-more were read while the filters were made; the second half was not.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from digest.abstract.choose import weigh
from digest.abstract.compress import compressed
from digest.abstract.filters import faults
from digest.abstract.headers import with_headers
from digest.abstract.unit import Unit
from digest.align.embed import Embedder, load_embedder
from digest.model import Document
from digest.normalise.markdown import read_markdown
from digest.normalise.split import sentences


def posts(corpora: Path, half: str, side: str) -> Iterator[tuple[str, Document]]:
    more = sorted((corpora / "hfblog-more").glob(f"*.{side}.md"))
    chosen = {
        "first": [*sorted((corpora / "hfblog").glob(f"*.{side}.md")), *more[: len(more) // 2]],
        "second": more[len(more) // 2 :],
    }
    for path in chosen["first"] + chosen["second"] if half == "all" else chosen[half]:
        yield path.name, read_markdown(path.read_text("utf-8"), f"https://example.org/{path.stem}")


def units_of(document: Document, embedder: Embedder) -> list[Unit]:
    """Give the sentences as the job chooses among them where there is no edition."""
    found = sentences(document.paragraphs)
    vectors = embedder.encode([s.text for s in found])
    units = [Unit(i, (s,), (), False, vectors[i]) for i, s in enumerate(found)]
    return with_headers(document, [compressed(unit) for unit in units])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the lines of the first N posts")
    parser.add_argument("--skip", type=int, default=0, metavar="N", help="leave out the first N posts")
    parser.add_argument("--half", choices=("first", "second", "all"), default="all")
    parser.add_argument("--side", choices=("en", "zh"), default="en")
    options = parser.parse_args()
    embedder = load_embedder()
    lines: Counter[int] = Counter()
    taken: Counter[str] = Counter()
    total = share_broken = 0
    for number, (name, document) in enumerate(posts(options.corpora, options.half, options.side)):
        if number < options.skip:
            continue
        units = units_of(document, embedder)
        title = embedder.encode([document.title])[0]
        weighed = weigh(document, units, title_vector=title, side=options.side, require_other=False)
        chosen = [each.index for each in weighed if each.why == "chosen"]
        lines[sum(each.why == "chosen" and not each.joins for each in weighed)] += 1
        found = faults(document, units)
        total += len(units)
        taken.update(name for unit in found for name in unit)
        taken["any"] += sum(map(bool, found))
        share_broken += len(chosen) > max(4, len(units) // 4)
        if number < options.skip + options.show:
            print(f"\n## {document.title}  ({name}, {len(units)} sentences)")
            for i in chosen:
                mark = f"  [{', '.join(sorted(found[i]))}]" if found[i] else ""
                print(f"- {units[i].text}{mark}")
    print(f"\n{total} sentences; share taken out by each filter (a sentence may fail several):")
    for name, count in taken.most_common():
        print(f"  {name:12} {count / total:6.1%}")
    print("lines a post: " + ", ".join(f"{n}: {count}" for n, count in sorted(lines.items())))
    print(f"posts whose sentences printed are more than a quarter, and than four: {share_broken}")


if __name__ == "__main__":
    main()

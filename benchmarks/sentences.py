"""Compare our sentence splits with hand-made ones: python benchmarks/sentences.py CORPORA.

Gold: hfgold/*.jsonl (spans over the blocks of hfblog, Markdown as it was written). Figures: share of blocks split
exactly alike, and precision and recall of the boundaries within blocks.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from digest.normalise.split import split


def main(corpora: Path, loud: bool) -> None:
    counts: dict[str, Counter[str]] = {"zh": Counter(), "en": Counter()}
    for name in ("gold_dev.jsonl", "gold_dev_more.jsonl"):
        for line in (corpora / "hfgold" / name).read_text("utf-8").splitlines():
            record = json.loads(line)
            blocks = json.loads((corpora / "hfblog" / f"{record['slug']}.blocks.json").read_text("utf-8"))
            for side, text in zip(("zh", "en"), blocks[record["block"]][:2], strict=True):
                gold = [tuple(span) for span in record[f"{side}_spans"]]
                mine = split(text.replace("\n", " "))  # a soft line break of Markdown, which documents do not have
                inner_gold, inner_mine = {a for a, _ in gold[1:]}, {a for a, _ in mine[1:]}
                counts[side] += Counter(
                    blocks=1,
                    alike=int(gold == mine),
                    right=len(inner_gold & inner_mine),
                    gold=len(inner_gold),
                    mine=len(inner_mine),
                )
                if loud and gold != mine:
                    for place in sorted(inner_gold ^ inner_mine):
                        kind = "missed" if place in inner_gold else "added"
                        around = f"{text[max(0, place - 40) : place]!r} | {text[place : place + 40]!r}"
                        print(f"{side} {record['slug']} {kind}: {around}")
    for side, c in counts.items():
        print(
            f"{side}: blocks alike {c['alike']} of {c['blocks']} ({c['alike'] / c['blocks']:.1%}), "
            f"boundaries: precision {c['right'] / c['mine']:.3f}, recall {c['right'] / c['gold']:.3f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), "-v" in sys.argv)

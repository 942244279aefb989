"""The pairs that the daily job would print, to be read by eye: `python benchmarks/printed.py CORPORA OUT.jsonl`.

Every post of hfblog-more as the job reads it, each with its Chinese edition; a row for each printed pair: its post,
grade, probabilities and both lines. With --labels FILE (benchmarks/gold/printed.jsonl: places with a reader's label) it
prints instead what the labels say of the pairs that are printed now.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from abstract_gold import kept_post
from scores import share
from vectors import kept_embedder

from digest.entry import Kept, abstract_of


def kept_posts(corpora: Path) -> Iterator[tuple[str, Kept]]:
    """Give each post as the store would: its page and that of its Chinese edition, both Markdown."""
    for path in sorted((corpora / "hfblog-more").glob("*.en.md")):
        slug = path.name.removesuffix(".en.md")
        yield slug, kept_post(path.parent, slug)


def printed(corpora: Path) -> Iterator[dict[str, Any]]:
    embedder = kept_embedder()
    for slug, kept in kept_posts(corpora):
        for pair in abstract_of(kept, embedder).abstract.pairs:
            if pair.zh is not None and pair.en is not None:
                key = hashlib.sha256(f"{slug}\n{pair.zh.text}\n{pair.en.text}".encode()).hexdigest()[:12]
                yield {
                    "post": slug, "key": key, "grade": pair.verdict.grade, "score": pair.verdict.score,
                    "exact": pair.verdict.exact, "reasons": pair.verdict.reasons,
                    "zh": pair.zh.text, "en": pair.en.text,
                }  # fmt: skip


def fitted_on(post: str) -> bool:
    """Tell whether a post's labels are for fitting (benchmarks/fit_human.py); the others are for reporting."""
    return hashlib.sha256(post.encode()).digest()[0] % 2 == 0


def labels_of(path: Path) -> dict[str, str]:
    _, *rows = map(json.loads, path.read_text("utf-8").splitlines())
    return {row["key"]: row["label"] for row in rows}


def judged(corpora: Path, path: Path) -> None:
    _, *rows = map(json.loads, path.read_text("utf-8").splitlines())
    known = {row["key"]: row["label"] for row in rows}
    now = list(printed(corpora))
    other = sum(row["why"] == "other" for row in rows)
    print(f"all pairs read: another sentence, or half of one, {share(other, len(rows))}")
    here = {row["key"] for row in now}
    other = sum(row["why"] == "other" and row["key"] in here for row in rows)
    print(f"{len(now)} pairs printed now, {len(here & set(known))} of them read, another sentence {other}")
    for part, mine in (("posts fitted on", True), ("the other posts", False)):
        print(part)
        report([row for row in now if row["key"] in known and fitted_on(row["post"]) == mine], known)


def report(rows: list[dict[str, Any]], known: dict[str, str]) -> None:
    """Print what readers say of each grade, and whether the probabilities are true."""
    read = [(row["grade"], known[row["key"]]) for row in rows]
    counts = Counter(read)
    wrong = sum(n for (_, label), n in counts.items() if label == "wrong")
    print(f"wrong by the guideline (the news is another): {share(wrong, len(read))}")
    for grade in ("exact", "same"):
        mine = {label: counts[grade, label] for label in ("exact", "same", "wrong")}
        total = sum(mine.values())
        print(f"graded {grade}: {total}; of them wrong {share(mine['wrong'], total)}; "
              f"something added, dropped or changed {share(mine['same'] + mine['wrong'], total)}")  # fmt: skip
    for name, good in (("score", {"exact", "same"}), ("exact", {"exact"})):
        rows = sorted(rows, key=lambda row: row[name])
        for k in range(5):
            fifth = rows[k * len(rows) // 5 : (k + 1) * len(rows) // 5]
            said = sum(row[name] for row in fifth) / len(fifth)
            true = sum(known[row["key"]] in good for row in fifth)
            print(f"  P({'same' if name == 'score' else name}) {said:.2f}: {share(true, len(fifth))}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--labels", type=Path)
    given = parser.parse_args()
    if given.labels:
        judged(given.corpora, given.labels)
    elif given.out:
        rows = list(printed(given.corpora))
        given.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        print(
            f"{len(rows)} pairs of {len({row['post'] for row in rows})} posts",
            dict(Counter(row["grade"] for row in rows)),
        )
    else:
        parser.error("name a file to write, or --labels")


if __name__ == "__main__":
    main()

"""The pairs that the daily job would print, to be read by eye: `python benchmarks/printed.py CORPORA OUT.jsonl`.

Every post of hfblog-more as the job reads it, each with its Chinese edition; a row for each printed pair: its post,
grade, probabilities and both lines. With --labels FILE (benchmarks/gold/printed.jsonl: places with a reader's label) it
prints instead what the labels say of the pairs that are printed now.

`python benchmarks/printed.py OUT --corrections FILE` reads what people corrected in an archive of your own (`digest
corrections --gold FILE`) and asks the judge of now: of the pairs that were wrong, how many does it verify still, and of
those that are right, how many. OUT is the archive's folder, for the lines where the file has places only.
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
from digest.pairs import if_likely, judged_texts
from digest.render.gold import gold_rows, key_of


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
                key = key_of(slug, pair.zh.text, pair.en.text)
                yield {
                    "post": slug, "key": key, "grade": pair.verdict.grade, "score": pair.verdict.score,
                    "exact": pair.verdict.exact, "reasons": pair.verdict.reasons,
                    "zh": pair.zh.text, "en": pair.en.text,
                }  # fmt: skip


def fitted_on(post: str) -> bool:
    """Tell whether a post's labels are for fitting (benchmarks/fit_human.py); the others are for reporting."""
    return hashlib.sha256(post.encode()).digest()[0] % 2 == 0


def corrected(out: Path, path: Path) -> None:
    """Print what the judge of now says of the pairs of an archive that people corrected."""
    _, *rows = map(json.loads, path.read_text("utf-8").splitlines())
    texts = printed_texts(out) if any("zh" not in row for row in rows) else {}
    known = [(row, (row["zh"], row["en"]) if "zh" in row else texts.get(row["key"])) for row in rows]
    known = [(row, text) for row, text in known if text]
    print(f"{len(rows)} pairs that people corrected, {len(known)} of them found with their lines")
    said = [if_likely(verdict) for verdict in judged_texts([text for _, text in known], kept_embedder())]
    for label in ("wrong", "right", "claimed"):
        mine = [(row["verified"], verdict.verified) for (row, _), verdict in zip(known, said, strict=True)
                if row["label"] == label]  # fmt: skip
        then, now = (sum(pair[k] for pair in mine) for k in (0, 1))
        print(f"{label}: verified when it was printed {share(then, len(mine))}; verified now {share(now, len(mine))}")


def printed_texts(out: Path) -> dict[str, tuple[str, str]]:
    """Give the lines of an archive's corrected pairs, before and after, by the key of their labels."""
    days = (json.loads(path.read_text("utf-8")) for path in sorted(out.glob("????-??-??.json")))
    return {row["key"]: (row["zh"], row["en"]) for day in days for row in gold_rows(day, texts=True)}


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
    parser.add_argument("corpora", type=Path, help="the corpora, or with --corrections an archive's folder")
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--corrections", type=Path, metavar="FILE")
    given = parser.parse_args()
    if given.corrections:
        corrected(given.corpora, given.corrections)
    elif given.labels:
        judged(given.corpora, given.labels)
    elif given.out:
        rows = list(printed(given.corpora))
        given.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        print(
            f"{len(rows)} pairs of {len({row['post'] for row in rows})} posts",
            dict(Counter(row["grade"] for row in rows)),
        )
    else:
        parser.error("name a file to write, --labels or --corrections")


if __name__ == "__main__":
    main()

"""Glosses on lines without a translation: `python benchmarks/glosses.py CORPORA [--folder NAME] [--read OUT.jsonl]`.

Takes the English line of each verified pair as if nobody had translated it, six lines a post as a page has them (the
verified pairs of a post are dealt out in groups of six, each glossed like a post), and looks whether the Chinese of a
gloss, in any of its forms, stands in the human translation of that very line: a lower bound of being right, as
translators also say it otherwise, or leave a term in English. The others are right or wrong by the labels in
gold/glosses.jsonl, which were given by reading; what nobody has read is counted. --side zh does the same with Chinese
lines.

The posts of hfblog are not among those that the seed glossary was counted from (tools/count_terms.py), nor were their
lines read while it was made.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scores import share
from terms import Pair, verified_pairs
from vectors import kept_embedder

from digest.align.terms.cut import zh_key
from digest.align.terms.ledger import Ledger
from digest.engines.terms import ledger_for
from digest.glossing import glossed
from digest.model import Abstract, Both, LinePair, Verdict

GOLD = Path(__file__).parent / "gold" / "glosses.jsonl"
LINES = 6


def page(slug: str, some: Sequence[Pair], side: str) -> Abstract:
    """Make the entry of a post whose lines nobody translated."""
    pairs = tuple(
        LinePair(str(k), zh if side == "zh" else None, en if side == "en" else None, "none", Verdict(0.0, False))
        for k, (zh, en) in enumerate(some)
    )
    lang = "zh-Hans" if side == "zh" else "en"
    when = datetime(2025, 1, 1, tzinfo=UTC)
    return Abstract(slug, Both(slug, slug), Both(None, None), "blog", when, lang, "highlights", pairs)


def rows_of(slug: str, pairs: Sequence[Pair], ledger: Ledger, side: str) -> Iterator[dict[str, Any]]:
    """Give each gloss with its place in the post, and whether the line across says it."""
    for start in range(0, len(pairs), LINES):
        some = pairs[start : start + LINES]
        abstract = glossed(page(slug, some, side), ledger)
        terms = iter(abstract.terms)
        for pair, both in zip(abstract.pairs, some, strict=True):
            own, across = (pair.zh, both[1]) if side == "zh" else (pair.en, both[0])
            for gloss in own.glosses if own else ():
                both_names = next(terms)
                term = ledger.get(both_names.en or "")
                forms = term.forms if term and side == "en" else (gloss.text,)
                where = own.places[0]
                place = [where.paragraph, where.start, gloss.at]
                key = hashlib.sha256(json.dumps([slug, side, place, gloss.text]).encode()).hexdigest()[:12]
                said = any(zh_key(form) in zh_key(across.text) for form in forms)
                yield {
                    "post": slug, "key": key, "side": side, "place": place, "zh": both_names.zh, "en": both_names.en,
                    "said": said, "lines": [own.text, across.text],
                }  # fmt: skip


def labels() -> dict[str, str]:
    _, *rows = map(json.loads, GOLD.read_text("utf-8").splitlines()) if GOLD.exists() else [None]
    return {row["key"]: row["label"] for row in rows}


def report(rows: Sequence[dict[str, Any]], groups: int) -> None:
    known = labels()
    said = sum(row["said"] for row in rows)
    print(f"{len(rows)} glosses in {groups} groups of {LINES} lines, {len(rows) / groups:.2f} a group")
    print(f"in the human translation of the line: {share(said, len(rows))}")
    others = [row for row in rows if not row["said"]]
    read = Counter(known[row["key"]] for row in others if row["key"] in known)
    of = read.total()
    if of:
        right = read["right"] / of
        print(f"of the {len(others)} others {of} were read: {share(read['right'], of)} right")
        print(f"so right, all in all: {(said + right * len(others)) / len(rows):.3f}")
    print(f"{len(others) - of} not read")
    for row in others:
        if known.get(row["key"]) == "wrong":
            print("wrong:", row["post"], row["zh"], "=", row["en"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--folder", default="hfblog")
    parser.add_argument("--side", choices=("en", "zh"), default="en", help="language of the lines that are glossed")
    parser.add_argument("--read", type=Path, help="write the glosses with their lines, to be read")
    given = parser.parse_args()
    ledger = ledger_for((), None)
    rows, groups = [], 0
    for slug, pairs in verified_pairs(given.corpora / given.folder, kept_embedder()):
        groups += -(-len(pairs) // LINES)
        rows += rows_of(slug, pairs, ledger, given.side)
    if given.read:
        given.read.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    report(rows, groups)


if __name__ == "__main__":
    main()

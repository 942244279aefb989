"""What the chosen lines are worth, beside simple ways to choose: `python benchmarks/abstracts.py CORPORA`.

    python benchmarks/abstracts.py CORPORA [--part read|more|unread|all] [--lines]

The product's own choice as the daily job makes it (`digest.entry.abstract_of`, from both Markdown editions), and of
each post lead-6, LexRank, centroid + MMR and an oracle, raw and behind the product's filters (abstract_baselines.py).
Printed are the shares of lines that are good and fit (good or acceptable) and the facts recalled, with 95 % bounds by
drawing posts again; the rules of both are in abstract_rules.py, the labels in gold/abstracts. Then pairs inside the
right block (hfblog's blocks.json), lines that are stretches of their sources (with part "all" over hfblog-more too),
with part "all" duplicates (duplicates.py), and all figures in one table beside their goals.

`--lines` prints the product's lines with their labels, of the part that may be read. Of the unread part only totals are
printed; `--unseal` lifts that, once, when the figures are final.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from abstract_baselines import baselines, oracle
from abstract_gold import PARTS, GoldPost, Located, gold_posts, kept_post
from abstract_inside import Checks, Share, check_blocks, check_pairs, check_stretches, verified_pairs
from abstract_rules import Scored, bounds, kinds_unfit, label_of, scored
from scores import share
from vectors import kept_embedder

from digest.align.embed import Embedder
from digest.entry import abstract_of
from digest.model import Line, LinePair

PRODUCT = "the product"
Results = dict[str, list[Scored]]
Goal = tuple[str, str, str]  # figure, measured, goal


def english(pairs: Iterable[LinePair]) -> list[Line]:
    return [pair.en for pair in pairs if pair.en is not None]


def measured(post: GoldPost, corpora: Path, embedder: Embedder, checks: Checks, lines: bool) -> dict[str, Scored]:
    """Score the product and the baselines on one post, and check the product's pairs."""
    kept = kept_post(corpora / post.folder, post.slug)
    reading = abstract_of(kept, embedder)
    assert reading.document is not None
    abstract, located = reading.abstract, Located(post, reading.document)
    if located.lost:
        print(f"{located.lost} sentences of the gold are not in a post as it is read now")
    outline = english(abstract.outline)
    found = {PRODUCT: scored(located, english(abstract.pairs), outline)}
    found |= {name: scored(located, chosen, outline) for name, chosen in baselines(located, embedder)}
    verified = verified_pairs(kept, embedder)
    found["oracle, verified"] = scored(located, oracle(located, [en for _, en in verified]), outline)
    blocks = corpora / post.folder / f"{post.slug}.blocks.json"
    if blocks.exists():
        check_blocks(checks, blocks, kept, abstract.pairs, abstract.outline, verified)
    check_stretches(checks, kept, (*abstract.pairs, *abstract.outline))
    check_pairs(checks, abstract.pairs)
    if lines:
        print(f"\n## {post.slug} ({post.genre}); must-have {found[PRODUCT].must_outline} of {found[PRODUCT].must}")
        for heading in outline:
            print(f"   # {heading.text}")
        for line in english(abstract.pairs):
            print(f"- {' '.join(filter(None, label_of(line, located))):22} {line.text}")
        printed = located.covered(place for line in (*english(abstract.pairs), *outline) for place in line.places)
        for fact in post.must:
            if not any(way <= printed for way in fact.ways):
                print(f"   missed: {fact.name} {[sorted(way) for way in fact.ways]}")
    return found


def percent(numerators: Sequence[float], denominators: Sequence[float]) -> str:
    value, low, high = bounds(numerators, denominators)
    return f"{value:6.1%} ({low:4.0%}–{high:4.0%})"


def good(rows: Sequence[Scored]) -> str:
    return percent([row.count("good") for row in rows], [len(row.labels) for row in rows])


def fit(rows: Sequence[Scored]) -> str:
    return percent([row.count("good", "acceptable") for row in rows], [len(row.labels) for row in rows])


def recall(rows: Sequence[Scored], which: str, of: str = "must") -> str:
    return percent([getattr(row, which) for row in rows], [getattr(row, of) for row in rows])


def report(title: str, results: Results) -> None:
    """Print one part: every method, the kinds of what is unfit, and the product by kind of post."""
    posts = results[PRODUCT]
    print(f"\n{title}: {len(posts)} posts, {sum(row.must for row in posts)} must-have facts, "
          f"{sum(row.nice for row in posts)} nice ones")  # fmt: skip
    print(f"{'':26}{'lines':>6} {'words':>5}  {'good':<20}{'fit':<20}{'must, lines':<20}{'must, and outline':<20}nice")
    for name, rows in results.items():
        _row(name, rows)
    without = sum(row.count("none") for rows in results.values() for row in rows)
    print(f"lines without a label in the gold: {without} (must be 0)")
    print(f"must-have facts in all lines printed, and the outline: {recall(posts, 'must_all')}")
    headings, length = (sum(row.outline[i] for row in posts) / len(posts) for i in (0, 1))
    print(f"outline: {headings:.1f} headings a post, {length:.0f} words")
    for name in (PRODUCT, "lead-6, raw", "lead-6, filtered", "LexRank, filtered"):
        kinds = ", ".join(f"{kind} {n}" for kind, n in kinds_unfit(results[name]).most_common())
        print(f"unfit, {name}: {kinds or 'none'}")
    print("by kind of post:")
    for genre in sorted({row.genre for row in posts}):
        some = [row for row in posts if row.genre == genre]
        _row(f"  {genre}, {len(some)}", some)


def _row(name: str, rows: Sequence[Scored]) -> None:
    mean = sum(row.words for row in rows) / len(rows)
    print(f"{name:26}{sum(len(row.labels) for row in rows):6} {mean:5.0f}  {good(rows):<20}{fit(rows):<20}"
          f"{recall(rows, 'must_lines'):<20}{recall(rows, 'must_outline'):<20}"
          f"{recall(rows, 'nice_outline', 'nice'):<20}")  # fmt: skip


def goals(results: dict[str, Results], checks: Checks) -> list[Goal]:
    rows: list[Goal] = []
    for part, found in results.items():
        mine = found[PRODUCT]
        rows += [
            (f"lines fit, {part} part", fit(mine), "≥ 93 %"),
            (f"lines good, {part} part", good(mine), "≥ 75 %"),
            (f"must-have facts in outline, 6 lines, 180 words, {part} part", recall(mine, "must_outline"), "≥ .65"),
        ]
    for name, some, goal in (
        ("pairs printed inside the right block", checks.printed, "≥ 99.5 %"),
        ("outline pairs inside the right block", checks.outline, "≥ 99.5 %"),
        ("all verified pairs of these posts inside the right block", checks.beads, "≥ 99.5 %"),
        ("lines that are stretches of their sources", checks.stretches, "100 %"),
        ("lines in both languages", checks.paired, "–"),
        ("of these surely the same by the judge (P ≥ .9)", checks.likely, "–"),
    ):
        rows.append((name, _share(some), goal))
    return rows


def duplicates(corpora: Path) -> list[Goal]:
    from duplicates import measure

    found = measure(corpora)
    return [
        ("duplicates, precision", share(found.right, found.found), "≥ .98"),
        ("duplicates, recall", share(found.right, found.truth), "≥ .90"),
        ("comparable links, precision", share(found.comparable_right, found.comparable_found), "≥ .99"),
    ]


def _share(found: Share) -> str:
    return share(found.right, found.found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--part", choices=(*PARTS, "all"), default="all")
    parser.add_argument("--lines", action="store_true", help="print the product's lines with their labels")
    parser.add_argument("--unseal", action="store_true", help="with --lines, of the unread part too")
    given = parser.parse_args()
    parts = PARTS if given.part == "all" else (given.part,)
    if given.lines and "unread" in parts and not given.unseal:
        parser.error("the lines of the unread part are not printed before the figures are final (--unseal)")
    embedder, checks = kept_embedder(), Checks()
    results: dict[str, Results] = {}
    for part in parts:
        results[part] = defaultdict(list)
        for post in gold_posts(part):
            for name, row in measured(post, given.corpora, embedder, checks, given.lines).items():
                results[part][name].append(row)
    if given.part == "all":
        for path in sorted((given.corpora / "hfblog-more").glob("*.en.md")):
            slug = path.name.removesuffix(".en.md")
            if not any(slug == row.slug for found in results.values() for row in found[PRODUCT]):
                kept = kept_post(path.parent, slug)
                abstract = abstract_of(kept, embedder).abstract
                check_stretches(checks, kept, (*abstract.pairs, *abstract.outline))
    for part, found in results.items():
        report(f"{part} part", found)
    print(f"\nstretches left out of the sentences printed: {checks.stripped.total()}, {len(checks.stripped)} different")
    if "unread" not in parts or given.unseal:
        print("\nnot inside one pair of blocks:", *checks.misses or ["none"], sep="\n  ")
        print("left out:", dict(checks.stripped.most_common(30)) or "nothing")
    print("\nthe table of figures to reach")
    table = goals(results, checks) + (duplicates(given.corpora) if given.part == "all" else [])
    for name, value, goal in table:
        print(f"  {name:62}{value:44}goal {goal}")


if __name__ == "__main__":
    main()

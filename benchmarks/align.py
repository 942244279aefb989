"""Sentence alignment against hand-made gold: `python benchmarks/align.py CORPORA [--cross] [--picture] [--misses]`.

Beads: strict F1 (lax beside it) on blocks, whole posts and novels. Pairs: whole posts as the product reads them, by the
gold's blocks, at posteriors. Then how honest posteriors are, and what an alignment costs. The weights that ship were
fitted on these texts; `--cross` (minutes, needs scipy) fits them again without the texts they are tried on: six times,
a sixth of the posts and one novel left out. fit_beads.py does the same leaving out one post or novel at a time.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import growth
import tasks
from block_pairs import Scored, scored_posts
from reliability import bins, marked, picture, table
from scores import Strict, share
from tasks import GoldBead, Task
from vectors import kept_embedder

from digest.align.beads import align
from digest.align.chain import load_model
from digest.align.embed import Embedder

Found = list[tuple[GoldBead, float]]
Aligner = Callable[[Task], Found]

THRESHOLDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
RIGHT = 0.997  # of the pairs let onto a page
PICTURE = Path(__file__).parent.parent / "docs" / "reliability.svg"


def ours(embedder: Embedder) -> Aligner:
    def aligned(task: Task) -> Found:
        rows = (embedder.encode([s.text for s in side]) for side in (task.zh, task.en))
        return [((b.zh, b.en), b.score) for b in align(task.zh, task.en, *rows)]

    return aligned


def crossed(corpora: Path, embedder: Embedder, folds: int = 6) -> Aligner:
    """Align each text with weights fitted without it and without its post."""
    from fit_beads import Fit, decode, prepare

    model = load_model()
    every = [task for read in (tasks.novels, tasks.whole_posts, tasks.blocks) for task in read(corpora)]
    texts = [prepare(task, embedder, model.draft) for task in every]
    fold_of = {name: number % folds for number, name in enumerate(dict.fromkeys(t.post for t in every))}
    found: dict[tuple[str, int], Found] = {}
    for fold in range(folds):
        # from nothing: to start from weights that have seen the texts left out would be to peep at them
        w = Fit([t for t in texts if fold_of[t.task.post] != fold]).fit()
        found |= {(t.task.name, len(t.task.zh)): decode(t, w) for t in texts if fold_of[t.task.post] == fold}
    return lambda task: found[task.name, len(task.zh)]


def unequal_blocks(corpora: Path) -> Iterator[Task]:
    """Give whole posts with the gold of their unequal blocks alone."""
    of_post: dict[str, list[Task]] = {}
    for block in tasks.blocks(corpora):
        of_post.setdefault(block.post, []).append(block)
    for post in tasks.whole_posts(corpora):
        beads: list[GoldBead] = []
        at = 0
        for block in sorted(of_post[post.post], key=lambda b: int(b.name.rpartition(":")[2])):
            mine = post.beads[at : at + len(block.beads)]
            same = [(len(a), len(b)) for a, b in mine] == [(len(a), len(b)) for a, b in block.beads]
            assert same, f"{block.name}: not the post's beads"
            at += len(block.beads)
            beads.extend(mine if block.unequal else ())
        yield replace(post, beads=tuple(beads))


def sets(corpora: Path) -> dict[str, list[Task]]:
    blocks = list(tasks.blocks(corpora))
    return {
        "hfgold, blocks given": blocks,
        "   unequal blocks": [b for b in blocks if b.unequal],
        "   without the loose blocks": [b for b in blocks if not b.loose],
        "whole posts": list(tasks.whole_posts(corpora)),
        "   unequal blocks of them": list(unequal_blocks(corpora)),
        "MAC dev": list(tasks.novels(corpora)),
    }


def beads(corpora: Path, aligned: Aligner, said: str) -> dict[str, list[tuple[float, bool]]]:
    """Print F1; give (posterior, right) of the pairs for the calibration."""
    pairs = {}
    for name, some in sets(corpora).items():
        found = {task.name: aligned(task) for task in some}
        print(f"{name:28} {said}: {Strict.of((t, [b for b, _ in found[t.name]]) for t in some)}", flush=True)
        if not name.startswith(" "):
            pairs[name] = [pair for t in some for pair in marked(t, found[t.name])]
    return pairs


def at_posterior(posts: Sequence[Scored], least: float) -> tuple[int, int, int]:
    """Count pairs that are right, kept, and all."""
    every = [pair for post in posts for pair in post.pairs]
    kept = [right for score, right in every if score >= least]
    return sum(kept), len(kept), len(every)


def in_blocks(corpora: Path, embedder: Embedder, misses: bool) -> None:
    posts = list(scored_posts(corpora, embedder))
    right, _, n = at_posterior(posts, 0.0)
    lines, paired = sum(p.lines for p in posts), sum(p.paired for p in posts)
    blocks, lost = sum(p.blocks for p in posts), sum(p.lost for p in posts)
    print(f"pairs in the right blocks {share(right, n)} (goal 99.0 %)")
    print(f"Chinese sentences of those blocks paired {share(paired, lines)} (goal 95 %)")
    print(f"   {lost} of {blocks} blocks were not found in the text as read and are left out")
    for least in THRESHOLDS[1:]:
        right, kept, n = at_posterior(posts, least)
        print(f"   posterior ≥ {least:4}: right {share(right, kept)}, kept {share(kept, n)} (goals 99.7 %, 80 %)")
    for one, other in ((posts[::2], posts[1::2]), (posts[1::2], posts[::2])):
        good = [t for t in THRESHOLDS if (c := at_posterior(one, t))[0] >= RIGHT * c[1]]
        least = good[0] if good else THRESHOLDS[-1]
        (a, b, c), (right, kept, n) = at_posterior(one, least), at_posterior(other, least)
        print(f"   chosen on six posts: ≥ {least} (right {a}/{b}, kept {b}/{c}); on the other six: right "
              f"{share(right, kept)}, kept {share(kept, n)}")  # fmt: skip
    if misses:
        print("\n".join(miss for post in posts for miss in post.misses))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--cross", action="store_true", help="fit the weights again without what they are tried on")
    parser.add_argument("--picture", action="store_true", help=f"draw {PICTURE.name}")
    parser.add_argument("--misses", action="store_true", help="print the pairs outside the right blocks")
    parser.add_argument("--no-cost", action="store_true", help="leave out time and memory")
    given = parser.parse_args()
    embedder = kept_embedder()
    print(f"# beads; weights {load_model().version} were fitted on these texts, fit_beads.py says how they do without")
    pairs = beads(given.corpora, ours(embedder), "fitted on it")
    said = "weights that ship, fitted on these texts"
    if given.cross:
        pairs, said = beads(given.corpora, crossed(given.corpora, embedder), "cross-validated"), "cross-validated"
    print("\n# pairs of whole posts as the product reads them, by blocks")
    in_blocks(given.corpora, embedder, given.misses)
    print(f"\n# posteriors ({said})")
    calibrated = {name: bins(some) for name, some in pairs.items()}
    for name, some in calibrated.items():
        print(table(name, some))
    if given.picture:
        picture(calibrated, PICTURE, f"Posterior of a bead and the share that is strictly right; {said}")
    if not given.no_cost:
        print("\n# cost")
        growth.main(given.corpora)


if __name__ == "__main__":
    main()

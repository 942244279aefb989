"""How far a machine's line is to be believed in which the judge sees no fault: learnt from labels, for fit_judge.py.

Of the 200 labelled lines (mt_labels.py) those with an even number are fitted on, those with an odd one are what
mt_labels.py reports. Asked is only P(label | no fault seen), by three things that went with the labels there: words
that no word across covers, either way, and length.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from logistic import logistic
from mt import LocalModel
from mt_labels import LABELS, pairs

from digest.align.embed import Embedder
from digest.align.judge.faults import faults
from digest.align.judge.features import Features, look
from digest.align.judge.text import read
from digest.align.lexicon import load_lexicon
from digest.align.verify import LEAST_SIMILARITY
from digest.model import Line

NAMES = ("bias", "missing", "extra", "size")
GOOD = {"same": {"exact", "same"}, "exact": {"exact"}}
L2 = 2.0
ORIGINS = ("machine", "written")  # no line of a language model is labelled yet: it is believed as a machine's is


def learn_reliability(
    corpora: Path, model: Path, embedder: Embedder, evidence: Mapping[str, float]
) -> dict[str, dict[str, dict[str, float]]]:
    """Fit by origin and question a logistic regression on the labels with an even number."""
    _, *rows = map(json.loads, LABELS.read_text("utf-8").splitlines())
    seen: list[tuple[Features, str]] = []
    for number, (row, (zh, en)) in enumerate(zip(rows, pairs(rows, corpora, LocalModel(model)), strict=True)):
        left, right = read(Line("zh", zh)), read(Line("en", en))
        one, two = embedder.encode([zh, en])
        similarity = float(one @ two)
        if number % 2 == 0 and similarity >= LEAST_SIMILARITY and not any(f.grave for f in faults(left, right)):
            seen.append((look(left, right, similarity, load_lexicon(), evidence).features, row["label"]))
    x = np.array([[features[name] for name in NAMES] for features, _ in seen])
    found = {}
    for question, good in GOOD.items():
        y = np.array([label in good for _, label in seen], dtype=float)
        found[question] = dict(
            zip(NAMES, np.round(logistic(x, y, np.ones(len(y)), NAMES, L2), 4).tolist(), strict=True)
        )
    print(f"machines, from {len(seen)} labels: {found}")
    return dict.fromkeys(ORIGINS, found)

"""What the judge knows of machines: `python benchmarks/fit_machine.py CORPORA`; needs scipy. Two things.

How far a machine's line is to be believed in which the judge sees no fault: learnt from labels, for fit_judge.py
(`learn_reliability`). Of the 200 labelled lines (mt_labels.py) those with an even number are fitted on, those with an
odd one are what mt_labels.py reports. Asked is only P(label | no fault seen), by three things that went with the labels
there: words that no word across covers, either way, and length.

And whether it kept to its line (this command; writes "keeping" into digest/data/judge.json, nothing else of it). Good
are the human pairs of hfblog-more (chosen by structure, silver.py), which stand for whatever an engine may answer
rightly, and FLORES dev's lines 0-499 as people, Google and Microsoft have them. Set against them: the
line before or after ("other"); this line with the next one, and half of this line ("part"), in both directions. With
`rivals` the models also see what else the answer is near to. Each is a logistic regression (L2) whose weights may have
either sign; LEAST_OTHER and PART say where they act. Nothing here reads hfgold or FLORES' other lines, on
which benchmarks/engine_faults.py reports.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from logistic import logistic
from scipy.optimize import minimize
from vectors import kept_embedder

from digest.align.embed import Embedder, Remembered
from digest.align.judge.faults import faults
from digest.align.judge.features import Features, look
from digest.align.judge.machine import machine_faults
from digest.align.judge.rivals import rival_features, rival_texts, rivals
from digest.align.judge.text import read
from digest.align.judge.weights import load_weights
from digest.align.lexicon import load_lexicon
from digest.align.verify import LEAST_SIMILARITY
from digest.model import Line

WEIGHTS = Path(__file__).parent.parent / "digest" / "data" / "judge.json"
NAMES = ("bias", "missing", "extra", "size")
GOOD = {"same": {"exact", "same"}, "exact": {"exact"}}
L2 = 2.0
ORIGINS = ("machine", "written")  # no line of a language model is labelled yet: it is believed as a machine's is

# By what is known. "other", the lines alone: the share of FLORES' neighbours that may pass (1 % is asked of the other
# half's); with rivals: the share of people's good pairs that may be refused. "part": the latter. Chosen with hfgold in
# sight (engine_faults.py), so that 97 % of its right answers pass beside their rivals.
LEAST_OTHER = {"plain": ("bad", 0.0017), "rivals": ("good", 0.003)}
PART = {"plain": 0.006, "rivals": 0.006}
FITTED = 500  # lines of FLORES dev, as in fit_judge.py
KEEP_L2 = 3.0
BAD_FLORES = 0.75  # share of the weight of bad answers that FLORES' have
MOST = 2500  # human pairs that are halved and merged, in both directions
NEAR = 900  # human pairs that are set beside their rivals, in both directions
SEED = 7
KINDS = {"other": {"neighbour"}, "part": {"merged", "half"}}


@dataclass(frozen=True)
class Asked:
    """A line as an engine is asked for it, among its neighbours, with the good answer and those beside it."""

    lang: str
    text: str
    around: tuple[str, str]
    answer: str
    answers_around: tuple[str, str]
    flores: bool = False


@dataclass(frozen=True)
class Row:
    """An answer as the models see it; `refused`: machine.py has found a fault in it."""

    kind: str
    flores: bool
    refused: bool
    features: Features


def half(text: str, zh: bool, rng: random.Random) -> str | None:
    """Leave the second half of a text out; every other time it ends as a sentence does."""
    if zh:
        made = text[: round(len(text) * rng.uniform(0.4, 0.6))].rstrip("，、；： ") if len(text) >= 16 else None
    else:
        words = text.split()
        made = " ".join(words[: round(len(words) * rng.uniform(0.4, 0.6))]).rstrip(",;: ") if len(words) >= 9 else None
    return made and made + rng.choice(("", "。" if zh else "."))


def answers(asked: Asked, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Give (kind, answer): the good one, and what an engine gives that does not keep to the line."""
    zh = asked.lang == "en"  # what the answer is in
    before, after = asked.answers_around
    yield "good", asked.answer
    beside = [text for text in (before, after) if len(text) > (5 if zh else 18)]
    if beside:
        drawn = rng.choice(beside)
        yield from (("neighbour", text) for text in beside if asked.flores or text == drawn)
    if after:
        yield "merged", asked.answer + ("" if zh else " ") + after
    cut = half(asked.answer, zh, rng)
    if cut:
        yield "half", cut


def human(corpora: Path, embedder: Embedder, rng: random.Random) -> Iterator[Asked]:
    from silver import posts

    pairs = [pair for post in posts(corpora / "hfblog-more", embedder) for pair in post.pairs]
    for pair in rng.sample(pairs, len(pairs)):
        yield Asked("zh", pair.zh, pair.around_zh, pair.en, pair.around_en)
        yield Asked("en", pair.en, pair.around_en, pair.zh, pair.around_zh)


def flores(corpora: Path, systems: Sequence[str] = ("", "google.", "microsoft.")) -> Iterator[Asked]:
    """Give the lines 0-499 among their neighbours: by halves, for a neighbour of an even line is an odd one."""
    en = (corpora / "flores" / "dev.en").read_text("utf-8").splitlines()[:FITTED]
    for system in systems:
        zh = (corpora / "flores" / f"dev.{system}zh").read_text("utf-8").splitlines()[:FITTED]
        for i in range(FITTED):
            around = [(text[i - 1] if i else "", text[i + 1] if i + 1 < FITTED else "") for text in (en, zh)]
            yield Asked("en", en[i].strip(), around[0], zh[i].strip(), around[1], flores=True)


def rows(
    asked: Sequence[Asked], embedder: Embedder, *, near: bool = False, kinds: frozenset[str] = frozenset()
) -> Iterator[Row]:
    """Look at each answer (of some kinds) as the judge does, but for what faults.py refuses. `near` adds the rivals."""
    evidence, lexicon, rng = load_weights().evidence, load_lexicon(), random.Random(SEED)
    for one in asked:
        source, texts = Line(one.lang, one.text), rival_texts(Line(one.lang, one.text), *one.around)
        for kind, text in answers(one, rng):
            made = Line("en" if one.lang == "zh" else "zh", text)
            zh, en = (source, made) if one.lang == "zh" else (made, source)
            if kinds and kind not in kinds:
                continue
            left, right = read(zh), read(en)
            vectors = embedder.encode([source.text, made.text])
            similarity = float(vectors[0] @ vectors[1])
            if similarity < LEAST_SIMILARITY or any(f.grave for f in faults(left, right)):
                continue
            features = dict(look(left, right, similarity, lexicon, evidence).features)
            if near:
                features.update(rival_features(rivals(texts, vectors[1], embedder), similarity))
            yield Row(kind, one.flores, bool(machine_faults(left, right)), features)


def fit(good: Sequence[Row], bad: Sequence[Row]) -> dict[str, float]:
    """Fit good rows against bad ones: half of the good weight is FLORES', and BAD_FLORES of the bad."""
    names = list(good[0].features)
    x = np.array([[row.features[name] for name in names] for row in (*good, *bad)])
    y = np.array([1.0] * len(good) + [0.0] * len(bad))
    share = np.zeros(len(y))
    for side in (0.0, 1.0):
        for of_flores in (False, True):
            mine = (y == side) & np.array([row.flores is of_flores for row in (*good, *bad)])
            part = 0.5 if side else BAD_FLORES
            share[mine] = 8000 * (part if of_flores else 1 - part) / max(mine.sum(), 1)
    scale = x.std(axis=0)
    scale[scale == 0] = 1.0
    scaled = x / scale
    penalty = np.array([0.0 if name == "bias" else KEEP_L2 for name in names])

    def loss(weights: Any) -> tuple[float, Any]:
        odds = scaled @ weights
        value = share @ (y * np.logaddexp(0, -odds) + (1 - y) * np.logaddexp(0, odds))
        chance = 1 / (1 + np.exp(-np.clip(odds, -40, 40)))
        return value + penalty @ weights**2 / 2, scaled.T @ (share * (chance - y)) + penalty * weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 600}).x / scale
    return {name: round(float(w), 4) for name, w in zip(names, found, strict=True) if abs(w) > 1e-4}


def learn_keeping(found: Sequence[Row], known: str, neighbours: int) -> dict[str, dict[str, Any]]:
    """Fit both models and set where they act; `neighbours` are FLORES' in all, those refused by rule included."""
    good = [row for row in found if row.kind == "good"]
    models = {}
    for name, kinds in KINDS.items():
        bad = [row for row in found if row.kind in kinds]
        weights = fit(good, bad)

        def odds(some: Sequence[Row], weights: Mapping[str, float] = weights) -> Any:
            return np.array([sum(w * row.features[n] for n, w in weights.items()) for row in some])

        people = np.sort(odds([row for row in good if not row.flores]))
        passing = np.sort(odds([row for row in bad if row.flores and not row.refused]))[::-1]
        of, part = LEAST_OTHER[known] if name == "other" else ("good", PART[known])
        least = float(people[int(part * len(people))] if of == "good" else passing[int(part * neighbours)])
        models[name] = {"weights": weights, "least": round(least, 3)}
        for kind in ("good", *sorted(kinds)):
            for of_flores in (False, True):
                said = odds([row for row in found if row.kind == kind and row.flores is of_flores])
                where = "FLORES" if of_flores else "hfblog-more"
                print(f"  {name:6} {kind:10} {where}: {(said >= least).mean():6.1%} of {len(said)} pass")
    return models


def learn_reliability(
    corpora: Path, model: Path, embedder: Embedder, evidence: Mapping[str, float]
) -> dict[str, dict[str, dict[str, float]]]:
    """Fit by origin and question a logistic regression on the labels with an even number."""
    from mt import LocalModel
    from mt_labels import LABELS, pairs

    _, *labels = map(json.loads, LABELS.read_text("utf-8").splitlines())
    seen: list[tuple[Features, str]] = []
    for number, (row, (zh, en)) in enumerate(zip(labels, pairs(labels, corpora, LocalModel(model)), strict=True)):
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


def main(corpora: Path) -> None:
    people = list(human(corpora, kept_embedder(), random.Random(SEED)))
    machines = list(flores(corpora))
    embedder = Remembered(kept_embedder())
    plain = [
        *rows(people[::2], embedder, kinds=frozenset({"good", "neighbour"})),
        *rows(people[: 2 * MOST], embedder, kinds=frozenset({"merged", "half"})),
        *rows(machines, embedder),
    ]
    print(f"the lines alone: {len(plain)} answers")
    keeping = {"plain": learn_keeping(plain, "plain", 2 * len(machines))}
    some = machines[::3]
    near = list(rows([*people[: 2 * NEAR], *some], embedder, near=True))
    print(f"with rivals: {len(near)} answers")
    keeping["rivals"] = learn_keeping(near, "rivals", 2 * len(some))
    said = json.loads(WEIGHTS.read_text("utf-8"))
    said.pop("margins", None)
    said["keeping"] = keeping
    said["about"]["keeping"] = (
        f"benchmarks/fit_machine.py: {len(people) // 2} human pairs of hfblog-more, FLORES dev 0-{FITTED - 1} "
        f"as people, Google and Microsoft have them; acts by {LEAST_OTHER} and {PART}; L2 {KEEP_L2:g}"
    )
    WEIGHTS.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

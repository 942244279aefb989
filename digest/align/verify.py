"""A Chinese and an English line → a Verdict: do they say the same, and what speaks against it?

Two questions, two probabilities (docs/verdicts.md has the guideline): is it the *same sentence*, what one side says the
other says; and is it *exact*, nothing added, dropped or changed. What is wrong by its nature (faults.py) refuses a pair
outright. All else is weighed: for each way in which a pair may be wrong (another sentence, half of it, a clause
dropped, a denial, a name …) a linear model over lengths, words, names, numbers, marks, denials and the vectors' cosine
gives the odds, and the odds of all ways add up. They were learnt from human translations, spoiled in these ways
(benchmarks/fit_judge.py; benchmarks/verify.py measures them). Below one threshold a pair is refused, below another it
is printed with a warning, and the likeliest ways are its reasons.

Machines err in a way of their own: a wrong word for a term, in a line that has everything in its place. Next to nothing
here sees that, so a machine's pair is believed only as far as its kind was right when read by hand, and is never graded
exact: of those for which P(exact) was above .75, one in three was not (benchmarks/mt_labels.py). But a machine is
given a line and asked for that line: what it loses or invents refuses the pair (judge/machine.py), and two models of
their own ask whether it kept to its line, neither another one nor half of it nor two in one (fit_machine.py). Where
the lines that it was asked for together are known, its answer is compared with them (judge/rivals.py).

The aligner's posterior does not enter: on posts held out it made the probabilities no truer (log loss .191 with none
or a tenth of it, .194 with half). Beads of which the aligner is unsure are refused by who asks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from digest.align.embed import Embedder
from digest.align.judge.back import BackTranslation, back_features, is_fluent
from digest.align.judge.faults import faults
from digest.align.judge.features import look
from digest.align.judge.gains import Gain, gains
from digest.align.judge.machine import machine_faults
from digest.align.judge.reasons import reasons_of
from digest.align.judge.rivals import Rivals, rival_features
from digest.align.judge.text import read
from digest.align.judge.weights import (
    LARGEST,
    OTHER_SENTENCE,
    WAYS,
    Question,
    Weights,
    against_all,
    linear,
    load_weights,
    log_odds,
)
from digest.align.lexicon import Scores, load_lexicon
from digest.model import Grade, Line, MadeBy, Verdict

MAX_LINE = 2000  # characters; a longer line is no sentence
# Of 7,744 human pairs 0.2 % have a lower cosine, most of them wrong; of lines set beside another, four in five.
LEAST_SIMILARITY = 0.25
SEEN = 9.0  # log-odds beyond which what can be seen says no more: 0.9999
FAULTY = 0.02  # what is left of a probability where a fault was found
MACHINES = frozenset(
    {"machine", "written"}
)  # never graded exact: nothing here sees a wrong term (benchmarks/mt_labels.py)
# A pair is graded exact where it is likelier so than not; readers find most free translations not exact.
LEAST_EXACT = 0.5
# log-odds of P(exact) below which a clause that is missing is no news: to try the line without each is time lost.
HOPELESS = -6.0


def judge(
    zh: Line,
    en: Line,
    similarity: float,
    *,
    lexicon: Scores | None = None,
    made_by: MadeBy = "human",
    embedder: Embedder | None = None,
    back: BackTranslation | None = None,
    rivals: Rivals | None = None,
    weights: Weights | None = None,
) -> Verdict:
    """Judge a pair from its two lines and the cosine of their vectors, whoever made it.

    All else is optional and makes the verdict surer: the `lexicon` of the source (else the shipped one), who made the
    pair, an `embedder` to try the line without each of its clauses (35 ms a pair, 1.5 without), a `back` translation of
    the Chinese line by a local model, and of a machine's line its `rivals`: what else it may be a translation of.
    """
    if max(len(zh.text), len(en.text)) > MAX_LINE:
        return Verdict(0.0, False, None, (f"length:over {MAX_LINE}",))
    weights = weights or load_weights()
    left, right = read(zh), read(en)
    similarity = similarity if math.isfinite(similarity) else 0.0
    grave = [finding.reason for finding in faults(left, right) if finding.grave]
    if made_by in MACHINES:
        grave += [finding.reason for finding in machine_faults(left, right)]
    if similarity < LEAST_SIMILARITY:
        grave.append(f"similarity:{similarity:.2f}")
    looked = look(left, right, similarity, load_lexicon() if lexicon is None else lexicon, weights.evidence)
    features = dict(looked.features)
    odds = _odds(features, "plain", weights)
    gained = (Gain(), Gain())
    known = []
    if embedder is not None and not grave and against_all(odds) > HOPELESS:
        gained = gains(left, right, embedder)
        features.update(gain_features(gained))
        known.append("clauses")
    if back is not None and not grave:
        opinion = read(Line("en", back.text))
        if is_fluent(opinion):
            features.update(back_features(left, opinion, right, back.similarity))
            known.append("back")
    if known:
        odds = _odds(features, "+".join(known), weights)
    same, exact = _answers(odds, weights.questions["+".join(known) or "plain"], made_by, weights)
    score, sure = (round(value, 4) for value in _believed((same[0], exact[0]), made_by, features, weights))
    if grave:
        return Verdict(round(score * FAULTY, 4), False, None, tuple(dict.fromkeys(grave)), round(sure * FAULTY, 4))
    wrong: tuple[str, ...] = OTHER_SENTENCE if same[1] else ()
    if made_by in MACHINES:
        wrong = strayed(looked.features, rivals, similarity, weights)
    if wrong:
        odds = {way: odds[way] for way in wrong}
    elif denial := _plain_denial(features):
        lowest = min(odds.values())
        odds = {denial: lowest, **{way: odds[way] for way in odds if exact[1] and way != denial}}
    elif not exact[1]:
        return Verdict(score, True, "exact" if made_by not in MACHINES and sure >= LEAST_EXACT else "same", (), sure)
    grade: Grade | None = None if wrong else "same"
    return Verdict(score, not wrong, grade, reasons_of(odds, left, right, looked, gained), sure)


# What a machine's line is when it does not keep to its line, by the model that says so (weights.Keeping).
STRAYED = {"other": ("other",), "part": ("half en", "half zh", "sentence")}


def strayed(
    features: Mapping[str, float], rivals: Rivals | None, similarity: float, weights: Weights
) -> tuple[str, ...]:
    """Name the ways in which a machine left the line it was given; () where it kept to it."""
    known = "plain"
    if rivals is not None and "rivals" in weights.keeping:
        known, features = "rivals", {**features, **rival_features(rivals, similarity)}
    models = weights.keeping.get(known, {})
    return tuple(
        way for name, model in models.items() if linear(model.weights, features) < model.least for way in STRAYED[name]
    )


def _odds(features: Mapping[str, float], known: str, weights: Weights) -> dict[str, float]:
    """Give the log-odds of each way; that nothing stands there twice is seen, not weighed.

    The model's way "repeated" would else speak against every short line, whatever it says.
    """
    odds = log_odds(features, known, weights)
    return odds if features["en repeats"] else {**odds, "repeated": LARGEST}


def _plain_denial(features: Mapping[str, float]) -> str | None:
    """Name the way of a line that denies plainly what the other denies with no word at all: such a pair always warns.

    In a short line little else speaks, and its odds alone let it pass.
    """
    if features["en denies"]:
        return "en denies"
    return "zh denies" if features["zh denies"] and features["zh denies plainly"] else None


def gain_features(gained: tuple[Gain, Gain]) -> dict[str, float]:
    return {"zh gain": gained[0].gain, "en gain": gained[1].gain}


def _answers(
    odds: Mapping[str, float], questions: Mapping[str, Question], made_by: MadeBy, weights: Weights
) -> tuple[tuple[float, bool], tuple[float, bool]]:
    """Give log-odds of (same, too low?) and of (exact, too low?) by what can be seen; thresholds know no prior."""
    found: list[tuple[float, bool]] = []
    for name, ways, prior in zip(("same", "exact"), (OTHER_SENTENCE, WAYS), weights.priors[made_by], strict=True):
        question = questions[name]
        value = question.slope * against_all({way: odds[way] for way in ways}) + question.offset
        found.append((max(-SEEN, min(SEEN, value + prior)), value < question.least))
    return found[0], found[1]


def _believed(
    seen: tuple[float, float], made_by: MadeBy, features: Mapping[str, float], weights: Weights
) -> tuple[float, float]:
    """Give P(same) and P(exact) with what no test sees: a translator's freedom, a machine's wrong word for a term.

    `seen` are the log-odds by what can be seen. Where readers' labels of an origin were fitted on them (the feature
    "plain"), they are weighed with the rest; else the two probabilities are multiplied. An exact pair is the same
    sentence, so P(exact) is never the larger.
    """
    found = []
    for name, odds in zip(("same", "exact"), seen, strict=True):
        trust = weights.reliability.get(made_by, {}).get(name, {})
        value = _probability(odds)
        if trust:
            believed = _probability(linear(trust, {**features, "plain": odds}))
            value = believed if "plain" in trust else value * believed
        found.append(value)
    return found[0], min(found)


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))

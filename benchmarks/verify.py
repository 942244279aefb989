"""The judge on good and spoiled pairs: `python benchmarks/verify.py CORPORA [--model MODEL] [--misses KIND]`.

hfgold through corrupt.py, with what the judge is given growing: the two lines and their cosine; also each line without
its clauses; also a local model's back-translation (with --model). Then AUC against near lines and half-matching beads,
real machine translation, reliability and an ablation. No weight was fitted on hfgold,
but thresholds and the choice of features were settled with its figures in sight (fit_judge.py says which), so it is no
untouched test. FLORES: the half not fitted on.
`--gold FILE --posts FOLDER --seed N` measure on other data of the same kind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

import numpy as np
from scores import wilson
from vectors import kept_embedder

from digest.align.embed import Embedder
from digest.align.judge.back import BackTranslation
from digest.align.judge.features import look
from digest.align.judge.text import read
from digest.align.judge.weights import Weights, load_weights
from digest.align.lexicon import load_lexicon
from digest.align.verify import judge
from digest.model import Line, MadeBy, Verdict

Pair = tuple[str, str]
SAME_WRONG = {"swap", "half_en", "mixed", "leftover", "nearest", "half-matching"}  # not the same sentence


class Court:
    """Judges many pairs, encoding and translating each text once."""

    def __init__(self, embedder: Embedder, model: Path | None = None) -> None:
        self.embedder = embedder
        self.model = None
        if model is not None:
            from mt import LocalModel

            self.model = LocalModel(model)

    def __call__(
        self, pairs: Sequence[Pair], *, clauses: bool = False, back: bool = False, made_by: MadeBy = "human",
        weights: Weights | None = None,
    ) -> list[Verdict]:  # fmt: skip
        if not pairs:
            return []
        zh, en = (self.embedder.encode([pair[side] for pair in pairs]) for side in (0, 1))
        opinions: list[BackTranslation | None] = [None] * len(pairs)
        if back and self.model is not None:
            spoken = self.model.translate([pair[0] for pair in pairs])
            close = (self.embedder.encode(spoken) * en).sum(axis=1)
            opinions = [BackTranslation(text, float(c)) for text, c in zip(spoken, close, strict=True)]
        return [
            judge(Line("zh", pair[0]), Line("en", pair[1]), float(z @ e), made_by=made_by, weights=weights,
                  embedder=self.embedder if clauses else None, back=opinion)
            for pair, z, e, opinion in zip(pairs, zh, en, opinions, strict=True)
        ]  # fmt: skip

    def cosines(self, pairs: Sequence[Pair]) -> list[float]:
        zh, en = (self.embedder.encode([pair[side] for pair in pairs]) for side in (0, 1))
        return [float(value) for value in (zh * en).sum(axis=1)]


# ---- data -----------------------------------------------------------------------------------------------------------


def lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text("utf-8").splitlines()]


def spoiled(corpora: Path, gold: Path, posts: Path, seed: int) -> dict[str, list[Pair]]:
    """Give corrupt.py's pairs by kind; "clean" are the good ones."""
    said = subprocess.run(
        [sys.executable, corpora / "corrupt.py", gold, posts, "--seed", str(seed)],
        capture_output=True, check=True, text=True, encoding="utf-8",
    ).stdout  # fmt: skip
    kinds: dict[str, list[Pair]] = {}
    for row in map(json.loads, said.splitlines()):
        kinds.setdefault(row["kind"], []).append((row["zh"], row["en"]))
    return kinds


def plain(text: str) -> str:
    import re

    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[*_]{1,3}(\S[^*_]*)[*_]{1,3}", r"\1", text).split())


def near_and_half(gold: Path, posts: Path, embedder: Embedder) -> tuple[list[Pair], list[Pair], list[Pair]]:
    """Give the gold's pairs, each with the five nearest English lines of its post, and half-matching beads.

    Half-matching: a bead with several sentences on a side without one of them, and any bead with the next sentence of
    its block, or the one before, joined to one side.
    """
    blocks: dict[str, list[tuple[list[str], list[str], list[list[list[int]]]]]] = {}
    for row in map(json.loads, lines(gold)):
        texts = json.loads((posts / f"{row['slug']}.blocks.json").read_text("utf-8"))[row["block"]]
        zh, en = ([plain(texts[s][a:b]) for a, b in row[f"{lang}_spans"]] for s, lang in enumerate(("zh", "en")))
        if not row["loose"]:
            blocks.setdefault(row["slug"], []).append((zh, en, row["beads"]))
    good, near, half = [], [], []
    for some in blocks.values():
        theirs = list(dict.fromkeys(line for _, en, _ in some for line in en if len(line.split()) > 3))
        vectors = embedder.encode(theirs)
        for zh, en, beads in some:
            for a, b in beads:
                if not a or not b:
                    continue
                pair = "".join(zh[i] for i in a), " ".join(en[j] for j in b)
                if sum("\u4e00" <= c <= "\u9fff" for c in pair[0]) < 8 or len(pair[1].split()) < 5:
                    continue
                good.append(pair)
                mine = {en[j] for j in b}
                order = np.argsort(-(vectors @ embedder.encode([pair[0]])[0]))
                near += [(pair[0], theirs[j]) for j in [j for j in order if theirs[j] not in mine][:5]]
                half += [("".join(zh[i] for i in a if i != out), pair[1]) for out in a if len(a) > 1]
                half += [(pair[0], " ".join(en[j] for j in b if j != out)) for out in b if len(b) > 1]
                for side, (run, all_) in enumerate(((a, zh), (b, en))):
                    joiner = " " if side else ""
                    wide = [all_[run[0] - 1 : run[-1] + 1]] if run[0] else []
                    wide += [all_[run[0] : run[-1] + 2]] if run[-1] + 1 < len(all_) else []
                    made = [joiner.join(w) for w in wide]
                    half += [(pair[0], m) if side else (m, pair[1]) for m in made]
    return good, near, half


# ---- figures --------------------------------------------------------------------------------------------------------


def interval(count: int, n: int) -> str:
    """Give Wilson's 95 % interval of a share, in percent."""
    if not n:
        return ""
    low, high = wilson(count, n)
    return f"{100 * low:.0f}-{100 * high:.0f}"


def auc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Give the share of (good, bad) pairs in the right order; a tie counts half."""
    both = np.concatenate([good, bad])
    order = np.argsort(both, kind="stable")
    ranks = np.empty(len(both))
    ordered = both[order]
    first = np.searchsorted(ordered, ordered, "left")
    last = np.searchsorted(ordered, ordered, "right")
    ranks[order] = (first + last + 1) / 2
    return float((ranks[: len(good)].sum() - len(good) * (len(good) + 1) / 2) / (len(good) * len(bad)))


def auc_interval(good: Sequence[float], bad: Sequence[float]) -> str:
    """Give a 95 % interval by 400 resamplings of both sides."""
    rng = np.random.default_rng(1)
    one, two = np.array(good), np.array(bad)
    found = [auc(rng.choice(one, len(one)), rng.choice(two, len(two))) for _ in range(400)]
    return f"{np.quantile(found, 0.025):.3f}-{np.quantile(found, 0.975):.3f}"


def report(name: str, verdicts: Sequence[Verdict]) -> None:
    n = len(verdicts)
    refused, flagged = sum(not v.verified for v in verdicts), sum(bool(v.reasons) for v in verdicts)
    exact = sum(v.grade == "exact" for v in verdicts)
    print(f"{name:26} {n:5} {refused / n:8.1%} {interval(refused, n):>7} {flagged / n:8.1%} {interval(flagged, n):>7}"
          f" {exact / n:7.1%}")  # fmt: skip


def head_line(title: str) -> None:
    print(f"\n{title:26} {'n':>5} {'refused':>8} {'95 %':>7} {'or warn':>8} {'95 %':>7} {'exact':>7}")


def show(pairs: Sequence[Pair], verdicts: Sequence[Verdict], good: bool) -> None:
    for pair, verdict in zip(pairs, verdicts, strict=True):
        if bool(verdict.reasons) == good:
            print("   ", verdict.verified, verdict.score, verdict.exact, verdict.reasons, *pair, sep="\n      ")


def reliability(name: str, good: Sequence[float], bad: Mapping[str, Sequence[float]], mix: Mapping[str, float]) -> None:
    """Print predicted against observed: good pairs weigh mix["clean"] together, other kinds their own part."""
    print(f"\n{name}: predicted, observed, pairs")
    chance = np.concatenate([good, *bad.values()])
    truth = np.concatenate([np.ones(len(good)), np.zeros(len(chance) - len(good))])
    share = np.concatenate([np.full(len(some), mix[k] / len(some)) for k, some in {"clean": good, **bad}.items()])
    share /= share.sum()
    error = 0.0
    for low in range(10):
        inside = (chance >= low / 10) & ((chance < (low + 1) / 10) | (low == 9))
        if inside.any():
            said, seen = (np.average(v[inside], weights=share[inside]) for v in (chance, truth))
            error += abs(said - seen) * share[inside].sum()
            print(f"  {low / 10:.1f}-{(low + 1) / 10:.1f}  {said:5.2f}  {seen:5.2f}  {inside.sum():5}")
    print(f"  expected calibration error {error:.3f}")


# What the ablation takes away together: features by how their names begin.
GROUPS = {
    "cosine": ("cosine",),
    "lengths": ("zh long", "en long", "en cut short", "zh cut short"),
    "words (lexicon)": ("missing", "extra", "en cut lacking", "zh cut lacking"),
    "endings": ("en unended", "zh unended", "en cut", "zh cut", "en lower"),
    "other marks": ("zh commas", "en commas", "zh brack", "en brack", "zh sent", "en sent", "question", "colon",
                    "exclaims", "quotes", "item", "you", "we"),
    "names": ("name",),
    "numbers": ("numbers",),
    "denials": ("en denies", "zh denies"),
}  # fmt: skip


def masked(weights: Weights, group: str, usual: dict[str, float]) -> Weights:
    """Give every feature of a group the value that it has in good pairs on average; nothing is fitted anew."""

    def without(way: Mapping[str, float]) -> dict[str, float]:
        lost = {name for name in way if name.startswith(GROUPS[group])}
        kept = {name: w for name, w in way.items() if name not in lost}
        return {**kept, "bias": kept.get("bias", 0.0) + sum(way[name] * usual[name] for name in lost)}

    ways = {**weights.ways, "plain": {name: without(way) for name, way in weights.ways["plain"].items()}}
    return replace(weights, ways=ways)


def main(given: argparse.Namespace) -> None:
    corpora: Path = given.corpora
    gold = given.gold or corpora / "hfgold" / "gold_dev.jsonl"
    posts = given.posts or corpora / "hfblog"
    embedder = kept_embedder()
    court = Court(embedder, given.model)
    kinds = spoiled(corpora, gold, posts, given.seed)
    ways: list[tuple[str, Callable[[Sequence[Pair]], list[Verdict]]]] = [
        ("lines and cosine", court),
        ("+ without each clause", lambda pairs: court(pairs, clauses=True)),
    ]
    if given.model:
        ways.append(("+ back-translation", lambda pairs: court(pairs, clauses=True, back=True)))
    verdicts: dict[str, list[Verdict]] = {}
    for title, way in ways:
        head_line(title)
        for kind, pairs in kinds.items():
            verdicts[kind] = way(pairs)
            report(kind, verdicts[kind])
            if given.misses == kind:
                show(pairs, verdicts[kind], kind == "clean")
    good, near, half = near_and_half(gold, posts, embedder)
    print(f"\n{'AUC of the score':26} {'near lines':>22} {'half-matching beads':>22}")
    for title, way in ways:
        true = [v.score for v in way(good)]
        cells = [(auc(true, s), auc_interval(true, s)) for s in ([v.score for v in way(x)] for x in (near, half))]
        print(f"{title:26} " + " ".join(f"{value:.3f} ({between:>11})" for value, between in cells))
    print(f"  {len(good)} true pairs, {len(near)} near lines, {len(half)} half-matching")
    machines(corpora, court)
    calibration(court, {**kinds, "nearest": near, "half-matching": half})
    ablation(court, kinds, near, half)


def machines(corpora: Path, court: Court) -> None:
    head_line("real translations")
    sample = json.loads((corpora / "digests" / "line_pairs.json").read_text("utf-8"))
    report(
        "sample digest: pairs", court([(p["zh"], p["en"]) for p in sample["pairs"]], clauses=True, made_by="written")
    )
    copies = [(p["text"], p["text"]) for p in sample["untranslated_duplicates"]]
    report("sample: untranslated", court(copies, made_by="written"))
    en = lines(corpora / "flores" / "dev.en")
    for path in sorted((corpora / "flores").glob("dev*.zh")):
        maker: MadeBy = "human" if path.name == "dev.zh" else "machine"
        pairs = list(zip(lines(path), en, strict=True))[500:]
        report(f"flores {path.name[4:]}", court(pairs, clauses=True, made_by=maker))
    pairs = list(zip(lines(corpora / "flores" / "dev.zh"), en[1:] + en[:1], strict=True))[500:]
    report("flores: neighbour's line", court(pairs, clauses=True, made_by="machine"))


# What is asked of P(exact): good pairs and pairs wrong in the ways of people, as often as the prior "none" has it; the
# shares of the ways are those of fit_judge.py's MIX, as near as corrupt.py's kinds come to them.
REALISTIC = {
    "clean": 40, "drop_en": 16, "drop_zh": 16, "half-matching": 7, "half_en": 3, "nearest": 5, "swap": 1, "name": 6,
    "number": 3, "unit": 1, "negate_en": 1.5, "leftover": 0.5,
}  # fmt: skip


def calibration(court: Court, kinds: dict[str, list[Pair]]) -> None:
    rng = random.Random(3)
    found = {k: court(rng.sample(p, min(len(p), 300)), clauses=True, made_by="none") for k, p in kinds.items()}
    scores = {kind: [v.score for v in found[kind]] for kind in sorted(SAME_WRONG & set(found))}
    clean = found["clean"]
    reliability("same sentence, good pairs against other sentences and halves", [v.score for v in clean], scores,
                {**dict.fromkeys(scores, 1.0), "clean": len(scores)})  # fmt: skip
    exact = {kind: [v.exact for v in found[kind]] for kind in REALISTIC if kind in found and kind != "clean"}
    reliability("exact, good pairs against a mix of changed ones", [v.exact for v in clean], exact, REALISTIC)


def ablation(court: Court, kinds: dict[str, list[Pair]], near: Sequence[Pair], half: Sequence[Pair]) -> None:
    weights, lexicon = load_weights(), load_lexicon()
    seen = [
        look(read(Line("zh", zh)), read(Line("en", en)), verdict, lexicon, weights.evidence).features
        for (zh, en), verdict in zip(kinds["clean"], court.cosines(kinds["clean"]), strict=True)
    ]
    usual = {name: float(np.mean([features[name] for features in seen])) for name in seen[0]}
    bad = {k: kinds[k] for k in ("half_en", "drop_en", "drop_zh", "negate_en", "name") if k in kinds}
    print("\nAUC without … (not fitted anew; the score for near lines and halves, exact for the rest)")
    print(f"{'':16} {'near':>8} {'halves':>8} " + " ".join(f"{k:>9}" for k in bad))
    for group in ("", *GROUPS):
        less = masked(weights, group, usual) if group else weights
        clean = court(kinds["clean"], weights=less)
        cells = [auc([v.score for v in clean], [v.score for v in court(x, weights=less)]) for x in (near, half)]
        rest = [auc([v.exact for v in clean], [v.exact for v in court(x, weights=less)]) for x in bad.values()]
        print(f"{group or '(nothing)':16} " + " ".join(f"{c:8.3f}" for c in cells) + " "
              + " ".join(f"{c:9.3f}" for c in rest))  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--posts", type=Path)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--misses", default="")
    main(parser.parse_args())

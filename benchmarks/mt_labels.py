"""The judge on real machine translation, labelled by hand: `python benchmarks/mt_labels.py CORPORA MODELS`.

gold/mt_labels.jsonl names 200 places and what docs/verdicts.md calls them (exact, same, wrong), read one by one: 100
lines of six translation systems on FLORES dev (English → Chinese), and 100 Chinese sentences of hfblog that the model
in MODELS puts into English. Its first line says with what; a translation that comes out differently here is left out
and counted. Printed: what the judge accepts and how sure it is, by label, by set and by system (Wilson 95 %). How far
machines are believed at all was learnt from the lines with an even number (fit_machine.py): the others are the test.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

from mt import BEAM, LocalModel
from scores import wilson
from vectors import kept_embedder

from digest.align.embed import Embedder
from digest.align.judge.back import BackTranslation
from digest.align.verify import judge
from digest.model import Line, Verdict

LABELS = Path(__file__).parent / "gold" / "mt_labels.jsonl"
GRADES = ("exact", "same", "wrong")
SURE = 0.75  # chosen on the lines fitted on as the least P(exact) for the grade; the others did not bear it out


@dataclass(frozen=True)
class Read:
    """A labelled pair and what the judge says of it."""

    origin: str
    label: str
    verdict: Verdict


def plain(markdown: str) -> str:
    """Take links, emphasis and backticks out of a sentence of Markdown; the underscores of names and formulas stay."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"(?<![\w}$])_([^_$\\]+)_(?!\w)", r"\1", re.sub(r"[*`]+", "", text))
    return " ".join(text.split())


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()[:12]


def pairs(rows: Sequence[dict[str, Any]], corpora: Path, model: LocalModel) -> Iterable[tuple[str, str]]:
    """Give the (Chinese, English) text of each place, in order."""
    flores = {path.name: path.read_text("utf-8").splitlines() for path in (corpora / "flores").glob("dev*")}
    zh = []
    for row in rows:
        if row["set"] == "hfblog":
            blocks = json.loads((corpora / "hfblog" / f"{row['slug']}.blocks.json").read_text("utf-8"))
            zh.append(plain(blocks[row["block"]][0][slice(*row["zh_span"])]))
    made = iter(zip(zh, model.translate(zh), strict=True))
    for row in rows:
        if row["set"] == "hfblog":
            yield next(made)
        else:
            at = row["line"] - 1
            yield flores[f"dev.{row['system']}.zh"][at].strip(), flores["dev.en"][at].strip()


def shown(k: int, n: int) -> str:
    """Give a share with its Wilson 95 % interval, in percent."""
    if not n:
        return "–"
    low, high = wilson(k, n)
    return f"{k / n:4.0%} ({low:.0%}–{high:.0%})"


def auc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Give the chance that a good pair scores above a bad one, ties counting half."""
    wins = sum((a > b) + (a == b) / 2 for a in good for b in bad)
    return wins / max(1, len(good) * len(bad))


def verdicts(texts: Sequence[tuple[str, str]], embedder: Embedder, back: Sequence[str] | None) -> list[Verdict]:
    """Judge pairs as the product does a machine's; `back` are translations of the Chinese lines, a second opinion."""
    told: dict[str, Any] = {"made_by": "machine", "embedder": embedder}
    zh, en = (embedder.encode([pair[side] for pair in texts]) for side in (0, 1))
    found = []
    for i, (a, b) in enumerate(texts):
        if back is not None:
            told["back"] = BackTranslation(back[i], float(embedder.encode([back[i]])[0] @ en[i]))
        found.append(judge(Line("zh", a), Line("en", b), float(zh[i] @ en[i]), **told))
    return found


def table(reads: Sequence[Read]) -> None:
    print(f"{'origin':30} {'label':6} {'n':>4}  {'accepted':16} {'graded exact':16} {'no remark':16} mean score")
    origins = sorted({read.origin for read in reads})
    groups = [("all", origins)] + [(s, [o for o in origins if o.startswith(s)]) for s in ("flores", "hfblog")]
    systems = [(origin, [origin]) for origin in origins if origin.startswith("flores ")]
    for name, members in [group for group in groups if group[1]] + systems:
        for label in GRADES:
            found = [r.verdict for r in reads if r.label == label and r.origin in members]
            if found:
                n, mean = len(found), sum(v.score for v in found) / len(found)
                shares = [
                    shown(sum(map(test, found)), n)
                    for test in (_accepted, _graded_exact, lambda v: v.verified and not v.reasons)
                ]
                print(f"{name:30} {label:6} {n:4}  " + " ".join(f"{s:16}" for s in shares) + f" {mean:.2f}")


def _accepted(verdict: Verdict) -> bool:
    return verdict.verified


def _graded_exact(verdict: Verdict) -> bool:
    return verdict.grade == "exact"


def calibration(reads: Sequence[Read]) -> None:
    """Print predicted against observed for both questions, and how well the probability parts right from wrong."""
    for title, good, chance in (
        ("same sentence", {"exact", "same"}, lambda v: v.score), ("exact", {"exact"}, lambda v: v.exact)
    ):  # fmt: skip
        print(f"\n{title}: predicted, observed (95 %), lines")
        for low, high in ((0.0, 0.25), (0.25, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)):
            inside = [read for read in reads if low <= chance(read.verdict) < high]
            if inside:
                said = sum(chance(read.verdict) for read in inside) / len(inside)
                right = sum(read.label in good for read in inside)
                print(f"  {low:.2f}-{min(high, 1.0):.2f}  {said:.2f}  {shown(right, len(inside)):16} {len(inside):3}")
        for name in ("", *sorted({read.origin.split()[0] for read in reads})):
            mine = [read for read in reads if read.origin.startswith(name)]
            parted = ([chance(r.verdict) for r in mine if (r.label in good) is right] for right in (True, False))
            print(f"  {name or 'all'}: AUC {auc(*parted):.3f}")
    sure = [read for read in reads if read.verdict.exact >= SURE]
    by = [sum(read.label == label for read in sure) for label in GRADES]
    print(f"of {len(sure)} with P(exact) >= {SURE}: exact {shown(by[0], len(sure))}, wrong {shown(by[2], len(sure))}")


def read_all(rows: Sequence[dict[str, Any]], found: Sequence[Verdict]) -> list[Read]:
    return [
        Read(" ".join(filter(None, (row["set"], row.get("system")))), row["label"], verdict)
        for row, verdict in zip(rows, found, strict=True)
    ]


def main(corpora: Path, models: Path, show: bool) -> None:
    head, *rows = map(json.loads, LABELS.read_text("utf-8").splitlines())
    model, embedder = LocalModel(next(models.glob("translate-zh_en-*.argosmodel"))), kept_embedder()
    texts = list(pairs(rows, corpora, model))
    kept = [i for i, (row, pair) in enumerate(zip(rows, texts, strict=True)) if sha1("\t".join(pair)) == row["sha1"]]
    print(f"{len(kept)} of {len(rows)} labelled pairs are as they were read (beam {head['beam_size']}, here {BEAM})")
    parts = {
        "the half held out": [i for i in kept if i % 2 == 1],
        "the half that fit_machine.py learns from": [i for i in kept if i % 2 == 0],
    }
    for title, places in parts.items():
        print(f"\n== {title}: {len(places)} lines")
        mine, some = [rows[i] for i in places], [texts[i] for i in places]
        found = verdicts(some, embedder, None)
        for row, pair, verdict in zip(mine, some, found, strict=True):
            if show and verdict.verified == (row["label"] == "wrong"):
                print(row["label"], row["why"], verdict.grade, verdict.score, verdict.reasons, *pair, sep="\n   ")
        table(read_all(mine, found))
        calibration(read_all(mine, found))
    # the hfblog lines are this very model's: its second opinion of them would be its first
    places = [i for i in parts["the half held out"] if rows[i]["set"] == "flores"]
    mine, some = [rows[i] for i in places], [texts[i] for i in places]
    print(f"\n== the half held out, FLORES, with the local model's back-translation: {len(places)} lines")
    with_back = read_all(mine, verdicts(some, embedder, model.translate([zh for zh, _ in some])))
    table(with_back)
    calibration(with_back)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--misses" in sys.argv[3:])

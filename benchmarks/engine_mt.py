"""What a local model makes of posts that exist in Chinese only: `python benchmarks/engine_mt.py SITE CORPORA MODELS`.

MODELS has the zh→en `.argosmodel`; it is installed into a temporary folder and asked as the product asks it, with the
product's own masks, habits, limit of doubt, loop and judge. First the three posts of SITE's /cn/ feed: what the daily
job asks of each (title, headings, chosen lines), then every sentence of their prose. Printed: lines let through (Wilson
95 %), refusals by name, code spans kept, chrF against the kept English editions, what the labels say, speed.

Then one table with parts of the product taken away, and how well the model's doubt tells labelled lines apart.
gold/engine_mt.jsonl holds what a reader says of lines of the three posts and of 16 posts of CORPORA/hfblog-more. The
limit of doubt was fitted on the latter, masks and habits were chosen with both in sight (manners.py, masks.py).

Answers and vectors are kept in benchmarks/.vectors; `--sample OUT.json` writes 40 lines that stand, for a reader.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from engine_mt_lines import Asked, Label, Text, chrf, code_kept, labelled, labels, other_texts, said, site_texts, taken
from mt import LocalModel as LocalTranslator
from mt_labels import LABELS as FIRST_LABELS
from mt_labels import auc, pairs, sha1
from vectors import FOLDER, kept_embedder

from digest.align.embed import Embedder, load_embedder
from digest.align.lexicon import load_lexicon
from digest.engines.kept import Kept
from digest.engines.local import LocalEngine, installed, pull
from digest.engines.local.loading import LocalModel
from digest.engines.local.manners import MANNERS, Manners, manners_of
from digest.fetch.web import Web
from digest.filling import judge_of
from digest.model import Line
from digest.normalise.split import split
from digest.store import Store
from digest.translate.engine import Asked as Question
from digest.translate.engine import Engine, Task
from digest.translate.loop import Judge, fill
from digest.translate.masks import Kind, masked

SEED, SAMPLE = 20261123, 40
GOAL_LINES, GOAL_SECONDS = 60, 8.0
KINDS_OF_LINES = ("title", "heading", "line")  # as the job asks them; "line" is a chosen one
PARTS = (*((kind,) for kind in KINDS_OF_LINES), KINDS_OF_LINES, ("sentence",))


class Masking(Kept):
    """The product's local engine, its answers kept; the loop is told to mask `kinds` beside code (None: nothing)."""

    def __init__(self, models: Path, store: Store, kinds: Collection[Kind] | None) -> None:
        super().__init__(LocalEngine(models, threads=1), store, datetime.now(UTC))
        self._kinds = kinds

    @property
    def masks(self) -> Collection[Kind] | None:
        return self._kinds


@dataclass(frozen=True)
class Bench:
    """The installed model, the store of its answers, the texts and what a reader says of them."""

    models: Path
    store: Store
    embedder: Embedder
    judge: Judge
    site: Sequence[Text]
    others: Sequence[Text]
    labels: Mapping[str, Sequence[Label]]

    def engine(self, kinds: Collection[Kind] | None = LocalEngine.masks) -> Masking:
        return Masking(self.models, self.store, kinds)

    def three_posts(self, engine: Engine) -> tuple[list[Asked], Counter[str], Counter[str]]:
        """Give all lines of the three posts; and what was refused of those the job asks, and of the sentences."""
        asked: list[Asked] = []
        refused: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for text in self.site:
            both = text.job(engine, self.embedder), text.prose(engine, self.judge)
            for counts, (lines, got) in zip(refused, both, strict=True):
                asked += lines
                counts.update(got.refused)
        return asked, *refused

    def labelled_others(self, engine: Engine) -> list[Asked]:
        """Give the labelled lines of the other posts, each asked between its neighbours."""
        places = {label.place for label in self.labels["hfblog-more"]}
        found = (line for text in self.others for line in text.prose(engine, self.judge, places)[0])
        return [line for line in found if line.place in places]


def three_posts(bench: Bench) -> list[Asked]:
    lines, of_job, of_prose = bench.three_posts(bench.engine())
    print(f"the three posts ({bench.engine().signature})")
    for parts in PARTS:
        mine = [line for line in lines if line.part in parts]
        name = f"  {parts[0]}" if len(parts) == 1 else "what the job asks"
        print(f"{name:18} let through {taken(mine):32} code {code_kept(mine):6} chrF {chrf(mine)}")
    print(f"refused by name: of what the job asks {dict(of_job)}, of the sentences {dict(of_prose)}")
    standing = {line.sha1 for line in lines if line.made}
    known = sum(label.sha1 in standing for label in bench.labels["site"])
    print(f"lines that stand, each once: {len(standing)}, with a label {known}")
    print(f"labels, the three posts: {said(lines, bench.labels['site'])}")
    others = bench.labelled_others(bench.engine())
    print(f"labels, {len(bench.others)} other posts: {said(others, bench.labels['hfblog-more'])}")
    return lines


def sample(lines: Sequence[Asked]) -> list[dict[str, object]]:
    """Draw lines that stand: all that the job asks, then sentences that it does not."""
    rng = random.Random(SEED)
    stand = [line for line in lines if line.made]
    texts = {line.line.text for line in lines if line.part != "sentence"}
    first = [line for line in stand if line.part != "sentence"]
    first = rng.sample(first, SAMPLE) if len(first) > SAMPLE else first
    rest = [line for line in stand if line.part == "sentence" and line.line.text not in texts]
    rest = rng.sample(rest, min(SAMPLE - len(first), len(rest)))
    return [
        {
            "id": "-".join(map(str, line.place)), "kind": line.part, "zh": line.line.text,
            "en": line.made.line.text, "context_zh": line.beside,
        }
        for line in (*sorted(first, key=lambda line: KINDS_OF_LINES.index(line.part)), *rest) if line.made
    ]  # fmt: skip


def mannered(change: Callable[[Manners], Manners]) -> AbstractContextManager[object]:
    return patch.dict(MANNERS, {name: change(manners) for name, manners in MANNERS.items()})  # type: ignore[arg-type]


# What the loop masks beside code (None: nothing at all), and what becomes of the model's manners.
WAYS: Mapping[str, tuple[Collection[Kind] | None, Callable[[Manners], Manners]]] = {
    "nothing masked": (None, lambda _: Manners()),
    "code masked": ((), lambda _: Manners()),
    "all kinds masked": (LocalEngine.masks, lambda _: Manners()),
    "… and habits": (LocalEngine.masks, lambda known: replace(known, most_doubt=None)),
    "… and doubt": (LocalEngine.masks, lambda known: replace(known, habits={})),
    "product: all of it": (LocalEngine.masks, lambda known: known),
}


def ablation(bench: Bench) -> dict[str, list[Asked]]:
    """Print what each part brings; give the lines as they are without manners, by set of labels."""
    without: dict[str, list[Asked]] = {}
    print("\nparts of the product; lines of the three posts as above, labelled lines of the others")
    for name, (kinds, change) in WAYS.items():
        with mannered(change):
            lines, *refused = bench.three_posts(bench.engine(kinds))
            others = bench.labelled_others(bench.engine(kinds))
        print(f"{name:20} let through {taken(lines)}; code {code_kept(lines)} chrF {chrf(lines)}", *map(dict, refused))
        both = {"site": lines, "hfblog-more": others}
        for where, mine in both.items():
            print(f"{'':20} labels, {where}: {said(mine, bench.labels[where])}")
        without = both if name == "all kinds masked" else without
    return without


def doubts(bench: Bench, lines: Mapping[str, Sequence[Asked]], corpora: Path, package: Path) -> None:
    """Print how well doubt tells labelled lines: those that are worded as they were read, without the manners."""
    (model,) = installed(bench.models)
    loaded, limit = LocalModel(model, threads=1), manners_of(model).most_doubt
    assert limit is not None
    found = {name: labelled(mine, bench.labels[name]) for name, mine in lines.items()}
    found["mt_labels"] = first_labels(corpora, LocalTranslator(package), bench.judge)
    found["fitted on"] = found["hfblog-more"] + found["mt_labels"]
    print("\ndoubt, on labelled lines that the judge takes without the manners (fitted on: hfblog-more and mt_labels)")
    for name, rows in found.items():
        wrong, right = [], []
        for text, label in rows:
            doubt = max(one.doubt for one in loaded.translate([text[a:b] for a, b in split(text)]))
            (wrong if label == "wrong" else right).append(doubt)
        print(
            f"  {name:12} {len(wrong)} wrong, {len(right)} right: AUC {auc(wrong, right):.2f}; above {limit}: wrong "
            f"{sum(d > limit for d in wrong)}, right {sum(d > limit for d in right)}; "
            f"80 % of the right are below {np.quantile(right, 0.8):.2f}"
        )


def first_labels(corpora: Path, model: LocalTranslator, judge: Judge) -> list[tuple[str, str]]:
    """Give the text and label of the local model's lines of gold/mt_labels.jsonl; they were asked without masks."""
    _, *rows = map(json.loads, FIRST_LABELS.read_text("utf-8").splitlines())
    rows = [row for row in rows if row["set"] == "hfblog"]
    return [
        (zh, row["label"])
        for row, (zh, en) in zip(rows, pairs(rows, corpora, model), strict=True)
        if sha1(f"{zh}\t{en}") == row["sha1"]
        and judge(Line("zh", zh), Line("en", en), "line", "machine", ("", "")).verified
    ]


def speed(bench: Bench) -> None:
    """Time sentences of the three posts, nothing kept, on two processors: the model alone, and with loop and judge."""
    wanted = [wanted for text in bench.site for wanted in text.wanted()][:GOAL_LINES]
    engine = LocalEngine(bench.models, threads=2)
    engine.translate(Task((Question("好。"),), "zh", "en"))
    task = Task(tuple(Question(masked(one.line).text) for one in wanted), "zh", "en")
    size = np.mean([len(one.line.text) for one in wanted])
    print(f"\n{len(wanted)} sentences of {size:.0f} characters; load {os.getloadavg()[0]:.1f}")
    began = time.perf_counter()
    engine.translate(task)
    alone = time.perf_counter() - began
    judge = judge_of(load_embedder(), load_lexicon())
    fill(wanted[:1], [engine], judge, source="zh", target="en")  # both are loaded now
    began = time.perf_counter()
    fill(wanted, [engine], judge, source="zh", target="en")
    whole = time.perf_counter() - began
    print(f"  the model alone {alone:.1f} s, with loop and judge {whole:.1f} s (goal {GOAL_SECONDS:g} s)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("site", "corpora", "models"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--sample", type=Path, help="write lines that stand to this file, for a reader")
    given = parser.parse_args()
    package = next(given.models.glob("translate-zh_en-*.argosmodel"))
    with tempfile.TemporaryDirectory() as room, Web() as web, Store(FOLDER / "engine_mt") as store:
        pull(["zh-en"], folder=Path(room), web=web, now=datetime.now(UTC), from_=str(package))
        embedder, known = kept_embedder(), labels()
        others = other_texts(given.corpora, {label.place[0] for label in known["hfblog-more"]}, embedder)
        judge = cache(judge_of(embedder, load_lexicon()))  # most lines are judged again and again below
        bench = Bench(Path(room), store, embedder, judge, site_texts(given.site, embedder), others, known)
        lines = three_posts(bench)
        if given.sample:
            given.sample.write_text(json.dumps(sample(lines), ensure_ascii=False, indent=1) + "\n", "utf-8")
        doubts(bench, ablation(bench), given.corpora, package)
        speed(bench)


if __name__ == "__main__":
    main()

"""`digest clean` on the sample digest: `python benchmarks/clean.py CORPORA SEEDS [--misses]`.

Seed 000 (damaged text) and its clean text go through the cleaner; what comes out is compared by line number with the
clean text: its 104 pairs of lines, of which 4 join a line to its neighbour's translation and share both their lines
with true pairs, so that 100 are left; echoes, fences, headings and chatter as the clean text itself shows them.

Then pages made of other lines: the 301st to 600th of FLORES-200 dev (CC BY-SA 4.0) with a real machine's Chinese, ten
to an abstract, in the layouts that tools write, sound and damaged. What the pairing's constants are was chosen on the
sample digest and on pages of the lines before and after these.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
from datetime import date
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

from scores import wilson
from vectors import kept_embedder

from digest.clean.report import counts
from digest.cleaning import Cleaned, clean
from digest.config import DigestSettings

SEED = "000_*.txt"
Lines = set[int]


class Truth:
    """What the clean text holds, by line number."""

    def __init__(self, corpora: Path) -> None:
        text = next((corpora / "encoding" / "seeds_clean").glob("000_*.clean.md")).read_text("utf-8")
        self.text = text
        self.lines = dict(enumerate(text.split("\n"), 1))
        listed = json.loads((corpora / "digests" / "line_pairs.json").read_text("utf-8"))
        self.pairs: set[tuple[int, int]] = set()
        self.listed_echoes = {row["line"] for row in listed["untranslated_duplicates"]}
        last = 0
        for row in listed["pairs"]:
            if row["line"] > last:  # else: the second line of the pair before, with its neighbour
                self.pairs.add((row["line"], row["line"] + 1))
                last = row["line"] + 1
        self.posts = self.matching(r"##? \[")
        self.fences = self.matching(r"```")
        self.headings = self.matching(r"#{1,6} (?!\[)|\*\*[^*]+\*\*$") - {1}
        bare = {number: re.sub(r"^[*_]|[*_]$", "", line) for number, line in self.lines.items()}
        self.echoes = {n for n, line in bare.items() if line and line == bare.get(n - 1)}
        told = {n for pair in self.pairs for n in pair} | self.echoes | {n - 1 for n in self.echoes}
        told |= self.posts | self.fences | self.headings | self.matching(r"---|$") | self.matching(r"# |以下共有")
        rest = set(self.lines) - told
        self.run_on = {n for n in rest if len(re.findall(r"[。.] ?[A-Z\u4e00-\u9fff]", self.lines[n])) > 4}
        self.chatter = rest - self.run_on

    def matching(self, pattern: str) -> Lines:
        return {number for number, line in self.lines.items() if re.match(pattern, line)}


def main(corpora: Path, seeds: Path, misses: bool) -> None:
    truth = Truth(corpora)
    embedder = kept_embedder()
    settings = DigestSettings.model_validate({})
    damaged = next(seeds.glob(SEED)).read_text("utf-8")
    for name, text in (("seed 000", damaged), ("its clean text", truth.text)):
        show(name, clean(text, name, embedder, settings, date(2025, 4, 16)), truth, misses)
    zh, en = (
        (corpora / "flores" / name).read_text("utf-8").split("\n")[300:600] for name in ("dev.google.zh", "dev.en")
    )
    print(f"{'pages of FLORES':20} {'':8} {'pairs':>6} {'found':>6} {'wrong':>6}  doubtful")
    for layout in LAYOUTS:
        for codec in ("", "cp1254"):
            made(layout, codec, list(zip(zh, en, strict=True)), embedder, settings)


def made(layout: str, codec: str, pairs: list[tuple[str, str]], embedder, settings: DigestSettings) -> None:
    dice = random.Random(7)
    rows = ["# D — 2025-01-01"]
    for start in range(0, len(pairs), 10):
        rows += [f"## [Post {start}](https://a.example/{start})"] if start % 50 == 0 else []
        rows += ["**Abstract**", "", *LAYOUTS[layout](pairs[start : start + 10], dice), ""]
    there = set(rows)
    truth = {(zh, en) for zh, en in pairs if zh in there and en in there}
    text = "\n".join(rows)
    if codec:
        text = text.encode().decode(codec, "ignore").replace("\u00ad", "")
    kept = [p for p in clean(text, layout, embedder, settings, date(2025, 1, 1)).report.pairs if p.kept]
    lines = {(" ".join(rows[n - 1] for n in p.zh), " ".join(rows[n - 1] for n in p.en)) for p in kept}
    doubtful = sum(not p.verdict.verified for p in kept)
    print(f"{layout:20} {codec:8} {len(truth):6} {len(lines & truth):6} {len(lines - truth):6} {doubtful:9}")


def some(pairs: list[tuple[str, str]], dice: random.Random, *gap: str) -> list[str]:
    """Leave out one line of three pairs in ten."""
    rows = []
    for zh, en in pairs:
        throw = dice.random()
        rows += [zh, *gap, en, ""] if throw < 0.7 else [zh, ""] if throw < 0.85 else [en, ""]
    return rows


LAYOUTS = {
    "couples": lambda pairs, _: [row for zh, en in pairs for row in (zh, en, "")],
    "a gap after each": lambda pairs, _: [row for zh, en in pairs for row in (en, "", zh, "")],
    "mixed order, no gap": lambda pairs, dice: [row for pair in pairs for row in dice.sample(pair, 2)],
    "blocks": lambda pairs, _: [*(zh for zh, _ in pairs), "", *(en for _, en in pairs)],
    "every line shifted": lambda pairs, _: [
        row for n, (zh, _) in enumerate(pairs) for row in (zh, pairs[(n + 1) % len(pairs)][1], "")
    ],
    "lines missing": some,
    "missing, with gaps": lambda pairs, dice: some(pairs, dice, ""),
    "blocks, missing": lambda pairs, dice: [
        *(zh for zh, _ in pairs if dice.random() < 0.8), "", *(en for _, en in pairs if dice.random() < 0.8)
    ],
}  # fmt: skip


def show(name: str, got: Cleaned, truth: Truth, misses: bool) -> None:
    report, told = got.report, counts(got.report)
    kept = [pair for pair in report.pairs if pair.kept]
    whole = {tuple(sorted(p.zh + p.en)) for p in kept if p.zh != p.en}
    inside = [p for a in got.digest.abstracts for p in a.pairs if p.zh and p.en and places(p.zh) == places(p.en)]
    strange = [p for p in inside if p.en.text.rstrip(".") not in truth.lines[places(p.en)[0]].replace("`", "")]
    found = len(whole & truth.pairs)
    low, high = wilson(found, len(truth.pairs))
    print(name)
    print(f"  posts                               {told['posts']} of {len(truth.posts)}")
    print(f"  distinct pairs kept                 {found} of {len(truth.pairs)} ({low:.1%} to {high:.1%})")
    print(f"  of these verified by the judge      {sum(p.verdict.verified for p in kept if p.zh != p.en)}")
    print(f"  pairs that the clean text has not   {len(whole - truth.pairs) + len(strange)}")
    print(f"  pairs out of one line of both       {len(inside)} (line {', '.join(map(str, truth.run_on))})")
    echoes = {account.of for account in report.of_role("echo")}
    print(f"  echoes listed with the corpus       {len(echoes & truth.listed_echoes)} of {len(truth.listed_echoes)}")
    for role, true in (
        ("echo", truth.echoes), ("fence", truth.fences), ("heading", truth.headings), ("chatter", truth.chatter)
    ):  # fmt: skip
        mine = {account.line for account in report.of_role(role)}
        print(f"  {role:35} {len(mine & true)} of {len(true)}, {len(mine - true)} too many")
    print(f"  lines of text: damaged {told['damaged']}, repaired {told['repaired']}, unpaired {told['unpaired']}")
    if misses:
        for pair in kept:
            if not pair.verdict.verified:
                print("   doubtful", pair.zh, pair.en, pair.verdict.reasons)
        print("   missed", sorted(truth.pairs - whole), "strange", sorted(whole - truth.pairs))


def places(line) -> list[int]:
    return [place.paragraph for place in line.places]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--misses" in sys.argv[3:])

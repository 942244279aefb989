"""Which written lines are let through: python benchmarks/written.py CORPORA MODEL.argosmodel [--fit] [--show KIND].

There is no writer here, so lines stand in for what one would write, made of human text. Lines that rest on the
sentences they name: a *paraphrase* (a local model's English of the human Chinese sentence, for the English sentence;
what the model got wrong is in it too), a sentence *shortened* by a clause or to the first *part* of its clauses, *two*
paraphrases as one, and the human line of the *other edition*. Lines that do not: another paragraph's sentence or the
neighbour's named instead, a number or a name changed, a clause of another post added, a denial put in. And of neither
kind: the sentences in which the English posts *sum up* themselves, each with the two sentences elsewhere in the post
that are most like it, which may or may not bear it.

`--fit` prints, on hfblog-more, what each threshold alone lets through; without it the shares let through on hfblog,
on which nothing was fitted, with 95 % intervals (Wilson). `--show` prints what was decided wrongly of a kind.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mt import LocalModel
from scores import share
from silver import SilverPair, SilverPost, posts
from spoil import EN_CLAUSE, ZH_CLAUSE
from vectors import kept_embedder

from digest.abstract.sections import sections
from digest.align.embed import Embedder
from digest.align.rests import Bearing, bearing, joined, rests
from digest.align.words import words
from digest.normalise.markdown import read_markdown
from digest.normalise.split import sentences

PER_POST = {True: 12, False: 60}  # pairs of a post, fitting or not: long posts must not drown short ones
LEAST_SUMMARY = 8  # words of a sentence that sums up
LEAST_PART = 6  # content words of a part that says something
NAME = re.compile(r"(?<=[a-z] )[A-Z][A-Za-z0-9-]*[A-Za-z0-9]\b|\b(?:[A-Z]+[a-z]*[A-Z0-9]\w*)\b")
OTHER_NAMES = ("PyTorch", "TensorFlow", "GPT-4", "BERT", "NVIDIA", "OpenAI", "JAX", "ResNet", "Mistral", "AWS")
GOOD = (
    "paraphrase",
    "shortened en",
    "shortened zh",
    "part en",
    "part zh",
    "two",
    "other edition zh",
    "other edition en",
)


@dataclass(frozen=True)
class Case:
    kind: str
    line: str
    side: str
    cited: tuple[str, ...]
    cited_side: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--show", default="")
    options = parser.parse_args()
    embedder, model = kept_embedder(), LocalModel(options.model)
    folder = options.corpora / ("hfblog-more" if options.fit else "hfblog")
    cases = list(cases_of(list(posts(folder, embedder)), model, PER_POST[options.fit]))
    if options.fit:
        fit(cases, embedder)
    report([*cases, *summing_up(folder, embedder)], embedder, options.show)


def cases_of(read: Sequence[SilverPost], model: LocalModel, most: int) -> Iterator[Case]:
    rng = random.Random(4)
    drawn = [(post, rng.sample(post.pairs, min(most, len(post.pairs)))) for post in read if post.pairs]
    lines = iter(model.translate([pair.zh.replace("`", "") for _, pairs in drawn for pair in pairs]))
    for number, (post, pairs) in enumerate(drawn):
        strange = drawn[(number + 1) % len(drawn)][1]  # another post's pairs
        before: tuple[str, SilverPair] | None = None
        for pair in pairs:
            line = next(lines)
            yield from _good(pair, line, before)
            yield from _bad(pair, line, "en", pair.en_parts, "en", post, strange, rng)
            yield from _bad(pair, pair.zh, "zh", pair.zh_parts, "zh", post, strange, rng)
            yield from _bad(pair, pair.zh, "zh", pair.en_parts, "en", post, strange, rng)
            before = line, pair


def _good(pair: SilverPair, line: str, before: tuple[str, SilverPair] | None) -> Iterator[Case]:
    yield Case("paraphrase", line, "en", pair.en_parts, "en")
    for side, text, parts, pattern in (
        ("en", pair.en, pair.en_parts, EN_CLAUSE),
        ("zh", pair.zh, pair.zh_parts, ZH_CLAUSE),
    ):
        clauses = [clause for clause in pattern.split(text) if clause and clause.strip()]
        if len(clauses) > 2:
            yield Case(f"shortened {side}", ("" if side == "zh" else " ").join(clauses[:-1]), side, parts, side)
            half = ("" if side == "zh" else " ").join(clauses[: (len(clauses) + 1) // 2])
            if len(words(half)) >= LEAST_PART:
                yield Case(f"part {side}", half, side, parts, side)
    if before:
        yield Case("two", f"{before[0]} {line}", "en", before[1].en_parts + pair.en_parts, "en")
    yield Case("other edition zh", pair.zh, "zh", pair.en_parts, "en")
    yield Case("other edition en", pair.en, "en", pair.zh_parts, "zh")


def _bad(
    pair: SilverPair, line: str, side: str, cited: tuple[str, ...], cited_side: str, post: SilverPost,
    strange: Sequence[SilverPair], rng: random.Random,
) -> Iterator[Case]:  # fmt: skip
    where = side if side == cited_side else f"{side} across"
    lines, around = (post.zh_lines, pair.around_zh) if cited_side == "zh" else (post.en_lines, pair.around_en)
    other = rng.choice(lines)
    if other not in joined(cited, cited_side) and joined(cited, cited_side) not in other:
        yield Case(f"another paragraph's, {where}", line, side, (other,), cited_side)
    if len(around[1]) > 12:
        yield Case(f"the neighbour's, {where}", line, side, (around[1],), cited_side)
    for kind, made in (
        ("number", _number(line, rng)),
        ("name", _name(line, rng)),
        ("invented", _invented(line, side, strange, rng)),
        ("denial", _denial(line, side)),
    ):
        if made:
            yield Case(f"{kind}, {where}", made, side, cited, cited_side)


def _number(line: str, rng: random.Random) -> str:
    found = [m for m in re.finditer(r"(?<![\w.,-])\d+(?![\w,.-]*\d)", line) if m.start() > 2]  # no list's marker
    if not found:
        return ""
    m = rng.choice(found)
    return line[: m.start()] + str(int(m.group()) + rng.choice([1, 2, 5, 30, 100])) + line[m.end() :]


def _name(line: str, rng: random.Random) -> str:
    found = list(NAME.finditer(line))
    other = rng.choice([name for name in OTHER_NAMES if name.lower() not in line.lower()])
    m = rng.choice(found) if found else None
    return line[: m.start()] + other + line[m.end() :] if m else ""


def _invented(line: str, side: str, strange: Sequence[SilverPair], rng: random.Random) -> str:
    """Add the first clause of another post's line, without its numbers, so that only what it says gives it away."""
    text = rng.choice(strange)
    clause = re.split("[，；：]" if side == "zh" else r"[,;:] ", (text.zh, text.en)[side == "en"])[0]
    if len(words(clause)) < 4 or re.search(r"\d", clause):
        return ""
    clause = clause.rstrip("。.!！?？ ")
    return line.rstrip("。. ") + (f"，并且{clause}。" if side == "zh" else f", and {clause[0].lower()}{clause[1:]}.")


def _denial(line: str, side: str) -> str:
    if side == "zh":
        found = re.search(r"(?<!不)(?:可以|能够|需要|支持|会(?!议))", line)
        return (
            line[: found.start()] + "不" + line[found.start() :]
            if found and not re.search("[不没无未非]", line)
            else ""
        )
    found = re.search(r"\b(?:is|are|can|will|was|were|should)\b", line)
    denied = re.search(r"\b(?:not|no|never|cannot|without)\b|n['’]t\b", line)
    return f"{line[: found.end()]} not{line[found.end() :]}" if found and not denied else ""


def summing_up(folder: Path, embedder: Embedder) -> Iterator[Case]:
    """Give what stands under TL;DR, Summary, Conclusion …, with what a writer might have named for it."""
    for path in sorted(folder.glob("*.en.md")):
        document = read_markdown(path.read_text("utf-8"), path.stem, lang="en")
        stands = sections(document)
        prose = [s for s in sentences(document.paragraphs) if document.paragraphs[s.paragraph].kind != "heading"]
        body = [s.text for s in prose if not stands[s.paragraph].summing_up]
        said = [s.text for s in prose if stands[s.paragraph].summing_up and len(s.text.split()) >= LEAST_SUMMARY]
        if not body or not said:
            continue
        near = embedder.encode(said) @ embedder.encode(body).T
        for line, row in zip(said, near, strict=True):
            cited = tuple(body[i] for i in sorted(row.argsort()[-2:]))
            yield Case("summing up", line, "en", cited, "en")


def fit(cases: Sequence[Case], embedder: Embedder) -> None:
    """Print for each measure the value that 1, 2, 5, 10 % of the good lines are beyond, and what of the bad ones is."""
    measured: dict[str, list[Bearing]] = defaultdict(list)
    for case in cases:
        where = "across" if case.side != case.cited_side else "within"
        kind = f"good {where}" if case.kind in GOOD else case.kind
        measured[kind].append(bearing(case.line, case.side, case.cited, case.cited_side, embedder))
        if case.kind == "paraphrase":
            measured["paraphrase"].append(measured[kind][-1])
    for name in ("similarity", "clause", "new"):
        for base in ("good within", "paraphrase", "good across"):
            sign = -1 if name == "new" else 1
            values = sorted(sign * getattr(b, name) for b in measured[base])
            for percent in (1, 2, 5, 10):
                cut = values[len(values) * percent // 100]
                caught = {
                    kind: sum(sign * getattr(b, name) < cut for b in found) / len(found)
                    for kind, found in measured.items()
                    if (kind.endswith("across")) == (base == "good across")
                }
                print(f"{name} {sign * cut:.2f} loses {percent} % of {base}; catches", end=" ")
                print(", ".join(f"{kind} {value:.0%}" for kind, value in caught.items()))


def report(cases: Sequence[Case], embedder: Embedder, show: str) -> None:
    passed: Counter[str] = Counter()
    total = Counter(case.kind for case in cases)
    why: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        found = rests(case.line, case.side, case.cited, case.cited_side, embedder)
        passed[case.kind] += not found
        why[case.kind].update(reason.partition(":")[0] for reason in found)
        if case.kind == show and bool(found) == (show in GOOD):
            print(f"{'; '.join(found) or 'passed'}\n  {case.line}\n  {joined(case.cited, case.cited_side)}")
    for kind in sorted(total, key=lambda kind: (kind not in GOOD, kind)):
        label = "rests on them" if kind in GOOD else "unknown" if kind == "summing up" else "does not"
        reasons = ", ".join(f"{name} {count}" for name, count in why[kind].most_common(5))
        print(f"{label:14} {kind:28} let through {share(passed[kind], total[kind]):34} refused for: {reasons or '–'}")


if __name__ == "__main__":
    main()

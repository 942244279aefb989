"""Damaged text with its truth: what the repair makes of it, beside ftfy on the same input."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import repair_texts as texts
from damage import GBK_OF_UTF8, GONE, LOSSLESS, PAIRING, PROFILES, VARIANTS, Lossy, gbk_of_utf8, pairable
from ftfy import TextFixerConfig, fix_text
from rapidfuzz.distance import LCSseq
from repair_scores import Score, faithless

from digest.model import Page
from digest.normalise.repair.mend import mend
from digest.normalise.repair.report import Mended
from digest.repairing import repair

Row = dict[str, str]
Tables = Iterator[tuple[str, list[Row]]]
# What ftfy undoes without touching Chinese typography.
TUNED = TextFixerConfig(
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    fix_line_breaks=False,
    unescape_html=False,
    remove_terminal_escapes=False,
    normalization=None,
)


def tuned(text: str) -> str:
    return fix_text(text, TUNED)


class Run:
    """What the parts share: the folders, the summary, and the lines that the oracle refuses."""

    def __init__(self, corpora: Path, seeds: Path, han: int) -> None:
        self.corpora, self.seeds, self.han = corpora, seeds, han
        self.checked = 0  # lines printed as repaired
        self.faithless: list[str] = []
        self.open = Score()  # all of the text that is open for tuning, and what was kept aside
        self.summary: list[Row] = []

    def sum_up(self, what: str, figure: str, ftfy: str = "", goal: str = "") -> None:
        self.summary.append({"what": what, "digest": figure, "ftfy, same input": ftfy, "goal": goal})

    def scored(self, name: str, truth: str, damage: Lossy, into: Score, damaged: str = "") -> str:
        """Damage a text, mend it, count it; every line printed as repaired is damaged again and compared."""
        damaged = damaged or damage(truth)
        mended = mend(damaged)
        into.add(truth, mended, damage.hits)
        self.oracle(name, damaged, mended.text, faithless(damaged, mended, damage))
        return damaged

    def oracle(self, name: str, damaged: str, text: str, wrong: list[int]) -> None:
        self.checked += sum(a != b for a, b in zip(damaged.split("\n"), text.split("\n"), strict=True))
        self.faithless += [f"{name}:{line}" for line in wrong]


def profiles(run: Run) -> Tables:
    """The posts under the two measured profiles."""
    rows = []
    goals = {"cp1254": ("≥ 99.0 %", "≥ 99.75 %"), "cp1252": ("≥ 99.4 %", "≥ 99.85 %")}
    for profile, damage in PROFILES.items():
        ours, theirs = Score(), Score()
        for name, truth in texts.posts(run.corpora).items():
            damaged = run.scored(f"{name} {profile}", truth, damage, ours)
            theirs.add(truth, tuned(damaged), damage.hits)
        rows.append({"profile": profile, "by": "digest", **ours.row()})
        rows.append({"profile": profile, "by": "ftfy, tuned", **_bare(theirs)})
        a, b = rows[-2:]
        of = f"12 posts of hfblog, {profile}: "
        for what, goal in zip(("damaged Han right", "all Chinese right"), goals[profile], strict=True):
            run.sum_up(of + what, a[what], b[what], goal)
        run.sum_up(of + "right among those not flagged", a["unflagged right"], "marks none", "≥ 99.8 %")
        run.sum_up(of + "damaged that are flagged", a["flagged"], "", "≤ 5 %")
    yield "12 posts of hfblog, damaged", rows


def seeds(run: Run) -> Tables:
    """The real inputs, as `digest repair` takes them."""
    rows = []
    clean = run.corpora / "encoding" / "seeds_clean"
    for path in sorted(run.seeds.glob("*.txt")):
        number, given = path.name[:3], texts.read(path)
        started = time.perf_counter()
        repaired = repair(Page(path.name, path.read_bytes()))
        took = time.perf_counter() - started
        damage = PROFILES["cp1252" if number == "001" else "cp1254"]
        mended = repaired.mended
        run.oracle(path.name, given, mended.text, faithless(given, mended, damage))
        score, theirs = Score(), Score()
        if number == "000":
            truth = texts.read(next(clean.glob("000_*")))
            score.add(truth, mended, damage.hits)
            theirs.add(truth, tuned(given), damage.hits)
        elif number == "001":
            _prose(texts.read(clean / "001_truth.txt"), mended, score, damage)
            _prose(texts.read(clean / "001_truth.txt"), tuned(given), theirs, damage)
        told = ", ".join(sorted({one.damage for one in repaired.refused}))
        rows.append({"seed": number, "state": repaired.state, "refused": told or "–", "seconds": f"{took:.2f}",
                     "still garbled": _garbled(mended.text), "unsure": str(len(mended.unsure)),
                     **(score.row() if score.chinese else {}),
                     **({"ftfy: all Chinese": theirs.row()["all Chinese right"]} if score.chinese else {}),
                     })  # fmt: skip
        if score.chinese:
            for what in ("damaged Han right", "all Chinese right"):
                run.sum_up(f"seed {number}: {what}", score.row()[what], theirs.row()[what])
        else:
            state = repaired.state + (f": {told}" if told else f", {_garbled(mended.text)} still garbled")
            run.sum_up(f"seed {number}", state, goal="refused" if number == "002" else "readable")
    yield "the seeds (001: its prose, found again in the Markdown)", rows


def kinds(run: Run) -> Tables:
    """Damage that loses nothing: the files of the corpora, and our own."""
    given: dict[str, list[tuple[str, str]]] = {}
    folder = run.corpora / "encoding" / "mojibake"
    for case in json.loads((folder / "index.json").read_text("utf-8")):
        if case["lossless"]:
            damaged, truth = texts.read(folder / case["file"]), texts.read((folder / case["clean"]).resolve())
            if "\r" not in damaged:
                truth = truth.replace("\r\n", "\n")
            given.setdefault(f"{case['damage']} (corpora)", []).append((truth, damaged))
    for name, damage in LOSSLESS.items():
        for truth in texts.posts(run.corpora).values():
            truth = pairable(truth) if name == PAIRING else truth
            given.setdefault(name, []).append((truth, damage(truth)))
    rows = []
    total, whole, of = 0, 0, 0
    for name, pairs in given.items():
        ours, theirs = Score(), Score()
        for truth, damaged in pairs:
            mended = mend(damaged)
            ours.add(truth, mended, _all)
            theirs.add(truth, tuned(damaged), _all)
            if name in LOSSLESS:
                run.oracle(
                    f"{name}, post {ours.texts}", damaged, mended.text, faithless(damaged, mended, LOSSLESS[name])
                )
        total, whole, of = total + ours.exact, whole + theirs.exact, of + ours.texts
        rows.append({"kind": name, "texts": str(ours.texts), "exact": str(ours.exact),
                     "Chinese right": ours.row()["all Chinese right"], "ftfy: exact": str(theirs.exact),
                     "ftfy: Chinese right": theirs.row()["all Chinese right"]})  # fmt: skip
    run.sum_up(
        f"{len(given)} kinds with nothing lost, texts given back exactly", f"{total} of {of}", f"{whole} of {of}", "all"
    )
    yield "kinds with nothing lost", rows


def variants(run: Run) -> Tables:
    """The posts under other ways to lose bytes, and under damage that nothing undoes."""
    rows = []
    for name, damage in VARIANTS.items():
        ours, theirs = Score(), Score()
        for post, truth in texts.posts(run.corpora).items():
            damaged = run.scored(f"{post} {name}", truth, damage, ours)
            theirs.add(truth, tuned(damaged), damage.hits)
        rows.append({"kind": name, **ours.row(), "ftfy: all Chinese": theirs.row()["all Chinese right"]})
    ours, theirs = Score(), Score()
    for truth in texts.posts(run.corpora).values():
        ours.add(truth, mend(gbk_of_utf8(truth)), _all)
        theirs.add(truth, tuned(gbk_of_utf8(truth)), _all)
    rows.append({"kind": GBK_OF_UTF8, "all Chinese right": ours.row()["all Chinese right"],
                 "unflagged right": ours.row()["unflagged right"], "lines refused": str(ours.refused),
                 "ftfy: all Chinese": theirs.row()["all Chinese right"]})  # fmt: skip
    yield "other ways to lose bytes", rows
    rows, named = [], 0
    for name, spoil in GONE.items():
        found: Counter[str] = Counter()
        for truth in texts.posts(run.corpora).values():
            mended = mend(spoil(truth))
            found["named" if mended.damage or mended.refused else "MISSED"] += 1
            found["changed"] += mended.text != spoil(truth)
            named += bool(mended.damage or mended.refused) and mended.text == spoil(truth)
            for code in mended.damage:
                found[code] += 1
        rows.append({"kind": name, "of 12": ", ".join(f"{count} {what}" for what, count in found.items() if count)})
    run.sum_up(
        f"{len(GONE)} kinds that cannot be undone, texts named and left", f"{named} of {12 * len(GONE)}", "", "all"
    )
    yield "damage that cannot be undone is named", rows


def aside(run: Run) -> Tables:
    """Text that the model has not seen, damaged both ways."""
    rows = []
    surest = {"technical": Score(), "other": Score()}
    sets = {
        "tuned on": [*texts.trained(run.corpora, texts.TUNE, run.han),
                     ("hfblog-more", "\n".join(texts.some(text.split("\n"), run.han // 10)
                                               for text in texts.posts(run.corpora, "hfblog-more").values()))],
        "kept aside": [*texts.trained(run.corpora, texts.ASIDE, run.han)],
        "others": [*texts.others(run.corpora, 2 * run.han)],
    }  # fmt: skip
    for kind, named in sets.items():
        for profile, damage in PROFILES.items():
            whole = Score()
            for name, truth in named:
                score = Score()
                run.scored(f"{name} {profile}", truth, damage, score)
                whole += score
                rows.append({"set": kind, "text": name, "profile": profile, **score.row()})
            if kind != "others":
                rows.append({"set": kind, "text": "**together**", "profile": profile, **whole.row()})
                run.open += whole
                for what in ("damaged Han right", "unflagged right", "flagged"):
                    run.sum_up(f"technical text, {kind}, {profile}: {what}", whole.row()[what])
            surest["other" if kind == "others" else "technical"] += whole
    yield "text that the model has not seen", rows
    yield "how sure it says it is", [{"text": n, **row} for n, s in surest.items() for row in s.calibration()]


def _bare(score: Score) -> Row:
    """Give the columns that mean something for what marks nothing."""
    return {k: v for k, v in score.row().items() if k.endswith("right") and not k.startswith(("unflagged", "best"))}


def _all(_: str) -> bool:
    return True


def _garbled(text: str) -> str:
    """Say what share of the characters beyond ASCII are Latin letters and signs, as mojibake leaves them."""
    foreign = [ch for ch in text if ch > "\x7f" and ch != "\xa0"]
    odd = sum(ch < "\u0250" or ch in "€‚ƒ„†‡ˆ‰‹›˜™" or ch == "\ufffd" for ch in foreign)
    return f"{odd / max(len(foreign), 1):.2%}"


def _prose(truth: str, got: object, score: Score, damage: Lossy) -> None:
    """Count lines of prose within the longer lines of Markdown that hold them."""
    mended = got if isinstance(got, Mended) else Mended(str(got))
    lines, starts = mended.text.split("\n"), [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for clean in filter(str.strip, truth.split("\n")):
        best = max(range(len(lines)), key=lambda n: LCSseq.similarity(clean, lines[n]) - 0.01 * len(lines[n]))
        inside = tuple(g for g in mended.guesses if starts[best] <= g.at < starts[best + 1])
        moved = tuple(type(g)(g.at - starts[best], g.chosen, g.sure, g.others) for g in inside)
        refused = tuple(type(r)(1, r.damage, r.why) for r in mended.refused if r.line == best + 1)
        score.add(clean, Mended(lines[best], (), (), moved, refused), damage.hits)

"""What was found in a foreign page, as values: every line that is not blank in one role, and what was done with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.clean.page import Role
from digest.model import Verdict


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the input: its number, role and post (1…, 0 for none). `of` is the line that it repeats, or 0.

    `unsure` counts its characters that were read again and are not sure.
    """

    line: int
    role: Role
    post: int = 0
    of: int = 0
    repairs: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()
    unsure: int = 0


@dataclass(frozen=True, slots=True)
class FoundPair:
    """A pair and the lines it stands on; where `kept` is False the two lines were tried and are listed alone."""

    post: int
    zh: tuple[int, ...]
    en: tuple[int, ...]
    verdict: Verdict
    kept: bool = True


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A post, the lines of its headings (more than one where it was repeated) and what the heading said."""

    number: int
    headings: tuple[int, ...]
    title: str
    url: str
    date: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found. `accounts` holds every line of the input that is not blank exactly once, in order."""

    page: str
    encoding: str
    lines: int
    accounts: tuple[Account, ...]
    posts: tuple[FoundPost, ...]
    pairs: tuple[FoundPair, ...]

    def of_role(self, *roles: Role) -> tuple[Account, ...]:
        return tuple(account for account in self.accounts if account.role in roles)


def as_json(report: Report) -> dict[str, object]:
    """Give the report as plain values for JSON: line numbers count from 1."""
    damaged = {account.line for account in report.accounts if account.damage}
    return {
        "page": report.page,
        "encoding": report.encoding,
        "lines": report.lines,
        "counts": counts(report),
        "posts": [
            {"post": p.number, "lines": list(p.headings), "title": p.title, "url": p.url, "date": p.date}
            for p in report.posts
        ],
        "pairs": [_pair(pair, damaged) for pair in report.pairs if pair.kept],
        "refused": [_pair(pair, damaged) for pair in report.pairs if not pair.kept],
        "unpaired": [{"line": a.line, "post": a.post} for a in report.of_role("unpaired")],
        "echoes": [{"line": a.of, "echo": a.line, "post": a.post} for a in report.of_role("echo")],
        "repeats": [{"line": a.line, "of": a.of, "post": a.post} for a in report.of_role("repeat")],
        "fences": _places(report, "fence"),
        "headings": _places(report, "heading"),
        "chatter": _places(report, "chatter"),
        "other": {role: _places(report, role) for role in _OTHER},
        "repairs": _by_code((a.line, a.repairs) for a in report.accounts),
        "damage": _by_code((a.line, a.damage) for a in report.accounts),
        "unsure": {str(a.line): a.unsure for a in report.accounts if a.unsure},
    }


_OTHER: tuple[Role, ...] = ("title", "lead", "meta", "note", "markup", "foot")


def counts(report: Report) -> dict[str, int]:
    """Count what a reader may want to know at one glance."""
    roles = Counter(account.role for account in report.accounts)
    kept = [pair for pair in report.pairs if pair.kept]
    return {
        "posts": len(report.posts),
        "pairs": len(kept),
        "verified": sum(pair.verdict.verified for pair in kept),
        "doubtful": sum(not pair.verdict.verified for pair in kept),
        "refused": len(report.pairs) - len(kept),
        "unpaired": roles["unpaired"],
        "echoes": roles["echo"],
        "repeats": roles["repeat"],
        "fences": roles["fence"],
        "headings": roles["heading"],
        "chatter": roles["chatter"],
        "repaired": sum(bool(a.repairs) and not a.damage for a in report.accounts),
        "damaged": sum(bool(a.damage) for a in report.accounts),
        "unsure": sum(bool(a.unsure) for a in report.accounts),
    }


def _places(report: Report, role: Role) -> list[int]:
    return [account.line for account in report.of_role(role)]


def _pair(pair: FoundPair, damaged: set[int]) -> dict[str, object]:
    return {
        "post": pair.post,
        "zh": list(pair.zh),
        "en": list(pair.en),
        "verified": pair.verdict.verified,
        "grade": pair.verdict.grade,
        "score": pair.verdict.score,
        "reasons": list(pair.verdict.reasons),
        "damaged": bool(damaged & {*pair.zh, *pair.en}),
    }


def _by_code(rows: Iterable[tuple[int, Sequence[str]]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for line, codes in rows:
        for code in codes:
            found.setdefault(code, []).append(line)
    return found


# ---- for people -----------------------------------------------------------------------------------------------------


def as_text(report: Report) -> str:
    """Put the report into lines for people."""
    got = counts(report)
    rows = [
        f"{report.page}: {got['posts']} posts, {got['pairs']} pairs ({got['verified']} verified, {got['doubtful']} "
        f"doubtful), {got['unpaired']} lines unpaired"
    ]
    for post in report.posts:
        pairs = sum(pair.post == post.number for pair in report.pairs if pair.kept)
        places = "line " + ", ".join(map(str, post.headings)) if any(post.headings) else "no heading"
        rows.append(f"  {post.title or post.url or '(no title)'}: {pairs} pairs ({places})")
    echoes = report.of_role("echo")
    rows += _row("lines translated into themselves", [a.line for a in echoes])
    rows += _row("repeated lines, left out", _places(report, "repeat"))
    rows += _row("stray headings, left out", _places(report, "heading"))
    rows += _row("code fences, left out", _places(report, "fence"))
    rows += _row("chatter of a language model, left out", _places(report, "chatter"))
    rows += _row("other lines, left out", [a.line for a in report.of_role("lead", "meta", "note")])
    rows += _row("unpaired, listed under their posts", _places(report, "unpaired"))
    for pair in report.pairs:
        if not pair.verdict.verified:
            where = f"{ranges(pair.zh)} and {ranges(pair.en)}"
            fate = "kept as doubtful" if pair.kept else "no pair"
            rows.append(f"  lines {where}: {fate}: {', '.join(pair.verdict.reasons) or 'not verified'}")
    for name, found in (("repaired", "repairs"), ("still damaged", "damage")):
        codes = _by_code((a.line, getattr(a, found)) for a in report.accounts)
        rows += [row for code, lines in codes.items() for row in _row(f"{name} ({code})", lines)]
    rows += _row("with characters that are not sure", [a.line for a in report.accounts if a.unsure])
    return "\n".join(rows) + "\n"


def _row(name: str, lines: Sequence[int]) -> list[str]:
    return [f"  {name}: {len(lines)} (lines {ranges(lines)})"] if lines else []


def ranges(numbers: Sequence[int]) -> str:
    """Write numbers in order, runs of three and more as ranges.

    >>> ranges([1, 2, 3, 5, 7, 8])
    '1-3, 5, 7, 8'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(parts)

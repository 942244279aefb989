"""What there is to say of a garbled document after repair, as values, as JSON and in lines for people (pure)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from digest.counting import counted
from digest.decode import How
from digest.model import Guess
from digest.normalise.repair.evidence import Evidence
from digest.normalise.repair.refuse import WHY, gone
from digest.normalise.repair.report import UNSURE, Mended, Refused, line_starts

_IN_PLACE = {"gone:U+FFFD", "gone:锟斤拷", "gone:烫烫烫"}  # what stands in the very place of what is lost


@dataclass(frozen=True, slots=True)
class Repaired:
    """A document after repair: its name, how its bytes were decoded, what damage it showed, and the mended text.

    `mended.text` is the whole document; lines that showed no damage are in it character for character, their ends and
    a UTF-8 byte order mark included.
    """

    name: str
    encoding: str
    how: How
    evidence: Evidence
    mended: Mended

    @property
    def refused(self) -> tuple[Refused, ...]:
        """What was left as it is; line 0 stands for the whole document."""
        named = {refused.damage for refused in self.mended.refused}
        rest = {code: [0] for code in self.mended.damage if code not in named}
        if not rest.keys().isdisjoint(_IN_PLACE):
            for number, line in enumerate(self.mended.text.split("\n"), 1):
                for code in () if line.isascii() else gone(line):
                    if code in _IN_PLACE and code in rest:
                        rest[code].append(number)
        more = (Refused(n, code, "") for code, found in rest.items() for n in found[len(found) > 1 :])
        return (*self.mended.refused, *more)

    @property
    def state(self) -> str:
        """Say it in a word: clean, repaired, repaired in part, or refused."""
        if self.refused:
            return "repaired in part" if self.mended.repairs else "refused"
        return "repaired" if self.mended.repairs else "clean"

    @property
    def places(self) -> list[tuple[int, int]]:
        """Give line and column of every guess, both from 1."""
        starts = line_starts(self.mended.text)
        lines = [bisect_right(starts, guess.at) for guess in self.mended.guesses]
        return [(line, g.at - starts[line - 1] + 1) for line, g in zip(lines, self.mended.guesses, strict=True)]


_NAMES = {
    "cp1250": "windows-1250",
    "cp1251": "windows-1251",
    "cp1252": "windows-1252",
    "cp1253": "windows-1253",
    "cp1254": "windows-1254",
    "cp1257": "windows-1257",
    "mac_roman": "Mac Roman",
    "mac-roman": "Mac Roman",
    "macroman": "Mac Roman",
    "latin1": "latin-1",
    "utf8": "UTF-8",
    "gbk": "GBK",
    "gb18030": "GB18030",
    "big5": "Big5",
    "big5hkscs": "Big5",
}
_FOR_REPAIRS = {
    "read": "UTF-8 read as {}, bytes lost: read again",
    "undone": "UTF-8 read as {}, nothing lost: undone",
    "ftfy": "UTF-8 read as {}: undone",
    "entities": "HTML entities that were escaped again: unescaped",
}


def _named(page: str) -> str:
    return _NAMES.get(page, page.removeprefix("sloppy-"))


def _kind(code: str) -> str:
    """Say what happened to the text, of a code such as gbk-as-latin1; "" for other codes."""
    charset, as_, page = code.partition("-as-")
    return f"{_named(charset)} read as {_named(page)}" if as_ else ""


def repair_words(code: str) -> str:
    """Say what a code of `Mended.repairs` means.

    >>> repair_words("read:cp1254"), repair_words("gbk-as-latin1")
    ('UTF-8 read as windows-1254, bytes lost: read again', 'GBK read as latin-1: undone')
    """
    kind, _, page = code.partition(":")
    if kind == "ftfy" and not page.startswith(("sloppy-", "latin-1", "macroman", "cp", "iso")):
        return "mojibake within lines: undone"
    if kind in _FOR_REPAIRS:
        return _FOR_REPAIRS[kind].format(_named(page))
    return f"{_kind(code)}: undone" if _kind(code) else code


def damage_words(code: str) -> str:
    """Say what a code of `Mended.damage` means.

    >>> damage_words("lost-bytes:cp1252")
    'UTF-8 read as windows-1252, bytes lost'
    """
    if code.startswith("lost-bytes:"):
        return f"UTF-8 read as {_named(code.partition(':')[2])}, bytes lost"
    return WHY.get(code) or _kind(code) or code


def evidence_words(evidence: Evidence) -> str:
    """Say what a document's damage was told by; "" where it shows none."""
    if not evidence:
        return ""
    channel = evidence.channel
    lost = f"; lost bytes: {_hex(evidence)}" if channel and channel.lost else ""
    stand_in = f", each now {channel.stand_in}" if channel and channel.stand_in else ""
    parts = "; only lines that are garbled throughout are read" if evidence.parts else ""
    spaced = "; no-break spaces became spaces" if channel and channel.spaced else ""
    fits = f"{evidence.coverage:.1%} of what is not ASCII fits this, in {evidence.share:.0%} of its lines"
    return fits + parts + lost + stand_in + spaced


def _hex(evidence: Evidence) -> str:
    return " ".join(f"{byte:02X}" for byte in sorted(evidence.channel.lost)) if evidence.channel else ""


def as_json(repaired: Repaired) -> dict[str, object]:
    """Give the report as plain values for JSON: lines and columns count characters of the repaired text, from 1."""
    mended = repaired.mended
    return {
        "name": repaired.name,
        "encoding": repaired.encoding,
        "decoded_by": repaired.how,
        "state": repaired.state,
        "evidence": _evidence(repaired.evidence),
        "repairs": [{"code": code, "meaning": repair_words(code)} for code in mended.repairs],
        "damage": [{"code": code, "meaning": damage_words(code)} for code in mended.damage],
        "counts": {
            "lines": mended.text.count("\n") + 1,
            "characters": len(mended.text),
            "read_again": len(mended.guesses),
            "unsure": len(mended.unsure),
            "refused": len(repaired.refused),
        },
        "unsure_below": UNSURE,
        "guesses": [
            {
                "line": line,
                "column": column,
                "chosen": guess.chosen,
                "sure": round(guess.sure, 4),
                "others": [{"character": ch, "sure": round(sure, 4)} for ch, sure in guess.others],
                "context": _context(mended.text, guess),
            }
            for (line, column), guess in zip(repaired.places, mended.guesses, strict=True)
        ],
        "refused": [
            {"line": r.line, "damage": r.damage, "why": r.why or damage_words(r.damage)} for r in repaired.refused
        ],
    }


def _evidence(evidence: Evidence) -> dict[str, object] | None:
    channel = evidence.channel
    return {
        "kind": evidence.kind,
        "codec": evidence.codec,
        "coverage": round(evidence.coverage, 4),
        "share_of_lines": round(evidence.share, 4),
        "lost_bytes": _hex(evidence).split(),
        "stand_in": channel.stand_in if channel else "",
        "spaces": bool(channel and channel.spaced),
    } if evidence else None  # fmt: skip


_FIRST = 5  # unsure characters that the report for people shows
_WORTH = 0.01  # how likely another reading must be to stand there


def as_text(repaired: Repaired) -> str:
    """Put the report into a few lines for people."""
    mended, unsure = repaired.mended, repaired.mended.unsure
    read_as = "" if repaired.how == "utf-8" else f" (read as {repaired.encoding}, {_HOW[repaired.how]})"
    rows = [f"{repaired.name}: {repaired.state}{read_as}", *(f"  {repair_words(code)}" for code in mended.repairs)]
    if evidence := evidence_words(repaired.evidence):
        rows.append(f"  told by: {evidence}")
    if mended.guesses:
        rows.append(
            f"  {counted(len(mended.guesses), 'character')} read again, {len(unsure)} unsure (below {UNSURE:.0%})"
        )
    places = dict(zip(mended.guesses, repaired.places, strict=True)) if unsure else {}
    for guess in sorted(sorted(unsure, key=lambda g: g.sure)[:_FIRST], key=lambda g: g.at):
        others = "".join(f", or {ch} {sure:.0%}" for ch, sure in guess.others if sure >= _WORTH)
        line, column = places[guess]
        rows.append(f"    {line}:{column}: {guess.chosen} {guess.sure:.0%}{others}  {_context(mended.text, guess)}")
    if len(unsure) > _FIRST:
        rows.append(f"    and {len(unsure) - _FIRST} more, less doubtful; --report json has all")
    rows += _left(repaired.refused)
    return "\n".join(rows) + "\n"


_HOW = {"bom": "by its mark", "declared": "as declared", "detected": "detected", "replaced": "not all of it readable"}


def _left(refused: Sequence[Refused]) -> list[str]:
    """Say what was left as it is, lines of one kind together."""
    if not refused:
        return []
    from digest.clean.report import ranges  # brings the whole cleaner with it

    groups: dict[tuple[str, str], list[int]] = {}
    for one in refused:
        groups.setdefault((one.damage, one.why or damage_words(one.damage)), []).extend([one.line] if one.line else [])
    places = {
        key: f" ({counted(len(lines), 'line')}: {ranges(lines)})" if lines else "" for key, lines in groups.items()
    }
    return [f"  left as it is{places[code, why]}: {why} [{code}]" for code, why in groups]


_AROUND = 8  # characters of context on either side


def _context(text: str, guess: Guess) -> str:
    """Give the guess between its neighbours on the line."""
    end = guess.at + len(guess.chosen)
    before = text[max(0, guess.at - _AROUND) : guess.at].rpartition("\n")[2]
    after = text[end : end + _AROUND].partition("\n")[0].removesuffix("\r")
    return f"{before}‹{guess.chosen}›{after}"

"""Damaged lines are read again, each by the evidence of the document that it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from digest.normalise.repair.channel import NO_BREAK_SPACE, Channel, lossy
from digest.normalise.repair.evidence import Evidence, is_throughout
from digest.normalise.repair.gbk import multibyte, read_multibyte, shows_multibyte, shows_utf8, utf8_damaged, utf8_items
from digest.normalise.repair.refuse import WHY
from digest.normalise.repair.search.lines import Reading, read_choices, read_lines
from digest.normalise.repair.sequences import foreign, near
from digest.normalise.repair.undo import by_ftfy, undone


def readable(lines: Sequence[str], outside: Sequence[str], evidence: Evidence, *, piece: bool = False) -> list[int]:
    """Say which lines show the evident damage: of a page with garbled parts, those that are damaged throughout.

    `outside` are the same lines without what is code (evidence.outside_code). A `piece` that came from beside the
    document may be clean.
    """
    shows: Callable[[str], object] = near(evidence.codec).search if evidence.channel else bool
    if evidence.parts:
        shows = partial(is_throughout, codec=evidence.codec)
        # a line whose code is not ASCII would be read with its code
        lines = [rest if foreign(rest) == foreign(line) else "" for line, rest in zip(lines, outside, strict=True)]
    elif piece and evidence.kind == "multibyte":
        shows = shows_multibyte
    elif piece and evidence.kind == "utf8-as-multibyte":
        shows = partial(shows_utf8, codec=evidence.codec)
    return [n for n, line in enumerate(lines) if not line.isascii() and shows(line)]


def read_again(lines: Sequence[str], evidence: Evidence) -> tuple[str, list[Reading]]:
    """Read the damaged lines of a document: (the code of what was done, a Reading for each line)."""
    code = f"{_CODES[evidence.kind]}:{evidence.codec}" if evidence.kind in _CODES else evidence.code
    return code, _READERS[evidence.kind](lines, evidence)


def _whole(lines: Sequence[str], evidence: Evidence) -> list[Reading]:
    """Undo what lost nothing, each line by the page or by ftfy; the odd line that did lose bytes is searched."""
    channel = evidence.channel or Channel(evidence.codec)
    if (whole := undone("\n".join(lines), channel)) is not None and whole.count("\n") == len(lines) - 1:
        return [Reading(text) for text in whole.split("\n")]
    read = [undone(line, channel) for line in lines]
    rest = [n for n, text in enumerate(read) if text is None]
    east = [n for n in rest if is_throughout(lines[n], evidence.codec, east=True)]
    searched = dict(
        zip(east, _lost([lines[n] for n in east], replace(evidence, channel=lossy(evidence.codec))), strict=True)
    )
    found = [Reading(text) for text in read]
    for n in rest:
        found[n] = searched.get(n, Reading(None, "bytes that are no UTF-8"))
        fixed, codes = by_ftfy(lines[n]) if found[n].text is None else ("", ())
        if codes:
            found[n] = Reading(fixed)
    return found


def _lost(lines: Sequence[str], evidence: Evidence) -> list[Reading]:
    """Search for lost bytes. A line that is not what the document's damage leaves may have been changed once more."""
    channel = evidence.channel or lossy(evidence.codec)
    found = read_lines(lines, channel)
    ways = [replace(channel, stripped=True)]
    if not channel.spaced and not any(NO_BREAK_SPACE in line for line in lines):
        ways.append(replace(channel, spaced=True))
    for other in ways:
        left = [n for n, reading in enumerate(found) if reading.text is None]
        if not left:
            break
        for n, reading in zip(left, read_lines([lines[n] for n in left], other), strict=True):
            if reading.text is not None:
                found[n] = reading
    return found


def _stripped(lines: Sequence[str], _: Evidence) -> list[Reading]:
    return [Reading(None, WHY["lost-c1"])] * len(lines)


def _multibyte(lines: Sequence[str], evidence: Evidence) -> list[Reading]:
    charset = multibyte(evidence.codec)
    why = f"bytes that are no {charset.name.upper()}: some were lost"
    return [Reading(text, "" if text else why) for text in (read_multibyte(line, charset) for line in lines)]


def _utf8_as_multibyte(lines: Sequence[str], evidence: Evidence) -> list[Reading]:
    items = [utf8_items(line, evidence.codec) for line in lines]
    chosen = iter(read_choices([each for each in items if each is not None]))
    found = []
    for line, each in zip(lines, items, strict=True):
        text, guesses = next(chosen) if each is not None else ("", ())
        same = each is not None and utf8_damaged(text, evidence.codec) == line
        found.append(Reading(text, "", guesses) if same else Reading(None, "no UTF-8, whole or damaged"))
    return found


_READERS: dict[str, Callable[[Sequence[str], Evidence], list[Reading]]] = {
    "whole": _whole,
    "lost": _lost,
    "stripped": _stripped,
    "multibyte": _multibyte,
    "utf8-as-multibyte": _utf8_as_multibyte,
}
_CODES = {"whole": "undone", "lost": "read"}

"""Two aligned texts → one HTML page: side by side with the beads drawn between them, and their similarity picture."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from digest.model import Both, Document, Line, LinePair, Sentence, Verdict
from digest.render.address import at_text, href
from digest.render.alignment_words import AVERAGED, PICTURE
from digest.render.export import Row
from digest.render.inert import inert
from digest.render.page import Reader, fill, packaged, shared
from digest.render.picture import png

State = Literal["verified", "unverified", "alone"]

WIDTH = 480  # of the picture, in units of its own; its height is that of as many units a sentence, within bounds
HEIGHTS = (160, 720)
MOST_LINKS = 300  # beads that the picture leads to, each by itself; of more, nobody hits one
LEAST_LINK = 7.0  # units a side
TICKS = 8  # numbers on an axis, at most


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts: `name` is what it was called, and `lines` are its sentences as they are printed."""

    name: str
    document: Document
    sentences: tuple[Sentence, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Similarity:
    """The table of cosines: a row of bytes a Chinese sentence (or block of them), 0 … `levels` - 1 a cell.

    `low` is the cosine of level 0 and `high` that of the highest.
    """

    rows: tuple[bytes, ...]
    levels: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two texts, their beads with verdicts in order, and how alike their sentences are."""

    zh: Side
    en: Side
    rows: tuple[Row, ...]
    similarity: Similarity


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in its column: its number from 1, the number of the paragraph that it begins (else 0), its kind.

    `address` leads to it on its page, "" where it came from no address.
    """

    number: int
    line: Line
    begins: int
    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """A bead as it is drawn, numbered from 1. `pair` has its verdict, None where a side is empty."""

    number: int
    zh: tuple[Said, ...]
    en: tuple[Said, ...]
    state: State
    score: float
    pair: LinePair | None

    @property
    def shape(self) -> str:
        return f"{len(self.zh)}–{len(self.en)}"

    @property
    def begins(self) -> bool:
        """Whether a paragraph begins with it."""
        return any(side and side[0].begins for side in (self.zh, self.en))


@dataclass(frozen=True, slots=True)
class Box:
    """Where a bead lies in the picture, in its units."""

    number: int
    state: State
    x: float
    y: float
    width: float
    height: float


def alignment_html(found: Alignment, read: Reader = packaged, *, order: tuple[str, str] = ("zh", "en")) -> str:
    """Write the page: self-contained, nothing loaded from anywhere, the same bytes for the same texts."""
    found = inert(found)
    groups = groups_of(found)
    height = _height(found)
    boxes = _boxes(found, groups, height)
    both = [group for group in groups if group.pair]
    return fill(
        "alignment.html.j2", read,
        **shared("", "", order, read, extra=("alignment.css.j2",), guesses=True), found=found, groups=groups,
        shapes=Counter(group.shape for group in groups).most_common(),
        states=Counter(group.state for group in groups),
        pairs=len(both),
        mean=sum(group.score for group in groups) / max(1, len(groups)),
        skipped=Both(*(str(_skipped(side)) for side in (found.zh, found.en))),
        titles=Both(_title(found.zh), _title(found.en)),
        names=Both(_name(found.zh), _name(found.en)),
        address=Both(href(found.zh.document.url), href(found.en.document.url)),
        picture=png(found.similarity.rows, found.similarity.levels),
        told=_told(found), width=WIDTH, height=height,
        frames={state: _frames(boxes, state) for state in ("verified", "unverified", "alone")},
        boxes=[_reachable(box, height) for box in boxes] if len(boxes) <= MOST_LINKS else [],
        ticks=Ticks(*(_ticks(len(side.lines), length) for side, length in ((found.zh, height), (found.en, WIDTH)))),
    )  # fmt: skip


def _title(side: Side) -> str:
    """Give a text's title, else the last part of what it was called."""
    return side.document.title or _last(side.name)


def _name(side: Side) -> str:
    """Give the address of a text, or the name of its file: in which folder it lay is nobody's business."""
    return side.name if href(side.name) else _last(side.name)


def _last(name: str) -> str:
    return re.split(r"[/\\]", name.rstrip("/\\"))[-1] or name


# ---- the columns ----------------------------------------------------------------------------------------------------


def groups_of(found: Alignment) -> tuple[Group, ...]:
    """Give the beads with their sentences: every sentence of both texts stands in exactly one."""
    zh, en = (_said(side) for side in (found.zh, found.en))
    return tuple(
        Group(
            number,
            tuple(zh[i] for i in row.bead.zh),
            tuple(en[i] for i in row.bead.en),
            "alone" if row.verdict is None else "verified" if row.verdict.verified else "unverified",
            row.bead.score,
            _pair(number, row, row.verdict) if row.verdict else None,
        )
        for number, row in enumerate(found.rows, 1)
    )


def _pair(number: int, row: Row, verdict: Verdict) -> LinePair:
    return LinePair(f"b-{number}", row.zh, row.en, "none", verdict)


def _said(side: Side) -> list[Said]:
    told: list[Said] = []
    paragraphs: dict[int, int] = {}
    for number, (sentence, line) in enumerate(zip(side.sentences, side.lines, strict=True), 1):
        begins = 0
        if sentence.paragraph not in paragraphs:
            begins = paragraphs[sentence.paragraph] = len(paragraphs) + 1
        kind = side.document.paragraphs[sentence.paragraph].kind
        told.append(Said(number, line, begins, kind, at_text(side.document.url, line.text)))
    return told


def _skipped(side: Side) -> int:
    return sum(paragraph.kind in ("code", "table", "image") for paragraph in side.document.paragraphs)


# ---- the picture ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ticks:
    """Numbers on both axes, each with its place in units."""

    zh: tuple[tuple[int, float], ...]
    en: tuple[tuple[int, float], ...]


def _height(found: Alignment) -> int:
    least, most = HEIGHTS
    return min(max(round(WIDTH * len(found.zh.lines) / len(found.en.lines)), least), most)


def _boxes(found: Alignment, groups: Sequence[Group], height: int) -> list[Box]:
    """Give each bead's place; one with an empty side has no width, or no height, and stands where it belongs."""
    across, down = WIDTH / len(found.en.lines), height / len(found.zh.lines)
    boxes, row, column = [], 0, 0
    for group in groups:
        rows, columns = len(group.zh), len(group.en)
        boxes.append(
            Box(group.number, group.state, column * across, row * down, columns * across, rows * down)
        )  # fmt: skip
        row, column = row + rows, column + columns
    return boxes


def _reachable(box: Box, height: int) -> Box:
    """Make a box large enough to be hit, about its own middle."""
    wide, high = max(box.width, LEAST_LINK), max(box.height, LEAST_LINK)
    x = min(max(box.x - (wide - box.width) / 2, 0), WIDTH - wide)
    y = min(max(box.y - (high - box.height) / 2, 0), height - high)
    return Box(box.number, box.state, x, y, wide, high)


def _frames(boxes: Sequence[Box], state: State) -> str:
    """Write the frames of the beads of a state as the data of one SVG path (SVG 2, section 9.3)."""
    return "".join(
        f"M{_short(box.x)} {_short(box.y)}"
        + (f"h{_short(box.width)}" if box.width else "")
        + (f"v{_short(box.height)}" if box.height else "")
        + (f"h{_short(-box.width)}z" if box.width and box.height else "")
        for box in boxes
        if box.state == state
    )


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _ticks(count: int, length: int) -> tuple[tuple[int, float], ...]:
    """Number an axis of `count` sentences at even steps, in the middle of those that are numbered.

    >>> _ticks(3, 300), [number for number, _ in _ticks(100, 480)]
    (((1, 50.0), (2, 150.0), (3, 250.0)), [20, 40, 60, 80, 100])
    """
    step = next(each * 10**power for power in range(9) for each in (1, 2, 5) if each * 10**power * TICKS >= count)
    return tuple((number, round((number - 0.5) * length / count, 1)) for number in range(step, count + 1, step))


def _told(found: Alignment) -> Both:
    """Say in words what the picture shows."""
    similarity, zh, en = found.similarity, len(found.zh.lines), len(found.en.lines)
    rows, columns = len(similarity.rows), len(similarity.rows[0])
    facts = {"zh": zh, "en": en, "low": f"{similarity.low:.2f}", "high": f"{similarity.high:.2f}"}
    block = {"rows": round(zh / rows), "columns": round(en / columns)}
    said = [text.format(**facts) for text in (PICTURE.zh or "", PICTURE.en or "")]
    if (rows, columns) == (zh, en):
        return Both(*said)
    more = [text.format(**block) for text in (AVERAGED.zh or "", AVERAGED.en or "")]
    return Both(said[0] + more[0], said[1] + more[1])

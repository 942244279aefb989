"""Pairs of lines → a translation memory, TMX 1.4b (LISA OSCAR, 26 April 2005): the one writer of it (pure).

What is written is valid by the standard's document type. It is not named in a DOCTYPE: many readers would look for a
file of that name beside the memory, and fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from digest import __version__
from digest.model import SIDES, Line, base_lang
from digest.printable import printable
from digest.render.characters import for_xml

TOOL = "bilingual-digest"
_TAG = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # RFC 3066, section 2.1, which the standard goes by


@dataclass(frozen=True, slots=True)
class Unit:
    """One translation unit.

    `id` is its tuid, "" for none. `several`: a side joins several sentences. `original` is the side that was written
    first and `by` who made the other ("" where that is not known). `created` and `changed` are days, as nothing finer
    is known. `properties` are (type, text), of which empty texts are left out.
    """

    zh: Line
    en: Line
    properties: tuple[tuple[str, str], ...] = ()
    id: str = ""
    several: bool = False
    original: str = ""
    by: str = ""
    created: date | None = None
    changed: date | None = None


def tmx(
    units: Iterable[Unit], *, made_by: str, created: date | None = None, notes: Iterable[str] = ()
) -> Iterator[str]:  # fmt: skip
    """Give the memory in parts, a unit at a time, in order. `made_by` names what the units come from (`o-tmf`).

    What XML cannot hold is left out; carriage returns are written as references, for they would be read back as line
    ends (XML 1.0, section 2.11).

    >>> print("".join(tmx([Unit(Line("zh-Hans", "甲"), Line("en", "<A>"), id="1")], made_by="x")).split("body>")[1])
    <BLANKLINE>
    <tu tuid="1"><tuv xml:lang="zh-Hans"><seg>甲</seg></tuv><tuv xml:lang="en"><seg>&lt;A&gt;</seg></tuv></tu>
    </
    """
    header = _attributes(
        creationtool=TOOL, creationtoolversion=__version__, segtype="sentence", o_tmf=made_by, adminlang="en",
        srclang="*all*", datatype="plaintext", creationdate=_moment(created),
    )  # fmt: skip
    told = "".join(f"<note>{_text(note)}</note>" for note in notes)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
    yield f"<header{header}>{told}</header>\n<body>\n" if told else f"<header{header}/>\n<body>\n"
    for unit in units:
        yield _unit(unit)
    yield "</body>\n</tmx>\n"


def _unit(unit: Unit) -> str:
    lines = {"zh": unit.zh, "en": unit.en}
    tags = {side: _tag(lines[side], side) for side in SIDES}
    head = _attributes(
        tuid="-".join(unit.id.split()), segtype="paragraph" if unit.several else "", creationdate=_moment(unit.created),
        changedate=_moment(unit.changed), srclang=tags.get(unit.original, ""),
    )  # fmt: skip
    properties = "".join(
        f"<prop{_attributes(type=name)}>{_text(text)}</prop>" for name, text in unit.properties if text
    )
    makers = {side: unit.by if unit.original in SIDES and side != unit.original else "" for side in SIDES}
    sides = "".join(
        f'<tuv xml:lang="{tags[side]}"{_attributes(creationid=makers[side])}><seg>{_text(lines[side].text)}</seg></tuv>'
        for side in SIDES
    )
    return f"<tu{head}>{properties}{sides}</tu>\n"


def _tag(line: Line, side: str) -> str:
    """Give a line's language as it is recorded; that of its side where this is no tag, or one of another side."""
    return line.lang if _TAG.fullmatch(line.lang) and base_lang(line.lang) == side else side


def _moment(day: date | None) -> str:
    """Write a day as the standard asks for (YYYYMMDDThhmmssZ)."""
    return f"{day.isoformat().replace('-', '')}T000000Z" if day else ""


def _attributes(**values: str) -> str:
    ends = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
    return "".join(
        f' {name.replace("_", "-")}="{escape(for_xml(printable(value)), ends)}"'
        for name, value in values.items()
        if value
    )


def _text(text: str) -> str:
    return escape(for_xml(printable(text)), {"\r": "&#13;"})

"""What damage a text shows, decided once a document: the kind, the code page, what was lost on the way.

Nothing is damaged that does not prove it. A document is damaged as a whole where most of its lines with foreign
characters are; code comments and attributes were then damaged with it, and are read like the rest. A document that is
clean as a whole may quote mojibake: that stays. Between the two lies a page with garbled parts: of it only lines are
read that are damaged throughout, stand outside code, and are too many to be quotations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from digest.normalise.repair.channel import Channel, page
from digest.normalise.repair.gbk import Multibyte, multibyte_of, utf8_read_as
from digest.normalise.repair.loss import Loss, loss_of, twin_of
from digest.normalise.repair.refuse import gone, wrong_east_asian
from digest.normalise.repair.sequences import PAGES, coverage, foreign, han, near, whole, whole_coverage
from digest.normalise.repair.undo import by_ftfy

Kind = Loss | Literal["", "multibyte", "utf8-as-multibyte"]

_SAMPLE = 4_000  # characters that suffice to judge a text
_SAMPLE_LOSS = 20_000  # and to tell what was lost, where the bytes that never show count
# Gates between clean text and damaged text. Coverage by East Asian sequences is .99 in damaged Chinese and .01 at most
# in clean text of any language tried; that by complete sequences of any script is 1 where nothing was lost.
_EAST = 0.3
_ANY = 0.7
_ASKED = 10  # lines that ftfy is asked of
_LEAST_SEQUENCES = 2
_LEAST_ANY = 4
_MOST = 0.5  # share of the foreign lines above which a document is damaged as a whole
# A page with garbled parts has at least so many lines that are damaged throughout, with so many sequences.
_PART_LINES, _PART_SEQUENCES, _THROUGHOUT = 3, 40, 0.8


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a document shows. False where it shows no damage that can be read.

    `kind`: "whole" (UTF-8 by a single-byte page, nothing lost), "lost" (the same, bytes lost), "stripped" (all of 80
    to 9F lost), "multibyte" (GBK or Big5 by a single-byte page), "utf8-as-multibyte". `codec`: what it was read by, or
    for "multibyte" what it is. `channel`: the damage, for "whole" and "lost". `coverage` and `share`, 0…1: of the
    foreign characters in damaged sequences, of the foreign lines that are damaged. `parts`: only lines that are damaged
    throughout are read.
    """

    kind: Kind = ""
    codec: str = ""
    channel: Channel | None = None
    coverage: float = 0.0
    share: float = 0.0
    parts: bool = False

    def __bool__(self) -> bool:
        return bool(self.kind)

    @property
    def code(self) -> str:
        """Name the damage as reports do where it stays."""
        if self.kind in ("whole", "lost"):
            return f"lost-bytes:{self.codec}"
        names = {"stripped": "lost-c1", "utf8-as-multibyte": "utf8-as-gb18030"}
        return names.get(self.kind, f"{self.codec}-as-latin1" if self.kind else "")


CLEAN = Evidence()


@lru_cache(maxsize=8)
def evidence_of(text: str) -> Evidence:
    """Judge a document. Linear time; a clean one takes a fraction of what ftfy takes."""
    if text.isascii():
        return CLEAN
    lines = [line for line in text.split("\n") if not line.isascii()]
    sample = sampled(lines, _SAMPLE)
    joined = "\n".join(sample)
    return _single_byte(text, lines, joined) or _multibyte(sample, joined) or CLEAN


def sampled(lines: list[str], most: int) -> list[str]:
    """Take every n-th line, so that there are about so many characters."""
    size = sum(map(len, lines))
    return lines[:: size // most + 1]


def damage_of(text: str) -> tuple[str, ...]:
    """Name the damage that a stretch of text shows, in a fixed order; () for clean text. Linear time.

    >>> damage_of("模型 naïve"), damage_of("数据锟斤拷锟斤拷丢了")
    ((), ('gone:锟斤拷',))
    """
    return tuple(dict.fromkeys((*gone(text), *_shown(text))))


def _shown(text: str) -> list[str]:
    """Name the damage of which the text still holds something."""
    if text.isascii():
        return []
    text = "\n".join(sampled([line for line in text.split("\n") if not line.isascii()], _SAMPLE))
    best, codec = _best_page(text)
    if best >= _EAST:
        return [f"lost-bytes:{twin_of(text, codec, lost=True)}"]
    if layer := multibyte_of(text):
        return [layer.code]
    return ["utf8-as-gb18030"] if utf8_read_as(text) else wrong_east_asian(text)


# ---- UTF-8 by a single-byte page ------------------------------------------------------------------------------------


def _best_page(text: str) -> tuple[float, str]:
    """Find the page through which most of a text is East Asian: (coverage, page); (0, "") where none shows enough."""
    best, name = 0.0, ""
    for codec in _likely(text, _LEAST_SEQUENCES):
        if (share := coverage(text, codec)) > best and _proves(text, codec):
            best, name = share, codec
    return best, name


def _likely(text: str, least: int) -> list[str]:
    """Give the pages through which about as many sequences show as through any."""
    counts = {codec: len(near(codec).findall(text)) for codec in PAGES}
    most = max(counts.values())
    return [codec for codec, count in counts.items() if count >= max(least, 2 * most / 3)]


def _proves(text: str, codec: str) -> bool:
    """Ask for a whole Han character, or for a few marks like quotes: é” also ends a French quotation."""
    if han(codec).search(text):
        return True
    quote = page(codec)[0xE2] + page(codec)[0x80]
    return sum(1 for sequence in whole(codec).findall(text) if sequence.startswith(quote)) > _LEAST_SEQUENCES


def _single_byte(text: str, lines: list[str], joined: str) -> Evidence | None:
    if not _likely(joined, _LEAST_SEQUENCES):
        return None
    outside = [line for line in outside_code(text.split("\n")) if not line.isascii()]
    seen = sampled(outside, _SAMPLE)
    best, codec = _page_of(outside, "\n".join(seen))
    if not codec:
        return None
    codec = twin_of(text, codec)
    hit = near(codec).search
    share = sum(1 for line in seen if hit(line) and _is_covered(line, codec)) / len(seen)
    parts = share <= _MOST
    if parts and not _has_garbled_parts(outside, codec):
        return None
    damaged = "\n".join(sampled([line for line in lines if hit(line)], _SAMPLE_LOSS))
    kind, channel = loss_of(damaged, codec)
    if kind == "lost" and (other := twin_of(text, codec, lost=True)) != codec:
        codec, (kind, channel) = other, loss_of(damaged, other)
    return Evidence(kind, codec, channel, best, share, parts)


def _page_of(lines: list[str], sample: str) -> tuple[float, str]:
    """Find the page that made mojibake of lines: (coverage, page); (0, "") where none did."""
    best, codec = _best_page(sample)
    if best >= _EAST:
        return best, codec
    best, codec = _best_of_any_script(sample)
    return (best, codec) if best >= _ANY and _is_bad(lines) else (0.0, "")


def _best_of_any_script(text: str) -> tuple[float, str]:
    """Find the page through which most of a text is complete sequences, of any script."""
    best, name = 0.0, ""
    for codec in _likely(text, _LEAST_ANY):
        if (share := whole_coverage(text, codec)) > best:
            best, name = share, codec
    return best, name


def _is_bad(lines: list[str]) -> bool:
    """Ask ftfy whether a text of no East Asian script is mojibake: it knows which letters keep company."""
    some = lines[:: len(lines) // _ASKED + 1]
    return 2 * sum(1 for line in some if by_ftfy(line)[1]) >= len(some)


def _has_garbled_parts(outside: list[str], codec: str) -> bool:
    found = [line for line in outside if is_throughout(line, codec)]
    return len(found) >= _PART_LINES and len(near(codec).findall("\n".join(found))) >= _PART_SEQUENCES


def is_throughout(line: str, codec: str, *, east: bool = False) -> bool:
    """Tell whether nearly all of a line's foreign characters are in sequences, and these are more than a word."""
    return len(near(codec).findall(line)) >= 4 and _is_covered(line, codec, east=east)


def _is_covered(line: str, codec: str, *, east: bool = False) -> bool:
    return coverage(line, codec) >= _THROUGHOUT or (not east and whole_coverage(line, codec) >= _THROUGHOUT)


_FENCE = re.compile(r"\s*(?:```|~~~)")
_SPAN = re.compile(r"`[^`]+`|https?://\S+")
_TAG = re.compile(r"<(/?)(code|pre|kbd|samp|tt)\b[^<>]{0,300}>", re.IGNORECASE)


def outside_code(lines: list[str]) -> list[str]:
    """Blank what is code or an address in lines of Markdown or HTML: fences, code spans, prompts and what they print.

    Linear time.

    >>> outside_code(["a `b` <code>c</code> d", "```", "e", "```", ">>> f", "g", "", "h"])
    ['a   d', '', '', '', '', '', '', 'h']
    """
    out, fenced, prompted, element = [], False, False, ""
    for line in lines:
        prompted = bool(line.strip()) and (prompted or line.lstrip().startswith(">>> "))
        is_fence = _FENCE.match(line) is not None
        fenced ^= is_fence
        bare, element = _outside_elements(line, element) if "<" in line or element else (line, "")
        out.append("" if fenced or is_fence or prompted else _SPAN.sub("", bare))
    return out


def _outside_elements(line: str, element: str) -> tuple[str, str]:
    """Take the elements of code out of a line that begins in `element`: (the rest, the element that it ends in)."""
    first, *rest = _TAG.split(line)
    kept = [] if element else [first]
    for closes, name, text in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        if not element and not closes:
            element = name.lower()
        elif closes and name.lower() == element:
            element = ""
        if not element:
            kept.append(text)
    return "".join(kept), element if element == "pre" else ""


# ---- multibyte charsets ---------------------------------------------------------------------------------------------


def _multibyte(sample: list[str], joined: str) -> Evidence | None:
    if layer := multibyte_of(joined):
        return Evidence("multibyte", layer.name, None, 1.0, _share(sample, layer))
    if codec := utf8_read_as(joined):
        return Evidence("utf8-as-multibyte", codec, None, 1.0, 1.0)
    return None


def _share(sample: list[str], layer: Multibyte) -> float:
    return sum(1 for line in sample if foreign(line) and layer.pattern.search(line)) / len(sample)

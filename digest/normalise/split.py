"""Paragraphs → Sentences with their places.

Boundaries are proposed by sentencex (Wikimedia; it knows abbreviations) on a copy of the text in which code, formulas,
addresses and quotation marks are masked, and by two rules of our own; then those are dropped that fall where no
sentence ends. What counts as a sentence: Chinese ends at 。！？…… with the closing marks after them, English at . ! ?
before a space and a capital, digit, quote or formula; colons and semicolons never end one.

sentencex 1.0.32 takes time in the square of the sentences it is given at once (100,000 characters of short quotations
took 2.6 s, a million 268 s), so it is given portions, which keeps ours linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from digest.model import Paragraph, Sentence

SPLIT_KINDS = ("heading", "prose", "item", "quote")

# Of 259 real posts the longest has 408 sentences, and the longest sentence 625 characters.
MOST = 1_250  # sentences of a text: aligning takes about 20 kB a sentence
LONGEST = 2_000  # characters; what has no stop for longer is no prose

_OPENERS = "([{（［【「『《〈“‘〔"
_CLOSERS = ")]}）］】」』》〉”’〕"
# Full and half width count as one: translators mix them.
_FOLD = str.maketrans("（［｛）］｝", "([{)]}")
_PARTNER = dict(zip(_CLOSERS.translate(_FOLD), _OPENERS.translate(_FOLD), strict=True))
_PAIRED_SPAN = 400  # a bracket left open further back than this is taken for a typing error
_TRAIL = _CLOSERS + "\"'*_~"  # what may follow a stop and still belong to its sentence
_HAN = "\u3400-\u9fff\uf900-\ufaff"
_EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d"

# What is opaque to splitting even where no span marks it.
_OPAQUE = re.compile(
    r"`[^`\n]+`"
    r"|\$\$[^$]{1,2000}?\$\$|\$(?=[^\s$\d])[^$\n]{0,300}?[^\s$]\$(?!\d)"
    r"|\\\\?\([^\n]{1,500}?\\\\?\)|\\\\?\[[^\n]{1,500}?\\\\?\]"
    r"|(?<=\]\()[^()\s]{1,2000}(?=\))"
    r"|https?://[\w./?&=#%~+:@!$;,*-]{1,2000}[\w/#=]"
    r"|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}\w"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(（\[“\"'*_"
    + _HAN
    + r"])(?:approx|resp|incl|excl|etc|vs|v|cf|ca|e\.g|i\.e|a\.k\.a|al|Fig|Figs|Eq|Eqs|Sec|Sect|Tab|"
    r"Ref|Refs|Ch|Vol|No|Nos|pp|p|Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|"
    r"Nov|Dec|[A-Z])\.$"
)
_ENDS_ANYWAY = re.compile(r"(?:etc|Inc|Ltd|Co|Corp|al|[A-Z])\.$")
_MARKER = re.compile(r"^\s*[*_#>-]*\s*(?:\(?\d{1,3}[a-z]?|\(?[a-zA-Z]|[ivxIVX]{1,5})[.)][*_]*\s*$")
# A stop of our own: English with its closing marks before a space and a start; Chinese with its closing marks.
# (The look-behinds keep a long run of stops linear: it is tried once, from its start.)
_STOP = re.compile(
    r"(?<![.!?])[.!?]+[" + re.escape(_TRAIL) + r"]*(?=\s)"
    r"|(?:[。！？]|…{2,}|(?<![!?])[!?]+(?=[" + re.escape(_CLOSERS) + r"]*[" + _HAN + r"])"
    r"|(?<=[a-z0-9)\]])\.(?=[" + _HAN + r"]))[。！？!?…]*[" + re.escape(_TRAIL) + r"]*"
)
_RUNS_ON = re.compile(r"\s*(?:[,;:，；：、。！？.!?)\]}）］】」』》〉”’〕%\-–—/]|[a-z])")
_AFTER_QUOTE = re.compile(r"\s*(?:[的地得之]|这一)")  # “…。”这一原则: the quotation is a part of its sentence
_TAIL = re.compile(
    r"\s*(?:他|她|我|你|它|有人|作者|大家)?(?:们)?(?:又|便|就|还)?(?:说道?|问道?|喊道?|写道|答道?|回答)[，。：！]"
)
_WORD = re.compile(r"[^\W_]")
_LOWER = re.compile(r"\s*[a-z]")
_EMOJI_RUN = re.compile(r"[ \t]*[" + _EMOJI + r"]+(?=\s|$|[" + _HAN + r"“A-Z])")


def sentences(paragraphs: tuple[Paragraph, ...]) -> tuple[Sentence, ...]:
    """Split headings, prose, items and quotes into sentences; other kinds give none, a heading gives one.

    What is longer than LONGEST is left out, and so is what stands behind the first MOST. The document is not `cut` for
    that: all of its text was read, and what has such sentences is a listing or a table that no block says to be one.
    """
    found: list[Sentence] = []
    for number, paragraph in enumerate(paragraphs):
        if paragraph.kind not in SPLIT_KINDS:
            continue
        if len(found) >= MOST:
            break
        spans = [(s.start, s.end) for s in paragraph.spans if s.kind in ("code", "math")]
        code = [(s.start, s.end) for s in paragraph.spans if s.kind == "code"]
        places = [_trimmed(paragraph.text, 0, len(paragraph.text))]
        if paragraph.kind != "heading":
            places = split(paragraph.text, spans)
        following = 0
        for start, end in places:
            if end <= start or end - start > LONGEST:
                continue
            while following < len(code) and code[following][1] <= start:
                following += 1
            inside, n = [], following
            while n < len(code) and code[n][0] < end:
                inside.append((max(code[n][0], start) - start, min(code[n][1], end) - start))
                n += 1
            found.append(Sentence(paragraph.text[start:end], number, start, tuple(inside)))
    return tuple(found[:MOST])


def gap_after(text: str) -> str:
    """Give what stands between a text and a sentence that is set after it: a space, but none after full-width signs.

    >>> gap_after(""), gap_after("It is fast."), gap_after("它很快。")
    ('', ' ', '')
    """
    return " " if text and text[-1] <= "\u2fff" else ""


def split(text: str, opaque: Iterable[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """Give the sentences of a text as [start, end) places, in order; only white space lies outside them.

    `opaque` are stretches within which nothing ends, such as code.

    >>> text = "用 v1.2。Fast, e.g. here. Yes! `a. B` too."
    >>> [text[start:end] for start, end in split(text)]
    ['用 v1.2。', 'Fast, e.g. here.', 'Yes!', '`a. B` too.']
    """
    masked = _masked(text, opaque)
    pairs = _pairs(masked)
    enclosed = _closings(masked, pairs)
    opened = {closed: opened for opened, closed in pairs}
    places: list[tuple[int, int]] = []
    start = 0
    for cut in _proposed(masked):
        if cut <= start or not _ends_here(masked, start, cut, enclosed, opened):
            continue
        cut = _with_emoji(masked, cut)
        places.append(_trimmed(text, start, cut))
        start = cut
    places.append(_trimmed(text, start, len(text)))
    return _without_scraps(masked, [(a, b) for a, b in places if a < b])


def _without_scraps(masked: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join pieces that hold no letter, digit or other word to the sentence before them."""
    joined: list[tuple[int, int]] = []
    for start, end in places:
        if joined and "\n" not in masked[joined[-1][1] : start] and not _WORD.search(masked, start, end):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return start + left, start + max(left, len(piece.rstrip()))


def _masked(text: str, opaque: Iterable[tuple[int, int]]) -> str:
    """Replace what is opaque by capitals of the same length: a sentence may start with code, none ends within it."""
    found = [match.span() for match in _OPAQUE.finditer(text)]
    pieces, at = [], 0
    for start, end in sorted([*opaque, *found]):
        start = max(start, at)
        if start < end:
            pieces += [text[at:start], "X" * (end - start)]
            at = end
    return "".join(pieces) + text[at:]


_FOR_SENTENCEX = str.maketrans(dict.fromkeys(_OPENERS + _CLOSERS + "\"'", "_") | {"\n": " "})


def _proposed(masked: str) -> list[int]:
    """Give the places after which a sentence may end, in order, closing marks included."""
    cuts = {match.end() for match in _STOP.finditer(masked)}
    cuts.update(match.start() for match in re.finditer(r"\n", masked))
    cuts.update(_after_trail(masked, cut) for cut in _by_sentencex(masked))
    return sorted(cuts - {0, len(masked)})


_PORTION = 2_000  # sentencex's time grows with the square of the sentences it is given at once


def _by_sentencex(masked: str) -> Iterable[int]:
    from sentencex import get_sentence_boundaries

    plain = masked.translate(_FOR_SENTENCEX)
    lang = "zh" if re.search(f"[{_HAN}]", masked) else "en"
    start = 0
    while start < len(plain):
        end = min(len(plain), start + _PORTION)
        if end < len(plain):
            end = max(plain.rfind(" ", start, end), plain.rfind("。", start, end), start + _PORTION // 2) + 1
        for boundary in get_sentence_boundaries(lang, plain[start:end])[:-1]:
            yield start + boundary["end_index"]
        start = end


def _after_trail(masked: str, cut: int) -> int:
    while cut and masked[cut - 1].isspace():
        cut -= 1
    while cut < len(masked) and masked[cut] in _CLOSERS:
        cut += 1
    return cut


def _pairs(masked: str) -> list[tuple[int, int]]:
    """Give (opening, closing) places of brackets and quotations, by where they open; a line's own only."""
    stack: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for place, ch in enumerate(masked.translate(_FOLD)):
        if ch == "\n":
            stack.clear()
        elif ch in _OPENERS:
            stack.append((ch, place))
        elif ch in _PARTNER:
            depth = next(
                (n for n in range(len(stack) - 1, max(-1, len(stack) - 9), -1) if stack[n][0] == _PARTNER[ch]), -1
            )
            if depth >= 0:
                opened = stack[depth][1]
                del stack[depth:]
                if place - opened <= _PAIRED_SPAN:
                    pairs.append((opened, place))
    return sorted([*pairs, *_straight_quotes(masked)])


def _closings(masked: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Say for each place where the outermost bracket or quotation around it closes; 0 outside of any."""
    closes = [0] * (len(masked) + 1)
    reach = 0
    for opened, closed in pairs:
        for place in range(max(opened + 1, reach + 1), closed + 1):
            closes[place] = closed
        reach = max(reach, closed)
    return closes


def _straight_quotes(masked: str) -> list[tuple[int, int]]:
    """Pair straight double quotes, line by line, where a line has an even number of them."""
    pairs = []
    for line in re.finditer(r"[^\n]+", masked):
        marks = [line.start() + m.start() for m in re.finditer('"', line.group())]
        if len(marks) % 2 == 0:
            pairs += [(a, b) for a, b in zip(marks[::2], marks[1::2], strict=True) if b - a <= _PAIRED_SPAN]
    return pairs


def _ends_here(masked: str, start: int, cut: int, closes: Sequence[int], opened: Mapping[int, int]) -> bool:
    """Tell whether a proposed end is one, given where its sentence starts."""
    if masked[cut : cut + 1] == "\n":
        return True
    before = masked[max(start, cut - 24) : cut].rstrip()
    if not before:
        return False
    rest = masked[cut : cut + 24]
    bare = before.rstrip(_TRAIL)
    if not re.search(r"[.!?。！？…" + _EMOJI + "]$", bare):
        return False  # sentencex also ends at colons and semicolons of some scripts
    if closes[cut]:
        closed = closes[cut]
        if (
            _RUNS_ON.match(masked, closed + 1)
            or _AFTER_QUOTE.match(masked, closed + 1)
            or masked[closed - 1] not in ".!?。！？…"
        ):
            return False
        if masked[closed] in "）)" or cut == closed:
            return False
    if before[-1] in ")）" and bare[-1] in "!！?？" and masked[start : opened.get(cut - 1, start)].strip():
        return False  # an exclamation in brackets within a sentence
    if _LOWER.match(rest) or _RUNS_ON.match(rest):
        return bare[-1] in "。！？" and not _RUNS_ON.match(rest)
    if bare.endswith(".") and not _real_full_stop(masked, start, cut, bare, rest):
        return False
    if before[-1] in _CLOSERS and (_AFTER_QUOTE.match(rest) or (bare[-1] in "!！?？" and _TAIL.match(rest))):
        return False
    return not (bare[-1] == "…" and not re.search(r"\.\.\.$|……$|…$", bare))


def _real_full_stop(masked: str, start: int, cut: int, bare: str, rest: str) -> bool:
    if cut - start <= 12 and _MARKER.match(masked[start:cut]):
        return False
    if _ABBREVIATION.search(bare):
        return (
            bool(_ENDS_ANYWAY.search(bare))
            and bool(re.match(r"\s+(?:[A-Z][a-z]+\s+[a-z]|[" + _HAN + "])", rest))
            and len(bare.split(" ")[-1]) > 2
        )
    return rest[:1].isspace() or bool(re.match(f"[{_HAN}]", rest))


def _with_emoji(masked: str, cut: int) -> int:
    """Give a lone emoji to the sentence before it."""
    match = _EMOJI_RUN.match(masked, cut)
    return match.end() if match else cut

"""Masks: what an engine must not touch, replaced by X1, X2 … before it is asked and put back after (pure).

Code, addresses, identifiers and names are the same in both languages. Left as they are, a translation model misspells
some (`model.generate()` → `mobile.generate()`); a mark it nearly always brings back. A mark lost, doubled or made up
refuses the answer. Which kinds are masked was chosen by benchmarks/engine_mt.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from digest.model import Line, base_lang

Span = tuple[int, int]
Kind = Literal["address", "identifier", "model", "name", "capital", "low", "emoji", "version", ""]

# What is masked besides code, kept terms and terms. Of a Chinese line also "capital", words that only their capital
# marks as names; "low" would be other Latin words in it (token, notebook).
KINDS: frozenset[Kind] = frozenset({"address", "identifier", "model", "name", "capital", "low", "emoji"})
# What a model that can read is better not shown; names without a number it may have a word for (ByteDance, MoE).
FIXED_KINDS: frozenset[Kind] = frozenset({"address", "identifier", "model"})

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
URL = r"(?:https?://|www\.)[^\s<>()（）\[\]，。；：、！？」』”“\"'`\u3000-\u9fff\uff00-\uffef]+"
MATH = r"\$[^$\s\u3000-\uffef][^$\n\u3000-\uffef]*\$"
TOKEN = re.compile(rf"{URL}|{MATH}|[A-Za-z\d_#~./–-][A-Za-z\d_#~./@+%=&–-]*(?:\(\))?", re.I)
EMAIL = re.compile(r"[A-Za-z\d._%+-]+@[A-Za-z\d-]+(?:\.[A-Za-z\d-]+)+")
IDENTIFIERS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?:--?|–)[a-z][\w-]+(?:=.*)?",  # --flag, –flag as printers set it
        r"[A-Za-z_][\w.]*\(\)",  # call(), a.call()
        r"(?=.*[A-Za-z])[\w.]*_[\w.]*=?",  # snake_case, argument_name=
        r"[A-Za-z_]\w+(?:\.[A-Za-z_]\w+)+",  # dotted.names
        r"(?=.*[A-Za-z])(?=[~./]|.*[\d_.-])(?:~|\.{1,2})?/?[\w.-]+(?:/[\w.-]+)+/?",  # a path, owner/model-1
        r"(?:~|\.{1,2})?/[A-Za-z][\w.-]*/?",  # /etc, ./run.sh
        r"#[a-z]\w*(?:-\w+)+",  # #a-channel
    )
)
VERSION = re.compile(r"v?\d+(?:\.\d+)+[A-Za-z\d.-]*|v\d+|\d{1,2}|\d+(?:\.\d+)?[BM]")
CAPITAL = re.compile(r"[A-Z][A-Za-z\d]*(?:[.+&-][A-Za-z\d]+)*")
# PyTorch, iPhone, LoRA; GPT2, GPT-4o, Llama-3.1-8B, bfloat16; but neither APIs nor 4-bit.
MARKED = re.compile(r"(?![A-Z]+s$)(?=[A-Za-z])(?:.*[a-z][A-Z]|[A-Z]{2,}[a-z]{2}|.*[A-Za-z]{2}.*\d|[A-Z].*\d).*")
LOW = re.compile(r"[a-z]{3,}(?:-[a-z]+)*")
EMOJI = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff][\ufe0f\u200d\u2600-\u27bf\U0001f300-\U0001faff]*")
# Words before a number that is no version of theirs.
_COUNTED = "Figure Fig Table Section Chapter Part Step Equation Version Appendix Example Day Phase"
A_WORD = re.compile(r"[A-Z]?[a-z]+|\w{1,2}")
LONGEST_TOKEN = 200  # a longer run of letters is no name, and some forms take their square in time
ACRONYMS = re.compile(r"[A-Z]{2,}s")
TAIL = re.compile(r"(?<=[A-Z\d])s$|-(?:like|style|based|powered|compatible|specific|only|ready|native)$")
COUNTED = frozenset(_COUNTED.split())

# What models make of a mark: X 1, x1, ×1, Ｘ１, X1's, X1s. No letter before it and none after it, but a plural's.
MARK = re.compile(
    r"(?<![A-Za-z_])[XxＸｘ×✕][ \u00a0]?([0-9０-９]{1,3})(?![0-9０-９])(?!(?![Xx]\d)[A-Za-rt-z_]|s[A-Za-z])"
)
PLAIN_MARK = re.compile(r"(?<![A-Za-z_\d])X(\d{1,3})(?![A-Za-z_\d])")
ANY_MARK = re.compile(r"[XxＸｘ×✕]\s?(\d{1,3})")
CLOSING = frozenset(",.;:!?)]}%…’”'\"/-，。；：！？、）》」』】")
OPENING = frozenset("([{“‘'\"/-#@$（《「『【")
PLURAL = re.compile(r"s(?![A-Za-z])")
WIDE_MARK_BLANKS = re.compile(r" +(?=[，。；：、！？）》」』】])|(?<=[，。；：、！？（《「『【]) +")


@dataclass(frozen=True, slots=True)
class Fill:
    """What stands behind mask number `number`; `code` are code spans within `text`. A term may take a capital."""

    number: int
    text: str
    code: tuple[Span, ...] = ()
    is_term: bool = False


@dataclass(frozen=True, slots=True)
class Masked:
    """A line as an engine is asked it: `text` with marks, and what they stand for, in order of their numbers.

    `own` are numbers that stand behind an X in the line itself; they are not masks.
    """

    text: str
    fills: tuple[Fill, ...]
    own: frozenset[int] = frozenset()

    @property
    def is_bare(self) -> bool:
        """Tell a line of which nothing is left to translate: names, numbers and marks alone."""
        return not any(character.isalpha() for character in MARK.sub("", self.text))

    def restored(self, answer: str, lang: str) -> Line | None:
        """Put back what the marks of an answer stand for; None where one is lost, doubled or made up.

        `lang` is the tag of the answer's language: it decides the blanks around what is put back. Where an engine wrote
        what a mark stands for in the mark's place, word for word, nothing is lost; but a word that is no name may stand
        there by itself (`with`, `in`, `data`), and proves nothing.
        """
        fills = {fill.number: fill for fill in self.fills}
        answer = self._marked(answer)
        found = [m for m in MARK.finditer(answer) if int(m[1]) in fills]
        if sorted(int(m[1]) for m in found) != sorted(fills):
            return None
        if any(int(m[1]) not in fills.keys() | self.own for m in PLAIN_MARK.finditer(answer)):
            return None
        is_zh = base_lang(lang) == "zh"
        gap = _gap_zh if is_zh else _gap_en
        text, last, code = "", 0, []
        for mark in found:
            before, fill = answer[last : mark.start()], fills[int(mark[1])]
            text = _joined(text, before, gap)
            text += gap(text, fill.text)
            code += [(len(text) + a, len(text) + b) for a, b in fill.code]
            text += fill.text[:1].upper() + fill.text[1:] if fill.is_term and not text and not is_zh else fill.text
            last = mark.end()
            if not is_zh and PLURAL.match(answer, last):
                text += "" if fill.text.endswith("s") else "s"
                last += 1
        return Line(lang, _joined(text, answer[last:], gap), (), tuple(code))

    def _marked(self, answer: str) -> str:
        """Put the marks in the place of what they stand for, where an answer has that instead."""
        there = {int(m[1]) for m in MARK.finditer(answer)}
        for fill in self.fills:
            if fill.number not in there and not fill.is_term and not A_WORD.fullmatch(fill.text):
                whole = rf"(?<![A-Za-z\d_]){re.escape(fill.text)}(?![A-Za-z\d_])"
                answer = re.sub(whole, f"X{fill.number}", answer, count=1)
        return answer


def masked(
    line: Line,
    kept: Collection[str] = (),
    terms: Mapping[str, str] | None = None,
    kinds: Collection[Kind] = KINDS,
) -> Masked:
    """Mask a line: its code, what `kinds` name, `kept` terms; and `terms`, put back as their translation.

    Numbers that the line itself has behind an X are not used. In a Chinese line blanks between Han are dropped (links
    leave them), and a mark stands between blanks, that a model sees a word.

    >>> found = masked(Line("zh", "调用 model.generate() 即可。"))
    >>> found.text, found.restored("Just call X 1.", "en").text, found.restored("Just call it.", "en")
    ('调用 X1 即可。', 'Just call model.generate().', None)
    """
    is_zh = base_lang(line.lang) == "zh"
    own = frozenset(int(unicodedata.normalize("NFKC", number)) for number in ANY_MARK.findall(line.text))
    numbers = (number for number in range(1, 1000) if number not in own)
    text, last, fills = "", 0, []
    # a thousand masks is no sentence: what is beyond stays as it is
    for ((start, end), said), number in zip(_stretches(line, kept, terms or {}, kinds), numbers, strict=False):
        code = tuple((max(a, start) - start, min(b, end) - start) for a, b in line.code if a < end and start < b)
        fills.append(Fill(number, said or line.text[start:end], () if said else code, bool(said)))
        text = _joined(text, line.text[last:start], _gap_zh if is_zh and fills[:-1] else _no_gap)
        text += (_gap_zh(text, "X") if is_zh else "") + f"X{number}"
        last = end
    text = _joined(text, line.text[last:], _gap_zh if is_zh and fills else _no_gap)
    if is_zh:
        text = re.sub(rf"(?<=[{HAN}，。；：、！？]) (?=[{HAN}])", "", text)
    return Masked(text.strip(), tuple(fills), own)


# ---- what is masked -------------------------------------------------------------------------------------------------


def _stretches(
    line: Line, kept: Collection[str], terms: Mapping[str, str], kinds: Collection[Kind]
) -> list[tuple[Span, str]]:
    """Give the stretches to mask, in order, none over another; with each what is put back instead, "" for itself."""
    found: list[tuple[Span, str]] = [((a, b), "") for a, b in line.code if a < b]
    for term in sorted({*kept, *terms} - {""}, key=len, reverse=True):
        edge = r"[A-Za-z\d_]"
        whole = rf"(?<!{edge}){re.escape(term)}(?!{edge})"
        found += [(m.span(), "" if term in kept else terms[term]) for m in re.finditer(whole, line.text)]
    if "emoji" in kinds:  # the pieces of a model's vocabulary have no emoji: it would answer <unk>
        found += [(m.span(), "") for m in EMOJI.finditer(line.text)]
    found += [(span, "") for span in _spelt(line.text, kinds, is_zh=base_lang(line.lang) == "zh")]
    taken: list[tuple[Span, str]] = []
    for (start, end), said in found:  # the first to claim a place has it: code, then terms, then spelling
        if all(end <= a or b <= start for (a, b), _ in taken):
            taken.append(((start, end), said))
    merged: list[tuple[Span, str]] = []
    for (start, end), said in sorted(taken):  # neighbours are one mask: the fewer there are, the fewer get lost
        if merged and not said and not merged[-1][1] and line.text[merged[-1][0][1] : start] == " ":
            start = merged.pop()[0][0]
        merged.append(((start, end), said))
    return merged


def _spelt(text: str, kinds: Collection[Kind], *, is_zh: bool) -> Iterator[Span]:
    """Find what its spelling gives away: addresses and identifiers one by one, names in runs."""
    run: list[tuple[Span, Kind]] = []
    for match in TOKEN.finditer(text):
        start, end = match.start(), match.start() + len(match.group().rstrip("./–-"))
        kind = _kind(text[start:end])
        if kind == "low" and not (is_zh and "low" in kinds):
            kind = ""
        if run and (kind not in ("model", "name", "capital", "low", "version") or text[run[-1][0][1] : start] != " "):
            yield from _name(text, run, kinds, is_zh=is_zh)
            run = []
        if kind in ("address", "identifier") and kind in kinds:
            yield start, end
        elif kind in ("model", "name", "capital", "low", "version"):
            run.append(((start, end), kind))
    yield from _name(text, run, kinds, is_zh=is_zh)


def _kind(token: str) -> Kind:
    if re.match(URL, token, re.I):
        return "address"
    if len(token) > LONGEST_TOKEN:
        return ""
    if EMAIL.fullmatch(token):
        return "address"
    if re.fullmatch(MATH, token):
        return "identifier"
    if any(form.fullmatch(token) for form in IDENTIFIERS):
        return "version" if VERSION.fullmatch(token) else "identifier"
    if MARKED.fullmatch(token):
        return "model" if any(map(str.isdigit, token)) else "name"
    if VERSION.fullmatch(token):
        return "model" if token[0] == "v" else "version"
    if CAPITAL.fullmatch(token):
        return "capital"
    return "low" if LOW.fullmatch(token) else ""


def _name(text: str, run: list[tuple[Span, Kind]], kinds: Collection[Kind], *, is_zh: bool) -> Iterator[Span]:
    """Find the name in a run of capital words, marked names and versions; an English sentence starts with a capital."""
    while run and run[0][1] == "version":
        run = run[1:]
    if not is_zh:
        while run and run[0][1] == "capital" and not (len(run) > 1 and run[1][1] == "version"):
            run = run[1:]
        while run and ACRONYMS.fullmatch(text, *run[-1][0]):  # of "A100 GPUs" the name is the first word
            run = run[:-1]
    if not run:
        return
    (start, end), kinds_here = (run[0][0][0], run[-1][0][1]), {kind for _, kind in run}
    if not is_zh and (tail := TAIL.search(text, start, end)):  # "MoEs", "Whisper-like": Chinese has neither ending
        end = tail.start()
    words = text[start:end].split(" ")
    if "low" in kinds_here:
        wanted = True
    elif kinds_here & {"model", "name"}:
        wanted = ("model" if kinds_here & {"model", "version"} else "name") in kinds
    elif any("." in word and kind == "version" for word, (_, kind) in zip(words, run, strict=True)):
        wanted = "model" in kinds and words[0] not in COUNTED
    else:  # AI, LLM and the like mean something to a model
        wanted = "capital" in kinds and is_zh and any(word[1:2].islower() for word in words)
    if wanted:
        yield start, end


# ---- blanks ---------------------------------------------------------------------------------------------------------


def _joined(text: str, more: str, gap: Callable[[str, str], str]) -> str:
    if gap is _gap_zh:
        more = WIDE_MARK_BLANKS.sub("", more)
    return text + gap(text, more) + more


def _no_gap(text: str, more: str) -> str:
    return ""


def _gap_en(text: str, more: str) -> str:
    """Give the blank between two pieces of an English line: one between words, none at a mark."""
    if not text or not more or text[-1].isspace() or more[0].isspace():
        return ""
    return " " if text[-1] not in OPENING and more[0] not in CLOSING else ""


def _gap_zh(text: str, more: str) -> str:
    """Give the blank between two pieces of a Chinese line: one between words, none at a mark."""
    if not text or not more or text[-1].isspace() or more[0].isspace():
        return ""
    return " " if text[-1].isalnum() and more[0].isalnum() else ""

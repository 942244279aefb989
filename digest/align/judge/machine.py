"""What is wrong by its nature with a pair of which a machine made one line, whatever it says.

A translator may spell out a number, drop a link or explain a name; an engine that is given a line and asked for that
line has no such freedom. So of its pairs more is asked than faults.py asks of everybody's: each number, address, piece
of code and name that stands out must be on both sides, no markup may be new, and nobody may speak of the work itself.
Which side the machine made is not asked: a thing on one side only is either lost or invented. Each finding is grave.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from digest.align.judge.faults import LOCALE, MATH
from digest.align.judge.names import OFTEN_TRANSLATED, STANDS_OUT, strange_names
from digest.align.judge.numbers import odd_numbers, unlike
from digest.align.judge.talk import check_talk
from digest.align.judge.text import HAN, URL, Finding, Text, letters

# ---- other languages ------------------------------------------------------------------------------------------------

# Kana, Hangul, Cyrillic, Hebrew, Arabic, Indic, Thai; not Greek, whose letters stand in formulas.
STRANGE_SCRIPT = re.compile(r"[\u0400-\u0dff\u0e00-\u0fff\u3041-\u309f\u30a1-\u30fa\u30fd-\u30ff\uac00-\ud7af]")


def check_script(zh: Text, en: Text) -> Iterator[Finding]:
    """Find letters of a third language that only one side has."""
    for mine, other in ((zh, en), (en, zh)):
        found = set(STRANGE_SCRIPT.findall(mine.raw)) - set(STRANGE_SCRIPT.findall(other.raw))
        if found:
            yield Finding(f"language:{min(found)}", True)
            return


# ---- what engines wrap an answer in ---------------------------------------------------------------------------------

MARKUP = {
    "heading": re.compile(r"^\s*#{1,6}\s"),
    "bullet": re.compile(r"^\s*[-*•>]\s"),
    "emphasis": re.compile(r"\*\*(?=\S)|(?<!\w)__(?=[^\W_])|(?<![*\w])\*(?=[^\s*])[^*]*[^\s*]\*(?!\w)"),
    "tag": re.compile(r"</?[a-z][a-z\d]*(?:\s[^<>]*)?/?>", re.I),
    "link": re.compile(r"\]\("),
    "json": re.compile(
        r"[{\[]\s*\"|\"\s*[}\]]|\"\s*:\s*[\"{\[]|\\n(?![a-z])|\\\"|\\u[\da-f]{4}|^\s*[{\[].*[}\]]\s*$", re.I
    ),
    "mask": re.compile(r"(?<![A-Za-z\d.-])X\d{1,3}(?![\d-])"),
}


def check_markup(zh: Text, en: Text) -> Iterator[Finding]:
    """Find headings, emphasis, tags, fences, JSON and masks that only one side has; code is not looked at."""
    left, right = (MATH.sub(" ", side.marked) for side in (zh, en))
    if bool(FENCE.search(zh.raw)) != bool(FENCE.search(en.raw)):
        yield Finding("markup:fence", True)
        return
    for name, pattern in MARKUP.items():
        if bool(pattern.search(left)) != bool(pattern.search(right)):
            yield Finding(f"markup:{name}", True)
            return
    if (left.count("{") == left.count("}")) != (right.count("{") == right.count("}")):
        yield Finding("markup:json", True)


FENCE = re.compile(r"```|~~~")
BRACKETED = re.compile(r"[(（][^()（）]*[)）]")


# ---- what must be on both sides -------------------------------------------------------------------------------------

DOMAIN = re.compile(
    r"(?<![\w@.-])(?:[\w-]+@)?(?:[a-z\d][a-z\d-]*\.)+"
    r"(?:com|org|net|io|cn|ai|dev|app|co|info|biz|edu|gov|me|tv|xyz|site|top|example|test|uk|de|fr|jp|ru|eu|us)(?![\w-])"
    r"(?:/[^\s<>()（）\[\]，。；、」』”\"'`\u3000-\u9fff]*)?",
    re.I,
)


def check_addresses(zh: Text, en: Text) -> Iterator[Finding]:
    """Find an address, or the bare name of a site, that only one side has."""
    left, right = _addresses(zh.raw), _addresses(en.raw)
    for mine, theirs, other in ((left, right, letters(en.raw)), (right, left, letters(zh.raw))):
        for address in sorted(mine - theirs):
            if letters(address) not in other:
                yield Finding(f"url:{address[:60]}", True)
                return


def _addresses(text: str) -> set[str]:
    found = {re.sub(r"^https?://(?:www\.)?", "", url, flags=re.I) for url in URL.findall(text)}
    found |= {m.group() for m in DOMAIN.finditer(URL.sub(" ", text))}
    return {LOCALE.sub("", one.lower().rstrip("/.,;:!?")) for one in found}


# What is code wherever it stands: calls, options, paths of names, names_with_underscores.
CODE_LIKE = re.compile(
    r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\(\)|(?:(?<!\S)-|(?<![\w-])--)[a-z][\w-]*[a-z\d](?==|\b)|"
    r"[A-Za-z][A-Za-z\d]*(?:_[A-Za-z\d]+)+|(?<![\w.@/])[a-z]\w*(?:\.[a-z_]\w+)+(?![\w/])",
    re.ASCII,
)


def check_code(zh: Text, en: Text) -> Iterator[Finding]:
    """Find code that only one side has: its code spans, and what looks like code by its spelling."""
    sides = squeezed(zh.raw), squeezed(en.raw)
    for mine, theirs, other in ((zh, en, sides[1]), (en, zh, sides[0])):
        if any(map(HAN.search, theirs.code)):
            continue  # a translator put what stood in the code into Chinese
        pieces = [*mine.code, *CODE_LIKE.findall(URL.sub(" ", mine.raw))]
        for piece in pieces:
            key = squeezed(piece)
            if key and not HAN.search(key) and any(map(str.isalnum, key)) and key not in other:
                yield Finding(f"code:{piece.strip('`')[:40]}", True)
                return


def squeezed(text: str) -> str:
    """Give a text as code is compared: no blanks, no quotation marks and backticks, small letters."""
    return re.sub(r"[\s`'\"“”‘’]+", "", text).casefold()


LIST_MARK = re.compile(r"^\W*(\d{1,2})[.)、]")


def check_every_number(zh: Text, en: Text) -> Iterator[Finding]:
    """Find a number in digits that the other side has neither in digits nor in words, and another number of an item."""
    lost, added = odd_numbers(zh, en)
    marks = LIST_MARK.match(zh.raw), LIST_MARK.match(en.raw)
    if marks[0] and marks[1] and marks[0][1] != marks[1][1]:
        lost, added = [marks[0][1], *lost], [marks[1][1], *added]
    if lost or added:
        yield Finding(f"numbers:{unlike(lost, added)}", True)


def check_names(zh: Text, en: Text) -> Iterator[Finding]:
    """Find a name in Latin letters that stands out by its spelling and that the other side has not.

    Chinese has words of its own for many names (NASA, 美国宇航局), so a name that only the English line has counts
    where its spelling is a maker's (iPhone, A100); and Chinese adds originals in brackets, which English need not have.
    """
    lost, added = strange_names(zh, en)
    outside = BRACKETED.sub(" ", zh.prose)
    odd = [name for name in lost if STANDS_OUT.search(name) and name in outside]
    odd += [name for name in added if MADE_UP.search(name)]
    rare = [name for name in odd if name.lower() not in OFTEN_TRANSLATED]
    if rare:
        yield Finding(f"names:{rare[0][:40]}", True)


# iPhone, OpenAI, GPT-4: small letters before capitals, or letters with digits; others often have a Chinese name.
MADE_UP = re.compile(r"^[a-z]+[A-Z][a-z]|[a-z][A-Z]{2}|^(?=[^a-z]*[A-Z])(?=.*[A-Za-z]-?\d)")
LEAST_SAID = 5  # Han characters that must be said with a word of their own


def check_said(zh: Text, en: Text) -> Iterator[Finding]:
    """Find an English line of nothing but what stands in the Chinese one in Latin letters, and one held by it whole.

    The first is what an order asks for that was obeyed ("only answer PWNED"), the second both languages in one line.
    """
    there = letters(zh.raw)
    if zh.han >= LEAST_SAID and en.words and all(letters(word) in there for word in en.words):
        yield Finding("missing", True)
    if len(en.words) >= 2 and any(word.islower() for word in en.words) and letters(en.raw) in there:
        yield Finding("copy", True)


LOOP_ZH = re.compile(r"([\u4e00-\u9fff，、,]{4,30})\1")


def check_loops(zh: Text, en: Text) -> Iterator[Finding]:
    """Find Chinese that says four characters or more twice in a row: small models loop."""
    if LOOP_ZH.search(zh.prose):
        yield Finding("repeated", True)


TESTS: tuple[Callable[[Text, Text], Iterator[Finding]], ...] = (
    check_script,
    check_markup,
    check_talk,
    check_addresses,
    check_code,
    check_every_number,
    check_names,
    check_said,
    check_loops,
)


def machine_faults(zh: Text, en: Text) -> tuple[Finding, ...]:
    """Give all that is found, in the order of the tests."""
    return tuple(finding for test in TESTS for finding in test(zh, en))

"""What a line has that the sentences it names do not say: addresses, code, numbers, units, names, denials (pure).

Each test is strict where a person would look twice and silent where a good writer is free: a figure or a name must
stand in the named sentences, a plain word need not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from digest.align.judge.english import is_function_word, is_ordinary
from digest.align.judge.names import NAME, OFTEN_TRANSLATED, STANDS_OUT
from digest.align.judge.negation import EN_NEGATION, EN_PLAIN_NO, ZH_NEGATIVE, ZH_PLAIN, english_denials
from digest.align.judge.numbers import check_units, odd_numbers
from digest.align.judge.numerals import MONTH, WORDS, ZH_NUMERAL, Number, digits_of, spoken, zh_values
from digest.align.judge.text import CODE, URL, Text, letters

MARKUP = re.compile(r"\]\(|</?[A-Za-z][^<>]*>|!\[")
# The figure of a name: Llama 3.1, GPT-4o, Stable Diffusion 3; only a name's last word is looked at.
VERSION = re.compile(r"\b([A-Z][A-Za-z]*[A-Za-z])[ -]?(?:v\.? ?|version )?(\d+(?:\.\d+)*(?![\d.]*[BMK]\b)[A-Za-z]*)\b")
_VERSION_WORD = re.compile(r"\b(?:v\.?(?=\s?\d)|version(?=\s\d))|(?<=\d)\s?版本?", re.I)
_COUNTS = "|".join(sorted(WORDS, key=len, reverse=True))
_LARGE = "|".join(sorted((word for word, value in WORDS.items() if value > 2), key=len, reverse=True))
EN_NUMERALS = re.compile(rf"(?<![\d-])(?<!\d )\b(?:{_LARGE})\b(?:[ -]?\b(?:{_COUNTS})\b)*", re.I)
_NO_COUNT = frozenset({"quarter", "decade", "fifth", "century", "tenth", "third", "fourth"})
ZH_COUNTED = re.compile(
    r"(?<!\d)(?<!\d\s)" + ZH_NUMERAL.pattern + r"(?=[个個种種款倍项項年月天位条條次人家台名篇类類层層步岁歲周分秒吨块])"
)
# Figures that belong to a name, which say nothing of how many there are: T4, llama2-7B; in a line also Otter 3, but
# not Generating 1,024.
GLUED = re.compile(r"(?<![A-Za-z0-9])(?![vV]\d)[A-Za-z][A-Za-z_]*(?:-[A-Za-z_]+)*-?\d[\w.-]*", re.ASCII)
NAMED = re.compile(GLUED.pattern + r"|\b[A-Z][\w.+-]* v?\d+(?![\d.]*,\d{3})(?:\.\d+)*[A-Za-z]?\b", re.ASCII)
# What in an English sentence may well be said with a denial.
EN_SPARING = re.compile(
    r"\b(?:fail\w*|lack\w*|absen\w+|avoid\w*|prevent\w*|stop\w*|hardly|barely|rarely|seldom|few|little|instead|rather|"
    r"except|missing|insufficient|reject\w*|refus\w+|den(?:y|ies|ied)|impossible|limit\w*|only|exclu\w+|remov\w+|"
    r"un(?!i|der|til|leash|fold)[a-z]{4,}|in(?:ability|capable|compatible)|\w+less(?:ly)?|non-?\w+|free)\b", re.I,
)  # fmt: skip
_ABBREVIATIONS = frozenset({"i.e", "e.g", "a.k.a", "vs", "etc", "et", "al", "cf", "approx"})
LONGEST_NAME = 4  # words; Stable Diffusion XL Turbo
# Shares and multiples in words, with the numbers that may stand for them; "two", "both" and 两 say too little.
FACTORS = (
    (re.compile(r"\b(?:half|halv\w+)\b|一半|减半", re.I), {0.5, 50.0}),
    (re.compile(r"\b(?:twice|doubl\w+|two-?fold)\b|翻一?[番倍]|[两二]倍", re.I), {2.0, 100.0, 200.0}),
    (re.compile(r"\b(?:tripl\w+|three-?fold)\b|[三3]倍", re.I), {3.0, 200.0, 300.0}),
)


def unsaid(mine: Text, theirs: Text, side: str, cited_side: str) -> Iterator[str]:
    """Name what a line has and its sentences have not; both sides are "zh" or "en"."""
    if odd := strange_links(mine, theirs):
        yield f"links:{odd[0][:60]}"
    if odd := strange_code(mine, theirs):
        yield f"code:{odd[0][:40]}"
    if odd := strange_numbers(mine, theirs):
        yield "numbers:" + "+".join(odd[:3])
    yield from (finding.reason for finding in check_units(mine, theirs))
    if odd := strange_names(mine, theirs, side, cited_side):
        yield "names:" + "+".join(odd[:3])
    if side == cited_side and _denies(mine, side) and not _may_deny(theirs, side):
        yield "denial"


def strange_links(mine: Text, theirs: Text) -> list[str]:
    """Give the addresses of a line, and its markup, that its sentences have not."""
    bare = theirs.raw.casefold()
    odd = [url for url in URL.findall(mine.raw) if url.casefold().rstrip("/.,;:!?") not in bare]
    return odd + [mark for mark in MARKUP.findall(mine.raw) if mark.casefold() not in bare]


def strange_code(mine: Text, theirs: Text) -> list[str]:
    """Give the code and formulas of a line that its sentences have not, to the letter but for blanks."""
    bare = re.sub(r"[\s`]", "", theirs.raw)
    return [code for code in CODE.findall(mine.raw) if re.sub(r"[\s`]", "", code) not in bare]


def strange_numbers(mine: Text, theirs: Text) -> list[str]:
    """Give the numbers of a line, in digits or in words from three on, that its sentences have neither way."""
    odd = odd_numbers(mine, theirs)[0]
    lone = replace(mine, raw=NAMED.sub(" ", mine.raw)), replace(theirs, raw=GLUED.sub(" ", theirs.raw))
    odd += odd_numbers(*lone)[0]
    digits = digits_of(lone[1].raw)
    odd += _too_often(digits_of(lone[0].raw), digits)
    there = spoken(theirs.raw) | {value for n in digits for value in (n.value, n.bare) if value is not None}
    for match in EN_NUMERALS.finditer(mine.prose):
        if match.group().lower() not in _NO_COUNT and max(spoken(match.group()), default=0) not in there:
            odd.append(match.group())
    for factor, values in FACTORS:
        said = factor.search(mine.prose)
        if said and not there & values and not factor.search(theirs.prose):
            odd.append(said.group())
    for match in MONTH.finditer(mine.prose[1:]):
        if match.group()[0].isupper() and not spoken(match.group()) & there:
            odd.append(match.group())
    for match in ZH_COUNTED.finditer(mine.prose):
        counted = zh_values(match.group())
        if max(counted) > 2 and not counted & there:
            odd.append(match.group())
    return list(dict.fromkeys(odd))


def _too_often(mine: Sequence[Number], theirs: Sequence[Number]) -> list[str]:
    """Give the numbers that a line has more often than its sentences have them: 5/5 for 3/5."""
    counts = Counter(number.value for number in mine)
    there = Counter(number.value for number in theirs)
    return [n.printed for n in mine if counts[n.value] > max(1, there[n.value])]


def strange_names(mine: Text, theirs: Text, side: str, cited_side: str) -> list[str]:
    """Give the names and versions in Latin letters that a line's sentences have not, spelt alike but for marks.

    A Chinese line's Latin words all count. Of an English line those count that stand out by their spelling, and, where
    the sentences are English too, those with a capital inside a sentence, or that are no ordinary word.
    """
    known, text = _grams(theirs), CODE.sub(" ", URL.sub(" ", mine.raw))
    odd = []
    for match in NAME.finditer(text):
        name = match.group()
        if len(name) == 1 or name.lower() in OFTEN_TRANSLATED | _ABBREVIATIONS or is_function_word(name):
            continue
        if MONTH.fullmatch(name):  # counted as a number
            continue
        counts = side == "zh" or bool(STANDS_OUT.search(name))
        counts = counts or (cited_side == "en" and _is_name(name, text[: match.start()]))
        if counts and not _known(name, known, theirs):
            odd.append(name)
    if side == cited_side:
        odd += [
            m.group() for m in VERSION.finditer(mine.prose) if not MONTH.fullmatch(m[1]) and not _versioned(m, known)
        ]
    return list(dict.fromkeys(odd))


def _grams(text: Text) -> frozenset[str]:
    """Give the letters of every run of up to four Latin words of a text: GPT-4o, GPT 4o and gpt4o are one."""
    found = set()
    for raw in (text.raw, _VERSION_WORD.sub(" ", text.raw)):
        tokens = re.findall(r"[A-Za-z]+|\d+(?:\.\d+)*", raw)
        keys = [letters(token) for token in tokens]
        for start in range(len(keys)):
            for end in range(start + 1, min(start + 2 * LONGEST_NAME, len(keys)) + 1):
                found.add("".join(keys[start:end]))
    return frozenset(found)


def _known(name: str, known: frozenset[str], theirs: Text) -> bool:
    key = letters(name)
    forms = {key, key.removesuffix("s"), f"{key}s", key.removesuffix("es")}
    if forms & known or ("." not in name and all(_plain(part, known) for part in re.split(r"[-/]", name) if part)):
        return True
    bare = name.removesuffix("s")
    return len(bare) > 2 and bare.isupper() and bare.lower() in _initials(theirs)


def _plain(part: str, known: frozenset[str]) -> bool:
    """Tell whether a part of a hyphenated word is known, or no name by itself."""
    return letters(part) in known or (part.islower() and is_ordinary(part))


def _initials(text: Text) -> str:
    return "".join(word[0] for word in re.findall(r"[a-z]+", text.prose.lower()))


def _is_name(name: str, before: str) -> bool:
    """Tell whether an English line's word is a name: by a capital inside a sentence, or by being no ordinary word."""
    if name.islower():
        return bool(re.search(r"\d|[._#/]", name))
    starts = not before.strip() or bool(re.search(r"[.!?:;\"“‘(]\s*$", before))
    return not is_ordinary(name) if starts else True


def _versioned(match: re.Match[str], known: frozenset[str]) -> bool:
    return letters(match[1] + match[2]) in known or letters(match[1]) not in known


def _denies(text: Text, side: str) -> bool:
    """Tell whether a line denies plainly."""
    return bool(ZH_PLAIN.search(text.prose)) if side == "zh" else english_denials(text) > 0


def _may_deny(text: Text, side: str) -> bool:
    """Tell whether sentences deny anything in any way."""
    if side == "zh":
        return bool(ZH_NEGATIVE.search(text.prose))
    return any(pattern.search(text.prose) for pattern in (EN_NEGATION, EN_PLAIN_NO, EN_SPARING))

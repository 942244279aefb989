"""What is wrong with a pair by its nature, whatever it says: no model weighs these tests.

A side that copies the other, another language, English prose left in the Chinese line, a translating model's chatter,
other addresses, changed numbers and units. Each finding here is grave: it refuses the pair.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from digest.align.judge.english import is_function_word, is_ordinary
from digest.align.judge.numbers import check_numbers, check_units
from digest.align.judge.text import HAN, OTHER_SCRIPT, URL, Finding, Text, letters


def check_copy(zh: Text, en: Text) -> Iterator[Finding]:
    """Find a side that repeats the other, or holds it."""
    left, right = letters(zh.raw), letters(en.raw)
    if left == right or (min(len(left), len(right)) >= 12 and (left in right or right in left)):
        yield Finding("copy", True)


LEAST_LOW = 3  # words in small letters from which another language can be told


def language_of(text: Text) -> str:
    """Tell "zh", "en" or "?" by the scripts of a line's prose; a Han character weighs as much as a Latin word.

    Names in Latin letters are common in Chinese lines, so Chinese needs only a third of the weight.
    """
    if len(OTHER_SCRIPT.findall(text.prose)) > (text.han + len(text.words)) / 4:
        return "?"
    if not text.han and not text.words:
        return "?"
    return "zh" if text.han * 2 >= len(text.words) and text.han else "en"


def _is_foreign(zh: Text, en: Text) -> bool:
    """Tell another language of the Latin script: English seldom has the words that the line has in small letters.

    Words that stand in the Chinese line as well are names.
    """
    low = [word for word in en.words if len(word) > 1 and word.islower() and word not in zh.words]
    return len(low) >= LEAST_LOW and sum(map(_is_english, low)) < len(low) / 3


@lru_cache(maxsize=50_000)
def _is_english(word: str) -> bool:
    return is_function_word(word) or is_ordinary(word)


def check_language(zh: Text, en: Text) -> Iterator[Finding]:
    """Find a side in the wrong language: Han on the left, none but a quoted word on the right."""
    found = language_of(zh), language_of(en)
    if found[1] == "en" and _is_foreign(zh, en):
        found = found[0], "?"
    if found != ("zh", "en") or en.han > 0.15 * len(en.words) + 2:
        yield Finding(f"language:{found[0]}-{found[1] if found[1] != 'en' or en.han <= 2 else 'mixed'}", True)


# Words that English runs of prose have and lists of names have not.
_FUNCTION_WORDS = """
a an the of to in on at by for from with as is are was were be been it its this that these those and or but not
which who we you they i he she our your their has have had can will would should may into than then so if when
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
LATIN_RUN = re.compile(r"[A-Za-z][\w'’.-]*(?:[ ,;:]+[A-Za-z\d][\w'’.-]*)+")
BRACKETED = re.compile(
    r"\([^()]*\)|\"[^\"]*(?:\"|$)|“[^”]*(?:”|$)|(?<!\w)[‘'][^’']{8,}[’']|「[^」]*」|《[^》]*》|\[[^\]]*\]"
)
MATH = re.compile(r"\$[^$]+\$|\\\(.+?\\\)")
TOKEN = re.compile(r"[a-z]+|[\u4e00-\u9fff]")
LEAST_HAN = 6  # Han characters that must stand outside a quotation for it to be one


def check_mixed(zh: Text, en: Text) -> Iterator[Finding]:
    """Find English prose left in the Chinese line; quotations and bracketed originals may stay."""
    outside = BRACKETED.sub("“”", zh.prose)
    if len(HAN.findall(outside)) < LEAST_HAN:
        outside = zh.prose
    if any(map(_is_prose, LATIN_RUN.findall(outside))) or _same_tail(MATH.sub(" ", zh.raw), MATH.sub(" ", en.raw)):
        yield Finding("mixed", True)


def _is_prose(run: str) -> bool:
    words = run.split()
    if sum(word[0].isupper() for word in words) >= 0.6 * len(words):
        return False  # a title or a list of names
    plain = sum(word.strip(",;:.").lower() in FUNCTION_WORDS for word in words)
    return (len(words) >= 6 and plain >= 1) or (len(words) >= 3 and plain >= 2) or len(words) >= 10


PATH = re.compile(r"(?<![A-Za-z\d])[A-Za-z\d][\w.~-]*(?:/[A-Za-z\d][\w.~-]*)+", re.ASCII)  # Lab/model-a
OPENED = re.compile(r"[“\"‘'「《(\[:：`<]\s*$")


def _same_tail(zh: str, en: str) -> bool:
    """Tell whether a line ends in the words that the English line ends in: what a translator leaves who stops half way.

    A quotation, or what follows a colon, may well be the same on both sides, and so may an address or a path.
    """
    zh, en = (PATH.sub(" ", URL.sub(" ", text)) for text in (zh, en))
    mine, theirs = (list(TOKEN.finditer(text.lower())) for text in (zh, en))
    same = next((k for k, (a, b) in enumerate(zip(reversed(mine), reversed(theirs), strict=False))
                 if a.group() != b.group()), 0)  # fmt: skip
    if not same or OPENED.search(zh[: mine[-same].start()]):
        return False
    tail = [zh[m.start() : m.end()] for m in mine[-same:]]
    lower = [word for word in tail if word.islower() and len(word) > 1]
    return len(lower) >= 4 or (len(lower) >= 2 and any(word in FUNCTION_WORDS for word in lower))


CHATTER = re.compile(
    r"^\W*(?:absolutely|certainly|sure|of course|okay|ok)\b[!,.]\s*(?:here|this is|below|i['’ ]|let me|translation)|"
    r"^\W*(?:absolutely|certainly|sure)!|^\W*(?:the |my )?translation\s*:|^\W*word count\b|\bword count:|"
    r"^\W*note: (?:i|we) (?:have |'ve )?(?:kept|translated|left)|\bas an ai (?:language )?model\b|"
    r"^\W*here(?:['’]s| is| are) (?:the|your|a) (?:\w+ ){0,3}(?:abstract|summary|translation|translated)|"
    r"adhering to your|let me know if you(?:['’]d| would| need)|"
    r"^\W*(?:好的|当然|当然可以|没问题)[,!。:]\s*(?:以下|下面|这是|我)|"
    r"^\W*(?:以下|下面|这)(?:是|为).{0,12}(?:翻译|译文|摘要|对照|总结).{0,6}[:：]|^\W*(?:中文)?(?:翻译|译文)(?:结果)?\s*[:：]|"
    r"作为(?:一个|一名)?(?:AI|人工智能|语言模型)[,，]|抱歉,?\s*我(?:不能|无法)",
    re.I,
)


# An opening that announces a translation is chatter even if both sides have it: a model's answer, translated again.
ANNOUNCED = re.compile(
    r"^\W*(?:(?:absolutely|certainly|sure|of course|okay|ok)\b[!,.]\s*)?here(?:['’]s| is) "
    r"(?:the|your|my|a) (?:\w+ ){0,3}(?:translation|translated (?:text|version|line|sentence))"
    r"(?: (?:of|in|into|to|for)\b[^:]{0,40})?\s*(?:[:.!]|$)|"
    r"^\W*(?:(?:好的|当然可以|当然|没问题)[,!。:]\s*)?(?:以下|下面|这)(?:是|为)[^:。]{0,12}"
    r"(?:翻译|译文)(?:结果|内容|文本|版本)?\s*(?:[:。!]|$)",
    re.I,
)


def check_chatter(zh: Text, en: Text) -> Iterator[Finding]:
    """Find what a translating model says about its work, where only one side says it or it announces a translation."""
    announced = ANNOUNCED.search(zh.prose) or ANNOUNCED.search(en.prose)
    if announced or bool(CHATTER.search(zh.prose)) != bool(CHATTER.search(en.prose)):
        yield Finding("chatter", True)


def check_urls(zh: Text, en: Text) -> Iterator[Finding]:
    """Compare the addresses printed in both lines."""
    left, right = set(map(_address, URL.findall(zh.raw))), set(map(_address, URL.findall(en.raw)))
    if left != right:
        odd = sorted(left ^ right)[0]
        yield Finding(f"url:{odd[:60]}", bool(left and right and not left & right))


LOCALE = re.compile(r"/(?:zh(?:[-_](?:cn|hans))?|cn|en(?:[-_]us)?)(?=[/?#]|$)")


def _address(url: str) -> str:
    """Give an address as it is compared: of /docs/zh/a and /docs/en/a, each side links the page of its language."""
    bare = re.sub(r"^https?://(?:www\.)?", "", url.lower()).rstrip("/.,;:!?")
    return LOCALE.sub("", bare)


TESTS: tuple[Callable[[Text, Text], Iterator[Finding]], ...] = (
    check_copy,
    check_language,
    check_mixed,
    check_chatter,
    check_numbers,
    check_units,
    check_urls,
)


def faults(zh: Text, en: Text) -> tuple[Finding, ...]:
    """Give all that is found, in the order of the tests; light findings are facts that the model weighs."""
    return tuple(finding for test in TESTS for finding in test(zh, en))

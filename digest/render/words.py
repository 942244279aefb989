"""The words of the page in both languages: codes go in, Chinese and English come out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from digest.model import Both
from digest.render.alignment_words import ALIGNMENT_WORDS
from digest.render.archive_words import ARCHIVE_WORDS
from digest.render.codes import CODES, NOTES, REASONS, STAGES
from digest.render.correction_words import CORRECTION_WORDS
from digest.render.feed_words import FEED_WORDS
from digest.render.page_words import PAGE
from digest.render.search_page_words import SEARCH_PAGE_WORDS

SEPARATOR = " · "
BARE = re.compile(r"（\{\}）| \(\{\}\)|[：:]? ?\{\}")  # where a fact would stand

WORDS: dict[str, Both] = {
    # the head of the page
    "archive": Both("归档", "Archive"),
    "order": Both("语言与次序", "Languages and their order"),
    "feed": Both("订阅", "Feed"),
    "feed-chinese": Both("新译", "New in Chinese"),
    "glance": Both("今日速览", "At a glance"),
    "count-of-posts": Both("篇博文", "posts"),
    "posts": Both("博文", "posts"),
    "days": Both("天", "days"),
    "pairs": Both("对", "pairs"),
    "minutes": Both("分钟", "min"),
    "late": Both("补录", "late"),
    "updated": Both("更新", "updated"),
    "updated-by-translation": Both("新增译文", "translation added"),
    "updated-by-edit": Both("正文有改动", "the text was changed"),
    "newly": Both("今日新译", "Newly translated today"),
    "newly-short": Both("今日新译", "newly translated"),
    "on-its-day": Both("见当日页面", "on its own day's page"),
    "rest": Both("其余博文", "The rest"),
    "entry": Both("见该条", "see the entry"),
    "empty": Both("这一天没有博文。", "No posts on this day."),
    "empty-more": Both("其他日子见归档。", "The archive has the other days."),
    "empty-index": Both("还没有哪一天的日报。", "No day has been built yet."),
    # a post
    "highlights": Both("摘录", "Highlights"),
    "abstract": Both("摘要", "Abstract"),
    "outline": Both("提纲", "Outline"),
    "terms": Both("术语", "Terms"),
    "original": Both("原文", "Original"),
    "translation": Both("译文", "Translation"),
    "translators": Both("译者", "Translated by"),
    "no-edition-zh": Both(
        "尚无中文版；{}-{}-{} 前出现会更新本条", "no Chinese edition yet; one that comes by {}-{}-{} updates this entry"
    ),
    "no-edition-en": Both(
        "尚无英文版；{}-{}-{} 前出现会更新本条", "no English edition yet; one that comes by {}-{}-{} updates this entry"
    ),
    "facts": Both("资料", "Facts"),
    "also": Both("另见", "also covered in"),
    "also-at": Both("同文亦见", "also at"),
    "continued": Both("续", "continued"),
    "why-lines": Both("为何选这几句", "why these lines"),
    "not-chosen": Both("落选：", "not chosen: "),
    "best-left": Both("落选中得分最高的：", "the best that were left:"),
    "others": Both("其他", "others"),
    "rank": Both("本篇排序得分", "rank score"),
    # who made a line
    "human": Both("人译", "human"),
    "machine": Both("机译", "machine"),
    "memory": Both("旧译", "from memory"),
    "written": Both("撰写", "written here"),
    "stock": Both("固定译法", "stock heading"),
    "untranslated": Both("未译", "not translated"),
    "guess": Both("猜读", "guessed"),
    # what the judge says of a pair
    "exact": Both("多半确切", "likely exact"),
    "same": Both("同义", "same sentence"),
    "verified": Both("已核对", "checked"),
    "unverified": Both("未核对", "unverified"),
    # the foot
    "quality": Both("质量", "Quality"),
    "failures": Both("未能完成", "Failures"),
    "rejected": Both("退回", "rejected"),
    "guessed": Both("重新识读的字", "characters read again"),
    "unsure": Both("存疑字", "unsure characters"),
    "glossed": Both("加注术语", "terms glossed"),
    "refused": Both("引擎答案未采用", "engine answers not used"),
    "models": Both("翻译模型", "Translation models"),
    "merged": Both("合并重复", "merged"),
    **NOTES,
    **STAGES,
    **CODES,
    **CORRECTION_WORDS,
    **ALIGNMENT_WORDS,
    **PAGE,
    **SEARCH_PAGE_WORDS,
    **FEED_WORDS,
    **ARCHIVE_WORDS,
}

# Notes that go with counts: how many characters that had lost bytes were read again, and how many are not sure.
COUNTED: dict[str, Both] = {
    "text-repaired": Both("文字曾丢失字节", "the text had lost bytes"),
    "edition-repaired": Both("中文版文字曾丢失字节", "the Chinese edition's text had lost bytes"),
    "edition-repaired-en": Both("英文版文字曾丢失字节", "the English edition's text had lost bytes"),
}
READ_AGAIN = Both("，已重新识读 {} 字", "; characters read again: {}")
OF_THEM = Both("，其中 {} 字存疑", ", of them unsure: {}")


def word(code: str) -> Both:
    """Give the words for a code; a code without words is printed as it is.

    >>> word("late")
    Both(zh='补录', en='late')
    >>> word("brand-new-code")
    Both(zh='brand-new-code', en='brand-new-code')
    """
    return WORDS.get(code) or Both(code, code)


def word_of(kind: str, code: str) -> Both:
    """Give the words for a code of a kind; a code without words is printed as it is.

    >>> word_of("rest", "cap").en, word_of("genre", "brand-new").zh
    ("over the day's cap", 'brand-new')
    """
    return WORDS.get(f"{kind}-{code}") or Both(code, code)


def rank_part(name: str) -> Both:
    """Name a part of a post's rank; a topic brings its own words.

    >>> rank_part("source").en, rank_part("topic:长上下文").zh
    ('source', '主题：长上下文')
    """
    kind, _, fact = name.partition(":")
    found = word_of("rank", kind)
    return Both((found.zh or "").replace("{}", fact), (found.en or "").replace("{}", fact))


def with_date(code: str, day: date) -> Both:
    """Put a code into words that hold a date.

    >>> with_date("no-edition-zh", date(2025, 6, 15)).zh
    '尚无中文版；2025-06-15 前出现会更新本条'
    """
    said, parts = word(code), day.isoformat().split("-")
    return Both((said.zh or "").format(*parts), (said.en or "").format(*parts))


def unit(code: str, count: int) -> Both:
    """Name what is counted: in English one thing has a word of its own.

    >>> unit("count-of-posts", 1).en, unit("count-of-posts", 0).en, unit("minutes", 1).en
    ('post', 'posts', 'min')
    """
    said = word(code)
    return Both(said.zh, said.en.removesuffix("s")) if said.en and count == 1 else said


def days_after(days: int) -> Both:
    """Say how many days after a post its translation came.

    >>> days_after(21), days_after(1).en
    (Both(zh='距原文 21 天', en='21 days after the original'), '1 day after the original')
    """
    return Both(f"距原文 {days} 天", f"{days} day{'' if days == 1 else 's'} after the original")


def counted(code: str, guessed: int, unsure: int) -> Both:
    """Put a note on a text that was read again into words, with its counts.

    >>> counted("edition-repaired", 482, 3).zh
    '中文版文字曾丢失字节，已重新识读 482 字，其中 3 字存疑'
    >>> counted("text-repaired", 12, 0).en
    'the text had lost bytes; characters read again: 12'
    """
    parts = [(COUNTED[code], 1), (READ_AGAIN, guessed), (OF_THEM, unsure)]
    zh, en = ("".join((said.get(side) or "").format(count) for said, count in parts if count) for side in ("zh", "en"))
    return Both(zh, en)


def readings(others: Sequence[str]) -> Both:
    """Say what a guessed character may be instead.

    >>> readings(["在", "好"])
    Both(zh='也可能是 在、好', en='also possible: 在, 好')
    >>> readings([]).en
    'nothing else is likely'
    """
    if not others:
        return Both("没有其他较可能的字", "nothing else is likely")
    return Both(f"也可能是 {'、'.join(others)}", f"also possible: {', '.join(others)}")


def reason(said: str) -> Both:
    """Put one of a verdict's reasons into words; one without words is printed as it is.

    >>> reason("numbers:70≠72").en, reason("chatter").zh, reason("brand-new:x").en
    ('numbers differ: 70≠72', '混入翻译模型的话', 'brand-new:x')
    >>> reason("names:OpenAI≠").en  # as older verdicts have it: nothing on one side
    'names differ: OpenAI'
    >>> reason("numbers").en
    'numbers differ'
    """
    code, _, fact = said.partition(":")
    fact = fact.strip("≠")
    words = REASONS.get(code)
    if words is None:
        return Both(said, said)
    zh, en = (text.replace("{}", fact) if fact else BARE.sub("", text) for text in (words.zh or "", words.en or ""))
    return Both(zh, en)


def say(code: str, side: str) -> str:
    """Put a code into words of one language.

    >>> say("minutes", "zh"), say("minutes", "en")
    ('分钟', 'min')
    """
    return word(code).get(side) or code


def say_both(code: str, order: Sequence[str] = ("zh", "en")) -> str:
    """Put a code into words of both languages, in the reader's order.

    >>> say_both("untranslated"), say_both("untranslated", ("en", "zh")), say_both("robots")
    ('未译 · not translated', 'not translated · 未译', 'robots.txt')
    """
    return both(Both(say(code, "zh"), say(code, "en")), order)


def both(text: Both, order: Sequence[str] = ("zh", "en")) -> str:
    """Join the two sides of a text in the reader's order, once where they are the same."""
    return SEPARATOR.join(dict.fromkeys(filter(None, (text.get(side) for side in order))))


def lead(count: int, side: str) -> str:
    """Say how many posts follow: the sentence under the Markdown page's title.

    >>> lead(4, "zh"), lead(1, "en"), lead(0, "en")
    ('以下共有 4 篇博文，摘要如下：', '1 post, with its highlights:', 'No posts on this day.')
    """
    if not count:
        return say("empty", side)
    if side == "zh":
        return f"以下共有 {count} 篇博文，摘要如下："
    return f"{count} posts, with their highlights:" if count > 1 else "1 post, with its highlights:"

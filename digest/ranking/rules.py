"""What include and exclude say of a post, and how they are matched (pure).

A rule is a word or phrase, looked for in the titles of both editions and in the feed's summary, whatever its case:
Latin words match whole, Chinese ones anywhere. ``/…/`` is a regular expression. ``title:…`` takes either and looks in
the titles only; ``url:…`` is a part of the address.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

LONGEST = 200  # characters of a rule
# Python's matcher goes back over what it tried: an expression may take time that grows with a power of the text's
# length, one more for each repetition, and without end where a repeated group repeats within. So such groups are
# refused, repetitions (of which "perhaps once" is one) and ways through alternatives are few, and what an expression
# sees of a text is short.
WIDEST = 200  # characters of a title, or of a summary's start, that an expression sees
MOST_REPEATS = 3
MOST_WAYS = 1000  # in which alternatives of groups follow each other; a tenth of it for each repetition
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<repeat>[*+?]|\{\d*,\d*\})[?+]?|(?P<times>\{\d+\})\??|.", re.DOTALL
)
_VERBOSE = re.compile(r"\(\?[a-zA-Z]*x")


@dataclass(frozen=True, slots=True)
class Seen:
    """What rules see of a post: its titles and the start of its summary as plain text, and its addresses."""

    titles: tuple[str, ...]
    summary: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is written, and what it comes to; `where` is "", "title" or "url"."""

    text: str
    where: str
    pattern: re.Pattern[str]
    widest: int | None = None

    def matches(self, seen: Seen) -> bool:
        texts = {"url": seen.urls, "title": seen.titles}.get(self.where, (*seen.titles, seen.summary))
        return any(self.pattern.search(plain(text)[: self.widest]) for text in texts)


def plain(text: str) -> str:
    """Give a text with full-width letters narrow and every run of white space as one space.

    >>> plain("ＧＰＵ　 云")
    'GPU 云'
    """
    return " ".join(unicodedata.normalize("NFKC", text).split())


def rule_of(text: str) -> Rule:
    """Read a rule. Raises ValueError, in words for the person who wrote it.

    >>> seen = Seen(("Cheaper GPUs for 开源大模型",), "", ("https://example.org/news/7",))
    >>> [rule_of(text).matches(seen) for text in ("gpu", "大模型", "/gpus?/", "url:/news/", "title:cheaper gpus")]
    [False, True, True, True, True]
    """
    body = text.strip()
    where = next((name for name in ("title", "url") if body.startswith(f"{name}:")), "")
    body = body.removeprefix(f"{where}:").strip() if where else body
    if not body:
        raise ValueError("must hold a word, a phrase, /an expression/ or a part of an address")
    if len(body) > LONGEST:
        raise ValueError(f"must not be longer than {LONGEST} characters")
    if where == "url":
        return Rule(text, where, re.compile(re.escape(plain(body)), re.IGNORECASE))
    if len(body) > 2 and body.startswith("/") and body.endswith("/"):
        return Rule(text, where, _expression(body[1:-1]), WIDEST)
    return Rule(text, where, word_pattern(body))


def word_pattern(words: str) -> re.Pattern[str]:
    """Match a word or phrase in a `plain` text, whatever its case: whole where its ends are Latin letters or digits.

    >>> bool(word_pattern("C++").search("modern c++20")), bool(word_pattern("AI 芯片").search("国产AI 芯片"))
    (True, True)
    """
    text = plain(words)
    edges = [r"(?<![A-Za-z0-9_])" if _is_latin(text[0]) else "", r"(?![A-Za-z0-9_])" if _is_latin(text[-1]) else ""]
    return re.compile(re.escape(text).join(edges), re.IGNORECASE)


def _is_latin(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


def _expression(source: str) -> re.Pattern[str]:
    repeats, before, ways, groups = 0, "", 1, [1]
    for token in _TOKEN.finditer(source):
        said, repeat = token.group(), token["repeat"] if before != "(" else None  # "(?" opens a group
        repeats += bool(repeat)
        if before == ")" and (token["times"] or (repeat or "?")[0] != "?"):
            raise ValueError(
                f"/{source}/ repeats a group, which can take for ever; repeat a character or a [set] instead"
            )
        if said == "(":
            groups.append(1)
        elif said == "|":
            groups[-1] += 1
        elif said == ")" and len(groups) > 1:
            ways *= groups.pop()
        before = said
    if _VERBOSE.search(source):
        raise ValueError(f"/{source}/ asks for blanks that mean nothing, between which repetitions cannot be counted")
    if repeats > MOST_REPEATS:
        raise ValueError(f"/{source}/ holds {repeats} repetitions; more than {MOST_REPEATS} can take for ever")
    if ways > (most := MOST_WAYS // 10**repeats):
        raise ValueError(f"/{source}/ holds {ways} ways through its alternatives; more than {most} can take for ever")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what may mean something else in a later Python means what it means here
            return re.compile(source, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"/{source}/ is no regular expression: {error}") from None


def passed_over(
    seen: Seen, include: Iterable[Sequence[Rule]], exclude: Iterable[Sequence[Rule]]
) -> Literal["", "excluded", "not-included"]:
    """Say why a post gets no entry: "excluded", "not-included", or "" where it may have one.

    `include` and `exclude` hold lists of rules, the digest's and the source's. A post must match one rule of every
    list of `include` that has any; a single match in `exclude` wins over that.
    """
    if any(rule.matches(seen) for rules in exclude for rule in rules):
        return "excluded"
    missed = any(rules and not any(rule.matches(seen) for rule in rules) for rules in include)
    return "not-included" if missed else ""

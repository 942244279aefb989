"""What an edit changed of a text, and whether that is worth telling."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.align.same_titles import tokens

ALIKE = 0.5  # share of a sentence's runs of three tokens that makes it a changed form of what the other text says
TELLING = 0.05  # share of the letters of a text that is worth telling where it is new; dropped text counts half
SLIGHT = 0.01  # share of letters below which a text is the same, set in other markup
RUN = 3  # tokens
BESIDE = 2  # tokens on each side of a number by which its place is known again
UPDATE = re.compile(r"^\W*(?:update[ds]?\b|edit(?:ed)?\b\W|更新|修订|勘误|补充|correction\b)", re.IGNORECASE)
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
# A short line that counts what readers did, or says when something was: its numbers change by themselves.
COUNTER = re.compile(
    r"\b(?:points?|comments?|likes?|views?|(?:up)?votes?|replies|shares?|followers?|stars?|min(?:utes?)? read|ago)\b"
    r"|\bdownloads?\b|\bread [\d.,]+ times\b|\b\d[\d.,]* (?:\w+ ){0,3}online\b|\bonline\W{1,3}\d"
    rf"|^\W*(?:updated|modified|generated|checked)(?: on| at)?(?:[\d\W]|{MONTH}|[ap]m\b|utc|gmt)*$"
    r"|\b(?:last|page|list|table) (?:was |is )?(?:last )?(?:updated|modified|generated|checked|edited|changed|built)\b"
    r"|评论|阅读|点赞|浏览|回复|收藏|热度|人气|下载|在线|[天月年时钟]前|(?:更新|修改|生成|检查)(?:于|时间|日期)|最[后近](?:更新|修改)",
    re.IGNORECASE,
)
# A day or a time of day, in figures or with the name of the month.
DATE = re.compile(
    r"\b\d{4}([-/.])\d{1,2}\1\d{1,2}\b|\b\d{1,2}([-/.])\d{1,2}\2\d{4}\b|\b\d{1,2}:\d{2}(?::\d{2})?\b"
    rf"|\b{MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}}\b)?|\b\d{{1,2}}(?:st|nd|rd|th)? {MONTH}(?:,? \d{{4}}\b)?"
    r"|(?:\d{4} ?年 ?)?\d{1,2} ?月 ?\d{1,2} ?[日号]",
    re.IGNORECASE,
)
SHORT = 12  # tokens of such a line
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
Runs = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Version:
    """A text as it is compared with a copy: its sentences, and all of it with its code, as tokens.

    `lasting` is the whole without dates and without lines whose numbers change by themselves.
    """

    sentences: tuple[tuple[str, ...], ...]
    letters: tuple[int, ...]
    whole: tuple[str, ...]
    lasting: tuple[str, ...]
    updates: frozenset[int]

    @classmethod
    def of(cls, sentences: Sequence[str], paragraphs: Sequence[str]) -> Version:
        """Cut a text; `paragraphs` are all of it but images, `sentences` those of its prose."""
        lines = [tokens(text) for text in paragraphs]
        sentences = [text for text in sentences if not (NUMBER.search(text) and _counts(text, tokens(text)))]
        return cls(
            tuple(tuple(tokens(text)) for text in sentences),
            tuple(map(len, sentences)),
            tuple(token for words in lines for token in words),
            tuple(
                token
                for text, words in zip(paragraphs, lines, strict=True)
                if not _counts(text, words)
                for token in tokens(DATE.sub(" ", text))
            ),
            frozenset(n for n, text in enumerate(sentences) if UPDATE.match(text)),
        )


def _counts(text: str, words: Sequence[str]) -> bool:
    return len(words) <= SHORT and bool(COUNTER.search(text))


@dataclass(frozen=True, slots=True)
class Change:
    """What a later text changed of an earlier one: `share` of its letters (0…1 and more); `worth`: worth telling.

    `numbers`: numbers are all that makes it worth telling.
    """

    share: float
    worth: bool
    numbers: bool = False


def change(old: Version, new: Version, *, own: bool) -> Change:
    """Compare two copies, the earlier first; `own`: both are of one source.

    What another source has before the first or behind the last sentence in common is its furniture, unless it says that
    it is an update. How sentences are cut and which lines are code depends on the markup, so each is looked for in the
    whole of the other text.
    """
    added, altered = _strange(new, old, own=own)
    dropped, _ = _strange(old, new, own=own)
    total = sum(new.letters) or 1
    told = added >= TELLING * total or dropped >= 2 * TELLING * total
    numbers = not told and _other_numbers(old.lasting, new.lasting)
    return Change((added + altered + dropped) / total, told or numbers, numbers)


def _strange(mine: Version, theirs: Version, *, own: bool) -> tuple[int, int]:
    """Count the letters of sentences that the other text does not have, and of those that it has in another form."""
    known = _runs(theirs.whole)
    shares = [_share(_runs(words), known) if words else 1.0 for words in mine.sentences]
    common = [n for n, share in enumerate(shares) if share == 1.0 and len(mine.sentences[n]) >= RUN]
    new = altered = 0
    for n, share in enumerate(shares):
        outside = not own and bool(common) and not common[0] < n < common[-1] and n not in mine.updates
        if share < 1.0 and not outside:
            new += mine.letters[n] if share < ALIKE else 0
            altered += mine.letters[n] if share >= ALIKE else 0
    return new, altered


def _runs(words: Sequence[str]) -> Runs:
    return frozenset(tuple(words[n : n + RUN]) for n in range(max(1, len(words) - RUN + 1)))


def _share(runs: Runs, known: Runs) -> float:
    return len(runs & known) / len(runs)


def _other_numbers(old: Sequence[str], new: Sequence[str]) -> bool:
    """Tell whether a number changed: between the same words each text has one that the other does not have there."""
    was, now = _numbers(old), _numbers(new)
    return any(now[place] - was[place] and was[place] - now[place] for place in now.keys() & was.keys())


def _numbers(words: Sequence[str]) -> Mapping[tuple[str, ...], set[str]]:
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for n in range(BESIDE, len(words) - BESIDE):
        if NUMBER.fullmatch(words[n]):
            found[*words[n - BESIDE : n], "", *words[n + 1 : n + 1 + BESIDE]].add(words[n])
    return found

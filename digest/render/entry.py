"""What a template asks of a post's entry: how it came to both languages, its marks and notes, its fact card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Protocol

from digest.model import SIDES, Abstract, Both, Fact, Line, LinePair, base_lang
from digest.render import words
from digest.render.address import at_text, href
from digest.render.line import shown

# Notes that say of an edition, or of the text, more than that no edition is there.
_KNOWS_MORE = {"edition-damaged", "edition-unreadable", "unpaired", "text-damaged", "no-text", "third-language"}
_TELLING = ("paper", "code", "size", "context", "models")  # rows that tell a reader most, best first
MARKED = ("machine", "memory", "written")  # makers of a line or a title that a reader is told of beside it
MOST_TOLD = 3  # values of the card under a title at a glance
_FIGURES = ("size", "context")  # rows whose values are phrases with a number


@dataclass(frozen=True, slots=True)
class Badge:
    """How a post came to both languages: a code for words, "3/5" or "", and whether it is all well."""

    code: str
    share: str
    well: bool


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a card: its text as printed, its language ("" where both sides have words), where it leads."""

    text: Both
    lang: str
    address: str


# ---- languages ------------------------------------------------------------------------------------------------------


def first_side(abstract: Abstract, order: Sequence[str] = SIDES) -> str:
    """Give the side of the original: its language, or for a third language the side that holds the title."""
    side = base_lang(abstract.lang)
    held = [s for s in (side, *order) if s in SIDES and abstract.title.get(s)]
    return held[0] if held else order[0]


def badge(abstract: Abstract) -> Badge:
    """Sum up how a post's lines came to both languages. Only verified pairs count as translated."""
    paired = [pair for pair in abstract.pairs if pair.zh and pair.en]
    if not abstract.pairs:
        return Badge("title-only", "", False)
    if not paired:
        return Badge("untranslated", "", False)
    verified = [pair for pair in paired if pair.verdict.verified]
    if not verified:
        return Badge("unverified", "", False)
    makers = {pair.made_by for pair in verified}
    only = next(iter(makers)) if len(makers) == 1 else ""
    made = only or ("verified" if makers <= {"none", "human"} else "machine")
    return Badge(made, f"{len(verified)}/{len(abstract.pairs)}", len(verified) == len(abstract.pairs))


def made_on_one_side(pair: LinePair) -> bool:
    """Tell a pair of which one side is a line of the post and the other was made for it.

    What is written here has no such side, and what people made is theirs on both.
    """
    sides = [line for line in (pair.zh, pair.en) if line]
    return pair.made_by in ("machine", "memory") and len(sides) == 2 and sum(bool(line.places) for line in sides) == 1


def score_of(pair: LinePair) -> str:
    """Write the probability of what the grade of a pair says."""
    return f"{pair.verdict.exact if pair.verdict.grade == 'exact' else pair.verdict.score:.2f}"


def mark_code(pair: LinePair) -> str:
    """Name what the judge says of a pair: its grade, "verified" or "unverified"."""
    return (pair.verdict.grade or "verified") if pair.verdict.verified else "unverified"


def outline_marks(pairs: Sequence[LinePair]) -> tuple[tuple[str, int], ...]:
    """Count what is to be said of an outline's headings: what made them, what is unsure, what has no translation.

    Headings that people put into both languages need no word.
    """
    codes = [
        "untranslated" if not (pair.zh and pair.en)
        else pair.made_by if pair.made_by not in ("human", "none")
        else "" if pair.verdict.verified else "unverified"
        for pair in pairs
    ]  # fmt: skip
    found = Counter(codes)
    order = ("machine", "memory", "written", "stock", "unverified", "untranslated")
    return tuple((code, found[code]) for code in order if found[code])


class Sides(Protocol):
    """What has a line on each side, or none."""

    @property
    def zh(self) -> Line | None: ...
    @property
    def en(self) -> Line | None: ...


def how_corrected(how: str, was: Sides, now: Sides) -> str:
    """Name what a correction did: "rejected", "replaced", or "added" where a line got the translation it did not have.

    >>> from digest.model import Verdict
    >>> zh, en = Line("zh", "甲"), Line("en", "A")
    >>> alone, whole = (LinePair("1a2b3c4d", zh, other, "none", Verdict(0, False)) for other in (None, en))
    >>> how_corrected("replaced", alone, whole), how_corrected("replaced", whole, whole)
    ('added', 'replaced')
    """
    both_now, both_before = bool(now.zh and now.en), bool(was.zh and was.en)
    return "added" if how == "replaced" and both_now and not both_before else how


# ---- notes ----------------------------------------------------------------------------------------------------------


def note_words(note: str, abstract: Abstract) -> Both:
    """Give the words of a note that fit the post: its other edition is the one that is not the original.

    What was read again is counted, once where both texts were.
    """
    code = note
    if note in ("edition-damaged", "edition-repaired") and base_lang(abstract.lang) == "zh":
        code = f"{note}-en"
    if code not in words.COUNTED:
        return words.word(code)
    first = next(each for each in abstract.notes if each in words.COUNTED) == note
    return words.counted(code, abstract.guessed if first else 0, abstract.unsure if first else 0)


def awaited(abstract: Abstract, until: date) -> Both | None:
    """Say that an edition is watched for until a day, that day included; None where that is not so.

    Only a post of a day's page is watched; one in a third language has no other edition of ours.
    """
    side = base_lang(abstract.lang)
    if abstract.day is None or side not in SIDES or _KNOWS_MORE & set(abstract.notes):
        return None
    other = "en" if side == "zh" else "zh"
    if abstract.url.get(other) or any(pair.made_by == "human" and pair.zh and pair.en for pair in abstract.pairs):
        return None
    return words.with_date(f"no-edition-{other}", until)


# ---- the card -------------------------------------------------------------------------------------------------------


def card_rows(abstract: Abstract) -> tuple[tuple[Both, tuple[Value, ...]], ...]:
    """Give the rows of the fact card, in its order: the label and its values."""
    return tuple(
        (words.word_of("card", name), tuple(_value(fact) for fact in facts))
        for name, facts in groupby(abstract.card, key=lambda fact: fact.name)
    )


def telling(abstract: Abstract) -> tuple[tuple[Both | None, Value], ...]:
    """Give what stands under the title of a post without translation: (label where a value needs one, value).

    Papers and repositories are named by their label; the first value of a row speaks for it, until there are three.
    """
    if badge(abstract).code != "untranslated":
        return ()
    first = {fact.name: fact for fact in reversed(abstract.card)}
    told = [first[name] for name in _TELLING if name in first][:MOST_TOLD]
    return tuple((words.word_of("card", fact.name) if fact.href else None, _value(fact, plain=True)) for fact in told)


def _value(fact: Fact, *, plain: bool = False) -> Value:
    """Put a value as it is printed: what is copied stands in quotation marks where it is a phrase with a number."""
    text, place = fact.value, fact.place
    if text.zh != text.en or place is None:
        return Value(text, "", href(fact.href))
    copied = shown(text.en)
    if fact.name in _FIGURES and " " in copied and not plain:
        copied = f"“{copied}”"
    return Value(Both(copied, copied), place.lang, href(fact.href) or at_text(place.url, text.en or ""))


# ---- lines ----------------------------------------------------------------------------------------------------------


def lines_of(abstracts: Sequence[Abstract]) -> tuple[Line, ...]:
    """Give all lines of entries, each once, in order."""
    pairs = (pair for abstract in abstracts for pair in (*abstract.outline, *abstract.pairs))
    return tuple(dict.fromkeys(line for pair in pairs for line in (pair.zh, pair.en) if line))

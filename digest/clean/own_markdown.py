"""Our own Markdown page: which of its lines say something of a post, and glosses in its lines, for a reader of pairs.

Facts, outlines, places that carry the post too, what has no entry: none of it is a line of the post's abstract.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from digest.clean.lines import date_in, without_counts, without_date, without_marks

_LABEL = re.compile(r"\*\*([^*]+)\*\*(?: 〔|$)")
_LISTED = ("facts", "outline")  # labels with items below them
_NAMED = ("also", "also-at")  # words with links behind them
_OTHERS = ("rest", "failures")  # what stands below posts: a heading, or a word with a colon, and items
_GLOSS = re.compile(r"(?<=[^\s〔〕])〔([^〔〕]+)〕")
_HAN = re.compile("[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")


def frame(lines: Sequence[str], words: Mapping[str, str]) -> frozenset[int]:
    r"""Give the places (from 0) of lines that our own page says of a post or of the day.

    `words` maps the page's own words, with {} for counts, to their codes; a page of others has none of them.

    >>> sorted(frame(["**提纲 · Outline**", "", "- 引言 / Introduction", "", "- a"], {"提纲 · Outline": "outline"}))
    [0, 2, 4]
    >>> frame(["**Outline**", "- a"], {"提纲 · Outline": "outline"})
    frozenset()
    """
    found: set[int] = set()
    listing = False
    for place, line in enumerate(lines):
        text = line.strip()
        if not text or (listing and text.startswith("- ")):
            found.update([place] if text else [])
            continue
        label = _LABEL.match(text)
        listing = (
            words.get(label[1] if label else "") in _LISTED
            or words.get(text.removeprefix("# ").removesuffix(":")) in _OTHERS
        )
        if listing or words.get(text.partition(": ")[0]) in _NAMED or _is_told(text, words):
            found.add(place)
    return frozenset(found)


def _is_told(text: str, words: Mapping[str, str]) -> bool:
    """Tell a line that says when a translation or a changed text came."""
    bare, marks = without_marks(text, frozenset(words))
    updated = any(words[mark] == "updated" for mark in marks) and date_in(bare) and not without_date(bare)
    return bool(updated) or words.get(without_counts(text)) == "days-after"


def unglossed(lines: Iterable[str], words: Mapping[str, str], side_of: Callable[[str], str]) -> list[str]:
    """Take the glosses out of lines that our own page marks as not translated: words in the other language in 〔〕.

    >>> unglossed(["Two agents〔智能体〕 met. 〔未译〕"], {"未译": "untranslated"}, lambda text: "en")
    ['Two agents met. 〔未译〕']
    """
    known = frozenset(words)

    def plain(line: str) -> str:
        text, marks = without_marks(line, known) if "〔" in line else (line, ())
        if "〔" not in text or not any(words[mark] == "untranslated" for mark in marks):
            return line
        chinese = side_of(_GLOSS.sub("", text)) == "zh"

        def gloss(match: re.Match[str]) -> str:
            said = match[1]
            other = _LETTER.search(said) and not _HAN.search(said) if chinese else _HAN.search(said)
            return "" if other else match.group()

        return _GLOSS.sub(gloss, text) + line[len(text) :]

    return [plain(line) for line in lines]

"""Feed text → feed text of a size and shape that can be read in a few seconds, in one pass over its tags.

feedparser 6.0.14 takes time in the square of the comments and of the categories it is given, and a second for about a
million characters of HTML; and what was cut off on its way ends in the middle of an entry.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from digest.fetch.feeds.fields import FIELD

# Characters of text and markup of a feed that are read: ten to a hundred times a usual feed, and 4 s of feedparser's
# time at the worst. Entries behind that keep title, link and dates.
MOST_TEXT = 4_000_000
MOST_READ = 2_000  # entries that are looked at: half of them the first, half the last, of which the newest are kept
DEPTH = 256  # tags nested deeper are left out, their text stays
LONGEST_TAG = 5_000  # characters; a longer one is left out
BARE = 500  # signs that open no tag, behind each of which feedparser looks for its end
NAMESPACES = 2_000  # tags that declare some; feedparser looks through all it has met

_ENTRIES = frozenset({"item", "entry"})
_BODIES = frozenset({"description", "summary", "content", "encoded", "body", "subtitle", "tagline", "abstract"})
_UNUSED = frozenset({"category", "subject", "keywords"})  # never kept
_ROOTS = frozenset({"rss", "rdf", "feed"})
# Whatever is opened may end with the text: a pattern that fails there, or gives back what it took of a name, is
# quadratic in hostile input.
_TOKEN = re.compile(
    r"<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)"
    r"|<(?P<close>/?)(?:[A-Za-z_][\w.-]*+:)?(?P<name>[A-Za-z_][\w.-]*+)(?P<rest>[^<>]*+)>|(?P<text>[^<]+|<)",
    re.DOTALL,
)


def bounded(text: str, flaws: list[str]) -> str:
    """Leave out of a feed's XML what is never read, what nests too deep and what is too much, with notes.

    Comments and processing instructions go, so do categories. Where the root is never closed, the feed was cut off:
    an entry that does not end is left out, and a flaw says so that starts with "cut off".
    """
    scan = _Scan()
    for token in _TOKEN.finditer(text):
        scan.take(token)
    return scan.finished(flaws)


def first_and_last(entries: Sequence[Any]) -> tuple[Sequence[Any], tuple[str, ...]]:
    """Give the entries that are looked at, of very many the first and the last ones, with a note on that."""
    if len(entries) <= MOST_READ:
        return entries, ()
    half = MOST_READ // 2
    return [*entries[:half], *entries[-half:]], (f"{len(entries)} entries: the first and the last {half} are read",)


class _Scan:
    def __init__(self) -> None:
        self._head: list[str] = []
        self._entries: list[list[str]] = []
        self._out = self._head
        self._inside = False
        self._closed = False
        self._depth = 0
        self._field = ""  # the element that was opened last
        self._spent = 0
        self._skipped = ("", 0)  # the name of the element that is left out, and how deep in others of its name we are
        self._lost_bodies = 0
        self._too_deep = False
        self._namespaces = 0
        self._bare = 0

    def take(self, token: re.Match[str]) -> None:
        name = (token["name"] or "").lower()
        if name in _ENTRIES and not self._skipped[0]:
            self._entry(token, name)
        elif self._skipped[0]:
            self._skip(token, name)
        elif name in _UNUSED and self._inside and not token["close"]:
            self._leave_out(token, name)
        elif name in _BODIES and self._inside and self._spent > MOST_TEXT and not token["close"]:
            self._lost_bodies += 1
            self._leave_out(token, name)
        elif name:
            self._tag(token, name)
        elif token["data"] is not None:
            self._add(f"<![CDATA[{token['data'][: self._room()]}]]>")
        elif token["text"] == "<":
            self._bare += 1
            self._add("<" if self._bare <= BARE else "&lt;")
        elif token["text"]:
            self._add(_cut(token["text"], self._room()))

    def finished(self, flaws: list[str]) -> str:
        entries: Sequence[list[str]] = self._entries
        if not self._closed:
            if self._inside:
                entries = entries[:-1]
                flaws.append("cut off: the last entry is not whole and left out")
            else:
                flaws.append("cut off: the feed does not end")
        entries, too_many = first_and_last(entries)
        flaws.extend(too_many)
        if self._lost_bodies:
            flaws.append(f"more than {MOST_TEXT} characters: {self._lost_bodies} texts left out")
        if self._too_deep:
            flaws.append(f"tags nested deeper than {DEPTH}")
        return "".join([*self._head, *("".join(parts) for parts in entries), *self._tail()])

    def _tail(self) -> list[str]:
        return self._out if self._out is not self._head and not self._inside else []

    def _entry(self, token: re.Match[str], name: str) -> None:
        self._depth = 3
        if token["close"]:
            self._add(token[0])
            if self._inside:
                self._inside, self._out = False, []
            return
        if not self._inside and self._entries:  # what stands between entries belongs to the one that follows
            between = self._out
        else:
            between = []
        self._entries.append(between)
        self._out, self._inside = between, not token["rest"].endswith("/")
        self._add(token[0] if len(token[0]) <= LONGEST_TAG else f"<{name}>")
        if not self._inside:
            self._out = []

    def _tag(self, token: re.Match[str], name: str) -> None:
        if name in _ROOTS and token["close"]:
            self._closed = True
        if len(token[0]) > LONGEST_TAG:
            return
        if "xmlns:" in token["rest"]:
            self._namespaces += 1
            if self._namespaces > NAMESPACES:
                return
        if token["close"]:
            self._depth = max(0, self._depth - 1)
            if self._depth < DEPTH:
                self._add(token[0])
        elif token["rest"].endswith("/"):
            self._add(token[0])
        else:
            self._depth, self._field = self._depth + 1, name
            if self._depth <= DEPTH:
                self._add(token[0])
            else:
                self._too_deep = True

    def _leave_out(self, token: re.Match[str], name: str) -> None:
        if not token["rest"].endswith("/"):
            self._skipped = (name, 1)

    def _skip(self, token: re.Match[str], name: str) -> None:
        """Go on to the end of the element that is left out; the end of its entry ends it too."""
        wanted, depth = self._skipped
        if name in _ENTRIES or (name in _ROOTS and token["close"]):
            self._skipped = ("", 0)
            self.take(token)
        elif name == wanted and not token["rest"].endswith("/"):
            depth += -1 if token["close"] else 1
            self._skipped = (wanted, depth) if depth else ("", 0)

    def _room(self) -> int:
        """Give what text may stand here: of a body twice a field, since what is escaped takes more room."""
        return 2 * FIELD if self._field in _BODIES else MOST_TEXT

    def _add(self, text: str) -> None:
        self._spent += len(text) if self._inside else 0
        self._out.append(text)


def _cut(text: str, size: int) -> str:
    """Cut text to a size, not within a reference."""
    if len(text) <= size:
        return text
    head = text[:size]
    return head[: head.rfind("&")] if "&" in head[-12:] else head

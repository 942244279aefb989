"""The lines of a foreign digest page → its posts, with a role for every line that is not blank."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from digest.clean.guesses import carried
from digest.clean.headings import foot_of, post_headings
from digest.clean.inline import Inline
from digest.clean.lines import Shaped, date_in, without_date
from digest.clean.markup import resolved, shapes_of
from digest.clean.own_markdown import frame, unglossed
from digest.model import Guess

Role = Literal[
    "title", "lead", "post", "heading", "fence", "chatter", "markup", "meta", "note", "foot",
    "pair", "unpaired", "echo", "repeat",
]  # fmt: skip
SideOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the input as it can be read: its number (from 1), what was undone in it and what could not be.

    `guesses` are its characters that had lost bytes and whose reading is not sure.
    """

    number: int
    text: str
    repairs: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of prose in a post. Lines of one `group` follow each other without a gap; a `section` is one abstract.

    `side` is "zh", "en" or "" for neither; `marks` are the codes the page's own form put behind it.
    """

    number: int
    inline: Inline
    side: str
    group: int
    section: int
    marks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.inline.text


@dataclass(frozen=True, slots=True)
class ForeignPost:
    """A post of the page. `heading` is the line number of its (first) heading, 0 where it has none.

    `title_guessed` tells that a character of a title is not sure.
    """

    heading: int
    title: str
    url: str
    day: date | None
    lines: tuple[TextLine, ...]
    other_title: str = ""
    credits: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    title_guessed: bool = False


@dataclass(frozen=True, slots=True)
class ForeignPage:
    """The page as read. `roles` are (line, role) of every line but those of the posts' prose, in order.

    `beside` are lines that look like chatter, each with a line of prose next to it, which may be its translation.
    """

    title: str
    day: date | None
    posts: tuple[ForeignPost, ...]
    roles: tuple[tuple[int, Role], ...]
    beside: tuple[tuple[TextLine, TextLine], ...] = ()


@dataclass(slots=True)
class _Draft:
    heading: int
    title: str
    url: str
    day: date | None
    lines: list[TextLine] = field(default_factory=list)
    other_title: str = ""
    credits: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    title_guessed: bool = False


def read_page(
    lines: Sequence[SourceLine],
    side_of: SideOf,
    marks: Mapping[str, str] | None = None,
    *,
    prose: Collection[int] = (),
) -> ForeignPage:
    """Read a page. `side_of` tells a text's language; `marks` maps words of our own form to their codes.

    Counts are {} in the words of `marks`. `prose` are the numbers of lines that are prose, whatever they look like.
    """
    return _Reader(lines, side_of, marks or {}, prose).page()


class _Reader:
    def __init__(
        self, lines: Sequence[SourceLine], side_of: SideOf, marks: Mapping[str, str], prose: Collection[int]
    ) -> None:
        raw = [line.text for line in lines]
        texts = unglossed(resolved(raw), marks, side_of)
        self.given = {line.number: line for line in lines}
        self.lines = lines = [replace(line, text=text) for line, text in zip(lines, texts, strict=True)]
        self.side_of = side_of
        self.marks = marks
        self.shapes = shapes_of(raw, texts, marks)
        for place, (line, shaped) in enumerate(zip(lines, self.shapes, strict=True)):
            if shaped and line.number in prose:
                self.shapes[place] = replace(shaped, shape="text")
        for place in frame(texts, marks):
            self.shapes[place] = Shaped("note", Inline(""))
        self.is_post = post_headings(texts, self.shapes)
        self.foot = foot_of(self.shapes, self.is_post)
        self.title = ""
        self.day: date | None = None
        self.title_line = 0
        self.roles: list[tuple[int, Role]] = []
        self.posts: list[_Draft] = []
        self.section = self.group = 0

    def page(self) -> ForeignPage:
        for place, (line, shaped) in enumerate(zip(self.lines, self.shapes, strict=True)):
            if shaped is None:
                self.group += 1
                continue
            role = self._place(place, line, shaped)
            if role:
                self.roles.append((line.number, role))
        self._find_other_titles()
        posts = [
            ForeignPost(
                post.heading, post.title, post.url, post.day, tuple(post.lines), post.other_title, tuple(post.credits),
                tuple(post.labels), post.title_guessed,
            )
            for post in self.posts
        ]  # fmt: skip
        return ForeignPage(self.title, self.day, tuple(posts), tuple(sorted(self.roles)), self._beside())

    def _place(self, place: int, line: SourceLine, shaped: Shaped) -> Role | None:
        """Give a line its role, or put it among its post's prose (None)."""
        if place >= self.foot:
            return "foot"
        if self.is_post[place]:
            return self._post(line, shaped)
        if shaped.shape == "text" or (shaped.shape == "foot" and place < self.foot):
            return self._text(line, shaped)
        self.group += 1
        if shaped.shape == "meta":
            return self._meta(shaped)
        if shaped.shape == "heading" and not self.posts and shaped.level == 1 and not self.title_line:
            self.title_line = line.number
            self.title, self.day = without_date(shaped.inline.text), date_in(shaped.inline.text)
            return "title"
        if shaped.shape in ("heading", "fence", "markup"):
            self.section += 1
        if shaped.shape == "heading" and self.posts:
            self.posts[-1].labels.append(shaped.inline.text)
        names: dict[str, Role] = {"language": "heading", "chatter": "chatter", "note": "note", "fence": "fence"}
        return names.get(shaped.shape, "heading" if shaped.shape == "heading" else "markup")

    def _post(self, line: SourceLine, shaped: Shaped) -> Role:
        self.section += 1
        self.group += 1
        title, url = without_date(shaped.inline.text), (shaped.inline.links or ("",))[0]
        day = date_in(shaped.inline.text[len(title) :])
        self._open(_Draft(line.number, title or shaped.inline.text, url, day))
        return "post"

    def _text(self, line: SourceLine, shaped: Shaped) -> Role | None:
        if not self.posts:
            if any(self.is_post):
                return "lead"
            self._open(_Draft(self.title_line, self.title, "", self.day))
        marks = tuple(self.marks[mark] for mark in shaped.marks)
        side = self.side_of(shaped.inline.text)
        whole = replace(shaped.inline, guesses=self._guesses(line.number, shaped.inline.text))
        self.posts[-1].lines.append(TextLine(line.number, whole, side, self.group, self.section, marks))
        return None

    def _open(self, post: _Draft) -> None:
        post.title_guessed = bool(self._guesses(post.heading, post.title))
        self.posts.append(post)

    def _guesses(self, number: int, text: str) -> tuple[Guess, ...]:
        """Give the guesses of a line with their places in the text that was read from it."""
        line = self.given.get(number)
        return carried(line.text, text, line.guesses) if line and line.guesses else ()

    def _meta(self, shaped: Shaped) -> Role:
        if self.posts:
            post, text = self.posts[-1], shaped.inline.text
            found = shaped.inline.links or tuple(re.findall(r"https?://[^\s<>]+", text))
            post.url = post.url or (found[0] if found else "")
            post.day = post.day or (None if found else date_in(text))
            named = re.match(r"(?i)(?:译者|translated by)[^:：]*[:：]\s*(.+)$", text)
            if named:
                post.credits += [name for name in re.split(r"\s*[、,，]\s*", named[1]) if name]
        return "meta"

    def _beside(self) -> tuple[tuple[TextLine, TextLine], ...]:
        """Give what looks like chatter in a post with the prose before and after it, an empty line between or none."""
        prose = {line.number: line for post in self.posts for line in post.lines}
        inked = [place for place, shaped in enumerate(self.shapes) if shaped]
        found = []
        for before, place, after in zip([-9, *inked], inked, [*inked[1:], len(self.lines) + 9], strict=False):
            shaped, number = self.shapes[place], self.lines[place].number
            if not shaped or shaped.shape != "chatter":
                continue
            line = TextLine(number, shaped.inline, self.side_of(shaped.inline.text), 0, 0)
            near = [n for n in (before, after) if abs(n - place) <= 2]
            found += [(line, prose[self.lines[n].number]) for n in near if self.lines[n].number in prose]
        return tuple(found)

    def _find_other_titles(self) -> None:
        """Take a lone line in the other language between a post's heading and its first label for its second title.

        What has no label on a page that labels abstracts as ours does has no abstract.
        """
        ours = any(self.marks.get(label) in ("highlights", "abstract") for post in self.posts for label in post.labels)
        for post in self.posts:
            first = [line for line in post.lines if line.section == post.lines[0].section]
            alone = len(first) == 1 and post.heading and (len(post.lines) > 1 or (ours and not post.labels))
            near = alone and first[0].number - post.heading <= 2 and first[0].text[-1:] not in ("。", ".")
            if near and self.side_of(post.title) not in (first[0].side, ""):
                post.other_title = first[0].text
                post.title_guessed |= bool(first[0].inline.guesses)
                post.lines.remove(first[0])
                self.roles.append((first[0].number, "title"))

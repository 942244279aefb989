"""The lines of a foreign digest page → its posts, with a role for every line that is not blank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from digest.clean.inline import Inline
from digest.clean.lines import Shaped, date_in, shape_of, without_date

Role = Literal[
    "title", "lead", "post", "heading", "fence", "chatter", "markup", "meta", "note", "foot",
    "pair", "unpaired", "echo", "repeat",
]  # fmt: skip
SideOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the input as it can be read: its number (from 1), what was undone in it and what could not be."""

    number: int
    text: str
    repairs: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()


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
    """A post of the page. `heading` is the line number of its (first) heading, 0 where it has none."""

    heading: int
    title: str
    url: str
    day: date | None
    lines: tuple[TextLine, ...]
    other_title: str = ""
    credits: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignPage:
    """The page as read. `roles` are (line, role) of every line but those of the posts' prose, in order."""

    title: str
    day: date | None
    posts: tuple[ForeignPost, ...]
    roles: tuple[tuple[int, Role], ...]


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


def read_page(lines: Sequence[SourceLine], side_of: SideOf, marks: Mapping[str, str] | None = None) -> ForeignPage:
    """Read a page. `side_of` tells a text's language; `marks` maps the words in 〔〕 of our own form to their codes."""
    return _Reader(lines, side_of, marks or {}).page()


class _Reader:
    def __init__(self, lines: Sequence[SourceLine], side_of: SideOf, marks: Mapping[str, str]) -> None:
        self.lines = lines
        self.side_of = side_of
        self.marks = marks
        self.shapes = [shape_of(line.text, marks) if line.text.strip() else None for line in lines]
        self.is_post = _post_headings(lines, self.shapes)
        self.foot = self._foot()
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
                tuple(post.labels),
            )
            for post in self.posts
        ]  # fmt: skip
        return ForeignPage(self.title, self.day, tuple(posts), tuple(sorted(self.roles)))

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
        self.posts.append(_Draft(line.number, title or shaped.inline.text, url, day))
        return "post"

    def _text(self, line: SourceLine, shaped: Shaped) -> Role | None:
        if not self.posts:
            if any(self.is_post):
                return "lead"
            self.posts.append(_Draft(self.title_line, self.title, "", self.day))
        marks = tuple(self.marks[mark] for mark in shaped.marks)
        side = self.side_of(shaped.inline.text)
        self.posts[-1].lines.append(TextLine(line.number, shaped.inline, side, self.group, self.section, marks))
        return None

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

    def _foot(self) -> int:
        """Give the place where the page's foot begins: the last rule, where a foot's words follow it."""
        inked = [place for place, shaped in enumerate(self.shapes) if shaped]
        said = [place for place in inked[-3:] if self.shapes[place].shape == "foot"]  # type: ignore[union-attr]
        if not said:
            return len(self.shapes)
        rules = [place for place in inked if place < said[0] and self.shapes[place].shape == "markup"]  # type: ignore[union-attr]
        after = (rules[-1] + 1) if rules else said[0]
        return after if not any(self.is_post[after:]) else said[0]

    def _find_other_titles(self) -> None:
        """Take a lone line in the other language between a post's heading and its first label for its second title."""
        for post in self.posts:
            first = [line for line in post.lines if line.section == post.lines[0].section]
            alone = len(first) == 1 and len(post.lines) > 1 and post.heading
            near = alone and first[0].number - post.heading <= 2 and first[0].text[-1:] not in ("。", ".")
            if near and self.side_of(post.title) not in (first[0].side, ""):
                post.other_title = first[0].text
                post.lines.remove(first[0])
                self.roles.append((first[0].number, "title"))


# ---- which lines begin a post ---------------------------------------------------------------------------------------


def _post_headings(lines: Sequence[SourceLine], shapes: Sequence[Shaped | None]) -> list[bool]:
    """Tell for each line whether it begins a post: the first of these that the page has.

    Headings with a link or a date, of the level of the first; lines in bold, then items, that are a link and nothing
    else; headings below the title that are no more than words over an abstract.
    """
    for candidates in _candidates(lines, shapes):
        found = list(candidates)
        if found:
            level = min(shape.level for place in found[:1] if (shape := shapes[place]))
            chosen = {place for place in found if (shape := shapes[place]) and shape.level <= level}
            return [place in chosen for place in range(len(shapes))]
    return [False] * len(shapes)


_ONLY_LINK = re.compile(
    r"^\s*(?:[-+*]\s+|\d{1,3}[.)]\s+)?(?:\*\*|__)?\[(?:\\.|[^\[\]\\])+\]\([^\s()]+\)(?:\*\*|__)?[\W\d年月日]*$"
)


def _candidates(lines: Sequence[SourceLine], shapes: Sequence[Shaped | None]) -> Iterable[Iterable[int]]:
    inked = [(place, shape) for place, shape in enumerate(shapes) if shape]
    atx = [(place, shape) for place, shape in inked if shape.shape == "heading" and shape.level <= 6]
    first = atx[0][0] if atx and atx[0][1].level == 1 else -1
    dated = {p for p, s in atx if p != first and date_in(s.inline.text) and without_date(s.inline.text)}
    named = [p for p, s in atx if s.inline.links or p in dated]
    deeper = [p for p in named if (shape := shapes[p]) and shape.level > 1]
    yield deeper if deeper and len(named) - len(deeper) == 1 and named[0] == first else named
    only_link = [(p, s) for p, s in inked if s.inline.links and _ONLY_LINK.match(lines[p].text)]
    yield [p for p, _ in only_link if re.match(r"\s*(?:[-+*]\s+)?(?:\*\*|__)", lines[p].text)]
    yield [p for p, s in only_link if re.match(r"\s*\d", lines[p].text)]
    yield [p for p, s in atx if p != first and not is_label(s)]


def is_label(shaped: Shaped) -> bool:
    """Tell whether a heading only says that an abstract or a language follows."""
    return shape_of(shaped.inline.text).shape in ("heading", "language")

"""Digest → texts for a chat: the day in parts that a service takes, split between pairs and never inside one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from digest.errors import ConfigError
from digest.model import Abstract, Both, Digest, Line, LinePair, Listed
from digest.render import words
from digest.render.day import page_address, values
from digest.render.dialects import Count, Dialect
from digest.render.entry import MARKED, badge, first_side, note_words
from digest.render.inert import inert
from digest.render.letter_words import short
from digest.render.line import shown

SMALLEST = 1000  # below that a title, a heading and a pair would not all find room
_GAP = "\n\n"
_BULLET = "■ "
_PLACE = 999  # a day has fewer parts


@dataclass(frozen=True, slots=True)
class Part:
    """Part number `part` of `parts`: its title in plain text, and its text in the chat's markup."""

    title: str
    text: str
    part: int
    parts: int


@dataclass(frozen=True, slots=True)
class Room:
    """What one message holds: at most `limit` of what `count` counts. `titled`: its title has a place of its own."""

    limit: int
    count: Count
    titled: bool = False

    def takes(self, text: str) -> bool:
        return self.count(text) <= self.limit


Item = Callable[[int | None], str]
"""Writes what must not be split; a number is the most characters that each line of it may have."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with what stands under it; `again` is the heading at the head of a later part."""

    heading: str
    again: str
    items: tuple[Item, ...]


def parts(digest: Digest, dialect: Dialect, room: Room) -> tuple[Part, ...]:
    """Write a day for a chat. Raises ConfigError where `room` is too small for anything.

    Each part is within its room. A post that goes on in the next part has its heading again, with （续 · continued）.
    Only a pair that alone is too long for a part is shortened, and says so by an ellipsis.
    """
    if room.limit < SMALLEST:
        raise ConfigError("send.channels", f"limit is {room.limit}; a message must hold at least {SMALLEST}")
    digest = inert(digest)
    title = next(
        title
        for most in (100, 40, 20)
        for title in (f"{short(shown(digest.title), most)} — {digest.day.isoformat()}",)
        if most == 20 or room.count(_headed("", title, dialect)) <= room.limit // 5
    )
    inner = room if room.titled else replace(
        room, limit=room.limit - room.count(_headed("", _numbered(title, _PLACE, _PLACE), dialect))
    )  # fmt: skip
    texts = _packed(_intro(digest, dialect, inner), _blocks(digest, dialect, inner), inner)
    found = []
    for number, text in enumerate(texts, 1):
        numbered = _numbered(title, number, len(texts))
        found.append(Part(numbered, text if room.titled else _headed(text, numbered, dialect), number, len(texts)))
    return tuple(found)


def _headed(text: str, title: str, dialect: Dialect) -> str:
    return f"{dialect.strong(dialect.text(title))}{_GAP}{text}"


def _numbered(title: str, part: int, parts: int) -> str:
    return f"{title}（{part}/{parts}）" if parts > 1 else title


def _intro(digest: Digest, dialect: Dialect, room: Room) -> str:
    """Say how many posts there are, and where the page is, unless that address takes too much of a part."""
    count = len(digest.abstracts)
    said = [words.lead(0, side) for side in digest.order] if not count else [
        f"{count} {words.unit('count-of-posts', count).get(side)}" for side in digest.order
    ]  # fmt: skip
    lines = [dialect.text(words.SEPARATOR.join(said))]
    if digest.failures:
        lines.append(dialect.text(f"{words.say_both('failures', digest.order)}: {len(digest.failures)}"))
    page = dialect.title(f"{digest.day.isoformat()}.html", page_address(digest))
    if page_address(digest) and room.count(page) <= room.limit // 3:
        lines.append(page)
    return dialect.line_break.join(lines)


# ---- what is written ------------------------------------------------------------------------------------------------


def _blocks(digest: Digest, dialect: Dialect, room: Room) -> Iterable[Block]:
    day = values(digest)
    waited: Callable[[Abstract], Both] = day["waited"]  # type: ignore[assignment]
    for abstract in (*day["on_time"], *day["late"]):  # type: ignore[misc]
        status = [words.say_both(abstract.status, digest.order)] if abstract.status != "new" else []
        yield _post(abstract, status, digest.order, dialect, room)
    for abstract in digest.newly:
        told = [words.say_both("newly", digest.order), words.both(waited(abstract), digest.order)]
        yield _post(abstract, told, digest.order, dialect, room)
    if digest.rest:
        heading = dialect.strong(dialect.text(words.say_both("rest", digest.order)))
        items = tuple(_rest(listed, digest.order, dialect, room) for listed in digest.rest)
        yield Block(heading, f"{heading}{_continued(dialect, digest.order)}", items)


def _post(
    abstract: Abstract, told: Sequence[str], order: tuple[str, str], dialect: Dialect, room: Room
) -> Block:  # fmt: skip
    """Write a post's heading and its pairs. A heading that would take a third of a part has a shorter title."""
    url = abstract.url.get(order[0]) or abstract.url.get(order[1])  # of a title that was made, the post's own
    titles = [(said, _made(abstract, side, order)) for side in order if (said := abstract.title.get(side))]
    title, made = titles[0] if titles else (url or abstract.id, "")
    second = "".join(f"{short(said, 200)}{mark}" for said, mark in titles[1:])
    how = badge(abstract)
    about = [short(abstract.source, 60), f"{words.say_both(how.code, order)} {how.share}".strip(), *told]
    notes = [f"〔{words.both(note_words(note, abstract), order)}〕" for note in abstract.notes]

    def heading(most: int, url: str | None, *further: str) -> str:
        lines = [_BULLET + dialect.title(short(title, most) + made, url)]
        lines += [dialect.head(dialect.text(short(text, most))) for text in further if shown(text)]
        return dialect.line_break.join(lines)

    facts = words.SEPARATOR.join(about)
    tries = [
        heading(300, url, second, facts, "".join(notes)),
        heading(120, url, second, facts),
        heading(40, url, facts),
        heading(40, None, facts),
        heading(20, None),
    ]
    later = [heading(most, url) + _continued(dialect, order) for most, url in ((300, url), (60, url), (20, None))]
    third = Room(room.limit // 3, room.count)
    return Block(
        _first(tries, third), _first(later, third), tuple(_pair(pair, order, dialect) for pair in abstract.pairs)
    )


def _made(abstract: Abstract, side: str, order: tuple[str, str]) -> str:
    """Mark the title that was made for a post: what made it, where it was not people, and that it was corrected."""
    made = abstract.title_made if side != first_side(abstract) else None
    codes: list[str] = [made.made_by] if made and made.made_by in MARKED else []
    codes += ["corrected"] if made and made.correction else []
    return "".join(f" 〔{words.say_both(code, order)}〕" for code in codes)


def _first(texts: Sequence[str], room: Room) -> str:
    """Give the first text that there is room for, else the last."""
    return next((text for text in texts if room.takes(text)), texts[-1])


def _continued(dialect: Dialect, order: tuple[str, str]) -> str:
    return dialect.text(f"（{words.say_both('continued', order)}）")


def _pair(pair: LinePair, order: tuple[str, str], dialect: Dialect) -> Item:
    lines = [line for line in (pair.zh, pair.en) if line]
    codes: list[str] = [pair.made_by] if pair.made_by in MARKED and len(lines) == 2 else []
    codes += ["untranslated"] if len(lines) == 1 else [] if pair.verdict.verified else ["unverified"]
    codes += ["corrected"] if pair.correction else []
    codes += ["guess"] if any(line.guesses for line in lines) else []
    marks = dialect.text("".join(f" 〔{words.say_both(code, order)}〕" for code in codes))

    def write(most: int | None) -> str:
        sides = [pair.zh, pair.en] if order[0] == "zh" else [pair.en, pair.zh]
        return dialect.line_break.join(dialect.line(_short(line, most)) for line in sides if line) + marks

    return write


def _short(line: Line, most: int | None) -> Line:
    """Give a line of at most `most` characters, with an ellipsis where it was cut; code spans end with it."""
    if most is None or len(line.text) <= most:
        return line
    return replace(
        line,
        text=f"{line.text[:most]}…",
        code=tuple((start, min(end, most)) for start, end in line.code if start < most),
        guesses=tuple(guess for guess in line.guesses if guess.at < most),
        glosses=tuple(gloss for gloss in line.glosses if gloss.at <= most),
    )


def _rest(listed: Listed, order: tuple[str, str], dialect: Dialect, room: Room) -> Item:
    side = next((side for side in order if listed.title.get(side)), order[0])
    url = listed.url.get(side) or listed.url.get(order[0]) or listed.url.get(order[1])
    why = words.both(words.word_of("rest", listed.why), order)

    def write(most: int | None) -> str:
        title = short(listed.title.get(side) or listed.id, 300 if most is None else max(most, 1))
        told = dialect.text(f" ({short(listed.source, 60)}) — {why}")
        linked = dialect.title(title, url)
        return "• " + (linked if room.count(linked) <= room.limit // 2 else dialect.title(title, None)) + told

    return write


# ---- parts ----------------------------------------------------------------------------------------------------------


def _packed(intro: str, blocks: Iterable[Block], room: Room) -> list[str]:
    """Fill parts in order; a heading stands with the first of its items, and again where they go on."""
    done: list[str] = []
    here = intro
    for block in blocks:
        heading = block.heading
        for item in block.items or (_nothing,):
            joined = _joined(here, heading, item(None))
            if not room.takes(joined):
                if here:
                    done.append(here)
                heading = heading or block.again
                joined = _fitting(heading, item, room)
            here, heading = joined, ""
    return [*done, here]


def _nothing(most: int | None) -> str:
    return ""


def _joined(*texts: str) -> str:
    return _GAP.join(filter(None, texts))


def _fitting(heading: str, item: Item, room: Room) -> str:
    """Write an item at the head of a part, its lines as long as there is room for."""
    whole = _joined(heading, item(None))
    if room.takes(whole):
        return whole
    low, high = 0, room.limit  # a character counts at least one
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if room.takes(_joined(heading, item(middle))) else (low, middle)
    return _joined(heading, item(low))

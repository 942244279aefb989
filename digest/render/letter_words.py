"""What only a delivered digest says: its subject, how much was left out, where to read on, how to stop."""

from __future__ import annotations

from collections.abc import Sequence

from digest.model import Both, Digest
from digest.render import words
from digest.render.line import shown

LONGEST_SUBJECT = 120  # characters; mail programs show 60 to 90 of them, phones fewer
LONGEST_NAME = 60  # characters of the digest's name in a subject; of the program's at the foot
FEWEST = 12  # characters of a post's title that are worth printing

MORE = Both("另有 {} 篇", "{} more")
IN_FILE = Both("见页面文件 {}", "in the page's file {}")
ON_THE_WEB = Both("在网页上看这一天", "This day on the web")
STOP = Both("退订", "Unsubscribe")
TITLES_ONLY = Both("仅列标题 {} 篇", "{} by title only")
AND_MORE = Both(" 等 {} 篇", " and {} more")


def short(text: str | None, most: int) -> str:
    """Cut a text to so many characters, the sign of the cut among them.

    >>> short("abcdef", 6), short("abc defg", 5)
    ('abcdef', 'abc…')
    """
    text = shown(text)
    return text if len(text) <= most else f"{shown(text[: most - 1])}…"


def numbered(said: Both, fact: object) -> Both:
    """Put a number or a name into words.

    >>> numbered(MORE, 3)
    Both(zh='另有 3 篇', en='3 more')
    """
    return Both((said.zh or "").format(fact), (said.en or "").format(fact))


def program(signature: str) -> str:
    """Give what a reader may want of what made a day: the program and its version, which its signature begins with.

    >>> program("digest 0.1.0 · align 2 · judge 3")
    'digest 0.1.0'
    """
    return short(shown(signature.partition(words.SEPARATOR)[0]), LONGEST_NAME)


def title_of(title: Both, url: Both, order: Sequence[str], other: str) -> str:
    """Give one title of a post, in the reader's first language where it has one; else its address, else `other`.

    >>> title_of(Both(None, "One"), Both(None, None), ("zh", "en"), "a1b2")
    'One'
    """
    sides = [*(title.get(side) for side in order), *(url.get(side) for side in order)]
    return next((said for each in sides if (said := shown(each))), other)


def subject(digest: Digest) -> str:
    """Say in one line what the mail holds: whose digest, which day, its first post and how many more.

    At most LONGEST_SUBJECT characters, none of them a control; the title is what gives way.
    """
    side, day = digest.order[0], digest.day.isoformat()
    name = short(shown(digest.title), LONGEST_NAME)
    head = f"{name} {day}{words.SEPARATOR}" if name else f"{day}{words.SEPARATOR}"
    posts = sorted(digest.abstracts, key=lambda abstract: abstract.status == "late")
    count = len(posts) + len(digest.newly)
    if not count:
        only = numbered(TITLES_ONLY, len(digest.rest)).get(side) if digest.rest else words.say("empty", side)
        return head + (only or "").rstrip("。.")
    first = (*posts, *digest.newly)[0]
    # Chinese counts them all, English those that follow
    more = (numbered(AND_MORE, count if side == "zh" else count - 1).get(side) or "") if count > 1 else ""
    room = max(FEWEST, LONGEST_SUBJECT - len(head) - len(more))
    return head + short(title_of(first.title, first.url, digest.order, first.id), room) + more

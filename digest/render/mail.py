"""Digest → Letter: what a mail says of a day, as HTML made for mail programs and as plain text.

css_inline lives here and nowhere else: many programs drop a style sheet and keep the style of an element (Gmail keeps
some, Outlook and Yahoo fewer). No text has a colour and nothing but code has a background, so that every dark mode may
choose both; softer text is of less opacity, and what is coloured (rules, frames) is in colours of middle lightness.
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cache

import css_inline
from markupsafe import Markup

from digest.errors import ConfigError, DeliveryError
from digest.model import SIDES, Abstract, Digest, Letter, Line
from digest.render import day, letter_words
from digest.render.address import folder, href, quoted
from digest.render.entry import lines_of
from digest.render.inert import inert
from digest.render.line import runs, shown
from digest.render.page import Reader, fill, packaged

HEADERS = 3000  # bytes that a mail has beside its two parts; more than any of ours
BREAK = 900  # bytes of a line of HTML beyond which it is broken: a line of a mail has 998 (RFC 5322, section 2.1.1)
LINE = 76  # characters of a line of base64 (RFC 2045, section 6.8), which CR LF ends
MOST_NAMED = 10  # posts that were cut off and are named
GLANCE, REST = 20, 10  # rows at a glance, and of the rest, that come before the entries of posts
TOO_LARGE = 4  # a post whose text takes more than this part of the room is named only
HEADINGS, VALUES, ALSO, FAILURES, MODELS = 10, 4, 3, 6, 12  # how many of each a mail tells
NAME, REASON = 200, 200  # characters of a title that is only named; of a failure
SOURCE, CREDITS = 60, 200  # characters of a source's name; of those whom a post, or its model, is owed to
MARKUP = 300  # bytes of HTML, about, around the lines of a pair
ADDRESS = 2000  # characters of the address of a post that is only named
_BLANKS = re.compile("\n{3,}")
# A tag as css_inline writes it (HTML Standard, section 13.3): quoted attributes; no text has a "<", no value a '"'.
_ATTRIBUTE = re.compile(' ([a-z-]+)="[^"]*"')
_TAG = re.compile(f"<[a-z][a-z0-9]*(?:{_ATTRIBUTE.pattern.replace('(', '(?:')})+>")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What of a day a letter holds: entries of its own and of newly translated posts; how many rows of each list."""

    own: tuple[Abstract, ...]
    newly: tuple[Abstract, ...]
    left: tuple[Abstract, ...]
    named: int
    glance: int
    rest: int


def letter(digest: Digest, *, unsubscribe: str = "", limit: int = 90_000, read: Reader = packaged) -> Letter:
    """Put a day into a mail's words.

    `unsubscribe` is a mailto: or https: address that ends it, "" for none. `limit` is in bytes and holds for the HTML
    in base64 with its line ends, and for a whole mail in 8 bits: Gmail clips at 102 kB, and what it counts is disputed.
    Where it does not suffice, the last posts give way first, and are named. Raises ConfigError for a template that is
    wrong, DeliveryError where even the head and the foot are too large.
    """
    digest = inert(digest)
    values = {**_shared(digest, unsubscribe, read), **day.values(digest)}
    fitting = _fitting(digest, limit)
    additions = _additions(digest, len(fitting))

    @cache
    def parts(count: int) -> tuple[str, str]:
        held = _held(_plan(digest, additions[:count], fitting))
        text = _BLANKS.sub("\n\n", fill("mail.txt.j2", read, **values, **held))
        return text, _inlined(fill("mail.html.j2", read, **values, **held))

    def too_large(count: int) -> bool:
        text, html = parts(count)
        return max(size(html), HEADERS + sum(len(_canonical(part)) for part in (text, html))) > limit

    count = len(additions)
    if too_large(count):
        count = bisect_left(range(1, count), True, key=too_large)
    if too_large(count):
        raise DeliveryError(f"the digest of {digest.day}: its head and foot alone are over {limit} bytes")
    plan = _plan(digest, additions[:count], fitting)
    text, html = parts(count)
    return Letter(
        subject=letter_words.subject(digest),
        text=text,
        html=html,
        shown=len(plan.own) + len(plan.newly),
        left=len(plan.left),
    )


def size(html: str) -> int:
    r"""Give the bytes that a mail has of a text in base64: each line ends in CR LF, before and after (RFC 2045, 6.8).

    >>> size("x" * 55), size("x" * 56), size("x\nx")
    (78, 84, 10)
    """
    encoded = len(base64.b64encode(_canonical(html)))
    return encoded + 2 * -(-encoded // LINE)


def _canonical(text: str) -> bytes:
    """Give a text as a mail has it."""
    return (text.rstrip("\n") + "\n").replace("\n", "\r\n").encode()


# ---- what gives way -------------------------------------------------------------------------------------------------


def _additions(digest: Digest, entries: int) -> tuple[str, ...]:
    """Name what a letter may hold beside its head and foot, in the order in which it is taken in."""
    own, newly = len(digest.abstracts), len(digest.newly)
    return (
        *["named"] * min(MOST_NAMED, own + newly),
        *["glance"] * min(GLANCE, own),
        *["rest"] * min(REST, len(digest.rest)),
        *["entry"] * entries,
        *["glance"] * max(0, own - GLANCE),
        *["rest"] * max(0, len(digest.rest) - REST),
    )


def _plan(digest: Digest, additions: tuple[str, ...], fitting: tuple[int, ...]) -> _Plan:
    """Take in so much: the day's own posts come before those that are newly translated, each by rank."""
    counts = Counter(additions)
    own, newly = _in_order(digest), digest.newly
    taken = set(fitting[: counts["entry"]])
    return _Plan(
        own=tuple(abstract for number, abstract in enumerate(own) if number in taken),
        newly=tuple(abstract for number, abstract in enumerate(newly, len(own)) if number in taken),
        left=tuple(abstract for number, abstract in enumerate((*own, *newly)) if number not in taken),
        named=counts["named"],
        glance=counts["glance"],
        rest=counts["rest"],
    )


def _in_order(digest: Digest) -> tuple[Abstract, ...]:
    """Give the day's own posts in the page's order: by rank, the late ones behind the others."""
    return tuple(sorted(digest.abstracts, key=lambda abstract: abstract.status == "late"))


def _fitting(digest: Digest, limit: int) -> tuple[int, ...]:
    """Give the numbers of the posts that may have an entry: a giant text must not keep out those behind it."""

    def weight(abstract: Abstract) -> int:
        pairs = (abstract.title, abstract.url, *(fact.value for fact in abstract.card))
        texts = [line.text for line in lines_of((abstract,))] + [
            both.get(side) or "" for both in pairs for side in SIDES
        ]
        marks = MARKUP * len(abstract.pairs)
        return marks + sum(len(text.encode("utf-8", "replace")) for text in texts)

    fitting, total = [], 0
    for number, abstract in enumerate((*_in_order(digest), *digest.newly)):
        if (own := weight(abstract)) <= limit // TOO_LARGE:
            fitting.append(number)
            total += own
        if total > limit:  # the words alone fill more than the letter: nothing behind them can be in it
            break
    return tuple(fitting)


# ---- what the templates ask for -------------------------------------------------------------------------------------


def _held(plan: _Plan) -> dict[str, object]:
    """Give the names that stand for what a letter holds, in place of the whole day's."""
    return {
        "own": [abstract for abstract in plan.own if abstract.status != "late"],
        "own_late": [abstract for abstract in plan.own if abstract.status == "late"],
        "own_newly": plan.newly,
        "left": plan.left,
        "named_of": plan.named,
        "glance_of": plan.glance,
        "rest_of": plan.rest,
    }


def _shared(digest: Digest, unsubscribe: str, read: Reader) -> dict[str, object]:
    """Give what both parts need of a day beside what its page needs."""
    return {
        "order": digest.order,
        "base": folder(digest.link),
        "file": f"{digest.day.isoformat()}.html",
        "web": day.page_address(digest),
        "stop": _stop(unsubscribe),
        "words_of": letter_words,
        "plain": shown,
        "short": letter_words.short,
        "plain_line": plain_line,
        "plain_url": lambda url: shown(quoted(url)),
        "program": letter_words.program(digest.signature),
        "most": {"headings": HEADINGS, "values": VALUES, "also": ALSO, "failures": FAILURES, "models": MODELS,
                 "name": NAME, "reason": REASON, "source": SOURCE, "credits": CREDITS, "address": ADDRESS},
        "style": Markup(fill("mail.css.j2", read)),  # noqa: S704 - our own file, in which no value of the day stands
    }  # fmt: skip


def _stop(address: str) -> str:
    """Let an address through that ends a subscription: a mail, or a page over https.

    >>> _stop("mailto:a@b.example?subject=x"), _stop("https://a.example/stop"), _stop("javascript:alert(1)")
    ('mailto:a@b.example?subject=x', 'https://a.example/stop', '')
    """
    return address if address.startswith("mailto:") or href(address).startswith("https:") else ""


def plain_line(line: Line) -> str:
    """Write a line as plain text, its glosses in 〔〕 behind their terms.

    >>> from digest.model import Gloss
    >>> plain_line(Line("en", "Two agents", glosses=(Gloss(10, "智能体", "zh-Hans"),)))
    'Two agents〔智能体〕'
    """
    pieces = (piece for found, _ in runs(line) for piece in found)
    return shown("".join(f"{piece.text}〔{piece.gloss.text}〕" if piece.gloss else piece.text for piece in pieces))


def _inlined(page: str) -> str:
    """Move the style sheet into its elements, and leave out the classes, which nothing refers to any more."""
    inliner = css_inline.CSSInliner(minify_css=True, load_remote_stylesheets=False)
    try:
        inlined = inliner.inline(page)
    except css_inline.InlineError as error:
        raise ConfigError("templates/mail.css.j2", f"cannot be written into the mail: {error}") from error
    page = _TAG.sub(lambda tag: _ATTRIBUTE.sub(_no_class, tag[0]), inlined)
    # within a tag an end of line is a blank like any other; no text has the quotation mark
    return "\n".join(
        line.replace(' style="', '\nstyle="') if len(line.encode()) > BREAK else line for line in page.split("\n")
    )


def _no_class(attribute: re.Match[str]) -> str:
    return "" if attribute[1] == "class" else attribute[0]

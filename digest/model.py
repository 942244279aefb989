"""The nouns of the digest: every value that travels between rooms, frozen and slotted.

A post's way: Entry (what a feed says) → Post (with an identity) → Page (untouched bytes) → Document (paragraphs) →
Sentence → Bead (which sentences say the same) → LinePair (with a Verdict) → Abstract → Digest.

Languages are BCP 47 tags: "zh-Hans", "zh-Hant", "zh" (script not told), "en", or another. `base_lang` gives the part
before the hyphen, which is the side ("zh" or "en") a text stands on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

ParagraphKind = Literal["heading", "prose", "item", "quote", "code", "table", "image"]
SpanKind = Literal["code", "link", "math"]
MadeBy = Literal["human", "machine", "memory", "written", "stock", "none"]
Grade = Literal["exact", "same"]
Status = Literal["new", "late", "updated"]
Kind = Literal["highlights", "abstract"]
DeliveryState = Literal["pending", "sending", "sent", "rejected", "uncertain"]
Passed = Literal["cap", "source-cap", "excluded", "not-included", "same", "edited"]  # why a post is no entry

SIDES = ("zh", "en")  # the two languages of the digest, as base languages
FULL_TAG = {"zh": "zh-Hans", "en": "en"}  # what is written here is in simplified Chinese
TITLE = "p-"  # begins the name of a title pair, as in the address of its entry; the id of its post follows
STDIN = "-"  # the `url` of a Page that came by standard input, as it is named on the command line
LONGEST_URL = 2048  # characters; a longer address is neither kept nor followed (design notes on faults: 2 kB)


def base_lang(tag: str) -> str:
    """Give the primary language of a tag.

    >>> base_lang("zh-Hant-TW"), base_lang("EN"), base_lang("")
    ('zh', 'en', '')
    """
    return tag.replace("_", "-").split("-")[0].lower()


# ---- what the web says ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """What one feed says of one post, before the post has an identity here.

    `title` and `author` are plain text; `summary` and `content` are the feed's HTML (`content` is "" where the feed
    gives only a summary). `published` is None where the feed gives no readable date; otherwise it is aware. `guid` and
    `url` are "" where absent; `url` is absolute.
    """

    guid: str
    url: str
    title: str
    published: datetime | None
    summary: str
    content: str
    lang: str = ""
    author: str = ""
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """One parsed feed. `flaws` are one-line notes of what was wrong with it and mended."""

    url: str
    title: str
    link: str
    lang: str
    entries: tuple[Entry, ...]
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """One post as the store keeps it.

    `id` is stable when a feed re-orders, re-dates or re-GUIDs. `published` is aware, in UTC; where the feed gave no
    date it is `first_seen` and `dated` is False. `history`: brought by its source's very first fetch, from a day
    before that fetch. `late_on`: the day whose page lists it, where its own day was settled before it was first seen.
    """

    id: str
    source: str
    guid: str
    url: str
    title: str
    published: datetime
    dated: bool
    first_seen: datetime
    lang: str
    summary: str
    content: str
    history: bool = False
    late_on: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The untouched bytes behind an address, with the headers that tell how to read them.

    `url` is the address after redirects. `headers` are (lower-case name, value) pairs. `moved` is `url` where every
    redirect on the way to it was for good (301, 308), else "".
    """

    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    moved: str = ""

    @property
    def name(self) -> str:
        """What messages call the page: its address, its file's name as given, or standard input."""
        return "standard input" if self.url == STDIN else self.url

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name.lower()), "")


@dataclass(frozen=True, slots=True)
class Edition:
    """The other-language edition of the post with the id `post`, at `url`.

    `other` is the id of the post where a feed brought the edition as well, else None; `how` the clue that led to it
    (twin, footer, hreflang, switch, title); `score` 0…1 how well it agreed; `original` the side ("zh" or "en") that
    was written first. `news_on`: the day whose page lists it as newly translated, where it came on a later day than
    the post; None where it did not.
    """

    post: str
    lang: str
    url: str
    other: str | None
    how: str
    score: float
    original: str
    news_on: date | None = None


def joined_posts(editions: Iterable[Edition]) -> set[str]:
    """Give the ids of the posts that editions join: those that have one, and those that are one."""
    return {name for edition in editions for name in (edition.post, edition.other) if name}


@dataclass(frozen=True, slots=True)
class Story:
    """The post with the id `post` is another copy of the post `same_as`, whose entry stands for both.

    `how` is what told it: "address" (both stand at one address), "named" (one names the other's address as its own or
    as its original), "text", "edited" (a copy whose text was changed) or "translation" (a second one). `score` 0…1 how
    much of the text they share; `worth`: the change is worth telling.
    """

    post: str
    same_as: str
    how: str
    score: float
    worth: bool = False


# ---- what the text says ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A marked stretch `text[start:end]` (code points) of a paragraph. `href` is set for links only."""

    start: int
    end: int
    kind: SpanKind
    href: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """A character that had lost bytes: `text[at] == chosen`, `sure` the probability 0…1 that it is the right one.

    `others` are the next best readings with their probabilities, best first.
    """

    at: int
    chosen: str
    sure: float
    others: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One block of a document, in reading order. `level` is 1 to 6 for headings, the nesting depth for items, else 0.

    Code, tables and images keep their place in the order (editions share it) but are never split into sentences.
    `guesses` are the unsure ones only, in the order of their places.
    """

    kind: ParagraphKind
    text: str
    level: int = 0
    spans: tuple[Span, ...] = ()
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True, slots=True)
class Clue:
    """Where a document's other-language edition may be, and what says so. `lang` is "" where the clue names none."""

    url: str
    lang: str
    how: Literal["twin", "footer", "hreflang", "switch"]


@dataclass(frozen=True, slots=True)
class Document:
    """A post as text: title and paragraphs in order, with prose told apart from the rest.

    `clues` are what the page itself says of other editions (footer line, hreflang, language switch). `credits` are
    names of translators, as the page gives them. `repairs` says what was undone in the encoding; `damage` says what
    could not be: a document with damage is never printed as if it were fine. `guessed` counts the characters that had
    lost bytes and were read again, `unsure` those of them that are under the threshold; `title_guesses` are the unsure
    characters of the title. `cut`: it was too much to be read whole, and a part of it is not here.
    """

    url: str
    lang: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    published: datetime | None = None
    clues: tuple[Clue, ...] = ()
    credits: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()
    guessed: int = 0
    unsure: int = 0
    title_guesses: tuple[Guess, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """`paragraphs[paragraph].text[start:start + len(text)] == text`; `code` are code spans within `text`."""

    text: str
    paragraph: int
    start: int
    code: tuple[tuple[int, int], ...] = ()

    @property
    def end(self) -> int:
        return self.start + len(self.text)


# ---- what says the same ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bead:
    """Indices of the sentences that say the same, `zh` and `en` each a run; a side may be empty, not both.

    `score` is the aligner's posterior probability of the bead, 0…1.
    """

    zh: tuple[int, ...]
    en: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: `text[start:end]` of paragraph number `paragraph` of the edition at `url`."""

    lang: str
    url: str
    paragraph: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Gloss:
    """What a term that ends at `at` in a line is called in the other language; printed behind it in 〔〕."""

    at: int
    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line in one language. `code` are code spans within `text`; `places` is empty for made-up text.

    `guesses` are the characters of `text` whose reading is not sure, in the order of their places. `glosses` are no
    part of `text`, which stays what the post says; they are in the order of their places too.
    """

    lang: str
    text: str
    places: tuple[Place, ...] = ()
    code: tuple[tuple[int, int], ...] = ()
    guesses: tuple[Guess, ...] = ()
    glosses: tuple[Gloss, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says of a pair.

    `score` is the probability that both lines are the same sentence, `exact` that nothing was added, dropped or changed
    either. `reasons` are short codes with facts, such as "numbers:70≠72".
    """

    score: float
    verified: bool
    grade: Grade | None = None
    reasons: tuple[str, ...] = ()
    exact: float = 0.0


@dataclass(frozen=True, slots=True)
class LinePair:
    """A Chinese and an English line, or one of them alone (the other is None, never a copy).

    `correction` says that people changed it after it was printed, None where nobody did.
    """

    id: str
    zh: Line | None
    en: Line | None
    made_by: MadeBy
    verdict: Verdict
    engine: str = ""
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What was done to a pair by an override: `was` is the whole pair as it was printed before.

    "rejected": the side that was made for the other, or that was wrongly found, is gone. "replaced": at least one line
    has other words, and was judged anew. `on` is the day of the correction, `by` who made it ("": not told).
    """

    how: Literal["rejected", "replaced"]
    was: LinePair
    reason: str
    on: date | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """One entry of overrides.yaml: what is to be done to the pair with the id `pair`, on whichever pages it stands.

    `zh` and `en` are other words for a side, None where the side stays; without either the pair is rejected. `day` is
    the page on which it was seen. `place` is where the entry stands ("overrides.yaml:12"), for messages. `was` is the
    line that is wrong as it was seen, "" where that is not told: a pair that reads otherwise now is left alone.
    """

    pair: str
    zh: str | None
    en: str | None
    reason: str
    day: date | None = None
    on: date | None = None
    by: str = ""
    place: str = ""
    was: str = ""


# ---- what is printed ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Both:
    """A short text or address in both languages; None where a side does not exist."""

    zh: str | None
    en: str | None

    def get(self, side: str) -> str | None:
        return self.zh if side == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a post's fact card, as it stands in the post.

    `name` is the code of its row ("models", "licence" …). A value that is copied from the post has `zh` and `en` the
    same and its `place`; one that is put into words here ("tutorial") has both languages, and no place where it is
    read off the whole post. `href` is where the value itself leads (a paper, a repository), "" for none.
    """

    name: str
    value: Both
    place: Place | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Why a stretch of a post is a line of its abstract, or none.

    `why` is one code: "chosen", "filtered" (then `faults` names what spoke against it), "outscored", "alike" (it says
    what a chosen line says), "crowded" (its section had its share), "unverified" (its pair did not verify). `score` is
    the chooser's, `parts` what it is the sum of; a stretch that was filtered has them too. `pair` is the id of the
    printed pair of a chosen one, else "".
    """

    place: Place
    why: str
    score: float
    parts: tuple[tuple[str, float], ...] = ()
    faults: tuple[str, ...] = ()
    pair: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A post that is named and linked, without an entry of its own on the page where it is named.

    In a day's list of the rest, `why` says why it has none there. `entry` is the id of the entry that stands for it
    and `day` the day of that entry's page ("" and None where there is none). Beside an entry ("also covered in")
    `why` is "same" (another copy) or "comparable" (the same story, told elsewhere). `rank` is as an Abstract's,
    () where the post was not ranked.
    """

    id: str
    title: Both
    url: Both
    source: str
    published: datetime
    why: Passed | Literal["comparable"]
    entry: str = ""
    day: date | None = None
    rank: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Abstract:
    """What the digest says of one post. One a post; no two lines the same.

    `lang` is the language of the original (its full tag); `title_langs` the tags of both titles. `notes` are codes for
    the page to put into words: "edition-damaged", "text-damaged", "text-cut" (it or the edition was too much to be
    read whole), "third-language", "title-only", "no-text", "unpaired" (an edition was found and its lines did not
    pair), "partner-undated", "title-not-in-chinese" and "title-not-in-english" (an edition keeps the other's title:
    that side has none), "title-part-chinese" and "title-part-english" (half of it is left in the other language),
    "text-repaired" (the post's own text had lost bytes and was read again), "edition-repaired" (the other edition's
    had), "title-guessed" (one of a title is unsure) …
    `title_made` is the title pair where an engine made one side of it, with its verdict. `outline` holds headings,
    `terms` the terms that are glossed in its lines, `card` facts. `genre` is a code for what kind of post it is
    ("tutorial", "release" …), "" where that cannot be told. `weighed` says why each stretch of the post was chosen or
    not, in reading order. `also` are other places that carry the post or tell its story. `day` is the day of the page
    that has the entry; `updated` the later day on which its translation or a changed text came (status "updated"),
    `updated_by` which of the two.
    `rank` are the parts, by name, of what orders the day's posts ("source", "length", "freshness", "topic:…").
    `guessed` counts the characters of both editions that had lost bytes and were read again, `unsure` those of them
    under the threshold. `edition_source` names the source that brought the other edition, "" where none did.
    """

    id: str
    title: Both
    url: Both
    source: str
    published: datetime
    lang: str
    kind: Kind
    pairs: tuple[LinePair, ...]
    title_langs: Both = field(default_factory=lambda: Both("zh-Hans", "en"))
    credits: tuple[str, ...] = ()
    status: Status = "new"
    notes: tuple[str, ...] = ()
    minutes: int = 0
    outline: tuple[LinePair, ...] = ()
    card: tuple[Fact, ...] = ()
    terms: tuple[Both, ...] = ()
    title_made: LinePair | None = None
    guessed: int = 0
    unsure: int = 0
    genre: str = ""
    weighed: tuple[Weighed, ...] = ()
    also: tuple[Listed, ...] = ()
    day: date | None = None
    updated: date | None = None
    updated_by: Literal["", "translation", "edit"] = ""
    rank: tuple[tuple[str, float], ...] = ()
    edition_source: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that did not work: printed, small, at the foot of the page."""

    url: str
    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class Digest:
    """One day's page as a value: equal inputs give equal Digests and equal bytes.

    `order` is the reader's order of languages, ("zh", "en") or ("en", "zh"); `link` the public address of the output
    ("" where none is set); `timezone` the IANA name of the zone whose day this is. `newly` are posts of earlier days
    whose translation came on this day, as their own days' pages have them too; `rest` are the day's posts without an
    entry. For `watch_days` after it appeared a post's translation is watched for. `quality` are (name, count) pairs;
    `refused` counts by name what engines answered and was not printed. `credits` name who made the models that lines
    come from; `offer` says, where nothing can translate, how to get what can.
    """

    day: date
    title: str
    link: str
    timezone: str
    order: tuple[str, str]
    abstracts: tuple[Abstract, ...]
    failures: tuple[Failure, ...]
    signature: str
    quality: tuple[tuple[str, int], ...] = ()
    refused: tuple[tuple[str, int], ...] = ()
    credits: tuple[str, ...] = ()
    offer: Both | None = None
    newly: tuple[Abstract, ...] = ()
    rest: tuple[Listed, ...] = ()
    watch_days: int = 0


# ---- what is delivered ----------------------------------------------------------------------------------------------

MAIL = "mail"  # the channel of every recipient who has a mail address


@dataclass(frozen=True, slots=True)
class Recipient:
    """Someone, or a channel, that gets the digest of each day, and in which form.

    `channel` is "mail" or the name of a channel of feeds.yaml; `address` the mail address as it is configured (its
    domain in lower case), or the channel's name again. `list` names the list, `title` is what the digest is called on
    it. `sources` are the names of the sources whose posts are wanted, () for all. `time` is the earliest time of the
    day after, in the digest's zone, None for as soon as the page is there. `empty`: a day without posts is sent too.
    """

    channel: str
    address: str
    list: str
    title: str
    order: tuple[str, str]
    name: str = ""
    sources: tuple[str, ...] = ()
    time: time | None = None
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A day's digest in words, for one kind of reader: what a mail says, before it has headers.

    `shown` counts the posts with an entry in it, `left` those that were cut off for its size.
    """

    subject: str
    text: str
    html: str
    shown: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as it is handed over: envelope addresses in ASCII but for a local part that is not, and its bytes.

    `data` has CR LF line ends and no line over 998 bytes. Where it is not ASCII, a server without 8BITMIME (RFC 6152)
    gets `seven` in its place, which says the same in base64; else that is b"". `utf8`: it needs a server with SMTPUTF8
    (RFC 6531).
    """

    id: str
    sender: str
    recipient: str
    data: bytes
    utf8: bool = False
    seven: bytes = b""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox: what one recipient gets of one day, or a part of that where a channel needs several.

    `part` counts from 1. `queued` is the moment at which it was put there, `changed` that of its last state, both
    aware, in UTC; `next_try` is None unless it waits for one. `tries` counts those that ended. `bounced`: the server
    refused the recipient for good. `body` is what a channel is sent, kept until it is settled; "" for mail, which is
    made anew for every try. `message_id` is that of what was handed over last. `detail` says in a line how the last try
    ended.
    """

    id: int
    day: date
    channel: str
    list: str
    recipient: str
    part: int
    parts: int
    state: DeliveryState
    message_id: str
    queued: datetime
    changed: datetime
    next_try: datetime | None = None
    tries: int = 0
    bounced: bool = False
    detail: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How handing something over ended.

    `state`: "sent", "pending" (not taken now: try again), "rejected" (never) or "uncertain" (it may have arrived).
    `detail` is one line without secrets. `bounced`: refused for what the recipient is. `stop`: nothing else can be
    handed over on this way in this run. `wait` is in seconds, where the other side named one, else 0.
    """

    state: Literal["sent", "pending", "rejected", "uncertain"]
    detail: str = ""
    bounced: bool = False
    stop: bool = False
    wait: float = 0

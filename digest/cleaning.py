"""A foreign digest page → a Digest of ours and a report of what was found: what `digest clean` does (pure).

The page is read again as one document where it lost bytes; characters that are not sure are marked where they are
printed. The room `clean` reads the page, `foreign` pairs the lines of its posts. Lines that stay damaged are kept as
far as they can be read, with U+FFFD for what is lost; the judge sees them without these marks.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from digest.align.embed import Embedder
from digest.clean.legible import LOST, legible
from digest.clean.lines import without_counts
from digest.clean.own_page import bare, is_ours
from digest.clean.page import ForeignPage, ForeignPost, SourceLine, TextLine, read_page
from digest.clean.report import Account, FoundPair, FoundPost, Report
from digest.config import DigestSettings
from digest.daily import signature_of
from digest.decode import declared_charset, decode
from digest.errors import SourceError
from digest.fetch.identity import canonical
from digest.filling import Translators
from digest.foreign import JudgedLines, PairedPost, PostPairer, joined, key_of
from digest.model import Abstract, Both, Digest, Guess, Line, LinePair, MadeBy, Page, Place, Verdict
from digest.normalise.as_lines import markdown_lines
from digest.normalise.language import language_of, side_of
from digest.normalise.repair.evidence import damage_of
from digest.normalise.repair.mend import mend
from digest.normalise.repair.report import line_starts
from digest.render.words import COUNTED, WORDS, both, counted, days_after, say_both

METHODS = "clean 5"  # raised by hand with every change that can change a cleaned page
_ORDERS = (("zh", "en"), ("en", "zh"))
_MARKS = {without_counts(say_both(code, order)): code for code in WORDS for order in _ORDERS}
_MARKS |= {without_counts(both(days_after(days), order)): "days-after" for days in range(3) for order in _ORDERS}
_MARKS |= {
    without_counts(both(counted(code, guessed, unsure), order)): code
    for code in COUNTED
    for guessed in range(3)
    for unsure in range(guessed + 1)
    for order in _ORDERS
}
_MADE: tuple[MadeBy, ...] = ("machine", "memory", "written")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The page in our form, and what was found in it."""

    digest: Digest
    report: Report


def clean(
    text: str, name: str, embedder: Embedder, settings: DigestSettings, today: date, *, encoding: str = "utf-8"
) -> Cleaned:
    """Read a page of text, called `name`, and give it back in our form.

    `today` is the day of a page that names none. Raises SourceError where no pair of lines is found.
    """
    lines = source_lines(text)
    page = read_page(lines, side_of, _MARKS)
    pairer = PostPairer(embedder)
    if translated := frozenset(line.number for line, near in page.beside if pairer.is_pair(line, near)):
        page = read_page(lines, side_of, _MARKS, prose=translated)
    desk = _Desk(page, name, {line.number: line for line in lines})
    for number, post in enumerate(desk.posts, 1):
        desk.take(number, pairer.pair(post.lines))
    if not any(pair.kept for pair in desk.found):
        inked = sum(bool(line.text.strip()) for line in lines)
        raise SourceError(name, "clean", f"no Chinese line with its English one was found in {inked} lines of text")
    day = page.day or max((post.day for post in page.posts if post.day), default=today)
    accounts = desk.accounts()
    damaged = {account.post for account in accounts if account.damage and account.role in ("pair", "unpaired")}
    zone = ZoneInfo(settings.timezone)
    abstracts = tuple(desk.abstract(n, day, zone, damaged=n in damaged) for n in range(1, len(desk.posts) + 1))
    digest = Digest(
        day=day,
        title=page.title if page.title and LOST not in page.title else settings.title,
        link="",
        timezone=settings.timezone,
        order=settings.order,
        abstracts=abstracts,
        failures=(),
        signature=f"{signature_of(embedder, Translators())} · {METHODS}",
        quality=_quality(abstracts),
    )
    return Cleaned(digest, Report(name, encoding, len(lines), accounts, desk.found_posts(), tuple(desk.found)))


def clean_page(page: Page, embedder: Embedder, settings: DigestSettings, today: date) -> Cleaned:
    """Decode a page and clean it; HTML is read as lines first, and the report then counts these lines.

    Raises SourceError where there is nothing to clean, and for JSON.
    """
    name = page.name
    decoded = decode(page.body, declared_charset(page.header("content-type"), page.body))
    text = decoded.text.removeprefix("\ufeff")
    if is_json(text):
        raise SourceError(name, "clean", "is JSON; give the page as Markdown or HTML", kind="content")
    if is_html(text):
        text = bare(text) if is_ours(text) else text
        text = markdown_lines(text, page.url if page.url.startswith(("http:", "https:")) else "")
    return clean(text, name, embedder, settings, today, encoding=decoded.encoding)


_HTML = re.compile(r"\s*<(?:!doctype html|html|head|body|article|main|div|h[1-6]|p)\b", re.IGNORECASE)


def is_html(text: str) -> bool:
    """Tell whether a page is HTML, by how it begins: a digest of Markdown begins with a heading or a line of text."""
    return bool(_HTML.match(re.sub(r"\A(?:\s|<!--.*?-->|<\?.*?>)+", "", text[:20_000], flags=re.DOTALL)))


def is_json(text: str) -> bool:
    """Tell whether a text is a JSON object or array, as a whole.

    >>> is_json('{"posts": []}'), is_json("[A post](https://a.example/)")
    (True, False)
    """
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def source_lines(text: str) -> list[SourceLine]:
    r"""Cut a text into lines (at \n, \r\n and \r) and read them again as one document, each as far as it goes.

    Of a line that stays damaged, the characters that are whole are read; the others are one U+FFFD each.
    """
    raw = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    mended = mend(raw)
    left = {refused.line: refused.damage for refused in mended.refused}
    starts = line_starts(mended.text)
    unsure: dict[int, list[Guess]] = {}
    for guess in mended.unsure:
        number = bisect(starts, guess.at)
        unsure.setdefault(number, []).append(replace(guess, at=guess.at - starts[number - 1]))
    pairs = zip(raw.split("\n"), mended.text.split("\n"), strict=True)
    return [
        _source_line(number, given, read, mended.repairs, left.get(number, ""), unsure.get(number, ()))
        for number, (given, read) in enumerate(pairs, 1)
    ]


def _source_line(
    number: int, given: str, read: str, repairs: tuple[str, ...], damage: str, unsure: Sequence[Guess]
) -> SourceLine:  # fmt: skip
    if not given.strip():
        return SourceLine(number, "")
    if damage:
        codec = damage.removeprefix("lost-bytes:") if damage.startswith("lost-bytes:") else ""
        return SourceLine(number, legible(read, codec) if codec else read, (), (damage,))
    return SourceLine(number, read, repairs if read != given else (), damage_of(read), tuple(unsure))


class _Desk:
    """Posts merged; pairs and lines kept once each; a role for every line. `found` grows as posts are taken."""

    def __init__(self, page: ForeignPage, name: str, lines: dict[int, SourceLine]) -> None:
        self.name = name
        self.lines = lines
        self.posts, self.headings = merged(page.posts)
        self.fixed = page.roles
        self.roles: dict[int, Account] = {}
        self.found: list[FoundPair] = []
        self.pairs: list[list[LinePair]] = []
        self.seen: dict[tuple[int, str, str], int] = {}
        self.owners: dict[tuple[str, ...], int] = {}

    def take(self, number: int, paired: PairedPost) -> None:
        """Keep what was found in the post of this number."""
        for line, of in paired.echoes:
            self.roles[line] = Account(line, "echo", number, of)
        for refused in paired.refused:
            zh, en = _numbers(refused.zh), _numbers(refused.en)
            self.found.append(FoundPair(number, zh, en, refused.verdict, kept=False))
        kept = [pair for match in paired.pairs if (pair := self._kept(number, match))]
        self.pairs.append(kept + self._unpaired(number, paired))

    def _kept(self, number: int, match: JudgedLines) -> LinePair | None:
        """Keep a pair once a post; the lines of its second coming repeat those of the first."""
        zh, en = self._line(match.zh), self._line(match.en)
        places = dict.fromkeys(_numbers(match.zh) + _numbers(match.en))
        first = self.seen.setdefault((number, key_of(zh.text), key_of(en.text)), match.first)
        if first != match.first:
            for place in places:
                self.roles.setdefault(place, Account(place, "repeat", number, first))
            return None
        for place in places:
            self.roles[place] = Account(place, "pair", number)
        self.found.append(FoundPair(number, _numbers(match.zh), _numbers(match.en), match.verdict))
        marks = {mark for line in match.zh + match.en for mark in line.marks}
        made: MadeBy = next((m for m in _MADE if m in marks), "none")
        return LinePair(self._pair_id(number, zh, en), zh, en, made, match.verdict)

    def _unpaired(self, number: int, paired: PairedPost) -> list[LinePair]:
        """List each line without a partner once; what stands in a pair of the post already is a repeat."""
        seen = {key_of(line.text): line.number for match in paired.pairs for line in match.zh + match.en}
        listed = []
        for line in sorted(paired.alone, key=lambda line: line.number):
            first = seen.setdefault(key_of(line.text), line.number)
            if first != line.number:
                self.roles.setdefault(line.number, Account(line.number, "repeat", number, first))
                continue
            self.roles.setdefault(line.number, Account(line.number, "unpaired", number))
            printed = self._line([line])
            zh, en = (printed, None) if line.side == "zh" else (None, printed)
            listed.append(LinePair(self._pair_id(number, zh, en), zh, en, "none", Verdict(0.0, False)))
        return listed

    def _line(self, lines: Sequence[TextLine]) -> Line:
        whole = joined(lines)
        lang = language_of(whole.text) or lines[0].side or "en"
        url = self.name if self.name.startswith(("http://", "https://")) else ""  # a file's path is nobody's business
        places = tuple(Place(lang, url, line.number, 0, len(line.text)) for line in lines)
        return Line(lang, whole.text, places, whole.code, whole.guesses)

    def _pair_id(self, number: int, zh: Line | None, en: Line | None) -> str:
        """Name a pair by its texts; where another post has the same ones already, by its post as well."""
        texts = [line.text if line else "" for line in (zh, en)]
        if self.owners.setdefault(tuple(texts), number) != number:
            texts.append(self._post_id(number))
        return hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()[:8]

    def _post_id(self, number: int) -> str:
        post = self.posts[number - 1]
        return hashlib.sha256((post.url or post.title or self.name).encode("utf-8", "replace")).hexdigest()[:8]

    # ---- what is told of it -----------------------------------------------------------------------------------------

    def accounts(self) -> tuple[Account, ...]:
        """Give every line its account: those with a role of their own, and those of the posts' prose."""
        owners = sorted((line, number) for number, lines in enumerate(self.headings, 1) for line in lines)
        starts = [line for line, _ in owners]
        accounts = dict(self.roles)
        for line, role in self.fixed:
            place = bisect(starts, line) if role != "foot" else 0
            accounts[line] = Account(line, role, owners[place - 1][1] if place else 0)
        known = self.lines
        return tuple(
            replace(accounts[n], repairs=known[n].repairs, damage=known[n].damage, unsure=len(known[n].guesses))
            for n in sorted(accounts)
        )

    def found_posts(self) -> tuple[FoundPost, ...]:
        return tuple(
            FoundPost(number, headings, post.title, post.url, post.day.isoformat() if post.day else "")
            for number, (post, headings) in enumerate(zip(self.posts, self.headings, strict=True), 1)
        )

    def abstract(self, number: int, day: date, zone: ZoneInfo, *, damaged: bool) -> Abstract:
        """Make the entry of a post; one without a date has the page's."""
        post = self.posts[number - 1]
        chinese = side_of(post.title) == "zh"
        file = self.name.rsplit("/", 1)[-1]
        titles = (post.title or (None if post.url else file), post.other_title or None)
        title = Both(*titles) if chinese else Both(*titles[::-1])
        return Abstract(
            id=self._post_id(number),
            title=title,
            url=Both(post.url or None, None) if chinese else Both(None, post.url or None),
            source=(urlsplit(post.url).hostname or "") if post.url else file,
            published=datetime.combine(post.day or day, time(12), zone).astimezone(UTC),
            lang=language_of(post.title) or "en",
            kind="highlights" if re.search("Highlights|摘录", " ".join(post.labels)) else "abstract",
            pairs=tuple(self.pairs[number - 1]),
            title_langs=Both(language_of(title.zh or "") or "zh-Hans", language_of(title.en or "") or "en"),
            credits=post.credits,
            notes=("lines-damaged",) * damaged + ("title-guessed",) * post.title_guessed,
        )


def merged(posts: Sequence[ForeignPost]) -> tuple[list[ForeignPost], list[tuple[int, ...]]]:
    """Merge posts of one address, or of one title where an address is missing: (posts, lines of their headings)."""
    kept: list[ForeignPost] = []
    headings: list[tuple[int, ...]] = []
    by_url: dict[str, int] = {}
    by_title: dict[str, int] = {}
    for post in posts:
        url, title = canonical(post.url) if post.url else "", key_of(post.title) if post.title else ""
        place = by_url.get(url) if url else None
        if place is None and title in by_title and not (url and kept[by_title[title]].url):
            place = by_title[title]
        if place is None:
            place = len(kept)
            kept.append(post)
            headings.append((post.heading,))
        else:
            known = kept[place]
            kept[place] = replace(
                known, url=known.url or post.url, day=known.day or post.day, lines=known.lines + post.lines,
                other_title=known.other_title or post.other_title, labels=known.labels + post.labels,
                credits=tuple(dict.fromkeys(known.credits + post.credits)),
                title_guessed=known.title_guessed or post.title_guessed,
            )  # fmt: skip
            headings[place] += (post.heading,)
        by_url.update({url: place} if url else {})
        by_title.update({title: place} if title and title not in by_title else {})
    return kept, headings


def _numbers(lines: Sequence[TextLine]) -> tuple[int, ...]:
    return tuple(line.number for line in lines)


def _quality(abstracts: Sequence[Abstract]) -> tuple[tuple[str, int], ...]:
    pairs = [pair for abstract in abstracts for pair in abstract.pairs]
    both = [pair for pair in pairs if pair.zh and pair.en]
    verified = [pair for pair in both if pair.verdict.verified]
    return (
        ("posts", len(abstracts)),
        ("verified", len(verified)),
        ("exact", sum(pair.verdict.grade == "exact" for pair in verified)),
        ("same", sum(pair.verdict.grade == "same" for pair in verified)),
        ("unverified", len(both) - len(verified)),
        ("untranslated", len(pairs) - len(both)),
    )

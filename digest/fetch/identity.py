"""Which post an entry is: identity that outlives re-ordered, re-dated and re-GUIDed feeds (pure).

GUID within the source, canonical address, title, time and text are each evidence. None is believed against all others:
feeds number their GUIDs by place, give every entry the same one, or link one page from all.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit, urlunsplit

from digest.model import Entry, Post

# Parameters that name the way a reader came, not the page.
TRACKERS = frozenset({"fbclid", "gclid", "mc_cid", "mc_eid", "ref", "ref_src", "spm", "share_token", "igshid", "yclid"})
DEFAULT_PORTS = {"http": 80, "https": 443}
COMPARED = 5_000  # characters of markup by which two texts are the same
_TAG = re.compile(r"<[^<>]*>")


def canonical(url: str) -> str:
    """Give the address under which a page is known: no fragment, tracker, default port or trailing slash.

    >>> canonical("HTTPS://Example.org:443/a/?utm_source=x&id=3#top")
    'https://example.org/a?id=3'
    >>> canonical("")
    ''
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    try:
        port = parts.port
    except ValueError:
        return ""
    if port and port != DEFAULT_PORTS.get(parts.scheme.lower()):
        host += f":{port}"
    # the query is never decoded: two titles escaped in GBK would both become the same replacement characters
    query = "&".join(part for part in parts.query.split("&") if part and not _tracks(part.partition("=")[0].lower()))
    return urlunsplit((parts.scheme.lower(), host, parts.path.rstrip("/"), query, ""))


def _tracks(key: str) -> bool:
    return key.startswith("utm_") or key in TRACKERS


def new_id(
    source_url: str, entry: Entry, *, address_is_its_own: bool = True, taken: Callable[[str], bool] = lambda _: False
) -> str:
    """Make the id of a post never seen before: 12 hex digits of SHA-256 over what names it best.

    Where another post has taken that id, as with a GUID that comes again, it is made of all that names the entry.
    """
    address = canonical(entry.url) if address_is_its_own else ""
    name = entry.guid or address or f"{entry.title}\n{entry.published or ''}"
    made, turn = _hash(f"{source_url}\n{name}"), 0
    while taken(made):
        whole = (source_url, entry.guid, canonical(entry.url), entry.title, str(entry.published or ""), str(turn))
        made, turn = _hash("\n".join(whole)), turn + 1
    return made


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]


class Known:
    """The posts a source has brought before, for recognising them again.

    An address that several posts of the source share (a feed whose entries all link the home page) names none of them,
    and so does a GUID.
    """

    def __init__(self, posts: Iterable[Post]) -> None:
        self._posts = tuple(posts)
        self._texts: dict[int, str] = {}
        self._guids = Counter(post.guid for post in self._posts)
        self._at = [_place(post.url) for post in self._posts]
        self._places = Counter(self._at)
        self._named: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, post in enumerate(self._posts):
            place = self._at[number]
            if post.guid and self._guids[post.guid] == 1:
                self._named["guid", post.guid].append(number)
            if self._names(place):
                self._named["place", place].append(number)
            if post.dated:
                self._named["time", post.title, post.published.isoformat()].append(number)
            if post.dated and post.published == post.first_seen:
                self._named["future", post.title].append(number)
            self._named["title", place, post.title].append(number)

    def match(self, entries: Sequence[Entry]) -> list[Post | None]:
        """Give for each entry of a visit the post that it is, None for a new one.

        The best evidence goes first, and no post is given twice.
        """
        at = [_place(entry.url) for entry in entries]
        places = Counter(at)
        texts = [_text(entry) for entry in entries]
        pairs = []
        for turn, entry in enumerate(entries):
            place = at[turn]
            own = place if places[place] == 1 and self._names(place) else ""
            for number in self._candidates(entry, place, own):
                post = self._posts[number]
                guid = bool(entry.guid) and entry.guid == post.guid and self._guids[post.guid] == 1
                address = bool(own) and own == self._at[number]
                if number not in self._texts:
                    self._texts[number] = _text(post)
                both = (texts[turn], self._texts[number])
                if weight := _weight(entry, post, both, (place, self._at[number]), guid=guid, address=address):
                    pairs.append((-weight, turn, number))
        found: list[Post | None] = [None] * len(entries)
        taken: set[int] = set()
        for _, turn, number in sorted(pairs):
            if found[turn] is None and number not in taken:
                found[turn] = self._posts[number]
                taken.add(number)
        return found

    def _names(self, place: str) -> bool:
        """Tell whether an address is no home page and no more than one post has it."""
        return ("/" in place or "?" in place) and self._places[place] <= 1

    def _candidates(self, entry: Entry, place: str, own: str) -> set[int]:
        keys: list[tuple[str, ...]] = [("guid", entry.guid), ("place", own), ("future", entry.title)]
        if entry.published:
            keys.append(("time", entry.title, entry.published.isoformat()))
        if not own:
            keys.append(("title", place, entry.title))
        return {number for key in keys for number in self._named.get(key, ())}


def _weight(
    entry: Entry, post: Post, texts: tuple[str, str], places: tuple[str, str], *, guid: bool, address: bool
) -> int:
    """Weigh the evidence that an entry is a post, 0 where it is another: an address of its own goes before a GUID.

    `guid` and `address` tell whether these are the same and name nothing else; `texts` and `places` are those
    of entry and post.
    """
    here, there = places
    titled, dated = bool(entry.title and post.title), bool(entry.published and post.dated)
    title = entry.title == post.title
    date = dated and entry.published == post.published
    if title and here == there and dated and entry.published and post.published == post.first_seen:
        date = date or entry.published > post.first_seen  # kept as the time at which it was first seen
    text = bool(texts[0]) and texts[0] == texts[1]
    weight = 4 * address + 3 * guid + 2 * (title and titled) + 2 * date + text
    if guid and address:
        return weight
    retitled, redated = titled and not title, dated and not date
    rewritten = all(texts) and not text
    if guid:
        moved = bool(here and there) and here != there
        if retitled and redated:
            return 0
        agrees = (title and titled) or date or text
        return weight if agrees or moved + retitled + redated + rewritten < 2 else 0
    if address:
        told_apart = rewritten or (redated and not (entry.guid or post.guid))
        return 0 if retitled and not date and not text and told_apart else weight
    if title and date and (titled or here == there):
        return weight
    # what nothing but its title names, at no address or at one that others share
    unnamed = here == there and not dated and not (entry.guid and post.guid)
    alike = titled or texts[0] == texts[1]  # where both are empty, too: what holds nothing at all is one post
    return max(weight, 1) if unnamed and title and alike else 0


def _place(url: str) -> str:
    """Give a canonical address without its scheme: http and https are one place."""
    return canonical(url).partition("://")[2]


def _text(of: Entry | Post) -> str:
    return " ".join(_TAG.sub(" ", (of.content or of.summary)[:COMPARED]).split())

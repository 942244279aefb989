"""Which post an entry is: identity that outlives re-ordered, re-dated and re-GUIDed feeds (pure).

Order of evidence, as readers settled on it: GUID within the source, then the canonical address, then title and time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

from digest.model import Entry, Post

# Parameters that name the way a reader came, not the page.
TRACKERS = frozenset({"fbclid", "gclid", "mc_cid", "mc_eid", "ref", "ref_src", "spm", "share_token", "igshid", "yclid"})
DEFAULT_PORTS = {"http": 80, "https": 443}


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


def new_id(source_url: str, entry: Entry, *, address_is_its_own: bool = True) -> str:
    """Make the id of a post never seen before: 12 hex digits of SHA-256 over what names it best."""
    address = canonical(entry.url) if address_is_its_own else ""
    name = entry.guid or address or f"{entry.title}\n{entry.published or ''}"
    return hashlib.sha256(f"{source_url}\n{name}".encode()).hexdigest()[:12]


class Known:
    """The posts a source has brought before, for recognising them again.

    An address that several posts of the source share (a feed whose entries all link the home page) names none of them.
    """

    def __init__(self, posts: Iterable[Post]) -> None:
        self._by_guid: dict[str, Post] = {}
        self._by_title: dict[tuple[str, str], Post] = {}
        self._by_title_alone: dict[str, Post] = {}  # posts that nothing else names
        addresses: dict[str, list[Post]] = {}
        for post in posts:
            if post.guid:
                self._by_guid[post.guid] = post
            if post.dated:
                self._by_title[post.title, post.published.isoformat()] = post
            elif not post.guid and not post.url:
                self._by_title_alone[post.title] = post
            addresses.setdefault(canonical(post.url), []).append(post)
        addresses.pop("", None)
        self._by_address = {address: found[0] for address, found in addresses.items() if len(found) == 1}

    def find(self, entry: Entry, *, address_is_its_own: bool = True) -> Post | None:
        """Give the post that an entry is, None for a new one.

        `address_is_its_own` is False where other entries of the same feed have the same address.
        """
        if entry.guid and entry.guid in self._by_guid:
            return self._by_guid[entry.guid]
        found = self._by_address.get(canonical(entry.url)) if address_is_its_own else None
        if found and not _another(entry, found):
            return found
        if entry.title and entry.published:
            return self._by_title.get((entry.title, entry.published.isoformat()))
        if not entry.guid and not entry.url and not entry.published:
            return self._by_title_alone.get(entry.title)
        return None


def _another(entry: Entry, post: Post) -> bool:
    """Tell a new entry at an old address (feeds without GUIDs that link one page) from an edited or re-dated one."""
    if entry.guid or post.guid or not entry.published or not post.dated:
        return False
    return entry.title != post.title and entry.published != post.published

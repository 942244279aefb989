"""What a text is found by among others: its smallest hashes, its title, the addresses that it names (pure)."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from digest.align.copies import shingles, smallest
from digest.fetch.identity import canonical
from digest.model import Document, base_lang

_EDGE = 10  # paragraphs at both ends where a line may name the original
_NAMES_ORIGINAL = re.compile(
    r"(?:首发于|首发在|首发[:：]|转载自|轉載自|转自|转载于|原载于|搬运自|原文(?:链接|地址|出处)?[:：]"
    r"|(?:originally|first|previously) (?:published|posted|appeared)|(?:cross|re)-?(?:posted|published) (?:from|with)"
    r"|canonical (?:url|link|version))",
    re.IGNORECASE,
)
_SHORT = 300  # characters of a line that names the original
_ADDRESS = re.compile(r"https?://[\w./?&=#%~+:@!$;,*-]{1,500}[\w/]")
_CANONICAL = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(rel|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a text is found by: its title, side, number of shingles and the smallest of them; `names` are addresses.

    `names` are addresses that it gives as its own or as its original's, as `bare` writes them.
    """

    title: str
    side: str
    size: int
    hashes: tuple[int, ...]
    names: tuple[str, ...]


def signature_of(document: Document, own_address: str = "") -> Signature:
    """Make the signature of a text; `own_address` is what its page gives as its canonical address, "" for none."""
    found = shingles(document)
    names = [own_address, *(clue.url for clue in document.clues if clue.how == "footer"), *_originals(document)]
    bare_names = tuple(dict.fromkeys(filter(None, map(bare, names))))
    return Signature(document.title, base_lang(document.lang), len(found), smallest(found), bare_names)


def packed_signature(signature: Signature) -> bytes:
    head = [signature.title, signature.side, signature.size, signature.names]
    return json.dumps(head, ensure_ascii=False).encode() + b"\n" + array("Q", signature.hashes).tobytes()


def unpacked_signature(body: bytes) -> Signature:
    head, _, rest = body.partition(b"\n")
    title, side, size, names = json.loads(head)
    hashes = array("Q")
    hashes.frombytes(rest)
    return Signature(title, side, size, tuple(hashes), tuple(names))


def canonical_link(html: str) -> str:
    """Give the address that a page gives as its own (`rel=canonical`), "" where there is none.

    >>> canonical_link('<head><link rel="canonical" href="https://a.example/1"></head>')
    'https://a.example/1'
    """
    for tag in _CANONICAL.findall(html):
        values = {key.lower(): a or b or c for key, a, b, c in _ATTRIBUTE.findall(tag)}
        if "canonical" in values.get("rel", "").lower().split():
            return str(values.get("href", ""))
    return ""


def bare(url: str) -> str:
    """Give an address as copies are compared by it: without scheme and "www."; "" for a home page.

    >>> bare("https://www.example.org/a/?utm_source=x"), bare("http://example.org/")
    ('example.org/a', '')
    """
    address = canonical(url)
    parts = urlsplit(address)
    return address.partition("://")[2].removeprefix("www.") if parts.path or parts.query else ""


def _originals(document: Document) -> Iterator[str]:
    """Give the addresses of lines that name where a text was published first, in whichever language."""
    edges = [*document.paragraphs[:_EDGE], *document.paragraphs[_EDGE:][-_EDGE:]]
    for paragraph in edges:
        is_line = paragraph.kind in ("prose", "quote", "item") and len(paragraph.text) <= _SHORT
        if is_line and _NAMES_ORIGINAL.search(paragraph.text):
            yield from (span.href for span in paragraph.spans if span.kind == "link" and span.href)
            yield from _ADDRESS.findall(paragraph.text)

"""Addresses that may stand behind a link, and links that lead to a sentence of a page."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from digest.model import LONGEST_URL
from digest.printable import printable
from digest.render.line import shown

_HOST = re.compile(r"[\w.\-]+(?::\d*)?|\[[0-9A-Fa-f:.]+\](?::\d*)?", re.ASCII)
LONG = 90  # bytes beyond which a text is named by its first and last words: 90 letters, or 30 Chinese characters
WORDS = 5  # words that name an end of an English text
_ASIDE = re.compile(
    "[\\W\\d_A-Za-z](?<![，。；：！？、])"
)  # what is no letter of another script and no mark of Chinese


def href(url: str | None) -> str:
    """Give an address that may stand behind a link, else "": http and https, no credentials, at most LONGEST_URL.

    A host in letters of other scripts is written in ASCII (IDNA 2008, RFC 5891), as where it is fetched: so one that
    looks like another is told apart.

    >>> href("https://a.example/x"), href("javascript:alert(1)"), href("https:evil"), href(None)
    ('https://a.example/x', '', '', '')
    >>> href("https://a.example@b.example/"), href("https://аpple.example/")
    ('', 'https://xn--pple-43d.example/')
    >>> href("https://faß.example/"), href("https://☃.example/")
    ('https://xn--fa-hia.example/', '')
    """
    # Browsers drop tabs and newlines within an address before they read its scheme (WHATWG URL, section 4.4).
    address = printable(re.sub(r"[\t\r\n]", "", url or "")).strip()
    if len(address) > LONGEST_URL:
        return ""
    try:
        parts = urlsplit(address)
        name, colon, port = parts.netloc.partition(":")
        host = parts.netloc if name.isascii() else idna.encode(name.lower()).decode("ascii") + colon + port
    except ValueError:  # what is no address, or no host: IDNAError is a UnicodeError
        return ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return ""
    return address if host == parts.netloc else urlunsplit(parts._replace(netloc=host))


def quoted(url: str | None) -> str:
    """Give an address that may stand behind a link with what no address holds encoded (RFC 3987, section 2.2).

    >>> quoted('https://a.example/x y<z>"中'), quoted("javascript:alert(1)")
    ('https://a.example/x%20y%3Cz%3E%22中', '')
    """
    return re.sub(r"[\s\x00-\x20<>\"\\`\x7f]", lambda found: quote(found[0]), href(url))


def folder(link: str) -> str:
    """Give the public address of the output with the slash that file names follow, "" where none is set.

    >>> folder("https://a.example/digest"), folder("")
    ('https://a.example/digest/', '')
    """
    base = href(link)
    return f"{base.rstrip('/')}/" if base else ""


def at_text(url: str | None, text: str) -> str:
    """Give an address that leads to a text on its page (WICG scroll-to-text-fragment), or "" where none may stand.

    A browser that knows no text fragments opens the page. A long text is named by its ends, which stands a difference
    in the middle of it.

    >>> at_text("https://a.example/x", "59 models, well-known")
    'https://a.example/x#:~:text=59%20models%2C%20well%2Dknown'
    >>> at_text("https://a.example/x#part", "128K")
    'https://a.example/x#part:~:text=128K'
    """
    address = href(url).partition(":~:")[0]  # an address may lead to a text already
    words = re.sub(r"\s+", " ", shown(text)).strip()
    if not address or not words:
        return address
    named = ",".join(_encoded(end) for end in _ends(words))
    return f"{address}{':~:' if '#' in address else '#:~:'}text={named}"


def _ends(text: str) -> tuple[str, ...]:
    """Name a text by itself, or by its first and last words.

    A fragment matches whole words only. Where words are not parted by blanks, a clause ends where a word does.

    >>> _ends("短句。"), _ends("one two " * 40 + "three")
    (('短句。',), ('one two one two one', 'one two one two three'))
    """
    if len(text.encode("utf-8", "replace")) <= LONG:
        return (text,)
    words = text.split(" ")
    if len(words) > 2 * WORDS:
        return " ".join(words[:WORDS]), " ".join(words[-WORDS:])
    clauses = [clause.strip() for clause in re.split(r"[，。；：！？、]", text) if clause.strip()]
    return (clauses[0], clauses[-1]) if len(clauses) > 2 else (text,)


def _encoded(text: str) -> str:
    """Percent-encode what a text directive keeps for itself: blanks, commas, ampersands and hyphens too.

    Letters of other scripts stay as an IRI has them (RFC 3987): three bytes a Chinese character, not nine.

    >>> _encoded("用 a-b，好")
    '用%20a%2Db，好'
    """
    return _ASIDE.sub(lambda found: quote(found[0].encode("utf-8", "replace"), safe="").replace("-", "%2D"), text)

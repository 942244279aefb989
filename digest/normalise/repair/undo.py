"""What lost nothing is undone: mojibake by ftfy or by the way it came, and entities escaped twice."""

from __future__ import annotations

import codecs
import re
from functools import cache
from html import escape, unescape
from typing import Any

from digest.normalise.repair.channel import Channel, page


def undone(line: str, channel: Channel) -> str | None:
    """Read a line (or lines) again whose UTF-8 a page read without loss; None where it is no such line.

    Read by the page again, the result is the line: pages are one to one.

    >>> undone("æ¨¡åž‹", Channel("cp1252")), undone("æ¨¡å‹", Channel("cp1252"))
    ('模型', None)
    """
    try:
        body, _ = codecs.charmap_encode(line, "strict", _encoding(channel.codec))
        return body.decode("utf-8")
    except UnicodeError:
        return None


@cache
def _encoding(codec: str) -> Any:
    return codecs.charmap_build(page(codec))


@cache
def _settings() -> Any:
    """Give settings of ftfy that leave Chinese typography alone; its defaults turn ， into , and ” into "."""
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        uncurl_quotes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        fix_line_breaks=False,
        unescape_html=False,
        remove_terminal_escapes=False,
        remove_control_chars=False,
        normalization=None,
    )


def by_ftfy(line: str) -> tuple[str, tuple[str, ...]]:
    """Undo mojibake in one line by ftfy: (text, codes); (the line itself, ()) where it sees none or loses more."""
    if line.isascii():
        return line, ()
    from ftfy import fix_encoding_and_explain

    fixed, steps = fix_encoding_and_explain(line, _settings())
    if fixed == line or _lossy(line, fixed):
        return line, ()
    codecs = (name for action, name in steps or () if action in ("encode", "apply") and name != "restore_byte_a0")
    return fixed, tuple(dict.fromkeys(f"ftfy:{name}" for name in codecs)) or ("ftfy",)


def _lossy(line: str, fixed: str) -> bool:
    """Tell whether a repair put U+FFFD where the line still had bytes: a search needs those."""
    return fixed.count("\ufffd") > line.count("\ufffd") + line.count("\x1a")


# ---- entities -------------------------------------------------------------------------------------------------------

_ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_TWICE = re.compile(r"&amp;(?:amp|lt|gt|quot|apos|#x27|#\d{2,7});")
# Entities where nobody writes them to speak of them: within a word or between two (R&amp;D, don&#8217;t), typographic
# marks by number, a quotation from mark to mark.
_AT_WORK = re.compile(
    r"\w&(?:amp|#0?38|#x26|apos|#0?39|#x27|rsquo|#8217|#x2019);\w"
    r"|&(?:#8211|#8212|#8216|#8217|#8220|#8221|#8230|#x201[3-9CD]|#x2026);"
    r"|(?<!\S)&(?:quot|ldquo|#34);\w[^&]*&(?:quot|rdquo|#34);"
    r"|\b(?!(?:an|and|as|does|for|in|is|of|or|the|to|us\w+|vs|what|why|with|writ\w+)\b)[^\W\d_]{2,} &amp; [^\W\d_]{2,}",
    re.IGNORECASE,
)
_MANY = 4  # of them, all escaped twice, are no chance
_SPEAKS = re.compile(r"\b(?:html|xml|entit|escap|encod|ampersand)|实体|转义|字符", re.IGNORECASE)


def _speaks(text: str) -> bool:
    """Tell whether the lines that hold entities speak of them."""
    return any("&" in line and _SPEAKS.search(line) for line in text.split("\n"))


def entities(text: str, *, parsed: bool = False, proven: bool = False) -> str:
    """Undo the escaping of entities that was done once too often; the text itself where nothing proves that it was.

    A text of which all was escaped twice holds no bare &, < or >, and an escaped & before every entity. `parsed` text
    came from a parser, which undid one of the two: what is left is undone where an entity stands at its work, and the
    text does not speak of entities; a part of a text of which that is `proven` need not show it again.

    >>> entities("R&amp;amp;D &amp;lt;b&amp;gt;"), entities("Write &amp;nbsp; for a space")
    ('R&D <b>', 'Write &amp;nbsp; for a space')
    >>> entities("R&amp;D", parsed=True), entities("Escape &amp; as &amp;amp;", parsed=True)
    ('R&D', 'Escape &amp; as &amp;amp;')
    """
    if "&" not in text or "<" in text or ">" in text or text.count("&") != len(_ENTITY.findall(text)):
        return text
    if parsed:
        return unescape(text) if proven or (_AT_WORK.search(text) and not _speaks(text)) else text
    once = unescape(text)
    found = _TWICE.findall(text)
    if len(found) != text.count("&") or (len(found) < _MANY and _speaks(text)) or not _is_escaped(once):
        return text
    return unescape(once)


def _is_escaped(text: str) -> bool:
    """Tell whether a text is what escaping makes, with quotes or without, Chinese as it is or by numbers."""
    plain = unescape(text)
    ways = escape(plain), escape(plain, quote=False), escape(plain).replace("&#x27;", "&#39;")
    return text in ways or text in [way.encode("ascii", "xmlcharrefreplace").decode() for way in ways]

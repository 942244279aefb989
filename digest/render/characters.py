"""Characters that an encoding or a format cannot hold."""

from __future__ import annotations

import re

_SURROGATES = re.compile("[\ud800-\udfff]")  # halves of a character: no encoding has them
# What may not stand in an XML 1.0 document (section 2.2, Char).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def encodable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot carry, by U+FFFD.

    >>> encodable("a" + chr(0xD800) + "中")
    'a\ufffd中'
    """
    return _SURROGATES.sub("\ufffd", text)


def for_xml(text: str) -> str:
    r"""Leave out what no XML document may hold.

    >>> for_xml("a\x00b\x0c" + chr(0xFFFF) + "中")
    'ab中'
    """
    return _NO_XML.sub("", encodable(text))

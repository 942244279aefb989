"""Characters that an encoding or a format cannot hold."""

from __future__ import annotations

from digest.printable import NO_XML, SURROGATES


def encodable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot carry, by U+FFFD.

    >>> encodable("a" + chr(0xD800) + "中")
    'a\ufffd中'
    """
    return SURROGATES.sub("\ufffd", text)


def for_xml(text: str) -> str:
    r"""Leave out what no XML document may hold.

    >>> for_xml("a\x00b\x0c" + chr(0xFFFF) + "中")
    'ab中'
    """
    return NO_XML.sub("", encodable(text))

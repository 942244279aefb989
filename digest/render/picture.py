"""A picture that stands in a page itself: levels of darkness → a PNG as a data URI."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED = 3  # colour type: each pixel is a number of the palette (PNG, third edition, section 11.2.1)


def png(rows: Sequence[bytes], levels: int) -> str:
    """Give a data URI of a PNG: black whose opacity rises from none at 0 to full at `levels` - 1, a byte a pixel.

    On dark paper it is inverted by its page: what is clear stays clear.

    >>> png([bytes([0, 1])], 2)[:34]
    'data:image/png;base64,iVBORw0KGgoA'
    """
    raw = b"".join(b"\0" + row for row in rows)  # each line says first that it is not filtered
    opacity = bytes(255 * level // (levels - 1) for level in range(levels))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, _INDEXED, 0, 0, 0)),
        (b"PLTE", bytes(3 * levels)),
        (b"tRNS", opacity),
        (b"IDAT", zlib.compress(raw, 9)),
        (b"IEND", b""),
    )
    data = _SIGNATURE + b"".join(_chunk(name, body) for name, body in chunks)
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

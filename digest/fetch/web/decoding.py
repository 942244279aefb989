"""Content codings undone within bounds: a body stops at so many decoded bytes, however small what blows up."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from digest.errors import SourceError

PIECE = 65536
MEMBER = b"\x1f\x8b"  # how each member of a gzip file begins (RFC 1952, 2.3.1)


def bounded(chunks: Iterable[bytes], coding: str, url: str, limit: int, *, cut: bool) -> bytes:
    """Join a body, undoing gzip, and stop at `limit` decoded bytes: cut there, or raise SourceError "too-large"."""
    if coding in ("", "identity"):
        pieces: Iterable[bytes] = chunks
    elif coding in ("gzip", "x-gzip", "deflate"):
        pieces = _inflate(chunks, url, limit, deflate=coding == "deflate")
    else:
        raise SourceError(url, "fetch", f"an encoding we did not ask for: {coding[:60]!r}", kind="content")
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limit:
            if cut:
                return bytes(body[:limit])
            raise too_large(url, limit)
    return bytes(body)


def _inflate(chunks: Iterable[bytes], url: str, limit: int, *, deflate: bool) -> Iterator[bytes]:
    """Undo gzip or zlib in pieces of at most 64 KiB, however small the bytes that blow up; several members are fine.

    httpx's own decoder makes 67 MB of one 64 kB chunk before anybody can count, and takes a truncated stream as whole.
    """
    inflater, wire, rest = zlib.decompressobj(47), 0, b""
    for chunk in chunks:
        if deflate and chunk and not wire and not _has_zlib_header(chunk):
            inflater = zlib.decompressobj(-15)
        wire += len(chunk)
        if wire > limit:
            raise too_large(url, limit)
        chunk, rest = rest + chunk, b""
        more = True
        while chunk or more:
            if inflater.eof:
                if not chunk.startswith(MEMBER):
                    rest = chunk if chunk == MEMBER[:1] else b""  # half of a mark that may go on in the next chunk
                    break  # padding behind the last member
                inflater = zlib.decompressobj(47)
            piece = inflater.decompress(chunk, PIECE)
            chunk = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            more = len(piece) == PIECE
            yield piece
    if not inflater.eof:
        raise SourceError(url, "fetch", "the compressed body ends in the middle", kind="content")


def _has_zlib_header(start: bytes) -> bool:
    """Tell zlib (RFC 1950, which "deflate" means) from bare deflate (RFC 1951), which some servers send instead."""
    return start[0] & 0x0F == 8 and (len(start) < 2 or (start[0] << 8 | start[1]) % 31 == 0)


def too_large(url: str, limit: int) -> SourceError:
    return SourceError(url, "fetch", f"larger than {limit / 2**20:g} MiB", kind="too-large")

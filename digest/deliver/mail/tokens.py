"""Tokens by which a recipient leaves a list without a password or a web server (pure)."""

from __future__ import annotations

import base64
import hmac

_PURPOSE = b"unsubscribe"  # keeps these apart from whatever else may be made of the same key
_SIZE = 15  # bytes, 120 bits: a whole number of base32's groups, so that there is no padding


def token_of(key: bytes, list_name: str, address: str) -> str:
    """Give the token of an address on a list: HMAC-SHA256 (RFC 2104), cut, in base32 (RFC 4648), 24 of a-z and 2-7.

    Only who has the key can make one, and it says nothing of the address.

    >>> token_of(b"a key", "daily", "ann@example.org")
    'pglkktkvqrvc3zoq6bncfbj7'
    """
    told = [text.encode("utf-8", "surrogatepass") for text in (list_name, address)]
    mac = hmac.digest(key, b"\0".join((_PURPOSE, *told)), "sha256")
    return base64.b32encode(mac[:_SIZE]).decode("ascii").lower()


def fits(token: str, key: bytes, list_name: str, address: str) -> bool:
    """Tell, in constant time, whether a token is that of an address on a list. Case and blanks around do not matter."""
    given = token.strip().lower().encode("utf-8", "replace")
    return hmac.compare_digest(given, token_of(key, list_name, address).encode("ascii"))

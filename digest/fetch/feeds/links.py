"""Links as documents write them → addresses that may be followed."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from digest.model import LONGEST_URL


def clean_url(text: str, base: str) -> str:
    """Resolve a link and give it if it is one that may be followed; "" for other schemes and credentials.

    >>> clean_url(" /b c ", "https://a.example/x"), clean_url("javascript:alert(1)", "https://a.example/")
    ('https://a.example/b%20c', '')
    """
    text = re.sub(r"[\r\n\t]", "", text.strip())
    if not text:
        return ""
    try:
        url = urljoin(base, text)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return ""
    except ValueError:
        return ""
    url = re.sub(r"[\s<>\"]", lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), url)
    return url if len(url) <= LONGEST_URL else ""

"""What a server answered, whether it is a whole page, and how long it asks to wait."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from digest.errors import SourceError

DAY = 86400.0  # seconds

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, its body read (redirects and error pages: left unread)."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


LONGEST_VALIDATOR = 1024  # bytes; an ETag beyond this is not worth its way, and servers refuse large headers
# What the browser is shown by those who ask whether a person sits before it (Cloudflare, DDoS-Guard, Anubis).
_CHALLENGE = re.compile(
    rb"<title>\s*(?:Just a moment\.\.\.|Attention Required! \| Cloudflare|DDoS-Guard|"
    rb"Making sure you(?:'|&#39;|&#x27;|\xe2\x80\x99)re not a bot!)\s*</title>|_cf_chl_opt",
    re.IGNORECASE,
)
_CHALLENGE_BYTES = 16384  # from the start: such a page is short, and its title stands first


def sendable(validator: str) -> str:
    r"""Give an ETag or a date back as a request may carry it, which is as it came; "" where none may.

    >>> sendable('W/"a,b"'), sendable('"a\r\nx: y"'), sendable("x" * 2000)
    ('W/"a,b"', '', '')
    """
    odd = len(validator) > LONGEST_VALIDATOR or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", validator)
    return "" if odd else validator


def must_be_whole(answer: Answer, url: str) -> None:
    """Raise SourceError for every status but 200 and 203, with the wait that the server asks for."""
    challenge = answer.header("cf-mitigated").lower() == "challenge" or bool(
        _CHALLENGE.search(answer.body[:_CHALLENGE_BYTES])
    )
    if answer.status in (200, 203) and not challenge:
        return
    if challenge:
        reason = f"the site answers with a challenge for browsers ({answer.status})"
    else:
        reason = STATUS_WORDS.get(answer.status, f"the server answers {answer.status}")
    raise SourceError(url, "fetch", reason, kind="status", status=answer.status, retry_after=retry_after(answer))


STATUS_WORDS = {
    204: "the server answers 204, without content",
    206: "the server answers 206, with a part only",
    401: "the server answers 401: a login is needed",
    403: "the server answers 403: forbidden to us",
    404: "the server answers 404: not found",
    410: "the server answers 410: gone for good",
    429: "the server answers 429: too many requests",
    999: "the server answers 999: readers like this one are not let in",
}


def retry_after(answer: Answer) -> float:
    """Read Retry-After of a 429 or 503 (RFC 9110, 10.2.3): seconds, at most a day; 0 where absent or unreadable."""
    if answer.status not in (429, 503):
        return 0.0
    value = answer.header("retry-after").strip()
    if re.fullmatch(r"[0-9]+", value):
        return DAY if len(value) > 6 else min(float(value), DAY)
    try:
        then = parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    try:
        now = parsedate_to_datetime(answer.header("date")).timestamp()  # the server's own clock, if it shows it
    except (ValueError, TypeError, IndexError, OverflowError):
        now = time.time()
    return min(max(then - now, 0.0), DAY)

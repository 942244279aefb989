"""One body sent to an endpoint that the user named, and its answer: no redirects, at most two tries, one deadline."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from digest.errors import SourceError
from digest.fetch.web.answer import STATUS_WORDS, Answer, retry_after
from digest.fetch.web.deadline import Deadline
from digest.fetch.web.transport import BrokenLineError, Line, faults_named
from digest.fetch.web.turns import SHORT_WAIT
from digest.fetch.web.url import REDIRECT_CODES, Url

RETRY_PAUSE = 0.5  # seconds before the second try, where the server names none
SAID_BYTES = 4096  # of an answer that refuses: enough for the name of the field it does not like

_SECRET = frozenset({"authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "proxy-authorization"})


class RefusedError(SourceError):
    """The endpoint answered by a status that is no success; `said` is the head of its body, without our secrets.

    The message of the error never quotes `said`: some endpoints repeat a part of the key in it.
    """

    said: str = ""


class LostError(SourceError):
    """The request went out, or a part of it, and no whole answer came: it may have been received."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent; `limit` counts decoded bytes of the answer."""

    url: Url
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    limit: int


class Begun:
    """Whether any of a request went out, as httpx's extension "trace" tells; what asks a proxy for a way is none."""

    def __init__(self) -> None:
        self.yes = False

    def __call__(self, event: str, about: Mapping[str, Any]) -> None:
        if event.endswith(".send_request_headers.started") and about["request"].method != b"CONNECT":
            self.yes = True


def post(line: Line, letter: Letter, deadline: Deadline, sleep: Callable[[float], None]) -> Answer:
    """Send a letter, and once more after a connection fault, a 5xx or a 429 that names a short wait."""
    _must_be_sendable(letter)
    try:
        answer = _once(line, letter, deadline)
        wait = _second_try(answer)
    except BrokenLineError:
        answer, wait = None, RETRY_PAUSE
        if deadline.left() <= wait:
            raise
    if answer is None or (wait is not None and wait < deadline.left()):
        sleep(wait or 0.0)
        answer = _once(line, letter, deadline)
    if answer.status not in (200, 203):
        raise _refusal(answer, letter)
    return answer


def post_once(line: Line, letter: Letter, deadline: Deadline) -> Answer:
    """Send a letter a single time, for what must not be said twice; raise LostError where it may have arrived."""
    _must_be_sendable(letter)
    begun = Begun()
    try:
        answer = _once(line, letter, deadline, begun)
    except SourceError as error:
        if not begun.yes:
            raise
        raise LostError(error.url, error.stage, error.reason, kind=error.kind, status=error.status) from error
    if answer.status not in (200, 203):
        raise _refusal(answer, letter)
    return answer


def _second_try(answer: Answer) -> float | None:
    """Give the seconds to wait before a second try, None where there is none."""
    wait = retry_after(answer)
    if answer.status == 429:
        return wait if 0 < wait <= SHORT_WAIT else None
    if 500 <= answer.status < 600:
        return max(wait, RETRY_PAUSE) if wait <= SHORT_WAIT else None
    return None


def _once(line: Line, letter: Letter, deadline: Deadline, begun: Begun | None = None) -> Answer:
    url, body = letter.url, letter.body
    try:
        with faults_named(str(url)):
            return line.exchange(
                "POST", url, letter.headers, deadline, body=body, limit=letter.limit, refusals=SAID_BYTES, trace=begun
            )
    except SourceError as error:
        reason = _without_secrets(error.reason, letter.headers)
        if reason == error.reason:
            raise
        # a server that repeats our headers in bytes which are no HTTP: the library's complaint quotes them
        raise type(error)(error.url, error.stage, reason, kind=error.kind, status=error.status) from None


def _must_be_sendable(letter: Letter) -> None:
    """Refuse a header that h11 would refuse: its complaint quotes the value, which may be a key."""
    for name, value in letter.headers.items():
        if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not re.fullmatch(
            r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?", value
        ):
            raise SourceError(
                str(letter.url), "fetch", f"the header {name[:40]!r} holds characters that none may", kind="protocol"
            )


def _refusal(answer: Answer, letter: Letter) -> SourceError:
    url = str(letter.url)
    if answer.status in REDIRECT_CODES:
        reason = f"the endpoint answers with a redirect ({answer.status}), which is not followed"
        return SourceError(url, "fetch", reason, kind="redirect", status=answer.status)
    reason = STATUS_WORDS.get(answer.status, f"the server answers {answer.status}")
    error = RefusedError(url, "fetch", reason, kind="status", status=answer.status, retry_after=retry_after(answer))
    error.said = _without_secrets(answer.body.decode("utf-8", "replace"), letter.headers)
    return error


def _without_secrets(text: str, headers: Mapping[str, str]) -> str:
    for name, value in headers.items():
        if name.lower() in _SECRET:
            for secret in (value, value.split()[-1]):
                text = text.replace(secret, "•••")
    return text

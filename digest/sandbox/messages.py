"""What is asked of a child that reads, and what it answers, as bytes and back (pure).

A message is a frame: one byte for its kind, one that tells whether the child ends after it, the length of the body in
four bytes (network order), and the body, which is JSON but for the bytes of a page. What the program says to its child
is believed as it is; what a child says is judged in answers.py, which a child has no need to import.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Literal

from digest.errors import SourceError
from digest.model import Post

Task = Literal["feed", "post", "posts", "page", "links", "feeds_named", "twin_rule", "edited"]
Stage = Literal["parse", "normalise"]

HEAD = struct.Struct(">c?I")
LONGEST = 32 * 2**20  # bytes of a body; a feed at the fetcher's limit of 10 MiB, its entries' text given twice, is 20
READY, BEGUN = b"R", b"B"  # a child has started; it has what a stage needs, and the first reading of it begins now
REQUEST, PAGE = b"Q", b"P"  # what is asked; after it, always, the bytes of its page
ANSWER, FAULT = b"A", b"F"  # what was read; why nothing was
KINDS = frozenset((READY, BEGUN, REQUEST, PAGE, ANSWER, FAULT))

LONGEST_REASON = 300  # characters


class MessageError(ValueError):
    """What should be a message is none."""


@dataclass(frozen=True, slots=True)
class Request:
    """One reading: `url` is what an error names; the page, where there is one, comes as `headers` and a frame of bytes.

    What a task has no use for is left empty; see `readers.Reader` for what it takes.
    """

    task: Task
    url: str
    has_page: bool
    headers: tuple[tuple[str, str], ...] = ()
    posts: tuple[Post, ...] = ()
    urls: tuple[str, ...] = ()
    timezone: str = "UTC"
    lang: str = ""
    selector: str = ""

    @property
    def stage(self) -> Stage:
        """The room that a fault of this task is one of."""
        return "normalise" if self.task in ("post", "posts", "page", "edited") else "parse"


@dataclass(frozen=True, slots=True)
class Fault:
    """The facts of a SourceError."""

    url: str
    stage: str
    reason: str
    kind: str = ""
    status: int = 0
    retry_after: float = 0

    @classmethod
    def of(cls, error: SourceError) -> Fault:
        url, reason = (text.encode("utf-8", "replace").decode() for text in (error.url, error.reason[:LONGEST_REASON]))
        return cls(url, error.stage, reason, error.kind, error.status, error.retry_after)

    def error(self) -> SourceError:
        return SourceError(
            self.url, self.stage, self.reason, kind=self.kind, status=self.status, retry_after=self.retry_after
        )


def head(kind: bytes, length: int, *, last: bool = False) -> bytes:
    """Give what stands before a body of `length` bytes. Raises MessageError where that is too long."""
    if length > LONGEST:
        raise MessageError(f"{length} bytes are no message")
    return HEAD.pack(kind, last, length)


def head_of(raw: bytes) -> tuple[bytes, bool, int]:
    """Read a frame's head: its kind, whether it is the last, the length of the body. Raises MessageError."""
    if len(raw) != HEAD.size:
        raise MessageError("no head of a message")
    kind, last, length = HEAD.unpack(raw)
    if kind not in KINDS or length > LONGEST:
        raise MessageError(f"no message: kind {kind!r}, {length} bytes")
    return kind, last, length


def read_request(body: bytes) -> Request:
    """Read what `written` wrote of a request."""
    row: dict[str, Any] = json.loads(body)
    row["headers"] = tuple((name, value) for name, value in row["headers"])
    row["posts"] = tuple(_post(each) for each in row["posts"])
    row["urls"] = tuple(row["urls"])
    return Request(**row)


def written(value: object) -> bytes:
    """Write a noun, or several. Raises MessageError for what is none: half a surrogate pair is no text."""
    try:
        return json.dumps(value, ensure_ascii=False, default=_plain).encode()
    except (TypeError, ValueError) as error:  # UnicodeEncodeError is a ValueError
        raise MessageError(str(error)) from None


def _plain(value: object) -> object:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    raise TypeError(f"{type(value).__name__} is no part of a message")


def _post(row: dict[str, Any]) -> Post:
    for name in ("published", "first_seen"):
        row[name] = datetime.fromisoformat(row[name])
    row["late_on"] = date.fromisoformat(row["late_on"]) if row["late_on"] else None
    return Post(**row)

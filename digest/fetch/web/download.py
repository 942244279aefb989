"""Large files to disk: streamed, gone on with where they broke off, believed once size and hash are right.

A download has no deadline as a whole (70 MB take what they take), but each 64 KiB of it have one: a stream that stalls
or drips ends. What came so far stays beside the file as `FILE.part`, with `FILE.part.json` saying of what it is a part.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import httpx

from digest.errors import SourceError
from digest.fetch.web.answer import Answer, must_be_whole
from digest.fetch.web.client import REDIRECTS, Web
from digest.fetch.web.deadline import Deadline
from digest.fetch.web.decoding import PIECE, too_large
from digest.fetch.web.resolve import one_line
from digest.fetch.web.transport import faults_named, headers_of
from digest.fetch.web.url import REDIRECT_CODES, checked, next_hop

LIMIT = 500 * 2**20  # bytes
PATIENCE = 30.0  # seconds for the next 64 KiB
TRIES = 5  # connections of one call, as long as each brought something
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)")


class Tell(Protocol):
    """Is told how far a download is, in bytes; `total` is None where the server does not say."""

    def __call__(self, done: int, total: int | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file must be: no larger than `limit` bytes; of this `size` and `sha256` (lower-case hex) where known."""

    size: int | None = None
    sha256: str | None = None
    limit: int = LIMIT


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that came whole. `url` is the address after redirects, `size` in bytes, `sha256` in lower-case hex."""

    url: str
    size: int
    sha256: str


def download(
    web: Web,
    url: str,
    path: Path,
    wanted: Wanted | None = None,
    tell: Tell | None = None,
    *,
    patience: float = PATIENCE,
) -> Downloaded:
    """Fetch an address that the user asked for to `path`; every hop of it passes the client's guard.

    `patience` is in seconds for the next 64 KiB. Broken lines are taken up again (RFC 9110, 14: Range and If-Range) as
    long as each try brings something; what came stays for the next call. Raises SourceError: then no file is at `path`,
    and a part whose size or hash is wrong is gone. robots.txt is not asked: a person named this file.
    """
    with faults_named(url):
        part = _Part(path, url)
    way = _Way(web, url, part, wanted or Wanted(), tell, patience)
    for left in reversed(range(TRIES)):
        before = part.size
        try:
            return way.settled(way.travelled(), path)
        except SourceError as error:
            broke = error.kind in ("protocol", "refused", "timeout")
            if not (broke and left and part.size > before):
                raise
    raise AssertionError("the loop above returns or raises")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Part:
    """What came of a file so far. `tag` is the server's own mark of the version it is of, "" where it gave none."""

    def __init__(self, path: Path, url: str) -> None:
        self.path = path.with_name(path.name + ".part")
        self._about = path.with_name(path.name + ".part.json")
        self._url = url
        self.tag = self._read_tag()
        if self.tag is None:
            self.drop()
            self.tag = ""

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    def _read_tag(self) -> str | None:
        """Give the mark of the part that is there; None where it is not known to be a part of this address."""
        try:
            about = json.loads(self._about.read_text("utf-8"))
            return str(about["tag"]) if about["url"] == self._url else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def begin(self, tag: str) -> None:
        """Start over, with a mark for the next call to go on from."""
        self.drop()
        self.tag = tag
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._about.write_text(json.dumps({"url": self._url, "tag": tag}), "utf-8")

    def open(self) -> BinaryIO:
        return self.path.open("ab")

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)

    def become(self, path: Path) -> None:
        self.path.replace(path)
        self._about.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Way:
    """One file's way to the disk."""

    web: Web
    url: str
    part: _Part
    wanted: Wanted
    tell: Tell | None
    patience: float

    def travelled(self) -> str:
        """Ask for what is missing, write it down, and give the address that it came from."""
        here = checked(self.url, self.url)
        if self.part.size and self.part.size == self.wanted.size:
            return str(here)
        for _ in range(REDIRECTS + 1):
            deadline = Deadline(self.web._clock, self.patience)
            asked = {"accept": "*/*", "accept-encoding": "identity"} | self._range()
            line = self.web._line  # the client's own: this is its room
            with faults_named(str(here)), line.opened("GET", here, asked, deadline) as response:
                answer = Answer(response.status_code, headers_of(response), b"")
                if answer.status not in REDIRECT_CODES:
                    total = self._begin(answer, str(here))
                    if answer.status != 416:
                        self._take(response, total, deadline, str(here))
                    return str(here)
            there = next_hop(here, answer, self.url)
            if here.scheme == "https" and there.scheme != "https":
                raise SourceError(self.url, "fetch", f"a redirect from https to {str(there)[:80]}", kind="redirect")
            here = there
        raise SourceError(self.url, "fetch", f"more than {REDIRECTS} redirects", kind="redirect")

    def _range(self) -> dict[str, str]:
        """Ask for the rest where nothing can be put together wrongly: the server marked its version, or we know a hash.

        A mark that has changed makes the server send the whole file (If-Range).
        """
        part = self.part
        if not part.size or not (part.tag or self.wanted.sha256):
            return {}
        return {"range": f"bytes={part.size}-"} | ({"if-range": part.tag} if part.tag else {})

    def _begin(self, answer: Answer, url: str) -> int | None:
        """Make the part ready for what the answer holds; give the file's size in bytes, None where it is not told."""
        part, place = self.part, answer.header("content-range").strip()
        found = _RANGE.fullmatch(place)
        if answer.status == 206 and part.size:
            if not found or int(found[1]) != part.size:
                raise self._refused(url, "it answers with another part than was asked for (Content-Range)")
            tag = answer.header("etag").strip()
            if (part.tag or "").startswith('"') and tag.startswith('"') and tag != part.tag:
                raise self._refused(url, "the file changed since its first part was fetched")
            total = None if found[3] == "*" else int(found[3])
        elif answer.status == 416 and place == f"bytes */{part.size}":
            total = part.size  # all of it came last time
        else:
            if answer.status == 416:
                part.drop()
            must_be_whole(answer, url)
            part.begin(_mark_of(answer))
            length = answer.header("content-length").strip()
            total = int(length) if re.fullmatch(r"[0-9]{1,15}", length) else None
        if answer.header("content-encoding").strip().lower() not in ("", "identity"):
            raise self._refused(url, "it comes in an encoding that was not asked for")
        if total is not None:
            self._must_fit(total, url)
        return total

    def _must_fit(self, size: int, url: str) -> None:
        if size > self.wanted.limit:
            self.part.drop()
            raise too_large(url, self.wanted.limit)
        if self.wanted.size not in (None, size):
            raise self._refused(url, f"it has {size} bytes, where {self.wanted.size} are expected")

    def _take(self, response: httpx.Response, total: int | None, deadline: Deadline, url: str) -> None:
        """Write what comes; the patience starts anew with every 64 KiB."""
        done = renewed = self.part.size
        with self.part.open() as file:
            for chunk in response.iter_raw():
                done += len(chunk)
                if done > (self.wanted.limit if total is None else total):
                    break
                file.write(chunk)
                if done - renewed >= PIECE:
                    deadline.extend(self.patience - deadline.left())
                    renewed = done
                if self.tell:
                    self.tell(done, total)
        if total is None:
            self._must_fit(done, url)
        elif done > total:
            raise self._refused(url, f"it is longer than the {total} bytes it was said to have")
        elif done < total:
            raise SourceError(url, "fetch", f"the stream ended after {done} of {total} bytes", kind="protocol")

    def settled(self, url: str, path: Path) -> Downloaded:
        """Check the whole file and give it its name; refuse and remove it where it is not the one that was wanted."""
        try:
            size, digest = self.part.size, sha256_of(self.part.path)
            self._must_fit(size, url)
            if self.wanted.sha256 not in (None, digest):
                raise self._refused(url, f"its sha256 is {digest}, where {self.wanted.sha256} is expected")
            self.part.become(path)
        except OSError as error:
            raise SourceError(url, "fetch", f"the file cannot be kept: {one_line(error)}", kind="content") from error
        return Downloaded(url, size, digest)

    def _refused(self, url: str, reason: str) -> SourceError:
        self.part.drop()
        return SourceError(url, "fetch", f"the file is refused: {reason}", kind="content")


def _mark_of(answer: Answer) -> str:
    """Give what If-Range may carry: a strong ETag, else the date of the last change (RFC 9110, 13.1.5)."""
    tag = answer.header("etag").strip()
    return tag if tag and not tag.startswith("W/") else answer.header("last-modified").strip()

"""The process that reads: ``python -P -m digest.sandbox.child READER SECONDS MEMORY``, asked over its standard input.

READER names what makes the reader, as ``module:name``. SECONDS is what a reading may take; a second after that the
kernel ends the process by itself, so that it does not outlive a parent that was killed. MEMORY is in bytes.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from pathlib import PurePath
from typing import BinaryIO

from digest.errors import SourceError
from digest.model import Page
from digest.sandbox import messages
from digest.sandbox.confinement import confine, held
from digest.sandbox.messages import Fault, Request
from digest.sandbox.readers import DIRECT, Reader

GRACE = 1.0  # seconds past the deadline, in which the parent ends a child that is late
MOST_JOBS = 5000  # then a child ends, and whatever it gathered with it
MOST_HELD = 264 * 2**20  # bytes: a child that has the models of lost bytes in memory holds 184 MiB
NO_MEMORY = 12  # exit code: errno's ENOMEM

_SAMPLE_URL = "https://a.example/"
_SAMPLE_FEED = (
    b"<rss version='2.0'><channel><title>A</title><item><title>B</title><link>/b</link></item></channel></rss>"
)
_SAMPLE_PAGE = b"<html><body><article><h1>B</h1>" + b"<p>A sentence that a page may hold, or two.</p>" * 9


def main(arguments: list[str]) -> None:
    """Answer requests until there are no more."""
    reader_name, seconds, memory = arguments
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(0), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)  # what reads standard input reads nothing, and not what is asked
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    module, _, name = reader_name.partition(":")
    reader: Reader = getattr(importlib.import_module(module), name)()
    confine(int(memory))
    _tell(told, messages.READY)
    try:
        _serve(reader, asked, told, float(seconds) + GRACE)
    except BrokenPipeError:
        os._exit(1)  # the parent is gone
    except MemoryError:
        os._exit(NO_MEMORY)  # at once: what is left of the heap is good for nothing


def _serve(reader: Reader, asked: BinaryIO, told: BinaryIO, seconds: float) -> None:
    begun: set[messages.Stage] = set()
    for number in range(1, MOST_JOBS + 1):
        got = _got(asked)
        if got is None:
            return
        request = messages.read_request(got)
        body = _got(asked) or b""
        page = Page(request.url, body, request.headers) if request.has_page else None
        if request.stage not in begun:
            _warm(request.stage)
            _tell(told, messages.BEGUN)
            begun.add(request.stage)
        # prctl's PR_SET_PDEATHSIG would end it with the thread that started it, and not with the program (prctl(2))
        signal.setitimer(signal.ITIMER_REAL, seconds)
        kind, answer = _answer(reader, request, page)
        signal.setitimer(signal.ITIMER_REAL, 0)
        last = number == MOST_JOBS or held() > MOST_HELD
        _tell(told, kind, answer, last=last)
        if last:
            return


def _answer(reader: Reader, request: Request, page: Page | None) -> tuple[bytes, bytes]:
    """Read what is asked for; whatever becomes of it is an answer, but for want of memory."""
    try:
        answer = messages.written(_read(reader, request, page))
    except MemoryError:
        raise
    except SourceError as error:
        return messages.FAULT, messages.written(Fault.of(error))
    except RecursionError:
        return _fault(request, "limits", "it is nested too deeply to be read")
    except Exception as error:  # a parser that fails in a way that nobody foresaw costs its text, and not the day
        return _fault(request, "content", f"cannot be read: {type(error).__name__} {_place(error)}: {error}")
    if len(answer) > messages.LONGEST:
        return _fault(request, "limits", f"what it holds is larger than {messages.LONGEST // 2**20} MiB")
    return messages.ANSWER, answer


def _read(reader: Reader, request: Request, page: Page | None) -> object:
    posts, lang = request.posts, request.lang
    if request.task == "post":
        return reader.post(posts[0], page, lang=lang, selector=request.selector)
    if request.task == "posts":  # where one of them cannot be read, the parent asks for each by itself
        return tuple(reader.post(post, None) for post in posts)
    if request.task == "edited":
        return reader.edited(posts[0], posts[1], lang=lang)
    if page is None:
        raise ValueError(f"{request.task} needs a page")
    if request.task == "feed":
        return reader.feed(page, timezone=request.timezone)
    if request.task == "twin_rule":
        return reader.twin_rule(request.urls, page)
    return {"page": reader.page, "links": reader.links, "feeds_named": reader.feeds_named}[request.task](page)


def _warm(stage: messages.Stage) -> None:
    """Have what a stage needs imported: the time that this takes is nobody's text's."""
    if stage == "parse":
        DIRECT.feed(Page(_SAMPLE_URL, _SAMPLE_FEED))
    else:
        DIRECT.page(Page(_SAMPLE_URL, _SAMPLE_PAGE, (("content-type", "text/html"),)))


def _fault(request: Request, kind: str, reason: str) -> tuple[bytes, bytes]:
    line = " ".join(reason.split())
    return messages.FAULT, messages.written(Fault.of(SourceError(request.url, request.stage, line, kind=kind)))


def _place(error: Exception) -> str:
    """Say where an error arose."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"in {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _got(asked: BinaryIO) -> bytes | None:
    """Take the body of the next frame; None where there is none any more."""
    raw = asked.read(messages.HEAD.size)
    return asked.read(messages.head_of(raw)[2]) if raw else None


def _tell(told: BinaryIO, kind: bytes, body: bytes = b"", *, last: bool = False) -> None:
    told.write(messages.head(kind, len(body), last=last))
    told.write(body)
    told.flush()


if __name__ == "__main__":
    main(sys.argv[1:])

"""docs/faults.md is what the tests tell, and no fault that is known goes without a test."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent

# The single faults that must have a test of their own; what more there is, the page tells.
REQUIRED = {
    "network": {
        *(
            "no answer",
            "stall in the body",
            "slow headers",
            "slow drip",
            "slow drip, chunked",
            "late start",
            "small pieces",
        ),
        *("truncated body", "truncated chunks", "truncated gzip", "cut with no length given", "connection reset"),
        *("connection closed at once", "garbage status line", "length that is no number", "huge header"),
        *("very many headers", "gzip bomb", "deflate bomb", "double bomb", "body of 500 MB", "too large length"),
        *("damaged gzip", "gzip undeclared", "unknown coding", "redirect loop", "long redirect chain"),
        *("growing redirect chain", "slow redirect chain", "moved for good", "private address as a feed"),
        *("redirect to a private address", "private address as an entry's link", "private address as an enclosure"),
        *("numeric hosts", "DNS rebinding", "mixed DNS answers", "private address wrapped in IPv6"),
        *("local file as a feed address", "validators and cookies on a redirect", "429 with seconds"),
        *("503 with a date", "huge Retry-After", "bad Retry-After", "negative Retry-After", "404", "410", "500", "204"),
        *("206", "999", "challenge page with 403", "challenge page with 200", "304 to a first request"),
        *("certificate of an unknown authority", "name that does not resolve", "connection refused", "blackhole"),
        *("one slow host with many feeds", "source that keeps failing"),
    },
    "content": {
        *("billion laughs", "laughs that expat lets through", "quadratic blow-up", "external entity (XXE)"),
        *(
            "external document type",
            "XInclude",
            "processing instruction",
            "tags that do not match",
            "junk before the feed",
        ),
        *(
            "junk behind the feed",
            "bare ampersand",
            "undefined entity",
            "HTML page",
            "JSON that is no feed",
            "SVG",
            "PNG",
        ),
        *("OPML", "empty answer", "wrong charset in the header", "wrong charset in the declaration"),
        *(
            "wrong charset in both",
            "GBK under the name of gb2312",
            "UTF-16 with its mark",
            "UTF-32",
            "NUL and controls",
        ),
        *("lone surrogate", "bidi, zero-width and tag characters", "zalgo", "100 000 entries", "line of 10 MB"),
        *("title of 1 MB", "100 000 nested elements", "20 000 categories", "XSS in any field", "HTML in titles"),
        *(
            "markers of Markdown",
            "markers of front matter",
            "markers of templates",
            "markers of shells",
            "markers of SQL",
        ),
        *("markers of CSV", "titles as file names", "trackers and remote images", "language of a short text"),
        *("article that is a PDF", "article behind a wall of JavaScript", "one line of 9 MB"),
    },
    "second visit": {
        *("304", "weak and odd validators", "ETag that lies", "unasked 304", "changed GUIDs", "duplicate GUID"),
        *("empty GUID", "GUID of 1 MB", "edited entry", "new dates", "vanished entries", "reordered entries"),
        *("feed that becomes a page and comes back", "undated entries", "future dates"),
    },
    "state": {
        *(
            "kill between two steps",
            "kill in the middle of a write",
            "disk full",
            "two runs at once",
            "locked database",
        ),
        *(
            "corrupt database",
            "clock set back",
            "clock set forward",
            "clocks change (DST)",
            "zone of the digest changed",
        ),
        *("missed days", "restored old state", "new state"),
    },
    "delivery": {
        *("server down", "421 and what concerns all messages", "server that hangs", "authentication that fails"),
        *("451 and greylisting", "full mailbox", "550 for one recipient", "three hard bounces", "header injection"),
        *("connection cut after DATA", "kill while sending", "long lines and dots", "local part in no ASCII"),
        *("clipping", "dark mode", "way to unsubscribe"),
    },
    "llm": {
        *("every way to fail", "broken endpoint", "answer that cannot be read", "numbers made up", "budget"),
        *("usage that lies", "key that leaks", "prompt injection", "model that obeys", "endpoint down"),
    },
}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("faults_page", ROOT / "tools" / "faults_page.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_page_is_that_of_the_tests(tool: ModuleType) -> None:
    """Otherwise run `make faults`."""
    assert tool.PAGE.read_text("utf-8") == tool.page_of(tool.faults_in(ROOT / "tests"))


def test_every_known_fault_has_its_test(tool: ModuleType) -> None:
    held: dict[str, set[str]] = {}
    for fault in tool.faults_in(ROOT / "tests"):
        held.setdefault(fault.kind, set()).add(fault.name)
    assert {kind: names - held.get(kind, set()) for kind, names in REQUIRED.items()} == {
        kind: set() for kind in REQUIRED
    }


@pytest.mark.parametrize(
    ("marks", "doc", "told"),
    [
        ('"network", "x"', "Goes wrong.\n\n    Is done.", "x"),
        ('"network", "x"', "Goes wrong.", ""),
        ('"network", "x"', "", ""),
        ('"weather", "x"', "Goes wrong.\n\n    Is done.", ""),
        ('"network"', "Goes wrong.\n\n    Is done.", ""),
    ],
)
def test_a_marked_test_must_tell_its_fault(tool: ModuleType, tmp_path: Path, marks: str, doc: str, told: str) -> None:
    path = tmp_path / "tests" / "test_x.py"
    path.parent.mkdir()
    path.write_text(f'@pytest.mark.fault({marks})\ndef test_x():\n    """{doc}"""\n')
    if told:
        assert [fault.name for fault in tool.faults_in(path.parent)] == [told]
    else:
        with pytest.raises(tool.UntoldError):
            tool.faults_in(path.parent)

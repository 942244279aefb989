"""Makes the folder of tests importable, for the values that tests share, and opens Chromium for those of browser/."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))
settings.register_profile("untimed", deadline=None)  # how long an example takes is the machine's matter
settings.load_profile("untimed")

if TYPE_CHECKING:
    from devtools import Browser, Page

    from digest.sandbox.readers import Reader


@pytest.fixture(autouse=True)
def search_page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the search in the browser but in tests that are marked for it: its index takes longer than most tests.

    Programs that a test starts, and fixtures that are made once for many tests, make it as always.
    """
    if not request.node.get_closest_marker("search_page"):
        monkeypatch.setattr("digest.static_search.search_at_hand", lambda: False)


@pytest.fixture(scope="session")
def sandbox() -> Reader:
    """Give the children that verbs run in this process read with, too: they are started once for all tests."""
    from digest.job import sandbox

    return sandbox()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start Debian's chromium; a machine without it fails here."""
    from devtools import Browser

    with Browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def show_text(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open a page's text in a new tab; tabs close with the test."""
    tabs: list[Page] = []

    def opened(text: str, **how: Any) -> Page:
        path = tmp_path / f"{len(tabs)}.html"
        path.write_text(text, "utf-8")
        tabs.append(chromium.open(path, **how))
        return tabs[-1]

    yield opened
    for tab in tabs:
        tab.close()

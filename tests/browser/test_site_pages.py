"""The pages beside the days' own, as the demo makes them, in headless chromium: who reads them how."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from page_rules import site_faults
from playwright.sync_api import Browser, Page, sync_playwright

from digest import cli

pytestmark = [pytest.mark.browser, pytest.mark.search_page]

WIDTHS = (360, 768, 1440)  # CSS pixels: a phone, a tablet, a desk
GRAVE = ("serious", "critical")
TEXTS = {
    "zh.txt": "新的缓存更快。\n它把索引放在内存里。\n\n代码已经公开。\n",
    "en.txt": "The new cache is faster.\nIt keeps its index in memory.\n\nThe code is public.\n",
}


def run(*words: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["digest", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    assert not ended.value.code


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demo's site, and a picture of an alignment beside it."""
    folder = tmp_path_factory.mktemp("site")
    run("demo", "--out", str(folder))
    texts = tmp_path_factory.mktemp("texts")
    for name, text in TEXTS.items():
        (texts / name).write_text(text, "utf-8")
    run("align", *(str(texts / name) for name in TEXTS), "--html", str(folder / "alignment.html"))
    return folder


@pytest.fixture(scope="module")
def base(out: Path) -> Iterator[str]:
    """Serve the site as a static host does: the search page asks for its index."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(out))) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playing:
        running = playing.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield running
        running.close()


def pages(out: Path) -> list[str]:
    """Name one page of each kind: of the many sources and terms, the longest."""
    kinds: dict[str, str] = {}
    for path in sorted(out.rglob("*.html"), key=lambda path: (path.stat().st_size, path)):
        name = path.relative_to(out).as_posix()
        folder, _, own = name.rpartition("/")
        if not name.startswith(("20", "pagefind/")):
            kinds[folder if folder and own != "index.html" else name] = name
    return sorted(kinds.values())


def test_every_kind_of_page_is_there(out: Path) -> None:
    kinds = {name.partition("/")[0] for name in pages(out)}
    assert kinds == {"index.html", "sources", "terms", "corrections.html", "search.html", "alignment.html"}


def test_all_that_the_demo_writes_is_valid_and_all_links_lead_somewhere(out: Path) -> None:
    assert site_faults(out) == {}


def grave(tab: Page) -> list[str]:
    """Name what axe finds that is serious or worse, with the first places of each."""
    return [
        f"{violation['id']}: {[node['html'][:120] for node in violation['nodes'][:3]]}"
        for violation in Axe().run(tab).response["violations"]
        if violation["impact"] in GRAVE
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_grave_is_in_anybodys_way(out: Path, base: str, chrome: Browser, scheme: Any) -> None:
    found = {}
    with chrome.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
        tab = context.new_page()
        for name in pages(out):
            tab.goto(base + name)
            found[name] = grave(tab)
        tab.goto("about:blank")  # where no policy forbids the colour
        tab.set_content(
            "<html lang=en><title>T</title><main><h1 style='color:#ccc;background:#fff'>Title</h1><a href=x></a>"
        )
        control = grave(tab)
    assert {name: told for name, told in found.items() if told} == {}
    assert {told.partition(":")[0] for told in control} == {"color-contrast", "link-name"}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(out: Path, base: str, chrome: Browser, width: int) -> None:
    with chrome.new_context(viewport={"width": width, "height": 900}) as context:
        tab = context.new_page()
        wide = {name: wider for name in pages(out) if (wider := _wider(tab, base + name))}
    assert wide == {}


def _wider(tab: Page, address: str) -> int:
    """Give by how many CSS pixels a page is wider than the window."""
    tab.goto(address)
    return int(tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_pages_ask_for_nothing_elsewhere_and_complain_of_nothing(out: Path, base: str, chrome: Browser) -> None:
    with chrome.new_context() as context:
        tab = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        tab.on("pageerror", lambda error: said.append(str(error)))
        for name in pages(out):
            asked.clear()
            tab.goto(base + name)
            tab.wait_for_load_state("networkidle")
            elsewhere = [url for url in asked if not url.startswith((base, "data:"))]
            assert elsewhere == []
            if name != "search.html":  # the one page that loads its index
                assert asked == [base + name]
    assert said == []


# ---- the choice of languages ----------------------------------------------------------------------------------------

CHOOSING = ("index.html", "sources", "terms", "corrections.html")  # kinds of pages beside the days' own that have it
ORDERS = {
    "zh-first": ["zh", "en"], "en-first": ["en", "zh"], "only-zh": ["zh"], "only-en": ["en"],
}  # fmt: skip
# Which languages are seen of the first thing that has both, as it is read; which language words are in.
SEEN = """
() => {
  const seen = all => [...all].filter(e => e.getClientRects().length);
  const two = document.querySelector('main .two.both');
  const place = e => e.getBoundingClientRect();
  return [
    seen(two ? two.querySelectorAll(':scope > .zh, :scope > .en') : [])
      .sort((a, b) => place(a).top - place(b).top || place(a).left - place(b).left).map(e => e.className),
    [...new Set(
      seen(document.querySelectorAll('main i[lang], main .weekdays[lang]')).map(e => e.getAttribute("lang").slice(0, 2))
    )],
  ];
}
"""


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_the_mouse_chooses_languages_on_the_other_pages_too(
    out: Path, base: str, chrome: Browser, scripts: bool
) -> None:
    with chrome.new_context(java_script_enabled=scripts) as context:
        tab = context.new_page()
        for name in (name for name in pages(out) if name.partition("/")[0] in CHOOSING):
            tab.goto(base + name)
            for choice in ("en-first", "only-zh", "only-en", "zh-first"):
                tab.click(f"#{choice}")
                found, said = tab.evaluate(SEEN)
                assert found == ([] if name == "sources/index.html" else ORDERS[choice]), (name, choice)
                assert said in ([], [ORDERS[choice][0]]), (name, choice)


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_keys_alone_choose_on_the_index(base: str, chrome: Browser, scripts: bool) -> None:
    with chrome.new_context(java_script_enabled=scripts) as context:
        tab = context.new_page()
        tab.goto(base + "index.html")
        for _ in range(12):
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.id") == "zh-first":
                break
        tab.keyboard.press("ArrowRight")
        assert tab.evaluate(SEEN) == [["en", "zh"], ["en"]]
        assert "April 2025" in tab.inner_text("main")
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.getAttribute('href')").startswith("2025-04-")
        day = tab.evaluate("document.activeElement.getAttribute('aria-labelledby')")
        assert "Wednesday" in tab.inner_text("#d-2025-04-16")
        assert day.startswith("d-2025-04-")


def test_a_choice_goes_from_a_day_to_the_index_and_back(base: str, chrome: Browser) -> None:
    with chrome.new_context(viewport={"width": 1200, "height": 900}) as context:
        tab = context.new_page()
        tab.goto(base + "2025-04-16.html")
        tab.click("#beside")
        tab.click("#en-first")
        tab.goto(base + "index.html")
        assert tab.evaluate(SEEN) == [["en", "zh"], ["en"]]
        assert tab.get_by_role("link", name="2025-04-16 Wednesday").count() == 1, "the picture's cell is named alike"
        tab.click("#only-zh")
        tab.goto(base + "sources/index.html")
        assert tab.evaluate("[...document.querySelectorAll(':checked')].map(e => e.id)") == ["only-zh"]
        tab.goto(base + "2025-04-16.html")
        assert tab.evaluate("[...document.querySelectorAll(':checked')].map(e => e.id)") == ["only-zh", "beside"]

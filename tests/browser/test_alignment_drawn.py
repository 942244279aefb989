"""The page that shows an alignment, in headless Chromium: what only a browser can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alignment_case import EN, alignment, guessed, side
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from digest.render.alignment import Alignment, alignment_html

pytestmark = pytest.mark.browser

Show = Callable[..., Page]

LONG = "https://a.example/" + "very-long-path-without-a-break_" * 8
SAMPLE = alignment(guessed(alignment().zh))
CROWDED = alignment(
    side("长" * 90, "zh", [["字" * 200], [LONG, "_".join(["snake"] * 40), "短"], ["x" * 150]], title="名" * 120),
    side(LONG, "en", [[each * 9 for each in found] for found in EN], LONG),
)

# Every line that is drawn, by the computed places of what draws it: for each bead the middle's line, and for each
# sentence its bar, its branch (x from, x to, y) and, of several, the stem (y from, y to).
DRAWN = """
() => [...document.querySelectorAll('.bead')].map(bead => {
  const join = bead.querySelector('.join'), box = join.getBoundingClientRect();
  const line = getComputedStyle(join, '::before');
  const px = text => parseFloat(text);
  const sentences = [...bead.querySelectorAll('.s')].map(s => {
    const r = s.getBoundingClientRect(), own = getComputedStyle(s), zh = s.parentElement.matches('.cz');
    const at = which => {
      const style = getComputedStyle(s, which);
      if (style.content === 'none') return null;
      const left = r.left + px(own.borderLeftWidth) + px(style.left), top = r.top + px(style.top);
      return {left, right: left + px(style.width), top, bottom: top + px(style.height)};
    };
    return {zh, edge: zh ? r.right : r.left, top: r.top, bottom: r.bottom, branch: at('::after'), stem: at('::before')};
  });
  return {left: box.left, right: box.right, y: box.top + px(line.top), from: box.left + px(line.left),
          to: box.right - px(line.right), style: line.borderTopStyle, sentences};
})
"""
WIDER = """
() => [...document.querySelectorAll('body *')].filter(e => e.getClientRects().length && !e.closest('.hidden, svg'))
  .filter(e => { const r = e.getBoundingClientRect(); return r.right > innerWidth + 1 || r.left < -1 })
  .map(e => e.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Open an alignment's page in a window of a width, light or dark."""
    opened: list[Any] = []

    def page_of(found: Alignment, width: int = 1440, *, dark: bool = False, **context: Any) -> Page:
        path = tmp_path / f"{len(opened)}.html"
        path.write_text(alignment_html(found), "utf-8")
        scheme = "dark" if dark else "light"
        opened.append(
            browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **context)  # type: ignore[arg-type]
        )
        page: Page = opened[-1].new_page()
        page.goto(path.as_uri())
        return page

    yield page_of
    for each in opened:
        each.close()


@pytest.mark.parametrize("width", [768, 1440])
@pytest.mark.parametrize("found", [SAMPLE, CROWDED], ids=["sample", "crowded"])
def test_the_lines_lead_from_the_middle_to_every_sentence(show: Show, found: Alignment, width: int) -> None:
    for bead in show(found, width).evaluate(DRAWN):
        zh = [each for each in bead["sentences"] if each["zh"]]
        en = [each for each in bead["sentences"] if not each["zh"]]
        assert (bead["from"] == pytest.approx(bead["left"], abs=1)) == bool(zh)  # an open end stops half way
        assert (bead["to"] == pytest.approx(bead["right"], abs=1)) == bool(en)
        for run, edge in ((zh, bead["left"]), (en, bead["right"])):
            for number, each in enumerate(run):
                last_of_several = 0 < number == len(run) - 1
                drawn = each["stem"] if last_of_several else each["branch"]
                ends = sorted((drawn["left"], drawn["right"]))
                assert ends == pytest.approx(sorted((each["edge"], edge)), abs=1)
                y = drawn["bottom"] - 2 if last_of_several else drawn["top"]
                assert each["top"] < y < each["bottom"]
                if number == 0:
                    assert y == pytest.approx(bead["y"], abs=1)
            for upper, lower in pairwise(run):
                assert lower["stem"]["top"] == pytest.approx(upper["bottom"], abs=1)
                assert upper["stem"]["bottom"] == pytest.approx(upper["bottom"], abs=1)
            if len(run) > 1:
                assert run[0]["stem"]["top"] == pytest.approx(bead["y"], abs=1)


def test_verified_unverified_and_left_out_differ_by_more_than_colour(show: Show) -> None:
    page = show(SAMPLE)
    assert [bead["style"] for bead in page.evaluate(DRAWN)] == ["solid", "solid", "dashed", "dotted", "dotted"]
    told = page.locator(".bead .verdict").all_inner_texts()
    assert [text.split()[0] for text in told] == ["同义", "同义", "未核对", "英文中没有", "中文中没有"]


def test_on_a_phone_a_bead_is_its_shape_then_chinese_then_english_along_one_rule(show: Show) -> None:
    page = show(SAMPLE, 360)
    tops = page.evaluate(
        "() => [...document.querySelectorAll('.bead')].map(b => [...b.children]"
        ".sort((x, y) => x.getBoundingClientRect().top - y.getBoundingClientRect().top).map(e => e.className))"
    )
    assert tops == [["join", "side cz", "side ce"]] * 3 + [["join", "side cz"], ["join", "side ce"]]
    rules = page.evaluate("() => [...document.querySelectorAll('.bead')].map(b => getComputedStyle(b).borderLeftStyle)")
    assert rules == ["solid", "solid", "dashed", "dotted", "dotted"]


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
@pytest.mark.parametrize("found", [SAMPLE, CROWDED], ids=["sample", "crowded"])
def test_nothing_runs_out_of_the_window(show: Show, found: Alignment, width: int) -> None:
    page = show(found, width)
    page.evaluate("() => document.querySelectorAll('details').forEach(e => { e.open = true })")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert page.evaluate(WIDER) == []


def test_the_page_asks_for_nothing_and_complains_of_nothing(browser: Browser, show: Show) -> None:
    page = show(SAMPLE, offline=True)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.reload()
    page.locator("image").wait_for()
    assert [url.split(":")[0] for url in asked] in (["file"], ["file", "data"], ["file", "data", "data"])
    assert said == []


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (360, False), (360, True)])
def test_axe_finds_nothing_serious(show: Show, width: int, dark: bool) -> None:
    page = show(SAMPLE, width, dark=dark, bypass_csp=True)  # axe is a script, which the page's own policy refuses
    page.evaluate("() => document.querySelectorAll('details').forEach(e => { e.open = true })")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["impact"]) for each in found if each["impact"] in ("serious", "critical")] == []


def test_the_keyboard_alone_opens_reasons_and_chooses_what_is_shown(show: Show) -> None:
    page = show(SAMPLE)
    doubted = page.locator("#b-3 summary")
    doubted.focus()
    page.keyboard.press("Enter")
    assert page.locator("#b-3 .verdict li").first.is_visible()
    assert "70≠72" in page.locator("#b-3 .verdict").inner_text()
    page.locator("#show-all").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".bead:visible").count() == 3
    page.evaluate("() => { location.hash = '#b-1' }")  # what somebody is led to is never hidden
    assert page.locator(".bead:visible").count() == 4
    page.locator("#words-zh").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#b-3 summary").inner_text().startswith("unverified")


def test_the_picture_leads_to_a_bead_and_is_inverted_where_the_ground_is_dark(show: Show) -> None:
    page = show(SAMPLE)
    page.locator('.picture a[href="#b-4"]').click()
    assert page.url.endswith("#b-4")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.picture image')).filter") == "none"
    dark = show(SAMPLE, dark=True)
    assert dark.evaluate("() => getComputedStyle(document.querySelector('.picture image')).filter") == "invert(1)"


def test_on_paper_the_choices_are_gone_and_the_picture_is_black_on_white(show: Show) -> None:
    page = show(SAMPLE, dark=True)
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 680, "height": 900})  # A4 within its margins: side by side still
    assert page.evaluate("() => getComputedStyle(document.querySelector('.bead')).display") == "grid"
    assert not page.locator(".choices").is_visible()
    assert page.evaluate("() => getComputedStyle(document.querySelector('.picture image')).filter") == "none"
    assert page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"

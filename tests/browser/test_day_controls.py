"""The day's page under a reader's hands: by mouse, by keys, by touch, without JavaScript, and by axe's rules."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import twelve_posts
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

sys.path.append(str(Path(__file__).parent.parent / "render"))

from sample_day import DOUBTFUL, PAIRED, RICH

from digest.model import Correction, Digest
from digest.render import page
from digest.render.frame import Frame

pytestmark = pytest.mark.browser

Open = Callable[..., Page]

PAIR = "#l-00000001"
FRAME = Frame(
    date(2025, 4, 15), date(2025, 4, 17), "corrections@reader.example.org", True,
    ((PAIRED.source, "sources/hf-blog.html"),),
    ((("长上下文语言模型", "long-context language model"), "terms/long-context.html"),),
)  # fmt: skip
FIXED = replace(
    PAIRED.pairs[1],
    correction=Correction("replaced", PAIRED.pairs[0], "“词元” was “标记” here", date(2025, 4, 18), "L. Xiaoman"),
)
DAY = replace(
    RICH,
    abstracts=(replace(RICH.abstracts[0], pairs=(PAIRED.pairs[0], FIXED, *PAIRED.pairs[2:])), *RICH.abstracts[1:]),
    quality=(*RICH.quality, ("corrected", 1)),
)
CHOICES = ("#zh-first", "#en-first", "#only-zh", "#only-en")
# What is seen of the pair's lines, from the top or from the left.
SEEN = """
selector => [...document.querySelectorAll(selector + ' .lines > [lang]')].filter(e => e.getClientRects().length)
  .map(e => [e.getBoundingClientRect(), e.lang]).sort(([a], [b]) => a.top - b.top || a.left - b.left).map(([_, l]) => l)
"""
WIDER = """
[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.hidden'))
  .filter(e => { const r = e.getBoundingClientRect(); return r.width && (r.right > innerWidth + 1 || r.left < -1) })
  .map(e => e.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open a day in a context of its own; nothing but its page may be asked for, and it may complain of nothing."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    said: list[str] = []

    def opened(day: Digest = DAY, *, frame: Frame = FRAME, width: int = 820, height: int = 900, **how: object) -> Page:
        path = tmp_path / f"{day.day}.html"
        path.write_text(page.html(day, frame=frame), "utf-8")
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **how))  # type: ignore[arg-type]
        tab = contexts[-1].new_page()
        contexts[-1].on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(path.as_uri())
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert {url.partition("#")[0].rpartition("/")[2] for url in asked if not url.startswith("data:")} <= {
        f"{DAY.day}.html",
        f"{twelve_posts.day().day}.html",
    }, "a request left the page"
    assert said == []


# ---- the choices -----------------------------------------------------------------------------------------------------

ORDERS = {
    "#zh-first": ["zh-Hans", "en"], "#en-first": ["en", "zh-Hans"], "#only-zh": ["zh-Hans"], "#only-en": ["en"],
}  # fmt: skip


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")], ids=["zh", "en"])
def test_the_mouse_chooses_with_and_without_javascript(show: Open, order: tuple[str, str], scripts: bool) -> None:
    tab = show(replace(DAY, order=order), java_script_enabled=scripts)
    for choice in ("#en-first", "#only-zh", "#only-en", "#zh-first"):
        tab.click(choice)
        assert tab.evaluate(SEEN, PAIR) == ORDERS[choice], choice
        titles = tab.locator(f"#p-{PAIRED.id} h2 > :visible").evaluate_all(
            "all => all.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top).map(e => e.lang)"
        )
        assert titles == ORDERS[choice], choice


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_keys_alone_choose_open_reasons_and_reach_the_source(show: Open, scripts: bool) -> None:
    tab = show(width=1200, java_script_enabled=scripts)
    for _ in range(9):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.id") == "zh-first":
            break
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate(SEEN, PAIR) == ["en", "zh-Hans"]
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "beside"
    tab.keyboard.press("Space")
    assert tab.evaluate("document.querySelector('#beside').checked")
    names = []
    for _ in range(60):
        tab.keyboard.press("Tab")
        here = "document.activeElement.closest('#l-00000002') && "
        name = tab.evaluate(f"{here}[document.activeElement.localName, document.activeElement.textContent.trim()]")
        if name and name[0] == "summary":
            tab.keyboard.press("Enter")
        names += [tuple(name)] if name else []
    kinds = [kind for kind, _ in names]
    assert kinds[:4] == ["a", "a", "a", "summary"], "its address, both lines' sources, what stands behind its mark"
    assert {"链接", "出处", "source"} <= {said for _, said in names}
    assert "a" in kinds[4:], "and the links behind the mark"
    assert tab.locator("#l-00000002 details").evaluate("e => e.open")


def test_the_choice_is_kept_for_the_next_page_and_none_is_made_up(show: Open) -> None:
    tab = show(width=1200)
    assert tab.evaluate("localStorage.length") == 0, "nothing is kept before something is chosen"
    tab.click("#only-en")
    tab.click("#beside")
    tab.reload()
    assert tab.evaluate("[...document.querySelectorAll(':checked')].map(e => e.id)") == ["only-en", "beside"]
    tab.evaluate("localStorage.setItem('digest-reading', 'no-such <b> choice')")
    tab.reload()
    assert tab.evaluate("[...document.querySelectorAll(':checked')].map(e => e.id)") == ["zh-first"]


def test_refused_storage_changes_nothing(show: Open) -> None:
    tab = show()
    tab.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    tab.reload()
    tab.click("#en-first")
    assert tab.evaluate(SEEN, PAIR) == ["en", "zh-Hans"]


# ---- side by side ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", ["#zh-first", "#en-first"])
def test_side_by_side_lines_begin_together_in_columns_of_whole_characters(show: Open, choice: str) -> None:
    tab = show(width=1440)
    tab.click(choice)
    tab.click("#beside")
    assert tab.evaluate(SEEN, PAIR) == ORDERS[choice], "the first language stands at the left"
    boxes = tab.locator(f"{PAIR} .lines > [lang]").evaluate_all(
        "all => all.map(e => [e.getBoundingClientRect(), getComputedStyle(e)])"
        ".map(([r, s]) => [r.top, r.width / parseFloat(s.fontSize), s.fontSize, s.lineHeight])"
    )
    assert abs(boxes[0][0] - boxes[1][0]) < 1
    assert boxes[0][2:] == boxes[1][2:], "one size, one leading"
    assert all(30 <= measure <= 38 and abs(measure - round(measure)) < 0.01 for _, measure, *_ in boxes)
    left = "e => Math.round(e.getBoundingClientRect().left)"
    for place in (f"#p-{PAIRED.id} h2 > .%s", f"{PAIR} .%s"):
        second = "en" if choice == "#zh-first" else "zh"
        assert tab.locator(place % second).evaluate(left) == tab.locator(f"#l-00000002 .{second}").evaluate(left)


def test_stacked_lines_hold_whole_characters(show: Open) -> None:
    for width in (360, 768, 1440):
        tab = show(width=width)
        zi = tab.locator(f"{PAIR} .zh").evaluate(
            "e => e.getBoundingClientRect().width / parseFloat(getComputedStyle(e).fontSize)"
        )
        assert abs(zi - round(zi)) < 0.01
        assert zi <= 41


# Of pairs with a plain verdict: is it level with the last row of the second line, and does it cover any of its text
# (a link's box is higher than its row), does it stay within the column?
VERDICTS = """
second => [...document.querySelectorAll('.pair.both .lines:has(> details:not(.keep))')].map(lines => {
  const text = document.createRange(), mark = lines.querySelector('summary').getBoundingClientRect();
  text.selectNodeContents(lines.querySelector(':scope > .' + second));
  const rows = [...text.getClientRects()].filter(r => r.width > 1), last = Math.max(...rows.map(r => r.bottom));
  return [
    mark.top < last,
    rows.some(r => r.right > mark.left && r.left < mark.right && r.bottom - 6 > mark.top && r.top < mark.bottom),
    mark.right <= lines.getBoundingClientRect().right + 1,
  ];
})
"""


@pytest.mark.parametrize("width", [360, 500, 820])
@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")], ids=["zh", "en"])
def test_a_plain_verdict_stands_beside_the_second_line_in_the_other_order_too(
    show: Open, order: tuple[str, str], width: int
) -> None:
    tab = show(replace(twelve_posts.day(), order=order), width=width)
    tab.click(f"#{order[1]}-first")
    found = tab.evaluate(VERDICTS, order[0])
    assert len(found) > 10
    assert width < 800 or all(level for level, _, _ in found), "where the rows have room"
    assert {tuple(rest) for _, *rest in found} == {(False, True)}, "nothing covered, within the column"
    first = tab.locator(".pair.both .lines:has(> details:not(.keep))").first
    closed = first.evaluate("e => e.getBoundingClientRect().height")
    first.locator("summary").click()
    assert first.locator("details p").first.is_visible()
    assert first.evaluate("e => e.getBoundingClientRect().height") > closed


# ---- what stands behind a pair ---------------------------------------------------------------------------------------


def test_a_tap_leads_from_a_line_to_its_sentence(show: Open) -> None:
    tab = show(width=360, has_touch=True, is_mobile=True)
    for number in (1, 2, 0x15, 0x1F):
        lines = tab.locator(f"#l-{number:08x} .lines > [lang]")
        for k in range(lines.count()):
            link = lines.nth(k).locator("> a")
            assert "#:~:text=" in (link.get_attribute("href") or "")
            box = link.bounding_box()
            assert box
            assert box["width"] >= 16
            assert box["height"] >= 16
    place = tab.locator(f"{PAIR} .en > a").evaluate("e => getComputedStyle(e, '::after').content")
    assert "↗" in place


def test_the_panel_says_where_who_and_how_to_report(show: Open) -> None:
    tab = show(java_script_enabled=False)
    panel = tab.locator(f"{PAIR} details")
    assert not panel.locator("p").first.is_visible()
    panel.locator("summary").click()
    said = panel.inner_text()
    assert "zh ¶4: 1–39; en ¶4: 1–109" in said
    assert "人译 · human" in said
    assert "林小满、Wei Zhang" in said
    link = panel.get_by_role("link", name="报错 · report").get_attribute("href") or ""
    assert link.startswith("mailto:corrections@reader.example.org?")
    assert "00000001" in link
    alone = tab.locator("#l-00000015 details")
    alone.locator("summary").click()
    assert "en ¶4:" in alone.inner_text()
    assert alone.get_by_role("link", name="报错 · report").count() == 1


def test_without_an_address_for_reports_there_is_no_link(show: Open) -> None:
    assert show(frame=Frame()).get_by_role("link", name="报错").count() == 0


def test_a_corrected_pair_says_so_and_what_it_said_before(show: Open) -> None:
    tab = show()
    mark = tab.locator("#l-00000002 details")
    assert mark.locator("summary").inner_text().startswith("勘误")
    mark.locator("summary").click()
    said = mark.inner_text()
    for part in ("“词元” was “标记” here", "2025-04-18", "L. Xiaoman", "更正前", "约束让我们可以左右模型的输出"):
        assert part in said
    assert mark.locator("a[href='corrections.html#00000002']").count() == 1
    tab.click("#only-zh")
    assert mark.locator("summary").inner_text().startswith("勘误"), "in every choice"


def test_doubt_is_told_by_a_word_and_a_line_not_by_colour_alone(show: Open) -> None:
    tab = show()
    style = "e => getComputedStyle(e).borderLeftStyle"
    assert tab.locator(PAIR).evaluate(style) == "solid"
    assert tab.locator("#l-0000000c").evaluate(style) == "dotted"
    assert tab.locator("#l-00000015").evaluate(style) == "dashed"
    assert "未核对" in tab.locator("#l-0000000c summary").inner_text()


# ---- addresses, ways -------------------------------------------------------------------------------------------------


def test_every_post_and_pair_has_an_address_to_take_along(show: Open) -> None:
    tab = show()
    own = tab.locator(":is(.post, .pair) > a")
    assert own.count() == tab.locator(".post, .pair").count()
    assert own.evaluate_all("all => all.every(a => a.hash == '#' + a.parentElement.id)")
    sign = tab.locator(f"{PAIR} > a")
    opacity = "e => getComputedStyle(e).opacity"
    assert sign.evaluate(opacity) == "0"
    tab.hover(f"{PAIR} .zh")
    assert sign.evaluate(opacity) == "1"
    sign.click()
    assert tab.evaluate("location.hash") == PAIR
    ground = "e => getComputedStyle(e).backgroundColor"
    assert tab.locator(PAIR).evaluate(ground) != tab.locator("#l-00000002").evaluate(ground), "it is seen which one"
    touch = show(width=360, has_touch=True, is_mobile=True)
    assert touch.locator(".post > a").first.evaluate(opacity) == "1", "no pointer has to hover"
    assert touch.locator(f"{PAIR} > a").evaluate(opacity) == "0"
    touch.locator(f"{PAIR} summary").first.click()
    assert touch.locator(f"{PAIR} > a").evaluate(opacity) == "1", "of a pair that is opened"


def test_the_head_leads_to_other_days_and_pages(show: Open) -> None:
    tab = show()
    ways = tab.locator(".when a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert ways == ["2025-04-15.html", "2025-04-17.html", "index.html", "search.html", "index.html#feeds"]
    assert tab.locator(f"#p-{PAIRED.id} .facts a").first.get_attribute("href") == "sources/hf-blog.html"
    assert tab.locator(".gloss a").first.get_attribute("href") == "terms/long-context.html"
    alone = show(frame=Frame())
    assert alone.locator(".when a").count() == 2
    assert alone.locator(".gloss a").count() == 0


def test_the_quality_box_says_what_the_day_counts(show: Open) -> None:
    tab = show()
    told = tab.locator(".quality dl > div").evaluate_all("all => all.map(e => e.querySelector('dd').innerText)")
    assert sorted(map(int, told)) == sorted(count for _, count in DAY.quality)
    box = tab.locator(".quality dl").first.inner_text()
    assert "已核对" in box
    assert "勘误" in box


# ---- widths, rules, paper, size --------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("day", [DAY, twelve_posts.day()], ids=["rich", "twelve"])
def test_nothing_scrolls_sideways(show: Open, day: Digest, width: int) -> None:
    tab = show(day, width=width)
    for choice in (*CHOICES, *(["#beside", "#en-first"] if width > 960 else [])):
        tab.click(choice)
        tab.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate(WIDER) == [], choice


@pytest.mark.parametrize("letters", [70, 200])
def test_a_long_name_of_a_source_breaks(show: Open, letters: int) -> None:
    name = ("The Newsletter of Engineers Who Read Slowly and Build Things " * 4)[:letters].strip()
    long = replace(PAIRED, source=name)
    tab = show(
        replace(DAY, abstracts=(long, *DAY.abstracts[1:])), width=360,
        frame=replace(FRAME, sources=((name, "sources/long.html"),)),
    )  # fmt: skip
    assert tab.locator(".facts a", has_text=name).count() == 1
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert tab.evaluate(WIDER) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(show: Open, scheme: str) -> None:
    tab = show(width=1440, color_scheme=scheme)
    axe = Axe()
    for choice in ("#zh-first", "#only-zh", "#only-en", "#en-first", "#beside"):
        tab.click(choice)
        tab.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        found = axe.run(tab).response["violations"]
        grave = [(each["id"], [node["html"][:90] for node in each["nodes"][:3]]) for each in found
                 if each["impact"] in ("serious", "critical")]  # fmt: skip
        assert grave == [], choice


def test_axe_sees_what_is_wrong(show: Open) -> None:
    """A judge that finds nothing anywhere proves nothing."""
    tab = show()
    tab.evaluate("document.querySelector('.zh').style.color = '#ddd'")
    assert "color-contrast" in {each["id"] for each in Axe().run(tab).response["violations"]}


def test_on_paper_posts_have_their_addresses_and_nothing_to_tap(show: Open) -> None:
    tab = show()
    tab.locator(f"{PAIR} summary").click()
    tab.emulate_media(media="print")
    address = tab.locator(f"#p-{PAIRED.id} h2 > .zh").evaluate("e => getComputedStyle(e, '::after').content")
    assert address == f'"{PAIRED.url.zh}"'
    for gone in (".pills", f"{PAIR} > a", f"{PAIR} .zh > a", ".reasons", f"{PAIR} details p"):
        assert not tab.locator(gone).first.is_visible(), gone
    assert "未核对" in tab.locator(f"#p-{DOUBTFUL.id}").inner_text()
    assert tab.locator(PAIR).evaluate("e => getComputedStyle(e).breakInside") == "avoid"
    assert tab.pdf(format="A4")[:5] == b"%PDF-"


def test_a_day_of_twelve_posts_is_within_its_budget(show: Open) -> None:
    day = twelve_posts.day()
    text = page.html(day, frame=twelve_posts.frame())
    assert len(re.findall('class="pair', text)) == twelve_posts.POSTS * twelve_posts.PAIRS
    assert len(text.encode()) <= 150_000
    tab = show(day, frame=twelve_posts.frame())
    assert tab.locator(".post").count() == twelve_posts.POSTS

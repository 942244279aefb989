"""The page in headless chromium: what only a browser can tell."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from devtools import Page

sys.path.append(str(Path(__file__).parent.parent / "render"))

from sample_day import CARDED, DAY, EMPTY, NEWLY, OUTLINED, PAIRED, REPAIRED, RICH, fact, glossed, line, pair

from digest.model import Both, Digest, Failure, Listed, Verdict
from digest.render import archive, page, site
from digest.render.masthead import Masthead

pytestmark = pytest.mark.browser

Open = Callable[..., Page]

LONG = "https://a.example/" + "very-long-path-without-a-break_" * 12
LISTED = Listed(
    "12", Both("另" * 90, "Elsewhere" * 20), Both(LONG, None), "s" * 90, PAIRED.published, "same", "34", DAY.day
)
CROWDED = dataclasses.replace(
    DAY,
    title="HF 博客日报" + "长" * 60,
    abstracts=(
        dataclasses.replace(
            PAIRED,
            title=Both("字" * 90, "Unbreakable" * 20),
            credits=("名" * 60,),
            pairs=(
                pair(1, line("x" * 200, "zh", "x" * 200), line(LONG, "en"), Verdict(0.5, False, None, ("r" * 150,))),
                pair(2, None, line("_".join(["snake"] * 60), "en")),
            ),
            card=(fact("name" * 10, "value" * 60), fact("code", "owner/" + "name" * 40, LONG)),
            outline=(pair(3, line("章" * 80, "zh"), line("Chapter" * 30, "en")),),
            genre="kind" * 20,
            also=(LISTED,),
            weighed=CARDED.weighed,
        ),
        dataclasses.replace(
            CARDED,
            card=(fact("size", "s" * 90), fact("code", "owner/" + "name" * 40, LONG)),
            pairs=(pair(4, None, glossed(line("term" * 40, "en"), ("term" * 40, "术" * 60))),),
        ),
    ),
    newly=(dataclasses.replace(NEWLY, title=Both("字" * 90, "Unbreakable" * 20)),),
    rest=(LISTED,),
    failures=(Failure(LONG, "fetch", "r" * 300),),
    signature="s" * 300,
)
MENDED = dataclasses.replace(DAY, abstracts=(REPAIRED, PAIRED), quality=(("guessed", 482), ("unsure", 3)))
EVIL = (
    "</bdi><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "<style>*{display:none}</style>"
)
HOSTILE = dataclasses.replace(
    DAY,
    title=EVIL,
    abstracts=(
        dataclasses.replace(
            PAIRED,
            title=Both(EVIL, "[x](javascript:document.title='owned')"),
            url=Both("javascript:document.title='owned'", 'https://a.example/" onclick="document.title=1'),
            pairs=(pair(1, line(EVIL, "zh"), line(EVIL, "en"), Verdict(0.9, True, "exact", (EVIL,))),),
        ),
    ),
    failures=(Failure("javascript:document.title='owned'", EVIL, EVIL),),
)

# Every element with a text of its own: its text, colours and contrast by WCAG 2.2 (relative luminance), where visible.
CONTRASTS = """
(() => {
  const part = c => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = part(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.getClientRects().length) continue;
    const [a, b] = [light(part(getComputedStyle(e).color)), light(ground(e))];
    found.push([walk.currentNode.data.trim().slice(0, 30), (Math.max(a, b) + .05) / (Math.min(a, b) + .05)]);
  }
  return found;
})()
"""
WIDER = """
[...document.querySelectorAll('body *')].filter(e => e.getClientRects().length && !e.closest('.hidden'))
  .filter(e => { const r = e.getBoundingClientRect(); return r.right > innerWidth + 1 || r.left < -1 })
  .map(e => e.outerHTML.slice(0, 80))
"""
# The visible lines of the pair by language, from top to bottom, then from left to right.
ORDER = """
[...document.querySelectorAll('#l-00000001 .lines > div')].filter(e => e.getClientRects().length)
  .map(e => [e.getBoundingClientRect(), e.lang])
  .sort(([a], [b]) => a.top - b.top || a.left - b.left).map(([_, lang]) => lang)
"""
# The mark stands on the last row of the line, at its right.
BEHIND = """
(([[a], [b]]) => b.left >= a.right - 1 && b.top < a.bottom && b.bottom > a.top)(
  ['.%s', 'summary'].map(name => [...document.querySelector('#l-00000003 ' + name).getClientRects()].slice(-1)))
"""
MARKS_TOP = """
document.querySelector('#l-00000003 summary').getBoundingClientRect().top -
  document.querySelector('#l-00000003 .zh').getBoundingClientRect().top
"""
MARKS = "[...document.querySelectorAll('#l-%s .mark')].filter(e => e.getClientRects().length).map(e => e.innerText)"


@pytest.fixture
def show(show_text: Open) -> Iterator[Open]:
    """Open a digest (or a page's text) in a new tab; what a reader chose is forgotten with the test."""
    tabs: list[Page] = []

    def opened(day: Digest | str, **how: object) -> Page:
        tabs.append(show_text(day if isinstance(day, str) else page.html(day), **how))
        return tabs[-1]

    yield opened
    for tab in tabs[:1]:
        tab.run("localStorage.clear()")


def index() -> str:
    days = [site.json_text(CROWDED), site.json_text(EMPTY)]
    return archive.index_html(days, Masthead(DAY.title, "", ("zh", "en")))


PAGES: dict[str, Callable[[], str]] = {
    "day": lambda: page.html(DAY),
    "english": lambda: page.html(dataclasses.replace(DAY, order=("en", "zh"))),
    "crowded": lambda: page.html(CROWDED),
    "repaired": lambda: page.html(MENDED),
    "full": lambda: page.html(RICH),
    "full-english": lambda: page.html(dataclasses.replace(RICH, order=("en", "zh"))),
    "empty": lambda: page.html(EMPTY),
    "index": index,
}


@pytest.mark.parametrize("width", [320, 360, 820, 1200])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_out_of_the_window(show: Open, name: str, width: int) -> None:
    tab = show(PAGES[name](), width=width)
    assert tab.run("document.documentElement.scrollWidth") <= width
    assert tab.run("innerWidth") == width, "the page is not zoomed out to fit"
    assert tab.run(WIDER) == []


def test_nothing_runs_out_with_reasons_open_and_lines_side_by_side(show: Open) -> None:
    tab = show(CROWDED, width=1200)
    tab.click("#beside")
    tab.click(".pair details summary")
    assert tab.run("document.querySelector('.pair details').open") is True
    assert tab.run(WIDER) == []
    narrow = show(CROWDED, width=360)
    narrow.click(".pair details summary")
    assert narrow.run("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [320, 820])
def test_nothing_runs_out_with_what_is_behind_the_taps(show: Open, width: int) -> None:
    for day in (RICH, CROWDED):
        tab = show(day, width=width)
        tab.run("document.querySelectorAll('details').forEach(e => e.open = true)")
        assert tab.run("document.documentElement.scrollWidth") <= width
        assert tab.run(WIDER) == []


@pytest.mark.parametrize("name", PAGES)
def test_the_page_asks_for_nothing_and_complains_of_nothing(show: Open, name: str) -> None:
    tab = show(PAGES[name]())
    assert [url for url in tab.requests() if not url.startswith("data:")] == [tab.run("location.href")]
    assert tab.complaints() == []


def test_the_style_is_let_through_by_its_own_policy(show: Open) -> None:
    assert show(DAY).run("getComputedStyle(document.querySelector('.pair')).borderLeftWidth") == "3px"


def test_a_page_changed_after_it_was_sealed_loses_its_style(show: Open) -> None:
    """The policy is real: it stops what the page did not mean to say, and the log of complaints sees it."""
    tab = show(page.html(DAY).replace("<style>", "<style>body{color:red}"))
    assert tab.run("getComputedStyle(document.querySelector('.pair')).borderLeftWidth") == "0px"
    assert any("Content Security Policy" in text for text in tab.complaints())


def test_hostile_text_stays_text(show: Open) -> None:
    tab = show(HOSTILE)
    assert tab.run("document.title").startswith("</bdi><script>")
    assert tab.run("document.scripts.length") == 1, "the page's own"
    assert tab.run("document.images.length") == 0
    assert tab.run("[...document.links].filter(a => !/^https?:|^file:/.test(a.protocol)).length") == 0
    assert tab.run("document.querySelectorAll('[onclick], [onerror]').length") == 0
    assert "<script>" in tab.run("document.querySelector('.pair .zh').innerText")
    assert len([url for url in tab.requests() if not url.startswith("data:")]) == 1
    assert tab.complaints() == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("choice", ["#zh-first", "#en-first", "#only-zh", "#only-en"])
def test_every_text_stands_out_from_its_ground(show: Open, choice: str, dark: bool) -> None:
    crowded = dataclasses.replace(RICH, abstracts=(*RICH.abstracts, *CROWDED.abstracts[:1]), failures=CROWDED.failures)
    tab = show(crowded, dark=dark)
    tab.click(choice)
    tab.run("document.querySelectorAll('details').forEach(e => e.open = true)")
    found = tab.run(CONTRASTS)
    assert len(found) > 60
    assert [(text, round(ratio, 2)) for text, ratio in found if ratio < 4.5] == []


def test_dark_mode_is_dark(show: Open) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light, dark = show(DAY).run(ground), show(DAY, dark=True).run(ground)
    assert light != dark
    assert sum(map(int, dark[4:-1].split(","))) < 120 < 600 < sum(map(int, light[4:-1].split(",")))


@pytest.mark.parametrize(
    ("selector", "family"),
    [("#l-00000001 .zh", "CJK"), ("#p-f6a7b8c9 h2 > .zh", "CJK TC"), ("#p-d4e5f6a7 h2 > .zh", "CJK SC")],
)
def test_chinese_is_set_in_a_chinese_font(show: Open, selector: str, family: str) -> None:
    """A box for a missing glyph would come from a Latin font; here the fonts in use are asked for."""
    tab = show(DAY)
    root = tab.ask("DOM.getDocument")["root"]["nodeId"]
    node = tab.ask("DOM.querySelector", nodeId=root, selector=f"{selector} bdi")["nodeId"]
    fonts = tab.ask("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]
    assert any(family in font["familyName"] for font in fonts), fonts


def test_code_is_set_in_a_fixed_pitch(show: Open) -> None:
    widths = """
    (() => {
      const code = document.querySelector('#l-00000003 .en code');
      return ['iiii', 'MMMM'].map(text => { code.textContent = text; return code.getBoundingClientRect().width });
    })()
    """
    narrow, wide = show(DAY).run(widths)
    assert narrow == pytest.approx(wide)


def test_a_click_chooses_the_order(show: Open) -> None:
    tab = show(DAY)
    assert tab.run(ORDER) == ["zh-Hans", "en"]
    for choice, lines in {
        "#en-first": ["en", "zh-Hans"],
        "#only-zh": ["zh-Hans"],
        "#only-en": ["en"],
        "#zh-first": ["zh-Hans", "en"],
    }.items():
        tab.click(choice)
        assert tab.run(ORDER) == lines, choice


def test_the_keyboard_alone_chooses_the_order(show: Open) -> None:
    tab = show(DAY)
    for _ in range(5):
        tab.key("Tab", 9)
        if tab.run("document.activeElement.id") == "zh-first":
            break
    assert tab.run("document.activeElement.id") == "zh-first"
    assert tab.run("getComputedStyle(document.activeElement.parentElement).outlineStyle") == "solid", "focus is seen"
    tab.key("ArrowRight", 39)
    assert tab.run("document.activeElement.id") == "en-first"
    assert tab.run(ORDER) == ["en", "zh-Hans"]


def test_the_reader_of_english_begins_with_english(show: Open) -> None:
    tab = show(dataclasses.replace(DAY, order=("en", "zh")))
    assert tab.run(ORDER) == ["en", "zh-Hans"]
    assert "not translated" in tab.run("document.querySelector('.glance').innerText")
    assert "未译" not in tab.run("document.querySelector('.glance').innerText")


@pytest.mark.parametrize("choice", ["#only-zh", "#only-en"])
def test_a_line_that_exists_in_one_language_is_shown_whatever_the_choice(show: Open, choice: str) -> None:
    tab = show(DAY)
    tab.click(choice)
    for alone in ("00000015", "0000001f"):
        assert tab.run(f"document.querySelector('#l-{alone} .lines > div').getClientRects().length") > 0
        assert "未译 · not translated" in tab.run(f"document.querySelector('#l-{alone}').innerText")


def test_the_verdict_stands_once_at_the_end_of_the_second_line(show: Open) -> None:
    tab = show(DAY)
    assert tab.run(MARKS % "00000001") == ["多半确切 0.81"]
    assert tab.run(BEHIND % "en") is True
    tab.click("#en-first")
    assert tab.run(MARKS % "00000001") == ["likely exact 0.81"]
    assert tab.run(MARKS_TOP) > 0, "in the order that the page was not written in, below it"


def test_with_one_language_only_doubt_and_machines_are_still_told(show: Open) -> None:
    tab = show(DAY)
    tab.click("#only-zh")
    small = "getComputedStyle(document.querySelector('#l-%s summary')).fontSize"
    assert tab.run(small % "00000001") == "0px", "a sign is left, and what stands behind it"
    for told, number in (("未核对 0.61", "0000000c"), ("机译 · 同义 0.90", "0000000d")):
        assert tab.run(MARKS % number) == [told]
        assert tab.run(small % number) != "0px"


def test_the_keyboard_opens_the_reasons_of_a_verdict(show: Open) -> None:
    tab = show(DAY)
    seen = "document.querySelector('#l-0000000c p').getClientRects().length > 0"
    assert tab.run(seen) is False
    tab.run("document.querySelector('#l-0000000c summary').focus()")
    tab.key("Enter", 13, "\r")
    assert tab.run(seen) is True
    assert "数字不符：70≠72" in tab.run("document.querySelector('#l-0000000c').innerText")


def test_side_by_side_is_a_choice_of_wide_windows(show: Open) -> None:
    tops = (
        "[...document.querySelectorAll('#l-00000001 .lines > div')].map(e => Math.round(e.getBoundingClientRect().top))"
    )
    wide = show(DAY, width=1200)
    wide.click("#beside")
    assert len(set(wide.run(tops))) == 1
    wide.click("#en-first")
    assert wide.run(ORDER) == ["en", "zh-Hans"], "the first language stands at the left"
    narrow = show(DAY, width=360)
    assert narrow.run("document.querySelector('#beside').getClientRects().length") == 0
    assert len(set(narrow.run(tops))) == 2


def test_the_glance_leads_to_its_post(show: Open) -> None:
    tab = show(DAY)
    tab.click(".glance a[href='#p-d4e5f6a7']")
    assert tab.run("location.hash") == "#p-d4e5f6a7"
    assert tab.run("document.querySelector(':target').tagName") == "ARTICLE"


def test_nothing_is_italic(show: Open) -> None:
    assert show(DAY).run("[...document.querySelectorAll('*')].every(e => getComputedStyle(e).fontStyle === 'normal')")


def test_on_paper_the_pills_are_gone_and_the_ground_is_white(show: Open) -> None:
    tab = show(DAY, dark=True)
    tab.ask("Emulation.setEmulatedMedia", media="print")
    assert tab.run("document.querySelector('.pills').getClientRects().length") == 0
    assert tab.run("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


SIGNS = """
[...document.querySelectorAll('.guesses')].filter(e => e.getClientRects().length).map(e => e.innerText)
"""


@pytest.mark.parametrize(("choice", "word"), [("#zh-first", "猜读"), ("#en-first", "guessed"), ("#only-zh", "猜读")])
def test_the_sign_of_a_guess_stands_at_its_line_whatever_is_chosen(show: Open, choice: str, word: str) -> None:
    tab = show(MENDED)
    tab.click(choice)
    assert tab.run(SIGNS) == [f"{word} 2", f"{word} 1"]
    assert tab.run("getComputedStyle(document.querySelector('u.guess')).textDecorationStyle") == "dotted"


def test_what_a_guess_may_be_opens_at_a_touch(show: Open) -> None:
    tab = show(MENDED, width=360)
    tab.click(".guesses summary")
    assert "也可能是 再、存" in tab.run("document.querySelector('.guesses').innerText")
    assert tab.run("document.documentElement.scrollWidth") <= 360


OUTLINE = f"document.querySelector('#p-{OUTLINED.id} .outline').innerText"


def test_the_outline_follows_the_order_that_is_chosen(show: Open) -> None:
    for order in (("zh", "en"), ("en", "zh")):
        tab = show(dataclasses.replace(RICH, order=order))
        for choice, begins in {
            "#zh-first": "介绍 Introduction · 示例",
            "#en-first": "Introduction 介绍 · Example",
            "#only-zh": "介绍 · 示例：强制单词 · ",
            "#only-en": "Introduction · Example: forcing a word · ",
        }.items():
            tab.click(choice)
            assert " ".join(tab.run(OUTLINE).split()).startswith(begins.strip()), (order, choice)


@pytest.mark.parametrize(
    ("choice", "label", "kind"),
    [("#only-zh", "规模", "评测"), ("#only-en", "Size", "benchmark"), ("#en-first", "Size", "benchmark")],
)
def test_the_card_speaks_the_language_that_is_chosen(show: Open, choice: str, label: str, kind: str) -> None:
    tab = show(RICH)
    tab.click(choice)
    card = tab.run("document.querySelector('.card').innerText")
    assert label in card
    assert kind in card
    assert "“59 models”" in card
    glance = tab.run("document.querySelector('.glance').innerText")
    assert kind in glance
    assert "example-lab/long-context" in glance


def test_why_lines_were_chosen_is_behind_a_tap_and_a_key(show: Open) -> None:
    tab = show(RICH)
    shut = (
        "document.querySelector('.reasons ol').getClientRects().length > 0 && document.querySelector('.reasons').open"
    )
    assert tab.run(shut) is False
    tab.run("document.querySelector('.reasons summary').focus()")
    tab.key("Enter", 13, "\r")
    assert tab.run(shut) is True
    assert "切合全文 +1.02" in tab.run("document.querySelector('.reasons').innerText")
    tab.click(".reasons summary")
    assert tab.run(shut) is False


def test_what_is_newly_translated_is_one_tap_away(show: Open) -> None:
    tab = show(RICH)
    tab.click(".glance a[href='#newly']")
    assert tab.run("location.hash") == "#newly"
    assert "距原文 21 天" in tab.run("document.querySelector(':target').innerText")


def test_a_term_and_its_gloss_have_the_accent(show: Open) -> None:
    tab = show(RICH)
    colour = "getComputedStyle(document.querySelector('#l-00000015 .%s')).color"
    assert tab.run(colour % "term") == tab.run(colour % "gloss")
    assert tab.run(colour % "gloss") != tab.run("getComputedStyle(document.querySelector('#l-00000015 .en')).color")


def test_the_rest_is_readable_on_paper(show: Open) -> None:
    tab = show(RICH, dark=True)
    tab.ask("Emulation.setEmulatedMedia", media="print")
    assert [(text, ratio) for text, ratio in tab.run(CONTRASTS) if ratio < 4.5] == []
    assert "超出当日上限" in tab.run("document.querySelector('#rest').innerText")

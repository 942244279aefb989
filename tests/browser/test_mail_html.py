"""A mail's HTML in headless chromium: whatever a post says stays text, and both lines of a pair are seen."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from devtools import Page
from hostile_texts import LARGE, PAYLOADS, hostile, hostile_day, shape, watched

sys.path.append(str(Path(__file__).parent.parent / "render"))

from sample_day import DAY, PAIRED, RICH, line, pair

from digest.model import Failure
from digest.recorded import digest_of
from digest.render.mail import letter
from digest.render.site import json_text

pytestmark = pytest.mark.browser

Show = Callable[..., Page]


@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")], ids=["zh-first", "en-first"])
@pytest.mark.parametrize(
    "unsubscribe", ["", "javascript:owned=1", 'mailto:a@b.example?subject="><script>owned=1</script>']
)
def test_hostile_text_stays_text(show_text: Show, order: tuple[str, str], unsubscribe: str) -> None:
    digest = digest_of(json_text(hostile_day(order)), "a hostile day")
    said = letter(digest, unsubscribe=unsubscribe, limit=LARGE)
    assert (said.shown, said.left) == (len(PAYLOADS) + 15, 0)
    tab = show_text(said.html, width=700)
    sound = letter(hostile_day(order, ["sound words"] * 20), unsubscribe="mailto:a@b.example", limit=LARGE)
    assert watched(tab, shape(show_text(sound.html))) == {}
    text = tab.run("document.body.textContent")
    for payload in PAYLOADS:
        if payload.isprintable() and "\u202e" not in payload and payload == " ".join(payload.split()):
            assert text.count(payload) > 5, payload


# Each line of a pair: whether it is seen, within the window, and its contrast by WCAG 2.2 against the ground it has.
SEEN = """
(() => {
  const part = c => c.match(/[\\d.]+/g).map(Number);
  const probe = document.body.appendChild(document.createElement('div'));
  probe.style.background = 'Canvas';
  const canvas = part(getComputedStyle(probe).backgroundColor).slice(0, 3);
  probe.remove();
  const over = (top, alpha, ground) => top.map((v, i) => v * alpha + ground[i] * (1 - alpha));
  const ground = e => {
    if (!e) return canvas;
    const [r, g, b, alpha = 1] = part(getComputedStyle(e).backgroundColor);
    return over([r, g, b], alpha, ground(e.parentElement));
  };
  const opacity = e => e ? getComputedStyle(e).opacity * opacity(e.parentElement) : 1;
  const light = rgb => rgb.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, range = document.createRange();
    range.selectNodeContents(walk.currentNode);
    const boxes = [...range.getClientRects()].filter(r => r.width && r.height);
    if (!walk.currentNode.data.trim() || !boxes.length) continue;
    const under = ground(e), style = getComputedStyle(e), [r, g, b, alpha = 1] = part(style.color);
    const [x, y] = [light(over([r, g, b], alpha * opacity(e), under)), light(under)];
    found.push({
      text: walk.currentNode.data.trim(), ratio: (Math.max(x, y) + .05) / (Math.min(x, y) + .05),
      inside: boxes.every(r => r.left >= 0 && r.right <= innerWidth + 1), size: parseFloat(style.fontSize),
    });
  }
  return found;
})()
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 700])
@pytest.mark.parametrize("name", ["day", "rich", "english"])
def test_both_lines_of_a_pair_are_seen(show_text: Show, name: str, width: int, dark: bool) -> None:
    digest = {"day": DAY, "rich": RICH, "english": dataclasses.replace(RICH, order=("en", "zh"))}[name]
    tab = show_text(letter(digest, limit=LARGE).html, width=width, dark=dark)
    assert tab.run("innerWidth") == width, "the mail is not zoomed out to fit"
    assert tab.run("document.documentElement.scrollWidth") <= width
    found = tab.run(SEEN)
    assert [each for each in found if not each["inside"]] == []
    assert [(each["text"], round(each["ratio"], 1)) for each in found if each["ratio"] < 4.5] == []
    seen = "".join(each["text"] for each in found).replace(" ", "")
    for both in PAIRED.pairs:
        for each in (both.zh, both.en):
            assert each
            assert each.text.replace(" ", "") in seen
    assert min(each["size"] for each in found) >= 11, "pixels"


def test_a_mail_in_the_dark_is_dark(show_text: Show) -> None:
    """Else the contrasts above were those of a light page."""
    html = letter(DAY).html
    colour = "getComputedStyle(document.querySelector('h1, h2, h3')).color"
    assert show_text(html).run(colour) != show_text(html, dark=True).run(colour)


@pytest.mark.parametrize("width", [360, 700])
def test_nothing_is_wider_than_the_window(show_text: Show, width: int) -> None:
    """Texts without a place to break, in every part of a post."""
    long = "https://a.example/" + "very-long-path-without-a-break_" * 12
    post = hostile(1, long)
    solid = dataclasses.replace(post, pairs=(pair(1, line("字" * 300, "zh"), line("x" * 300, "en")),))
    digest = dataclasses.replace(
        DAY, title=long, abstracts=(post, solid), newly=(post,), rest=post.also, signature=long,
        failures=(Failure(long, "fetch", long),),
    )  # fmt: skip
    tab = show_text(letter(digest, limit=LARGE, unsubscribe=f"mailto:{'a' * 99}@a.example").html, width=width)
    assert tab.run("document.documentElement.scrollWidth") <= width
    assert [each["text"][:40] for each in tab.run(SEEN) if not each["inside"]] == []

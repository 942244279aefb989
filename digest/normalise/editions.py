"""Document → where its other-language edition may be: twin rule, footer line, hreflang, language switch.

What a page says of other editions (its clues) is gathered while the page is read; the source's twin rule joins here.
Nothing is believed yet: whoever fetches a candidate checks that it is an edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from digest.model import Clue, Document, Paragraph, base_lang
from digest.normalise.elements import absolute

Element = Any

# Labels of footer (or head) lines, and the language of what they link to ("" where the label does not say).
_TO_EN = (
    r"英文原文|英文原版|英文原稿|英文版(?:本)?|英语原文|阅读英文(?:版|原文)?"
    r"|Read (?:this |it )?(?:post |article )?in English|English (?:version|edition|original|post)"
)
_TO_ZH = (
    r"中文版(?:本)?|中文译文|中文翻译|简体中文(?:版)?|繁體中文(?:版)?|阅读中文版?"
    r"|Read (?:this |it )?(?:post |article )?in (?:Simplified |Traditional )?Chinese"
    r"|Chinese (?:version|edition|translation)"
)
_TO_SOURCE = (
    r"(?:博客|文章|本文)?原文(?:链接|地址|网址|出处|标题|来源)?|原文鏈接|原文連結"
    r"|(?:本文)?(?:翻译|编譯|编译)自|(?:本文)?译自|(?:本文)?譯自"
    r"|Original(?:ly)?(?: (?:blog )?(?:post|article|version|text|link|published))?(?: (?:here|at|on|in))?"
    r"|Source(?: article| post)?"
)
_LABEL = re.compile(
    rf"^[\s\W]*(?:(?P<en>{_TO_EN})|(?P<zh>{_TO_ZH})|(?P<source>{_TO_SOURCE}))(?P<rest>.*)$", re.I | re.S
)
_CREDIT = re.compile(
    r"^[\s\W]*(?:(?:本文)?(?:译者|譯者|翻译|翻譯|中文翻译|译|审校|校对|校對|審校)"
    r"(?:[/、和与&](?:审校|校对|排版|译者|翻译))*\s*[:：]|Translat(?:ed|ion) by[:：]?\s|Translators?\s*[:：])"
    r"\s*(?P<names>[^\n]{1,120})",
    re.IGNORECASE,
)
_TRANSLATOR = re.compile(r"译者|譯者|翻译|翻譯|译\s*[:：]|Translat", re.IGNORECASE)
_STAFF = re.compile(
    r"^[\s\W]*(?:(?:原文|文章|英文)?作者|原作者|撰文|编辑|編輯|排版|责编|审校|校对|審校|校對"
    r"|Authors?|Edited by|Reviewed by|Posted by|Written by)"
    r"(?:[/、和与&][^\s:：]{1,6})*\s*(?:[:：]|(?<=by)\s)\s*[^\n]{1,120}$",
    re.IGNORECASE,
)
_SWITCH = {
    "zh-Hans": (
        "中文",
        "简体中文",
        "中文版",
        "简体",
        "中文（简体）",
        "中文 (简体)",
        "中",
        "汉语",
        "chinese",
        "cn",
        "zh",
        "zh-cn",
        "中文(简体)",
    ),
    "zh-Hant": ("繁體中文", "繁体中文", "正體中文", "繁體", "zh-tw", "zh-hk", "中文(繁體)", "中文（繁體）"),
    "en": ("english", "en", "english version", "英文", "英文版", "英语", "in english", "read in english"),
}
_SWITCH_LANG = {label: lang for lang, labels in _SWITCH.items() for label in labels}
_LABEL_LENGTH = 80  # longer lines that start like a label are sentences
_IMPRINT = 2_000  # characters; a longer paragraph is none
_MOST_CLUES = 50  # of a page's head: more are a menu


def looks_like_imprint(text: str) -> bool:
    """Tell whether a line starts as an imprint does, links unseen: for blocks that might be dropped as bars of links.

    >>> looks_like_imprint("英文原文: https://a.example/post"), looks_like_imprint("Home · About")
    (True, False)
    """
    line = text.strip()
    return len(line) <= 2 * _LABEL_LENGTH and bool(_LABEL.match(line) or _CREDIT.match(line))


def is_imprint(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph is an imprint, not prose: a label with a link to the original, or people's credits."""
    text = paragraph.text.strip()
    if len(text) > _IMPRINT:
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    return all(
        _labelled(line, paragraph) or (len(line) <= _LABEL_LENGTH and (_CREDIT.match(line) or _STAFF.match(line)))
        for line in lines
    )


def _links(paragraph: Paragraph) -> list[tuple[str, str]]:
    """Give (text, address) of a paragraph's links, bare addresses included."""
    found = [(paragraph.text[s.start : s.end], s.href) for s in paragraph.spans if s.kind == "link" and s.href]
    known = {href for _, href in found}
    bare = re.findall(r"https?://[\w./?&=#%~+:@!$;,*-]{1,500}[\w/]", paragraph.text)
    return found + [(url, url) for url in bare if url not in known]


def _labelled(line: str, paragraph: Paragraph) -> re.Match[str] | None:
    match = _LABEL.match(line)
    links = _links(paragraph) if match else []
    if not match or not links:
        return None
    rest = match["rest"]
    for text, _ in links:
        rest = rest.replace(text, "")
    whole_is_link = any(text.strip() == line.strip() for text, _ in links)
    # "Original: <link>" is a label; "Original research shows that <link> …" is a sentence.
    marked = re.match(r"\s*[:：《<（(\[]", match["rest"]) or whole_is_link or not re.search(r"\w", rest)
    return match if marked and len(rest.strip()) <= _LABEL_LENGTH else None


def footer_clues(paragraphs: Iterable[Paragraph], lang: str) -> tuple[Clue, ...]:
    """Read the lines that name the original or a translation; `lang` is the page's own language."""
    other = {"zh": "en", "en": "zh"}.get(base_lang(lang), "")
    clues = []
    for paragraph in paragraphs:
        for line in paragraph.text.split("\n"):
            match = _labelled(line, paragraph)
            if not match:
                continue
            target = "en" if match["en"] else "zh" if match["zh"] else other
            if target != base_lang(lang):
                on_line = [href for text, href in _links(paragraph) if text in line]
                clues += [Clue(href, target, "footer") for href in on_line[:1]]
    return tuple(clues)


def weak_footer_clues(paragraphs: Sequence[Paragraph]) -> tuple[Clue, ...]:
    """Guess at footer lines whose label is unreadable: at the end of a damaged text, a short label and then a link."""
    clues = []
    for paragraph in paragraphs[-8:]:
        links = _links(paragraph)
        if len(links) != 1 or paragraph.kind not in ("prose", "quote"):
            continue
        label = paragraph.text.replace(links[0][0], "").strip()
        if label.endswith((":", "：", "ï¼š")) and len(label) <= 40:
            clues.append(Clue(links[0][1], "", "footer"))
    return tuple(clues)


def credits_in(paragraphs: Iterable[Paragraph]) -> tuple[str, ...]:
    """Give the translators that credit lines name, in order.

    >>> credits_in([Paragraph("quote", "译者: 阿东, 小李")])
    ('阿东', '小李')
    """
    names: dict[str, None] = {}
    for paragraph in paragraphs:
        for line in paragraph.text.split("\n"):
            match = _CREDIT.match(line)
            if match and _TRANSLATOR.search(line[: match.start("names")]):
                parts = re.split(r"\s*(?:[,，、;；/&]|\band\b|和|与)\s*", match["names"].strip().strip("。.)）"))
                names.update(dict.fromkeys(part for part in parts if part and len(part) <= 40))
    return tuple(names)


def head_clues(tree: Element, url: str, lang: str) -> tuple[Clue, ...]:
    """Read hreflang alternates and visible language switches of a page, those of other languages only."""
    own = base_lang(lang)
    clues = []
    for link in tree.iter("link"):
        tag = (link.get("hreflang") or "").strip()[:35]
        is_alternate = "alternate" in (link.get("rel") or "").lower().split()
        if is_alternate and tag and tag.lower() != "x-default" and base_lang(tag) != own and not _is_feed(link):
            clues.append(Clue(absolute(url, link.get("href") or ""), _tag(tag), "hreflang"))
    for anchor in tree.iter("a"):
        text = " ".join(islice(anchor.itertext(), 8)).strip().lower()
        target = _SWITCH_LANG.get(text) if len(text) <= 20 else None
        if target and base_lang(target) != own:
            clues.append(Clue(absolute(url, anchor.get("href") or ""), target, "switch"))
    return tuple(clue for clue in clues if clue.url)[:_MOST_CLUES]


def _is_feed(link: Element) -> bool:
    return bool(re.search("rss|atom|json|oembed", link.get("type") or ""))


def _tag(hreflang: str) -> str:
    parts = hreflang.replace("_", "-").lower().split("-")
    if parts[0] != "zh":
        return parts[0]
    return (
        "zh-Hant"
        if {"hant", "tw", "hk", "mo"} & set(parts)
        else "zh-Hans"
        if {"hans", "cn", "sg"} & set(parts)
        else "zh"
    )


# ---- all candidates -------------------------------------------------------------------------------------------------

_ORDER = ("twin", "footer", "hreflang", "switch")


def candidates(document: Document, *, twin: Mapping[str, str], lang: str) -> tuple[Clue, ...]:
    """Give all places where the other-language edition may be, best first, each once, never the document itself.

    `twin` maps sides to address templates ({"en": "/blog/{slug}", "zh": "/blog/zh/{slug}"}; a full address is one
    too), where {slug} stands for one or more path segments' worth of text. `lang` is the document's language.
    """
    own = base_lang(lang or document.lang)
    guessed = _by_twin(document.url, twin, own)
    known = [clue for clue in document.clues if not clue.lang or base_lang(clue.lang) != own]
    ranked = [*guessed, *sorted(known, key=lambda clue: _ORDER.index(clue.how))]
    seen = {_bare(document.url)}
    result = []
    for clue in ranked:
        address = _bare(clue.url)
        if address and address not in seen and base_lang(clue.lang) in ("zh", "en", ""):
            seen.add(address)
            result.append(clue)
    return tuple(result)


def _bare(url: str) -> str:
    """Give an address as it is compared: without fragment and closing slash; "" for what is not http(s)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path.rstrip("/"), parts.query, ""))


def _by_twin(url: str, twin: Mapping[str, str], own: str) -> list[Clue]:
    """Match the address to its side's template, else to any that fits, and fill in the other."""
    sides = [own, *(side for side in twin if side != own)]
    fitting = []
    for side in sides:
        slug = _slug(url, twin[side]) if side in twin else None
        if slug is not None:
            # of templates that both fit (/blog/{slug} takes /blog/zh/x too) the one with the shorter slug is meant
            fitting.append((len(slug), sides.index(side), side, slug))
    if not fitting:
        return []
    _, _, side, slug = min(fitting)
    others = [(name, template) for name, template in twin.items() if name != side]
    return [
        Clue(urljoin(url, template.replace("{slug}", slug)), name, "twin")
        for name, template in others
        if base_lang(name) != base_lang(side)
    ]


def _slug(url: str, template: str) -> str | None:
    """Read the slug that a template has in an address; None where it does not fit. Query and fragment are left out."""
    before, _, after = template.partition("{slug}")
    parts = urlsplit(url)
    text = parts.path
    if urlsplit(template.replace("{slug}", "x")).scheme:
        text = f"{parts.scheme}://{parts.netloc}{parts.path}"
    end = len(text) - len(after)
    if text.startswith(before) and text.endswith(after) and len(before) < end:
        slug = text[len(before) : end]
    elif text.rstrip("/").startswith(before) and text.rstrip("/").endswith(after.rstrip("/")):
        text, after = text.rstrip("/"), after.rstrip("/")
        slug = text[len(before) : len(text) - len(after)]
    else:
        return None
    return slug.strip("/") or None

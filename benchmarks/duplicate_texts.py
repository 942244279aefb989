"""Labelled pairs of posts that are copies of one another or only look alike, made by program from real posts.

Every pair is made from posts of the corpora, by a seed that the post's name gives, so that all runs make the same. What
changes a text works on its sentences; what stands around it is put on as a page has it, and read back as a page is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape

from digest.model import Document, Page, Paragraph, Post
from digest.normalise.article import read_fragment, read_page
from digest.normalise.split import sentences

DAY = datetime(2025, 4, 16, 8, tzinfo=UTC)
TAGS = {"heading": "h2", "item": "li", "quote": "blockquote", "code": "pre", "table": "pre", "prose": "p"}
BOILERPLATE = {
    "en": (
        "Welcome back to our regular update for everybody who builds with us.",
        "As always, the full list of changes can be found in the changelog of the repository.",
        "We thank all the contributors who sent patches, opened issues and answered questions in the forum.",
        "If you want to take part, read the guide for contributors and say hello in the channel for newcomers.",
        "To upgrade, install the newest version with your package manager and restart all the workers.",
        "Please report whatever goes wrong, together with the output of the doctor command, to the tracker.",
        "You get this letter because you subscribed to it; you can leave at any time with the link below.",
    ),
    "zh": (
        "欢迎阅读我们的定期更新，写给每一位与我们一起构建的朋友。",
        "和往常一样，完整的变更列表可以在代码仓库的变更日志中找到。",
        "感谢所有提交补丁、报告问题以及在论坛中回答问题的贡献者。",
        "如果你想参与进来，请先阅读贡献者指南，再到新人频道里打个招呼。",
        "升级时请用包管理器安装最新版本，然后重新启动所有的工作进程。",
        "遇到任何问题，请连同诊断命令的输出一起提交到问题跟踪系统。",
        "你收到这封信是因为你订阅了它，可以随时通过下面的链接退订。",
    ),
}
FURNITURE = {
    "en": (
        "<p>By the editors · 5 min read</p><p>This story is brought to you by our partners. Learn how they help teams "
        "to ship faster.</p>",
        "<h3>About the author</h3><p>The author writes about machines and the people who build them, and lives by the "
        "sea with two cats.</p><p>Enjoyed this article? Subscribe to our letter and never miss a story again.</p>",
    ),
    "zh": (
        "<p>编辑部出品 · 阅读约需五分钟</p><p>点击上方蓝字关注我们，第一时间获取更多精彩内容。</p>",
        "<h3>关于我们</h3><p>本号专注于人工智能前沿技术的分享与交流，欢迎转发给更多的朋友。</p><p>推荐阅读：往期文章合集。</p>",
    ),
}


@dataclass(frozen=True)
class Carried:
    """A post as one source carries it."""

    post: Post
    document: Document


@dataclass(frozen=True)
class Pair:
    """Two posts; `same`: they are one; `worth`: whether what the second changed is worth telling (None: any)."""

    kind: str
    same: bool
    one: Carried
    two: Carried
    worth: bool | None = None


def carried(document: Document, source: str, *, hours: float = 0, path: str = "", title: str = "") -> Carried:
    """Give a document as a source carries it, so many hours after the first, in a folder of its own there."""
    url = f"https://{source}.example/{path}{'/'.join(document.url.rsplit('/', 2)[1:])}"
    when = DAY + timedelta(hours=hours)
    name = title or document.title
    post = Post(
        f"{source}:{url}", f"https://{source}.example/feed", url, url, name, when, True, when, document.lang, "", ""
    )
    return Carried(post, replace(document, url=url, title=name))


# ---- changes of a text ----------------------------------------------------------------------------------------------


def lines_of(document: Document) -> list[tuple[Paragraph, list[str]]]:
    """Give the paragraphs with their sentences; code, tables and images as they are."""
    found: dict[int, list[str]] = {}
    for sentence in sentences(document.paragraphs):
        found.setdefault(sentence.paragraph, []).append(sentence.text)
    return [(p, found.get(n, [p.text])) for n, p in enumerate(document.paragraphs)]


def put_together(document: Document, lines: Sequence[tuple[Paragraph, list[str]]]) -> Document:
    gap = "" if document.lang.startswith("zh") else " "
    kept = [replace(p, text=gap.join(texts), spans=(), guesses=()) for p, texts in lines if texts]
    return replace(document, paragraphs=tuple(kept))


def each_sentence(document: Document, change: Callable[[str], list[str]]) -> Document:
    """Put every sentence of prose through `change`, which gives what stands in its place."""
    lines = []
    for paragraph, texts in lines_of(document):
        if paragraph.kind in ("prose", "item", "quote"):
            texts = [new for text in texts for new in change(text)]
        lines.append((paragraph, texts))
    return put_together(document, lines)


def typos(document: Document, rng: random.Random) -> Document:
    """Change a letter of a word in three sentences."""
    prose = [t for p, texts in lines_of(document) if p.kind == "prose" for t in texts if len(t) > 30]
    chosen = set(rng.sample(prose, min(3, len(prose))))

    def change(text: str) -> list[str]:
        if text not in chosen:
            return [text]
        places = [n for n in range(5, len(text) - 5) if text[n].isalpha()]
        at = rng.choice(places) if places else 0
        return [text[:at] + ("们" if document.lang.startswith("zh") else "e") + text[at + 1 :]]

    return each_sentence(document, change)


def edited(
    document: Document, rng: random.Random, other: Document, *, changed: float, gone: float, new: float
) -> Document:
    """Change, drop and add shares of the sentences; what is added comes from another post of the language."""
    foreign = [t for p, texts in lines_of(other) if p.kind == "prose" for t in texts if len(t) > 20]
    size = sum(len(texts) for p, texts in lines_of(document) if p.kind in ("prose", "item", "quote"))
    added = rng.sample(foreign, min(len(foreign), round(new * size)))

    def change(text: str) -> list[str]:
        out = [text]
        if rng.random() < gone:
            out = []
        elif rng.random() < changed:
            words = (
                re.findall(r"\S+\s*", text)
                if not document.lang.startswith("zh")
                else re.findall(r"[^，,]+[，,]?", text)
            )
            if len(words) > 2:
                words.pop(rng.randrange(len(words)))
            out = ["".join(words)]
        return out

    made = each_sentence(document, change)
    lines = lines_of(made)
    at = rng.randrange(len(lines) // 3, max(len(lines) // 3 + 1, 2 * len(lines) // 3))
    section = [(Paragraph("heading", "What is new" if made.lang == "en" else "新的内容", 2), ["What is new"])]
    section += [(Paragraph("prose", ""), added[n : n + 3]) for n in range(0, len(added), 3)]
    return put_together(made, [*lines[:at], *(section if added else []), *lines[at:]])


def other_number(document: Document) -> Document | None:
    """Change the first figure of at least two digits in the text, as a correction does; None where there is none."""
    done = False

    def change(text: str) -> list[str]:
        nonlocal done
        match = re.search(r"(?<![\d.,v])[1-9]\d(?![\d.,])", text)
        if done or match is None or len(text) < 40:
            return [text]
        done = True
        return [text[: match.start()] + str(int(match[0]) + 1) + text[match.end() :]]

    made = each_sentence(document, change)
    return made if done else None


# ---- as other sites carry it ----------------------------------------------------------------------------------------


def markup(document: Document) -> str:
    return "\n".join(
        f"<{TAGS[p.kind]}>{escape(p.text)}</{TAGS[p.kind]}>" for p in document.paragraphs if p.kind in TAGS
    )


def as_feed(document: Document) -> Document:
    """Read the post as a feed carries it that knows no headings, items or code: lines and bold type."""
    parts = []
    for p in document.paragraphs:
        if p.kind == "heading":
            parts.append(f"<b>{escape(p.text)}</b>")
        elif p.kind in TAGS:
            parts.append(escape(p.text).replace("\n", "<br>"))
    html = "<div>" + "<br><br>".join(parts) + "</div>"
    return read_fragment(html, document.url, title=document.title, lang=document.lang)


def as_page(document: Document, title: str, *, foot: str = "") -> Document:
    """Read the post as it stands on another site's page, among that site's furniture."""
    side = document.lang[:2]
    head, tail = FURNITURE[side]
    site = "某技术站" if side == "zh" else "Some Site"
    html = (
        f"<!doctype html><html lang={side}><head><meta charset=utf-8><title>{escape(title)} | {site}</title></head>"
        f"<body>"
        f"<nav><a href=/>Home</a> <a href=/all>All posts</a></nav><main><article><h1>{escape(title)}</h1>{head}"
        f"{markup(document)}{foot}{tail}</article></main><aside><a href=/x>More</a></aside><footer>© {site}</footer>"
    )
    page = Page(document.url, html.encode(), (("content-type", "text/html; charset=utf-8"),))
    return replace(read_page(page), lang=document.lang)


# ---- look-alikes ----------------------------------------------------------------------------------------------------


def made_of(document: Document, title: str, *parts: Sequence[str]) -> Document:
    paragraphs = [
        Paragraph("prose", ("" if document.lang.startswith("zh") else " ").join(part)) for part in parts if part
    ]
    return replace(document, title=title, paragraphs=tuple(paragraphs), clues=())


def prose_of(document: Document) -> list[str]:
    return [t for p, texts in lines_of(document) if p.kind == "prose" for t in texts if len(t) > 20]


def look_alikes(one: Document, two: Document, rng: random.Random) -> Iterator[tuple[str, Document, Document]]:
    """Give pairs that share much and are two posts, with their kind; `two` is another post of the language."""
    side = "zh" if one.lang.startswith("zh") else "en"
    frame, mine, theirs = BOILERPLATE[side], prose_of(one), prose_of(two)
    week, notes = ("本周通讯", "发布说明") if side == "zh" else ("The weekly letter", "Release notes")
    number = rng.randrange(3, 60)
    yield (
        "versions",
        made_of(one, f"{notes} v1.{number}", frame[:3], mine[:4], frame[3:]),
        made_of(one, f"{notes} v1.{number + 1}", frame[:3], theirs[:4], frame[3:]),
    )
    # the same changes under another number: what tells them apart is the title alone
    yield (
        "versions-alike",
        made_of(one, f"Foo 2.{number}", frame[:3], mine[:4], frame[3:]),
        made_of(one, f"Foo 2.{number + 1}", frame[:3], mine[:4], frame[3:]),
    )
    yield (
        "letters",
        made_of(one, week, frame[:2], mine[:12], frame[2:]),
        made_of(one, week, frame[:2], theirs[:12], frame[2:]),
    )
    yield (
        "frame-only",
        made_of(one, one.title, frame, mine[:4]),
        made_of(two, two.title, frame, theirs[:4]),
    )
    yield (
        "frame-mostly",
        made_of(one, one.title, frame, mine[:2]),
        made_of(two, two.title, frame, theirs[:2]),
    )
    half = len(mine) // 2
    part = ("（一）", "（二）") if side == "zh" else (", part 1", ", part 2")
    yield (
        "parts",
        made_of(one, one.title + part[0], mine[:8], mine[8:half]),
        made_of(one, one.title + part[1], mine[:8], mine[half:]),
    )
    long = mine[: max(4, len(mine) // 3)]
    yield "quotes", one, made_of(two, two.title, theirs[: len(theirs) // 2], long, theirs[len(theirs) // 2 :])
    short = mine[:12]
    yield (
        "quotes-all",
        made_of(one, one.title, short),
        made_of(two, two.title, theirs[: len(theirs) // 2], short, theirs[len(theirs) // 2 :]),
    )

"""Markdown, with Jekyll front matter or without → Document.

CommonMark by markdown-it, with tables and strikethrough; its HTML is then read like any other. Formulas are masked
first: to Markdown their underscores and asterisks are emphasis, to their readers they are not.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from digest.markup import tree_of
from digest.model import Document
from digest.normalise.blocks import Block, blocks_of
from digest.normalise.document import document_from, moment_of
from digest.normalise.repair.marks import is_marked, source_of, unmark_attributes, unmarked

# Characters; what comes after is not read. The longest of 259 real texts has 60,873 without its markup.
MAX_MARKDOWN = 250_000
# markdown-it-py 4 takes time in the square of a paragraph of brackets or stars (60,000 "[" 5 s), so that longer ones
# are parted. The longest of the real posts has 4,583 characters.
MAX_PARAGRAPH = 20_000
_PART = 4_000
_FRONT = re.compile(r"\A\ufeff?\s*---[ \t]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_MATH = re.compile(r"\$\$[^$`]{1,2000}\$\$|\$(?=[^\s$])[^$\n`]{0,300}?(?<=[^\s$\\])\$(?!\d)")
_LIQUID = re.compile(r"\{%[^%\n]{0,300}%\}")
# Bold beside Chinese punctuation: CommonMark's flanking rules leave **摘要：**这是 as it is. Not within code.
_BOLD = re.compile(r"(`[^`\n]*`)|\*\*(?=\S)([^*`\n]{1,300}?)(?<=\S)\*\*")


def read_markdown(text: str, url: str, *, lang: str = "") -> Document:
    """Read a Markdown post; title, date and language of its front matter count."""
    kept = text[:MAX_MARKDOWN].replace("\r\n", "\n").replace("\r", "\n")
    source = source_of(kept)
    front, body = front_matter(source.text)
    blocks = _blocks(body, url)
    title = str(front.get("title") or "").strip() or _first_heading(blocks)
    declared = str(front.get("lang") or front.get("language") or lang)
    return document_from(
        blocks, url, title=title, source=source, lang=declared, published=_moment(front), cut=len(text) > MAX_MARKDOWN
    )


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    r"""Part the YAML at the head from the body; ({}, text) where there is none that reads as a mapping.

    >>> front_matter("---\ntitle: 摘要\n---\nbody")
    ({'title': '摘要'}, 'body')
    """
    match = _FRONT.match(text)
    if not match:
        return {}, text
    import yaml

    try:
        values = yaml.safe_load(match["yaml"])
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):  # depth and dates are the writer's
        values = None
    if isinstance(values, dict):
        return {str(key): value for key, value in values.items()}, text[match.end() :]
    # Titles with a bare colon are no YAML, and frequent: take the plain "key: value" lines.
    pairs = re.findall(r"(?m)^(\w+):[ \t]*(.+?)[ \t]*$", match["yaml"])
    values = {key: value.strip("\"'") for key, value in pairs}
    return (values, text[match.end() :]) if values else ({}, text)


def _blocks(body: str, url: str) -> list[Block]:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"maxNesting": 40}).enable(["table", "strikethrough"])
    normal = reader.normalizeLink
    reader.normalizeLink = lambda url: normal(unmarked(url))  # type: ignore[method-assign]  # a host name may not escape
    rendered = reader.render(_prepared(body))
    rendered = re.sub(r"\ue000(\d+)\ue001", _Unmask(body), rendered)
    if not rendered.strip():
        return []
    tree = tree_of(rendered)
    if tree is None:  # comments only, or closing tags
        return []
    if is_marked(rendered):
        unmark_attributes(tree)
    return blocks_of(tree, url)


def _outside_code(body: str) -> list[tuple[bool, str]]:
    """Part a text at its fenced code: (is code, stretch)."""
    parts = re.split(r"(?m)(^[ \t]*(?:```|~~~)[^\n]*\n.*?^[ \t]*(?:```|~~~)[ \t]*$)", body, flags=re.DOTALL)
    return [(n % 2 == 1, part) for n, part in enumerate(parts)]


def _prepared(body: str) -> str:
    count = 0

    def mask(_: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"\ue000{count - 1}\ue001"

    body = body.replace("\ue000", "").replace("\ue001", "")
    return "".join(
        part if is_code else _parted(_BOLD.sub(_bold, _MATH.sub(mask, _LIQUID.sub("", part))))
        for is_code, part in _outside_code(body)
    )


def _parted(text: str) -> str:
    """Put blank lines into paragraphs that are too long to be read at once."""
    if len(text) <= MAX_PARAGRAPH:
        return text
    paragraphs = re.split(r"(\n[ \t]*\n)", text)
    return "".join(map(_in_parts, paragraphs))


def _in_parts(paragraph: str) -> str:
    if len(paragraph) <= MAX_PARAGRAPH:
        return paragraph
    parts, size = [], 0
    for line in paragraph.split("\n"):
        for start in range(0, max(1, len(line)), _PART):
            piece = line[start : start + _PART]
            parts.append("\n\n" if start or size + len(piece) > _PART else "\n")
            size = len(piece) if parts[-1] == "\n\n" else size + len(piece) + 1
            parts.append(piece)
    return "".join(parts[1:])


def _bold(match: re.Match[str]) -> str:
    return match[1] or f"<strong>{match[2]}</strong>"


class _Unmask:
    """Put the formulas back, in the order in which they were masked."""

    def __init__(self, body: str) -> None:
        clean = body.replace("\ue000", "").replace("\ue001", "")
        plain = [_LIQUID.sub("", part) for is_code, part in _outside_code(clean) if not is_code]
        self._found = [match.group() for part in plain for match in _MATH.finditer(part)]

    def __call__(self, match: re.Match[str]) -> str:
        from html import escape

        number = int(match[1])
        return escape(self._found[number], quote=False) if number < len(self._found) else ""


def _first_heading(blocks: list[Block]) -> str:
    headings = [block for block in blocks if block.kind == "heading"]
    best = min(headings[:3], key=lambda block: block.level, default=None)
    return best.marked if best else ""


def _moment(front: dict[str, Any]) -> datetime | None:
    value = front.get("date") or front.get("published")
    if isinstance(value, datetime):
        return moment_of(value.isoformat())
    return None if isinstance(value, date) or value is None else moment_of(str(value))

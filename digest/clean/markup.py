"""Markup that needs more than its own line: link definitions, underlined headings, code in fences; and inline HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from digest.clean.inline import Inline
from digest.clean.lines import LONGEST, Shaped, ends_sentence, shape_of

_DEFINITION = re.compile(
    r"^\s{0,3}\[(?!\^)([^\[\]]{1,200})\]:\s*<?(https?://[^\s<>]+)>?(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*$"
)
_CODE = r"(?P<code>(?P<ticks>`++).+?(?<!`)(?P=ticks)(?!`)|\\.)"
_REFERENCE = re.compile(rf"{_CODE}|\[(?P<text>(?:\\.|[^\[\]\\])+)\](?:\[(?P<id>[^\[\]]*)\]|(?![\[(:]))")
_ANCHOR = re.compile(
    rf"{_CODE}|<a\s[^<>]*?href\s*=\s*[\"']?(?P<url>[^\"'\s<>]+)[\"']?[^<>]*>(?P<text>.*?)</a\s*>", re.IGNORECASE
)
_TAG = re.compile(
    rf"{_CODE}|</?(?:a|abbr|article|b|big|blockquote|body|br|center|cite|del|div|em|font|hr|html|i|ins|li|main|mark|ol|p"
    r"|section|small|span|strong|sub|sup|table|tbody|td|th|tr|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"</?(?:br|p|div|li|t[dhr])\b", re.IGNORECASE)  # parts words
_HTML_CODE = re.compile(r"<code(?:\s[^<>]*)?>([^<>`]+)</code>", re.IGNORECASE)
_HTML_HEADING = re.compile(r"^\s*<h([1-6])(?:\s[^<>]*)?>(.*)</h\1\s*>\s*$", re.IGNORECASE)
_UNDERLINE = re.compile(r"^\s{0,3}(?:(={3,})|-{3,})\s*$")  # one = alone is noise more often
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*([\w+#-]*)\s*$")
_PROSE = ("", "markdown", "md", "text", "txt", "plaintext")  # what tools name a fence around an abstract


def resolved(lines: Sequence[str]) -> list[str]:
    """Write links by reference and in HTML as Markdown's own, and take other known tags off; code stays as it is.

    >>> resolved(["## [A post][1]", "<p>See <a href='https://a.example/b'>b</a>.</p>", "[1]: https://a.example/a"])
    ['## [A post](https://a.example/a)', ' See [b](https://a.example/b). ', '[1]: https://a.example/a']
    """
    found = [_DEFINITION.match(line) if "]:" in line else None for line in lines]
    known: dict[str, str] = {}
    for match in found:
        if match:
            known.setdefault(_id(match[1]), match[2])
    return [
        line if match or len(line) > LONGEST else _resolved(line, known)
        for line, match in zip(lines, found, strict=True)
    ]


def _id(text: str) -> str:
    return " ".join(text.split()).casefold()


def _resolved(line: str, known: Mapping[str, str]) -> str:
    def reference(match: re.Match[str]) -> str:
        url = None if match["code"] else known.get(_id(match["id"] or match["text"]))
        return _link(match["text"], url) if url else match.group()

    def anchor(match: re.Match[str]) -> str:
        return match.group() if match["code"] else _link(match["text"], match["url"])

    if "<" in line:
        line = _HTML_HEADING.sub(lambda match: f"{'#' * int(match[1])} {match[2]}", line)
        line = _HTML_CODE.sub(r"`\1`", line)
        line = _ANCHOR.sub(anchor, line)
        line = _TAG.sub(lambda match: match["code"] or (" " if _BREAK.match(match.group()) else ""), line)
    return _REFERENCE.sub(reference, line) if known and "[" in line else line


def _link(text: str, url: str) -> str:
    return f"[{text}]({re.sub('[()]', lambda sign: f'%{ord(sign.group()):02X}', url)})"


def shapes_of(before: Sequence[str], lines: Sequence[str], marks: Iterable[str] = ()) -> list[Shaped | None]:
    """Tell what each line is, None for a blank one; `before` are the lines as they were before `resolved`."""
    marks = frozenset(marks)
    shapes = [
        _shape(line, marks) if line.strip() else Shaped("tag", Inline("")) if raw.strip() else None
        for raw, line in zip(before, lines, strict=True)
    ]
    for place in _comments(lines, shapes):
        shapes[place] = Shaped("text", Inline(lines[place].strip()))
    for place in range(len(lines) - 1):
        shape, under = shapes[place], _UNDERLINE.match(lines[place + 1])
        if shape and under and (not place or shapes[place - 1] is None) and _is_title(shape):
            shapes[place] = Shaped("heading", shape.inline, 1 if under[1] else 2)
            shapes[place + 1] = Shaped("markup", Inline(""))
    return shapes


def _shape(line: str, marks: frozenset[str]) -> Shaped:
    return Shaped("meta", Inline("")) if "]:" in line and _DEFINITION.match(line) else shape_of(line, marks)


def _is_title(shape: Shaped) -> bool:
    """Tell whether a line with a rule right below it is a heading: a sentence there is the last before the rule."""
    text = shape.inline.text
    return shape.shape == "text" and not shape.marks and len(text) <= 120 and not ends_sentence(text)


def _comments(lines: Sequence[str], shapes: Sequence[Shaped | None]) -> Iterable[int]:
    """Give the places of comments that look like headings: within a fence that is named after a language of code.

    In a fence without a name one `#` is a comment where other lines stand by it and none of them ends a sentence.
    """
    start, name = -1, ""
    for place, line in enumerate(lines):
        fence = _FENCE.match(line)
        if fence and start < 0:
            start, name = place, fence[2].lower()
        elif fence and not fence[2]:
            inside = [(n, shape) for n in range(start + 1, place) if (shape := shapes[n])]
            others = [shape.inline.text for _, shape in inside if shape.shape == "text"]
            code = name not in _PROSE or (not name and others and not any(map(ends_sentence, others)))
            if code:
                yield from (n for n, shape in inside if shape.shape == "heading" and (name or shape.level == 1))
            start = -1

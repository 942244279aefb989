"""Text → Markdown in which no part of it becomes markup (CommonMark 0.31)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.model import Guess, Line
from digest.render import words
from digest.render.address import quoted
from digest.render.line import Piece, readings, runs, shown

# What may open markup anywhere in a line: CommonMark 0.31 section 6 and GFM's tables, strikethrough and autolinks.
_INLINE = re.compile(
    r"[\\`*\[\]<~|]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # between two letters or digits an underscore opens nothing
    r"|&(?=#?\w+;)"
    r"|:(?=//)|(?<=\w)@(?=\w)|(?<=[wW]{3})\."  # autolinks, which would swallow the Chinese after an address
)
# What may open a block at the head of a line (CommonMark 0.31 section 4 and 5).
_HEAD = re.compile(r"^(?:(?=[-+#=>:])|\d{1,9}(?=[.)](?:\s|$)))")


def md_title(text: str) -> str:
    r"""Escape a text for Markdown within a line.

    >>> md_title("use *args* & snake_case [1] <b>")
    'use \\*args\\* & snake_case \\[1\\] \\<b>'
    """
    return _INLINE.sub(r"\\\g<0>", shown(text))


def md(text: str) -> str:
    r"""Escape a text that begins a line of Markdown.

    >>> md("1. one"), md("# two"), md("3.5 is no list")
    ('1\\. one', '\\# two', '3.5 is no list')
    """
    return _HEAD.sub(r"\g<0>\\", md_title(text))


def md_line(line: Line) -> str:
    r"""Write a line as Markdown, its code spans as code, its glosses in 〔〕 behind their terms.

    >>> md_line(Line("en", "Pass force_words_ids to *it*", code=((5, 20),)))
    'Pass `force_words_ids` to \\*it\\*'
    """
    cut = runs(line)
    parts = [md_code("".join(piece.text for piece in pieces)) if code else _md_run(pieces) for pieces, code in cut]
    if parts and not cut[0][1]:
        parts[0] = _HEAD.sub(r"\g<0>\\", parts[0])
    return "".join(parts)


def _md_run(pieces: Sequence[Piece]) -> str:
    """Escape a stretch that is no code: as one text between glosses, for what opens markup depends on what is near."""
    texts = [""]
    for piece in pieces:
        texts[-1] += piece.text
        if piece.gloss:
            texts += [f"〔{shown(piece.gloss.text)}〕", ""]
    return "".join(_INLINE.sub(r"\\\g<0>", text) for text in texts)


def md_code(text: str) -> str:
    """Fence a code span with more backticks than it holds in a row (CommonMark 0.31 section 6.1)."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or (text[0] == text[-1] == " ") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def md_url(url: str) -> str:
    r"""Write an address as a link destination: what would end it or start markup is escaped.

    >>> md_url("https://a.example/x_(y) z?a=1&copy;")
    'https://a.example/x_\\(y\\)%20z?a=1\\&copy;'
    """
    return re.sub(r"[()]|&(?=#?\w+;)", r"\\\g<0>", quoted(url))


def md_link(text: str, url: str | None) -> str:
    r"""Write a text as a link, or as it is where no address may stand behind it; it may begin a line.

    >>> md_link("A [title]", "https://a.example/"), md_link("b", "javascript:c")
    ('[A \\[title\\]](https://a.example/)', 'b')
    """
    address = md_url(url or "")
    return f"[{md_title(text)}]({address})" if address else md(text)


# ---- footnotes of guesses -------------------------------------------------------------------------------------------


def footnotes(lines: Sequence[Line], order: tuple[str, str]) -> dict[Line, tuple[int, str]]:
    """Give the lines that hold guesses their footnotes: a number over the whole page, and the text."""
    return {line: (number, _footnote(line, order)) for number, line in enumerate(lines, 1)}


def _footnote(line: Line, order: tuple[str, str]) -> str:
    """Say of each guess of a line where it stands and what else it may be."""
    told = [md_title(f"{_around(line, guess)} {words.both(readings(guess), order)}") for guess in line.guesses]
    return f"{words.say_both('guess', order)}: {'; '.join(told)}"


_BESIDE = 3  # characters on either side by which a reader finds a guess in its line


def _around(line: Line, guess: Guess) -> str:
    """Give a guess with what stands around it.

    >>> _around(Line("zh", "我们把模型放在这里。"), Guess(6, "在", 0.6))
    '在 (…模型放在这里。)'
    """
    start, end = max(0, guess.at - _BESIDE), guess.at + 1 + _BESIDE
    before, after = "…" if start else "", "…" if end < len(line.text) else ""
    return f"{guess.chosen} ({before}{line.text[start:end]}{after})"

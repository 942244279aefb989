"""Digest → text: the day's page as HTML and Markdown, and the index of days.

jinja2 lives here and nowhere else. Templates are `templates/*.j2`; the name says how a template is escaped: `.html.j2`
by jinja2's HTML escaping, everything else not at all, so Markdown passes every value through the `md` filters.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from digest.errors import ConfigError
from digest.model import FULL_TAG, SIDES, Abstract, Both, Digest, Guess, Line, LinePair, base_lang
from digest.render import words
from digest.render.line import readings, runs, segments, shown

Reader = Callable[[str], str]
"""Gives the text of a template by its name; raises FileNotFoundError where there is none."""


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the index. `pairs` counts lines in both languages, `untranslated` lines in one of them."""

    day: date
    posts: int
    pairs: int
    untranslated: int
    titles: tuple[Both, ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """How a post came to both languages: a code for words, "3/5" or "", and whether it is all well."""

    code: str
    share: str
    well: bool


# ---- templates ------------------------------------------------------------------------------------------------------


def find_templates(package: Traversable) -> Traversable:
    """Find the templates: within the package (a wheel), else beside it (a checkout)."""
    inside = package.joinpath("templates")
    return inside if inside.is_dir() else package.joinpath("..", "templates")


def packaged(name: str) -> str:
    """Read one of the templates that ship."""
    return find_templates(files("digest")).joinpath(name).read_text("utf-8")


def is_html(template: str | None) -> bool:
    """Tell whether a template's values are escaped as HTML: by its name, which select_autoescape would not know.

    >>> is_html("page.html.j2"), is_html("page.md.j2")
    (True, False)
    """
    return bool(template and template.endswith(".html.j2"))


@cache
def environment(read: Reader) -> Environment:
    """Build the jinja2 environment over a reader of templates. Unknown names are errors, never blanks."""

    def load(name: str) -> str | None:
        try:
            return read(name)
        except FileNotFoundError:
            return None

    env = Environment(
        loader=FunctionLoader(load),
        autoescape=is_html,  # noqa: S701 - on for HTML by name
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters.update(
        md=md, md_title=md_title, md_line=md_line, md_url=md_url, href=href, shown=shown, reason=words.reason
    )
    env.tests["made_on_one_side"] = made_on_one_side
    env.globals.update(
        word=words.word,
        say=words.say,
        say_both=words.say_both,
        weekday=words.weekday,
        month=words.month,
        badge=badge,
        runs=runs,
        note=note_words,
        in_both=words.both,
        readings=readings,
        mark=mark_code,
        first_side=first_side,
        full_tag=FULL_TAG,
    )
    return env


def fill(name: str, read: Reader, **values: object) -> str:
    """Fill a template and tidy what no file may hold. Raises ConfigError for a template that is missing or wrong."""
    try:
        text = environment(read).get_template(name).render(**values)
    except TemplateError as error:
        raise ConfigError(f"templates/{name}", f"{type(error).__name__}: {error}") from error
    return encodable(text)


def encodable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot carry, by U+FFFD.

    >>> encodable("a" + chr(0xD800) + "中")
    'a\ufffd中'
    """
    return re.sub(r"[\ud800-\udfff]", "\ufffd", text)


# ---- what a template asks of a value --------------------------------------------------------------------------------


def href(url: str | None) -> str:
    """Give an address that may stand behind a link, else "": only http and https do.

    >>> href("https://a.example/x"), href("javascript:alert(1)"), href("https:evil"), href(None)
    ('https://a.example/x', '', '', '')
    """
    # Browsers drop tabs and newlines within an address before they read its scheme (WHATWG URL, section 4.4).
    address = re.sub(r"[\t\r\n]", "", url or "").strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def first_side(abstract: Abstract, order: Sequence[str] = SIDES) -> str:
    """Give the side of the original: its language, or for a third language the side that holds the title."""
    side = base_lang(abstract.lang)
    held = [s for s in (side, *order) if s in SIDES and abstract.title.get(s)]
    return held[0] if held else order[0]


def badge(abstract: Abstract) -> Badge:
    """Sum up how a post's lines came to both languages. Only verified pairs count as translated."""
    paired = [pair for pair in abstract.pairs if pair.zh and pair.en]
    if not abstract.pairs:
        return Badge("title-only", "", False)
    if not paired:
        return Badge("untranslated", "", False)
    verified = [pair for pair in paired if pair.verdict.verified]
    if not verified:
        return Badge("unverified", "", False)
    makers = {pair.made_by for pair in verified}
    only = next(iter(makers)) if len(makers) == 1 else ""
    made = only or ("verified" if makers <= {"none", "human"} else "machine")
    return Badge(made, f"{len(verified)}/{len(abstract.pairs)}", len(verified) == len(abstract.pairs))


def made_on_one_side(pair: LinePair) -> bool:
    """Tell a pair of which one side is a line of the post and the other was made for it.

    What is written here has no such side, and what people made is theirs on both.
    """
    sides = [line for line in (pair.zh, pair.en) if line]
    return pair.made_by in ("machine", "memory") and len(sides) == 2 and sum(bool(line.places) for line in sides) == 1


def mark_code(pair: LinePair) -> str:
    """Name what the judge says of a pair: its grade, "verified" or "unverified"."""
    return (pair.verdict.grade or "verified") if pair.verdict.verified else "unverified"


def note_words(note: str, abstract: Abstract) -> Both:
    """Give the words of a note that fit the post: its other edition is the one that is not the original.

    What was read again is counted, once where both texts were.
    """
    code = note
    if note in ("edition-damaged", "edition-repaired") and base_lang(abstract.lang) == "zh":
        code = f"{note}-en"
    if code not in words.COUNTED:
        return words.word(code)
    first = next(each for each in abstract.notes if each in words.COUNTED) == note
    return words.counted(code, abstract.guessed if first else 0, abstract.unsure if first else 0)


# ---- Markdown -------------------------------------------------------------------------------------------------------

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
    r"""Write a line as Markdown, its code spans as code.

    >>> md_line(Line("en", "Pass force_words_ids to *it*", code=((5, 20),)))
    'Pass `force_words_ids` to \\*it\\*'
    """
    cut = segments(line)
    parts = [_md_code(text) if code else _INLINE.sub(r"\\\g<0>", text) for text, code in cut]
    if parts and not cut[0][1]:
        parts[0] = _HEAD.sub(r"\g<0>\\", parts[0])
    return "".join(parts)


def _md_code(text: str) -> str:
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
    address = re.sub(r"[\s\x00-\x20<>\"\\`\x7f]", lambda found: quote(found[0]), href(url))
    return re.sub(r"[()]|&(?=#?\w+;)", r"\\\g<0>", address)


# ---- pages ----------------------------------------------------------------------------------------------------------


def html(digest: Digest, read: Reader = packaged) -> str:
    """Write the day as one self-contained HTML page: no script, nothing loaded from anywhere."""
    shared = _shared(digest.title, digest.link, digest.order, read, guesses=bool(_guessed_lines(digest)))
    return fill("page.html.j2", read, **shared, **_day(digest))


def markdown(digest: Digest, read: Reader = packaged) -> str:
    """Write the day as Markdown (CommonMark); the two lines of a pair are parted by a hard break of two blanks."""
    return fill("page.md.j2", read, order=digest.order, footnotes=_footnotes(digest), **_day(digest))


def _footnotes(digest: Digest) -> dict[Line, tuple[int, str]]:
    """Give the lines that hold guesses their footnotes: a number over the whole page, and the text."""
    return {line: (number, _footnote(line, digest.order)) for number, line in enumerate(_guessed_lines(digest), 1)}


def _guessed_lines(digest: Digest) -> tuple[Line, ...]:
    """Give the lines of a page that hold guesses, each once, in order."""
    pairs = (pair for abstract in digest.abstracts for pair in (*abstract.outline, *abstract.pairs))
    return tuple(dict.fromkeys(line for pair in pairs for line in (pair.zh, pair.en) if line and line.guesses))


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


def index_html(
    days: Sequence[DayRow], *, title: str, link: str, order: tuple[str, str], read: Reader = packaged
) -> str:
    """Write the index of days, newest first, by month."""
    newest = sorted(days, key=lambda row: row.day, reverse=True)
    months = [tuple(rows) for _, rows in groupby(newest, key=lambda row: (row.day.year, row.day.month))]
    return fill("index.html.j2", read, months=months, days=len(newest), **_shared(title, link, order, read))


def _shared(
    title: str, link: str, order: tuple[str, str], read: Reader, *, guesses: bool = False
) -> dict[str, object]:  # fmt: skip
    """Give what every HTML page needs; the style's hash is what the content security policy lets through."""
    style = fill("page.css.j2", read, guesses=guesses)
    seal = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    base = href(link)
    return {
        "title": title,
        "base": f"{base.rstrip('/')}/" if base else "",
        "order": order,
        "style": Markup(style),  # noqa: S704 - our own file, in which no value of the day stands
        "style_hash": f"sha256-{seal}",
    }


def _day(digest: Digest) -> dict[str, object]:
    """Give what both forms of a day's page need."""
    zone = ZoneInfo(digest.timezone)

    def local(moment: datetime) -> datetime:
        return moment.astimezone(zone)

    kinds = Counter(badge(abstract).code for abstract in digest.abstracts)
    return {
        "digest": digest,
        "day": digest.day,
        "lead": words.lead(len(digest.abstracts), digest.order[0]),
        "on_time": [a for a in digest.abstracts if a.status != "late"],
        "late": [a for a in digest.abstracts if a.status == "late"],
        "kinds": [(k, kinds[k]) for k in ("human", "machine", "untranslated")]
        + [(k, kinds[k]) for k in ("memory", "written", "verified", "unverified", "title-only") if kinds[k]],
        "local": local,
    }

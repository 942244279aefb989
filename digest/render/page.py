"""Digest → text: the day's page as HTML and Markdown, and the index of days.

jinja2 lives here and nowhere else. Templates are `templates/*.j2`; the name says how a template is escaped: `.html.j2`
and `.xml.j2` by jinja2's escaping, everything else not at all, so Markdown passes every value through the `md` filters.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby
from traceback import extract_tb

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from markupsafe import Markup

from digest.errors import ConfigError
from digest.model import FULL_TAG, Both, Digest
from digest.render import dates, day, entry, words
from digest.render.address import folder, href, quoted
from digest.render.characters import encodable, for_xml
from digest.render.frame import ALONE, Frame
from digest.render.inert import inert
from digest.render.line import readings, runs, shown
from digest.render.markdown import footnotes, md, md_line, md_link, md_title, md_url
from digest.render.why import why

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


# ---- templates ------------------------------------------------------------------------------------------------------


def find_templates(package: Traversable) -> Traversable:
    """Find the templates: within the package (a wheel), else beside it (a checkout)."""
    inside = package.joinpath("templates")
    return inside if inside.is_dir() else package.joinpath("..", "templates")


def packaged(name: str) -> str:
    """Read one of the templates that ship."""
    return find_templates(files("digest")).joinpath(name).read_text("utf-8")


def is_markup(template: str | None) -> bool:
    """Tell whether a template's values are escaped: by its name, which select_autoescape would not know.

    >>> is_markup("page.html.j2"), is_markup("atom.xml.j2"), is_markup("page.md.j2")
    (True, True, False)
    """
    return bool(template and template.endswith((".html.j2", ".xml.j2")))


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
        autoescape=is_markup,  # noqa: S701 - on for HTML and XML by name
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters.update(
        md=md,
        md_title=md_title,
        md_line=md_line,
        md_url=md_url,
        md_link=md_link,
        href=href,
        quoted=quoted,
        shown=shown,
        reason=words.reason,
    )
    env.tests["made_on_one_side"] = entry.made_on_one_side
    env.globals.update(
        word=words.word,
        word_of=words.word_of,
        say=words.say,
        say_both=words.say_both,
        unit=words.unit,
        weekday=dates.weekday,
        month=dates.month,
        in_both=words.both,
        runs=runs,
        readings=readings,
        badge=entry.badge,
        note=entry.note_words,
        mark=entry.mark_code,
        marked_makers=entry.MARKED,
        score_of=entry.score_of,
        first_side=entry.first_side,
        outline_marks=entry.outline_marks,
        card_rows=entry.card_rows,
        telling=entry.telling,
        entry_address=day.entry_address,
        why=why,
        full_tag=FULL_TAG,
    )
    return env


def fill(name: str, read: Reader, **values: object) -> str:
    """Fill a template and tidy what no file may hold. Raises ConfigError for a template that is missing or wrong."""
    return _filled(f"templates/{name}", name, read, values)


# What a template may raise besides jinja2's own errors: a filter that does not fit, a sum, an include of itself.
FAILS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def fill_own(place: str, name: str, template: str, values: Mapping[str, object]) -> str:
    """Fill a template that somebody wrote: what it raises is a ConfigError, and no bug of ours.

    `place` is how messages call it.
    """
    try:
        return _filled(place, name, _own(template), values)
    except FAILS as error:
        raise ConfigError(place + _line(error), f"the template fails: {type(error).__name__}: {error}") from error


@cache
def _own(template: str) -> Reader:
    """Give a reader that knows one text only: the same for the same text, as its environment is kept by it."""
    return lambda _: template


def _filled(place: str, name: str, read: Reader, values: Mapping[str, object]) -> str:
    try:
        text = environment(read).get_template(name).render(values)
    except TemplateError as error:
        raise ConfigError(place + _line(error), f"{type(error).__name__}: {error}") from error
    return for_xml(text) if name.endswith(".xml.j2") else encodable(text)


def _line(error: Exception) -> str:
    """Give the line of a template at which it fails, as ":3"; "" where none is known."""
    if isinstance(error, TemplateSyntaxError):
        return f":{error.lineno}"
    # jinja2 writes lines of templates into the traceback, and calls a template without a file so
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return f":{lines[-1]}" if lines else ""


# ---- pages ----------------------------------------------------------------------------------------------------------


def html(digest: Digest, read: Reader = packaged, *, frame: Frame = ALONE) -> str:
    """Write the day as one self-contained HTML page: nothing loaded from anywhere."""
    digest = inert(digest)
    shared = _shared(digest.title, digest.link, digest.order, read, guesses=bool(day.guessed_lines(digest)))
    return fill("page.html.j2", read, frame=frame, **shared, **day.values(digest))


def markdown(digest: Digest, read: Reader = packaged) -> str:
    """Write the day as Markdown (CommonMark); the two lines of a pair are parted by a hard break of two blanks."""
    digest = inert(digest)
    notes = footnotes(day.guessed_lines(digest), digest.order)
    return fill("page.md.j2", read, order=digest.order, footnotes=notes, **day.values(digest))


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
    return {
        "title": title,
        "base": folder(link),
        "order": order,
        "style": Markup(style),  # noqa: S704 - our own file, in which no value of the day stands
        "style_hash": f"sha256-{seal}",
    }

"""Digest → text: the day's page as HTML and Markdown; and how every template is read and filled.

jinja2 lives here and nowhere else. Templates are `templates/*.j2`; the name says how a template is escaped: `.html.j2`
and `.xml.j2` by jinja2's escaping, everything else not at all, so Markdown passes every value through the `md` filters.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from traceback import extract_tb

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from markupsafe import Markup

from digest.errors import ConfigError
from digest.model import FULL_TAG, TITLE, Digest
from digest.render import dates, day, entry, provenance, words
from digest.render.address import folder, href, quoted
from digest.render.characters import encodable, for_xml
from digest.render.feed_names import feeds_of
from digest.render.frame import ALONE, Frame
from digest.render.inert import inert
from digest.render.line import readings, runs, shown
from digest.render.markdown import footnotes, md, md_line, md_link, md_title, md_url
from digest.render.why import why

Reader = Callable[[str], str]
"""Gives the text of a template by its name; raises FileNotFoundError where there is none."""


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

    def load(name: str) -> tuple[str, str, None] | None:
        try:
            return read(name), place_of(read, name), None
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
        how_corrected=entry.how_corrected,
        card_rows=entry.card_rows,
        telling=entry.telling,
        entry_address=day.entry_address,
        why=why,
        feeds_of=feeds_of,
        source_of=provenance.source_of,
        places=provenance.places,
        maker=provenance.maker,
        full_tag=FULL_TAG,
        title_name=TITLE,
    )
    return env


def fill(name: str, read: Reader, **values: object) -> str:
    """Fill a template and tidy what no file may hold. Raises ConfigError for a template that is missing or wrong."""
    return _filled(name, read, values)


# What a template may raise besides jinja2's own errors: a filter that does not fit, a sum, an include of itself.
FAILS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
SHIPPED = "templates/"  # what messages call the folder of those that ship


def fill_own(place: str, name: str, template: str, values: Mapping[str, object]) -> str:
    """Fill a template that somebody wrote: what it raises is a ConfigError, and no bug of ours.

    `place` is how messages call it.
    """
    return _filled(name, _Own(place, template), values)


@dataclass(frozen=True, slots=True)
class _Own:
    """A reader that knows one text only: equal for the same text, as its environment is kept by it."""

    at: str
    text: str

    def __call__(self, name: str) -> str:
        return self.text

    def place(self, name: str) -> str:
        return self.at


def place_of(read: Reader, name: str) -> str:
    """Say where a template lies, for messages: a reader of somebody's own templates has `place`, "" for one of ours."""
    place = getattr(read, "place", None)
    return (place(name) if place else "") or SHIPPED + name


def _filled(name: str, read: Reader, values: Mapping[str, object]) -> str:
    """Fill a template. What fails where somebody's own template takes part is that template's fault."""
    place = place_of(read, name)
    try:
        text = environment(read).get_template(name).render(values)
    except TemplateError as error:
        raise ConfigError(_lines(error, place)[-1], f"{type(error).__name__}: {error}") from error
    except FAILS as error:
        own = [line for line in _lines(error, place) if not line.startswith(SHIPPED)]
        if not own:
            raise
        raise ConfigError(own[-1], f"the template fails: {type(error).__name__}: {error}") from error
    return for_xml(text) if name.endswith(".xml.j2") else encodable(text)


def _lines(error: Exception, place: str) -> list[str]:
    """Give the lines of templates on the way to where it fails, as "templates/page.html.j2:3"; at least the place."""
    if isinstance(error, TemplateSyntaxError):
        return [f"{error.filename or place}:{error.lineno}"]
    # jinja2 writes the files and lines of templates into the traceback
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith((".j2", place))]
    return [f"{frame.filename}:{frame.lineno}" for frame in frames] or [place]


# ---- pages ----------------------------------------------------------------------------------------------------------


def html(digest: Digest, read: Reader = packaged, *, frame: Frame = ALONE, made_from: str = "") -> str:
    """Write the day as one self-contained HTML page: nothing loaded from anywhere.

    `made_from` is kept in the page's head: a hash of what the page was made from, "" for none.
    """
    digest = inert(digest)
    common = shared(digest.title, digest.link, digest.order, read, guesses=bool(day.guessed_lines(digest)))
    return fill(
        "page.html.j2",
        read,
        frame=frame,
        made_from=made_from,
        **common,
        **day.values(digest, frame),
    )


def markdown(digest: Digest, read: Reader = packaged) -> str:
    """Write the day as Markdown (CommonMark); the two lines of a pair are parted by a hard break of two blanks."""
    digest = inert(digest)
    notes = footnotes(day.guessed_lines(digest), digest.order)
    return fill("page.md.j2", read, order=digest.order, footnotes=notes, **day.values(digest))


def shared(
    title: str, link: str, order: tuple[str, str], read: Reader, *, extra: Sequence[str] = (), guesses: bool = False
) -> dict[str, object]:  # fmt: skip
    """Give what every HTML page needs; `extra` names templates of style that follow the common one.

    The hashes of the style and of the script, which remembers the reader's choice, are what the content security policy
    lets through.
    """
    style = _dense("".join(fill(name, read, guesses=guesses) for name in ("page.css.j2", *extra)))
    script = fill("page.js.j2", read).strip()
    return {
        "title": title,
        "base": folder(link),
        "order": order,
        "style": Markup(style),  # noqa: S704 - our own files, in which no value of the day stands
        "style_hash": seal(style),
        "script": Markup(script),  # noqa: S704 - our own file, likewise
        "script_hash": seal(script),
    }


def _dense(style: str) -> str:
    """Leave out of a style the blanks that only its writer needs.

    >>> _dense("a:hover, b :is(i) { margin: 0 calc(1em + 2px); } ")
    'a:hover,b :is(i){margin:0 calc(1em + 2px)}'
    """
    return re.sub(r"\s*([{};,>])\s*|(?<=:)\s+", r"\1", style).replace(";}", "}").strip()


def seal(text: str) -> str:
    """Give the hash by which a policy lets an inline style or script through (CSP Level 3, section 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"

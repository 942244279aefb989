"""The verbs for texts at hand: align two of them, clean one page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import DEFAULT_CONFIG, ConfigOption, NowOption, TemplatesOption, say
from digest.errors import ConfigError
from digest.job import load, moment, sandbox
from digest.model import STDIN

if TYPE_CHECKING:
    from digest.render.page import Reader


def align_(
    zh: Annotated[str, typer.Argument(metavar="ZH", help="The Chinese text: a file, '-' or an http(s) address.")],
    en: Annotated[str, typer.Argument(metavar="EN", help="The English text, likewise.")],
    form: Annotated[str, typer.Option("--format", help="tsv, jsonl, tmx or html; else by OUT's suffix.")] = "",
    lines: Annotated[bool, typer.Option("--lines", help="A sentence a line; an empty line ends a paragraph.")] = False,
    max_side: Annotated[
        int | None,
        typer.Option("--max-side", help="Most sentences joined on a side, 1 to 8; if left out, 3, or 1 with 5."),
    ] = None,
    out: Annotated[str, typer.Option("--out", "-o", metavar="OUT", help="File to write; else standard output.")] = "",
    view: Annotated[
        str, typer.Option("--html", metavar="OUT", help="A page to write that shows both texts side by side.")
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    templates: TemplatesOption = None,
    allow_private: Annotated[list[str] | None, typer.Option(help="Exact host:port that may be private.")] = None,
) -> None:
    """Say which sentences of two texts say the same, with a score and a verdict.

    The format is tsv, and with --lines jsonl, where neither --format nor OUT names one; html is the page that --html
    writes, too. With --html alone that page is all that is written; with --format or --out as well, both are.
    """
    from digest.align.embed import load_embedder
    from digest.bitext import MOST_SIDE, align_lines, align_pages, alignment_of, notes_of, rows_of
    from digest.given import check_out, fetch_for, one_stdin, read_given, write_out
    from digest.render.alignment import alignment_html
    from digest.render.export import FORMATS, as_indices, as_jsonl, as_tmx, as_tsv

    suffix = Path(out).suffix.lower().removeprefix(".")
    told = bool(form or out or not view)  # whether anything but the page of --html is asked for
    form = form.lower() or (suffix if suffix in (*FORMATS, "html") else "jsonl" if lines else "tsv")
    if form not in (*FORMATS, "html"):
        raise ConfigError("--format", f"{form!r} is no format; choose tsv, jsonl, tmx or html")
    if max_side is not None and not 1 <= max_side <= MOST_SIDE:
        raise ConfigError("--max-side", f"{max_side} is not within 1 to {MOST_SIDE}")
    one_stdin((zh, en))
    check_out(out, (zh, en))
    check_out(view, (zh, en))
    if told and view and _same_file(out or STDIN, view):
        raise ConfigError("--html", f"{view} is where the {form} goes; name another file, or leave out one of them")
    read = _templates(templates, config) if view or form == "html" else None
    fetch = fetch_for(config, allow_private or (), needed=config != DEFAULT_CONFIG)
    pages = read_given(zh, fetch), read_given(en, fetch)
    embedder = load_embedder()
    if lines:
        bitext = align_lines(*pages, embedder, max_side=max_side)
    else:
        bitext = align_pages(*pages, embedder, max_side=max_side, reader=sandbox())
    for note in notes_of(bitext):
        say(note, err=True)
    rows = () if lines and form == "jsonl" and not view else rows_of(bitext, embedder)
    page = alignment_html(alignment_of(bitext, rows), read) if read else ""
    if view:
        write_out(view, page)
    if not told:
        return
    if form == "html":
        text = page
    elif lines and form == "jsonl":
        text = as_indices(bitext.beads)
    else:
        text = {"tsv": as_tsv, "jsonl": as_jsonl, "tmx": as_tmx}[form](rows)
    write_out(out, text)


def _same_file(out: str, other: str) -> bool:
    """Tell whether two outputs are one: the same file, however it is named, or both standard output."""
    return out == other if STDIN in (out, other) else Path(out).resolve() == Path(other).resolve()


def _templates(folder: Path | None, config: Path) -> Reader:
    """Give the templates: those of --templates, else of site.templates, else what ships."""
    from digest.templating import templates_reader

    if folder is None and (config != DEFAULT_CONFIG or config.exists()):
        own = load(config).site.templates
        folder = config.parent / own if own else None
    return templates_reader(folder)


def clean_(
    page: Annotated[str, typer.Argument(metavar="PAGE", help="The page: a file, '-' or an http(s) address.")],
    out: Annotated[str, typer.Option("--out", "-o", metavar="OUT", help="File to write; else standard output.")] = "",
    report: Annotated[str, typer.Option("--report", metavar="FORM", help="text or json.")] = "text",
    config: ConfigOption = DEFAULT_CONFIG,
    now: NowOption = "",
    allow_private: Annotated[list[str] | None, typer.Option(help="Exact host:port that may be private.")] = None,
) -> None:
    """Bring a digest page made by another tool into our form, and say what was found in it.

    OUT is Markdown, or HTML or JSON where it ends in .html or .json. The report goes to standard error; as JSON it goes
    to standard output where the page goes to a file.
    """
    from digest.align.embed import load_embedder
    from digest.clean.report import as_json, as_text
    from digest.cleaning import clean_page
    from digest.config import DigestSettings
    from digest.given import check_out, fetch_for, read_given, write_out
    from digest.render.page import html, markdown
    from digest.render.site import json_text

    if report not in ("text", "json"):
        raise ConfigError("--report", f"{report!r} is no form of a report; choose text or json")
    check_out(out, (page,))
    needed = config != DEFAULT_CONFIG
    settings = load(config).digest if needed or config.exists() else DigestSettings.model_validate({})
    given = read_given(page, fetch_for(config, allow_private or (), needed=needed))
    cleaned = clean_page(given, load_embedder(), settings, moment(now).date())
    write_out(out, {".html": html, ".json": json_text}.get(Path(out).suffix.lower(), markdown)(cleaned.digest))
    if report == "json":
        told = json.dumps(as_json(cleaned.report), ensure_ascii=False, indent=2)
        say(told, err=out in ("", STDIN))
    else:
        say(as_text(cleaned.report), err=True, end="")

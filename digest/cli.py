"""The command line: verbs, options, logging, and errors mapped to exit codes.

Exit codes: 0 all well; 1 some sources failed; 2 usage or configuration; 3 nothing could be done; 70 a bug;
75 another run holds the lock (sysexits.h: EX_SOFTWARE, EX_TEMPFAIL).
Heavy imports stay inside the verbs, so that --help answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest import __version__
from digest.errors import ConfigError, SourceError
from digest.job import BUG, NOTHING, PARTLY, WELL, Job, code_of, load, moment, web

if TYPE_CHECKING:
    from digest.fetch.collect import Collected

app = typer.Typer(
    help="A daily digest of technical blogs in Chinese and English, every pair of lines checked.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: it needs no rich, whose import is half of the time that --help takes
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
feeds_app = typer.Typer(
    help="The sources in feeds.yaml: list, add, import, export.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(feeds_app, name="feeds")

ConfigOption = Annotated[Path, typer.Option("--config", "-c", envvar="DIGEST_CONFIG", help="The feeds.yaml to use.")]
StateOption = Annotated[Path, typer.Option("--state", envvar="DIGEST_STATE", help="Folder of the store.")]
OutOption = Annotated[Path, typer.Option("--out", envvar="DIGEST_OUT", help="Folder the pages are written to.")]
NowOption = Annotated[str, typer.Option("--now", help="Take this for the time (ISO 8601 with zone), not the clock's.")]
LogOption = Annotated[bool, typer.Option("--log-json", help="Log JSON lines to standard error.")]
DateArgument = Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD; without it, the last complete day.")]
DateOption = Annotated[str, typer.Option("--date", metavar="DATE", help="The same as DATE.")]

DEFAULT_CONFIG, DEFAULT_STATE, DEFAULT_OUT = Path("feeds.yaml"), Path("state"), Path("out")


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        say(f"digest {__version__}")
        raise typer.Exit(WELL)


# ---- verbs ----------------------------------------------------------------------------------------------------------


@app.command()
def run(
    day: DateArgument = "",
    date_: DateOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    now: NowOption = "",
    log_json: LogOption = False,
) -> None:
    """Collect and build: what cron calls.

    Without a date: the last complete day, and earlier days whose inputs changed.
    """
    job = Job.start("run", config, state, out, now, log_json)
    asked = one_date(day, date_)
    with job.locked(), job.store() as store, job.recorded(store):
        target = asked or job.calendar.last_complete
        days = [target] if asked else job.calendar.days_until(target, job.settings.digest.rebuild_days)
        got = job.collect(store, days)
        builder = job.builder(store)
        store.save_failures(target, got.failures)
        builder.link_editions(days)
        for earlier in () if asked else builder.days_to_rebuild(target):
            builder.build(earlier)
            say(str(out / f"{earlier}.html"))
        digest = builder.build(target)
        builder.write_index()
        say(str(out / f"{target}.html"))
        job.ended(outcome(got, has_posts=bool(digest.abstracts), page_failures=len(digest.failures)), got)
    finish(job, got)


@app.command()
def collect(
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    now: NowOption = "",
    log_json: LogOption = False,
) -> None:
    """Bring feeds, pages and other-language editions into the store.

    Writes no page; --out is taken so that every verb takes the same options.
    """
    from digest.fetch.collect import next_page

    job = Job.start("collect", config, state, out, now, log_json)
    with job.locked(), job.store() as store, job.recorded(store):
        got = job.collect(store, [])
        store.save_failures(next_page(store, job.calendar), got.failures)
        job.builder(store).link_editions()
        answered = got.sources - len(got.failures)
        say(f"{answered} of {got.sources} sources answered: {brought(got)}")
        job.ended(outcome(got, has_posts=False, page_failures=got.pages_missing), got)
    finish(job, got)


@app.command()
def build(
    day: DateArgument = "",
    date_: DateOption = "",
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="First of several days.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="Last of several days.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    now: NowOption = "",
    log_json: LogOption = False,
) -> None:
    """Write pages from the store alone: a page a day, no network."""
    job = Job.start("build", config, state, out, now, log_json)
    days = dates(one_date(day, date_), first, last, job.calendar.last_complete)
    with job.locked(), job.store() as store, job.recorded(store):
        builder = job.builder(store)
        for each in job.progress(days, "days"):
            builder.build(each)
            say(str(out / f"{each}.html"))
        builder.write_index()


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the pages.")] = Path("demo-out"),
    log_json: LogOption = False,
) -> None:
    """Run the whole job on the embedded sample blog: no key, no network beyond this machine."""
    import tempfile

    from digest.config import Settings
    from digest.demo import DEMO_DAY, DemoServer, settings

    target = date.fromisoformat(DEMO_DAY)
    with DemoServer() as server, tempfile.TemporaryDirectory(prefix="digest-demo-") as state:
        chosen = Settings.model_validate(settings(server.base))
        job = Job("demo", chosen, Path(state), out, demo_clock(target), log_json)
        job.set_up_log()
        with job.store() as store:
            days = [target - timedelta(days=back) for back in (2, 1, 0)]
            got = job.collect(store, days)
            builder = job.builder(store)
            builder.link_editions(days)
            for day in days:
                digest = builder.build(day)
            builder.write_index()
    counts = dict(digest.quality)
    say(f"{got.sources} feeds: {brought(got)}")
    say(f"{DEMO_DAY}: {counts['posts']} posts, {counts['verified']} pairs checked, "
        f"{counts['untranslated']} lines not translated")  # fmt: skip
    say(str((out / f"{DEMO_DAY}.html").resolve()))
    raise typer.Exit(outcome(got, has_posts=True, page_failures=len(digest.failures)))


@app.command()
def check(
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    now: NowOption = "",
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the sources whether they answer.")] = False,
    log_json: LogOption = False,
) -> None:
    """Look for problems before they cost a day; each is told with its remedy."""
    from digest.check import examine

    job = Job.start("check", config, state, out, now, log_json)
    findings = examine(
        job.settings, job.store, state, out, job.calendar, environment=os.environ,
        web_for=None if offline else job.web_for(), run_all=job.map,
    )  # fmt: skip
    for finding in findings:
        say(str(finding))
    worst = max((finding.level for finding in findings), default=0)
    raise typer.Exit({0: WELL, 1: PARTLY, 2: NOTHING}[worst])


@app.command("align")
def align_(
    zh: Annotated[str, typer.Argument(metavar="ZH", help="The Chinese text: a file, '-' or an http(s) address.")],
    en: Annotated[str, typer.Argument(metavar="EN", help="The English text, likewise.")],
    form: Annotated[str, typer.Option("--format", help="tsv, jsonl or tmx; else by OUT's suffix.")] = "",
    lines: Annotated[bool, typer.Option("--lines", help="A sentence a line; an empty line ends a paragraph.")] = False,
    max_side: Annotated[
        int | None,
        typer.Option("--max-side", help="Most sentences joined on a side, 1 to 8; if left out, 3, or 1 with 5."),
    ] = None,
    out: Annotated[str, typer.Option("--out", "-o", metavar="OUT", help="File to write; else standard output.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    allow_private: Annotated[list[str] | None, typer.Option(help="Exact host:port that may be private.")] = None,
) -> None:
    """Say which sentences of two texts say the same, with a score and a verdict.

    The format is tsv, and with --lines jsonl, where neither --format nor OUT names one.
    """
    from digest.align.embed import load_embedder
    from digest.bitext import MOST_SIDE, align_lines, align_pages, rows_of
    from digest.given import check_out, fetch_for, one_stdin, read_given, write_out
    from digest.render.export import FORMATS, as_indices, as_jsonl, as_tmx, as_tsv

    suffix = Path(out).suffix.lower().removeprefix(".")
    form = form.lower() or (suffix if suffix in FORMATS else "jsonl" if lines else "tsv")
    if form not in FORMATS:
        raise ConfigError("--format", f"{form!r} is no format; choose tsv, jsonl or tmx")
    if max_side is not None and not 1 <= max_side <= MOST_SIDE:
        raise ConfigError("--max-side", f"{max_side} is not within 1 to {MOST_SIDE}")
    one_stdin((zh, en))
    check_out(out, (zh, en))
    fetch = fetch_for(config, allow_private or (), needed=config != DEFAULT_CONFIG)
    pages = read_given(zh, fetch), read_given(en, fetch)
    embedder = load_embedder()
    bitext = (align_lines if lines else align_pages)(*pages, embedder, max_side=max_side)
    if lines and form == "jsonl":
        text = as_indices(bitext.beads)
    else:
        text = {"tsv": as_tsv, "jsonl": as_jsonl, "tmx": as_tmx}[form](rows_of(bitext, embedder))
    write_out(out, text)


@app.command("clean")
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
    from digest.model import STDIN
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


@feeds_app.command("list")
def feeds_list(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List the sources, a line each."""
    for source in load(config).sources:
        say(f"{source.name}\t{source.url}\t{source.language or '?'}\t{'twin' if source.twin else '-'}")


@feeds_app.command("sample")
def feeds_sample() -> None:
    """Print the feeds.yaml that ships, to start from: digest feeds sample > feeds.yaml."""
    from importlib.resources import files

    inside = files("digest") / "data" / "feeds.yaml"
    say((inside if inside.is_file() else Path(__file__).parent.parent / "feeds.yaml").read_text("utf-8"), end="")


@feeds_app.command("add")
def feeds_add(
    url: str,
    name: Annotated[str, typer.Option(help="Name of the source; else its feed's title.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    allow_private: Annotated[list[str] | None, typer.Option(help="Exact host:port that may be private.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the source, write nothing.")] = False,
) -> None:
    """Find the feed of a page, propose its twin rule and add it to feeds.yaml."""
    from digest.config import add_source
    from digest.fetch.propose import propose_source
    from digest.output import write_file

    settings = load(config)
    allowed = tuple(allow_private or ())
    with web(settings, frozenset(allowed)) as client:
        source = propose_source(url, client, name=name, allow_private=allowed)
    changed = add_source(config.read_text("utf-8"), source, config.name)
    say(json.dumps(source.model_dump(exclude_defaults=True, mode="json"), ensure_ascii=False))
    if not dry_run:
        write_file(config, changed)


@feeds_app.command("import")
def feeds_import(file: Path, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Add the feeds of an OPML file; those that are there already are passed over."""
    from digest.config import Source, add_source
    from digest.fetch.feeds.opml import read_opml
    from digest.output import write_file

    settings = load(config)
    try:
        rows = read_opml(file.read_bytes())
    except OSError as error:
        raise ConfigError(str(file), f"cannot be read: {error.strerror}") from None
    except SourceError as error:
        raise ConfigError(str(file), error.reason) from None
    text, names, urls = config.read_text("utf-8"), {s.name for s in settings.sources}, {s.url for s in settings.sources}
    added = 0
    for name, url in rows:
        if url in urls:
            continue
        label, number = name or url, 2
        while label in names:
            label, number = f"{name or url} ({number})", number + 1
        try:
            text = add_source(text, Source.model_validate({"name": label, "url": url}), config.name)
        except ValueError as error:
            say(f"{url}: left out: {str(error).splitlines()[-1].strip()}", err=True)
            continue
        names.add(label)
        urls.add(url)
        added += 1
    write_file(config, text)
    say(f"{added} of {len(rows)} feeds added to {config}")


@feeds_app.command("export")
def feeds_export(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Print the sources as OPML."""
    from digest.fetch.feeds.opml import write_opml

    settings = load(config)
    say(write_opml(settings.digest.title, [(s.name, s.url) for s in settings.sources]), end="")


# ---- dates, outcomes, exit codes ----


def finish(job: Job, got: Collected) -> None:
    """Name the sources that failed and end with the job's code."""
    for failure in got.failures:
        say(f"{failure.url}: {failure.stage}: {failure.reason}", err=True)
    raise typer.Exit(job.code)


def brought(got: Collected) -> str:
    return f"{got.new_posts} new posts, {got.pages} pages, {got.editions} pages of other editions"


def outcome(got: Collected, *, has_posts: bool, page_failures: int) -> int:
    """Give the exit code: partly done if a source or a post failed, nothing if all sources did and no post is there."""
    if got.failures and len(got.failures) == got.sources and not has_posts:
        return NOTHING
    return PARTLY if got.failures or page_failures else WELL


def demo_clock(target: date) -> datetime:
    """Give the morning after the demo's day, in UTC: a demonstration must not depend on the clock."""
    return datetime(target.year, target.month, target.day, 23, tzinfo=UTC)


def one_date(positional: str, option: str) -> date | None:
    if positional and option and positional != option:
        raise ConfigError("DATE", f"given twice and differing: {positional} and --date {option}")
    return read_date(positional or option) if positional or option else None


def read_date(text: str) -> date:
    """Read a date as it is printed everywhere: 2025-04-16 and nothing else.

    >>> read_date("2025-04-16")
    datetime.date(2025, 4, 16)
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    # the ends of the calendar have no day before or after them in some zone
    if found is None or found.isoformat() != text or not 1970 <= found.year <= 9000:
        raise ConfigError("DATE", f"{text!r} is no date; write it as 2025-04-16")
    return found


def dates(single: date | None, first: str, last: str, default: date) -> list[date]:
    """Give the days asked for: one, a range with both ends, or the default."""
    if not first and not last:
        return [single or default]
    if single:
        raise ConfigError("DATE", "give either one date or --from and --to")
    start, end = read_date(first or last), read_date(last or first)
    if end < start:
        raise ConfigError("--to", f"{end} lies before --from {start}")
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def say(text: str, *, err: bool = False, end: str = "\n") -> None:
    typer.echo(text + end, err=err, nl=False)


def main() -> None:
    """Run the program and end with the documented exit code."""
    try:
        app(standalone_mode=True)
    except Exception as error:
        code = code_of(error)
        if code == BUG:
            import traceback

            traceback.print_exc()
            fail("this is a bug in digest; please report it with the lines above", BUG)
        if isinstance(error, OSError):
            fail(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "), code)
        fail(str(error), code)


def fail(text: str, code: int) -> None:
    say(f"digest: {text}", err=True)
    sys.exit(code)

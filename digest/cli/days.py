"""The verbs that make days: run, collect, build and demo."""

from __future__ import annotations

import errno
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from digest.cli.options import (
    DEFAULT_CONFIG,
    DEFAULT_OUT,
    DEFAULT_STATE,
    ConfigOption,
    DateArgument,
    DateOption,
    EngineOption,
    LogOption,
    NowOption,
    OutOption,
    RetryOption,
    StateOption,
    TemplatesOption,
    dates,
    one_date,
    say,
)
from digest.cli.outcomes import (
    brought,
    finish,
    outcome,
    tell_broken,
    tell_failed,
    tell_kept,
    tell_spent,
    tell_unknown,
    tell_updated,
)
from digest.cli.send import deliver_built, schedule_for
from digest.cli.upkeep import keep_found, keep_up
from digest.counting import counted
from digest.errors import ConfigError
from digest.job import NOTHING, WELL, Job

if TYPE_CHECKING:
    from digest.engines.roster import Roster
    from digest.fetch.collect import Collected
    from digest.store import Store


def run(
    day: DateArgument = "",
    date_: DateOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    engine: EngineOption = "",
    retry: RetryOption = False,
    send: Annotated[bool, typer.Option("--send", help="Then deliver, as digest send does.")] = False,
    print_schedule: Annotated[
        str, typer.Option("--print-schedule", metavar="KIND", help="Print a unit: cron, systemd or github-actions.")
    ] = "",
    templates: TemplatesOption = None,
    now: NowOption = "",
    log_json: LogOption = False,
) -> None:
    """Collect and build: what cron calls.

    Without a date: the last complete day, and earlier days whose inputs changed.
    """
    job = Job.start("run", config, state, out, now, log_json, templates)
    if print_schedule:
        say(schedule_for(job, print_schedule, config), end="")
        raise typer.Exit(WELL)
    asked = one_date(day, date_)
    with job.locked(), job.store() as store:
        first = store.last_run() is None
        keep_found(job, store)
        roster = job.roster(store, only=engine)
        with job.recorded(store):
            got, offer = _run(job, store, roster, asked, retry=retry)
            if send:
                job.code = max(job.code, deliver_built(job, store, asked))
            if job.code != NOTHING:
                keep_up(job, store)
    tell_spent(roster)
    if first and offer:  # said once; the page says it as long as it holds
        say(offer, err=True)
    finish(job, got)


def _run(job: Job, store: Store, roster: Roster, asked: date | None, *, retry: bool) -> tuple[Collected, str]:
    """Collect and build; give what was collected, and how lines without translation could get one.

    Without a date, pages with lines of an engine that is not here now are left as they are.
    """
    from digest.fetch.calendar import days_due

    target = asked or job.calendar.last_complete
    days = [target] if asked else days_due(store, job.calendar, job.settings, target)
    code = tell_broken(roster)
    got = job.collect(store, days, retry=retry)
    builder = job.builder(store, roster)
    store.save_failures(target, got.failures)
    builder.link(days)
    earlier = () if asked else builder.days_to_rebuild(target)
    if earlier:
        say(f"builds {counted(len(earlier), 'earlier day')} too, whose inputs changed or which had no page", err=True)
    builder.site.expect((*earlier, target))
    for day in earlier:
        builder.build(day)
        say(str(job.out / f"{day}.html"))
    kept = {} if asked else builder.days_kept(target)
    tell_kept(kept)
    if target in kept or (not asked and builder.keeps_found(target)):
        digest, has_posts = None, bool(builder.gathered(target).posts)
    else:
        digest = builder.build(target)
        has_posts = bool(digest.abstracts or digest.newly or digest.rest)
        say(str(job.out / f"{target}.html"))
    tell_unknown(builder)
    code = max(code, tell_updated(builder.write_index()), tell_failed(builder))
    failed = [f for f in builder.failures(target) if f not in got.failures] if digest else []
    for failure in failed:
        say(f"{failure.url}: {failure.stage}: {failure.reason}", err=True)
    job.ended(max(code, outcome(got, has_posts=has_posts, page_failures=len(failed))), got)
    return got, digest.offer.en or "" if digest and digest.offer else ""


def collect(
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    retry: RetryOption = False,
    now: NowOption = "",
    log_json: LogOption = False,
) -> None:
    """Bring feeds, pages and other-language editions into the store.

    Writes no page; --out is taken so that every verb takes the same options.
    """
    from digest.fetch.calendar import next_page

    job = Job.start("collect", config, state, out, now, log_json)
    with job.locked(), job.store() as store:
        keep_found(job, store)
        with job.recorded(store):
            got = job.collect(store, [], retry=retry)
            store.save_failures(next_page(store, job.calendar), got.failures)
            job.builder(store).link()
            answered = got.sources - len(got.failures)
            say(f"{answered} of {got.sources} sources answered: {brought(got)}")
            job.ended(outcome(got, has_posts=False, page_failures=got.pages_missing), got)
    finish(job, got)


def build(
    day: DateArgument = "",
    date_: DateOption = "",
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="First of several days.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="Last of several days.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    engine: EngineOption = "",
    plan: Annotated[bool, typer.Option("--plan", help="Say what this would cost; ask and write nothing.")] = False,
    render: Annotated[
        bool, typer.Option("--render", help="Only write all pages again, from the JSON of the days in the folder.")
    ] = False,
    templates: TemplatesOption = None,
    now: NowOption = "",
    log_json: LogOption = False,
) -> None:
    """Write pages from the store: a page a day, no network but that of a chat engine."""
    job = Job.start("build", config, state, out, now, log_json, templates)
    if render:
        _render(job, asked=bool(day or date_ or first or last or plan or engine))
    days = dates(one_date(day, date_), first, last, job.calendar.last_complete)
    with job.locked(), job.store() as store:
        roster = job.roster(store, only=engine, plan=plan)
        builder = job.builder(store, roster)
        job.code = tell_broken(roster)
        if plan:
            for each in job.progress(days, "days"):
                builder.digest(each)
            say(roster.plan_words())
            raise typer.Exit(job.code)
        keep_found(job, store)
        with job.recorded(store):
            builder.site.expect(days)
            for each in job.progress(days, "days"):
                builder.build(each)
                say(str(out / f"{each}.html"))
            job.code = max(job.code, tell_updated(builder.write_index()), tell_failed(builder))
    tell_spent(roster)
    raise typer.Exit(job.code)


def _render(job: Job, *, asked: bool) -> NoReturn:
    """Write all pages again, after a change of templates, overrides or the site's settings; the store is not asked."""
    if asked:
        raise ConfigError("--render", "writes the pages of all days again, and goes with no date, engine or --plan")
    from digest.output import day_paths

    if not day_paths(job.out):
        raise FileNotFoundError(
            errno.ENOENT, "no day to write again; name the folder of pages with --out", str(job.out)
        )
    with job.locked():
        updated = job.site().update(anew=True)
    say(f"{counted(len(updated.written), 'file')} changed in {job.out}")
    raise typer.Exit(tell_updated(updated))


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the pages.")] = Path("demo-out"),
    templates: TemplatesOption = None,
    log_json: LogOption = False,
) -> None:
    """Run the whole job on the embedded sample blog: no key, no network beyond this machine."""
    import tempfile

    from digest.config import Settings
    from digest.demo import DEMO_DAY, DemoServer, settings

    target = date.fromisoformat(DEMO_DAY)
    with DemoServer() as server, tempfile.TemporaryDirectory(prefix="digest-demo-") as state:
        chosen = Settings.model_validate(settings(server.base))
        job = Job("demo", chosen, Path(state), out, demo_clock(target), log_json, base=Path(state), templates=templates)
        job.set_up_log()
        with job.store() as store:
            days = [target - timedelta(days=back) for back in (2, 1, 0)]
            got = job.collect(store, days)
            # no engine of this machine: the demo is the same everywhere; it says how to get one
            builder = job.builder(store, job.roster(store, only="none"))
            builder.link(days)
            builder.site.expect(days)
            for day in days:
                digest = builder.build(day)
            tell_updated(builder.write_index())
    counts = dict(digest.quality)
    say(f"{got.sources} feeds: {brought(got)}")
    say(f"{DEMO_DAY}: {counts['posts']} posts, {counts['verified']} pairs checked, "
        f"{counts['untranslated']} lines not translated")  # fmt: skip
    say(str((out / f"{DEMO_DAY}.html").resolve()))
    raise typer.Exit(outcome(got, has_posts=True, page_failures=len(digest.failures)))


def demo_clock(target: date) -> datetime:
    """Give the morning after the demo's day, in UTC: a demonstration must not depend on the clock."""
    return datetime(target.year, target.month, target.day, 23, tzinfo=UTC)

"""The verbs that make days: run, collect, build and demo."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    StateOption,
    dates,
    one_date,
    say,
)
from digest.job import NOTHING, PARTLY, WELL, Job

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
    now: NowOption = "",
    log_json: LogOption = False,
) -> None:
    """Collect and build: what cron calls.

    Without a date: the last complete day, and earlier days whose inputs changed.
    """
    job = Job.start("run", config, state, out, now, log_json)
    asked = one_date(day, date_)
    with job.locked(), job.store() as store:
        first = store.last_run() is None
        roster = job.roster(store, only=engine)
        with job.recorded(store):
            got, offer = _run(job, store, roster, asked)
    for line in roster.spent():
        say(line, err=True)
    if first and offer:  # said once; the page says it as long as it holds
        say(offer, err=True)
    finish(job, got)


def _run(job: Job, store: Store, roster: Roster, asked: date | None) -> tuple[Collected, str]:
    """Collect and build; give what was collected, and how lines without translation could get one."""
    target = asked or job.calendar.last_complete
    days = [target] if asked else job.calendar.days_until(target, job.settings.digest.rebuild_days)
    got = job.collect(store, days)
    builder = job.builder(store, roster)
    store.save_failures(target, got.failures)
    builder.link_editions(days)
    for earlier in () if asked else builder.days_to_rebuild(target):
        builder.build(earlier)
        say(str(job.out / f"{earlier}.html"))
    digest = builder.build(target)
    builder.write_index()
    say(str(job.out / f"{target}.html"))
    job.ended(outcome(got, has_posts=bool(digest.abstracts), page_failures=len(digest.failures)), got)
    return got, digest.offer.en or "" if digest.offer else ""


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
    now: NowOption = "",
    log_json: LogOption = False,
) -> None:
    """Write pages from the store: a page a day, no network but that of a chat engine."""
    job = Job.start("build", config, state, out, now, log_json)
    days = dates(one_date(day, date_), first, last, job.calendar.last_complete)
    with job.locked(), job.store() as store:
        roster = job.roster(store, only=engine, plan=plan)
        builder = job.builder(store, roster)
        if plan:
            for each in job.progress(days, "days"):
                builder.digest(each)
            say(roster.plan_words())
            return
        with job.recorded(store):
            for each in job.progress(days, "days"):
                failures = builder.build(each).failures
                say(str(out / f"{each}.html"))
                job.code = max(job.code, PARTLY if any(f.stage == "engine" for f in failures) else WELL)
            builder.write_index()
    for line in roster.spent():
        say(line, err=True)
    raise typer.Exit(job.code)


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


# ---- outcomes ----


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

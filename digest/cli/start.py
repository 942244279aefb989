"""The verb for a first use: choose sources, fetch what their feeds hold, show real pairs at once."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.feeds import sample_text
from digest.cli.options import (
    DEFAULT_CONFIG,
    DEFAULT_OUT,
    DEFAULT_STATE,
    ConfigOption,
    LogOption,
    NowOption,
    OutOption,
    StateOption,
    say,
)
from digest.cli.outcomes import brought, finish, outcome
from digest.counting import counted
from digest.errors import ConfigError
from digest.job import Job

if TYPE_CHECKING:
    from digest.build import Builder
    from digest.config import Source

SHOWN = 5  # posts that are told at once
HEADING = "近期新译 · recently translated"


def init(
    source: Annotated[list[str] | None, typer.Option("--source", help="Take this source of those that ship.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Take every source that ships.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write feeds.yaml anew where there is one.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    now: NowOption = "",
    log_json: LogOption = False,
) -> None:
    """Set up a first use: feeds.yaml, what the feeds hold now, and what of it is there in both languages.

    Asks which of the sources that ship are wanted; where there is no terminal to ask at, takes those that publish in
    both languages. A feeds.yaml that is there already is used as it is.
    """
    from digest.translate.engine import WAYS

    _configure(config, source or [], take_all=all_, force=force)
    job = Job.start("init", config, state, out, now, log_json)
    with job.locked(), job.store() as store, job.recorded(store):
        say(
            f"asks {counted(len(job.settings.sources), 'source')} for their posts; this takes a minute or two", err=True
        )
        got = job.collect(store, [])
        answered = got.sources - len(got.failures)
        say(f"{answered} of {got.sources} sources answered: {brought(got)}")
        roster = job.roster(store)
        builder = job.builder(store, roster)
        builder.link()
        _show_and_learn(job, builder)
        has_posts = any(store.posts_of_source(each.url) for each in job.settings.sources)
        job.ended(outcome(got, has_posts=has_posts, page_failures=got.pages_missing), got)
        by = roster.translators(store.memory_top(), store.terms_top())
    if offer := next((by.offers[way] for way in WAYS if way in by.offers and not by.serve(*way)), None):
        say(offer.en or "", err=True)
    _next_steps(config, state, out)
    finish(job, got)


# ---- feeds.yaml ----


def _configure(config: Path, wanted: Sequence[str], *, take_all: bool, force: bool) -> None:
    """Write feeds.yaml with the sources that are wanted, or leave the one that is there."""
    from digest.config import keep_sources, parse_settings
    from digest.output import write_file

    if config.exists() and not force:
        if wanted or take_all:
            raise ConfigError(str(config), "is there already; --force writes it anew, digest feeds add adds to it")
        say(f"{config} is there already and is used as it is")
        return
    text = sample_text()
    sources = parse_settings(text).sources
    names = list(wanted) or _names(sources, take_all=take_all)
    write_file(config, keep_sources(text, names, "--source"))
    say(f"wrote {config}: {', '.join(source.name for source in sources if source.name in names)}")


def _names(sources: Sequence[Source], *, take_all: bool) -> list[str]:
    if take_all:
        return [source.name for source in sources]
    usual = [number for number, source in enumerate(sources, start=1) if source.twin]
    chosen = _asked(sources, usual) if _at_a_terminal() else usual
    return [sources[number - 1].name for number in chosen]


def _at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _asked(sources: Sequence[Source], usual: Sequence[int]) -> list[int]:
    """Show the sources, each with its number, and ask until the answer is numbers of theirs."""
    for number, source in enumerate(sources, start=1):
        languages = "zh en" if source.twin else source.language
        say(f"{number:3}  {languages:5}  {source.name}  {source.url}")
    while True:
        answer = typer.prompt("Which? Numbers as in 1 3 5-7, or all", default=spelt(usual))
        try:
            return numbers(answer, len(sources))
        except ValueError as error:
            say(str(error), err=True)


def numbers(text: str, most: int) -> list[int]:
    """Read numbers and ranges from 1 to `most`. Raises ValueError for what is none, and where there is none.

    >>> numbers("1, 3 5-7", 9), numbers("all", 2)
    ([1, 3, 5, 6, 7], [1, 2])
    """
    if text.strip().lower() == "all":
        return list(range(1, most + 1))
    found: set[int] = set()
    for word in text.replace(",", " ").replace("，", " ").split():
        first, _, last = word.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal() and 1 <= int(first) <= int(last or first) <= most):
            raise ValueError(f"{word!r} is no number from 1 to {most}, nor a range of them such as 2-4")
        found |= set(range(int(first), int(last or first) + 1))
    if not found:
        raise ValueError("at least one source is needed")
    return sorted(found)


def spelt(chosen: Sequence[int]) -> str:
    """Write numbers as a person would, runs as ranges.

    >>> spelt([1, 2, 3, 5])
    '1-3 5'
    """
    runs: list[list[int]] = []
    for number in chosen:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


# ---- what there is ----


def _show_and_learn(job: Job, builder: Builder) -> None:
    """Tell the newest posts with both editions as soon as they are read; a bar shows how the others are learnt from."""
    from digest.recent import bilingual, learnt, told

    entries = bilingual(builder)
    readings = learnt(builder, entries)
    read, shown = [], 0
    say(f"\n{HEADING}", end="\n\n" if entries else "\n")
    for gained in readings:
        read.append(gained)
        if gained.is_paired:
            day = job.calendar.day_of(gained.translated)
            say("\n".join(told(gained.abstract, job.settings.digest.order, day)), end="\n\n")
            shown += 1
        if shown == SHOWN:
            break
    with job.bar() as tell:
        tell("posts", len(entries) - len(read))
        for gained in readings:
            read.append(gained)
            tell("posts", -1)
    if not any(gained.is_paired for gained in read):
        say("  none yet: most translations come weeks after the post; `digest run` watches for them\n")
    pairs, terms = sum(gained.pairs for gained in read), sum(gained.terms for gained in read)
    say(f"learnt {counted(pairs, 'pair')} of lines and {counted(terms, 'term')} from "
        f"{counted(sum(gained.is_paired for gained in read), 'post')} in both languages")  # fmt: skip


def _next_steps(config: Path, state: Path, out: Path) -> None:
    """Say what to do now: the first page, and a page a day."""
    given = (("--config", config, DEFAULT_CONFIG), ("--state", state, DEFAULT_STATE), ("--out", out, DEFAULT_OUT))
    options = "".join(f" {name} {shlex.quote(str(path))}" for name, path, usual in given if path != usual)
    found = shutil.which(sys.argv[0]) or shutil.which("digest")
    program = str(Path(found).absolute()) if found else "digest"
    command = f"{shlex.quote(program)} run{options} --log-json >>digest.log 2>&1".replace("%", r"\%")
    folder = shlex.quote(str(Path.cwd())).replace("%", r"\%")
    say(f"\nnext, yesterday's page:\n  digest run{options}")
    say(f"and a page every morning, by this line for crontab -e:\n  0 7 * * *  cd {folder} && {command}")

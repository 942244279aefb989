"""The verb that looks for problems."""

from __future__ import annotations

import os
from typing import Annotated

import typer

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
from digest.job import NOTHING, PARTLY, WELL, Job


def check(
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    now: NowOption = "",
    engine: Annotated[bool, typer.Option("--engine", help="Have three lines translated, and judge them.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the sources whether they answer.")] = False,
    log_json: LogOption = False,
) -> None:
    """Look for problems before they cost a day; each is told with its remedy."""
    from digest.check import FATAL, examine
    from digest.trial import tried

    job = Job.start("check", config, state, out, now, log_json)
    findings = examine(
        job.settings, job.store, state, out, job.calendar, environment=os.environ,
        web_for=None if offline else job.web_for(), run_all=job.map, roster_for=job.roster,
    )  # fmt: skip
    for finding in findings:
        say(str(finding))
    worst = max((finding.level for finding in findings), default=0)
    code = {0: WELL, 1: PARTLY, 2: NOTHING}[worst]
    if engine and worst < FATAL:
        with job.locked(), job.store() as store:
            for way in tried(job.roster(store).translators(store.memory_top(), store.terms_top())):
                say(str(way))
                code = code if way.verified else PARTLY
    raise typer.Exit(code)

"""The verb that looks for problems."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

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
from digest.errors import ConfigError, StoreError
from digest.job import NOTHING, PARTLY, WELL, Job

if TYPE_CHECKING:
    from digest.check import Finding
    from digest.model import Recipient


def check(
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    now: NowOption = "",
    engine: Annotated[
        bool, typer.Option("--engine", help="Have three lines translated, and judge them; look for an Ollama here.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask neither the sources nor the mail server.")] = False,
    days: Annotated[int, typer.Option("--days", min=0, max=366, help="How many of the last days are told.")] = 7,
    log_json: LogOption = False,
) -> None:
    """Look for problems before they cost a day; each is told with its remedy. What needs a person comes first.

    Exit codes, for monitoring: 0 all well, 1 a warning, 3 a problem that stops a run or the sending.
    """
    from digest.check import FATAL, examine
    from digest.trial import tried

    job = Job.start("check", config, state, out, now, log_json)
    findings = _sending(job, days, offline=offline) + examine(
        job.settings, job.store, state, out, job.calendar, environment=os.environ,
        web_for=None if offline else job.web_for(), run_all=job.map, roster_for=job.roster, reader=job.reader,
        try_engines=engine,
    )  # fmt: skip
    for finding in sorted(findings, key=lambda finding: -finding.level):
        say(str(finding))
    worst = max((finding.level for finding in findings), default=0)
    code = {0: WELL, 1: PARTLY, 2: NOTHING}[worst]
    if engine and worst < FATAL:
        with job.locked(), job.store() as store:
            for way in tried(job.roster(store).translators(store.memory_top(), store.terms_top())):
                say(str(way))
                code = code if way.verified else PARTLY
    raise typer.Exit(code)


def _sending(job: Job, days: int, *, offline: bool) -> list[Finding]:
    """Tell the last days and what was sent of them, and whether what is to be sent can be."""
    from digest.check import FATAL, Finding
    from digest.deliver.days_told import Told
    from digest.deliver.readiness import readiness
    from digest.deliver.recipients import recipients_of

    recipients: tuple[Recipient, ...] = ()
    found: list[Finding] = []
    try:
        recipients = recipients_of(job.settings, job.base)
    except ConfigError as error:
        found.append(Finding(FATAL, error.where or "send", error.message))
    probe = None if offline else _probe(job)
    try:
        with job.store() as store:
            found += Told(store, job.out, job.calendar, recipients).findings(days)
    except StoreError:
        pass  # told by what looks at the rest
    return found + readiness(job.settings, recipients, job.state, job.base, os.environ, probe)


def _probe(job: Job) -> Callable[[], str] | None:
    """Give what asks the mail server of the settings, if there is one."""
    from digest.deliver.sending import mail_server

    mail = job.settings.send.mail
    return (lambda: mail_server(mail, job.base, os.environ).probe()) if mail and mail.server else None

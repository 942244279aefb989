"""The verb that delivers: mail and chats."""

from __future__ import annotations

import errno
import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

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
    TemplatesOption,
    read_date,
    say,
)
from digest.cli.passing import passing_store, store_to_look_at
from digest.errors import ConfigError, DigestError
from digest.job import NOTHING, PARTLY, USAGE, WELL, Job, code_of

if TYPE_CHECKING:
    from digest.deliver.sending import Asked, Sending, Sent
    from digest.store import Store


def send(
    day: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD; without it, all that is due.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent; send and write nothing.")] = False,
    eml: Annotated[str, typer.Option("--eml", metavar="DIR", help="Write the mails into a folder, send none.")] = "",
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="ADDRESS",
            help="Only to these addresses, channels or lists; one that is configured nowhere gets the list daily.",
        ),
    ] = None,
    test: Annotated[
        bool, typer.Option("--test", help="With --to: hand it over now, whatever was sent before; note nothing.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Try once more what was rejected of DATE, and at once what is pending.")
    ] = False,
    resend: Annotated[
        bool, typer.Option("--resend-uncertain", help="Send once more what may have arrived, and may not.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget-uncertain", help="Take what is uncertain as arrived.")] = False,
    unsubscribe: Annotated[
        str, typer.Option("--unsubscribe", metavar="TOKEN", help="Send no more to whom a token is of; - reads a mail.")
    ] = "",
    subscribe: Annotated[
        str, typer.Option("--subscribe", metavar="ADDRESS", help="Send again to who had unsubscribed, or bounced.")
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    templates: TemplatesOption = None,
    now: NowOption = "",
    log_json: LogOption = False,
) -> None:
    """Deliver the page of a day by mail and to chats, once to each recipient, and what is pending.

    Without a date: the last complete day, and days that were missed.
    """
    from digest.deliver.sending import Asked

    _one_of(("--dry-run", dry_run), ("--eml", eml), ("--unsubscribe", unsubscribe), ("--subscribe", subscribe),
            ("--resend-uncertain", resend), ("--forget-uncertain", forget), ("--test", test), ("--again", again),
            )  # fmt: skip
    if test and not to:
        raise ConfigError("--test", "needs --to ADDRESS")
    uncertain: Literal["keep", "resend", "forget"] = "resend" if resend else "forget" if forget else "keep"
    job = Job.start("send", config, state, out, now, log_json, templates=templates)
    asked = Asked(read_date(day) if day else None, tuple(to or ()), uncertain, again)
    if not (day or unsubscribe or subscribe or out.is_dir()):
        raise FileNotFoundError(errno.ENOENT, "no such folder; digest run makes it, or name another: --out", str(out))
    if test:
        job.code = _tried(job, asked)
    elif dry_run:
        with store_to_look_at(job) as store:
            job.code = _told(sending_of(job, store), asked)
    else:
        with job.locked(), job.store() as store:
            if unsubscribe or subscribe:
                say(_left(job, store, unsubscribe) if unsubscribe else _back(job, store, subscribe))
            elif eml:
                job.code = _written(sending_of(job, store), asked, Path(eml))
            else:
                with job.recorded(store):
                    job.code = deliver(job, store, asked)
    raise typer.Exit(job.code)


def deliver(job: Job, store: Store, asked: Asked) -> int:
    """Send what is asked for, say how that went, and give the exit code. Raises ConfigError."""
    sent = sending_of(job, store).send(asked)
    for line in (*sent.broken, *sent.faults, *sent.report.lines(job.calendar.zone)):
        say(line, err=True)
    for line in _summary(job, sent, asked):
        say(line)
    counts = sent.report.counts()
    job.counts |= {str(state): counts[state] for state in counts}
    if asked.day and sent.faults:
        return NOTHING
    return USAGE if sent.broken else WELL if sent.report.well and not sent.faults else PARTLY


def deliver_built(job: Job, store: Store, day: date | None) -> int:
    """Send after a build, and give the exit code: the pages are written, whatever becomes of this."""
    from digest.deliver.sending import Asked

    try:
        return deliver(job, store, Asked(day))
    except DigestError as error:
        say(f"digest: {error}", err=True)
        return code_of(error)


def sending_of(job: Job, store: Store, *, test: bool = False) -> Sending:
    from digest.deliver.sending import Sending

    return Sending(
        job.settings, store, job.calendar, job.out, job.base, os.environ, config=job.config, keys=job.state, test=test,
        read=job.read(),
    )  # fmt: skip


def _summary(job: Job, sent: Sent, asked: Asked) -> list[str]:
    """Say of each day how many deliveries came how far; of the day that was looked at, also why not more."""
    from digest.deliver.report import STATES

    rows = Counter((row.day, row.state) for row in sent.report.rows)
    newest = asked.day or job.calendar.last_complete
    why = Counter(each.why.partition(" 2")[0] for each in sent.due if each.day == newest and each.why)
    lines = []
    for day in sorted({day for day, _ in rows} | {newest}):
        told = [f"{rows[day, state]} {state}" for state in STATES if rows[day, state]]
        if not told and (sent.broken or (sent.faults and not why)):
            continue  # what is wrong is said already, and that there was nothing to send would be untrue
        if not told:
            reasons = [f"{count} {words}" for words, count in why.items()]
            told = [f"nothing to send ({', '.join(reasons)})" if reasons else f"nothing to send; {_nothing(sent)}"]
        lines.append(f"{day}: {', '.join(told)}")
    return lines


def _nothing(sent: Sent) -> str:
    """Say why nobody is due anything."""
    return "nobody is named: send.mail.recipients" if sent.nobody else "it has no page yet that is of the whole day"


def _tried(job: Job, asked: Asked) -> int:
    """Hand a day over to those who are named as if nothing had ever been sent, and note it nowhere."""
    from digest.deliver.report import described

    lists = {each.lower() for each in job.settings.send.list_names}
    for name in asked.to:
        if name.lower() in lists:
            raise ConfigError("--test", f"goes to addresses and channels, not to everybody on a list ({name})")
    with passing_store() as store:
        sent = sending_of(job, store, test=True).send(replace(asked, day=asked.day or job.calendar.last_complete))
    for line in (*sent.broken, *sent.faults):
        say(line, err=True)
    for row in sent.report.rows:
        say(described(replace(row, next_try=None), job.calendar.zone))
    if sent.faults:
        return NOTHING
    return USAGE if sent.broken else WELL if sent.report.well else PARTLY


def _told(sending: Sending, asked: Asked) -> int:
    from digest.deliver.preview import dry_run

    lines, faults = dry_run(sending, asked)
    for line in lines:
        say(line)
    return _ended(faults, bool(lines))


def _written(sending: Sending, asked: Asked, folder: Path) -> int:
    from digest.deliver.preview import write_mails

    files, left, faults = write_mails(sending, asked, folder)
    for path in files:
        say(str(path))
    for line in left:
        say(line, err=True)
    return _ended(faults, bool(files or left))


def _ended(faults: Iterable[str], any_done: bool) -> int:
    for fault in faults:
        say(fault, err=True)
    return WELL if not faults else PARTLY if any_done else NOTHING


def _left(job: Job, store: Store, token: str) -> str:
    from digest.deliver.keys import mail_key
    from digest.deliver.leaving.unsubscribing import read_mail, unsubscribe
    from digest.deliver.recipients import recipients_of
    from digest.model import STDIN

    given = read_mail(sys.stdin.buffer) if token == STDIN else token
    return unsubscribe(given, store, mail_key(job.state), recipients_of(job.settings, job.base), job.now)


def _back(job: Job, store: Store, address: str) -> str:
    from digest.deliver.leaving.unsubscribing import subscribe
    from digest.deliver.recipients import recipients_of

    return subscribe(address, store, recipients_of(job.settings, job.base))


def schedule_for(job: Job, kind: str, config: Path) -> str:
    """Give a unit that runs this every day. Raises ConfigError for a kind that there is not."""
    from digest.deliver.recipients import recipients_of
    from digest.deliver.schedule.machine import plan_here
    from digest.deliver.schedule.units import schedule

    times = [each.time for each in recipients_of(job.settings, job.base)]
    return schedule(kind, plan_here(
        job.settings, times, config=config, state=job.state, out=job.out, now=job.now, environment=os.environ,
    ))  # fmt: skip


def _one_of(*options: tuple[str, object]) -> None:
    given = [name for name, value in options if value]
    if len(given) > 1:
        raise ConfigError(given[1], f"does not go with {given[0]}")

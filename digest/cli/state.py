"""The verbs of the state: backup and restore."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.options import DEFAULT_STATE, NowOption, StateOption, say
from digest.errors import StoreError
from digest.job import locked, moment


def backup(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Where to; without it, digest.db.backup in the folder of the store.")
    ] = "",
    state: StateOption = DEFAULT_STATE,
    now: NowOption = "",
) -> None:
    """Copy the store, and the key of unsubscribe links, into one file.

    A run may be at work meanwhile. feeds.yaml and the pages are not in it: keep them with your other files.
    """
    from digest.backup import COPY, back_up, store_in
    from digest.store import FILE

    if not (state / FILE).exists() and not (state / COPY).exists():
        raise StoreError(f"{state / FILE}: there is no store to copy; name its folder with --state")
    time, path = moment(now), Path(file) if file else state / COPY
    with store_in(state, time) as store:
        back_up(store, path, time)
    say(str(path))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to restore.")],
    state: StateOption = DEFAULT_STATE,
    now: NowOption = "",
) -> None:
    """Put a copy of the store in its place; the present one is moved aside.

    It is checked first, and nothing is changed where it is refused. Days that were over before are not sent by
    themselves afterwards: nobody knows whether they were.
    """
    from digest.backup import restore as put_back
    from digest.store.copies import copied_at

    time, made = moment(now), copied_at(file)
    with locked(state):
        before = put_back(file, state, time)
    say(f"restored {file}" + (f", of {made.astimezone(UTC):%F %R}Z" if made else ""))
    if before:
        say(f"the store before lies in {before}")
    say("digest run catches up; days before today are sent only where they are asked for: digest send DATE")

"""What the verbs that make days say at their end, and the exit code that this comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import typer

from digest.cli.options import say
from digest.counting import counted
from digest.job import NOTHING, PARTLY, WELL, Job

if TYPE_CHECKING:
    from digest.build import Builder
    from digest.engines.roster import Roster
    from digest.fetch.collect import Collected
    from digest.publish import Updated


def finish(job: Job, got: Collected) -> None:
    """Name the sources that failed and end with the job's code."""
    for failure in got.failures:
        say(f"{failure.url}: {failure.stage}: {failure.reason}", err=True)
    raise typer.Exit(job.code)


def tell_broken(roster: Roster) -> int:
    """Name the engines that are configured and do not work; give the code that the verb ends with for them."""
    for choice in roster.broken:
        say(f"engine {choice}", err=True)
    return PARTLY if roster.broken else WELL


def tell_failed(builder: Builder) -> int:
    """Say why engines gave up on the days that were built; give the code that the verb ends with for that."""
    for reason in builder.engine_failures:
        say(f"engine: {reason}", err=True)
    return PARTLY if builder.engine_failures else WELL


def tell_updated(updated: Updated) -> int:
    """Say what could not be written again and which overrides no pair has; give the code that the verb ends with."""
    for fault in updated.faults:
        say(fault, err=True)
    for override in updated.unused:
        say(f"{override.place}: no page has a pair {override.pair} that this would change, or the pair reads otherwise "
            "than its `was`; is it a day that was not built?", err=True)  # fmt: skip
    return PARTLY if updated.faults else WELL


def tell_kept(kept: Mapping[date, Sequence[str]]) -> None:
    """Say which pages were left as they are, since what their lines were made with is not here now."""
    if kept:
        names = ", ".join(dict.fromkeys(name for names in kept.values() for name in names))
        have = "keeps" if len(kept) == 1 else "keep"
        days = str(min(kept)) if len(kept) == 1 else f"--from {min(kept)} --to {max(kept)}"
        say(f"{counted(len(kept), 'day')} {have} lines of an engine that is not here now ({names}), to be built "
            f"again when it is back, or by: digest build {days}", err=True)  # fmt: skip


def tell_unknown(builder: Builder) -> None:
    """Say which pages were left as they are, since they have posts that the store knows nothing of."""
    if days := builder.unknown:
        whose = f"the page of {days[0]}" if len(days) == 1 else f"pages of {min(days)} to {max(days)}"
        say(f"left as before: {whose}, with posts that the store does not know (was it restored?); to make a page "
            "anew: digest build DATE", err=True)  # fmt: skip


def tell_spent(roster: Roster) -> None:
    for line in roster.spent():
        say(line, err=True)


def brought(got: Collected) -> str:
    return f"{got.new_posts} new posts, {got.pages} pages, {got.editions} pages of other editions"


def outcome(got: Collected, *, has_posts: bool, page_failures: int) -> int:
    """Give the exit code: partly done if a source or a post failed, nothing if all sources did and no post is there."""
    if got.failures and len(got.failures) == got.sources and not has_posts:
        return NOTHING
    return PARTLY if got.failures or page_failures else WELL

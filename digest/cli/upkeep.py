"""What a run does for the store beside the days: keep pages it knows nothing of, let old things go, keep a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.options import in_words, say
from digest.errors import StoreError
from digest.job import PARTLY

if TYPE_CHECKING:
    from digest.job import Job
    from digest.store import Store


def keep_found(job: Job, store: Store) -> None:
    """Leave the pages alone that lie in the output folder already when a store is new, and say so.

    The state may have been lost: what feeds still list makes poorer pages than those that are there. Call before the
    run is recorded: the pages that a run writes, which may be killed in the midst, are the store's own. A page that was
    written before its day was over lacks what came later, and is not left alone.
    """
    if store.has_built():
        return
    from digest.output import days_in

    days = [day for day, written in days_in(job.out).items() if job.calendar.bounds(day)[1] <= min(written, job.now)]
    if days:
        store.save_found(days, job.now)
        which = f"the page of {days[0]}, which stays" if len(days) == 1 else \
            f"pages of {len(days)} days ({days[0]} to {days[-1]}), which stay"  # fmt: skip
        say(f"the store in {job.state} is new, and {job.out} has {which} as before: was the state lost? digest restore "
            "FILE, or name its folder with --state; to make a page anew: digest build DATE", err=True)  # fmt: skip


def keep_up(job: Job, store: Store) -> None:
    """Drop from the store what is not needed any more, and keep a copy of it. The days that were made stand.

    What cannot be dropped is told, and is left to the next run; where no copy can be made the run has partly failed.
    """
    from digest.backup import keep_copy
    from digest.pruning import prune

    try:
        prune(job.builder(store))
    except (StoreError, OSError) as error:
        say(f"not all that is old was dropped from the store: {in_words(error)}", err=True)
    try:
        if copy := keep_copy(store, job.settings.state.backup_days, job.now):
            say(f"copied the store to {copy}", err=True)
    except (StoreError, OSError) as error:
        say(f"no copy of the store was made: {in_words(error)}", err=True)
        job.code = max(job.code, PARTLY)

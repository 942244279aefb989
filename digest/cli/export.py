"""The verb `export`: what is in the archive and in the store, for other programs and for translators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import (
    DEFAULT_CONFIG,
    DEFAULT_OUT,
    DEFAULT_STATE,
    ConfigOption,
    NowOption,
    StateOption,
    read_date,
    say,
)
from digest.counting import counted
from digest.errors import ConfigError, DeliveryError, StoreError
from digest.job import NOTHING, PARTLY, WELL, Job

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.exporting import Account, Wish
    from digest.model import Digest
    from digest.render.exported import Exported

PAIRS = ("tmx", "tsv", "jsonl")
FORMATS = ("terms", *PAIRS)
EVERYBODY = "all"


def export(
    form: Annotated[
        str, typer.Option("--format", help="terms (a CSV), or verified pairs: tmx, tsv, jsonl; else by OUT's suffix.")
    ] = "",
    out: Annotated[str, typer.Option("--out", "-o", metavar="OUT", help="File to write; else standard output.")] = "",
    archive: Annotated[
        Path, typer.Option("--archive", envvar="DIGEST_OUT", help="Pairs: folder the pages were written to.")
    ] = DEFAULT_OUT,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="Pairs: from this day's page on.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="Pairs: up to this day's page.")] = "",
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="NAME", help="Pairs: of this one only.")
    ] = None,
    made_by: Annotated[
        str, typer.Option("--made-by", help="Pairs: by whom, such as human,machine,memory; or all.")
    ] = "human",
    titles: Annotated[bool, typer.Option("--titles/--no-titles", help="Pairs: titles too.")] = True,
    headings: Annotated[bool, typer.Option("--headings", help="Pairs: headings of posts too.")] = False,
    unlicensed: Annotated[
        bool, typer.Option("--unlicensed", help="Pairs: also of sources whose licence feeds.yaml does not say.")
    ] = False,
    seed: Annotated[bool, typer.Option("--seed", help="Terms: also those of the glossary that ships.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    now: NowOption = "",
) -> None:
    """Write what was learnt, for translators and other tools: verified pairs of lines, or terms.

    Terms may be corrected by hand and named in feeds.yaml (engines.terms). Pairs of a source are written where its
    `licence` is in feeds.yaml, or with --unlicensed. Exit code 1: pairs were left out for want of a licence, or a day
    could not be read; 3: there was nothing else.
    """
    from digest.given import check_out

    suffix = Path(out).suffix.lower().removeprefix(".")
    form = form.lower() or (suffix if suffix in PAIRS else "terms")
    if form not in FORMATS:
        raise ConfigError("--format", f"{form!r} is no format; choose terms, tmx, tsv or jsonl")
    check_out(out, ())
    job = Job.start("export", config, state, archive, now, False)
    if form == "terms":
        _export_terms(job, out, seed=seed)
        return
    if seed:
        raise ConfigError("--seed", "is for terms; leave it out, or choose --format terms")
    wish = _wish(made_by, source or (), titles=titles, headings=headings, unlicensed=unlicensed)
    code = _export_pairs(job, form, out, wish, _days(archive, first, last))
    if code != WELL:
        raise typer.Exit(code)


def _export_terms(job: Job, out: str, *, seed: bool) -> None:
    from digest.align.terms.table import as_csv
    from digest.engines.terms import ledger_for
    from digest.given import write_out

    named = job.settings.engines.terms
    with job.store() as store:
        # the table may be what this is to write for the first time
        table = job.base / named if named and (job.base / named).exists() else None
        ledger = ledger_for(store.sightings(store.terms_top()), table, job.settings.engines.keep)
    write_out(out, as_csv(ledger, seed=seed))


# ---- pairs ----------------------------------------------------------------------------------------------------------


def _wish(made_by: str, sources: Sequence[str], *, titles: bool, headings: bool, unlicensed: bool) -> Wish:
    from digest.exporting import MAKERS, Wish

    makers = [name.strip().lower() for name in made_by.split(",")]
    if strange := [name for name in makers if name not in (*MAKERS, EVERYBODY)]:
        raise ConfigError("--made-by", f"{strange[0]!r} is nobody; choose among {', '.join(MAKERS)} and {EVERYBODY}")
    return Wish(
        frozenset(MAKERS if EVERYBODY in makers else makers), frozenset(sources), titles, headings, unlicensed
    )  # fmt: skip


def _days(archive: Path, first: str, last: str) -> list[tuple[date, Path]]:
    """Give the days asked for with their files, oldest first. Raises StoreError where the archive has none at all."""
    from digest.output import day_paths

    start, end = (read_date(text) if text else None for text in (first, last))
    if start and end and end < start:
        raise ConfigError("--to", f"{end} lies before --from {start}")
    days = [(date.fromisoformat(path.stem), path) for path in day_paths(archive)]
    if not days:
        raise StoreError(f"{archive}: there is no day to export; name the folder of the pages with --archive")
    return [(day, path) for day, path in days if (start or day) <= day <= (end or day)]


def _export_pairs(job: Job, form: str, out: str, wish: Wish, days: Sequence[tuple[date, Path]]) -> int:
    from digest.align.embed import load_embedder
    from digest.corrected import judge_with
    from digest.exporting import Account, Papers, exported
    from digest.given import opened_out
    from digest.render.exported import memory, objects, table

    licences = {source.name: source.licence for source in job.settings.sources}
    papers = Papers(licences, _engine_licences(job), job.settings.digest.link)
    account, faults = Account(), list[str]()
    pairs = exported(_read(days, faults), wish, papers, judge_with(load_embedder), account)
    head = tuple(islice(pairs, 1))  # where there is none, all days are read by now
    _check_sources(wish, job.settings, account)
    if not head and (account.unlicensed or faults):
        _tell(account, faults, licences, job.config)
        return NOTHING
    made = partial(memory, created=days[-1][0] if days else None)
    forms: dict[str, Callable[[Iterable[Exported]], Iterator[str]]] = {"tmx": made, "tsv": table, "jsonl": objects}
    with opened_out(out) as write:
        for part in forms[form](chain(head, pairs)):
            write(part)
    _tell(account, faults, licences, job.config)
    say(f"{counted(account.given, 'pair')} of {counted(len(days), 'day')}", err=True)
    return PARTLY if account.unlicensed or faults else WELL


def _read(days: Iterable[tuple[date, Path]], faults: list[str]) -> Iterator[Digest]:
    """Read days one at a time; what cannot be read is told at the end, and the others are exported."""
    from digest.recorded import digest_of

    for _, path in days:
        try:
            yield digest_of(path.read_text("utf-8"), str(path))
        except (DeliveryError, OSError, UnicodeDecodeError) as error:
            faults.append(str(error))


def _engine_licences(job: Job) -> Callable[[str], str]:
    """Give what says the licences of the local models that an engine's signature names, as their papers have them."""
    import os

    from digest.engines.local import installed, models_folder

    named = job.settings.engines.mt.folder
    folder = models_folder(str(job.base / named) if named else "", os.environ, Path.home())
    licences = {model.name: model.licence for model in installed(folder)}

    def licence(signature: str) -> str:
        used = [text for name, text in licences.items() if signature.startswith("mt:") and f"{name}:" in signature]
        return "; ".join(dict.fromkeys(filter(None, used)))

    return licence


def _check_sources(wish: Wish, settings: Settings, account: Account) -> None:
    """Refuse a source that neither the settings nor the days read so far know, where nothing of it was found."""
    known = {source.name for source in settings.sources} | account.seen
    if not account.given and (strange := sorted(wish.sources - known)):
        raise ConfigError("--source", f"no source is called {strange[0]!r}; there are: {', '.join(sorted(known))}")


def _tell(account: Account, faults: Iterable[str], licences: dict[str, str], config: str) -> None:
    """Say what was left out, why, and what to do about it."""
    for fault in faults:
        say(f"left out: {fault}", err=True)
    for maker, count in sorted(account.makers.items()):
        say(f"left out: {counted(count, 'pair')} made by {maker} (--made-by {maker} gives them)", err=True)
    if account.guessed:
        say(f"left out: {counted(account.guessed, 'pair')} with characters whose reading is not sure", err=True)
    for name, count in sorted(account.unlicensed.items()):
        lacking = "has no licence there" if name in licences else "is not there any more"
        say(
            f"left out: {counted(count, 'pair')} of {name}: its licence is not known ({config}: the source {lacking}); "
            "write what its site says as its `licence`, or give --unlicensed and answer for the use yourself",
            err=True,
        )

"""The verbs for what translates: models, the memory of pairs, terms."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import DEFAULT_CONFIG, DEFAULT_OUT, DEFAULT_STATE, ConfigOption, NowOption, StateOption, say
from digest.errors import ConfigError
from digest.job import Job, load

if TYPE_CHECKING:
    from rich.progress import TaskID

    from digest.config import Settings
    from digest.engines.local.install import Tell

models_app = typer.Typer(
    help="Local translation models: pull, list, remove.", no_args_is_help=True, rich_markup_mode=None
)
memory_app = typer.Typer(help="The memory of verified pairs.", no_args_is_help=True, rich_markup_mode=None)

PRIVATE_HELP = "Exact host:port that may be private."


def _settings(config: Path) -> Settings | None:
    """Read feeds.yaml if it is there: models can be fetched before there is one."""
    return load(config) if config != DEFAULT_CONFIG or config.exists() else None


def _folder(config: Path) -> Path:
    from digest.engines.local import models_folder

    settings = _settings(config)
    named = settings.engines.mt.folder if settings else ""
    return models_folder(str(config.parent / named) if named else "", os.environ, Path.home())


@models_app.command("pull")
def models_pull(
    pairs: Annotated[list[str] | None, typer.Argument(metavar="PAIR…", help="Such as en-zh and zh-en.")] = None,
    source: Annotated[str, typer.Option("--from", metavar="FILE|URL", help="A package at hand, or its address.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    allow_private: Annotated[list[str] | None, typer.Option(help=PRIVATE_HELP)] = None,
) -> None:
    """Fetch translation models, once; what was begun is gone on with."""
    from digest.engines.local import packages_missing, pull
    from digest.fetch.web import Web

    settings = _settings(config)
    network = settings.network if settings else None
    with (
        Web(
            allow_private=frozenset(allow_private or ()),
            allow_ranges=network.allow_ranges if network else (),
            proxy=network.proxy if network else "",
        ) as web,
        _bar() as tell,
    ):
        pulled = pull(
            pairs or [], folder=_folder(config), web=web, now=datetime.now(UTC), from_=source,
            mirror=settings.engines.mt.mirror if settings else "", tell=tell,
        )  # fmt: skip
    for one in pulled:
        model = one.model
        say(f"{model.pair}\t{model.name}\t{model.path}")
        say(f"        {model.credit or 'no credit given'}; licence: {model.licence or 'not stated'}")
        checked = "as computed for this version" if one.check == "verified" else f"{one.check}; nothing was enforced"
        say(f"        sha256 {model.sha256} ({checked})")
    if missing := packages_missing():
        say(missing, err=True)


@contextlib.contextmanager
def _bar() -> Iterator[Tell | None]:
    """Show how far a download is, on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(pair: str, done: int, total: int | None) -> None:
            if pair not in tasks:
                tasks[pair] = bars.add_task(pair, total=total)
            bars.update(tasks[pair], completed=done, total=total)

        yield tell


@models_app.command("list")
def models_list(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List the models that are here, and those that can be fetched."""
    from digest.engines.local import CATALOGUE, installed

    found = {model.pair: model for model in installed(_folder(config))}
    for model in found.values():
        told = "; ".join(filter(None, (model.credit, model.licence))) or "no papers"
        say(f"{model.pair}\t{model.name}\t{told}\t{model.path}")
    for package in CATALOGUE:
        if package.pair not in found:
            size = package.size or package.reported_size
            told = f"{size / 1e6:.0f} MB" if size else "size unknown"
            say(f"{package.pair}\t-\t{told}, {package.licence}\tdigest models pull {package.pair}")


@models_app.command("remove")
def models_remove(
    pairs: Annotated[list[str], typer.Argument(metavar="PAIR…")], config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Remove models."""
    from digest.engines.local import remove

    missing = [pair for pair in pairs if not remove(_folder(config), pair)]
    if missing:
        raise ConfigError("", f"no model of {', '.join(missing)} is here; see: digest models list")


@memory_app.command("import")
def memory_import(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="TMX files.")],
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    now: NowOption = "",
) -> None:
    """Add the pairs of TMX files to the memory; only those that the judge verifies are kept."""
    from digest.align.embed import load_embedder
    from digest.engines.tmx import import_memory, read_tmx
    from digest.pairs import judged_texts

    job = Job.start("memory", config, state, DEFAULT_OUT, now, False)
    embedder = load_embedder()
    with job.locked(), job.store() as store:
        for file in files:
            try:
                found = read_tmx(file.read_bytes(), str(file))
            except OSError as error:
                raise ConfigError(str(file), f"cannot be read: {error.strerror or error}") from None
            got = import_memory(
                found.pairs, lambda pairs: judged_texts(pairs, embedder), store, job.now, source=file.name
            )
            say(
                f"{file}: {got.kept} pairs kept, {got.known} known already, {got.refused} not verified, "
                f"{got.skipped + found.skipped} without two lines"
            )

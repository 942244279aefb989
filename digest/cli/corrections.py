"""The verb `corrections`: what people corrected in the archive, for readers and for the judge's benchmarks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from digest.cli.options import DEFAULT_CONFIG, DEFAULT_OUT, ConfigOption, OutOption, say
from digest.errors import ConfigError, StoreError
from digest.job import PARTLY, WELL, load


def corrections_(
    gold: Annotated[
        str,
        typer.Option("--gold", metavar="FILE", help="Write labelled pairs (JSON Lines) here; '-': standard output."),
    ] = "",
    texts: Annotated[bool, typer.Option("--texts", help="With --gold: the lines too, not only their places.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    out: OutOption = DEFAULT_OUT,
) -> None:
    """List what overrides.yaml changed on the pages, newest first, and what of it changes nothing.

    Each row is the pair's place, what was done, when, by whom and why, parted by tabs. Exit code 1: an entry of
    overrides.yaml changes nothing, or a day could not be read.
    """
    from digest.config.overrides import load_overrides
    from digest.given import check_out, write_out
    from digest.render.corrections import Corrections
    from digest.render.gold import ABOUT, gold_rows
    from digest.render.line import shown
    from digest.render.records import json_line

    if texts and not gold:
        raise ConfigError("--texts", "belongs to --gold FILE")
    if gold:
        check_out(gold, ())
    settings = load(config)
    overrides = load_overrides(config.parent / settings.site.overrides)
    found, labelled, strange = Corrections(), dict[tuple[object, object], dict[str, object]](), list[Path]()
    for path, day in _days(out):
        if not found.add(day):
            strange.append(path)
        elif gold:
            for row in gold_rows(day, texts=texts):
                labelled.setdefault((row["key"], row["label"]), row)
    if gold:
        write_out(gold, json_line(ABOUT) + "".join(map(json_line, labelled.values())))
    else:
        for each in found.rows():
            on, fragment = each.places[-1]
            say("\t".join((f"{on}#{fragment}", each.how, str(each.on or ""), shown(each.by), shown(each.reason))))
    for path in strange:
        say(f"{path}: not a day of ours; passed over", err=True)
    unused = found.unused(overrides)
    for override in unused:
        say(
            f"{override.place}: {override.pair} changes nothing: no page has that pair, or it says so already, or it "
            "reads otherwise than `was`",
            err=True,
        )
    raise typer.Exit(PARTLY if unused or strange else WELL)


def _days(out: Path) -> Iterator[tuple[Path, Any]]:
    """Give the days of the output folder, newest first, parsed. Raises StoreError where there are none."""
    from digest.output import day_paths

    paths = day_paths(out)
    if not paths:
        raise StoreError(f"{out}: there is no day; name the folder of the pages with --out")
    for path in reversed(paths):
        try:
            yield path, json.loads(path.read_text("utf-8"))
        except (ValueError, RecursionError):
            yield path, None

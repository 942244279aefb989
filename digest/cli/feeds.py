"""The verbs for feeds.yaml: list, sample, add, import, export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.options import DEFAULT_CONFIG, ConfigOption, say
from digest.errors import ConfigError, SourceError
from digest.job import load, sandbox, web

feeds_app = typer.Typer(
    help="The sources in feeds.yaml: list, add, import, export.", no_args_is_help=True, rich_markup_mode=None
)


@feeds_app.command("list")
def feeds_list(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List the sources, a line each."""
    for source in load(config).sources:
        say(f"{source.name}\t{source.url}\t{source.language or '?'}\t{'twin' if source.twin else '-'}")


@feeds_app.command("sample")
def feeds_sample() -> None:
    """Print the feeds.yaml that ships, to start from: digest feeds sample > feeds.yaml."""
    say(sample_text(), end="")


def sample_text() -> str:
    """Give the text of the feeds.yaml that ships."""
    from importlib.resources import files

    inside = files("digest") / "data" / "feeds.yaml"
    return (inside if inside.is_file() else Path(__file__).parent.parent.parent / "feeds.yaml").read_text("utf-8")


@feeds_app.command("add")
def feeds_add(
    url: str,
    name: Annotated[str, typer.Option(help="Name of the source; else its feed's title.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    allow_private: Annotated[list[str] | None, typer.Option(help="Exact host:port that may be private.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the source, write nothing.")] = False,
) -> None:
    """Find the feed of a page, propose its twin rule and add it to feeds.yaml."""
    from digest.config import add_source
    from digest.fetch.propose import propose_source
    from digest.output import write_file

    settings = load(config)
    allowed = tuple(allow_private or ())
    with web(settings, frozenset(allowed)) as client:
        source = propose_source(url, client, name=name, allow_private=allowed, reader=sandbox())
    changed = add_source(config.read_text("utf-8"), source, config.name)
    say(json.dumps(source.model_dump(exclude_defaults=True, mode="json"), ensure_ascii=False))
    if not dry_run:
        write_file(config, changed)


@feeds_app.command("import")
def feeds_import(file: Path, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Add the feeds of an OPML file; those that are there already are passed over."""
    from digest.config import Source, add_source
    from digest.fetch.feeds.opml import read_opml
    from digest.output import write_file

    settings = load(config)
    try:
        rows = read_opml(file.read_bytes())
    except OSError as error:
        raise ConfigError(str(file), f"cannot be read: {error.strerror}") from None
    except SourceError as error:
        raise ConfigError(str(file), error.reason) from None
    text, names, urls = config.read_text("utf-8"), {s.name for s in settings.sources}, {s.url for s in settings.sources}
    added = 0
    for name, url in rows:
        if url in urls:
            continue
        label, number = name or url, 2
        while label in names:
            label, number = f"{name or url} ({number})", number + 1
        try:
            text = add_source(text, Source.model_validate({"name": label, "url": url}), config.name)
        except ValueError as error:
            say(f"{url}: left out: {str(error).splitlines()[-1].strip()}", err=True)
            continue
        names.add(label)
        urls.add(url)
        added += 1
    write_file(config, text)
    say(f"{added} of {len(rows)} feeds added to {config}")


@feeds_app.command("export")
def feeds_export(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Print the sources as OPML."""
    from digest.fetch.feeds.opml import write_opml

    settings = load(config)
    say(write_opml(settings.digest.title, [(s.name, s.url) for s in settings.sources]), end="")

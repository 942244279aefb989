"""The text of feeds.yaml with sources more or fewer; every comment and blank line stays where it is (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import yaml

from digest.config.reading import parse_settings
from digest.config.settings import Source
from digest.errors import ConfigError


def add_source(text: str, source: Source, name: str = "feeds.yaml") -> str:
    """Put one source behind the last of feeds.yaml.

    Raises ConfigError where the outcome would not be valid (a second source of that name, say).
    """
    sequence, places = _places(text, name)
    lines = text.splitlines(keepends=True)
    end = places[-1][1]
    if end and not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    dash = " " * (sequence.start_mark.column)
    fields = source.model_dump(exclude_defaults=True, mode="json")
    body = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, default_flow_style=None, width=1000)
    block = "".join(f"{dash}{'- ' if not i else '  '}{line}\n" for i, line in enumerate(body.splitlines()))
    changed = "".join(lines[:end]) + block + "".join(lines[end:])
    parse_settings(changed, name)
    return changed


def keep_sources(text: str, names: Collection[str], name: str = "feeds.yaml") -> str:
    """Leave out the sources that are not named, each with its lines; a comment goes with the last source under it.

    Raises ConfigError where a name is none of a source, or none is left.
    """
    known = [source.name for source in parse_settings(text, name).sources]
    if unknown := sorted(set(names) - set(known)):
        raise ConfigError(name, f"no source is called {', '.join(map(repr, unknown))}; there are: {', '.join(known)}")
    if not names:
        raise ConfigError(name, "at least one source is needed")
    _, places = _places(text, name)
    lines = text.splitlines(keepends=True)
    wanted = [each in names for each in known]
    kept = "".join(_kept(lines, places, wanted))
    parse_settings(kept, name)
    return kept


def _places(text: str, name: str) -> tuple[yaml.SequenceNode, list[tuple[int, int]]]:
    """Find the list of sources, and the lines of each from its dash to its last setting, as a half-open range."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    sequence = next((v for k, v in node.value if k.value == "sources"), None) if node else None
    if not isinstance(sequence, yaml.SequenceNode) or sequence.flow_style or not sequence.value:
        raise ConfigError(name, "sources must be a list with a dash a source, so that another can be added")
    lines = text.splitlines()
    last = sequence.value[-1].end_mark
    starts = [item.start_mark.line for item in sequence.value]
    places = []
    for start, end in zip(starts, [*starts[1:], last.line + (1 if last.column else 0)], strict=True):
        while end > start + 1 and _says_nothing(lines[end - 1]):
            end -= 1
        places.append((start, end))
    return sequence, places


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _kept(lines: list[str], places: list[tuple[int, int]], wanted: list[bool]) -> Iterator[str]:
    before = places[0][0]
    while before and _says_nothing(lines[before - 1]):
        before -= 1
    yield from lines[:before]
    began = False
    waiting: list[str] = []  # what stands above the next source that is kept
    for (start, end), is_wanted in zip(places, wanted, strict=True):
        above = lines[before:start]
        if any(line.strip() for line in above) or not any(line.strip() for line in waiting):
            waiting = above
        if is_wanted:
            yield from (*(waiting if began else _from_text(waiting)), *lines[start:end])
            waiting, began = [], True
        before = end
    yield from lines[before:]


def _from_text(lines: list[str]) -> list[str]:
    blank = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    return lines[blank:]

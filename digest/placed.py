"""A YAML tree as plain values that know their line and column, for messages that a person can follow (pure)."""

from __future__ import annotations

from typing import Any

import yaml

from digest.errors import ConfigError

MAX_NODES = 200_000  # an alias bomb expands without end; 5,000 sources are some 60,000 nodes
Place = tuple[int, int]
Path_ = tuple[str | int, ...]


class PlacedReader:
    """Turns a node tree into plain values and remembers where each stood."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[Path_, Place] = {}
        self.nodes = 0

    def fail(self, mark: yaml.Mark, message: str) -> ConfigError:
        return ConfigError(f"{self.name}:{mark.line + 1}:{mark.column + 1}", message)

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.fail(node.start_mark, "too many values; are aliases nested in one another?")
        self.places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, number)) for number, child in enumerate(node.value)]
        return None if node.tag == "tag:yaml.org,2002:null" else node.value

    def mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                raise self.fail(key_node.start_mark, f"{spell((*path, key))}: the key stands here a second time")
            self.places[(*path, key)] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            found[key] = self.value(value_node, (*path, key))
        return found

    def place(self, path: Path_) -> str:
        while path not in self.places and path:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return f"{self.name}:{line}:{column}"


def spell(path: Path_) -> str:
    """Write a path as a person would.

    >>> spell(("sources", 1, "url"))
    'sources[1].url'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text

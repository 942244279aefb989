"""The text of feeds.yaml to Settings. A fault is told with its line: ``feeds.yaml:8:5: sources[1].url: …``.

Scalars stay as they are written (``no`` is a word, ``1.20`` keeps its zero) until a field asks for a number: YAML 1.1
surprises nobody. Unknown and duplicate keys are errors: a setting that is misspelt must not be silently ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from digest.config.mail import RecipientSettings
from digest.config.settings import Settings
from digest.errors import ConfigError
from digest.placed import PlacedReader, spell

SCHEMA = "docs/feeds.schema.json"


def _words(error: dict[str, Any], schema: str = SCHEMA) -> str:
    if error["type"] == "extra_forbidden":
        return f"no such setting; see {schema} for those that there are"
    if error["type"] == "missing":
        return "is missing"
    given = error.get("input")
    if error["type"] == "literal_error":
        known = re.findall(r"'([^']*)'", str(error["ctx"]["expected"]))
        return f"{given!r} is none of {', '.join(filter(None, known))}"
    if error["type"] in ("tuple_type", "list_type"):
        return f"must be a list, as in [{_listed(given)}]"
    if error["type"] in ("model_type", "dict_type"):
        return "must hold settings, each as name: value"
    return str(error["msg"]).removeprefix("Value error, ")


def _listed(given: object) -> str:
    """Write what stands where a list should as the list's one item, settings by name as one that has that name."""
    if isinstance(given, str):
        return given
    if not isinstance(given, dict) or not given:
        return "a, b"
    key, value = next(iter(given.items()))
    if isinstance(value, str):
        return f"{{{key}: {value}}}"
    return f"{{{'address' if '@' in str(key) else 'name'}: {key}}}"


def parse_settings(text: str, name: str = "feeds.yaml") -> Settings:
    """Read the text of feeds.yaml. Raises ConfigError naming file, line, column and field of the first few faults."""
    values, reader = plain_values(text, name)
    if not isinstance(values, dict):
        raise ConfigError(f"{name}:1:1", "must hold the keys digest and sources")
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise placed_faults(error, reader) from None


def plain_values(text: str, name: str) -> tuple[Any, PlacedReader]:
    """Read a YAML text as plain values, None for an empty one, with what knows their places. Raises ConfigError."""
    reader = PlacedReader(name)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return None if node is None else reader.value(node, ()), reader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise ConfigError(where, f"not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(name, f"not YAML: {str(error).splitlines()[0]}") from None


def placed_faults(error: ValidationError, reader: PlacedReader, schema: str = SCHEMA) -> ConfigError:
    """Say the first few faults of what was read in lines that name file, line, column and field.

    `schema` is the file that names every setting there is.
    """
    lines = []
    for fault in error.errors()[:5]:
        # pydantic numbers tuple items and names mapping keys; "[key]" marks a key itself, and what a group found
        # further within says so itself
        within = fault["ctx"]["path"] if fault["type"] == "within" else ()
        path = (*(part for part in fault["loc"] if part != "[key]"), *within)
        lines.append((reader.place(path), ": ".join(filter(None, (spell(path), _words(dict(fault), schema))))))
    where, message = lines[0]
    rest = "".join(f"\n{where}: {message}" for where, message in lines[1:])
    return ConfigError(where, message + rest)


def parse_recipient(values: Mapping[str, object], where: str) -> RecipientSettings:
    """Check a recipient that stands elsewhere than in feeds.yaml. Raises ConfigError with the place `where`."""
    try:
        return RecipientSettings.model_validate(dict(values))
    except ValidationError as error:
        told = (f"{spell(fault['loc'])}: {_words(dict(fault))}" for fault in error.errors()[:5])
        raise ConfigError(where, "; ".join(told)) from None


def load_settings(path: Path) -> Settings:
    """Read feeds.yaml from disk. Raises ConfigError."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(str(path), "no such file; name one with --config, or begin with: digest init") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read as UTF-8 text: {error}") from None
    return parse_settings(text, path.name)


def schema_text() -> str:
    """Give the JSON Schema of feeds.yaml for editors."""
    return json.dumps(Settings.model_json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"

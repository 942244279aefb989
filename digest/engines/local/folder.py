"""The folder of models: one folder a pair (zh-en, en-zh), with the model and a manifest of where it is from."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digest.errors import ConfigError

MANIFEST = "manifest.json"
_PAIR = re.compile(r"([a-z]{2,3})-([a-z]{2,3})")
_LARGEST_JSON = 2**20  # bytes
# What an engine reads of a model; two models that differ in one of these may answer differently.
_READ = ("*.bin", "config.json", "*vocabulary.json", "*vocabulary.txt", "*.model", "*.spm", "metadata.json")


@dataclass(frozen=True, slots=True)
class Installed:
    """One model on the disk.

    `path` holds model/ (or model.bin itself) and the pieces. `name` has no blanks ("argos-zh_en-1.9"). `sha256` and
    `size` (bytes) are those of the file it came in, "" and 0 where a person put the folder there.
    """

    source: str
    target: str
    path: Path
    name: str
    version: str
    address: str = ""
    sha256: str = ""
    size: int = 0
    licence: str = ""
    credit: str = ""
    fetched: str = ""

    @property
    def pair(self) -> str:
        return f"{self.source}-{self.target}"

    @property
    def model(self) -> Path:
        """The folder that holds model.bin."""
        return self.path / "model" if (self.path / "model").is_dir() else self.path


def sides(pair: str) -> tuple[str, str]:
    """Read a pair; raise ConfigError for what is none.

    >>> sides("en-zh")
    ('en', 'zh')
    """
    found = _PAIR.fullmatch(pair.lower())
    if not found or found[1] == found[2]:
        raise ConfigError("", f"{pair[:40]!r} is no pair of languages; write one such as en-zh or zh-en")
    return found[1], found[2]


def models_folder(setting: str, environment: Mapping[str, str], home: Path) -> Path:
    """Say where models are: the setting, else DIGEST_MODELS, else the user's data folder (XDG base directories)."""
    if named := setting or environment.get("DIGEST_MODELS", ""):
        return home / named[2:] if named.startswith("~/") else Path(named)
    data = Path(environment.get("XDG_DATA_HOME", ""))
    # The specification: a relative path in XDG_DATA_HOME is to be ignored.
    return (data if data.is_absolute() else home / ".local" / "share") / "bilingual-digest" / "models"


def installed(folder: Path) -> tuple[Installed, ...]:
    """Give the models that are there, in the order of their pairs; folders without a model.bin are passed over."""
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError:  # no right to read it, a name too long: no model that could be used
        return ()
    return tuple(read_model(path) for path in paths if _is_pair(path.name) and _holds_weights(path))


def _is_pair(name: str) -> bool:
    found = _PAIR.fullmatch(name)
    return found is not None and found[1] != found[2]


def _holds_weights(path: Path) -> bool:
    return (path / "model.bin").is_file() or (path / "model" / "model.bin").is_file()


def read_model(path: Path) -> Installed:
    """Say what a model's folder, named by its pair, holds; what is missing or unreadable in its papers is left out."""
    source, target = sides(path.name)
    manifest, metadata = _json(path / MANIFEST), _json(path / "metadata.json")
    version = _text(manifest, "version") or _text(metadata, "package_version")
    plain = f"{'argos' if metadata else 'ct2'}-{source}_{target}{'-' + version if version else ''}"
    return Installed(
        source, target, path, _bare(_text(manifest, "name") or plain), version, _text(manifest, "address"),
        _text(manifest, "sha256"), _whole(manifest, "size"), _text(manifest, "licence"), _text(manifest, "credit"),
        _text(manifest, "fetched"),
    )  # fmt: skip


def remove(folder: Path, pair: str) -> bool:
    """Remove a pair's model; False where there is none. Raises ConfigError for what is no pair or cannot be removed."""
    path = folder / "-".join(sides(pair))
    try:
        if path.is_symlink():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
        else:
            return False
    except OSError as error:
        raise ConfigError(str(path), f"cannot be removed: {error.strerror or error}") from error
    return True


def fingerprint(model: Installed) -> str:
    """Give 8 hex digits of all that an engine reads of a model; "unreadable" where a file cannot be read."""
    try:
        files = sorted({file for place in {model.path, model.model} for mask in _READ for file in place.glob(mask)})
        stats = ((file, file.stat()) for file in files)
        return _hashed(tuple((file, found.st_size, found.st_mtime_ns) for file, found in stats))
    except OSError:
        return "unreadable"


@functools.lru_cache(maxsize=16)
def _hashed(files: tuple[tuple[Path, int, int], ...]) -> str:
    """Hash the files; size and time are there so that a file that changed is hashed anew."""
    whole = hashlib.sha256()
    for file, _, _ in files:
        with file.open("rb") as opened:
            whole.update(file.name.encode() + b"\0" + hashlib.file_digest(opened, "sha256").digest())
    return whole.hexdigest()[:8]


def target_prefix(model: Installed) -> str:
    """Give the mark that some Argos packages want before the answer (metadata.json: target_prefix)."""
    return _text(_json(model.path / "metadata.json"), "target_prefix")


def _json(path: Path) -> Mapping[str, Any]:
    """Read a small JSON object; an empty one where there is none that can be read."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_LARGEST_JSON))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    return " ".join(value.split())[:300] if isinstance(value, str) else ""


def _whole(found: Mapping[str, Any], key: str) -> int:
    value = found.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _bare(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)[:60]

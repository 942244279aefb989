"""From a catalogue, an address or a file to a model in its folder: fetched, checked, unpacked, put there at once."""

from __future__ import annotations

import functools
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from filelock import FileLock, Timeout

from digest.engines.local.archive import unpack
from digest.engines.local.catalogue import CATALOGUE, Package, package_for
from digest.engines.local.folder import MANIFEST, Installed, read_model, sides
from digest.errors import ConfigError, SourceError
from digest.fetch.web import Web
from digest.fetch.web.download import LIMIT, Downloaded, Wanted, download, sha256_of
from digest.fetch.web.download import Tell as Progress

Check = Literal["verified", "as reported", "not as reported", "unknown"]


class Tell(Protocol):
    """Is told how far a model's download is, in bytes; `total` is None where the server does not say."""

    def __call__(self, pair: str, done: int, total: int | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Pulled:
    """A model that was just installed.

    `check`: its hash is the one computed here ("verified"); it is, or is not, the one that others report; or nothing is
    known of it. Only a "verified" hash was enforced: of any other the user is to be told `model.sha256`.
    """

    model: Installed
    check: Check


def pull(
    pairs: Sequence[str], *, folder: Path, web: Web, now: datetime, from_: str = "", mirror: str = "",
    tell: Tell | None = None,
) -> tuple[Pulled, ...]:  # fmt: skip
    """Install models into `folder`, each whole or not at all; an older model of the pair is replaced.

    `from_` is a file or an address of one package (then at most one pair may be named), `mirror` an address that holds
    the catalogue's files. Raises ConfigError for what was asked wrongly, SourceError for what could not be had.
    """
    asked = tuple(dict.fromkeys("-".join(sides(pair)) for pair in pairs))
    if from_ and len(asked) > 1:
        raise ConfigError("--from", "one file holds one pair: name one")
    if not from_ and not asked:
        raise ConfigError("", f"name the pairs to fetch, such as {' '.join(each.pair for each in CATALOGUE)}")
    packages = [] if from_ else [_known(pair) for pair in asked]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0):
            if from_:
                return (_from(from_, asked[0] if asked else "", folder, web, now, tell),)
            return tuple(_fetched(package, package.address(mirror), folder, web, now, tell) for package in packages)
    except Timeout as error:
        raise ConfigError(str(folder), "another run is fetching models into this folder") from error
    except OSError as error:
        raise ConfigError(str(folder), f"models cannot be kept here: {error.strerror or error}") from error


def _known(pair: str) -> Package:
    package = package_for(pair)
    if package is None:
        known = ", ".join(each.pair for each in CATALOGUE)
        raise ConfigError("", f"no model of {pair} is known here (known: {known}); name one with --from FILE or URL")
    return package


def _fetched(package: Package, address: str, folder: Path, web: Web, now: datetime, tell: Tell | None) -> Pulled:
    """Fetch a package of the catalogue and install it."""
    archive = folder / package.file
    wanted = Wanted(package.size, package.sha256)
    got = download(web, address, archive, wanted, _of(package.pair, tell))
    try:
        model = _installed(archive, package.pair, folder, _papers(address, got, now, package))
    finally:
        archive.unlink(missing_ok=True)
    return Pulled(model, _check(package, got.sha256))


def _from(place: str, pair: str, folder: Path, web: Web, now: datetime, tell: Tell | None) -> Pulled:
    """Install a package from a file or an address; the catalogue is asked what it should be, if it has such a pair."""
    if place.startswith(("http://", "https://")):
        archive = folder / "from-address.argosmodel"
        got = download(web, place, archive, Wanted(), _of(pair, tell))
        address = place.split("?")[0]  # what follows may be a key
    else:
        archive = Path(place)
        if not archive.is_file():
            what = "is a folder: put it into the folder of models as zh-en or en-zh" if archive.is_dir() else "no file"
            raise ConfigError("--from", f"{place}: {what}")
        if archive.stat().st_size > LIMIT:
            raise SourceError(archive.name, "models", f"larger than {LIMIT // 2**20} MiB", kind="too-large")
        got, address = Downloaded("", archive.stat().st_size, sha256_of(archive)), ""
    try:
        same = next((each for each in CATALOGUE if got.sha256 in (each.sha256, each.reported_sha256)), None)
        model = _installed(archive, pair, folder, _papers(address, got, now, same))
    finally:
        if address:
            archive.unlink(missing_ok=True)
    return Pulled(model, _check(same, got.sha256))


def _of(pair: str, tell: Tell | None) -> Progress | None:
    return functools.partial(tell, pair) if tell else None


def _check(package: Package | None, sha256: str) -> Check:
    """Say what is known of a file's hash.

    >>> _check(package_for("en-zh"), "0" * 64)
    'not as reported'
    """
    if package and sha256 == package.sha256:
        return "verified"
    if package and package.reported_sha256:
        return "as reported" if sha256 == package.reported_sha256 else "not as reported"
    return "unknown"


def _papers(address: str, got: Downloaded, now: datetime, package: Package | None) -> dict[str, str | int]:
    papers: dict[str, str | int] = {"address": address, "sha256": got.sha256, "size": got.size}
    papers["fetched"] = now.isoformat(timespec="seconds")
    if package:
        papers |= {"version": package.version, "licence": package.licence, "credit": package.credit}
        papers["name"] = f"argos-{package.source}_{package.target}-{package.version}"
    return papers


def _installed(archive: Path, pair: str, folder: Path, papers: dict[str, str | int]) -> Installed:
    """Unpack beside the place where the model is to stand, then put it there in one move."""
    room = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        unpacked = room / "model"
        unpack(archive, unpacked)
        found = _pair_of(unpacked, archive)
        if pair and found and found != pair:
            raise SourceError(archive.name, "models", f"it translates {found}, not {pair}", kind="content")
        if not (pair or found):
            raise ConfigError("--from", f"{archive.name} does not say its languages: name the pair, such as zh-en")
        if not any(any(unpacked.glob(mask)) for mask in ("*.model", "*.spm")):
            raise SourceError(archive.name, "models", "it holds no SentencePiece model", kind="content")
        manifest = json.dumps(papers, ensure_ascii=False, indent=2, sort_keys=True)
        (unpacked / MANIFEST).write_text(manifest + "\n", "utf-8")
        place = folder / (pair or found)
        old = room / "old"
        if place.is_symlink() or place.exists():
            os.replace(place, old)
        try:
            os.replace(unpacked, place)
        except OSError:
            if old.is_symlink() or old.exists():
                os.replace(old, place)
            raise
        return read_model(place)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _pair_of(unpacked: Path, archive: Path) -> str:
    """Read which languages a package is for; "" where it does not say."""
    try:
        found = json.loads((unpacked / "metadata.json").read_text("utf-8"))
        return "-".join(sides(f"{found['from_code']}-{found['to_code']}"))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError, TypeError, RecursionError, ConfigError) as error:
        raise SourceError(archive.name, "models", "its metadata.json names no two languages", kind="content") from error

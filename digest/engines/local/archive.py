"""A model's zip from outside → a folder with the few files that are read, nothing else; nothing in it is executed."""

from __future__ import annotations

import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from digest.errors import SourceError

MOST_MEMBERS = 2000
MOST_BYTES = 2**30  # unpacked, in all; the largest Argos package has some 250 MB
_PIECE = 2**20

_MODEL = re.compile(r"(?P<root>(?:[^/]+/)?)(?:model/)?model\.bin")
# Relative to the folder that holds model/: weights, vocabularies, pieces, and what says where they are from.
_TAKEN = re.compile(
    r"(?:model/)?(?:model\.bin|config\.json|[a-z_]*vocabulary\.(?:json|txt))"
    r"|(?:sentencepiece|source|target|spm)\.(?:model|spm)"
    r"|metadata\.json|(?i:readme|licen[cs]e|notice|copying)[\w.-]{0,20}"
)


def unpack(archive: Path, into: Path) -> None:
    """Unpack what a model needs from an Argos package, or a zip of a CTranslate2 folder, to the new folder `into`.

    Every name in the zip is looked at first: one absolute path, "..", link or encrypted member refuses it all. Bytes
    are counted as they come out. Raises SourceError; `into` may then be half filled.
    """
    try:
        with zipfile.ZipFile(archive) as package:
            members = package.infolist()
            _must_be_harmless(members, archive)
            for member, name in _wanted(members, archive):
                place = into / name
                place.parent.mkdir(parents=True, exist_ok=True)
                _extract(package, member, place, archive)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError) as error:
        raise _refused(archive, f"it is no whole zip file ({' '.join(str(error).split())[:120]})") from error
    except RuntimeError as error:  # zipfile's word for "a password is needed"
        raise _refused(archive, f"it cannot be read ({error})") from error
    except OSError as error:
        raise SourceError(archive.name, "models", f"cannot be unpacked: {error}", kind="content") from error


def _must_be_harmless(members: Sequence[zipfile.ZipInfo], archive: Path) -> None:
    if len(members) > MOST_MEMBERS:
        raise _refused(archive, f"it has more than {MOST_MEMBERS} members")
    for member in members:
        name = member.orig_filename  # as written: zipfile cuts and mends `filename`
        if name.startswith("/") or re.search(r"[\\\x00:]|(?:^|/)\.\.(?:/|$)", name):
            raise _refused(archive, f"a member leads out of it: {name[:80]!r}")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused(archive, f"a member is a link: {name[:80]!r}")
        if member.flag_bits & 1:
            raise _refused(archive, "it is encrypted")


def _wanted(members: Sequence[zipfile.ZipInfo], archive: Path) -> list[tuple[zipfile.ZipInfo, str]]:
    """Give the members to take, with their names relative to the one folder that holds model.bin."""
    models = [found for member in members if (found := _MODEL.fullmatch(member.filename))]
    if len(models) != 1:
        raise _refused(archive, "it holds no model.bin" if not models else "it holds more than one model.bin")
    root = models[0]["root"]
    if root == "model/":  # model/model.bin at the top: the root is the zip itself
        root = ""
    taken = [
        (member, name)
        for member in members
        if member.filename.startswith(root) and _TAKEN.fullmatch(name := member.filename[len(root) :])
    ]
    if len({name.lower() for _, name in taken}) < len(taken):
        raise _refused(archive, "it holds a file twice")
    if sum(member.file_size for member, _ in taken) > MOST_BYTES:
        raise _refused(archive, f"it unpacks to more than {MOST_BYTES // 2**20} MiB")
    return taken


def _extract(package: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path, archive: Path) -> None:
    """Write one member; what comes out is counted, whatever the zip says of its size."""
    left = member.file_size
    with package.open(member) as source, place.open("xb") as file:
        while piece := source.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise _refused(archive, f"{member.filename[:80]!r} is larger than the zip says")
            file.write(piece)
    if left:
        raise _refused(archive, f"{member.filename[:80]!r} is shorter than the zip says")


def _refused(archive: Path, reason: str) -> SourceError:
    return SourceError(archive.name, "models", f"the model file is refused: {reason}", kind="content")

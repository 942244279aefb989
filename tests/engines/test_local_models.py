"""Models into their folder: from the catalogue, an address or a file; what is refused; list and remove."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import http.server
import json
import stat
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from tiny_model import argos_zip, plain_folder

from digest.engines.local import CATALOGUE, LocalEngine, Package, installed, pull, remove
from digest.engines.local import archive as archive_module
from digest.engines.local import install as install_module
from digest.engines.local.archive import unpack
from digest.errors import ConfigError, SourceError
from digest.fetch.web import Web
from digest.translate.engine import Asked, Task

WEIGHTS, PIECES = {"m/model/model.bin": "x"}, {"m/sentencepiece.model": "x"}
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return argos_zip(tmp_path_factory.mktemp("package") / "tiny.argosmodel")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the "host:port" of a mirror that holds the package."""
    shelf = tmp_path_factory.mktemp("shelf")
    (shelf / "translate-zh_en-0_1.argosmodel").write_bytes(package.read_bytes())
    handler = functools.partial(Quiet, directory=str(shelf))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{running.server_port}"
        running.shutdown()


def known(monkeypatch: pytest.MonkeyPatch, **fields: Any) -> None:
    """Put one package into the catalogue in place of the real ones."""
    entry = Package("zh", "en", "0.1", **({"size": None, "sha256": None, "credit": "nobody"} | fields))
    monkeypatch.setattr(install_module, "CATALOGUE", (entry,))
    monkeypatch.setattr(install_module, "package_for", lambda pair: entry if pair == entry.pair else None)


def fetched(server: str, folder: Path, **options: Any) -> Any:
    with Web(allow_private=frozenset({server})) as web:
        return pull(["zh-en"], folder=folder, web=web, now=NOW, mirror=f"http://{server}", **options)


def taken(file: Path, folder: Path, pair: str = "") -> Any:
    with Web() as web:
        return pull([pair] if pair else [], folder=folder, web=web, now=NOW, from_=str(file))


def names(folder: Path) -> list[str]:
    """Name what stands in a folder, but for the lock."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock") if folder.is_dir() else []


def digest_of(package: Path) -> str:
    return hashlib.sha256(package.read_bytes()).hexdigest()


# ---- what is installed ----------------------------------------------------------------------------------------------


def test_a_package_of_the_catalogue_is_fetched_checked_and_unpacked(
    server: str, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, size=package.stat().st_size, sha256=digest_of(package))
    told: list[tuple[str, int, int | None]] = []
    (got,) = fetched(server, tmp_path, tell=lambda *facts: told.append(facts))
    assert got.check == "verified"
    assert told[-1] == ("zh-en", package.stat().st_size, package.stat().st_size)
    assert installed(tmp_path) == (got.model,)
    assert names(tmp_path) == ["zh-en"]
    assert names(tmp_path / "zh-en") == ["README.md", "manifest.json", "metadata.json", "model", "sentencepiece.model"]
    assert json.loads((tmp_path / "zh-en" / "manifest.json").read_text()) == {
        "name": "argos-zh_en-0.1",
        "version": "0.1",
        "address": f"http://{server}/translate-zh_en-0_1.argosmodel",
        "sha256": digest_of(package),
        "size": package.stat().st_size,
        "licence": "CC-BY 4.0",
        "credit": "nobody",
        "fetched": "2026-11-21T12:00:00+00:00",
    }
    answers = LocalEngine(tmp_path, threads=1).translate(Task((Asked("有多少行？"),), "zh", "en"))
    assert answers.lines[0].text


@pytest.mark.parametrize("fault", ["hash", "size"])
def test_a_package_that_is_not_the_known_one_is_refused(
    server: str, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    size, sha256 = package.stat().st_size, digest_of(package)
    known(monkeypatch, size=size + (fault == "size"), sha256="0" * 64 if fault == "hash" else sha256)
    with pytest.raises(SourceError, match="refused"):
        fetched(server, tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize(("reported", "check"), [(True, "as reported"), (False, "not as reported"), (None, "unknown")])
def test_an_unverified_package_is_taken_and_its_hash_told(
    server: str, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reported: bool | None, check: str
) -> None:
    said = {True: digest_of(package), False: "0" * 64, None: None}[reported]
    known(monkeypatch, reported_sha256=said)
    (got,) = fetched(server, tmp_path)
    assert (got.check, got.model.sha256) == (check, digest_of(package))


def test_an_older_model_is_replaced_and_a_failed_pull_leaves_it(
    server: str, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_folder(tmp_path / "zh-en", seed=3)
    known(monkeypatch, sha256="0" * 64)
    with pytest.raises(SourceError):
        fetched(server, tmp_path)
    assert installed(tmp_path)[0].name == "ct2-zh_en"
    known(monkeypatch)
    fetched(server, tmp_path)
    assert [model.name for model in installed(tmp_path)] == ["argos-zh_en-0.1"]
    assert names(tmp_path) == ["zh-en"]


def test_a_package_from_a_file_or_an_address(server: str, package: Path, tmp_path: Path) -> None:
    (got,) = taken(package, tmp_path / "a")
    assert (got.model.pair, got.model.sha256, got.model.address) == ("zh-en", digest_of(package), "")
    address = f"http://{server}/translate-zh_en-0_1.argosmodel"
    with Web(allow_private=frozenset({server})) as web:
        (again,) = pull(["zh-en"], folder=tmp_path / "b", web=web, now=NOW, from_=f"{address}?key=1")
    assert again.model.address == address
    assert again.check == "unknown"
    assert names(tmp_path / "b") == ["zh-en"]


def test_a_mirror_without_the_file(server: str, tmp_path: Path) -> None:
    with Web(allow_private=frozenset({server})) as web, pytest.raises(SourceError) as caught:
        pull(["en-zh"], folder=tmp_path, web=web, now=NOW, mirror=f"http://{server}")
    assert caught.value.status == 404
    assert names(tmp_path) == []


def test_a_mirror_at_a_private_address_must_be_allowed(server: str, tmp_path: Path) -> None:
    with Web() as web, pytest.raises(SourceError) as caught:
        pull(["zh-en"], folder=tmp_path, web=web, now=NOW, mirror=f"http://{server}")
    assert caught.value.kind == "address"


def test_a_zip_that_does_not_say_its_languages_needs_to_be_told_them(tmp_path: Path) -> None:
    plain = plain_folder(tmp_path / "plain")
    with zipfile.ZipFile(tmp_path / "plain.zip", "w") as archive:
        for file in plain.iterdir():
            archive.write(file, f"opus/{file.name}")
    with pytest.raises(ConfigError, match="name the pair"):
        taken(tmp_path / "plain.zip", tmp_path / "models")
    (got,) = taken(tmp_path / "plain.zip", tmp_path / "models", "en-zh")
    assert got.model.name == "ct2-en_zh"
    assert LocalEngine(tmp_path / "models", threads=1).translate(Task((Asked("One."),), "en", "zh")).failure == ""


def test_nothing_else_of_a_package_is_taken(package: Path, tmp_path: Path) -> None:
    taken(package, tmp_path)
    assert not list(tmp_path.rglob("stanza"))
    assert not list(tmp_path.rglob("*.py"))


def test_list_passes_over_what_is_no_model(tmp_path: Path) -> None:
    plain_folder(tmp_path / "zh-en")
    for name in ("en-zh", "zh-zh", "notes", ".new-x"):
        (tmp_path / name).mkdir()
    (tmp_path / "en-de").write_text("a file")
    (tmp_path / "zh-en" / "manifest.json").write_text('{"version": 3, "size": "big", "name": "a b/c"')
    assert [(model.pair, model.name, model.size) for model in installed(tmp_path)] == [("zh-en", "ct2-zh_en", 0)]
    (tmp_path / "zh-en" / "manifest.json").write_text('{"version": 3, "size": "big", "name": "a b/c"}')
    assert [(model.name, model.version, model.size) for model in installed(tmp_path)] == [("a_b_c", "", 0)]
    assert installed(tmp_path / "nowhere") == ()


def test_remove(tmp_path: Path) -> None:
    plain_folder(tmp_path / "zh-en")
    kept = plain_folder(tmp_path / "elsewhere")
    (tmp_path / "en-zh").symlink_to(kept)
    assert remove(tmp_path, "zh-en")
    assert not remove(tmp_path, "zh-en")
    assert remove(tmp_path, "en-zh")
    assert (kept / "model.bin").is_file()
    for pair in ("../elsewhere", "zh", "zh-zh", "", "elsewhere"):
        with pytest.raises(ConfigError):
            remove(tmp_path, pair)


@pytest.mark.parametrize(
    ("pairs", "from_", "words"),
    [
        ([], "", "name the pairs"),
        (["de-fr"], "", "no model of de-fr is known"),
        (["zh-en", "en-zh"], "x.zip", "one file holds one pair"),
        (["chinese"], "", "no pair of languages"),
        (["zh-en"], "nowhere.argosmodel", "no file"),
        (["zh-en"], ".", "is a folder"),
    ],
)
def test_what_is_asked_wrongly(tmp_path: Path, pairs: list[str], from_: str, words: str) -> None:
    with Web() as web, pytest.raises(ConfigError, match=words):
        pull(pairs, folder=tmp_path, web=web, now=NOW, from_=from_)


def test_two_runs_do_not_fetch_into_one_folder(package: Path, tmp_path: Path) -> None:
    with FileLock(tmp_path / ".lock"), pytest.raises(ConfigError, match="another run"):
        taken(package, tmp_path)


def test_a_folder_that_cannot_be_made(package: Path, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(ConfigError, match="cannot be kept"):
        taken(package, tmp_path / "models")


def test_a_package_of_other_languages_than_asked(package: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="translates zh-en, not en-zh"):
        taken(package, tmp_path, "en-zh")
    assert names(tmp_path) == []


def test_the_catalogue_says_nothing_that_was_not_seen() -> None:
    """The size and the hash of a package are there together, and as what they are: 64 lower-case hex digits."""
    for entry in CATALOGUE:
        assert (entry.size is None) == (entry.sha256 is None)
        for digest in filter(None, (entry.sha256, entry.reported_sha256)):
            assert len(bytes.fromhex(digest)) == 32
            assert digest == digest.lower()
        assert entry.address().startswith("https://")
        assert entry.address("https://m.example/x/") == f"https://m.example/x/{entry.file}"


# ---- zips from outside ----------------------------------------------------------------------------------------------


def rewritten(package: Path, to: Path, change: Callable[[zipfile.ZipFile], object]) -> Path:
    to.write_bytes(package.read_bytes())
    with zipfile.ZipFile(to, "a") as archive:
        change(archive)
    return to


def link(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return member


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("../../evil", "leads out"),
        ("translate-zh_en-0_1/../../evil", "leads out"),
        ("/etc/evil", "leads out"),
        ("C:/evil", "leads out"),
        ("a\\..\\evil", "leads out"),
        (link("translate-zh_en-0_1/README"), "is a link"),
        (link("translate-zh_en-0_1/model/x"), "is a link"),
        ("translate-zh_en-0_1/MODEL.bin", None),
        ("translate-zh_en-0_1/readme.md", "a file twice"),
        ("other/model/model.bin", "more than one model.bin"),
    ],
)
def test_a_zip_that_means_harm_is_refused_whole(
    package: Path, tmp_path: Path, member: str | zipfile.ZipInfo, words: str | None
) -> None:
    bad = rewritten(package, tmp_path / "bad.argosmodel", lambda zipped: zipped.writestr(member, "/etc/passwd"))
    if words is None:  # a stranger's name is passed over
        taken(bad, tmp_path / "models")
        return
    with pytest.raises(SourceError, match=words):
        taken(bad, tmp_path / "models")
    assert names(tmp_path / "models") == []
    assert names(tmp_path) == ["bad.argosmodel", "models"]


def test_a_zip_bomb_is_refused(tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MOST_BYTES", 10 * 2**20)
    bomb = tmp_path / "bomb.argosmodel"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m/model/model.bin", bytes(11 * 2**20))
    assert bomb.stat().st_size < 20_000
    with pytest.raises(SourceError, match="more than 10 MiB"):
        taken(bomb, tmp_path / "models")
    assert names(tmp_path / "models") == []


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """Both headers say 1,000 bytes; 5 MiB come out."""
    honest = tmp_path / "honest.zip"
    with zipfile.ZipFile(honest, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model/model.bin", bytes(5 * 2**20))
    true, lie = (5 * 2**20).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    crc = [zlib.crc32(bytes(size)).to_bytes(4, "little") for size in (5 * 2**20, 1000)]
    body = honest.read_bytes()
    assert body.count(true) == 2
    bomb = tmp_path / "bomb.zip"
    bomb.write_bytes(body.replace(true, lie).replace(*crc))
    into = tmp_path / "into"
    with contextlib.suppress(SourceError):
        unpack(bomb, into)
    assert sum(file.stat().st_size for file in into.rglob("*") if file.is_file()) <= 1000


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(archive_module.MOST_MEMBERS + 1):
            archive.writestr(f"x/{number}", "")
    with pytest.raises(SourceError, match="members"):
        taken(tmp_path / "many.zip", tmp_path / "models")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_zip_that_was_cut_is_refused(package: Path, tmp_path: Path, share: float) -> None:
    cut = tmp_path / "cut.argosmodel"
    cut.write_bytes(package.read_bytes()[: int(package.stat().st_size * share)])
    with pytest.raises(SourceError, match="no whole zip"):
        taken(cut, tmp_path / "models")
    assert names(tmp_path / "models") == []


def test_a_zip_with_a_flipped_bit_is_refused(package: Path, tmp_path: Path) -> None:
    whole = bytearray(package.read_bytes())
    whole[len(whole) // 2] ^= 0x10
    (tmp_path / "flipped.argosmodel").write_bytes(whole)
    with pytest.raises(SourceError):
        taken(tmp_path / "flipped.argosmodel", tmp_path / "models")
    assert names(tmp_path / "models") == []


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"README": "x"}, "no model.bin"),
        (WEIGHTS | {"m/metadata.json": '{"from_code": "zh", "to_code": "en"}'}, "no SentencePiece"),
        (WEIGHTS | PIECES | {"m/metadata.json": "[]"}, "names no two languages"),
        (WEIGHTS | PIECES | {"m/metadata.json": '{"from_code": "../x", "to_code": "en"}'}, "names no two languages"),
        (WEIGHTS | PIECES | {"m/metadata.json": "[" * 9999}, "names no two languages"),
    ],
)
def test_a_zip_without_a_model(tmp_path: Path, members: dict[str, str], words: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    with pytest.raises(SourceError, match=words):
        taken(tmp_path / "x.zip", tmp_path / "models")
    assert names(tmp_path / "models") == []

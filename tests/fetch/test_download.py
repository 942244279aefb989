"""Large files to disk, against servers on 127.0.0.1 that break off, stall, lie and redirect."""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fault_server import Answer, Server, redirect, reply
from test_web import client

from digest.errors import SourceError
from digest.fetch.web import Web
from digest.fetch.web.download import Downloaded, Wanted, download

BODY = bytes(range(256)) * 1000  # 256,000 bytes
SHA256 = hashlib.sha256(BODY).hexdigest()
WANTED = Wanted(len(BODY), SHA256)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "models" / "big.bin"


def fetch(server: Server, file: Path, wanted: Wanted = WANTED, **options: Any) -> Downloaded:
    with client(server) as web:
        return download(web, server.url("/big.bin"), file, wanted, **options)


def fails(server: Server, file: Path, wanted: Wanted = WANTED, **options: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        fetch(server, file, wanted, **options)
    assert not file.exists()
    assert "\n" not in caught.value.reason
    return caught.value


def part(file: Path) -> Path:
    return file.with_name(file.name + ".part")


def left(file: Path) -> list[str]:
    return sorted(path.name for path in file.parent.iterdir()) if file.parent.is_dir() else []


def broken(after: int, start: int = 0, **headers: str) -> bytes:
    """Promise the whole body from `start` and end after so many bytes of it."""
    whole = rest(start, **headers) if start else reply(BODY, **{"etag": '"one"'} | headers)
    return whole[: whole.index(b"\r\n\r\n") + 4 + after]


def rest(start: int, status: str = "206 Partial Content", **headers: str) -> bytes:
    place = f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"
    return reply(BODY[start:], status, **{"content_range": place, "etag": '"one"'} | headers)


def ranged(server: Server) -> Answer:
    """A server that keeps RFC 9110's rules of ranges."""

    def send(connection: socket.socket) -> None:
        asked = server.headers()
        start = re.fullmatch(r"bytes=(\d+)-", asked.get("range", ""))
        fits = asked.get("if-range", '"one"') == '"one"'
        connection.sendall(rest(int(start[1])) if start and fits else reply(BODY, etag='"one"'))

    return send


def test_a_file_comes_whole_and_tells_how_far_it_is(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = reply(BODY)
    told: list[tuple[int, int | None]] = []
    got = fetch(server, file, tell=lambda done, total: told.append((done, total)))
    assert got == Downloaded(server.url("/big.bin"), len(BODY), SHA256)
    assert file.read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert left(file) == ["big.bin"]
    assert server.headers()["accept-encoding"] == "identity"
    assert "range" not in server.headers()


def test_a_file_of_unknown_size_and_hash_is_taken_and_its_hash_told(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + BODY
    assert fetch(server, file, Wanted()) == Downloaded(server.url("/big.bin"), len(BODY), SHA256)


def test_a_broken_line_is_taken_up_where_it_broke(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = [broken(100_000), broken(50_000, 100_000), rest(150_000)]
    assert fetch(server, file).sha256 == SHA256
    assert file.read_bytes() == BODY
    assert [server.headers(n).get("range", "") for n in range(3)] == ["", "bytes=100000-", "bytes=150000-"]
    assert server.headers(1)["if-range"] == '"one"'
    assert left(file) == ["big.bin"]


def test_what_came_stays_for_the_next_call(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = [broken(100_000), reply(b"", "503 Service Unavailable")]
    assert fails(server, file).status == 503
    assert part(file).read_bytes() == BODY[:100_000]
    server.answers["/big.bin"] = ranged(server)
    fetch(server, file)
    assert file.read_bytes() == BODY
    assert server.headers()["range"] == "bytes=100000-"


def test_a_line_that_brings_nothing_is_not_tried_for_ever(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = broken(0)
    assert "ended after 0 of" in fails(server, file).reason or "HTTP" in fails(server, file).reason
    assert len(server.asked) <= 2


def test_five_connections_are_enough_for_one_call(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = [broken(1000), *(broken(1000, 1000 * n) for n in range(1, 9))]
    fails(server, file)
    assert len(server.asked) == 5
    assert part(file).stat().st_size == 5000


def test_a_server_that_knows_no_ranges_sends_it_anew(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = [broken(100_000), reply(BODY, etag='"one"')]
    fetch(server, file)
    assert file.read_bytes() == BODY


def test_a_file_that_changed_meanwhile_comes_anew(server: Server, file: Path) -> None:
    other = BODY[::-1]
    server.answers["/big.bin"] = [broken(100_000), reply(other, etag='"two"')]
    assert fetch(server, file, Wanted()).sha256 == hashlib.sha256(other).hexdigest()


def test_nothing_is_put_together_without_a_mark_or_a_hash(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = [reply(BODY)[:-1000], reply(BODY)]
    fetch(server, file, Wanted())
    assert "range" not in server.headers(1)


@pytest.mark.parametrize("mark", ['W/"weak"', ""])
def test_a_weak_mark_is_none(server: Server, file: Path, mark: str) -> None:
    date = "Fri, 20 Nov 2026 10:00:00 GMT"
    server.answers["/big.bin"] = [broken(1000, etag=mark, last_modified=date), rest(1000)]
    fetch(server, file)
    assert server.headers(1)["if-range"] == date


def test_a_part_of_another_address_is_not_gone_on_with(server: Server, file: Path) -> None:
    server.answers |= {"/other.bin": [broken(1000), reply(b"", "404 Not Found")], "/big.bin": ranged(server)}
    with client(server) as web, pytest.raises(SourceError):
        download(web, server.url("/other.bin"), file, WANTED)
    assert part(file).exists()
    fetch(server, file)
    assert "range" not in server.headers()


@pytest.mark.parametrize("place", ["bytes 5-255999/256000", "bytes 0-255999/256000", "bytes x", ""])
def test_another_part_than_was_asked_for_is_refused(server: Server, file: Path, place: str) -> None:
    server.answers["/big.bin"] = [broken(1000), rest(1000, content_range=place)]
    assert "Content-Range" in fails(server, file).reason
    assert left(file) == []


def test_a_part_that_is_whole_already_is_checked_and_kept(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = [broken(1000), reply(b"", "503 Service Unavailable")]
    fails(server, file)
    part(file).write_bytes(BODY)
    asked = len(server.asked)
    assert fetch(server, file).sha256 == SHA256
    assert len(server.asked) == asked


def test_a_server_that_says_nothing_is_left_to_send(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = [broken(1000), reply(b"", "503 Service Unavailable")]
    fails(server, file, Wanted())
    part(file).write_bytes(BODY)
    server.answers["/big.bin"] = reply(b"", "416 Range Not Satisfiable", content_range=f"bytes */{len(BODY)}")
    assert fetch(server, file, Wanted()).sha256 == SHA256


def test_a_part_that_is_too_long_is_dropped(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = [broken(1000), reply(b"", "503 Service Unavailable")]
    fails(server, file, Wanted())
    part(file).write_bytes(BODY * 2)
    server.answers["/big.bin"] = reply(b"", "416 Range Not Satisfiable", content_range=f"bytes */{len(BODY)}")
    assert fails(server, file, Wanted()).status == 416
    assert left(file) == []


# ---- refused --------------------------------------------------------------------------------------------------------


def test_a_wrong_hash_is_refused_and_the_part_removed(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = reply(BODY[::-1])
    error = fails(server, file)
    assert SHA256 in error.reason
    assert error.kind == "content"
    assert left(file) == []


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (reply(BODY[:-1]), WANTED),
        (reply(BODY), Wanted(limit=1000)),
        (b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + BODY, Wanted(limit=1000)),
        (b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + BODY[:-1], WANTED),
        (reply(BODY, content_encoding="gzip"), WANTED),
    ],
    ids=["said to be shorter", "too large", "endless", "shorter", "packed"],
)
def test_what_is_not_the_file_is_refused(server: Server, file: Path, answer: bytes, wanted: Wanted) -> None:
    server.answers["/big.bin"] = answer
    assert fails(server, file, wanted).kind in ("content", "too-large")
    assert left(file) == []


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "500 Internal Server Error", "206 Partial"])
def test_a_status_that_brings_no_file(server: Server, file: Path, status: str) -> None:
    server.answers["/big.bin"] = reply(b"words", status)
    assert fails(server, file).status == int(status[:3])
    assert len(server.asked) == 1
    assert left(file) == []


def test_a_stalled_stream_ends(server: Server, file: Path) -> None:
    def stall(connection: socket.socket) -> None:
        connection.sendall(broken(1000))
        server.closing.wait(5)

    server.answers["/big.bin"] = [stall, reply(b"", "404 Not Found")]
    assert fails(server, file, patience=0.3).status == 404  # the second try: the first brought something
    assert part(file).stat().st_size == 1000


def test_a_drip_ends(server: Server, file: Path) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(broken(1000))
        while not server.closing.wait(0.05):
            connection.sendall(b"x")

    server.answers["/big.bin"] = [drip, reply(b"", "404 Not Found")]
    fails(server, file, patience=0.4)
    assert part(file).stat().st_size < 1100


def test_patience_starts_anew_with_every_piece(server: Server, file: Path) -> None:
    def slow(connection: socket.socket) -> None:
        whole = reply(BODY)
        for start in range(0, len(whole), 70_000):
            connection.sendall(whole[start : start + 70_000])
            server.closing.wait(0.5)

    server.answers["/big.bin"] = slow
    assert fetch(server, file, patience=1.5).sha256 == SHA256  # 2 s in all
    assert len(server.asked) == 1


# ---- redirects ------------------------------------------------------------------------------------------------------


def test_redirects_are_followed(server: Server, file: Path) -> None:
    server.answers |= {"/big.bin": redirect("/there.bin"), "/there.bin": reply(BODY)}
    assert fetch(server, file).url == server.url("/there.bin")


def test_a_redirect_to_a_private_address_is_refused(server: Server, file: Path) -> None:
    other = Server()
    try:
        server.answers["/big.bin"] = redirect(other.url("/big.bin"))
        error = fails(server, file)
        assert (error.kind, other.asked) == ("address", [])
    finally:
        other.close()


def test_a_private_address_is_refused(server: Server, file: Path) -> None:
    with Web() as web, pytest.raises(SourceError) as caught:
        download(web, server.url("/big.bin"), file)
    assert (caught.value.kind, server.asked) == ("address", [])


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://user:pass@127.0.0.1/x", ""])
def test_a_redirect_to_no_web_address_is_refused(server: Server, file: Path, to: str) -> None:
    server.answers["/big.bin"] = redirect(to)
    assert fails(server, file).kind == "redirect"


def test_a_ring_of_redirects_ends(server: Server, file: Path) -> None:
    server.answers["/big.bin"] = redirect("/big.bin")
    assert fails(server, file).kind == "redirect"
    assert len(server.asked) == 6


def test_a_folder_that_cannot_be_written_is_one_clear_line(server: Server, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    server.answers["/big.bin"] = reply(BODY)
    with client(server) as web, pytest.raises(SourceError) as caught:
        download(web, server.url("/big.bin"), tmp_path / "models" / "big.bin", WANTED)
    assert "\n" not in caught.value.reason

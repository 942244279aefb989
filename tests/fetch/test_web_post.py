"""Posts to endpoints on 127.0.0.1 that behave as badly as real ones do: in time, in bounds, the key nowhere else."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from fake_hook import Answer, FakeHook, reply

from digest.errors import SourceError
from digest.fetch.web import LostError, RefusedError, Web

KEY = "sk-tell-nobody-0123456789"
HEADERS = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}


class Server(FakeHook):
    """An endpoint for chats."""

    @property
    def url(self) -> str:
        return f"http://{self.place}/v1/chat/completions"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(reply(b"{}")) as server:
        yield server


@pytest.fixture
def other() -> Iterator[Server]:
    with Server(reply(b"{}")) as server:
        yield server


def client(*servers: Server, **options: Any) -> Web:
    return Web(allow_private=frozenset(each.place for each in servers), pause=5.0, **options)


def sent(web: Web, url: str, *, deadline: float = 5.0, max_bytes: int = 256 * 1024, body: bytes = b"{}") -> bytes:
    return web.post(url, body, HEADERS, deadline=deadline, max_bytes=max_bytes).body


def fails(web: Web, url: str, **options: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        sent(web, url, **options)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert "\n" not in caught.value.reason
    return caught.value


def test_a_body_goes_out_and_the_answer_comes_back(server: Server) -> None:
    server.answers = [reply(gzip.compress('{"a": "答"}'.encode()), content_encoding="gzip")]
    assert sent(client(server), server.url, body='{"q": "问"}'.encode()) == '{"a": "答"}'.encode()
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/chat/completions HTTP/1.1\r\n")
    assert f"authorization: Bearer {KEY}".encode() in head
    assert body == '{"q": "问"}'.encode()


def test_nothing_but_the_post_is_asked_and_nobody_waits_for_a_turn(server: Server) -> None:
    """No robots.txt, no pause of five seconds, no lock of the host between posts."""
    both = threading.Barrier(2, timeout=5)

    def together(connection: socket.socket) -> None:
        both.wait()  # breaks, and the post fails, where one post waits for the other
        connection.sendall(reply(b"{}"))

    server.answers = [together]
    web = client(server)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(sent(web, server.url))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [b"{}", b"{}"]
    assert server.most_busy == 2
    assert all(request.startswith(b"POST ") for request in server.asked)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_named_and_not_followed(server: Server, other: Server, status: str) -> None:
    server.answers = [reply(b"", status, location=other.url)]
    error = fails(client(server, other), server.url)
    assert error.kind == "redirect"
    assert error.status == int(status[:3])
    assert len(server.asked) == 1
    assert other.asked == []


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422, 429, 500, 503])
def test_a_status_is_named(server: Server, status: int) -> None:
    server.answers = [reply(f'{{"error": "no, {KEY} will not do"}}'.encode(), f"{status} Whatever")]
    error = fails(client(server, sleep=lambda _: None), server.url)
    assert isinstance(error, RefusedError)
    assert (error.kind, error.status) == ("status", status)
    assert "will not do" in error.said
    assert KEY not in error.said
    assert len(server.asked) == (2 if status >= 500 else 1)


def test_a_short_wait_is_waited_once_and_a_long_one_is_told(server: Server) -> None:
    slept: list[float] = []
    busy = reply(b"", "429 Too Many", retry_after="2")
    server.answers = [busy, reply(b"{}")]
    assert sent(client(server, sleep=slept.append), server.url) == b"{}"
    server.answers = [busy]
    assert fails(client(server, sleep=slept.append), server.url).retry_after == 2
    server.answers = [reply(b"", "429 Too Many", retry_after="3600")]
    assert fails(client(server, sleep=slept.append), server.url).retry_after == 3600
    assert slept == [2, 2]
    assert len(server.asked) == 5


def test_a_wait_that_the_deadline_does_not_hold_is_not_waited(server: Server) -> None:
    slept: list[float] = []
    server.answers = [reply(b"", "503 Busy", retry_after="4")]
    fails(client(server, sleep=slept.append), server.url, deadline=2.0)
    assert slept == []
    assert len(server.asked) == 1


def test_a_connection_that_breaks_is_tried_once_more(server: Server) -> None:
    server.answers = [lambda connection: None, reply(b"{}")]
    assert sent(client(server), server.url) == b"{}"
    server.answers = [lambda connection: None]
    fails(client(server), server.url)
    assert len(server.asked) == 4


def _drips(head: bytes, piece: bytes, pause: float, closing: threading.Event) -> Answer:
    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        while not closing.wait(pause):
            connection.sendall(piece)

    return send


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nx-", b"a"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", b"\x00"),
        (b"", b""),
    ],
    ids=["a body", "a header", "a compressed body", "nothing at all"],
)
def test_a_slow_drip_ends_with_the_deadline(server: Server, head: bytes, piece: bytes) -> None:
    server.answers = [_drips(head, piece, 0.05, server.closing)]
    start = time.monotonic()
    error = fails(client(server), server.url, deadline=0.4)
    assert error.kind in ("timeout", "content")
    assert time.monotonic() - start < 4


def test_an_error_whose_words_drip_is_still_that_error(server: Server) -> None:
    server.answers = [_drips(b"HTTP/1.1 401 No\r\n\r\n", b"a", 0.05, server.closing)]
    assert fails(client(server), server.url, deadline=0.4).status == 401


@pytest.mark.parametrize("coding", ["", "content-encoding: gzip\r\n"])
def test_an_endless_answer_stops_at_the_limit(server: Server, coding: str) -> None:
    piece = gzip.compress(b"a" * 2**20) if coding else b"a" * 65536
    server.answers = [_drips(f"HTTP/1.1 200 OK\r\n{coding}\r\n".encode(), piece, 0.0, server.closing)]
    assert fails(client(server), server.url).kind == "too-large"


def test_an_answer_of_exactly_the_limit_is_taken(server: Server) -> None:
    server.answers = [reply(b"a" * 1000)]
    assert len(sent(client(server), server.url, max_bytes=1000)) == 1000
    assert fails(client(server), server.url, max_bytes=999).kind == "too-large"


def test_a_private_address_is_refused_unless_it_was_named(server: Server, other: Server) -> None:
    error = fails(client(other), server.url)
    assert error.kind == "address"
    assert server.place in error.reason
    assert server.asked == []
    assert sent(client(server), server.url) == b"{}"


@pytest.mark.parametrize("value", [f"Bearer {KEY}\r\nx-more: 1", f"Bearer {KEY}\n", f"Bearer {KEY}钥", "", f" {KEY}"])
def test_a_header_that_cannot_be_sent_is_refused_without_its_value(server: Server, value: str) -> None:
    with pytest.raises(SourceError) as caught:
        client(server).post(server.url, b"", {"authorization": value}, deadline=2.0, max_bytes=10)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert server.asked == []


def test_what_is_no_http_and_repeats_the_key_is_told_without_it(server: Server) -> None:
    server.answers = [f"HTTP/1.1 200 OK\r\nauthorization Bearer {KEY}\r\n\r\n".encode()]
    assert fails(client(server), server.url).kind == "protocol"


def test_the_key_is_in_no_log(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sent(client(server), server.url)
    assert KEY not in caplog.text


# ---- a single time --------------------------------------------------------------------------------------------------


def once(server: Server) -> SourceError:
    with pytest.raises(SourceError) as caught:
        client(server).post(server.url, b"{}", HEADERS, deadline=2.0, max_bytes=100, once=True)
    return caught.value


@pytest.mark.parametrize(
    "answer",
    [lambda connection: None, lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1"),
     reply(b"x" * 101), b"no http\r\n\r\n"],
)  # fmt: skip
def test_what_is_said_once_is_lost_where_no_whole_answer_comes(server: Server, answer: Answer) -> None:
    server.answers = [answer]
    assert isinstance(once(server), LostError)
    assert len(server.asked) == 1


def test_a_refusal_is_not_asked_again_for(server: Server) -> None:
    server.answers = [reply(b"later", "503 Service Unavailable", retry_after="1"), reply(b"{}")]
    error = once(server)
    assert isinstance(error, RefusedError)
    assert (error.status, error.said, len(server.asked)) == (503, "later", 1)


def test_what_never_went_out_is_not_lost(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    web = Web(allow_private=frozenset({place}))
    with pytest.raises(SourceError, match="no connection") as caught:
        web.post(f"http://{place}/", b"{}", HEADERS, deadline=2.0, max_bytes=100, once=True)
    assert not isinstance(caught.value, LostError)
    with pytest.raises(SourceError, match="not a public address") as caught:
        Web().post(server.url, b"{}", HEADERS, deadline=2.0, max_bytes=100, once=True)
    assert not isinstance(caught.value, LostError)


def test_what_only_asked_a_proxy_for_a_way_is_not_lost(server: Server) -> None:
    server.answers = [reply(b"", "502 Bad Gateway")]
    with pytest.raises(SourceError, match="the proxy refuses") as caught:
        Web(proxy=f"http://{server.place}").post(
            "https://hook.example/x", b"{}", HEADERS, deadline=2.0, max_bytes=100, once=True
        )
    assert not isinstance(caught.value, LostError)
    assert server.asked[0].startswith(b"CONNECT hook.example:443 ")

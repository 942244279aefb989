"""Where connections go, whatever an address looks like: a connect that records and goes nowhere, a fake resolver."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import httpcore
import pytest
from fault_server import Server, redirect, reply

from digest.errors import SourceError
from digest.fetch.web import Web
from digest.fetch.web import transport as web_module
from digest.fetch.web.resolve import resolve

PUBLIC = "93.184.215.14"


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Give the list of what was connected to; nothing is."""
    seen: list[tuple[str, int]] = []

    class Backend(httpcore.NetworkBackend):
        def connect_tcp(self, host: str, port: int, *others: object, **options: object) -> httpcore.NetworkStream:
            seen.append((host, port))
            raise httpcore.ConnectError("recorded")

    monkeypatch.setattr(web_module.httpcore, "SyncBackend", Backend)
    return seen


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def fault(web: Web, url: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        web.get(url, robots=False)
    return caught.value


HERE = [
    "127.0.0.1", "127.1", "127.0.1", "0x7f000001", "0x7f.0.0.1", "2130706433", "017700000001", "0177.0.0.1", "0",
    "0.0.0.0", "127.0.0.1.", "127。0。0。1", "１２７.0.0.1", "①②⑦.0.0.1", "localhost", "localhost.", "LOCALHOST",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[64:ff9b::7f00:1]",
    "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[::127.0.0.1]", "[fe80::1]", "[fe80::1%25lo]", "[fd00::1]",
    "169.254.169.254", "0xa9fea9fe", "2852039166", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "10.0.0.1", "10.1",
    "192.168.0.1", "100.64.0.1", "172.16.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", HERE)
def test_no_spelling_of_a_private_address_is_connected_to(host: str, connects: list[tuple[str, int]]) -> None:
    """As they are typed, and by the C library's own reading of them."""
    assert fault(Web(resolver=resolve), f"http://{host}/").kind in ("address", "dns")
    assert connects == []


@pytest.mark.parametrize("host", HERE)
def test_no_redirect_to_a_private_address_is_followed(host: str, server: Server) -> None:
    server.answers["/p"] = redirect(f"http://{host}:9/".encode().decode("latin-1"))
    asked: list[str] = []

    def resolver(name: str, port: int) -> list[str]:
        asked.append(name)
        return resolve(name, port)

    web = Web(allow_private=frozenset({server.place}), pause=0, resolver=resolver)
    assert fault(web, server.url("/p")).kind in ("address", "dns", "redirect")
    assert server.paths() == ["/p"]


@pytest.mark.parametrize(
    "answers",
    [["10.0.0.1", PUBLIC], [PUBLIC, "::1"], ["fe80::1%eth0"], ["::ffff:10.0.0.1"], ["64:ff9b::a00:1"],
     ["2002:a00:1::"], ["not an address"]],
    ids=["private first", "private last", "zone", "mapped", "NAT64", "6to4", "garbage"],
)  # fmt: skip
def test_one_address_that_is_not_public_is_enough(answers: list[str], connects: list[tuple[str, int]]) -> None:
    assert fault(Web(resolver=lambda host, port: answers), "http://a.example/").kind == "address"
    assert connects == []


def test_a_name_is_looked_up_once_for_each_connection_and_that_answer_is_used(connects: list[tuple[str, int]]) -> None:
    """The second try after a broken line looks again; a name that turned private since is refused then."""
    answers = [[PUBLIC], ["127.0.0.1"]]
    assert fault(Web(resolver=lambda host, port: answers.pop(0), pause=0), "http://a.example/").kind == "address"
    assert connects == [(PUBLIC, 80)]


def test_the_guard_keeps_a_log_of_where_it_went_and_where_it_did_not(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers["/p"] = redirect("http://10.0.0.1:8080/")
    with caplog.at_level(logging.INFO, "digest"):
        fault(Web(allow_private=frozenset({server.place}), pause=0), server.url("/p"))
    told: list[Any] = [
        (record.getMessage(), record.__dict__["address"], record.__dict__["port"]) for record in caplog.records
    ]
    assert told == [("connects", "127.0.0.1", server.port), ("address refused", "10.0.0.1", 8080)]


def test_nothing_of_ours_goes_along_to_another_origin(server: Server) -> None:
    other = Server()
    server.answers |= {"/p": reply(b"", "302 Found", location=other.url("/q"), Set_Cookie="id=1; Path=/"),
                       "/r": reply(b"x")}  # fmt: skip
    other.answers["/q"] = reply(b"", "302 Found", location=server.url("/r"), Set_Cookie="id=2; Domain=127.0.0.1")
    web = Web(allow_private=frozenset({server.place, other.place}), pause=0)
    web.get(server.url("/p"), etag='"mine"', robots=False)
    assert not {"cookie", "referer", "authorization", "if-none-match"} & other.headers().keys()
    assert "cookie" not in server.headers()
    other.close()

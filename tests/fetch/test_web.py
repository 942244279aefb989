"""The guarded client against servers on 127.0.0.1 that behave as badly as real ones do."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import httpcore
import pytest
from fault_server import Server, drip, redirect, reply, reset

from digest.config import Source
from digest.errors import ConfigError, SourceError
from digest.fetch.pages import get_page
from digest.fetch.web import NotModified, Web
from digest.fetch.web import transport as web_module
from digest.fetch.web.decoding import bounded
from digest.fetch.web.guard import is_public, parse_ranges, refusal
from digest.fetch.web.turns import Turns
from digest.model import Page


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def other() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def client(*servers: Server, **options: Any) -> Web:
    allowed = frozenset(each.place for each in servers)
    return Web(**{"allow_private": allowed, "pause": 0.0, "deadline": 5.0} | options)


def fails(web: Web, url: str, **options: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        web.get(url, **options)
    assert "\n" not in caught.value.reason
    assert caught.value.url
    return caught.value


# ---- what a fetch gives ---------------------------------------------------------------------------------------------


def test_a_page_keeps_its_bytes_and_its_headers(server: Server) -> None:
    body = "摘要".encode("gbk") + b"\x00\xff"
    server.answers["/p"] = reply(body, Content_Type="text/html; charset=gb2312")
    with client(server) as web:
        page = web.get(server.url("/p#part"))
    assert isinstance(page, Page)
    assert page.body == body
    assert page.url == server.url("/p")
    assert page.header("Content-Type") == "text/html; charset=gb2312"


def test_the_client_says_who_it_is_and_asks_for_gzip_alone(server: Server) -> None:
    server.answers["/p"] = reply(b"x")
    client(server).get(server.url("/p"), accept="application/atom+xml")
    sent = server.headers()
    assert sent["user-agent"].startswith("bilingual-digest/")
    assert sent["accept-encoding"] == "gzip"
    assert sent["accept"] == "application/atom+xml"
    assert "cookie" not in sent
    assert "if-none-match" not in sent


@pytest.mark.parametrize("etag", ['W/"a,b"', "not quoted", '"caf\u00e9\u0080"', '""'])
def test_validators_go_back_byte_for_byte(server: Server, etag: str) -> None:
    server.answers["/f"] = [reply(b"feed", ETag=etag, Last_Modified="yesterday"), reply(b"", "304 Not Modified")]
    web = client(server)
    first = web.get(server.url("/f"))
    assert isinstance(first, Page)
    second = web.get(server.url("/f"), etag=first.header("etag"), last_modified=first.header("last-modified"))
    assert isinstance(second, NotModified)
    assert server.headers()["if-none-match"] == etag
    assert server.headers()["if-modified-since"] == "yesterday"


def test_an_unasked_304_is_nothing_new(server: Server) -> None:
    server.answers["/f"] = reply(b"", "304 Not Modified")
    assert isinstance(client(server).get(server.url("/f")), NotModified)


@pytest.mark.parametrize(
    "status",
    ["204 No Content", "206 Partial Content", "401 No", "404 Not Found", "410 Gone", "451 Law", "999 Denied"],
)
def test_other_answers_are_faults_with_their_status(server: Server, status: str) -> None:
    server.answers["/p"] = reply(b"", status) if status.startswith("204") else reply(b"x", status)
    fault = fails(client(server), server.url("/p"))
    assert (fault.kind, fault.status) == ("status", int(status[:3]))
    assert server.paths().count("/p") == 1


def test_a_challenge_page_is_no_page(server: Server) -> None:
    server.answers["/p"] = reply(b"<html>Just a moment...</html>", CF_Mitigated="challenge")
    assert fails(client(server), server.url("/p")).kind == "status"


def test_a_server_error_is_tried_twice(server: Server) -> None:
    server.answers["/p"] = [reply(b"", "502 Bad Gateway"), reply(b"well again")]
    page = client(server).get(server.url("/p"))
    assert isinstance(page, Page)
    assert page.body == b"well again"
    server.answers["/q"] = reply(b"", "500 Broken")
    assert fails(client(server), server.url("/q")).status == 500
    assert server.paths().count("/q") == 2


# ---- Retry-After ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("99999999999999999999", 86400),
        ("-5", 0),
        ("soon", 0),
        ("", 0),
        ("1e9", 0),
        ("Wed, 16 Apr 2025 08:10:00 GMT", 600),
        ("Wed, 16 Apr 2025 07:10:00 GMT", 0),
        ("Fri, 16 Apr 2055 07:10:00 GMT", 86400),
    ],
)
def test_retry_after_is_read_and_held_to_a_day(server: Server, value: str, seconds: float) -> None:
    server.answers["/p"] = reply(b"", "429 Too Many Requests", Retry_After=value, Date="Wed, 16 Apr 2025 08:00:00 GMT")
    fault = fails(client(server), server.url("/p"))
    assert (fault.status, fault.retry_after) == (429, seconds)
    assert server.paths().count("/p") == 1


@pytest.mark.parametrize("more", [{}, {"retry_after": "1"}])
def test_a_fetch_asks_twice_at_most_whatever_goes_wrong(server: Server, more: dict[str, str]) -> None:
    busy = reply(b"", "503 Busy", **more)
    server.answers["/p"] = [reset(), busy, reply(b"ready")]
    assert fails(client(server, sleep=lambda seconds: None), server.url("/p"), robots=False).status == 503
    assert len(server.answers["/p"]) == 1, "the last answer was not asked for"


def test_a_short_retry_after_is_waited_for(server: Server) -> None:
    slept: list[float] = []
    server.answers["/p"] = [reply(b"", "503 Busy", Retry_After="3"), reply(b"ready")]
    page = client(server, sleep=slept.append).get(server.url("/p"))
    assert isinstance(page, Page)
    assert slept == pytest.approx([3.0], abs=0.5)


# ---- one deadline ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"x-more: 1\r\n"),
        (b"", b""),
    ],
    ids=["body", "chunks", "headers", "silence"],
)
def test_a_slow_drip_cannot_outlast_the_deadline(server: Server, head: bytes, piece: bytes) -> None:
    server.answers["/p"] = drip(head, piece, server.closing)
    assert fails(client(server, deadline=0.3), server.url("/p"), robots=False).kind == "timeout"


def test_slow_redirects_share_one_deadline(server: Server) -> None:
    def slowly(connection: socket.socket) -> None:
        server.closing.wait(0.15)
        connection.sendall(redirect("/p"))

    server.answers["/p"] = slowly
    assert fails(client(server, deadline=0.4), server.url("/p"), robots=False).kind == "timeout"


def test_slow_but_whole_is_fine(server: Server) -> None:
    def slowly(connection: socket.socket) -> None:
        for piece in (b"HTTP/1.1 200 OK\r\n", b"content-length: 4\r\n\r\n", b"ab", b"cd"):
            server.closing.wait(0.02)
            connection.sendall(piece)

    server.answers["/p"] = slowly
    page = client(server).get(server.url("/p"))
    assert isinstance(page, Page)
    assert page.body == b"abcd"


def test_a_name_server_that_does_not_answer_is_a_timeout() -> None:
    waiting = threading.Event()

    def resolver(host: str, port: int) -> list[str]:
        waiting.wait(5)
        return []

    assert fails(Web(deadline=0.2, resolver=resolver), "http://a.example/", robots=False).kind == "timeout"
    waiting.set()


# ---- bodies ---------------------------------------------------------------------------------------------------------


def test_gzip_is_undone_and_nothing_else(server: Server) -> None:
    server.answers["/p"] = reply(gzip.compress(b"one ") + gzip.compress(b"two"), Content_Encoding="gzip")
    page = client(server).get(server.url("/p"))
    assert isinstance(page, Page)
    assert page.body == b"one two"


def test_gzip_members_are_read_wherever_the_stream_is_split() -> None:
    whole = gzip.compress(b"one ") + gzip.compress(b"two")
    for place in range(1, len(whole)):
        assert bounded([whole[:place], whole[place:]], "gzip", "u", 100, cut=False) == b"one two", place
    single = [whole[place : place + 1] for place in range(len(whole))]
    assert bounded(single, "gzip", "u", 100, cut=False) == b"one two"
    for padding in (b"\0\0", b"\x1f", b"\x1fx", b"x\x1f\x8b"):
        assert bounded([gzip.compress(b"one"), padding], "gzip", "u", 100, cut=False) == b"one"


def test_a_gzip_bomb_stops_at_the_limit(server: Server) -> None:
    server.answers["/p"] = reply(gzip.compress(bytes(20_000_000)), Content_Encoding="gzip")
    assert fails(client(server, max_bytes=100_000), server.url("/p")).kind == "too-large"


def test_a_body_of_exactly_the_limit_is_read(server: Server) -> None:
    server.answers["/p"] = reply(gzip.compress(bytes(70_000)), Content_Encoding="gzip")
    page = client(server, max_bytes=70_000).get(server.url("/p"))
    assert isinstance(page, Page)
    assert len(page.body) == 70_000


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(gzip.compress(b"twice")), "gzip, gzip"),
        (b"anything", "br"),
        (gzip.compress(b"cut short" * 99)[:-9], "gzip"),
        (gzip.compress(b"damaged" * 99)[:20] + b"!" * 50, "gzip"),
        (b"not compressed", "gzip"),
        (gzip.compress(b"not declared"), "identity"),
    ],
    ids=["double", "unknown", "truncated", "damaged", "lying", "undeclared"],
)
def test_compressed_bytes_never_pass_for_a_page(server: Server, body: bytes, coding: str) -> None:
    server.answers["/p"] = reply(body, Content_Encoding=coding)
    assert fails(client(server), server.url("/p")).kind == "content"


def test_a_too_large_content_length_is_refused_before_reading(server: Server) -> None:
    server.answers["/p"] = reply(b"x", content_length="99999999999")
    assert fails(client(server), server.url("/p")).kind == "too-large"


def test_a_body_cut_short_is_a_fault(server: Server) -> None:
    server.answers["/p"] = reply(b"half", content_length="8")
    assert fails(client(server), server.url("/p")).kind == "protocol"


def test_an_endless_body_without_length_stops_at_the_limit(server: Server) -> None:
    server.answers["/p"] = drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 50_000, server.closing, 0.001)
    assert fails(client(server, max_bytes=200_000), server.url("/p")).kind == "too-large"


# ---- connections ----------------------------------------------------------------------------------------------------


def test_a_broken_connection_is_tried_once_more(server: Server) -> None:
    server.answers["/p"] = [lambda connection: connection.close(), reply(b"there")]
    page = client(server).get(server.url("/p"))
    assert isinstance(page, Page)
    server.answers["/q"] = lambda connection: connection.close()
    assert fails(client(server), server.url("/q")).kind == "protocol"
    assert server.paths().count("/q") == 2


def test_what_is_not_http_is_a_protocol_fault(server: Server) -> None:
    server.answers["/p"] = b"SSH-2.0-OpenSSH_9.2\r\n\r\n"
    assert fails(client(server), server.url("/p")).kind == "protocol"
    assert server.paths().count("/p") == 1


def test_nobody_there_is_refused(server: Server) -> None:
    server.close()
    socket_of_nobody = socket.create_server(("127.0.0.1", 0))
    port = socket_of_nobody.getsockname()[1]
    socket_of_nobody.close()
    web = Web(allow_private=frozenset({f"127.0.0.1:{port}"}), pause=0)
    assert fails(web, f"http://127.0.0.1:{port}/").kind == "refused"


def test_a_name_without_address_is_a_dns_fault() -> None:
    def resolver(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    assert fails(Web(resolver=resolver), "http://nowhere.example/").kind == "dns"
    assert fails(Web(resolver=lambda host, port: []), "http://nowhere.example/").kind == "dns"


def test_https_to_a_server_without_it_is_a_fault_of_one_line(server: Server) -> None:
    assert fails(client(server), f"https://{server.place}/").kind == "protocol"
    assert server.asked == []


# ---- redirects ------------------------------------------------------------------------------------------------------


def test_five_redirects_are_followed_and_a_loop_is_not(server: Server) -> None:
    for hop in range(5):
        server.answers[f"/{hop}"] = redirect(f"/{hop + 1}")
    server.answers["/5"] = reply(b"here")
    page = client(server).get(server.url("/0"))
    assert isinstance(page, Page)
    assert page.url == server.url("/5")
    server.answers["/loop"] = redirect("/loop")
    assert fails(client(server), server.url("/loop")).kind == "redirect"
    assert server.paths().count("/loop") == 6


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("javascript:alert(1)", "redirect"),
        ("file:///etc/passwd", "redirect"),
        ("http://", "redirect"),
        ("http://user:word@127.0.0.1/", "redirect"),
        ("http://[::1", "redirect"),
        ("http://a:99999/", "redirect"),
        ("", "redirect"),
        ("http://127.0.0.1:1/", "address"),
        ("http://169.254.169.254/latest/meta-data", "address"),
        ("//[::ffff:127.0.0.1]/", "address"),
    ],
)
def test_a_redirect_goes_only_where_a_fetch_may(server: Server, location: str, kind: str) -> None:
    server.answers["/p"] = redirect(location)
    assert fails(client(server), server.url("/p")).kind == kind


def test_another_origin_gets_no_validators_and_its_robots_are_asked(server: Server, other: Server) -> None:
    server.answers["/p"] = redirect(other.url("/q"))
    other.answers["/q"] = reply(b"moved")
    client(server, other).get(server.url("/p"), etag='"mine"', last_modified="then")
    assert server.headers()["if-none-match"] == '"mine"'
    assert "if-none-match" not in other.headers()
    assert "if-modified-since" not in other.headers()
    assert other.paths() == ["/robots.txt", "/q"]


def test_an_unescaped_chinese_redirect_is_followed(server: Server) -> None:
    server.answers["/p"] = redirect("/中文".encode().decode("latin-1"))
    server.answers["/%E4%B8%AD%E6%96%87"] = reply(b"here")
    assert isinstance(client(server).get(server.url("/p")), Page)


# ---- the guard ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1"),
        *(
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::7f00:1",
            "2002:7f00:1::",
            "2002:a00:1::",
        ),
        *("::7f00:1", "2001:0:1::1", "fec0::1", "2001:db8::1"),
    ],
)
def test_no_private_address_passes(address: str) -> None:
    assert refusal(address, ())
    assert fails(Web(resolver=lambda host, port: [address]), "http://a.example/", robots=False).kind == "address"


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e", "::ffff:8.8.8.8"])
def test_public_addresses_pass(address: str) -> None:
    assert refusal(address, ()) == ""


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "0x7f000001", "2130706433", "127.1", "0", "017700000001", "[::1]", "localhost"]
)
def test_numeric_spellings_of_this_machine_are_refused(host: str) -> None:
    assert fails(Web(), f"http://{host}:9/", robots=False).kind == "address"
    assert fails(Web(proxy="http://127.0.0.1:9"), f"http://{host}:9/", robots=False).kind == "address"


def test_the_remedy_is_told_for_an_address_that_the_user_wrote_only(server: Server) -> None:
    server.answers["/robots.txt"] = reply(b"", "404 Not Found")
    server.answers["/p"] = redirect("http://127.0.0.1:9/admin")
    for robots in (False, True):
        told = fails(client(server), server.url("/p"), robots=robots)
        assert told.kind == "address"
        assert told.reason.endswith("127.0.0.1 is not a public address")
        assert "allow_private" in fails(Web(), "http://127.0.0.1:9/feed", robots=robots).reason
    source = Source(name="A", url="http://a.example/feed")
    answer = get_page(lambda source: Web(), source, "http://127.0.0.1:9/entry")
    assert isinstance(answer, SourceError)
    assert (answer.kind, "allow_private" in answer.reason) == ("address", False)


def test_clients_that_share_their_turns_ask_no_host_side_by_side(server: Server) -> None:
    server.answers["/a"] = server.answers["/b"] = reply(b"x")
    slept: list[float] = []
    turns = Turns(5.0, sleep=slept.append)
    one, other = (
        client(server, pause=100.0, turns=turns),
        client(pause=100.0, allow_ranges=("127.0.0.0/8",), turns=turns),
    )
    one.get(server.url("/a"), robots=False), other.get(server.url("/b"), robots=False)
    assert slept == [pytest.approx(100.0, abs=5)]


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    web = Web(resolver=lambda host, port: ["93.184.215.14", "10.0.0.1"])
    assert "10.0.0.1" in fails(web, "http://mixed.example/").reason


def test_the_address_checked_is_the_address_connected_to(server: Server) -> None:
    """A name that answers otherwise the second time (DNS rebinding) is asked once only."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    server.answers["/p"] = reply(b"x")
    web = Web(allow_private=frozenset({f"blog.example:{server.port}"}), resolver=resolver, pause=0)
    assert isinstance(web.get(f"http://blog.example:{server.port}/p", robots=False), Page)
    assert asked == ["blog.example"]
    assert server.headers()["host"] == f"blog.example:{server.port}"


def test_allow_private_names_host_and_port_exactly(server: Server, other: Server) -> None:
    other.answers["/p"] = reply(b"x")
    fault = fails(client(server), other.url("/p"))
    assert fault.kind == "address"
    assert other.place in fault.reason
    assert other.asked == []


def test_allow_ranges_lets_an_address_range_through(server: Server) -> None:
    server.answers["/p"] = reply(b"x")
    web = Web(allow_ranges=("127.0.0.0/8",), pause=0)
    assert isinstance(web.get(server.url("/p")), Page)
    with pytest.raises(ConfigError):
        Web(allow_ranges=("everything",))


def test_a_fake_ip_answer_names_the_setting_that_lets_it_through() -> None:
    fault = fails(Web(resolver=lambda host, port: ["198.18.0.42"]), "http://a.example/")
    assert "network.allow_ranges: [198.18.0.0/15]" in fault.reason
    assert refusal("198.18.0.42", parse_ranges(["198.18.0.0/15"])) == ""


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "file:///etc/passwd", "http://user:word@a.example/", "http://user@a.example/", "", "a.example",
     "http://", "http://a.example:0/", "http://a b/", "http://a.example/\x00", "http://" + "a" * 70 + ".example/",
     "http://a.example/" + "x" * 3000, "http://xn--/", "http://[::1/", "http://a.example:99999/", "http://\ud800/"],
)  # fmt: skip
def test_no_address_raises_anything_but_a_source_error(url: str) -> None:
    with pytest.raises(SourceError):
        Web(resolver=lambda host, port: []).get(url)


def test_the_guard_fails_closed_where_httpx_has_no_place_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare:
        def __init__(self, **options: object) -> None: ...

    monkeypatch.setattr(web_module.httpx, "HTTPTransport", Bare)
    assert (
        fails(Web(resolver=lambda host, port: ["93.184.215.14"]), "http://a.example/", robots=False).kind == "address"
    )


def test_tls_is_told_the_host_and_not_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    class Stream(httpcore.NetworkStream):
        def start_tls(
            self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
        ) -> httpcore.NetworkStream:
            seen.append((server_hostname, ssl_context.check_hostname, ssl_context.verify_mode))
            raise httpcore.ConnectError("[SSL] enough seen")

        def close(self) -> None: ...

    class Backend(httpcore.NetworkBackend):
        def connect_tcp(self, host: str, port: int, *others: object, **options: object) -> httpcore.NetworkStream:
            seen.append(host)
            return Stream()

    monkeypatch.setattr(web_module.httpcore, "SyncBackend", Backend)
    web = Web(resolver=lambda host, port: ["93.184.215.14"])
    assert fails(web, "https://a.example/", robots=False).kind == "protocol"
    assert seen == ["93.184.215.14", ("a.example", True, ssl.CERT_REQUIRED)]


def test_the_environment_names_no_proxy(server: Server, other: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, other.url())
    server.answers["/p"] = reply(b"direct")
    assert isinstance(client(server).get(server.url("/p")), Page)
    assert other.asked == []


def test_a_named_proxy_is_used_and_resolves_names_itself(server: Server) -> None:
    server.answers["*"] = reply(b"by proxy")

    def resolver(host: str, port: int) -> list[str]:
        raise AssertionError("the proxy resolves names")

    page = Web(proxy=server.url(), resolver=resolver, pause=0).get("http://a.example/p", robots=False)
    assert isinstance(page, Page)
    assert server.paths() == ["http://a.example/p"]
    with pytest.raises(ConfigError):
        Web(proxy="socks5://127.0.0.1:1080")


def test_is_public_agrees_on_what_ipv6_wraps() -> None:
    import ipaddress

    wrapped = {"64:ff9b::808:808": True, "64:ff9b::a00:1": False, "2002:808:808::1": True}
    assert {each: is_public(ipaddress.ip_address(each)) for each in wrapped} == wrapped


# ---- robots.txt and politeness --------------------------------------------------------------------------------------

RULES = b"User-agent: *\nDisallow: /priv*\n\nUser-agent: bilingual-digest\nDisallow: /mine$"


def test_robots_are_asked_once_and_obeyed(server: Server) -> None:
    server.answers |= {"/robots.txt": reply(b"User-agent: *\nDisallow: /priv*"), "*": reply(b"x")}
    web = client(server)
    assert isinstance(web.get(server.url("/public")), Page)
    fault = fails(web, server.url("/private/1"))
    assert (fault.kind, fault.stage) == ("robots", "robots")
    assert server.paths() == ["/robots.txt", "/public"]
    assert isinstance(web.get(server.url("/private/1"), robots=False), Page)


def test_a_group_for_us_beats_the_group_for_all(server: Server) -> None:
    server.answers |= {"/robots.txt": reply(RULES), "*": reply(b"x")}
    web = client(server)
    assert isinstance(web.get(server.url("/private")), Page)
    assert fails(web, server.url("/mine")).kind == "robots"


def test_a_redirect_to_a_forbidden_page_is_not_followed(server: Server) -> None:
    server.answers |= {"/robots.txt": reply(b"User-agent: *\nDisallow: /priv"), "/p": redirect("/private")}
    assert fails(client(server), server.url("/p")).kind == "robots"
    assert "/private" not in server.paths()


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (reply(b"", "404 Not Found"), True),
        (reply(b"", "403 Forbidden"), True),
        (redirect("/robots.txt"), True),
        (reply(b"\xff\xfe\x00garbage"), True),
        (reply(b"User-agent: *\nDisallow: /" + b"\n# more" * 200_000), False),
        (reply(b"", "500 Broken"), False),
        (b"SSH-2.0\r\n\r\n", False),
    ],
    ids=["404", "403", "loop", "garbage", "huge", "500", "no HTTP"],
)
def test_what_unreadable_robots_mean(server: Server, answer: bytes, allowed: bool) -> None:
    """RFC 9309, 2.3.1: unavailable allows everything, unreachable forbids everything."""
    server.answers |= {"/robots.txt": answer, "/p": reply(b"x")}
    if allowed:
        assert isinstance(client(server).get(server.url("/p")), Page)
    else:
        assert fails(client(server), server.url("/p")).stage == "robots"
        assert "/p" not in server.paths()


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_a_host_is_left_alone_between_requests_and_another_is_not(server: Server, other: Server) -> None:
    clock = Clock()
    server.answers["*"] = other.answers["*"] = reply(b"x")
    web = client(server, other, pause=1.5, clock=clock, sleep=clock.sleep)
    web.get(server.url("/1"), robots=False)
    web.get(other.url("/1"), robots=False)
    assert clock.slept == []
    web.get(server.url("/2"), robots=False)
    web.get(server.url("/3"), robots=False, pause=0.25)
    clock.now += 10
    web.get(server.url("/4"), robots=False)
    assert clock.slept == [1.5, 0.25]


def test_the_pause_does_not_eat_the_deadline(server: Server) -> None:
    clock = Clock()
    server.answers["*"] = reply(b"x")
    web = client(server, pause=60.0, deadline=5.0, clock=clock, sleep=clock.sleep)
    for path in ("/1", "/2"):
        assert isinstance(web.get(server.url(path)), Page)
    assert clock.slept == [60.0, 60.0]


@pytest.mark.parametrize(("asked", "waited"), [("2.5", 2.5), ("9999", 30.0), ("0.1", 1.0), ("never", 1.0)])
def test_the_longer_of_pause_and_crawl_delay_holds(server: Server, asked: str, waited: float) -> None:
    clock = Clock()
    server.answers |= {"/robots.txt": reply(f"User-agent: *\nCrawl-delay: {asked}".encode()), "*": reply(b"x")}
    client(server, pause=1.0, clock=clock, sleep=clock.sleep).get(server.url("/p"))
    assert clock.slept == [waited]


def test_threads_take_turns_at_a_host_and_ask_its_robots_once(server: Server) -> None:
    def slowly(connection: socket.socket) -> None:
        server.closing.wait(0.01)
        connection.sendall(reply(b"x"))

    server.answers["*"] = slowly
    web = client(server)
    pages: list[object] = []
    threads = [threading.Thread(target=lambda n=n: pages.append(web.get(server.url(f"/{n}")))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pages) == 6
    assert server.most_busy == 1
    assert server.paths().count("/robots.txt") == 1


def test_two_hosts_are_asked_at_the_same_time(server: Server, other: Server) -> None:
    """Each server answers only once the other was asked: one after the other, both would run into the deadline."""
    meeting = threading.Barrier(2)

    def together(connection: socket.socket) -> None:
        meeting.wait(3)
        connection.sendall(reply(b"x"))

    server.answers["*"] = other.answers["*"] = together
    web = client(server, other)
    pages: list[object] = []
    threads = [
        threading.Thread(target=lambda each=each: pages.append(web.get(each.url("/p"), robots=False)))
        for each in (server, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pages) == 2

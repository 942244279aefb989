"""Addresses that no fetch may go to, in every spelling and by every way; names and certificates that are wrong."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from fault_answers import FEED, entry, rss
from fault_server import Server, redirect, reply, stalled
from faulty_blog import FaultyBlog

from digest.config import parse_settings
from digest.errors import ConfigError, SourceError
from digest.fetch.web import Web, transport
from digest.model import Page

PUBLIC = "93.184.215.14"


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[FaultyBlog]:
    with FaultyBlog(tmp_path) as opened:
        yield opened


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the addresses that are connected to, and connect to none."""
    hosts: list[str] = []

    def connect(sock: socket.socket, address: Any) -> None:
        hosts.append(address[0])
        raise ConnectionRefusedError("recorded")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return hosts


def refused(web: Web, url: str, kind: str = "address") -> None:
    with pytest.raises(SourceError) as caught:
        web.get(url, robots=False)
    assert caught.value.kind == kind


def at(*addresses: str) -> Web:
    return Web(resolver=lambda host, port: list(addresses), pause=0.0)


@pytest.mark.fault("network", "private address as a feed")
@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[::1]", "[fd00::1]"])
def test_private_address(reached: list[str], host: str) -> None:
    """A feed's address is a private, shared, local or loopback one.

    It is refused before anything is connected to.
    """
    refused(Web(), f"http://{host}/feed")
    assert reached == []


@pytest.mark.fault("network", "numeric hosts")
@pytest.mark.parametrize(
    "host", ["0x7f000001", "2130706433", "127.1", "0", "017700000001", "0x7f.1", "0177.0.0.1", "127.0.1"]
)
def test_numeric_host(reached: list[str], host: str) -> None:
    """This machine spelt as a decimal, octal, hexadecimal or short number.

    The resolved address is looked at, never the text; nothing is connected to.
    """
    refused(Web(), f"http://{host}/feed")
    assert reached == []


@pytest.mark.fault("network", "private address wrapped in IPv6")
@pytest.mark.parametrize(
    "address",
    ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "::127.0.0.1"],
)
def test_wrapped_address(reached: list[str], address: str) -> None:
    """IPv4-mapped, NAT64, 6to4 and compatible spellings of private addresses.

    They are unwrapped and refused, written in the address or answered by a name server.
    """
    refused(Web(), f"http://[{address}]/feed")
    refused(at(address), "http://blog.example/feed")
    assert reached == []


@pytest.mark.fault("network", "mixed DNS answers")
def test_mixed_answers(reached: list[str]) -> None:
    """A name has a public and a private address.

    All answers must be public: it is refused, in whatever order they come.
    """
    for answers in itertools.permutations([PUBLIC, "10.0.0.1"]):
        refused(at(*answers), "http://blog.example/feed")
    assert reached == []


@pytest.mark.fault("network", "DNS rebinding")
def test_rebinding(reached: list[str]) -> None:
    """A name is public when it is checked and private when it is asked again.

    The address that was checked is the one that is connected to; each try is checked anew.
    """
    answers = itertools.chain([[PUBLIC]], itertools.repeat(["127.0.0.1"]))
    refused(Web(resolver=lambda host, port: next(answers), pause=0.0), "http://blog.example/feed")
    assert set(reached) <= {PUBLIC}


@pytest.mark.fault("network", "redirect to a name that is private")
def test_redirect_to_a_private_name(blog: FaultyBlog) -> None:
    """A redirect leads to localhost by name.

    Each hop is checked as the first address is: the source fails and nothing is connected to.
    """
    blog.fails(lambda s: redirect(f"http://localhost:{s.port + 1}/"), "address")


@pytest.mark.fault("network", "private address as an entry's link")
def test_private_links(blog: FaultyBlog) -> None:
    """Entries link to this machine, to clouds' secrets and to numeric spellings of both.

    The posts stay in the digest; their pages are refused and nothing is connected to.
    """
    hosts = ("127.0.0.1:22", "169.254.169.254", "2130706433:22", "[::ffff:127.0.0.1]:22", "localhost:22", "0:22")
    items = (f"<item><title>Post {n}</title><link>http://{host}/{n}</link></item>" for n, host in enumerate(hosts))
    got = blog.visit(reply(rss(*items)))
    assert got.failures == ()
    assert (len(blog.posts), got.pages_missing) == (len(hosts), len(hosts))
    states = [blog.store.page_state(post.url) for post in blog.posts]
    assert {state.kind for state in states if state} == {"address"}


@pytest.mark.fault("network", "private address as an enclosure")
def test_private_enclosure(blog: FaultyBlog) -> None:
    """Enclosures, pictures, comments and sources of entries lie at private addresses.

    They are never fetched.
    """
    more = (
        "<enclosure url='http://169.254.169.254/a.mp3' length='1' type='audio/mpeg'/><comments>http://10.0.0.1/</comments>"
        "<source url='http://127.0.0.1:22/'>x</source>"
    )
    blog.reads(lambda s: reply(rss(*(entry(n, more=more) for n in (1, 2, 3)))))


@pytest.mark.fault("network", "private address as a page's other edition")
def test_private_editions(blog: FaultyBlog) -> None:
    """A page names its translation, its canonical address and its base at private addresses, and refreshes to one.

    Such candidates are refused by the guard; the post stays as it is.
    """
    head = (
        "<link rel='alternate' hreflang='zh' href='http://127.0.0.1:22/zh/1'><link rel='canonical' href='http://[::1]:22/1'>"
        "<base href='http://169.254.169.254/'><meta http-equiv='refresh' content='0; url=http://127.0.0.1:22/'>"
    )
    text = "".join(f"<p>The cache keeps {n} million rows in memory on one server.</p>" for n in range(20))
    blog.server.answers["/1"] = reply(
        f"<html lang='en'><head>{head}</head><body><article><h1>A post</h1>{text}<p><a href='http://10.0.0.1/zh'>中文版"
        "</a></p></article></body></html>".encode(),
        content_type="text/html; charset=utf-8",
    )
    feed = rss(f"<item><title>A post</title><link>{blog.server.url('/1')}</link></item>")
    got = blog.visit(reply(feed))
    assert (got.failures, got.pages, got.editions) == ((), 1, 0)
    blog.visit(reply(feed))


@pytest.mark.fault("network", "local file as a feed address")
@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "/etc/passwd", "feed.xml", "ftp://a.example/feed", "data:text/xml,x"]
)
def test_local_file(url: str) -> None:
    """A feed's address is a file of this machine or of no web scheme.

    It is refused when the configuration is read, with its place.
    """
    with pytest.raises(ConfigError) as caught:
        parse_settings(f"sources:\n- name: x\n  url: {url}\n", "feeds.yaml")
    assert "feeds.yaml:3" in str(caught.value)


@pytest.mark.fault("network", "name that does not resolve")
def test_no_such_name() -> None:
    """The name has no address, or the name server says so with an error.

    The source fails as a fault of names.
    """

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    refused(Web(resolver=unknown), "http://blog.example/feed", "dns")
    refused(at(), "http://blog.example/feed", "dns")


@pytest.mark.fault("network", "name server that is silent")
def test_silent_name_server(blog: FaultyBlog) -> None:
    """The name server does not answer.

    The deadline covers resolving too.
    """

    def silent(host: str, port: int) -> list[str]:
        blog.server.closing.wait(20)
        return []

    refused(Web(resolver=silent, deadline=0.2), "http://blog.example/feed", "timeout")
    blog.server.close()


@pytest.mark.fault("network", "connection refused")
def test_refused() -> None:
    """Nobody listens at the port.

    One more try, then the source fails.
    """
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        place = f"127.0.0.1:{nobody.getsockname()[1]}"
    refused(Web(allow_private=frozenset({place}), pause=0.0), f"http://{place}/feed", "refused")


@pytest.mark.fault("network", "blackhole")
def test_blackhole() -> None:
    """Packets to the server vanish: no connection, no refusal.

    The deadline ends the connecting.
    """
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)  # room for one connection; Linux drops what asks for more
        for taken in (first, second):
            taken.setblocking(False)
            taken.connect_ex(full.getsockname())
        place = f"127.0.0.1:{full.getsockname()[1]}"
        web = Web(allow_private=frozenset({place}), pause=0.0, deadline=0.4)
        refused(web, f"http://{place}/feed", "timeout")


# ---- certificates ---------------------------------------------------------------------------------------------------


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Give an authority that the client trusts."""
    made = trustme.CA()
    context = transport.httpx.create_ssl_context()
    made.configure_trust(context)
    monkeypatch.setattr(transport, "_tls", lambda: context)
    return made


def secure(authority: trustme.CA, name: str = "127.0.0.1", **times: datetime) -> Server:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **times).configure_cert(context)
    return Server(context)


def over_tls(server: Server, kind: str) -> None:
    with server:
        server.answers["/feed"] = reply(FEED)
        web = Web(allow_private=frozenset({server.place}), pause=0.0, deadline=0.8)
        if kind:
            refused(web, server.url("/feed"), kind)
            assert server.asked == []
        else:
            assert isinstance(web.get(server.url("/feed"), robots=False), Page)


def test_a_good_certificate_is_believed(authority: trustme.CA) -> None:
    over_tls(secure(authority), "")


@pytest.mark.fault("network", "certificate of an unknown authority")
def test_unknown_authority(authority: trustme.CA) -> None:
    """The server's certificate is signed by nobody that is known.

    The source fails; nothing is ever asked unverified.
    """
    over_tls(secure(trustme.CA()), "protocol")


@pytest.mark.fault("network", "certificate of another host")
def test_certificate_of_another_host(authority: trustme.CA) -> None:
    """The certificate is another host's.

    The source fails; nothing is asked.
    """
    over_tls(secure(authority, "blog.example"), "protocol")


@pytest.mark.fault("network", "certificate that is over")
def test_certificate_that_is_over(authority: trustme.CA) -> None:
    """The certificate was valid until yesterday.

    The source fails; nothing is asked.
    """
    now = datetime.now(UTC)
    times = {"not_before": now - timedelta(days=30), "not_after": now - timedelta(days=1)}
    over_tls(secure(authority, **times), "protocol")


@pytest.mark.fault("network", "TLS that never begins")
def test_tls_that_never_begins() -> None:
    """The server takes the connection and is silent where TLS begins.

    The deadline covers the handshake.
    """
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        web = Web(allow_private=frozenset({place}), pause=0.0, deadline=0.4)
        refused(web, f"https://{place}/feed", "timeout")


@pytest.mark.fault("network", "server without TLS")
def test_server_without_tls() -> None:
    """An https address is served in the clear.

    The source fails; it is not asked without TLS.
    """
    with Server() as server:
        web = Web(allow_private=frozenset({server.place}), pause=0.0)
        refused(web, f"https://{server.place}/feed", "protocol")
        assert server.asked == []


# ---- what leaves with a redirect ------------------------------------------------------------------------------------


@pytest.mark.fault("network", "validators and cookies on a redirect")
def test_nothing_leaves_with_a_redirect(blog: FaultyBlog) -> None:
    """A feed that was read, with a cookie, redirects to another origin at the second visit.

    Neither validators nor cookies go to another origin; the answer from there is read.
    """
    blog.visit(reply(FEED, etag='"mine"', last_modified="Wed, 16 Apr 2025 08:00:00 GMT", set_cookie="id=1"))
    blog.sound.answers["/moved"] = reply(FEED)
    assert blog.visit(redirect(blog.sound.url("/moved"))).failures == ()
    assert blog.server.headers()["if-none-match"] == '"mine"'
    there = next(n for n, request in enumerate(blog.sound.asked) if "/moved" in request)
    assert not {"if-none-match", "if-modified-since", "cookie", "authorization"} & set(blog.sound.headers(there))


@pytest.mark.fault("network", "Retry-After over restarts")
def test_waits_outlive_the_run(blog: FaultyBlog) -> None:
    """A source asks for an hour of patience and the next run comes after ten minutes.

    The wait is kept in the store: the source is not asked, it is named as failed, and the others are read.
    """
    blog.visit(reply(b"", "429 Too Many Requests", retry_after="3600"))
    asked = len(blog.server.asked)
    got = blog.visit(reply(FEED), later=timedelta(minutes=10))
    assert [failure.url for failure in got.failures] == [blog.url]
    assert len(blog.server.asked) == asked
    assert blog.visit(reply(FEED), later=timedelta(minutes=51)).failures == ()
    assert len(blog.posts) == 3


@pytest.mark.fault("network", "short Retry-After")
def test_short_waits_are_waited_for(blog: FaultyBlog) -> None:
    """503 with Retry-After: 3, and then the feed.

    Up to five seconds are waited for within the run and the deadline.
    """
    blog.deadline = 20.0
    got = blog.visit([reply(b"", "503 Busy", retry_after="3"), reply(FEED)])
    assert got.failures == ()
    assert 3.0 in blog.slept


@pytest.mark.fault("network", "410")
def test_gone_for_good(blog: FaultyBlog) -> None:
    """410, gone for good.

    The source is parked for a month: it is told once and not asked meanwhile.
    """
    assert [failure.url for failure in blog.visit(reply(b"", "410 Gone")).failures] == [blog.url]
    asked = len(blog.server.asked)
    for _ in range(3):
        blog.visit(reply(FEED))
    assert len(blog.server.asked) == asked
    blog.visit(later=timedelta(days=30))
    assert len(blog.posts) == 3


@pytest.mark.fault("network", "304 to a first request")
def test_304_to_a_first_request(blog: FaultyBlog) -> None:
    """304, though no validator was sent.

    There is nothing it could stand for: the source fails, and nothing is marked as seen.
    """
    got = blog.visit(reply(b"", "304 Not Modified", etag='"odd"'))
    assert [failure.url for failure in got.failures] == [blog.url]
    assert blog.store.source(blog.url).first_fetched is None
    assert blog.visit(reply(FEED)).failures == ()
    assert len(blog.posts) == 3


@pytest.mark.fault("network", "robots.txt that stalls")
def test_robots_that_stalls(blog: FaultyBlog) -> None:
    """A feed is well and its site's robots.txt never answers.

    Pages are not fetched, within the deadline; the feed's own entries are read.
    """
    blog.deadline = 0.4
    blog.server.answers["/robots.txt"] = stalled(b"", blog.server.closing)
    items = (f"<item><title>Post {n}</title><link>{blog.server.url(f'/{n}')}</link></item>" for n in range(3))
    assert blog.visit(reply(rss(*items))).failures == ()
    assert len(blog.posts) == 3
    assert not {"/0", "/1", "/2"} & set(blog.server.paths())

"""Faults of the network by name: what a server sends that has them. For the tests of faults and their benchmark."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Callable

from fault_server import Answer, Answers, Server, chunked, drip, redirect, reply, reset, slowly, stalled

BODY_TEXT = "The cache keeps ten million rows in memory on one server, and reads take two milliseconds. " * 8


def entry(number: int, *, guid: str = "", link: str = "", title: str = "", date: str = "", more: str = "") -> str:
    """Give an entry that holds its whole post, so that no page is asked for."""
    link = link or f"https://blog.example/post-{number}"
    date = date or f"{number:02d} Apr 2025 04:00:00 GMT"
    title = title or f"Part {number} of the cache series"
    return (
        f'<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">{guid or link}</guid>'
        f"<pubDate>{date}</pubDate>{more}<description>&lt;p&gt;{BODY_TEXT * 3}&lt;/p&gt;</description></item>"
    )


def rss(*entries: str, head: str = "<?xml version='1.0' encoding='utf-8'?>") -> bytes:
    about = "<title>Blog</title><link>https://blog.example/</link><description>d</description>"
    text = f"{head}<rss version='2.0'><channel>{about}{''.join(entries)}</channel></rss>"
    return text.encode("utf-8", "surrogatepass")


FEED = rss(entry(1), entry(2), entry(3))
OK = b"HTTP/1.1 200 OK\r\nconnection: close\r\n"
EMPTY_BLOCK = b"\0\0\0\xff\xff"  # of deflate: stored, not the last, no bytes (RFC 1951, 3.2.4)
BOMB = 64 * 2**20  # decoded bytes


def bomb(wbits: int) -> bytes:
    """Compress BOMB zero bytes to some 64 kB; 31 makes gzip, 15 zlib, -15 the bare stream (zlib's manual)."""
    press = zlib.compressobj(9, wbits=wbits)
    return b"".join(press.compress(bytes(2**20)) for _ in range(BOMB // 2**20)) + press.flush()


def endless(head: bytes, piece: bytes) -> Answer:
    """Send the same bytes until the other side has enough; stop at 500 MB."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(500_000_000 // len(piece)):
            connection.sendall(piece)

    return send


def chain(server: Server, hops: int, pause: float = 0.0) -> Answer:
    """Redirect so many times, each to an address of its own."""
    for hop in range(1, hops):
        server.answers[f"/hop/{hop}"] = slowly([redirect(f"/hop/{hop + 1}")], pause)
    server.answers[f"/hop/{hops}"] = reply(FEED)
    return slowly([redirect("/hop/1")], pause)


def growing(server: Server) -> Answer:
    """Redirect to an address that is longer each time."""
    hops = [redirect("/feed?" + "x" * 400 * n) for n in range(1, 12)]
    for n in range(1, 12):
        server.answers["/feed?" + "x" * 400 * n] = hops[min(n, 10)]
    return hops[0]


def continues(connection: socket.socket) -> None:
    """Send interim answers without end (RFC 9110, 15.2), never a final one."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def half_close(head: bytes) -> Answer:
    """Send a whole answer and go on listening, as a server does that keeps the connection without saying so."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        connection.shutdown(socket.SHUT_WR)

    return send


def _lengths(*values: str) -> bytes:
    lines = b"".join(b"content-length: %b\r\n" % value.encode() for value in values)
    return OK + lines + b"\r\n" + FEED


Make = Callable[[Server], Answers]

# What is to end in a named failure of that source alone.
FAILING: dict[str, Make] = {
    "no answer": lambda s: stalled(b"", s.closing),
    "stall in the body": lambda s: stalled(reply(FEED)[:-500], s.closing),
    "stall in the headers": lambda s: stalled(b"HTTP/1.1 200 OK\r\ncontent-type: te", s.closing),
    "slow headers": lambda s: drip(b"HTTP/1.1 200 OK\r\n", b"x-more: 1\r\n", s.closing),
    "slow status line": lambda s: drip(b"HTTP/1.1 200 O", b"K", s.closing),
    "slow drip": lambda s: drip(OK + b"content-length: 100000\r\n\r\n", b"x", s.closing),
    "slow drip, chunked": lambda s: drip(OK + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n", s.closing),
    "slow drip, no length": lambda s: drip(OK + b"\r\n<rss>", b" ", s.closing),
    "slow drip, gzip": lambda s: drip(
        OK + b"content-encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10], EMPTY_BLOCK, s.closing
    ),
    "truncated body": lambda s: reply(FEED)[:-500],
    "truncated chunks": lambda s: chunked(FEED)[:-500],
    "chunks without an end": lambda s: chunked(FEED)[:-5],
    "truncated gzip": lambda s: reply(gzip.compress(FEED)[:-40], content_encoding="gzip"),
    "gzip without its checksum": lambda s: reply(gzip.compress(FEED)[:-8], content_encoding="gzip"),
    "connection reset": lambda s: reset(),
    "reset in the body": lambda s: reset(reply(FEED)[:-500]),
    "connection closed at once": lambda s: lambda connection: connection.close(),
    "garbage status line": lambda s: b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "status without a number": lambda s: b"HTTP/1.1 OK\r\n\r\n" + FEED,
    "HTTP/0.9": lambda s: FEED,
    "HTTP/2 spoken unasked": lambda s: (
        b"\0\0\x12\x04\0\0\0\0\0" + b"\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff"
    ),
    "switching protocols": lambda s: b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n" + FEED,
    "interim answers without end": lambda s: continues,
    "length that is no number": lambda s: _lengths("many"),
    "negative length": lambda s: _lengths("-1"),
    "two lengths that differ": lambda s: _lengths("10", str(len(FEED))),
    "too large length": lambda s: _lengths("99999999999"),
    "length of a thousand digits": lambda s: _lengths("9" * 1000),
    "length longer than the body": lambda s: _lengths(str(len(FEED) + 1)),
    "huge header": lambda s: OK + b"x-long: " + b"x" * 2_000_000 + b"\r\n\r\n" + FEED,
    "very many headers": lambda s: OK + b"x-more: 1\r\n" * 100_000 + b"\r\n" + FEED,
    "headers without end": lambda s: endless(OK, b"x-more: " + b"x" * 60_000 + b"\r\n"),
    "NUL in a header": lambda s: OK + b"x-odd: a\0b\r\n\r\n" + FEED,
    "negative chunk size": lambda s: OK + b"transfer-encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
    "chunk size that is no number": lambda s: OK + b"transfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "chunk size beyond all measure": lambda s: OK + b"transfer-encoding: chunked\r\n\r\n" + b"f" * 16 + b"\r\n" + FEED,
    "chunk extension without end": lambda s: endless(OK + b"transfer-encoding: chunked\r\n\r\n5;x=", b"y" * 60_000),
    "trailers without end": lambda s: endless(chunked(FEED)[:-2], b"x-more: " + b"y" * 60_000 + b"\r\n"),
    "gzip bomb": lambda s: reply(bomb(31), content_encoding="gzip"),
    "deflate bomb": lambda s: reply(bomb(15), content_encoding="deflate"),
    "double bomb": lambda s: reply(gzip.compress(bomb(31)), content_encoding="gzip, gzip"),
    "bomb in many members": lambda s: reply(bomb(31) * 3, content_encoding="gzip"),
    "body of 500 MB": lambda s: endless(OK + b"\r\n", b"<!-- " + b"x" * 2**20 + b" -->"),
    "body of 500 MB, chunked": lambda s: endless(
        OK + b"transfer-encoding: chunked\r\n\r\n", b"100000\r\n" + b"x" * 2**20 + b"\r\n"
    ),
    "damaged gzip": lambda s: reply(gzip.compress(FEED)[:60] + b"!" * 200, content_encoding="gzip"),
    "gzip that is none": lambda s: reply(FEED, content_encoding="gzip"),
    "gzip undeclared": lambda s: reply(gzip.compress(FEED)),
    "gzip of gzip, one declared": lambda s: reply(gzip.compress(gzip.compress(FEED)), content_encoding="gzip"),
    "coded twice": lambda s: reply(gzip.compress(gzip.compress(FEED)), content_encoding="gzip, gzip"),
    "unknown coding": lambda s: reply(FEED, content_encoding="br"),
    "unknown transfer coding": lambda s: OK + b"transfer-encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "redirect loop": lambda s: redirect("/feed"),
    "redirect loop of two": lambda s: _ring(s),
    "long redirect chain": lambda s: chain(s, 6),
    "growing redirect chain": growing,
    "slow redirect chain": lambda s: chain(s, 5, pause=0.25),
    "redirect without a place": lambda s: reply(b"", "302 Found"),
    "redirect to a script": lambda s: redirect("javascript:alert(1)"),
    "redirect to a local file": lambda s: redirect("file:///etc/passwd"),
    "redirect to another scheme": lambda s: redirect("gopher://127.0.0.1:70/"),
    "redirect with credentials": lambda s: redirect(f"http://user:word@{s.place}/post"),
    "redirect to a private address": lambda s: redirect("http://169.254.169.254/latest/meta-data/"),
    "redirect to this machine": lambda s: redirect("http://127.0.0.1:22/"),
    "redirect to a numeric host": lambda s: redirect("http://2130706433:22/"),
    "redirect that is no address": lambda s: redirect("http://[::1"),
    "redirect of 10 kB": lambda s: redirect("/" + "x" * 10_000),
    "204": lambda s: b"HTTP/1.1 204 No Content\r\n\r\n",
    "206": lambda s: reply(FEED[:500], "206 Partial Content", content_range=f"bytes 0-499/{len(FEED)}"),
    "300": lambda s: reply(FEED, "300 Multiple Choices"),
    "304 to a first request": lambda s: reply(b"", "304 Not Modified"),
    "401": lambda s: reply(FEED, "401 Unauthorized", www_authenticate="Basic realm=x"),
    "403": lambda s: reply(FEED, "403 Forbidden"),
    "404": lambda s: reply(FEED, "404 Not Found"),
    "407": lambda s: reply(FEED, "407 Proxy Authentication Required"),
    "410": lambda s: reply(FEED, "410 Gone"),
    "500": lambda s: reply(FEED, "500 Internal Server Error"),
    "503": lambda s: reply(FEED, "503 Service Unavailable"),
    "999": lambda s: reply(FEED, "999 Request Denied"),
    "challenge page with 403": lambda s: reply(CHALLENGE, "403 Forbidden", cf_mitigated="challenge"),
    "challenge page with 200": lambda s: reply(CHALLENGE, content_type="text/html"),
    "429 with seconds": lambda s: reply(b"", "429 Too Many Requests", retry_after="120"),
    "503 with a date": lambda s: reply(
        b"", "503 Busy", retry_after="Wed, 16 Apr 2025 08:10:00 GMT", date="Wed, 16 Apr 2025 08:00:00 GMT"
    ),
    "huge Retry-After": lambda s: reply(b"", "429 Too Many Requests", retry_after="9" * 20),
    "bad Retry-After": lambda s: reply(b"", "429 Too Many Requests", retry_after="soon"),
    "negative Retry-After": lambda s: reply(b"", "503 Busy", retry_after="-5"),
}

# What is strange and yet to be read.
READ: dict[str, Make] = {
    "late start": lambda s: slowly([reply(FEED)], 0.3),
    "small pieces": lambda s: slowly([reply(FEED)[n : n + 2000] for n in range(0, len(reply(FEED)), 2000)], 0.01),
    "one byte at a time at first": lambda s: slowly([bytes([c]) for c in reply(FEED)[:40]] + [reply(FEED)[40:]], 0.001),
    "no length, then closed": lambda s: OK + b"\r\n" + FEED,
    "HTTP/1.0 kept open": lambda s: half_close(b"HTTP/1.0 200 OK\r\nconnection: keep-alive\r\n\r\n" + FEED),
    "cut with no length given": lambda s: OK + b"\r\n" + FEED[:-60],
    "garbage behind the body": lambda s: reply(FEED) + b"HTTP/1.1 200 OK\r\n\r\nanother answer",
    "length shorter than the body": lambda s: _lengths(str(len(FEED) - 20)),
    "two lengths alike": lambda s: _lengths(str(len(FEED)), str(len(FEED))),
    "one interim answer": lambda s: b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + reply(FEED),
    "trailers": lambda s: chunked(FEED)[:-2] + b"x-sum: 1\r\n\r\n",
    "chunk extensions": lambda s: (
        OK + b"transfer-encoding: chunked\r\n\r\n%x;a=b\r\n%b\r\n0\r\n\r\n" % (len(FEED), FEED)
    ),
    "chunks of one byte": lambda s: chunked(FEED, 1),
    "lines that end in LF": lambda s: reply(FEED).replace(b"\r\n", b"\n"),
    "folded header": lambda s: OK + b"content-type: application/rss+xml;\r\n charset=utf-8\r\n\r\n" + FEED,
    "header in no ASCII": lambda s: OK + b"x-name: \xe6\x91\x98\xff\r\n\r\n" + FEED,
    "reason in no ASCII": lambda s: reply(FEED, "200 \u00e9\u00e8"),
    "gzip": lambda s: reply(gzip.compress(FEED), content_encoding="gzip"),
    "gzip, chunked": lambda s: chunked(gzip.compress(FEED), 7, content_encoding="gzip"),
    "gzip spelt oddly": lambda s: reply(gzip.compress(FEED), content_encoding=" GZip "),
    "gzip in many members": lambda s: reply(
        b"".join(gzip.compress(FEED[n : n + 50]) for n in range(0, len(FEED), 50)), content_encoding="gzip"
    ),
    "gzip with bytes behind it": lambda s: reply(gzip.compress(FEED) + bytes(100) + b"rest", content_encoding="gzip"),
    "deflate": lambda s: reply(zlib.compress(FEED), content_encoding="deflate"),
    "several content types": lambda s: OK + b"content-type: text/html\r\ncontent-type: text/xml\r\n\r\n" + FEED,
    "content type that lies": lambda s: reply(FEED, content_type="image/png"),
    "cookies": lambda s: reply(FEED, set_cookie="id=1; Domain=127.0.0.1"),
    "refresh header": lambda s: reply(FEED, refresh="0; url=http://169.254.169.254/"),
    "five redirects": lambda s: chain(s, 5),
    "moved for good": lambda s: [redirect("/moved", "301 Moved Permanently"), _at(s, "/moved", reply(FEED))],
    "broken once": lambda s: [reset(), reply(FEED)],
    "502 once": lambda s: [reply(b"", "502 Bad Gateway"), reply(FEED)],
}

CHALLENGE = (
    b"<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
)


def _ring(server: Server) -> Answer:
    server.answers["/there"] = redirect("/feed")
    return redirect("/there")


def _at(server: Server, path: str, answer: Answers) -> bytes:
    """Let another path have an answer, and give the one of who comes again to the old place: the same redirect."""
    server.answers[path] = answer
    return redirect(path, "301 Moved Permanently")

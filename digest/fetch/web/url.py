"""Which addresses are fetched, by their form; origins, hosts and redirects of them."""

from __future__ import annotations

import contextlib

import httpx

from digest.errors import SourceError
from digest.fetch.web.answer import Answer
from digest.fetch.web.resolve import named, one_line
from digest.model import LONGEST_URL

Url = httpx.URL  # for the rooms that do not import httpx
REDIRECT_CODES = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})  # RFC 9110, 15.4.2 and 15.4.9: later requests ought to use the new address


def checked(url: str | httpx.URL, asked: str, kind: str = "address") -> httpx.URL:
    """Give an address without its fragment, if its form is one we fetch; raise SourceError for what is not."""
    try:
        parsed = httpx.URL(url).copy_with(fragment=None)
        host, port = parsed.host, port_of(parsed)  # host raises for what is no internationalised name
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise SourceError(asked, "fetch", f"this is no address: {one_line(error)}", kind=kind) from error
    fault = ""
    if parsed.scheme not in ("http", "https") or not host:
        fault = f"only http and https are fetched, not {str(parsed)[:80]!r}"
    elif parsed.userinfo:
        fault = "an address with a user name or password in it is not fetched"
    elif len(str(parsed)) > LONGEST_URL or not 0 < port < 65536:
        fault = f"the address is longer than {LONGEST_URL} characters or has no port that exists"
    if fault:
        raise SourceError(asked, "fetch", fault, kind=kind)
    return parsed


def next_hop(here: httpx.URL, answer: Answer, asked: str) -> httpx.URL:
    location = answer.header("location").strip()
    if not location:
        raise SourceError(asked, "fetch", "a redirect without an address", kind="redirect", status=answer.status)
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")  # some servers send the address unescaped, in UTF-8
    try:
        joined = here.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceError(asked, "fetch", f"a redirect to no address: {one_line(error)}", kind="redirect") from error
    return checked(joined, asked, "redirect")


def port_of(url: httpx.URL) -> int:
    if url.port is None:
        return 443 if url.scheme == "https" else 80
    return url.port


def origin_of(url: httpx.URL) -> str:
    return f"{url.scheme}://{named(url.host, port_of(url))}"


def host_key(url: httpx.URL) -> str:
    """Name who is to be spared: a host, whatever the scheme; a port of its own is a server of its own."""
    host, port = url.host.rstrip("."), port_of(url)
    return host if port in (80, 443) else named(host, port)


def host_of(url: str) -> str:
    """Name the host of an address as `host_key` does; "" for what is no address that is fetched.

    >>> host_of("https://blog.example/feed"), host_of("http://blog.example./a"), host_of("http://[::1]:81/")
    ('blog.example', 'blog.example', '[::1]:81')
    """
    with contextlib.suppress(SourceError):
        return host_key(checked(url, url))
    return ""

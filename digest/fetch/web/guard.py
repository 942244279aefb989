"""Which network addresses the digest may talk to: those of the public internet, and what the user named."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
# Not public, whatever this Python's tables say of them: local NAT64 (RFC 8215), Teredo (RFC 4380), segment routing
# (RFC 9602), the discard prefix (RFC 6666), the old site-local prefix (RFC 3879), the old 6to4 relays (RFC 7526).
NEVER_PUBLIC: tuple[Network, ...] = tuple(
    ipaddress.ip_network(net)
    for net in ("64:ff9b:1::/48", "2001::/32", "5f00::/16", "100::/64", "fec0::/10", "192.88.99.0/24")
)
FAKE_IP = ipaddress.IPv4Network("198.18.0.0/15")  # RFC 2544; what Clash and its kind answer for every name


def parse_ranges(ranges: Sequence[str]) -> tuple[Network, ...]:
    """Read address ranges such as ``198.18.0.0/15``; raise ValueError for what is none."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in ranges)


def unwrap(ip: Address) -> Address:
    """Give the IPv4 address that an IPv6 address stands for: mapped (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).

    >>> [str(unwrap(ipaddress.ip_address(a))) for a in ("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::")]
    ['127.0.0.1', '127.0.0.1', '127.0.0.1']
    """
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def is_public(ip: Address) -> bool:
    """Tell whether an address is on the public internet and belongs to one machine.

    `is_global` alone lets multicast, NAT64 and 6to4 of private addresses through.

    >>> [is_public(ipaddress.ip_address(a)) for a in ("93.184.215.14", "100.64.0.1", "224.0.0.1", "::7f00:1")]
    [True, False, False, False]
    """
    ip = unwrap(ip)
    if ip.is_multicast or ip.is_unspecified or ip.is_reserved or ip.is_loopback or ip.is_link_local:
        return False
    return ip.is_global and not any(ip in net for net in NEVER_PUBLIC if net.version == ip.version)


def refusal(address: str, allowed: Sequence[Network]) -> str:
    """Say why an address may not be connected to, and which setting would let it through; "" where it may.

    >>> refusal("93.184.215.14", ()), refusal("198.18.0.7", parse_ranges(["198.18.0.0/15"]))
    ('', '')
    """
    try:
        ip: Address = ipaddress.ip_address(address)
    except ValueError:
        return f"{address} is no IP address"
    if is_public(ip) or any(each in net for each in (ip, unwrap(ip)) for net in allowed if net.version == each.version):
        return ""
    if unwrap(ip) in FAKE_IP:
        return (
            f"{address} is an address that fake-IP proxies answer with; "
            "if you run one, write `network.allow_ranges: [198.18.0.0/15]`"
        )
    return f"{address} is not a public address"

"""Mail addresses as they are configured, and as mail carries them (pure).

An address may be written with a domain in letters of any script; mail knows the domain in ASCII only, by A-labels
(RFC 5890, section 2.3.2.1). A local part in other letters stays as it is and needs servers with SMTPUTF8 (RFC 6531).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import idna

from digest.errors import DeliveryError

LONGEST_LOCAL, LONGEST_DOMAIN, LONGEST = 64, 253, 254  # bytes; RFC 5321, section 4.5.3.1, and its path of 256 with <>

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox in parts: the display name ("" without one), what stands before the @, and the domain in A-labels."""

    name: str
    local: str
    domain: str

    @property
    def spec(self) -> str:
        """Give the address as envelope and headers have it (addr-spec, RFC 5322, section 3.4.1)."""
        return f"{self.local}@{self.domain}"

    @property
    def utf8(self) -> bool:
        """Tell whether servers need SMTPUTF8 for it."""
        return not self.local.isascii()


def mailbox(text: str) -> Address:
    """Read an address, or a display name with the address in angle brackets.

    The name may stand in quotes. Quoted local parts, address literals, groups and more than one address are refused.
    Raises DeliveryError with one line that says what is wrong.

    >>> mailbox("HF 博客日报 <digest@例子.cn>")
    Address(name='HF 博客日报', local='digest', domain='xn--fsqu00a.cn')
    >>> mailbox('"Li, Ming" <ming@EXAMPLE.org>').name, mailbox("张三@example.org").utf8
    ('Li, Ming', True)
    """
    name, bracket, rest = text.strip().rpartition("<")
    if bracket and not rest.endswith(">"):
        raise DeliveryError(f"{_told(text)} is no mail address: the bracket < is never closed")
    local, at, domain = (rest[:-1] if bracket else rest).rpartition("@")
    if not (local and at and domain):
        raise DeliveryError(f"{_told(text)} is no mail address, such as ann@example.org")
    # "=?" is allowed there, but what would be decoded by a reader of mail may not stand in a header.
    if not all(_ATOM.fullmatch(atom) for atom in local.split(".")) or "=?" in local or not _printable(local):
        raise DeliveryError(f"{_told(text)} is no mail address that can be written to, for what is before the @")
    try:
        labels = a_labels(domain)
    except DeliveryError as error:
        raise DeliveryError(f"{_told(text)} is no mail address: {error}") from None
    size = len(local.encode("utf-8"))
    if size > LONGEST_LOCAL or size + 1 + len(labels) > LONGEST:
        raise DeliveryError(f"{_told(text)} is longer than a mail address may be")
    return Address(_unquoted(name.strip()), local, labels)


def a_labels(domain: str) -> str:
    """Give a domain in A-labels, lower case: mapped by UTS 46 (not transitional), then IDNA 2008.

    Raises DeliveryError with one line.

    >>> a_labels("例子。CN"), a_labels("Example.org"), a_labels("faß.de")
    ('xn--fsqu00a.cn', 'example.org', 'xn--fa-hia.de')
    """
    labels = domain.lower()
    if not labels.isascii() or "xn--" in labels:
        try:
            labels = idna.encode(labels, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise DeliveryError(f"the domain {_told(domain)} has no form in ASCII ({_told(str(error))})") from None
    if len(labels) > LONGEST_DOMAIN or not all(_LABEL.fullmatch(label) for label in labels.split(".")):
        raise DeliveryError(f"{_told(domain)} is no domain")
    return labels


def _unquoted(name: str) -> str:
    r"""Take a display name out of its quotes (quoted-string, RFC 5322, section 3.2.4).

    >>> _unquoted('"Ann \\"A\\" Lee"'), _unquoted('Ann "A" Lee')
    ('Ann "A" Lee', 'Ann "A" Lee')
    """
    quoted = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', name, re.DOTALL)
    return re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL) if quoted else name


def _printable(text: str) -> bool:
    return not any(unicodedata.category(ch)[0] in "CZ" for ch in text)


def _told(text: str) -> str:
    """Quote the beginning of a value for a message of one line."""
    text = text[:80]
    return repr(text) if _printable(text.replace(" ", "")) else ascii(text)

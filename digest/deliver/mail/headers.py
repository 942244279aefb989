"""Header fields of a mail, encoded and folded here, and read again before anything is sent (pure).

Python's email package folds header values anew, and not every release does so safely: up to 3.11.9 and 3.12.4 a value
with an encoded word that holds a line break becomes two header fields (CVE-2024-6923). So a field is given to it as
finished lines, which are the same bytes in every release.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from email.policy import EmailPolicy

from digest.errors import DeliveryError
from digest.printable import SURROGATES, printable

LINE = 76  # most characters of a line with an encoded word (RFC 2047, section 2); others keep to it where they can
LONGEST_LINE = 998  # bytes, without its end (RFC 5322, section 2.1.1)

_PREFIX, _SUFFIX = "=?utf-8?b?", "?="
_WORD = 45  # bytes of text in an encoded word of at most 75 characters (RFC 2047, section 2)
# Become blanks: C0, DEL and C1 controls, line and paragraph separators, bidirectional marks, embeddings and isolates.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LONGEST_QUOTED = 60
_ENCODED = re.compile(rb"=\?utf-8\?b\?((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)\?=")
_NAME = re.compile(rb"([!-9;-~]+): (?=[^ \r\n])")


class Field(str):
    """The value of a header field, in tokens that stay whole; a line may end between any two of them.

    It is what email's policies call a header object: they write what `fold` gives.
    """

    def __new__(cls, name: str, tokens: Sequence[str]) -> Field:
        field = super().__new__(cls, " ".join(tokens))
        field.name, field.tokens = name, tuple(tokens)
        return field

    name: str
    tokens: tuple[str, ...]

    def fold(self, *, policy: EmailPolicy) -> str:
        """Give the field's lines. The first token stands beside the name, so that no line is blank."""
        lines = [f"{self.name}: {self.tokens[0]}"]
        for token in self.tokens[1:]:
            if len(lines[-1]) + 1 + len(token) <= LINE:
                lines[-1] += f" {token}"
            else:
                lines.append(f" {token}")
        return "".join(line + policy.linesep for line in lines)


def cleaned(text: str, longest: int) -> str:
    r"""Give a text as a header may carry it: one line, no controls, no encoded words, at most so many characters.

    What looks like an encoded word is broken, for there are programs that decode what they have decoded.

    >>> cleaned("a\r\nBcc: b@c.d", 99), cleaned("=\x00?utf-8?q?x?=", 99), cleaned("=\u200b?x", 99), cleaned("abcdef", 4)
    ('a Bcc: b@c.d', '= ?utf-8?q?x?=', '= ?x', 'abc…')
    """
    text = printable(_CONTROLS.sub(" ", text))
    text = " ".join(text.split()).replace("=?", "= ?")
    return text if len(text) <= longest else printable(text[: longest - 1]).rstrip() + "…"


def words(text: str, used: int) -> list[str]:
    """Give a cleaned text as tokens of an unstructured field (Subject): words, or encoded words where it needs them.

    `used` counts the characters of the line that stand before the text.

    >>> words("New models", 9), words("新模型", 9)
    (['New', 'models'], ['=?utf-8?b?5paw5qih5Z6L?='])
    """
    plain = text.split(" ")
    if text.isascii() and all(len(word) < LINE - used for word in plain):
        return plain
    return _encoded(text, used)


def phrase(text: str, used: int) -> list[str]:
    """Give a cleaned text as tokens of a display name: atoms, a quoted string, or encoded words (RFC 5322, 3.2.5).

    >>> phrase("Ann Lee", 4), phrase("Lee, Ann", 4), phrase("", 4)
    (['Ann', 'Lee'], ['"Lee, Ann"'], [])
    """
    if not text or (len(text) <= _LONGEST_QUOTED and _PLAIN_PHRASE.fullmatch(text)):
        return text.split()
    if len(text) <= _LONGEST_QUOTED and text.isascii():
        return ['"' + re.sub(r'(["\\])', r"\\\1", text) + '"']
    return _encoded(text, used)


def _encoded(text: str, used: int) -> list[str]:
    """Encode a text by RFC 2047 ("B", UTF-8), whole characters in each word, the first as long as its line has room."""
    room = (LINE - used - len(_PREFIX + _SUFFIX)) // 4 * 3
    chunks, chunk = [], b""
    for ch in text:
        raw = ch.encode("utf-8")
        if len(chunk) + len(raw) > room:
            chunks.append(chunk)
            chunk, room = b"", _WORD
        chunk += raw
    return [f"{_PREFIX}{base64.b64encode(each).decode('ascii')}{_SUFFIX}" for each in (*chunks, chunk)]


def check(data: bytes, intended: Sequence[str]) -> None:
    """Read a mail's bytes as a server would, and raise DeliveryError unless its header fields are those intended.

    It looks at bytes only, not through the email package that wrote them: line ends, length of lines, names and their
    order, folded lines that are blank, and what encoded words hold once decoded. A mail that fails is not sent.
    """
    if re.search(rb"\r(?!\n)|(?<!\r)\n", data):
        raise DeliveryError("the mail has a bare CR or LF in it, so it is not sent")
    if any(len(line) > LONGEST_LINE for line in data.split(b"\r\n")):
        raise DeliveryError(f"the mail has a line of more than {LONGEST_LINE} bytes, so it is not sent")
    head, end, _ = data.partition(b"\r\n\r\n")
    names = []
    for line in head.split(b"\r\n"):
        found = _NAME.match(line)
        if found:
            names.append(found[1].decode("ascii"))
        elif not names or line[:1] not in (b" ", b"\t") or not line.strip(b" \t"):
            raise DeliveryError(f"the mail's header has a line that is no header field: {line[:60]!r}; it is not sent")
    if not end or names != list(intended):
        raise DeliveryError(f"the mail's header fields are {', '.join(names)}, not those intended; it is not sent")
    _check_words(head)


def _check_words(head: bytes) -> None:
    """Hold that nothing but our own encoded words would be decoded, and that what comes out is a text of one line."""
    if re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", head):
        raise DeliveryError("the mail's header has a control character in it, so it is not sent")
    if b"=?" in _ENCODED.sub(b"", head):
        raise DeliveryError("the mail's header has an encoded word that is not ours, so it is not sent")
    for found in _ENCODED.finditer(head):
        text = base64.b64decode(found[1]).decode("utf-8", "surrogateescape")
        if len(found[0]) > LINE - 1 or _CONTROLS.search(text) or SURROGATES.search(text) or "=?" in text:
            raise DeliveryError("the mail's header has an encoded word that hides something, so it is not sent")

"""Whatever text is in a mail's fields: its header has the intended fields only, and its parts hold the letter."""

from __future__ import annotations

import base64
import re
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_case import INTENDED, fields, made, mail_settings, read, recipient

from digest.deliver.mail.headers import Field, check, cleaned
from digest.deliver.mail.message import LONGEST_NAME, LONGEST_SUBJECT
from digest.errors import ConfigError, DeliveryError

INJECTION = "=?utf-8?q?a=0d=0aBcc:_evil=40x.y?="  # CVE-2024-6923
HOSTILE = (
    INJECTION,
    "a\r\nBcc: evil@x.y",
    "a\nBcc: evil@x.y",
    "a\rBcc: evil@x.y\r\n\r\n<script>",
    "=?utf-8?b?YQ0KQmNjOiBldmlsQHgueQ==?=",
    "=\x00?utf-8?q?a=0d=0aBcc:_evil=40x.y?=",
    "=\u200b?utf-8?q?a=0d=0aBcc:_evil=40x.y?\u202e=",
    "==??=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0d=3D0aBcc:_x=3F=3D?=",
    "a\x00b\x0bc\x0cd\x85Bcc: e@x.y\u2028Bcc: e@x.y\u2029Bcc: e@x.y",
    "a\x1cBcc: e@x.y\x1dBcc: e@x.y\x1eBcc: e@x.y",
    "folded\r\n Bcc: evil@x.y\r\n\tBcc: evil@x.y",
    f"{'x' * 70} Bcc: evil@x.y {'y' * 69} Bcc: evil@x.y",
    "长" * 10_000,
    "word " * 2_000,
    "w" * 10_000,
    "\r\n \r\n \r\n",
    " " * 300 + "x" + " " * 300,
    "\ud800 half \udfff\udc00",
    "👩\u200d💻👨\u200d👩\u200d👧\u200d👦" * 30,
    "עברית \u202eevil\u202c العربية",
    '"a@b.c" <evil@x.y>, Evil <e@x.y>;',
    'Lee, Ann "A" \\ (comment) <',
    "=?iso-2022-jp?b?GyRCJCIbKEI=?= =?utf-7?q?+AA0ACg-Bcc:?=",
    "ordinary = ? =? ?= title",
)
ANY = st.text(st.characters(exclude_categories=()), max_size=300) | st.sampled_from(HOSTILE)


def decoded(value: bytes) -> str:
    """Decode encoded words strictly by RFC 2047: at most 75 characters, whole characters in each, blanks between go."""
    text, told, end = value.decode("utf-8"), "", 0
    for word in re.finditer(r"=\?([^ ?]+)\?([^ ?])\?([^ ?]*)\?=", text):
        assert (word[1], word[2], len(word[0]) <= 75) == ("utf-8", "b", True)
        between = text[end : word.start()]
        told += between if between.strip() or not end else ""
        told += base64.b64decode(word[3], validate=True).decode("utf-8")
        end = word.end()
    assert "=?" not in re.sub(r"=\?[^ ]*\?=", "", text)
    return told + text[end:]


def parts_of(data: bytes) -> list[tuple[bytes, bytes]]:
    """Give the header and the decoded content of each part."""
    head, _, body = data.partition(b"\r\n\r\n")
    boundary = re.search(rb'boundary="([^"]+)"', head)
    assert boundary
    opening, *found, last = body.split(b"--" + boundary[1])
    assert not opening
    assert last == b"--\r\n"
    pairs = [each.removeprefix(b"\r\n").partition(b"\r\n\r\n") for each in found]
    return [
        (head, base64.b64decode(content.replace(b"\r\n", b""), validate=True) if b"base64" in head
         else content.removesuffix(b"\r\n"))
        for head, _, content in pairs
    ]  # fmt: skip


def sent_text(text: str) -> bytes:
    lines = re.sub("[\ud800-\udfff]", "\ufffd", text).encode().splitlines()
    return b"\r\n".join(lines) + b"\r\n"


def test_the_email_package_alone_writes_header_fields() -> None:
    """The control: without care a title becomes a header field, and the last look before sending finds it."""
    naive = EmailMessage(SMTP)
    naive["Subject"] = INJECTION
    try:
        data = naive.as_bytes()
    except MessageError:
        data = b""
    if b"\r\nBcc: evil@x.y\r\n" not in data:
        pytest.skip("CVE-2024-6923 is mended in this Python")
    with pytest.raises(DeliveryError, match="Bcc"):
        check(data, ["Subject"])


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("place", ["subject", "title", "name", "list", "sender", "token", "all"])
@pytest.mark.fault("delivery", "header injection")
def test_no_text_writes_header_fields(place: str, hostile: str) -> None:
    """CR, LF and encoded words in every value of a header (CVE-2024-6923).

    Values are stripped and encoded words broken; the names of the serialised headers are those intended.
    """

    def at(name: str, ordinary: str) -> str:
        return hostile if place in (name, "all") else ordinary

    to = recipient(title=at("title", "t"), name=at("name", "n"), list=at("list", "daily"))
    by = mail_settings(sender=f"{at('sender', 's')} <digest@example.org>")
    data = made(at("subject", "s"), token=at("token", "t")[:60], to=to, by=by).data
    found = fields(data)
    assert tuple(name for name, _ in found) == INTENDED
    assert tuple(read(data)) == INTENDED
    told = dict(found)
    if place in ("subject", "all"):
        wanted = cleaned(hostile, LONGEST_SUBJECT) or "2025-04-16"
        assert decoded(told["Subject"]) == wanted
        assert read(data)["Subject"] == wanted
        assert "=?" not in wanted
    assert read(data)["To"].addresses[0].addr_spec == "ann@example.com"
    assert len(read(data)["To"].addresses) == 1
    if place in ("name", "all"):
        name, _, _ = decoded(told["To"]).rpartition("<")
        wanted = cleaned(hostile, LONGEST_NAME)
        assert name.strip() in (wanted, '"{}"'.format(re.sub(r'(["\\])', r"\\\1", wanted)))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    subject=ANY, title=ANY, name=ANY, sender=ANY, list_name=ANY, token=ANY, text=ANY, html=ANY,
    url=st.none() | ANY, address=st.none() | ANY,
)  # fmt: skip
def test_any_text_in_any_field(
    subject: str, title: str, name: str, sender: str, list_name: str, token: str, text: str, html: str,
    url: str | None, address: str | None,
) -> None:  # fmt: skip
    by = mail_settings(sender=f"{sender} <digest@example.org>")
    intended = list(INTENDED)
    if url is not None:
        by = mail_settings(sender=by.sender, unsubscribe_url=f"https://example.org/{url}/{{token}}")
        intended.insert(7, "List-Unsubscribe-Post")
    to = recipient(title=title, name=name, list=list_name, address=address or "ann@example.com")
    try:
        mail = made(subject, text, html, token[:60], to, by)
    except (DeliveryError, ConfigError) as refused:
        told = str(refused)
        if address is None or isinstance(refused, ConfigError):
            assert url is not None  # nothing else may be refused
            assert told.startswith("send.mail.unsubscribe_url: ")
        assert len(told.splitlines()) == 1
        return
    for data in filter(None, (mail.data, mail.seven)):
        assert [each for each, _ in fields(data)] == intended
        assert decoded(dict(fields(data))["Subject"]) == (cleaned(subject, LONGEST_SUBJECT) or "2025-04-16")
        (plain_head, plain), (html_head, rich) = parts_of(data)
        assert (plain, rich) == (sent_text(text), sent_text(html))
        encoding = b"8bit" if data is mail.data and (mail.seven or b"base64" not in plain_head) else b"base64"
        assert plain_head == b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: ' + encoding
        assert html_head == b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: ' + encoding
    assert not mail.seven or mail.seven.isascii() or mail.utf8


def test_a_mail_with_other_fields_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever writes a field that was not intended, be it a bug of ours, no message comes of it."""
    with pytest.raises(DeliveryError, match="not those intended"):
        made(sign=lambda data: b"Bcc: evil@x.y\r\n" + data)
    real = Field.fold

    def careless(field: Field, *, policy: EmailPolicy) -> str:
        return real(field, policy=policy) + ("Bcc: evil@x.y\r\n" if field.name == "Subject" else "")

    monkeypatch.setattr(Field, "fold", careless)
    with pytest.raises(DeliveryError, match="Subject, Bcc"):
        made()


def test_an_address_that_holds_an_encoded_word_is_refused() -> None:
    with pytest.raises(DeliveryError, match="before the @"):
        made(to=recipient(address="=?utf-8?q?a=0d=0aBcc=3A_evil=40x.y?=@example.com"))

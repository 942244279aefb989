"""DKIM: what is signed here is verified by a key in the DNS, and what was changed on its way is not."""

from __future__ import annotations

import base64
import builtins
import re
from datetime import UTC, date, datetime
from importlib.util import find_spec
from typing import Any

import dkim
import mail_case
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from digest.config.mail import DkimSettings, MailSettings
from digest.deliver.mail.message import message
from digest.deliver.mail.signing import SIGNED, signer
from digest.errors import ConfigError
from digest.model import Letter, Recipient

RSA = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
needs_nacl = pytest.mark.skipif(find_spec("nacl") is None, reason="dkimpy signs by Ed25519 with PyNaCl only")
KINDS = [pytest.param(RSA, id="rsa"), pytest.param(ED25519, id="ed25519", marks=needs_nacl)]


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8, lock: KeySerializationEncryption | None = None) -> bytes:
    made: bytes = key.private_bytes(Encoding.PEM, form, lock or NoEncryption())
    return made


def dns(key: Any) -> Any:
    """Give what the DNS would say of the key of the selector mail2026 at example.org."""
    if isinstance(key, rsa.RSAPrivateKey):
        kind, public = b"rsa", key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind, public = b"ed25519", key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    told = b"v=DKIM1; k=" + kind + b"; p=" + base64.b64encode(public)
    return lambda name, timeout=5: told if name == b"mail2026._domainkey.example.org." else None


def by(**changed: str) -> DkimSettings:
    return DkimSettings(**{"domain": "example.org", "selector": "mail2026", "key_file": "dkim.pem", **changed})


def signed(key: bytes, reply_to: str = "", to: str = "ann@example.com") -> bytes:
    return message(
        Letter("HF 博客日报 · 3 篇", "你好\n", "<p>你好</p>\n"),
        Recipient("mail", to, "daily", "HF 博客日报", ("zh", "en"), name="Ann"),
        MailSettings(sender="HF 博客日报 <digest@example.org>", reply_to=reply_to),
        day=date(2025, 4, 16),
        moment=datetime(2025, 4, 17, tzinfo=UTC),
        token="abc",
        sign=signer(by(), key),
    ).data


@pytest.mark.parametrize("key", KINDS)
def test_a_signature_is_verified(key: Any) -> None:
    data = signed(pem(key), reply_to="me@example.org")
    assert data.startswith(b"DKIM-Signature: v=1; ")
    assert dkim.verify(data, dnsfunc=dns(key))
    assert b" c=relaxed/relaxed; d=example.org;" in data
    told = re.search(rb"h=([^;]*);", data)
    assert told
    names = told[1].decode("ascii").replace("\r\n", "").replace(" ", "").split(":")
    assert names == [*(name.lower() for name in SIGNED if name != "List-Unsubscribe-Post"), "from"]


def test_an_address_in_chinese_is_signed_too() -> None:
    assert dkim.verify(signed(pem(RSA), to="张三@例子.cn"), dnsfunc=dns(RSA))


def test_rsa_keys_come_in_two_forms() -> None:
    assert signed(pem(RSA)) == signed(pem(RSA, PrivateFormat.TraditionalOpenSSL))


@needs_nacl
def test_an_ed25519_key_may_be_a_seed() -> None:
    assert signed(base64.b64encode(bytes(range(32))) + b"\n") == signed(pem(ED25519))


@pytest.mark.parametrize("key", KINDS)
def test_the_same_mail_has_the_same_signature(key: Any) -> None:
    data = signed(pem(key))
    assert data == signed(pem(key))
    assert b"t=1744848000;" in data.partition(b"\r\nFrom: ")[0].replace(b"\r\n", b"")  # the mail's own moment


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"From: ", b"From: x"),
        (b"To: ", b"To: x"),
        (b"Subject: ", b"Subject: x"),
        (b"2025 00:00:00", b"2025 00:00:01"),
        (b"Message-ID: <", b"Message-ID: <x"),
        (b"Reply-To: <", b"Reply-To: <x"),
        (b"<daily.", b"<daily2."),
        (b"unsubscribe%20abc", b"unsubscribe%20abd"),
        (b"auto-generated", b"no"),
        (b"zh-Hans", b"zh-Hant"),
        (b"MIME-Version: 1.0", b"MIME-Version: 1.1"),
        (b"multipart/alternative", b"multipart/mixed"),
        (b"\r\nMessage-ID: ", b"\r\nFrom: evil@x.y\r\nMessage-ID: "),
        (b"\r\n\r\n", b"\r\n\r\nx"),
        (b"8bit\r\n\r\n", b"8bit\r\n\r\nAAAA"),
    ],
)
def test_what_was_changed_is_not_verified(before: bytes, after: bytes) -> None:
    data = signed(pem(RSA), reply_to="me@example.org")
    signature, _, mail = data.partition(b"\r\nFrom: ")
    mail = b"\r\nFrom: " + mail
    assert before in mail
    assert dkim.verify(signature + mail, dnsfunc=dns(RSA))
    assert not dkim.verify(signature + mail.replace(before, after, 1), dnsfunc=dns(RSA))


def test_a_second_sender_above_the_signature_is_not_verified() -> None:
    assert not dkim.verify(b"From: evil@x.y\r\n" + signed(pem(RSA)), dnsfunc=dns(RSA))


@pytest.mark.parametrize(
    ("changed", "key", "why"),
    [
        ({}, b"", "key_file: is no private key"),
        ({}, b"not a key: s3cret", "key_file: is no private key"),
        ({}, b"-----BEGIN PRIVATE KEY-----\ns3cretAA\n-----END PRIVATE KEY-----\n", "key_file: is no private key"),
        ({}, b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "key_file: is no private key"),
        ({}, pem(RSA, lock=BestAvailableEncryption(b"s3cret")), "with a password"),
        ({}, pem(RSA, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"s3cret")), "with a password"),
        ({}, pem(ec.generate_private_key(ec.SECP256R1())), "key_file: is no private key"),
        ({"domain": "a_b.org"}, pem(RSA), "dkim.domain: "),
        ({"selector": "a b"}, pem(RSA), "dkim.selector: 'a b' is no name"),
    ],
    ids=range(9),
)
def test_what_cannot_sign_is_told_before_anything_is_sent(changed: dict[str, str], key: bytes, why: str) -> None:
    with pytest.raises(ConfigError, match=why) as caught:
        signer(by(**changed), key)
    assert len(str(caught.value).splitlines()) == 1
    assert "s3cret" not in str(caught.value)


def test_a_short_rsa_key_is_refused() -> None:
    short = rsa.generate_private_key(65537, 1024)
    assert signed(pem(short))
    known = dkim.crypto.parse_pem_private_key(pem(short))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dkim.crypto, "parse_pem_private_key", lambda _: {**known, "modulus": known["modulus"] >> 1})
        with pytest.raises(ConfigError, match="fewer than 1024 bits"):
            signer(by(), pem(short))


def test_a_domain_in_chinese_signs_as_a_labels() -> None:
    data = signer(by(domain="例子.cn"), pem(RSA))(b"From: a@b.c\r\nDate: Thu, 17 Apr 2025 00:00:00 +0000\r\n\r\n\r\n")
    assert b"d=xn--fsqu00a.cn;" in data


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == "dkim":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=r"send.mail.dkim: .*pip install '\.\[dkim\]'"):
        signer(by(), pem(RSA))


def test_what_a_server_without_8bitmime_gets_is_signed_too() -> None:
    mail = mail_case.made(sign=signer(by(), pem(RSA)))
    assert mail.seven.isascii()
    assert dkim.verify(mail.data, dnsfunc=dns(RSA))
    assert dkim.verify(mail.seven, dnsfunc=dns(RSA))


def test_without_pynacl_an_ed25519_key_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(dkim, "nacl", raising=False)  # dkimpy knows by this name whether it is there
    with pytest.raises(ConfigError, match=r"pip install '\.\[dkim\]'"):
        signer(by(), pem(ED25519))

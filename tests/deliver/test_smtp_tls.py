"""Encryption on the way to the mail server: required where it is asked for, never unverified."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from fault_smtp import (
    Fault,
    FaultServer,
    PostOffice,
    Talk,
    cut,
    drip,
    endless,
    handed,
    hang,
    letter_to,
    server_settings,
)

from digest.deliver.smtp.server import MailServer
from digest.errors import ConfigError, DeliveryError
from digest.model import Outcome

A, B = letter_to("a@reader.example"), letter_to("b@reader.example")
USER = {"user": "digest"}


@dataclass(frozen=True)
class Certificates:
    """What a server may show, and the file of the authority that the client trusts."""

    ca_file: str
    good: ssl.SSLContext
    bad: dict[str, ssl.SSLContext]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    ours, theirs = trustme.CA(), trustme.CA()
    ca_file = tmp_path_factory.mktemp("tls") / "ca.pem"
    ours.cert_pem.write_to_path(str(ca_file))
    long_ago = datetime(2001, 1, 1, tzinfo=UTC), datetime(2002, 1, 1, tzinfo=UTC)
    bad = {
        "name": ours.issue_cert("mail.example", "127.0.0.2"),
        "authority": theirs.issue_cert("127.0.0.1"),
        "expired": ours.issue_cert("127.0.0.1", not_before=long_ago[0], not_after=long_ago[1]),
    }
    shown = {name: server_context(cert) for name, cert in bad.items()}
    return Certificates(str(ca_file), server_context(ours.issue_cert("127.0.0.1", "localhost")), shown)


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def servers(security: str, context: ssl.SSLContext) -> tuple[FaultServer, PostOffice]:
    tls, starttls = (context, None) if security == "tls" else (None, context)
    users = {"digest": "secret"}
    return FaultServer(tls=tls, starttls=starttls, users=users), PostOffice(tls=tls, starttls=starttls, users=users)


def carry(server: FaultServer | PostOffice, security: str, ca_file: str, password: str = "secret") -> list[Outcome]:
    with server, MailServer(server.settings(security=security, ca_file=ca_file, **USER), password) as mail:
        return [handed(mail, message) for message in (A, B)]


def assert_stopped(outcomes: list[Outcome], server: FaultServer | PostOffice) -> None:
    """Nothing was sent, the run is stopped, and one connection was all."""
    assert [(each.state, each.stop) for each in outcomes] == [("pending", True)] * 2
    assert (server.stored, server.connections) == ([], 1)
    if isinstance(server, FaultServer):
        assert not {"AUTH", "MAIL"} & set(server.verbs)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_encrypted_and_signed_in(certificates: Certificates, security: str) -> None:
    for server in servers(security, certificates.good):
        assert [each.state for each in carry(server, security, certificates.ca_file)] == ["sent", "sent"]
        assert [each.recipient for each in server.stored] == [A.recipient, B.recipient]
        assert server.connections == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("fault", ["name", "authority", "expired"])
def test_a_certificate_that_is_wrong(certificates: Certificates, security: str, fault: str) -> None:
    for server in servers(security, certificates.bad[fault]):
        outcomes = carry(server, security, certificates.ca_file)
        assert_stopped(outcomes, server)
        assert (
            f"the mail server 127.0.0.1:{server.port} shows a certificate that cannot be trusted: "
            in outcomes[0].detail
        )


def test_a_name_that_is_reached_by_one_of_its_addresses(certificates: Certificates) -> None:
    with FaultServer(starttls=certificates.good) as server:
        settings = server.settings(host="localhost", security="starttls", ca_file=certificates.ca_file)
        with MailServer(settings, None) as mail:
            assert handed(mail, A).state == "sent"


def test_an_authority_that_nobody_named_is_not_trusted(certificates: Certificates) -> None:
    server = FaultServer(tls=certificates.good)
    assert_stopped(carry(server, "tls", ""), server)


def test_starttls_is_required(certificates: Certificates) -> None:
    for server in (FaultServer(users={"digest": "secret"}), PostOffice()):
        outcomes = carry(server, "starttls", certificates.ca_file)
        assert_stopped(outcomes, server)
        assert "STARTTLS" in outcomes[0].detail


@pytest.mark.parametrize("injected", [b"250-fault.example\r\n250 AUTH PLAIN\r\n", b"2"])
def test_what_somebody_put_before_the_encryption_ends_it(certificates: Certificates, injected: bytes) -> None:
    def act(talk: Talk) -> None:
        talk.say(b"220 go on\r\n" + injected)

    server = FaultServer(Fault("STARTTLS", act), starttls=certificates.good, users={"digest": "secret"})
    outcomes = carry(server, "starttls", certificates.ca_file)
    assert_stopped(outcomes, server)
    assert "before the encryption" in outcomes[0].detail


@pytest.mark.parametrize(
    "fault",
    [
        Fault("STARTTLS", b"454 not now\r\n"),
        Fault("STARTTLS", b"500 what?\r\n"),
        Fault("STARTTLS", b"250 Ok\r\n"),
        Fault("STARTTLS", b"Hello\r\n"),
        Fault("STARTTLS", cut),
        Fault("STARTTLS", hang),
        Fault("STARTTLS", drip(b"220 " + b"x" * 80)),
        Fault("STARTTLS", endless(b"220-x\r\n")),
    ],
    ids=str,
)
def test_starttls_that_fails(certificates: Certificates, fault: Fault) -> None:
    server = FaultServer(fault, starttls=certificates.good, users={"digest": "secret"})
    assert_stopped(carry(server, "starttls", certificates.ca_file), server)


def test_what_was_offered_before_the_encryption_is_forgotten(certificates: Certificates) -> None:
    """The first EHLO is an attacker's: its SIZE and its AUTH do not count."""
    first = Fault("EHLO", b"250-fault.example\r\n250-SIZE 10\r\n250-AUTH X\r\n250 STARTTLS\r\n", times=1)
    server = FaultServer(first, starttls=certificates.good, users={"digest": "secret"})
    assert [each.state for each in carry(server, "starttls", certificates.ca_file)] == ["sent", "sent"]
    assert server.verbs[:3] == ["EHLO", "STARTTLS", "EHLO"]


@pytest.mark.parametrize("fault", [Fault("connect", hang), Fault("connect", cut), Fault("greeting", hang)], ids=str)
def test_tls_that_never_begins(certificates: Certificates, fault: Fault) -> None:
    server = FaultServer(fault, tls=certificates.good)
    assert_stopped(carry(server, "tls", certificates.ca_file), server)


def test_a_server_in_the_clear_where_tls_is_asked_for(certificates: Certificates) -> None:
    server = FaultServer(users={"digest": "secret"})
    assert_stopped(carry(server, "tls", certificates.ca_file), server)


@pytest.mark.parametrize(
    ("fault", "state", "stored"),
    [
        (Fault("DOT", cut, times=1), "uncertain", 2),
        (Fault("DOT", hang, times=1), "uncertain", 2),
        (Fault("DOT", drip(b"250 " + b"x" * 80), times=1), "uncertain", 2),
        (Fault("BODY", cut, times=1), "pending", 1),
        (Fault("RCPT", b"550 5.1.1 nobody\r\n", times=1), "rejected", 1),
    ],
    ids=str,
)
def test_faults_through_the_encryption(certificates: Certificates, fault: Fault, state: str, stored: int) -> None:
    server = FaultServer(fault, tls=certificates.good, users={"digest": "secret"})
    assert [each.state for each in carry(server, "tls", certificates.ca_file)] == [state, "sent"]
    assert len(server.stored) == stored


def test_a_password_is_not_sent_in_the_clear_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.deliver.smtp.wire.Wire.is_loopback", lambda wire: False)
    server = FaultServer(users={"digest": "secret"})
    assert_stopped(carry(server, "none", ""), server)


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_of_certificates_that_is_none(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=r"ca\.pem"):
        MailServer(server_settings(25, security="tls", ca_file=str(path)), None)


def test_the_probe_names_the_encryption_or_what_is_wrong_with_it(certificates: Certificates) -> None:
    with FaultServer(tls=certificates.good) as server:
        settings = server.settings(security="tls", ca_file=certificates.ca_file)
        assert MailServer(settings, None).probe().startswith(f"127.0.0.1:{server.port}, TLSv1.")
    with FaultServer(tls=certificates.bad["expired"]) as server, pytest.raises(DeliveryError, match="expired"):
        MailServer(server.settings(security="tls", ca_file=certificates.ca_file), None).probe()

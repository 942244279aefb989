"""Who leaves a list, by a token or by a mail in any form, and who comes back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.leaving.token_mail import LONGEST, tokens_in
from digest.deliver.leaving.unsubscribing import read_mail, subscribe, unsubscribe
from digest.deliver.mail.tokens import token_of
from digest.errors import ConfigError, DeliveryError
from digest.model import MAIL, Recipient
from digest.store import Store

KEY = b"k" * 32
NOW = datetime(2025, 4, 17, 1, tzinfo=UTC)
ANN = Recipient(MAIL, "ann@example.org", "daily", "Digest", ("zh", "en"))
BOB = Recipient(MAIL, "bob@example.org", "research", "Digest", ("zh", "en"))
TOKEN = token_of(KEY, "daily", "ann@example.org")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def mail(subject: str, body: str = "", **how: str) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "ann@example.org", "leave@example.org", subject
    made.set_content(body, **how)
    return made.as_bytes()


# ---- the token in a text or a mail ----


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"  {TOKEN.upper()}\n",
        f"unsubscribe {TOKEN}",
        f"https://example.org/leave?t={TOKEN}",
        f"mailto:leave@example.org?subject=unsubscribe%20{TOKEN}",
        f"mailto:leave@example.org?subject=unsubscribe {TOKEN}",
    ],
)
def test_a_token_is_found_in_a_line(text: str) -> None:
    assert tokens_in(text.encode()) == (TOKEN,)


@pytest.mark.parametrize(
    "data",
    [
        mail(f"unsubscribe {TOKEN}"),
        mail(f'Re: "Unsubscribe {TOKEN.upper()}"'),
        mail(f"退订 unsubscribe {TOKEN} 谢谢"),
        mail("leave", f"Hello,\r\n\r\nunsubscribe {TOKEN}\r\n\r\nAnn"),
        mail("leave", f"请退订\n\n  {TOKEN}\n", charset="utf-8", cte="base64"),
        mail("leave", f"请退订\n\n {TOKEN}\n", charset="gb18030", cte="quoted-printable"),
        mail("leave", f"bitte\n\n{TOKEN}\n", charset="utf-16", cte="base64"),
        f"Subject: =?x-unknown?B?dW5zdWJzY3JpYmU=?= {TOKEN}\n\n".encode(),
        f"Subject: =?utf-8?Q?unsubscribe_{TOKEN[:9]}?=\n =?utf-8?Q?{TOKEN[9:]}?=\n\n".encode(),
        f"Subject: unsubscribe\n {TOKEN}\nX: \xff\n\n".encode("latin-1"),
        f"Subject: \xff unsubscribe {TOKEN}\n\n".encode("latin-1"),
    ],
    ids=range(11),
)
def test_a_token_is_found_in_a_mail(data: bytes) -> None:
    assert tokens_in(data)[0] == TOKEN


def test_a_subject_of_broken_base64_hides_no_token_below_it() -> None:
    """HeaderParseError is no ValueError; a count of 4n + 1 letters is never base64."""
    assert tokens_in(f"Subject: =?utf-8?B?abcde?=\n\n{TOKEN}\n".encode()) == (TOKEN,)
    assert tokens_in(f"Subject: =?utf-8?B?abcde?= unsubscribe {TOKEN}\n\nx\n".encode()) == (TOKEN,)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "auto-submitted: Auto-Replied; owner-email=ann@example.org",
        "Auto-Submitted: (away) auto-replied (vacation)",
        "Auto-Submitted: no\r\nAuto-Submitted:\r\n auto-replied",
        "Precedence: Auto_Reply",
    ],
)
def test_an_automatic_reply_does_not_leave(header: str, store: Store) -> None:
    """It repeats our subject, and may repeat our text: whoever is away wants to stay."""
    data = f"{header}\r\n".encode() + mail(f"Re: unsubscribe {TOKEN}", f"{TOKEN}\r\n")
    assert tokens_in(data) == ()
    with pytest.raises(DeliveryError, match="automatic reply"):
        unsubscribe(data, store, KEY, [ANN], NOW)
    assert store.suppressions() == ()


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: no (auto-replied)",
        "Auto-Submitted: auto-replied-not",
        "Precedence: bulk",
    ],
)
def test_a_mail_that_a_button_sends_does(header: str) -> None:
    assert tokens_in(f"{header}\r\n".encode() + mail(f"unsubscribe {TOKEN}")) == (TOKEN,)


def test_the_part_of_a_mail_that_is_text_is_read() -> None:
    made = EmailMessage(policy=SMTP)
    made["Subject"] = "please"
    made.set_content(f"unsubscribe {TOKEN}\n")
    made.add_alternative(f"<p>unsubscribe {TOKEN}</p>", subtype="html")
    assert tokens_in(made.as_bytes()) == (TOKEN,)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"hello",
        mail(
            "thanks",
            f"Nice!\n\n> To leave: mailto:d@example.org?subject=unsubscribe%20{TOKEN}\n> unsubscribe {TOKEN}\n",
        ),
        mail("Re: HF", f"Nice!\n\nTo leave, write to mailto:d@example.org?subject=unsubscribe%20{TOKEN}\n"),
        mail("unsubscribe", "me please"),
        mail(f"unsubscribe {TOKEN}a"),
        mail(f"unsubscribe {TOKEN[:-1]}"),
    ],
    ids=range(8),
)
def test_nothing_is_found_where_nobody_asks_to_leave(data: bytes) -> None:
    """Who answers a digest quotes its footer, token and all, and does not want to leave."""
    assert tokens_in(data) == ()


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: =?utf-8?B?!!!?=\n\nx\n",
        b"Subject: =?idna?Q?" + b"a" * 5000 + b"?=\n\nx\n",
        b"Subject: =?hex?Q?zz?=\n\nx\n",
        b'Content-Type: text/plain; charset="\xff\x00"\nContent-Transfer-Encoding: base64\n\nA\n',
        b"Content-Type: text/plain; charset*=x'y'%ff\n\n\xff\xfe\n",
        b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 50_000,
        b"Content-Transfer-Encoding: x-uuencode\n\nbegin 666 x\n\xff\n",
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000)),
        b"Content-Type: multipart/mixed; boundary=\n\n--\n--\n",
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"Subject: " + b"unsubscribe " * 100_000 + b"\n\n",
        b"\0" * LONGEST * 2,
        b"\n" * LONGEST,
    ],
    ids=range(13),
)
def test_hostile_mails_hold_nothing(data: bytes) -> None:
    assert tokens_in(data) == ()


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"Subject: =?", b"Content-Type: multipart/mixed; boundary=a\n\n--a\n"]),
)
def test_no_bytes_break_it(data: bytes, head: bytes) -> None:
    assert isinstance(tokens_in(head + data), tuple)


def test_a_long_mail_is_read_to_its_end_and_only_its_start_is_kept() -> None:
    stream = io.BytesIO(mail(f"unsubscribe {TOKEN}") + b"x\n" * LONGEST)
    data = read_mail(stream)
    assert len(data) == LONGEST
    assert tokens_in(data)[0] == TOKEN
    assert stream.read() == b""


# ---- whose it is ----


def test_a_token_ends_one_list_of_one_recipient(store: Store) -> None:
    both = [ANN, Recipient(MAIL, ANN.address, "research", "Digest", ("zh", "en")), BOB]
    words = unsubscribe(TOKEN, store, KEY, both, NOW)
    assert words == "ann@example.org gets nothing of the list daily any more"
    assert [(s.channel, s.recipient, s.list, s.why) for s in store.suppressions()] == [
        ("mail", "ann@example.org", "daily", "unsubscribed")
    ]
    assert store.suppression(MAIL, ANN.address, "research") is None


def test_twice_is_as_good_as_once(store: Store) -> None:
    unsubscribe(TOKEN, store, KEY, [ANN], NOW)
    assert unsubscribe(mail(f"unsubscribe {TOKEN}"), store, KEY, [ANN], NOW).endswith("since 2025-04-17, as before")
    assert len(store.suppressions()) == 1


def test_who_is_configured_no_more_can_still_leave(store: Store) -> None:
    store.queue_delivery(date(2025, 4, 16), MAIL, "daily", ANN.address, "<x@example.org>", NOW)
    assert "ann@example.org" in unsubscribe(TOKEN, store, KEY, [BOB], NOW)


def test_a_channel_has_no_token(store: Store) -> None:
    team = Recipient("team", "team", "daily", "Digest", ("zh", "en"))
    with pytest.raises(ConfigError):
        unsubscribe(token_of(KEY, "daily", "team"), store, KEY, [team], NOW)


def test_a_token_of_nobody_is_refused_in_one_line(store: Store) -> None:
    for token in (token_of(b"another key", "daily", ANN.address), "no token", ""):
        with pytest.raises(ConfigError, match="nobody's") as error:
            unsubscribe(token, store, KEY, [ANN], NOW)
        assert "\n" not in str(error.value)
    assert store.suppressions() == ()


def test_a_mail_for_nobody_is_told_from_a_broken_configuration(store: Store) -> None:
    with pytest.raises(DeliveryError, match="unsubscribes nobody"):
        unsubscribe(mail("Lottery!!!"), store, KEY, [ANN], NOW)


def test_the_right_one_of_several_tokens_counts(store: Store) -> None:
    other = token_of(b"another key", "daily", ANN.address)
    assert "ann@" in unsubscribe(mail("leave", f"{other}\n{TOKEN}\n"), store, KEY, [ANN, BOB], NOW)


# ---- coming back ----


def test_an_address_comes_back_to_all_that_it_was_kept_from(store: Store) -> None:
    store.suppress(MAIL, ANN.address, "daily", "unsubscribed", NOW)
    store.suppress(MAIL, ANN.address, "", "bounced", NOW)
    store.suppress(MAIL, BOB.address, "", "bounced", NOW)
    words = subscribe("ann@EXAMPLE.org", store, [ANN])
    assert words == (
        "ann@example.org is sent to again: all lists (bounced 2025-04-17), daily (unsubscribed 2025-04-17)"
    )
    assert [each.recipient for each in store.suppressions()] == [BOB.address]
    assert subscribe(ANN.address, store, [ANN]) == "ann@example.org was not suppressed"


def test_who_is_configured_nowhere_is_told_so(store: Store) -> None:
    store.suppress(MAIL, ANN.address, "daily", "unsubscribed", NOW)
    assert "configured nowhere" in subscribe(ANN.address, store, [])
    with pytest.raises(ConfigError, match="is no recipient"):
        subscribe("nobody@example.org", store, [ANN])

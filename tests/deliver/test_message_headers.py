"""Header fields: what is written comes back, and what is not intended is found before it is sent."""

from __future__ import annotations

import re
import unicodedata
from email.policy import SMTP

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.deliver.mail.headers import LINE, Field, check, cleaned, phrase, words
from digest.errors import DeliveryError

ANY = st.text(st.characters(exclude_categories=()))
GOOD = b"From: a@b.c\r\nSubject: x\r\n y\r\n\r\nbody\r\n"


@given(ANY, st.integers(1, 50))
def test_a_cleaned_text_is_one_line_without_anything_hidden(text: str, longest: int) -> None:
    told = cleaned(text, longest)
    assert len(told) <= longest
    assert len(told.splitlines()) <= 1
    assert told == told.strip()
    assert "=?" not in told
    assert not any(unicodedata.category(ch) in ("Cc", "Cs", "Zl", "Zp") for ch in told)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]", told)
    assert not re.search("[\u00ad\u200b\u2060\ufeff]", told)
    assert cleaned(told, longest) == told


def test_half_a_character_is_shown_as_lost() -> None:
    assert cleaned("a\ud800b", 9) == "a\ufffdb"


@pytest.mark.parametrize(
    "text", ["=\r\n?", "=\u200b?", "=\u202e?", "=\ufeff?", "=\x00?", "==??", "=\u2066\u00ad?", "=?="]
)
def test_no_strip_joins_an_encoded_word(text: str) -> None:
    assert "=?" not in cleaned(f"{text}utf-8?q?a=0d=0aBcc:_x?=", 200)


@example("w" * 80, 9)
@given(ANY.map(lambda text: cleaned(text, 250)).filter(bool), st.integers(2, 30))
@pytest.mark.fault("delivery", "long header lines")
def test_lines_are_short_and_never_blank(text: str, used: int) -> None:
    """A header of any length.

    Its lines are folded below the limit and never blank.
    """
    for tokens in (words(text, used), phrase(text, used)):
        lines = Field("N" * (used - 2), tokens).fold(policy=SMTP).split("\r\n")
        assert lines.pop() == ""
        assert all(line.strip() for line in lines)
        assert all(line.startswith(" ") for line in lines[1:])
        assert all(len(line) <= LINE for line in lines if "=?" in line or tokens[0][0] != '"')


def test_a_header_as_intended_passes() -> None:
    check(GOOD, ["From", "Subject"])
    check(b"Subject: =?utf-8?b?5Lit?=\r\n =?utf-8?b?5Lit?=\r\n\r\n", ["Subject"])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"From: a@b.c\r\nSubject: x\r\nBcc: e@x.y\r\n\r\nbody\r\n", "Bcc"),
        (b"Subject: x\r\nFrom: a@b.c\r\n\r\nbody\r\n", "not those intended"),
        (b"From: a@b.c\r\nFrom: a@b.c\r\nSubject: x\r\n\r\n", "From, From"),
        (b"From: a@b.c\r\n\r\nSubject: x\r\n\r\n", "not those intended"),
        (b"From: a@b.c\r\nSubject: x", "not those intended"),
        (b"From: a@b.c\r\nSubject: x\r\n", "no header field"),
        (b"From: a@b.c\r\nsubject: x\r\n\r\n", "not those intended"),
        (b"From: a@b.c\nBcc: e@x.y\r\nSubject: x\r\n\r\n", "bare CR or LF"),
        (b"From: a@b.c\rBcc: e@x.y\r\nSubject: x\r\n\r\n", "bare CR or LF"),
        (GOOD + b"\n", "bare CR or LF"),
        (b"From: a@b.c\r\nSubject: x\r\n \r\n\r\n", "no header field"),
        (b"From: a@b.c\r\nSubject: x\r\n\t y\r\n\t\r\n\r\n", "no header field"),
        (b"From: a@b.c\r\nSubject:\r\n x\r\n\r\n", "no header field"),
        (b"From: a@b.c\r\nSubject: \r\n\r\n", "no header field"),
        (b"From: a@b.c\r\nSubject : x\r\n\r\n", "no header field"),
        (b" From: a@b.c\r\nSubject: x\r\n\r\n", "no header field"),
        (b"From: a@b.c\r\nSubject: x\r\nrest of it\r\n\r\n", "no header field"),
        (b"From: a@b.c\r\nSubject: " + b"x" * 990 + b"\r\n\r\n", "line of more than 998"),
        (GOOD + b"x" * 999, "line of more than 998"),
        (b"From: a@b.c\r\nSubject: x\x00y\r\n\r\n", "control character"),
        (b"From: a@b.c\r\nSubject: x\x0by\r\n\r\n", "control character"),
        (b"From: a@b.c\r\nSubject: =?utf-8?q?a=0d=0aBcc:_e=40x.y?=\r\n\r\n", "not ours"),
        (b"From: a@b.c\r\nSubject: =?utf-8?b?YQ?=\r\n\r\n", "not ours"),
        (b"From: a@b.c\r\nSubject: =?utf-8?b?YQ0KQmNjOiBldmlsQHgueQ==?=\r\n\r\n", "hides something"),
        (b"From: a@b.c\r\nSubject: =?utf-8?b?PT91dGYtOD9xP2E/PQ==?=\r\n\r\n", "hides something"),
        (b"From: a@b.c\r\nSubject: =?utf-8?b?5A==?= =?utf-8?b?uK0=?=\r\n\r\n", "hides something"),
        (b"From: a@b.c\r\nSubject: =?utf-8?b?4oCu?=\r\n\r\n", "hides something"),
        (b"From: a@b.c\r\nSubject: =?utf-8?b?" + b"YWFh" * 20 + b"?=\r\n\r\n", "hides something"),
    ],
    ids=range(28),
)
def test_a_header_that_is_not_as_intended_is_found(data: bytes, why: str) -> None:
    with pytest.raises(DeliveryError, match=why) as caught:
        check(data, ["From", "Subject"])
    assert len(str(caught.value).splitlines()) == 1

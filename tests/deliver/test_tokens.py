"""Tokens that unsubscribe: one for each address and list, of no use to anyone without the key."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.mail.tokens import fits, token_of

ANY = st.text(st.characters(exclude_categories=()))
KEY = b"k" * 32


@given(st.binary(), ANY, ANY)
def test_a_token_is_letters_and_digits_for_any_input(key: bytes, list_name: str, address: str) -> None:
    token = token_of(key, list_name, address)
    assert re.fullmatch(r"[a-z2-7]{24}", token)  # 120 bits
    assert fits(token, key, list_name, address)
    assert fits(f" {token.upper()}\r\n", key, list_name, address)


def test_a_token_is_of_one_key_list_and_address() -> None:
    told = [(KEY, "daily", "a@b.c"), (KEY, "daily", "b@b.c"), (KEY, "weekly", "a@b.c"), (b"x" * 32, "daily", "a@b.c")]
    told += [(KEY, "daily\0a", "@b.c"), (KEY, "dailya", "@b.c")]
    tokens = [token_of(*each) for each in told]
    assert len(set(tokens)) == len(told)
    assert [[fits(token, *each) for each in told] for token in tokens] == [
        [row == column for column in range(len(told))] for row in range(len(told))
    ]


@given(ANY)
def test_another_text_fits_nothing(text: str) -> None:
    assert not fits(text, KEY, "daily", "a@b.c")
    assert not fits("", KEY, "daily", "a@b.c")

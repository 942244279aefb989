"""feeds.yaml with fewer sources: each goes with its lines and comments, nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import keep_sources, parse_settings
from digest.errors import ConfigError

TEXT = """\
# The head.
sources:
  # -- first kind --
  - name: One  # a note on One
    url: https://one.example/feed
    # a note within One
    language: en

  # of Two
  - name: Two
    url: https://two.example/feed

  # -- second kind --

  - {name: Three, url: https://three.example/feed}
  - name: Four
    url: https://four.example/feed
# The foot.
network:
  proxy: ""
"""
NAMES = ("One", "Two", "Three", "Four")


def test_with_all_sources_the_text_is_the_same() -> None:
    assert keep_sources(TEXT, NAMES) == TEXT


def test_what_is_left_out_goes_with_its_lines_and_the_rest_stays() -> None:
    kept = keep_sources(TEXT, {"Four", "One"})
    assert (
        kept
        == """\
# The head.
sources:
  # -- first kind --
  - name: One  # a note on One
    url: https://one.example/feed
    # a note within One
    language: en

  # -- second kind --

  - name: Four
    url: https://four.example/feed
# The foot.
network:
  proxy: ""
"""
    )


def test_a_name_that_is_none_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match="no source is called 'Five'; there are: One, Two, Three, Four"):
        keep_sources(TEXT, {"Five", "One"})
    with pytest.raises(ConfigError, match="at least one"):
        keep_sources(TEXT, ())


@given(st.sets(st.sampled_from(NAMES), min_size=1))
def test_any_choice_keeps_exactly_the_chosen_in_their_order(names: set[str]) -> None:
    kept = keep_sources(TEXT, names)
    assert [source.name for source in parse_settings(kept).sources] == [name for name in NAMES if name in names]
    assert set(kept.splitlines()) <= set(TEXT.splitlines())
    assert kept.startswith("# The head.")
    assert kept.endswith('# The foot.\nnetwork:\n  proxy: ""\n')

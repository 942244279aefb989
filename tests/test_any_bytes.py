"""Any bytes, given as a feed, a page, a listing or a post, end in values that obey their bounds or in SourceError."""

from __future__ import annotations

from random import Random

import pytest
from any_bytes import FRAGMENTS, SEEDS, TYPES, URL, mutated, read_every_way
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
addresses = st.sampled_from([URL, f"{URL}.md", "https://blog.example/feed.xml", "https://blog.example/a b/ü?q#f"])


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(st.binary(max_size=400), st.sampled_from(TYPES), addresses)
def test_bytes_of_any_kind(data: bytes, content_type: str, url: str) -> None:
    read_every_way(data, content_type, url)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 1500), st.sampled_from(FRAGMENTS)), max_size=8),
    st.sampled_from(TYPES),
)
def test_documents_with_hostile_fragments(seed: bytes, put_in: list[tuple[int, bytes]], content_type: str) -> None:
    for at, fragment in put_in:
        seed = seed[:at] + fragment + seed[at:]
    read_every_way(seed, content_type)


@pytest.mark.parametrize("number", range(40))
def test_documents_as_chance_changes_them(number: int) -> None:
    random = Random(number)
    data = mutated(random.choice(SEEDS), random, most=20_000)
    read_every_way(data, random.choice(TYPES), random.choice((URL, f"{URL}.md")))

"""Documents are read once and kept: what comes back is what was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_blog import EN_FEED, article, settings

from digest.linking import documents as room
from digest.linking.documents import Documents
from digest.linking.packed import packed_document, unpacked_document
from digest.model import Clue, Document, Guess, Page, Paragraph, Post, Span
from digest.store import Store

NOON = datetime(2025, 4, 16, 4, tzinfo=UTC)
URL = "https://blog.example/post-1"
POST = Post("one", EN_FEED, "one", URL, "Cache series part 1", NOON, True, NOON, "en", "", "")

texts = st.text(max_size=8)
guesses = st.lists(
    st.builds(Guess, st.integers(), texts, st.floats(0, 1), st.lists(st.tuples(texts, st.floats(0, 1))).map(tuple)),
    max_size=2,
).map(tuple)
spans = st.lists(st.builds(Span, st.integers(), st.integers(), st.sampled_from(["link", "code"]), texts), max_size=2)
paragraphs = st.builds(
    Paragraph, st.sampled_from(["prose", "code"]), texts, st.integers(0, 6), spans.map(tuple), guesses
)


@given(
    texts, st.lists(paragraphs, max_size=3).map(tuple), st.none() | st.just(NOON), guesses,
    st.lists(texts).map(tuple), st.lists(st.builds(Clue, texts, texts, st.just("twin"))).map(tuple),
)  # fmt: skip
def test_a_document_comes_back_as_it_was(
    title: str, parts: Any, published: Any, unsure: Any, names: Any, clues: Any
) -> None:
    document = Document(URL, "zh-Hans", title, parts, published, clues, names, names, names, 3, 1, unsure)
    assert unpacked_document(packed_document(document)) == document
    assert unpacked_document(packed_document(None)) is None


def test_what_is_kept_is_not_read_again_until_something_of_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    read = room.document_of

    def counted(post: Post, page: Page | None, **given: str) -> Document | None:
        asked.append(post.title)
        return read(post, page, **given)

    monkeypatch.setattr(room, "document_of", counted)
    sources = {source.url: source for source in settings().sources}
    with Store(tmp_path) as store:

        def get(post: Post, now: datetime = NOON) -> Document | None:
            documents = Documents(store, sources)
            found = documents.of_post(post)
            assert documents.of_post(post) is found
            documents.keep(now)
            return found

        assert get(POST) is get(POST) is None  # no text yet
        assert len(asked) == 1
        store.save_page(URL, Page(URL, article(1, "en").encode(), (("content-type", "text/html"),)), NOON)
        first = get(POST)
        assert first is not None
        assert get(POST) == first
        assert len(asked) == 2
        get(replace(POST, title="Another"))
        assert asked[2:] == ["Another"]
        assert get(POST) == first
        assert len(asked) == 4
        get(replace(POST, id="two"), NOON + room.KEPT + timedelta(days=1))  # the first is dropped now
        assert get(POST) == first
        assert len(asked) == 6

"""Documents are read once and kept: what comes back is what was read, and why something cannot be."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_blog import EN_FEED, LINES, article, settings

from digest.errors import SourceError
from digest.linking import documents as room
from digest.linking.documents import MOST_TRIES, TRY_AGAIN, Documents
from digest.linking.packed import ReadText, packed_text, unpacked_text
from digest.model import Clue, Document, Edition, Failure, Guess, Page, Paragraph, Post, Span
from digest.sandbox.readers import Direct
from digest.store import Store

NOON = datetime(2025, 4, 16, 4, tzinfo=UTC)
URL = "https://blog.example/post-1"
POST = Post("one", EN_FEED, "one", URL, "Cache series part 1", NOON, True, NOON, "en", "", "")
PAGE = Page(URL, article(1, "en").encode(), (("content-type", "text/html"),))
SOURCES = {source.url: source for source in settings().sources}

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
    cut = replace(document, cut=True)
    for text in (
        ReadText(document, mark="m"), ReadText(cut, mark="m"), ReadText(mark="m"), ReadText(cut, None, "limits", 2, "m")
    ):  # fmt: skip
        assert unpacked_text(packed_text(text), "m") == text


@pytest.mark.parametrize("known", [12, 13], ids=["before cut", "before kind and tries"])
def test_what_was_packed_with_fewer_facts_is_read_as_it_was(known: int) -> None:
    text = ReadText(Document(URL, "en", "T", (Paragraph("prose", "A line."),)), None, "limits", 2, "m")
    parts = json.loads(zlib.decompress(packed_text(text)))
    assert len(parts) == 15
    older = zlib.compress(json.dumps(parts[:known]).encode())
    assert unpacked_text(older, "m") == ReadText(text.document, mark="m")


@given(texts, texts, st.integers(0, 9))
def test_a_fault_comes_back_as_it_was_and_is_raised_by_who_needs_the_document(
    reason: str, kind: str, tries: int
) -> None:
    text = ReadText(None, Failure(URL, "parse", reason), kind, tries, "m")
    assert unpacked_text(packed_text(text), "m") == text
    with pytest.raises(SourceError) as raised:
        text.read()
    assert (raised.value.url, raised.value.stage, raised.value.reason, raised.value.kind) == (
        URL,
        "parse",
        reason,
        kind,
    )


@dataclass
class Counted(Direct):
    """Reads as the program does, and counts it; raises `fault` where there is one."""

    asked: list[str] = field(default_factory=list)
    fault: SourceError | None = None
    only_pages: bool = False  # the fault is one of the page

    def post(self, post: Post, page: Page | None, *, lang: str = "", selector: str = "") -> Document | None:
        self.asked.append(post.title)
        if self.fault and (page or not self.only_pages):
            raise self.fault
        return super().post(post, page, lang=lang, selector=selector)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as made:
        yield made


@pytest.fixture
def reader() -> Counted:
    return Counted()


@pytest.fixture
def get(store: Store, reader: Counted) -> Callable[..., ReadText]:
    def read(post: Post = POST, now: datetime = NOON) -> ReadText:
        documents = Documents(store, SOURCES, now, reader)
        found = documents.text(post)
        assert documents.text(post) is found
        documents.keep()
        return found

    return read


def test_what_is_kept_is_not_read_again_until_something_of_it_changes(
    store: Store, reader: Counted, get: Callable[..., ReadText]
) -> None:
    assert get() == get()
    assert get().document is None  # no text yet
    assert len(reader.asked) == 1
    store.save_page(URL, PAGE, NOON)
    first = get()
    assert first.document is not None
    assert get() == first
    assert len(reader.asked) == 2
    get(replace(POST, title="Another"))
    assert reader.asked[2:] == ["Another"]
    assert get() == first
    assert len(reader.asked) == 4
    get(replace(POST, id="two"), NOON + room.KEPT + timedelta(days=1))  # the first is dropped now
    assert get() == first
    assert len(reader.asked) == 6


def test_a_fault_is_kept_and_told_again(store: Store, reader: Counted, get: Callable[..., ReadText]) -> None:
    store.save_page(URL, PAGE, NOON)
    reader.fault = SourceError(URL, "parse", "holds no text", kind="content")
    first = get()
    assert (first.document, first.fault) == (None, Failure(URL, "parse", "holds no text"))
    assert get(now=NOON + 9 * TRY_AGAIN) == first
    assert len(reader.asked) == 1


def test_what_took_too_long_is_read_again_on_other_days_but_not_for_ever(
    store: Store, reader: Counted, get: Callable[..., ReadText]
) -> None:
    store.save_page(URL, PAGE, NOON)
    reader.fault = SourceError(URL, "sandbox", "took longer than 10 s", kind="limits")
    for day in range(MOST_TRIES + 3):
        for _ in range(2):  # once a day
            assert get(now=NOON + day * timedelta(days=1)).fault
    assert len(reader.asked) == 2 * MOST_TRIES, "each time its page, and then its feed"


def test_what_took_too_long_on_a_busy_machine_is_read_on_the_next_day(
    store: Store, reader: Counted, get: Callable[..., ReadText]
) -> None:
    store.save_page(URL, PAGE, NOON)
    reader.fault = SourceError(URL, "sandbox", "took longer than 10 s", kind="limits")
    slow = get()
    reader.fault = None
    assert get(now=NOON + TRY_AGAIN / 2) == slow
    again = get(now=NOON + TRY_AGAIN)
    assert again.document is not None
    assert again.mark == slow.mark


def test_a_post_whose_page_took_too_long_has_the_text_of_its_feed_until_the_page_is_read(
    store: Store, reader: Counted, get: Callable[..., ReadText]
) -> None:
    store.save_page(URL, PAGE, NOON)
    post = replace(POST, summary="Says what there is to say.")
    reader.fault, reader.only_pages = SourceError(URL, "sandbox", "took longer than 10 s", kind="limits"), True
    slow = get(post)
    assert slow.document is not None
    assert [each.text for each in slow.document.paragraphs] == ["Says what there is to say."]
    assert (slow.document.cut, slow.fault, slow.kind, slow.tries) == (True, None, "limits", 1)
    documents = Documents(store, SOURCES, NOON, reader)
    assert documents.text(post) == slow
    assert not documents.pin(URL), "its page is worth another try"
    reader.fault = None
    assert get(post, NOON + TRY_AGAIN / 2) == slow
    whole = get(post, NOON + TRY_AGAIN)
    assert whole.document is not None
    assert (whole.document.cut, whole.kind, whole.mark) == (False, "", slow.mark)
    assert len(whole.document.paragraphs) > 1


def test_a_page_that_always_takes_too_long_is_given_up_and_the_text_of_the_feed_stays(
    store: Store, reader: Counted, get: Callable[..., ReadText]
) -> None:
    store.save_page(URL, PAGE, NOON)
    post = replace(POST, summary="Says what there is to say.")
    reader.fault, reader.only_pages = SourceError(URL, "sandbox", "took longer than 10 s", kind="limits"), True
    days = [NOON + day * timedelta(days=1) for day in range(MOST_TRIES + 3)]
    assert [get(post, day).tries for day in days] == [*range(1, MOST_TRIES), *[MOST_TRIES] * 4]
    assert len(reader.asked) == 2 * MOST_TRIES, "each time its page, and then its feed"
    documents = Documents(store, SOURCES, days[-1], reader)
    kept = documents.text(post)
    assert documents.pin(URL)
    store.drop_page(URL, days[-1])
    assert get(post, days[-1] + 2 * room.KEPT) == kept


def test_a_dropped_page_is_as_it_was_read_whatever_reads_pages_now(
    store: Store, reader: Counted, get: Callable[..., ReadText], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save_page(URL, PAGE, NOON)
    first = get()
    documents = Documents(store, SOURCES, NOON, reader)
    assert documents.text(POST) == first
    assert documents.pin(URL)
    store.drop_page(URL, NOON)
    monkeypatch.setattr(room, "METHOD", "another")
    later = NOON + 2 * room.KEPT
    get(replace(POST, id="two"), later)  # drops what is old, but no pinned reading
    assert get(now=later) == get(replace(POST, title="Another"), later) == first
    assert store.page(URL) is None
    whole = replace(POST, content="".join(f"<p>{line}</p>" for line, _ in LINES) * 2)  # needs no page
    assert get(whole, later).document not in (None, first.document)


def test_bytes_that_come_again_are_read_again(store: Store, reader: Counted, get: Callable[..., ReadText]) -> None:
    store.save_page(URL, PAGE, NOON)
    documents = Documents(store, SOURCES, NOON, reader)
    first = documents.text(POST)
    assert documents.pin(URL)
    store.drop_page(URL, NOON)
    store.save_page(URL, replace(PAGE, body=article(2, "en").encode()), NOON)
    assert get().document not in (None, first.document)


def test_what_is_read_without_a_dropped_page_is_not_taken_for_the_page(
    store: Store, reader: Counted, get: Callable[..., ReadText]
) -> None:
    store.save_page(URL, PAGE, NOON)
    store.drop_page(URL, NOON)
    assert get().document is None
    store.save_page(URL, PAGE, NOON)
    assert get().document is not None


def test_an_edition_is_read_as_its_own_source_says(store: Store) -> None:
    url = "https://blog.example/zh/post-1"
    edition = Edition("one", "zh-Hans", url, None, "twin", 1.0, "en")
    documents = Documents(store, SOURCES, NOON)
    assert documents.edition_text(edition, POST, None) == ReadText()  # no page yet
    store.save_page(url, Page(url, article(1, "zh").encode(), PAGE.headers), NOON)
    found = documents.edition_text(edition, POST, None).document
    assert found is not None
    assert (found.url, found.lang[:2]) == (url, "zh")
    other = replace(POST, id="two", url=url, source=EN_FEED, lang="zh")
    assert documents.edition_text(edition, POST, other) is documents.text(other)
    elsewhere = replace(other, url=f"{url}/")
    assert documents.edition_text(edition, POST, elsewhere).document is not None  # its page is at the edition's address


# ---- many at once ---------------------------------------------------------------------------------------------------


def posts_with_text(count: int) -> list[Post]:
    body = "".join(f"<p>{line}</p>" for line, _ in LINES) * 2
    return [replace(POST, id=f"p{n}", url=f"{URL}/{n}", content=f"<p>Number {n}.</p>{body}") for n in range(count)]


def test_what_is_read_ahead_is_what_each_post_would_be_read_as(store: Store, reader: Counted) -> None:
    one_by_one = Documents(store, SOURCES, NOON, reader)
    posts = posts_with_text(5)
    expected = [one_by_one.text(post) for post in posts]
    reader.asked.clear()
    documents = Documents(store, SOURCES, NOON, reader)
    documents.read_ahead(posts)
    assert len(reader.asked) == 5
    assert [documents.text(post) for post in posts] == expected
    documents.keep()
    later = Documents(store, SOURCES, NOON, reader)
    later.read_ahead(posts)
    assert [later.text(post) for post in posts] == expected
    assert len(reader.asked) == 5, "each is read once, and found in the store"


def test_one_that_cannot_be_read_ahead_costs_its_text_only(store: Store, reader: Counted) -> None:
    class OneFails(Counted):
        def post(self, post: Post, page: Page | None, *, lang: str = "", selector: str = "") -> Document | None:
            if post.id == "p1":
                raise SourceError(post.url, "normalise", "it took too long", kind="limits")
            return super().post(post, page, lang=lang, selector=selector)

    posts = posts_with_text(3)
    documents = Documents(store, SOURCES, NOON, OneFails())
    documents.read_ahead(posts)
    texts = [documents.text(post) for post in posts]
    assert [(text.document is None, text.kind, text.tries) for text in texts] == [
        (False, "", 0),
        (True, "limits", 1),
        (False, "", 0),
    ]


def test_documents_beyond_what_is_held_in_memory_are_packed_and_come_back(
    store: Store, reader: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, posts = Documents(store, SOURCES, NOON, reader), posts_with_text(6)
    expected = [whole.text(post) for post in posts]
    monkeypatch.setattr(room, "MOST_HELD", 2 * room._size(expected[0]))
    bounded = Documents(store, SOURCES, NOON, reader)
    for _ in range(2):
        assert [bounded.text(post) for post in posts] == expected
        assert bounded._held <= room.MOST_HELD
        assert len(bounded._found) <= 2
    assert len(reader.asked) == 12, "none was read twice by either"
    bounded.keep()
    assert (bounded._held, len(bounded._found)) == (0, 0)

"""Posts found by their whole texts: what is found, what is kept of a text, and when it is read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from small_archive import CACHE, FIRST, SECOND, TEA, TRAIN, page, put

from digest.align.embed import HashEmbedder, Vectors
from digest.errors import StoreError
from digest.linking.kept import KeptTexts
from digest.linking.packed import ReadText, packed_text
from digest.model import Document, Edition, Paragraph, Post
from digest.searching import FILE, Index, Updated, opened, opening, search
from digest.searching.chunks import MOST_BYTES, chunks_of
from digest.store import Store
from digest.store.looking import looking

NOW = datetime(2025, 4, 18, tzinfo=UTC)


def document(lang: str, *paragraphs: str, **more: object) -> Document:
    return replace(
        Document("https://blog.example/x", lang, "", tuple(Paragraph("prose", text) for text in paragraphs)),
        **more,  # type: ignore[arg-type]
    )


KEPT = {
    "cache": {"cache": ("1", document("en", "It grows with every step.", "A llama would not eat so many gigabytes."))},
    "tea": {"tea": ("1", document("zh-Hans", "乌龙要用更热的水。", "茶壶先用开水烫一遍。"))},
    "train": {
        "train": ("1", document("en", "The knees are the weakest part.")),
        "train in zh": ("1", document("zh-Hans", "膝盖是最弱的部分。", "电池只够用二十分钟。")),
    },
}


class Kept:
    """Texts as they are given: by post and name, each with its mark."""

    def __init__(self, texts: dict[str, dict[str, tuple[str, Document]]]) -> None:
        self.texts = texts

    def marks(self, posts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        for post in posts:
            for name, (mark, _) in self.texts.get(post, {}).items():
                yield post, name, mark

    def document(self, name: str, mark: str) -> Document | None:
        return next((each[1] for some in self.texts.values() for key, each in some.items() if key == name), None)


class Counting(HashEmbedder):
    """Counts what it encodes."""

    def __init__(self) -> None:
        super().__init__(256)
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().encode(texts)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    put(folder, page(FIRST, CACHE, TEA))
    put(folder, page(SECOND, TRAIN))
    return folder


@pytest.fixture
def embedder() -> Counting:
    return Counting()


@pytest.fixture
def index(tmp_path: Path, out: Path, embedder: Counting) -> Iterator[Index]:
    with opened(tmp_path / "state" / FILE) as found:
        assert found.update(out, embedder, Kept(KEPT)).texts == 4
        yield found


def chunks_in(index: Index, token: str) -> int:
    return len(index.db.execute("SELECT doc FROM said_in WHERE term = ?", (token,)).fetchall())


# ---- what is found --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "post", "beyond"),
    [
        ("llama", "cache", True),
        ("乌龙", "tea", True),
        ("battery", "train", True),  # by the dictionary, in the text of the other edition
        ("weakest knees", "train", True),
        ("绿茶用八十度的水来泡", "tea", False),
        ("Walking is much harder.", "train", False),
    ],
)
def test_a_post_is_found_by_what_it_says_and_shows_a_printed_line(
    index: Index, embedder: Counting, question: str, post: str, beyond: bool
) -> None:
    hit = search(index, embedder, question)[0]
    assert (hit.post, hit.in_text) == (post, beyond)
    assert hit.pair[:2] == post[:2]
    assert "llama" not in f"{hit.zh} {hit.en}"


def test_without_whole_texts_it_is_not_found(tmp_path: Path, out: Path, embedder: Counting) -> None:
    with opened(tmp_path / FILE) as index:
        index.update(out, embedder)
        assert not any(hit.in_text for hit in search(index, embedder, "乌龙"))


def test_a_post_whose_text_is_not_there_is_found_by_its_lines_among_those_that_have_theirs(
    tmp_path: Path, out: Path, embedder: Counting
) -> None:
    with opened(tmp_path / FILE) as index:
        index.update(out, embedder, Kept({name: KEPT[name] for name in ("cache", "train")}))
        assert search(index, embedder, "绿茶")[0].post == "tea"
        assert search(index, embedder, "tea water temperature")[0].post == "tea"


def test_nothing_of_a_text_stands_in_the_index_as_text(index: Index, tmp_path: Path) -> None:
    index.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = index.path.read_bytes()
    assert b"A llama would not eat" not in data
    assert b"holds the keys of all earlier" in data  # a printed line does


def test_a_damaged_text_is_not_looked_into(tmp_path: Path, out: Path, embedder: Counting) -> None:
    broken = {"tea": {"tea": ("1", document("zh-Hans", "乌龙要用更热的水。", damage=("mojibake",)))}}
    with opened(tmp_path / FILE) as index:
        index.update(out, embedder, Kept(broken))
        assert chunks_in(index, "乌龙") == 0
        assert search(index, embedder, "绿茶")[0].post == "tea"


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_chunks_are_whole_sentences_and_as_many_as_have_room(lang: str) -> None:
    one = "This sentence has some forty letters in it." if lang == "en" else "这一句话大约有二十个汉字那么长吧。"
    text = document(lang, *[one] * 30, "x" * 1000)
    found = list(chunks_of(text))
    assert "".join(found).replace(" ", "") == "".join(p.text for p in text.paragraphs).replace(" ", "")
    assert all(len(chunk.encode()) <= MOST_BYTES + 20 for chunk in found[:-1])
    assert len(found) == 1 + -(-30 // (MOST_BYTES // len(one.encode())))


def test_control_characters_break_nothing(tmp_path: Path, out: Path, embedder: Counting) -> None:
    with opened(tmp_path / FILE) as index:
        index.update(out, embedder, Kept({"tea": {"tea": ("1", document("zh-Hans", "乌龙\x00要用\x1b更热的水。"))}}))
        assert search(index, embedder, "乌龙")[0].post == "tea"


def test_no_text_no_chunk(tmp_path: Path, out: Path, embedder: Counting) -> None:
    assert list(chunks_of(document("en"))) == []
    with opened(tmp_path / FILE) as index:
        index.update(out, embedder, Kept({"tea": {"tea": ("1", document("zh-Hans"))}}))
        assert search(index, embedder, "绿茶")[0].post == "tea"


# ---- bringing it up to date -----------------------------------------------------------------------------------------


def test_only_texts_that_changed_are_encoded_again(index: Index, out: Path, embedder: Counting) -> None:
    embedder.texts.clear()
    assert index.update(out, embedder, Kept(KEPT)) == Updated(0, 0)
    other_mark = {**KEPT, "tea": {"tea": ("2", KEPT["tea"]["tea"][1])}}
    assert index.update(out, embedder, Kept(other_mark)).texts == 0
    assert not embedder.texts
    other_text = {**KEPT, "tea": {"tea": ("3", document("zh-Hans", "普洱可以泡很多次。"))}}
    assert index.update(out, embedder, Kept(other_text)).texts == 1
    assert embedder.texts == ["普洱可以泡很多次。"]
    assert (chunks_in(index, "乌龙"), chunks_in(index, "普洱")) == (0, 1)


def test_a_text_that_the_store_dropped_is_still_found(index: Index, out: Path, embedder: Counting) -> None:
    index.update(out, embedder, Kept({}))
    index.update(out, embedder)
    assert search(index, embedder, "llama")[0].in_text


def test_a_text_goes_with_its_post(index: Index, out: Path, embedder: Counting) -> None:
    (out / f"{FIRST}.json").unlink()
    index.update(out, embedder, Kept(KEPT))
    assert (chunks_in(index, "llama"), chunks_in(index, "battery"), chunks_in(index, "weakest")) == (0, 0, 1)
    assert index.db.execute("SELECT count(*) FROM texts").fetchone() == (2,)


def test_another_embedder_makes_them_anew(index: Index, out: Path) -> None:
    other = HashEmbedder(128)
    assert index.update(out, other, Kept(KEPT)).texts == 4
    assert (chunks_in(index, "llama"), search(index, other, "llama")[0].post) == (1, "cache")


def test_two_bring_the_texts_up_to_date_at_once(tmp_path: Path, out: Path, embedder: Counting) -> None:
    """The other puts the same text in while this one encodes it."""
    with opened(tmp_path / FILE) as one, opened(tmp_path / FILE) as two:

        class Meeting(HashEmbedder):
            def encode(self, texts: Sequence[str]) -> Vectors:
                two.update(out, embedder, Kept(KEPT))
                return embedder.encode(texts)

        one.update(out, embedder)
        one.update(out, Meeting(256), Kept(KEPT))
        assert (chunks_in(one, "llama"), chunks_in(two, "weakest")) == (1, 1)
        assert one.db.execute("SELECT count(*) FROM texts").fetchone() == (4,)


def test_what_is_under_way_is_told(tmp_path: Path, out: Path, embedder: Counting) -> None:
    told: list[tuple[str, int]] = []
    with opened(tmp_path / FILE) as index:
        index.update(out, embedder, Kept(KEPT), lambda stage, count: told.append((stage, count)))
    assert told == [("days", 2), *[("days", -1)] * 2, ("texts", 4), *[("texts", -1)] * 4]


def test_an_index_that_cannot_be_written_is_searched_as_it_is(
    tmp_path: Path, out: Path, embedder: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path / FILE) as index:
        index.update(out, embedder, Kept(KEPT))
    before = (tmp_path / FILE).read_bytes()
    put(out, page(date(2025, 4, 18), replace(TEA, id="new")))
    monkeypatch.setattr(opening.os, "access", lambda *_: False)
    with opened(tmp_path / FILE) as index:
        assert (index.writable, len(index.notes)) == (False, 1)
        assert index.update(out, embedder, Kept(KEPT)) == Updated(0, 0)
        assert search(index, embedder, "llama")[0].in_text
    assert (tmp_path / FILE).read_bytes() == before


def test_one_of_another_model_that_cannot_be_written_is_not_searched(
    tmp_path: Path, out: Path, embedder: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path / FILE) as index:
        index.update(out, embedder)
    monkeypatch.setattr(opening.os, "access", lambda *_: False)
    with opened(tmp_path / FILE) as index, pytest.raises(StoreError, match="made with another model; let its owner"):
        index.update(out, HashEmbedder(128))


# ---- what the store keeps -------------------------------------------------------------------------------------------


def stored(name: str) -> Post:
    url = f"https://blog.example/{name}"
    return Post(name, "https://blog.example/feed", "", url, name, NOW, True, NOW, "en", "", "")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state") as store:
        store.save_posts([(stored("cache"), "cache"), (stored("train"), "train")])
        edition = Edition("train", "zh-Hans", "https://blog.example/zh/train", None, "twin", 1.0, "en", None)
        store.save_editions([edition], NOW)
        texts = {"cache": KEPT["cache"]["cache"], "train": KEPT["train"]["train"],
                 "https://blog.example/zh/train in zh-Hans": KEPT["train"]["train in zh"]}  # fmt: skip
        readings = {name: (mark, packed_text(ReadText(text, mark=mark))) for name, (mark, text) in texts.items()}
        store.save_readings({**readings, "tea": ("1", b"damaged")}, NOW, NOW)
        yield store


def test_texts_of_the_store_are_found_in_both_editions_beside_a_run(
    tmp_path: Path, out: Path, store: Store, embedder: Counting
) -> None:
    with (
        store.transaction(),  # a run that writes just now
        looking(store.path) as found,
        opened(tmp_path / FILE) as index,
    ):
        assert index.update(out, embedder, KeptTexts(found)).texts == 4  # one of them holds nothing
        assert search(index, embedder, "llama")[0].post == "cache"
        assert search(index, embedder, "电池")[0].post == "train"
        assert search(index, embedder, "weakest knees")[0].post == "train"
        store.run_started("run", NOW)  # and goes on writing


def test_a_store_that_is_looked_at_stays_as_it_is(tmp_path: Path, store: Store) -> None:
    with looking(store.path) as found, pytest.raises(StoreError):
        found.save_readings({}, NOW, NOW)


def test_a_store_of_another_version_is_not_looked_into(tmp_path: Path, store: Store) -> None:
    store._db.execute("PRAGMA user_version = 1")
    with pytest.raises(StoreError, match="the next run brings it up to date"), looking(store.path):
        pass

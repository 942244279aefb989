"""The search over an archive: small texts of the tests' own, encoded by hashed words or by vectors that are given."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_archive import CACHE, FIRST, SECOND, TEA, TRAIN, page, post, put

from digest.align.embed import HashEmbedder, Vectors, unit_rows
from digest.errors import StoreError
from digest.model import Both
from digest.searching import FILE, Hit, Index, opened, search
from digest.searching.packed import pack, unpack


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    put(folder, page(FIRST, CACHE, TEA))
    put(folder, page(SECOND, TRAIN))
    return folder


class Counting(HashEmbedder):
    """Counts what it encodes."""

    def __init__(self, dim: int = 256) -> None:
        super().__init__(dim)
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().encode(texts)


@pytest.fixture
def embedder() -> Counting:
    return Counting()


@pytest.fixture
def index(tmp_path: Path, out: Path, embedder: Counting) -> Iterator[Index]:
    with opened(tmp_path / "state" / FILE) as found:
        assert found.update(out, embedder).encoded == 2
        yield found


# ---- what is found --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "pair"),
    [
        ("past_key_values", "ca02"),
        ("2410.02694", "ca02"),
        ("绿茶", "te01"),
        ("机器人怎么站立", "tr01"),
        ("stand in a simulator", "tr01"),
        ("tea water temperature", "te01"),  # by the dictionary: no line of it is in English
        ("缓存的密钥", "ca01"),  # and the other way round
    ],
)
def test_a_question_finds_its_line(index: Index, embedder: Counting, question: str, pair: str) -> None:
    assert search(index, embedder, question)[0].pair == pair


def test_a_hit_says_what_it_is_and_where_it_stands(index: Index, embedder: Counting) -> None:
    hit = search(index, embedder, "模拟器", most=1)[0]
    assert (hit.day, hit.post, hit.pair, hit.source) == (SECOND, "train", "tr01", "Blog")
    assert hit.title == TRAIN.title
    assert hit.url == TRAIN.url
    assert (hit.zh, hit.en) == ("机器人先在模拟器里学会站立。", "The robot first learns to stand in a simulator.")
    assert hit.verified
    assert hit.made_by == "human"
    assert -1 <= hit.score <= 1
    assert hit.place == "2025-04-17.html#l-tr01"


def test_a_post_is_found_once_and_gives_as_many_lines_as_are_wanted(index: Index, embedder: Counting) -> None:
    hits = search(index, embedder, "robot", most=1, lines=2)
    assert [hit.pair for hit in hits] == ["tr01", "tr02"]
    assert len({hit.post for hit in search(index, embedder, "robot")}) == 3


def test_meaning_alone_finds_a_line_in_the_other_language(tmp_path: Path, out: Path) -> None:
    """No word is shared or in the dictionary; vectors that put both languages in one place find it."""

    class Given:
        name, dim = "given", 3

        def encode(self, texts: Sequence[str]) -> Vectors:
            near = ("绿茶", "冲饮")
            rows = [[1, 0, 0] if any(word in text for word in near) else [0, 1, 0.2] for text in texts]
            return unit_rows(np.array(rows, dtype=np.float32))

    with opened(tmp_path / FILE) as index:
        index.update(out, Given())
        assert search(index, Given(), "冲饮")[0].pair == "te01"


def test_days_and_sources_narrow_a_search(index: Index, embedder: Counting) -> None:
    def posts(**narrow: object) -> set[str]:
        return {hit.post for hit in search(index, embedder, "robot tea cache", **narrow)}  # type: ignore[arg-type]

    assert posts() == {"cache", "tea", "train"}
    assert posts(first=SECOND) == {"train"}
    assert posts(last=FIRST) == {"cache", "tea"}
    assert posts(source="茶话") == {"tea"}
    assert posts(source="nobody") == set()


def test_a_post_that_is_newly_translated_is_found_on_its_own_day(tmp_path: Path, embedder: Counting) -> None:
    both = replace(TEA, title=Both("泡茶的水温", "Water for tea"), day=FIRST)
    put(tmp_path, page(SECOND, newly=[both]))
    with opened(tmp_path / FILE) as index:
        index.update(tmp_path, embedder)
        alone = search(index, embedder, "绿茶")
        assert [hit.place for hit in alone] == ["2025-04-17.html#nl-te01"]  # its own day is not in the archive
        put(tmp_path, page(FIRST, both))
        index.update(tmp_path, embedder)
        assert [hit.place for hit in search(index, embedder, "绿茶")] == ["2025-04-16.html#l-te01"]


def test_a_post_of_a_title_alone_is_found_by_it(tmp_path: Path, embedder: Counting) -> None:
    put(tmp_path, page(FIRST, post("bare", Both(None, "Only a title"))))
    with opened(tmp_path / FILE) as index:
        index.update(tmp_path, embedder)
        hit = search(index, embedder, "title")[0]
    assert (hit.pair, hit.zh, hit.en, hit.place) == ("", None, None, "2025-04-16.html#p-bare")


HOSTILE = (
    '"', "'", '"OR"', "NEAR(a b, 2)", "zh: cache", "*", "cache*", "^cache", "a AND", ") OR (", "{zh en}: x", "\\", "%_",
    "; DROP TABLE lines", "\x00", "\ud800", "cache\x00tea", "缓" * 10_000, "cache " * 2_000, "c++ c#", "ﬁ ½ Ⅻ",
)  # fmt: skip


@pytest.mark.parametrize("question", HOSTILE)
def test_no_question_breaks_a_search(index: Index, embedder: Counting, question: str) -> None:
    search(index, embedder, question)
    assert index.db.execute("SELECT count(*) FROM lines").fetchone()[0]


@pytest.mark.parametrize("question", ["", " \n", "？！。…", "---"])
def test_a_question_without_a_letter_finds_nothing(index: Index, embedder: Counting, question: str) -> None:
    assert search(index, embedder, question) == ()


def test_an_empty_index_gives_nothing(tmp_path: Path, embedder: Counting) -> None:
    with opened(tmp_path / FILE) as index:
        index.update(tmp_path, embedder)
        assert search(index, embedder, "tea") == ()


# ---- bringing it up to date -----------------------------------------------------------------------------------------


def test_only_days_that_changed_are_encoded_again(index: Index, out: Path, embedder: Counting) -> None:
    embedder.texts.clear()
    assert index.update(out, embedder).encoded == 0
    assert not embedder.texts
    put(out, page(SECOND, replace(TRAIN, pairs=TRAIN.pairs[:1])))
    assert index.update(out, embedder).encoded == 1
    assert embedder.texts
    assert not any("cache" in text for text in embedder.texts)
    assert {hit.pair for hit in search(index, embedder, "robot", lines=9) if hit.post == "train"} == {"tr01"}


def test_a_file_written_anew_with_the_same_bytes_is_not_encoded(index: Index, out: Path, embedder: Counting) -> None:
    path = out / f"{FIRST}.json"
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)
    assert index.update(out, embedder).encoded == 0


def test_a_day_that_is_gone_is_forgotten(index: Index, out: Path, embedder: Counting) -> None:
    (out / f"{FIRST}.json").unlink()
    assert index.update(out, embedder).removed == 1
    assert {hit.post for hit in search(index, embedder, "tea cache robot")} == {"train"}
    assert {table: index.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("lines", "cut")} == {
        "lines": 3, "cut": 3,
    }  # fmt: skip


def test_another_embedder_makes_all_vectors_anew(index: Index, out: Path) -> None:
    other = Counting(128)
    assert index.update(out, other).encoded == 2
    assert search(index, other, "绿茶")[0].post == "tea"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 1}', "\ud800"])
def test_a_file_that_is_no_day_is_passed_over_with_a_note(
    index: Index, out: Path, embedder: Counting, text: str
) -> None:
    (out / "2025-04-18.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    done = index.update(out, embedder)
    assert len(done.notes) == 1
    assert "2025-04-18.json" in done.notes[0]
    assert search(index, embedder, "绿茶")[0].post == "tea"


# ---- the file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["cut", "noise", "text", "empty tables", "other version"])
def test_a_damaged_index_is_made_anew(tmp_path: Path, out: Path, embedder: Counting, damage: str) -> None:
    path = tmp_path / FILE
    with opened(path) as index:
        index.update(out, embedder)
        index.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = path.read_bytes()
    if damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "noise":
        path.write_bytes(data[:4096] + bytes(len(data) - 4096))
    elif damage == "text":
        path.write_text("this is no database\n" * 100)
    else:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("DROP TABLE lines" if damage == "empty tables" else "UPDATE made SET version = '0'")
    with opened(path) as index:
        assert len(index.notes) == 1
        assert "made anew" in index.notes[0]
        assert index.update(out, embedder).encoded == 2
        assert search(index, embedder, "绿茶")[0].post == "tea"


def test_a_folder_in_its_place_is_an_error_in_one_line(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError) as raised, opened(tmp_path / FILE):
        pass
    assert str(tmp_path / FILE) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_search_does_not_wait_for_one_that_writes(index: Index, out: Path, embedder: Counting) -> None:
    with closing(sqlite3.connect(index.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM lines")
        assert search(index, embedder, "绿茶")[0].post == "tea"
        other.execute("ROLLBACK")


def test_two_bring_it_up_to_date_at_once(tmp_path: Path, out: Path, embedder: Counting) -> None:
    with opened(tmp_path / FILE) as one, opened(tmp_path / FILE) as two:
        one.update(out, embedder)
        two.update(out, embedder)
        assert [hit.post for hit in search(two, embedder, "绿茶")] == [
            hit.post for hit in search(one, embedder, "绿茶")
        ]


def test_vectors_lose_little_as_bytes() -> None:
    rows = unit_rows(np.random.default_rng(1).standard_normal((200, 512)).astype(np.float32))
    found = unpack(pack(rows), 200, 512)
    assert np.abs((found * rows).sum(axis=1) - 1).max() < 1e-3
    with pytest.raises(ValueError, match="no 201 vectors"):
        unpack(pack(rows), 201, 512)


def test_the_same_archive_gives_the_same_hits(tmp_path: Path, out: Path, embedder: Counting) -> None:
    def hits(name: str) -> tuple[Hit, ...]:
        with opened(tmp_path / name) as index:
            index.update(out, embedder)
            return search(index, embedder, "robot 茶", lines=3)

    assert hits("one") == hits("two")


def test_json_of_the_archive_is_what_is_stored(index: Index, out: Path) -> None:
    told = json.loads((out / f"{SECOND}.json").read_text("utf-8"))["posts"][0]["pairs"][0]
    assert index.db.execute("SELECT zh, en FROM lines WHERE pair = ?", (told["id"],)).fetchone() == (
        told["zh"], told["en"],
    )  # fmt: skip

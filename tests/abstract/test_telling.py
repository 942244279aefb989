import numpy as np
import pytest

from digest.abstract.sections import Stand
from digest.abstract.telling import telling
from digest.abstract.unit import Unit
from digest.model import Sentence

ROOM = Stand(0, lead=True, summing_up=False, closed=False, code_heavy=False)
OTHER = Stand(1, lead=False, summing_up=False, closed=False, code_heavy=False)
SUM = Stand(2, lead=False, summing_up=True, closed=False, code_heavy=False)


def units_of(texts: list[str], rows: list[list[float]] | None = None) -> list[Unit]:
    vectors = rows or [[1.0 if i == n else 0.0 for i in range(len(texts))] for n in range(len(texts))]
    return [
        Unit(n, (Sentence(text, n, 0),), (), False, np.array(vectors[n], dtype=np.float32))
        for n, text in enumerate(texts)
    ]


def traits_of(
    texts: list[str], stands: list[Stand] | None = None, rows: list[list[float]] | None = None
) -> dict[str, list[float]]:
    count = len(texts)
    found = telling(units_of(texts, rows), np.ones(count, dtype=bool), stands or [ROOM] * count, "The Alder cache")
    return {name: list(values) for name, values in found.items()}


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("doing", "Today we are happy to announce Alder 2.", "You can announce Alder 2 at will."),
        ("doing", "我们今天发布了 Alder 2。", "它今天很慢。"),
        ("news", "Alder 2 is now available.", "Alder 2 keeps files."),
        ("news", "Alder 2 正式开源。", "Alder 2 保存文件。"),
        ("outcome", "Alder is twice as fast, better than Birch.", "Alder keeps files."),
        ("outcome", "Alder 的速度优于 Birch。", "Alder 保存文件。"),
        ("measured", "It needs 10 GB of memory.", "It needs much memory."),
        ("measured", "内存减少 30%。", "内存很少。"),
        ("limit", "It cannot run without a disk.", "It runs on a disk."),
        ("identity", "Alder is a cache for kernels.", "Alder keeps kernels."),
        ("identity", "Alder 是一种缓存。", "Alder 保存文件。"),
        ("title-words", "The Alder cache is fast.", "Something is fast."),
    ],
)
def test_wording_is_seen_in_both_languages(name: str, yes: str, no: str) -> None:
    first, second = traits_of([yes, no])[name]
    assert first > second == 0


def test_what_a_post_speaks_of_most_counts_from_its_first_mention() -> None:
    found = traits_of(
        ["Now all runs.", "With Birch it runs.", "And Birch is fast.", "So Birch stays.", "Then Elm goes."]
    )
    assert found["key-first"] == [0, 1, 0, 0, 0]
    assert found["key-name"][1] == 1 > found["key-name"][4] > found["key-name"][0] == 0


def test_an_echo_is_heard_from_another_section_only() -> None:
    rows = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    apart = traits_of(["One.", "Two.", "Three."], [ROOM, OTHER, OTHER], rows)
    together = traits_of(["One.", "Two.", "Three."], [ROOM, ROOM, OTHER], rows)
    assert apart["echo"] == [1, 1, 0]
    assert together["echo"] == [0, 0, 0]


def test_likeness_to_the_author_s_own_summary() -> None:
    rows = [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    found = traits_of(["One.", "Two.", "Three."], [ROOM, OTHER, SUM], rows)
    assert found["like-summary"] == [1, 0, 1]
    assert found["has-summary"] == [1, 1, 1]
    assert traits_of(["One."])["like-summary"] == [0]

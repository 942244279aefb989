"""The character model: what it says, how it is stored, and that it is trained the same each time."""

from __future__ import annotations

import hashlib
import json
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from digest.normalise.repair.models.characters import (
    COMMON,
    LINE,
    NUMBER,
    ORDERS,
    SKIP,
    SPECIAL,
    UNKNOWN,
    WORD,
    Characters,
    Grams,
    characters,
    classes,
    code_points,
    places,
    unpack,
)

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tools"))

from kept_ngrams import needs, pack
from ngrams import Counts, counted, ln, smooth, stream, windows
from train_characters import alike, for_training, gb2312, origins, train, vocabulary

LINES = """我们在这里训练一个小模型，用它来读坏掉的文字。
模型不大，但是不错：它知道中文里哪些字常在一起。
中国与世界，不与人争。发现问题，发出问题，向前走。
一个块，一个字；3 个模型 and 12 models，都在中间。
他说：“不在这里”，我们与他一起向前。"""
WORDS = [("模型", 900), ("中国", 5000), ("问题", 800), ("人工智能", 40), ("向前", 60), ("睿智", 3)]
# with gaps in the vocabulary: bigrams of frequent tokens are answered by a table, all others by search
MANY = "".join(chr(0x4E00 + n) for n in range(COMMON + 300))
NOTHING = Counts(np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0))


@pytest.fixture(scope="module")
def tiny() -> Grams:
    return train([LINES, LINES.replace("模型", "方法")], WORDS, least=0.0)


@pytest.fixture(scope="module")
def small(tiny: Grams) -> Characters:
    return Characters(tiny)


def ids(model: Characters, text: str) -> list[int]:
    return [int(t) for t in model.tokens(text)]


def everything(model: Characters) -> list[int]:
    return [t for t in range(model.size) if t != SKIP]


def test_code_points_have_the_ids_of_the_contract() -> None:
    model = characters()
    found = ids(model, "aZ09 \t\u3000\u00a0中\u0001\U0010fffd")
    assert found[:8] == [WORD, WORD, NUMBER, NUMBER, SKIP, SKIP, SKIP, SKIP]
    assert found[8] >= SPECIAL
    assert model.points[found[8] - SPECIAL] == ord("中")
    assert found[9:] == [UNKNOWN, UNKNOWN]
    assert len(model.ids) == 0x110000
    assert int(model.ids.max()) == model.size - 1


def test_the_vocabulary_has_what_text_may_hold() -> None:
    model = characters()
    wanted = gb2312() + "，。、；：？！“”‘’「」『』【】《》（）—…·～％＋１Ａ🤗🚀✅→≠"
    missing = {c for c in wanted if model.ids[ord(c)] == UNKNOWN}
    assert not missing


def test_runs_and_white_space_are_left_out() -> None:
    model = characters()
    text = "用 Hello big World 2024 模型"
    tokens = model.tokens(text)
    kept = tokens[places(tokens)].tolist()
    assert kept[1:3] == [WORD, NUMBER]
    assert len(kept) == 5
    assert len(places(model.tokens("  "))) == 0


@pytest.mark.parametrize("context", ["", "的", "模型", "不与", "」，", "训练"])
def test_the_shipped_chances_add_up_to_about_one(context: str) -> None:
    model = characters()
    tokens = [LINE, LINE, LINE, *ids(model, context)]
    asked = everything(model)
    assert np.exp(model.alone(asked)).sum() == pytest.approx(1, abs=0.1)
    assert np.exp(model.pair(tokens[-1], asked)).sum() == pytest.approx(1, abs=0.15)


def test_the_chances_of_an_unpruned_model_add_up(small: Characters) -> None:
    asked = everything(small)
    for text in ("", "模", "模型", "我们在", "型模的"):
        x, a, b = [LINE, LINE, LINE, *ids(small, text)][-3:]
        for scores in (small.pair(b, asked), small.score(a, b, asked), small.score(a, b, asked, before=x)):
            assert np.exp(scores).sum() == pytest.approx(1, abs=0.15)


def test_what_was_seen_is_likelier(small: Characters) -> None:
    a, b, seen, other = ids(small, "小模型块")
    assert small.score(a, b, seen) > small.score(a, b, other) + 2
    assert small.pair(b, seen) > small.alone(seen)


def test_a_longer_context_is_used(small: Characters) -> None:
    x, a, b, c, other = ids(small, "不与人争走")
    assert small.score(a, b, c, before=x) > small.score(a, b, other, before=x)
    assert small.score(a, b, c, before=x) >= small.score(a, b, c)


def test_a_dictionary_teaches_words_that_no_text_has(small: Characters) -> None:
    a, b, other = ids(small, "睿智一")
    assert small.pair(a, b) > small.pair(a, other)


def test_arrays_broadcast_and_agree_with_single_questions(small: Characters) -> None:
    a, b = np.array(ids(small, "我模"))[:, None], np.array(ids(small, "们型"))[:, None]
    c = np.array(ids(small, "在，与"))[None, :]
    together = small.score(a, b, c)
    assert together.shape == (2, 3)
    assert together.dtype == np.float32
    assert together[1, 2] == small.score(int(a[1, 0]), int(b[1, 0]), int(c[0, 2]))


def test_frequent_and_rare_pairs_are_answered_alike() -> None:
    grams = train([f"{MANY}\n{MANY[::-1]}\n{MANY[::3]}"], WORDS, least=0.0)
    model = Characters(grams)
    pairs = grams.orders[1]
    b, c = (pairs.keys >> np.uint64(14)).astype(int), (pairs.keys & np.uint64(0x3FFF)).astype(int)
    assert ((b < COMMON) & (c < COMMON)).any()
    assert ((b >= COMMON) & (c >= COMMON)).any()
    assert np.array_equal(model.pair(b, c), -0.25 * pairs.chances.astype(np.float32))


def test_all_that_is_stored_is_found(tiny: Grams, small: Characters) -> None:
    for order in range(3, ORDERS + 1):
        grams = tiny.orders[order - 1]
        assert len(grams.keys)
        tokens = [(grams.keys >> np.uint64(14 * back) & np.uint64(0x3FFF)).astype(int) for back in range(order)][::-1]
        before = tokens[0] if order == ORDERS else None
        assert np.array_equal(small.score(*tokens[-3:], before=before), -0.25 * grams.chances.astype(np.float32))


def test_packing_loses_nothing(tiny: Grams) -> None:
    again = unpack(pack(tiny))
    assert np.array_equal(again.points, tiny.points)
    for one, other in zip(again.orders, tiny.orders, strict=True):
        assert np.array_equal(one.keys, other.keys)
        assert np.array_equal(one.chances, other.chances)
        assert np.array_equal(one.backs, other.backs)


def test_training_gives_the_same_bytes_again(tiny: Grams) -> None:
    again = train([LINES, LINES.replace("模型", "方法")], WORDS, least=0.0)
    assert pack(again) == pack(tiny)
    assert pack(train([LINES], WORDS, least=0.0)) != pack(tiny)


def test_pruning_keeps_less(tiny: Grams) -> None:
    pruned = train([LINES, LINES.replace("模型", "方法")], WORDS, least=2.0)
    sizes = [len(order.keys) for order in pruned.orders]
    assert sizes[0] == len(tiny.orders[0].keys)
    assert all(less < more for less, more in zip(sizes[1:], (len(o.keys) for o in tiny.orders[1:]), strict=True))


def test_windows_stop_at_the_start_of_a_line() -> None:
    t = stream(np.array([8, 9, LINE, LINE, 7, WORD, SKIP, WORD]))
    assert t.tolist() == [LINE, 8, 9, LINE, 7, WORD, LINE]
    keys, most = windows(t, 3, np.array([0, 5.0, 1, 0, 2, 3, 0]))
    unpacked = [tuple(int(key) >> 14 * back & 0x3FFF for back in (2, 1, 0)) for key in keys]
    assert unpacked == [(0, 0, 8), (0, 8, 9), (8, 9, 0), (0, 0, 7), (0, 7, WORD), (7, WORD, 0)]
    assert most.tolist() == [5, 5, 5, 2, 3, 3]


def test_only_what_can_change_is_needed() -> None:
    points = vocabulary([LINES], WORDS)
    sets = [{chr(points[i - SPECIAL]) for i in members} for members in alike(points)]
    assert any({"中", "与", "不"} <= members for members in sets)
    assert not any("的" in members for members in sets)  # E7 9A 84: nothing of it is lost
    ids = classes(points)
    ids[ord("\n")] = LINE
    t = stream(ids[code_points(f"{LINES}\n")].astype(np.int32))
    model = smooth(counted(t), [NOTHING] * (ORDERS - 1), SPECIAL + len(points))
    need = needs(t, model, alike(points))
    chars = ["" if token < SPECIAL else chr(points[token - SPECIAL]) for token in t.tolist()]
    needed = {char for char, nats in zip(chars, need.tolist(), strict=True) if nats > 0}
    assert "不" in needed
    assert needed <= set().union(*sets)


def test_logs_are_right() -> None:
    x = np.concatenate((np.linspace(1e-9, 3, 1000), [1e-30, 0.5, 1.0, 2.0, 1e20]))
    assert np.allclose(ln(x), np.log(x), rtol=1e-14, atol=1e-15)


def test_sources_are_recorded_with_the_model() -> None:
    data = files("digest") / "data"
    said = json.loads((data / "characters.json").read_text("utf-8"))
    body = (data / "characters.bin").read_bytes()
    assert said["model"]["sha256"] == hashlib.sha256(body).hexdigest()
    assert said["model"]["ngrams"] == [len(order.keys) for order in unpack(body).orders]
    assert len(body) < 2_100_000
    for source in said["sources"]:
        assert set(source) == {"file", "repository", "commit", "licence", "sha256"}
        assert all(source.values())
        assert for_training(source["file"].removesuffix(".txt.xz"))


def test_the_origin_of_a_source_is_read_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a__b.txt.xz").write_bytes(b"x")
    row = "| `a__b.txt.xz` | example.org/a/b | `0123abc` | MIT (`LICENSE`) | 1,000 | 2 |"
    (tmp_path / "README.md").write_text(f"# Text\n\n| source | repository |\n|---|---|\n{row}\n", "utf-8")
    assert origins(tmp_path, ["a__b"]) == [
        {
            "file": "a__b.txt.xz",
            "repository": "example.org/a/b",
            "commit": "0123abc",
            "licence": "MIT (LICENSE)",
            "sha256": hashlib.sha256(b"x").hexdigest(),
        }
    ]
    with pytest.raises(KeyError):
        origins(tmp_path, ["no_such_file"])


def test_what_is_kept_aside_is_not_trained_on() -> None:
    assert not for_training("microsoft__DeepSpeed")
    assert not for_training("cncf__glossary")
    assert not for_training("nolicencefile__anything")
    assert for_training("huggingface__course")

"""The engine `mt` on a tiny model made here: lines, sentences, faults, and what is wrong with a folder."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sentencepiece
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_model import argos_zip, plain_folder

from digest.engines.local import LocalEngine, models_folder, pull
from digest.engines.local.folder import fingerprint, installed
from digest.engines.local.loading import WINDOW, LocalModel, Said
from digest.engines.local.marks import chinese_marks
from digest.fetch.web import Web
from digest.translate.engine import FAULTS, Answer, Answers, Asked, Engine, Task

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of both directions: zh-en from an Argos package, en-zh a plain folder."""
    room = tmp_path_factory.mktemp("local")
    with Web() as web:
        pull([], folder=room / "models", web=web, now=NOW, from_=str(argos_zip(room / "zh_en.argosmodel")))
    plain_folder(room / "models" / "en-zh", seed=2)
    return room / "models"


@pytest.fixture(scope="module")
def engine(folder: Path) -> LocalEngine:
    return LocalEngine(folder, threads=1)


def ask(engine: Engine, lines: Sequence[str], source: str = "zh", target: str = "en") -> Answers:
    return engine.translate(Task(tuple(Asked(line) for line in lines), source, target))


LINES = (
    "一个小模型，它说的都不是真话。",
    "有多少行？",
    "用 X1 和 X2。",
    "测试需要可以切开的词：引擎读一行，就还一行。",
)


# ---- what it answers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [("zh", "en"), ("en", "zh"), ("zh-Hans", "en-GB")])
def test_each_line_has_its_answer(engine: LocalEngine, pair: tuple[str, str]) -> None:
    answers = ask(engine, LINES, *pair)
    assert answers.failure == ""
    assert len(answers.lines) == len(LINES)
    assert all(answer.text and not answer.faults and answer.lasting for answer in answers.lines)
    assert len({answer.text for answer in answers.lines}) == len(LINES)


def test_the_same_again_and_in_any_order(engine: LocalEngine, folder: Path) -> None:
    first = ask(engine, LINES).lines
    assert ask(LocalEngine(folder, threads=2), LINES).lines == first
    assert ask(engine, LINES[::-1]).lines == first[::-1]
    assert tuple(ask(engine, [line]).lines[0] for line in LINES) == first
    assert ask(engine, LINES[:1] * 3).lines == first[:1] * 3


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=8))
def test_any_text_has_an_answer_that_may_be_looked_at(engine: LocalEngine, lines: list[str]) -> None:
    answers = ask(engine, lines)
    assert len(answers.lines) == len(lines)
    for asked, answer in zip(lines, answers.lines, strict=True):
        assert (answer.text is None) == bool(answer.faults)
        assert set(answer.faults) <= {*FAULTS, "copy"}
        if answer.text is not None:
            assert answer.text.strip() == answer.text != asked
            assert "\n" not in answer.text
            for left in ("</s>", "<s>", "\u2581"):
                assert left not in answer.text
            assert "<unk>" not in answer.text or "<unk>" in asked


def test_a_line_of_two_sentences_is_two_answers_put_together(engine: LocalEngine) -> None:
    first, second = LINES[0], LINES[3]
    apart = [answer.text for answer in ask(engine, [first, second]).lines]
    assert ask(engine, [first + second]).lines[0].text == " ".join(map(str, apart))


@pytest.mark.parametrize("line", ["", "   ", "\n", "\u3000"])
def test_an_empty_line_is_empty(engine: LocalEngine, line: str) -> None:
    assert ask(engine, [line]).lines == (Answer(None, ("empty",)),)


def test_no_lines_no_answers(engine: LocalEngine) -> None:
    assert ask(engine, []) == Answers(())


def test_a_long_sentence_is_taken_apart_at_its_clauses(engine: LocalEngine) -> None:
    assert ask(engine, ["一个小模型，它说的都不是真话，" * 60 + "用两种语言。"]).lines[0].text


def test_what_cannot_be_taken_apart_is_not_cut(engine: LocalEngine) -> None:
    answers = ask(engine, ["词" * (WINDOW + 50), LINES[0]])
    assert answers.lines[0] == Answer(None, ("too-large",))
    assert answers.lines[1].text


def test_a_sentence_without_an_answer_takes_its_line_with_it(engine: LocalEngine) -> None:
    assert ask(engine, [LINES[0] + "词" * (WINDOW + 50)]).lines == (Answer(None, ("too-large",)),)


class _Repeats:
    """A translator that gives set pieces, whatever it is asked."""

    def __init__(self, pieces: list[str], doubt: float = 0.0) -> None:
        self.pieces, self.asked, self.doubt = pieces, [], doubt

    def translate_batch(self, batch: list[list[str]], **options: object) -> list[object]:
        self.asked += batch
        return [type("Found", (), {"hypotheses": [self.pieces]})() for _ in batch]

    def score_batch(self, batch: list[list[str]], answers: list[list[str]], **options: object) -> list[object]:
        return [type("Scored", (), {"log_probs": [-self.doubt] * len(pieces)})() for pieces in answers]


def saying(folder: Path, pieces: list[str], pair: str = "zh-en") -> LocalModel:
    model = LocalModel(next(each for each in installed(folder) if each.pair == pair), threads=1)
    model._translator = _Repeats(pieces)
    return model


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        (["\u2581Tests", "\u2581need", "\u2581X", "1", ".", "</s>"], Said("Tests need X1.")),
        (["\u2581Tests", "<unk>"], Said("", "malformed")),
        (["\u2581Tests", "\u2581\u2047"], Said("", "malformed")),
        (["\u2581", "<0xE4>"], Said("", "malformed")),
        ([], Said("", "empty")),
        (["\u2581", "</s>"], Said("", "empty")),
        (["\u2581Tests"] * 60, Said("", "cut-off")),
    ],
)
def test_pieces_are_joined_or_refused(folder: Path, pieces: list[str], said: Said) -> None:
    assert saying(folder, pieces).translate(["一行。"]) == (said,)


def test_a_mark_that_the_line_has_itself_is_no_fault(folder: Path) -> None:
    assert saying(folder, ["\u2581The", "\u2581<unk>"]).translate(["词 <unk>。"]) == (Said("The <unk>"),)


def test_the_target_has_pieces_of_its_own(folder: Path) -> None:
    assert saying(folder, ["\u2581", "一个", "小", "模型"], "en-zh").translate(["A model."]) == (Said("一个小模型"),)


def test_chinese_has_chinese_marks(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalModel, "translate", lambda self, lines: tuple(Said("很大,很 快.") for _ in lines))
    assert ask(engine, ["It is big. It is fast."], "en", "zh").lines == (Answer("很大，很快。很大，很快。"),)
    assert ask(engine, ["一。"], "zh", "en").lines == (Answer("很大,很 快."),)


@given(st.text(st.sampled_from('很大a1,.;:!?，。 ()“”X"')), st.text())
def test_marks_change_nothing_but_marks_and_blanks(text: str, asked: str) -> None:
    once = chinese_marks(text, asked)
    assert [c for c in once if c.isalnum()] == [c for c in text if c.isalnum()]
    assert chinese_marks(once, asked) == once or " " in text  # a blank gone may bring a mark to a character
    if "很" not in text and "大" not in text:
        assert once == text


def test_an_answer_that_repeats_its_line_is_none(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalModel, "translate", lambda self, lines: tuple(Said(line) for line in lines))
    copied = engine.translate(Task((Asked("GPT"), Asked("GPT", "title")), "zh", "en"))
    assert copied.lines == (Answer(None, ("copy",)), Answer("GPT"))


@pytest.mark.parametrize(
    ("config", "ending"),
    [
        ({"add_source_eos": True, "decoder_start_token": "<s>"}, []),  # Marian's converter: CTranslate2 adds it
        ({"add_source_eos": False, "decoder_start_token": "</s>"}, ["</s>"]),  # that of transformers
        ({"add_source_eos": False, "decoder_start_token": "<s>"}, []),  # OpenNMT
    ],
)
def test_a_sentence_ends_as_its_model_learnt_it(tmp_path: Path, config: dict[str, object], ending: list[str]) -> None:
    place = plain_folder(tmp_path / "zh-en") / "config.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | config))
    model = saying(tmp_path, ["\u2581ok"])
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "zh-en" / "source.spm"))
    model.translate(["一行。"])
    assert model._translator.asked == [pieces.encode("一行。", out_type=str) + ending]


def test_a_mark_before_the_answer_is_taken_off(tmp_path: Path) -> None:
    plain_folder(tmp_path / "en-zh")
    (tmp_path / "en-zh" / "metadata.json").write_text(json.dumps({"target_prefix": ">>zh<<"}))
    assert saying(tmp_path, [">>zh<<", "\u2581", "一个"], "en-zh").translate(["One."]) == (Said("一个"),)


# ---- what it is -----------------------------------------------------------------------------------------------------


def test_it_serves_what_is_installed(engine: LocalEngine, tmp_path: Path) -> None:
    assert engine.serves("zh-Hant", "en")
    assert engine.serves("en", "zh")
    assert not engine.serves("en", "de")
    assert engine.lacks("zh", "en") == ""
    empty = LocalEngine(tmp_path / "nowhere")
    assert not empty.serves("zh", "en")
    assert (
        empty.lacks("en", "zh") == "no model translates en-zh here: digest models pull en-zh (about 71 MB, CC-BY 4.0)"
    )
    assert empty.lacks("en", "de") == "no model translates en-de here: none is known"
    assert ask(empty, LINES).failure == empty.lacks("zh", "en")
    assert all(answer == Answer(None, ("server",), lasting=False) for answer in ask(empty, LINES).lines)


def test_a_signature_names_what_answers_hang_on(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "models")
    signature = LocalEngine(folder).signature
    assert signature.startswith("mt:ct2-en_zh:")
    assert "+argos-zh_en-0.1:" in signature
    assert signature.endswith(":beam2")
    assert " " not in signature
    assert str(folder) not in signature
    assert LocalEngine(tmp_path / "models", threads=3).signature == signature
    assert LocalEngine(folder, beam=4).signature != signature
    plain_folder(tmp_path / "models" / "en-zh", seed=9)
    assert LocalEngine(tmp_path / "models").signature != signature


@pytest.mark.parametrize("name", ["source.spm", "target.spm", "model.bin", "shared_vocabulary.json", "config.json"])
def test_a_fingerprint_sees_every_file_that_is_read(tmp_path: Path, name: str) -> None:
    path = plain_folder(tmp_path / "zh-en") / name
    (model,) = installed(tmp_path)
    before = fingerprint(model)
    path.write_bytes(path.read_bytes() + b" ")
    assert fingerprint(model) != before


def test_nothing_is_loaded_before_it_is_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalModel, "__init__", lambda *_: pytest.fail("loaded"))
    engine = LocalEngine(folder)
    assert engine.serves("zh", "en")
    assert engine.signature


# ---- what may be wrong ----------------------------------------------------------------------------------------------


def spoil(name: str, folder: Path) -> None:
    path = folder / name
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize("name", ["model.bin", "source.spm", "target.spm", "shared_vocabulary.json", "config.json"])
def test_a_broken_file_is_one_clear_line(tmp_path: Path, name: str) -> None:
    spoil(name, plain_folder(tmp_path / "zh-en"))
    answers = ask(LocalEngine(tmp_path), LINES)
    assert "zh-en" in answers.failure
    assert "again" in answers.failure
    assert "\n" not in answers.failure
    assert str(tmp_path) not in answers.failure
    assert [answer.text for answer in answers.lines] == [None] * len(LINES)


@pytest.mark.parametrize("part", [b"decoder/embeddings/weight", b"TransformerSpec"])
def test_a_model_with_a_part_misnamed_is_one_clear_line(tmp_path: Path, part: bytes) -> None:
    path = plain_folder(tmp_path / "zh-en") / "model.bin"
    assert part in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(part, part.upper()))
    failure = ask(LocalEngine(tmp_path), LINES).failure
    assert "the model of zh-en cannot be read" in failure
    assert "\n" not in failure


@pytest.mark.parametrize("name", ["source.spm", "shared_vocabulary.json"])
def test_a_missing_file_is_one_clear_line(tmp_path: Path, name: str) -> None:
    (plain_folder(tmp_path / "zh-en") / name).unlink()
    failure = ask(LocalEngine(tmp_path), LINES).failure
    assert failure
    assert "\n" not in failure


def test_without_the_packages_it_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    engine = LocalEngine(folder)
    assert "pip install '.[mt]'" in engine.lacks("zh", "en")
    assert ask(engine, LINES).failure == engine.lacks("zh", "en")


@pytest.mark.parametrize(
    ("setting", "environment", "folder"),
    [
        ("/a/b", {"DIGEST_MODELS": "/c"}, "/a/b"),
        ("~/m", {}, "/home/me/m"),
        ("", {"DIGEST_MODELS": "/c", "XDG_DATA_HOME": "/d"}, "/c"),
        ("", {"XDG_DATA_HOME": "/d"}, "/d/bilingual-digest/models"),
        ("", {"XDG_DATA_HOME": "d"}, "/home/me/.local/share/bilingual-digest/models"),
        ("", {}, "/home/me/.local/share/bilingual-digest/models"),
    ],
)
def test_where_models_are(setting: str, environment: dict[str, str], folder: str) -> None:
    assert models_folder(setting, environment, Path("/home/me")) == Path(folder)

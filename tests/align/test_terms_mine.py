"""Mining: where a term in brackets begins, what acronyms stand for, and what stands together without a bracket."""

from __future__ import annotations

import pytest
from word_bag import WordBag

from digest.align.lexicon import named
from digest.align.terms.brackets import best_long_form, bracketed, is_short_for, long_forms_of
from digest.align.terms.mine import Sighting, mine
from digest.align.terms.together import log_likelihood
from digest.align.words import stem
from digest.model import Line

SAME = {
    "图像": "image", "编码器": "encoder", "条件": "causal", "语言": "language", "模型": "model", "检索": "retrieval",
    "增强": "augmented", "生成": "generation", "词": "word", "嵌入": "embedding", "矩阵": "matrix", "令牌": "token",
    "河流": "river", "测量": "gauge", "站": "station", "水位": "level",
}  # fmt: skip
LEXICON = named({zh: {stem(en): 0.9} for zh, en in SAME.items()})


def pair(zh: str, en: str, code: tuple[tuple[int, int], ...] = ()) -> tuple[Line, Line]:
    return Line("zh-Hans", zh, (), code), Line("en", en)


def mined(*pairs: tuple[Line, Line]) -> list[tuple[str, str, str]]:
    return [(s.zh, s.en, s.how) for s in _mine(*pairs)]


def _mine(*pairs: tuple[Line, Line]) -> tuple[Sighting, ...]:
    return mine(pairs, WordBag(SAME, 512), LEXICON)


def test_a_term_in_brackets_begins_where_it_says_what_the_original_says() -> None:
    found = _mine(pair("我们介绍一种图像编码器（image encoder）。", "We present an image encoder."))
    assert [(s.zh, s.en, s.how) for s in found] == [("图像编码器", "image encoder", "brackets")]
    (seen,) = found[0].evidence
    assert "我们介绍一种图像编码器（image encoder）。"[slice(*seen.zh)] == "图像编码器"
    assert "We present an image encoder."[slice(*seen.en)] == "image encoder"


def test_an_acronym_is_expanded_from_the_text() -> None:
    found = mined(
        pair("系统采用检索增强生成（RAG）。", "The system uses RAG."),
        pair("这很重要。", "Retrieval augmented generation (RAG) matters."),
    )
    assert ("检索增强生成", "Retrieval augmented generation", "brackets") in found


def test_an_acronym_that_nobody_spells_out_is_no_term() -> None:
    assert mined(pair("系统采用检索增强生成（RAG）。", "The system uses RAG.")) == []


def test_what_the_english_line_does_not_say_is_no_term() -> None:
    assert mined(pair("我们介绍图像编码器（image encoder）。", "We present something else.")) == []


def test_code_is_no_term() -> None:
    zh = "图像编码器（image encoder）"
    assert mined(pair(zh, "An image encoder.", ((0, len(zh)),))) == []


@pytest.mark.parametrize(
    "zh",
    [
        "许多模型（Smith et al., 2021）",
        "许多模型（LLaMA、T5）",
        "许多模型（如 BERT）",
        "许多模型（https://example.org）",
        "许多模型（load_model）",
        "许多模型（）",
    ],
)
def test_what_is_no_name_in_brackets_is_passed_over(zh: str) -> None:
    assert list(bracketed(Line("zh", zh), {})) == []


def test_chinese_in_brackets_after_english_is_found_on_either_side() -> None:
    assert mined(pair("我们用 image encoder（图像编码器）。", "We use an image encoder.")) == [
        ("图像编码器", "image encoder", "brackets")
    ]
    assert mined(pair("我们用图像编码器。", "We use an image encoder (图像编码器).")) == [
        ("图像编码器", "image encoder", "brackets")
    ]


def test_full_form_and_its_chinese_in_brackets_after_the_acronym() -> None:
    found = mined(pair("RAG（Retrieval Augmented Generation，检索增强生成）", "RAG (Retrieval Augmented Generation)"))
    assert found == [("检索增强生成", "Retrieval Augmented Generation", "brackets")]


def test_a_short_name_of_a_long_term_is_half_a_term() -> None:
    assert mined(pair("这里用模型（causal language model）。", "It is a causal language model.")) == []


def test_terms_that_stand_together_again_and_again_are_found_without_a_bracket() -> None:
    found = mined(
        pair("词嵌入矩阵很大。", "The word embedding matrix is large."),
        pair("我们保存词嵌入矩阵。", "We keep the word embedding matrix."),
        *(pair(f"第{n}行。", f"Line {n}.") for n in range(14)),
    )
    assert found == [("词嵌入矩阵", "word embedding matrix", "pairs")]


def test_two_phrases_that_share_lines_but_no_words_are_no_term() -> None:
    bare = named({})
    rows = [
        pair("词嵌入矩阵很大。", "The gauge station was closed."),
        pair("我们保存词嵌入矩阵。", "We left the gauge station."),
        *(pair(f"第{n}行。", f"Line {n}.") for n in range(14)),
    ]
    assert mine(rows, WordBag(SAME, 512), bare) == ()


def test_once_is_not_enough_without_a_bracket() -> None:
    rows = [
        pair("词嵌入矩阵很大。", "The word embedding matrix is large."),
        *(pair("天气。", "Rain.") for _ in range(5)),
    ]
    assert mined(*rows) == []


def test_mining_nothing_gives_nothing() -> None:
    assert mine([], WordBag(SAME, 8), LEXICON) == ()
    assert mined(pair("", "")) == []


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("LLM", "large language model"),
        ("LoRA", "Low-Rank Adapters"),
        ("RLHF", "Reinforcement Learning from Human Feedback"),
        ("LLMs", "Large Language Models"),
    ],
)
def test_acronyms(short: str, long: str) -> None:
    assert is_short_for(short, long)
    assert best_long_form(short, f"we use {long}".split()) == long


def test_a_long_form_that_may_begin_earlier_is_not_believed() -> None:
    line = Line("en", "the French National Center for Scientific Research (CNRS) and Text Generation Inference (TGI)")
    assert long_forms_of([line]) == {"tgi": "Text Generation Inference"}


def test_the_ratio_grows_with_evidence_and_is_zero_at_chance() -> None:
    assert log_likelihood(4, 4, 4, 50) > log_likelihood(2, 2, 2, 50) > 10.83
    assert log_likelihood(25, 50, 50, 100) == pytest.approx(0)


def test_long_lines_take_no_long_time() -> None:
    lines = [
        "(" * 2000,
        "a-" * 1000,
        "（A" * 600 + "）",
        "A" * 2000 + "(AA)",
        "中" * 2000 + "（image encoder）",
        "Aa." * 600,
    ]
    rows = [pair(one, other) for one in lines for other in lines[:2]]
    assert isinstance(mine(rows, WordBag(SAME, 8), LEXICON), tuple)

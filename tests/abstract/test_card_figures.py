"""The figures of a fact card: those of the subject, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from digest.abstract.card import facts_of
from digest.model import Document, Fact
from digest.normalise.markdown import read_markdown


def document(text: str, lang: str = "en") -> Document:
    return read_markdown(text, "https://example.org/heron", lang=lang)


def values(facts: Sequence[Fact], name: str) -> list[str | None]:
    return [fact.value.en for fact in facts if fact.name == name]


def test_a_pronoun_behind_the_subjects_name_means_the_subject() -> None:
    text = "# Introducing Heron-2\n\nA bird.\n\n## License\n\nHeron-2 is free. It is released under CC-BY-NC-4.0.\n"
    assert values(facts_of(document(text)), "licence") == ["CC-BY-NC-4.0"]
    assert values(facts_of(document(text.replace("Heron-2 is free", "Owl-3 is free"))), "licence") == []


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Heron-2 was trained on 3 trillion tokens.", [("size", "3 trillion tokens")]),
        ("Heron-2 offers a longer context length (up to 128K tokens).", [("context", "up to 128K tokens")]),
        ("Heron-2 has 50K tokens in its vocabulary.", []),
        ("Heron-2 基于 1.5 万亿词元训练。", [("size", "1.5 万亿词元")]),
    ],
)
def test_few_tokens_are_a_context_and_many_a_size(sentence: str, found: list[tuple[str, str]]) -> None:
    facts = facts_of(document(f"# Introducing Heron-2\n\nA bird, Heron-2, is here.\n\n{sentence}\n"))
    assert [(fact.name, fact.value.en) for fact in facts] == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "With a context length of over 8,000 tokens, the Heron-2 models wade.",
            ["context length of over 8,000 tokens"],
        ),
        ("Trained with only 4M images (see below), Heron-2 wades.", ["4M images"]),
        ("Heron-2, with only 7B parameters, has surpassed larger models.", ["7B parameters"]),
        ("This is about the 176B parameter model Heron-2.", ["176B parameter"]),
        ("Notably, Heron-2 comes in two sizes: 7B and 34B parameters.", ["7B and 34B parameters"]),
        ("仅基于 400 万张图像预训练而得的 Heron-2 模型已经可用。", ["400 万张图像"]),
        ("Heron-2 拥有 70 亿参数，优于 700 亿参数的模型。", ["70 亿参数"]),
    ],
)
def test_a_figure_stands_before_or_behind_its_subject(sentence: str, found: list[str]) -> None:
    facts = facts_of(document(f"# Introducing Heron-2\n\nA bird, Heron-2, is here.\n\n{sentence}\n"))
    assert [fact.value.en for fact in facts] == found


def test_two_contexts_are_those_of_two_things() -> None:
    text = "# Introducing Heron-2\n\nHeron-2 has a 4K context window.\n\nHeron-2 supports a 32K context window.\n"
    assert values(facts_of(document(text)), "context") == []
    assert values(facts_of(document(text.replace("32K", "4K"))), "context") == ["4K context window"]


def test_no_space_is_needed_between_the_scripts() -> None:
    text = "# Heron-2发布\n\n我们发布了Heron-2。Heron-2支持超过92种语言，采用**Apache 2.0**的许可。GPT-9拥有9亿参数。\n"
    facts = facts_of(document(text, "zh"))
    assert [(fact.name, fact.value.zh) for fact in facts] == [("licence", "Apache 2.0"), ("languages", "超过92种语言")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Unlike Heron-2, GPT-9 has 900B parameters.",  # another's
        "Heron-2 beats Owl-3 with 900B parameters.",  # whose?
        "Heron-2 would need 900B parameters to do that.",  # a condition
        "With Heron-2, is a model of 900B parameters obsolete?",  # a question
        "Heron-2 is smaller than models of 900B parameters.",  # a comparison
        "Heron-2 knows 14 programming languages.",  # no natural ones
        "We trained Heron-2 in the spirit of Owl, which is released under the MIT License, by hand.",
        "Heron-2 can be compared with Owl 3, released under the MIT License.",
        "与 Heron-2 不同，Owl 采用 MIT 许可证。",
        "Heron-2 ranks 1580 samples/s.",
        "Heron-2 的输入不能超过 512 个词元。",
        "Heron-2 outperforms models with 70B parameters.",  # a comparison without "than"
        "We evaluated Heron-2 with a 4K context window.",  # a test
        "Heron-2 runs at a 4K context length on a laptop.",
        "Heron-2 was evaluated on 24 datasets.",
        "You can fine-tune Heron-2 with 500 examples.",  # a step
        "We train Heron-2 on 10k samples of birds.",
        "Heron-2 was trained on a further 35B tokens.",
        "In the case of Heron-2, position codes alone have 100M parameters.",  # a part
        "The Heron-2 tokenizer was trained on 2 billion tokens.",
        "The largest Heron-2 has 70B parameters.",  # one of several
        "Heron-2 is small, and the teacher has 900B parameters.",  # a clause with a subject of its own
        "Heron-2 has up to 70B parameters.",
        "The community has created over 3,000 models with Heron-2.",
        "Theheron-2 has 300M parameters.",  # no whole word
        "Heron-2.5 has 300M parameters.",  # another version
        "Heron-2 在 24 个数据集上进行了评测。",
        "我们在 1 万个样本上训练 Heron-2。",
        "我们针对一个 35B 词元的 Python 数据集对 Heron-2 模型进行了微调。",
        "Heron-2 的编码器有 3 亿参数。",
        "Heron-2 很小，但性能与 700 亿参数的模型相当。",
    ],
)
def test_what_may_be_anothers_is_left_out(sentence: str) -> None:
    text = f"# Introducing Heron-2\n\nWe release Heron-2 today. Heron-2 is a bird.\n\n{sentence}\n"
    assert facts_of(document(text)) == ()

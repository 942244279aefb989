"""The fact card: what a post says of its own subject, verbatim, and nothing of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.abstract.card import LEAST, MOST, ROWS, fact_card, facts_of
from digest.abstract.card_names import subject_names
from digest.abstract.genre import genre_of
from digest.model import Document, Fact, Guess, Paragraph
from digest.normalise.markdown import read_markdown
from digest.render.words import WORDS

RELEASE = """# Introducing Heron-2: an open retriever

We release Heron-2, a retriever for two languages. Heron-2 has 310M parameters and was trained on 2 billion pairs.
Its predecessor used [WrenNet](https://arxiv.org/abs/1901.00001), and [Owl](https://github.com/nightbirds/owl) reads
its output. Heron-2 is released under the Apache 2.0 license.

Paper: https://arxiv.org/abs/2504.01234 Code: https://github.com/waders/heron

## What it can do

Heron-2 supports 23 languages with a 32K context window. GPT-9 has 900B parameters.
"""
ZH = """# Heron-2：面向双语检索的开源模型

我们发布了 Heron-2，它由涉禽团队训练。Heron-2 拥有 3.1 亿参数，支持 23 种语言，上下文长度为 32K。
模型采用 Apache 2.0 许可证发布，Heron-2 的代码见 [代码仓库](https://github.com/waders/heron)。
Heron-2 是在 [Heron-2：双语检索](https://arxiv.org/abs/2504.01234) 中提出的。
"""


def document(text: str, lang: str = "en") -> Document:
    return read_markdown(text, "https://example.org/heron", lang=lang)


def values(facts: Sequence[Fact], name: str) -> list[str | None]:
    return [fact.value.en for fact in facts if fact.name == name]


def test_the_card_holds_what_the_post_says_of_its_subject() -> None:
    card = fact_card(document(RELEASE))
    assert [fact.value.zh for fact in card if fact.name == "type"] == ["发布"]
    assert values(card, "size") == ["310M parameters", "2 billion pairs"]
    assert values(card, "context") == ["32K context window"]
    assert values(card, "paper") == ["2504.01234"]
    assert values(card, "code") == ["waders/heron"]
    assert values(card, "licence") == ["Apache 2.0 license"]
    assert values(card, "languages") == ["23 languages"]


def test_a_chinese_original_has_a_card_too() -> None:
    card = fact_card(document(ZH, "zh"))
    assert values(card, "size") == ["3.1 亿参数"]
    assert values(card, "languages") == ["23 种语言"]
    assert values(card, "context") == ["上下文长度为 32K"]
    assert values(card, "licence") == ["Apache 2.0 许可证"]
    assert values(card, "paper") == ["2504.01234"]
    assert values(card, "code") == ["waders/heron"]


def test_a_thin_card_is_none() -> None:
    one = document("# Introducing Heron-2\n\nWe release Heron-2, and Heron-2 has 310M parameters.\n\nIt is fast.\n")
    assert len(facts_of(one)) == 1 < LEAST
    assert fact_card(one) == ()


@pytest.mark.parametrize(
    ("line", "name", "found"),
    [
        ("Read [our paper](https://arxiv.org/abs/2504.01234v2).", "paper", ["2504.01234"]),
        ("The [Heron-2 paper](https://hf.co/papers/2504.01234) says so.", "paper", ["2504.01234"]),
        ("See [Heron-2: birds of a feather](https://doi.org/10.1000/xyz-1).", "paper", ["10.1000/xyz-1"]),
        ("Heron-2 ([Grey et al., 2025](https://arxiv.org/abs/2504.01234)) wades.", "paper", ["2504.01234"]),
        ("It builds on [attention](https://arxiv.org/abs/1706.03762).", "paper", []),
        ("The [Owl paper](https://arxiv.org/abs/1706.03762) came first.", "paper", []),
        ("[Code](https://github.com/waders/nest)", "code", ["waders/nest"]),
        ("To learn more, see our [github repo](https://github.com/waders/nest).", "code", []),  # of a tool, most often
        ("It runs on the [implementation](https://github.com/waders/heron-2/tree/main/x/y).", "code", []),
        ("All the code of Owl is available [here](https://github.com/birds/owl).", "code", []),
        ("All the code is available [here](https://github.com/waders/nest/tree/main/x).", "code", ["waders/nest"]),
        ("[Heron-2](https://github.com/waders/heron-2) wades.", "code", ["waders/heron-2"]),
        ("Thanks to [Grey](https://github.com/grey) and [Owl](https://github.com/birds/owl).", "code", []),
        ("An [issue](https://github.com/waders/heron-2/issues/3) is open.", "code", []),
        ("Get [Heron-2-large](https://huggingface.co/waders/heron-2-large).", "models", ["Heron-2-large"]),
        ("Get the [weights](https://huggingface.co/waders/heron-2-large).", "models", ["waders/heron-2-large"]),
        ("Get [distilled weights](https://huggingface.co/distil-heron-2/distil-small).", "models", []),
        ("Get [models](https://huggingface.co/waders/owl-heron-2).", "models", []),
        ("It is like Heron-2 8B.", "models", []),
        ("Compare [Owl](https://huggingface.co/birds/owl-7b).", "models", []),
        ("Read the [Heron-2 docs](https://huggingface.co/docs/heron-2).", "models", []),
    ],
)
def test_links_of_the_posts_own(line: str, name: str, found: list[str]) -> None:
    text = f"# Introducing Heron-2\n\nWe show Heron-2 today. Heron-2 is a bird.\n\n{line}\n"
    assert values(facts_of(document(text)), name) == found


def test_a_list_of_references_gives_no_paper() -> None:
    text = (
        "# Introducing Heron-2\n\nHeron-2 is here.\n\n## {}\n\n- [Heron-2: a bird](https://arxiv.org/abs/2504.01234)\n"
    )
    assert values(facts_of(document(text.format("References"))), "paper") == []
    assert values(facts_of(document(text.format("Birds"))), "paper") == ["2504.01234"]


def test_many_labelled_papers_are_nobodys() -> None:
    items = "\n".join(f"- A thing. [Paper](https://arxiv.org/abs/2504.0123{n})" for n in range(4))
    assert values(facts_of(document(f"# A month of papers\n\nThe best ones:\n\n{items}\n")), "paper") == []


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Incredibly fast GREBE inference with Wigeon and Teal", ("GREBE",)),
        ("Image captions with GREBE", ("GREBE",)),
        ("A Short Summary of Global Expansion", ()),
        ("使用 Wigeon 和 Teal 加速 GREBE 推理", ("GREBE",)),
        ("混合专家模型（GREBE）详解", ()),
        ("Code Grebe: Wigeon learns to code", ("Code Grebe",)),
    ],
)
def test_the_subject_is_what_the_title_names(title: str, names: tuple[str, ...]) -> None:
    body = "We saw GREBE, a bird, and GREBE flew. Then Wigeon and Teal came, and Wigeon and Teal sat. " * 2
    body += "This is what Code Grebe does, and Code Grebe only. A short summary, an expansion of global scope."
    assert subject_names(document(f"# {title}\n\n{body}\n")) == names


def test_guessed_characters_are_in_no_value() -> None:
    whole = document(RELEASE)
    number = next(n for n, p in enumerate(whole.paragraphs) if "310M" in p.text)
    at = whole.paragraphs[number].text.index("310M") + 1
    guessed = replace(whole.paragraphs[number], guesses=(Guess(at, "1", 0.5),))
    damaged = replace(whole, paragraphs=(*whole.paragraphs[:number], guessed, *whole.paragraphs[number + 1 :]))
    assert values(facts_of(damaged), "size") == ["2 billion pairs"]


PIECES = st.sampled_from(
    [
        "Heron-2", "has", "310M parameters", "and", "23 languages", "a 128k context length", ". ", ", ", "We",
        "our paper", "https://arxiv.org/abs/2504.01234", "Code: https://github.com/waders/heron",
        "is released under the MIT License",
        "[our code](https://github.com/waders/heron)", "[Heron-2](https://huggingface.co/waders/heron-2)", "采用",
        "Apache 2.0 许可", "支持 23 种语言", "1,2,3、4 和 5 亿参数", "\n\n", "## Heron-2\n\n", "。", "🤗",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_a_value_is_verbatim_at_its_place(pieces: list[str]) -> None:
    post = document("# Heron-2: a bird\n\nWe release Heron-2. Heron-2 is out.\n\n" + " ".join(pieces))
    facts = facts_of(post)
    for fact in facts:
        assert fact.place is not None
        assert fact.value.zh == fact.value.en
        paragraph = post.paragraphs[fact.place.paragraph]
        shown = paragraph.text[fact.place.start : fact.place.end]
        assert fact.value.en == shown or (fact.value.en or "-") in fact.href
        assert (
            not fact.href
            or fact.href in (shown, *(span.href for span in paragraph.spans))
            or fact.href in paragraph.text
        )
    order = [ROWS.index(fact.name) for fact in facts]
    assert order == sorted(order)
    assert all(sum(fact.name == row for fact in facts) <= most for row, most in MOST.items())


def test_long_lists_and_long_texts_are_read_in_time() -> None:
    numbers = ", ".join(str(n) for n in range(3000))
    for text in (
        numbers,
        numbers.replace(", ", ","),
        numbers.replace(", ", "、"),
        "Heron-2 " * 3000,
        "1" * 20000,
        "5. Heron has " * 9000,
    ):
        paragraph = Paragraph("prose", f"Heron-2 has {text} parameters")
        assert facts_of(Document("https://example.org/x", "en", "Heron-2 " * 2000, (paragraph,) * 3)) is not None


@pytest.mark.parametrize(
    ("title", "body", "genre"),
    [
        ("Introducing Heron-2", "Today we are releasing Heron-2.", "release"),
        (
            "Introducing PondEval",
            "We propose PondEval (an acronym), a benchmark. It is released now.",
            "benchmark",
        ),
        ("Introducing a thought", "Nothing is new.", ""),
        ("Heron-2: wade on", "Today, we are excited to announce the release of Heron-2.", "release"),
        ("Heron-2: wade on", "We are excited to announce that all may wade.", "announcement"),
        ("Waders is joining Birds", "We are excited to announce that Waders joins Birds.", "announcement"),
        ("How to count birds", "```\na\n```\n\nb\n\n```\nc\n```\n\nd\n\n```\ne\n```\n", "tutorial"),
        ("How to count birds", "You look.", ""),
        ("Bird Newsletter #3", "News.", "newsletter"),
        ("The State of Birds", "They are well.", "overview"),
        ("Flight Explained", "Wings.", "explainer"),
        ("Our agent beats the Pond benchmark", "It does.", ""),
        ("Counting birds - part 2", "More.", "series"),
        ("Birds fly", "They do.", ""),
        ("鸟类综述", "很多。", "overview"),
        ("Heron-2 发布", "我们发布了 Heron-2。", "release"),
        ("涉禽加入鸟类联盟", "我们宣布加入。", "announcement"),
        ("手把手数鸟", "看。", ""),
    ],
)
def test_the_genre_is_told_by_title_and_structure(title: str, body: str, genre: str) -> None:
    assert genre_of(document(f"# {title}\n\n{body}\n")) == genre


@pytest.mark.parametrize(
    "title",
    [
        "多卡训练中的集合通讯优化",
        "多卡训练中的集合通讯",
        "5G 通讯与大模型",
        "让大模型学会自我反思：新方法",
        "微调大模型的最佳实践",
        "A survey of 1,000 bird watchers",
        "How Transformers used attention to win",
        "How LLMs reduced errors",
        "How AI Achieved Flight",
        "如何评测大模型",
        "从多观点评论中抽取摘要",
        "AI 语音对话：端到端方案",
        "Q&A with BERT: finding birds",
        "How to Build a Webinar Bot",
        "Hackathon-grade code",
        "手机排行榜爬虫教程",
        "Building a newsletter summarizer",
        "Weekly update of the bird weights",
        "周报自动生成：用 LLM 写周报",
        "原理图识别模型发布",
        "Part 15 of the bird rules",
        "What is new in birds",
    ],
)
def test_a_word_of_a_kind_in_another_sense_tells_none(title: str) -> None:
    assert genre_of(document(f"# {title}\n\nThey do.\n")) == ""


@pytest.mark.parametrize(
    ("title", "genre"),
    [
        ("鸟类社区通讯", "newsletter"),
        ("鸟类通讯 - 第 3 期", "newsletter"),
        ("鸟类周报", "newsletter"),
        ("Bird Weekly Update", "newsletter"),
        ("An interview with Jane Heron", "interview"),
        ("Q: an interview with Jane", "interview"),
        ("专访苍鹭", "interview"),
        ("How Waders used Heron-2", "case-study"),
        ("A survey of bird models", "overview"),
        ("苍鹭的飞行原理", "explainer"),
        ("对飞行的反思", "essay"),
        ("观点：鸟会飞", "essay"),
        ("Bird Hackathon", "event"),
        ("大模型评测", "benchmark"),
    ],
)
def test_a_title_alone_tells_the_kind(title: str, genre: str) -> None:
    assert genre_of(document(f"# {title}\n\nThey do.\n")) == genre


def test_the_page_has_the_words_of_each_row() -> None:
    assert all(f"card-{row}" in WORDS for row in ("type", *ROWS))

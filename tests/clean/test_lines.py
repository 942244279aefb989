"""What one line of a foreign page is by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.clean.lines import shape_of, without_counts


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("```", "fence"),
        ("~~~markdown", "fence"),
        ("---", "markup"),
        ("* * *", "markup"),
        ("**", "markup"),
        ("## Abstract", "heading"),
        ("## 关于评测的学术摘要", "heading"),
        ("**摘要**", "heading"),
        ("**摘\ufffd**", "heading"),
        ("Abstract:", "heading"),
        ("摘要（Abstract）：", "heading"),
        ("**中英对照摘要（Abstract - Bilingual Abstract）**", "heading"),
        ("**English:**", "language"),
        ("中文版", "language"),
        ("Absolutely! Here is the abstract you asked for:", "chatter"),
        ("Sure, here's the translation:", "chatter"),
        ("**Word Count:** 120 words", "chatter"),
        ("(98 words)", "chatter"),
        ("Note: I have kept the technical terms in the translation.", "chatter"),
        ("I hope this helps!", "chatter"),
        ("当然！以下是您要的摘要：", "chatter"),
        ("字数：120", "chatter"),
        ("Link: https://blog.example/a", "meta"),
        ("发布时间：2025-04-16", "meta"),
        ("https://blog.example/a", "meta"),
        ("I have written the abstract in both languages.", "chatter"),
        ("Let me know if you would like any changes!", "chatter"),
        ("Of course, here you go:", "chatter"),
        ("如果您需要进一步修改，请告诉我。", "chatter"),
        ("以下是本文的翻译：", "chatter"),
        ("I have written a guide to fine-tuning.", "text"),
        ("I have written a guide to translation.", "text"),
        ("If you need support, please open an issue on GitHub.", "text"),
        ("I hope this makes training easier.", "text"),
        ("Note: the API returns JSON format by default.", "text"),
        ("Note: the translation model needs a key.", "text"),
        ("Feel free to open an issue.", "text"),
        ("Here are some of the new features in this version.", "text"),
        ("Of course, I can run it on my laptop.", "text"),
        ("As an AI company, we publish our weights.", "text"),
        ("Token count: how many tokens a text has.", "text"),
        ("希望这对开发者有所帮助。", "text"),
        ("如果您需要更多内存，请联系管理员。", "text"),
        ("以下是翻译模型的三个要点：", "text"),
        ("当然，我会选小的模型。", "text"),
        ("来源：数据来自网络。", "text"),
        ("时间：训练用了三天。", "text"),
        ("作者：他们都来自清华。", "text"),
        ("Source: the model weights are open.", "text"),
        ("Source: see https://blog.example/a.", "meta"),
        ("Author: J. Doe et al.", "meta"),
        ("Date: published on 2025-04-16.", "meta"),
        ("OK-VQA is a benchmark of questions about pictures.", "text"),
        ("当然，我们也可以不用显卡。", "text"),
        ("\ufffd\ufffd\ufffd们的数据集很大。", "text"),
        ("\ufffd\ufffd", "text"),
        ("Great models need great data.", "text"),
        ("I have built a small model that runs on a phone.", "text"),
        ("Note: this model needs 8 GB of memory.", "text"),
        ("**A bold sentence is still a sentence.**", "text"),
        ("Abstract painting is what this model does best.", "text"),
        ("摘要模型可以把长文变短。", "text"),
        ("如果您有多张显卡，训练会更快。", "text"),
        ("1. 第一步是安装。", "text"),
        ("[^2]: 猜读 · guessed: 中 (…模型中提供…) 也可能是 不 · also possible: 不", "note"),
        ("模型中有注解。[^2]", "text"),
    ],
)
def test_a_line_has_its_shape(line: str, shape: str) -> None:
    assert shape_of(line).shape == shape


def test_labels_list_marks_and_known_marks_come_off() -> None:
    assert shape_of("**摘要：** 本文介绍一种方法。").inline.text == "本文介绍一种方法。"
    assert shape_of("- English: A method is introduced.").inline.text == "A method is introduced."
    marked = shape_of("一行。 〔机译 · machine〕 〔旁注〕", ["机译 · machine"])
    assert (marked.inline.text, marked.marks) == ("一行。 〔机译 · machine〕 〔旁注〕", ())
    marked = shape_of("一行。 〔机译 · machine〕", ["机译 · machine"])
    assert (marked.inline.text, marked.marks) == ("一行。", ("机译 · machine",))


def test_the_sign_of_a_footnote_comes_off_before_known_marks() -> None:
    marked = shape_of("一行。[^12] 〔机译 · machine〕", ["机译 · machine"])
    assert (marked.inline.text, marked.marks) == ("一行。", ("机译 · machine",))


def test_a_known_mark_may_count() -> None:
    known = [without_counts("已读 3 字")]
    assert shape_of("〔已读 482 字〕", known).shape == "note"
    assert shape_of("〔已写 482 字〕", known).shape == "text"


def test_a_list_of_numbers_keeps_its_first() -> None:
    assert shape_of("10、20 和 30 层的模型都很快。").inline.text == "10、20 和 30 层的模型都很快。"
    assert shape_of("1、第一步是安装。").inline.text == "第一步是安装。"


@given(st.text(st.characters(exclude_characters="\n\r"), min_size=1, max_size=300).filter(lambda text: text.strip()))
def test_any_line_has_a_shape(line: str) -> None:
    found = shape_of(line)
    assert found.shape != "text" or found.inline.text

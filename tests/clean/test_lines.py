"""What one line of a foreign page is by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.clean.lines import shape_of


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


@given(st.text(st.characters(exclude_characters="\n\r"), min_size=1, max_size=300).filter(lambda text: text.strip()))
def test_any_line_has_a_shape(line: str) -> None:
    found = shape_of(line)
    assert found.shape != "text" or found.inline.text

"""Topics that a reader named: the same words, other forms of them, and their like in the other language."""

from __future__ import annotations

from datetime import date

import pytest
from word_bag import WordBag

from digest.align.terms.ledger import Seen, Term, ledger_of
from digest.ranking.topics import LEAD_SHARE, named, strengths

KNOWN = {"视觉": "vision", "语言": "language", "模型": "model", "机器人": "robot", "量化": "quantization"}
BAG = WordBag(KNOWN, 512)
SEEN = [Seen(zh="雾", en="fog", how="pairs", post="p1", source="Blog", day=date(2025, 4, 1))]
LEDGER = ledger_of(SEEN, [Term("RAG", "检索增强生成", fixed=True)])


def met(topic: str, title: str, *lead: str) -> float:
    return strengths(named([topic], LEDGER), [title], lead, BAG).get(topic, 0.0)


@pytest.mark.parametrize(
    ("topic", "title"),
    [
        ("robots", "A Robot for every home"),  # another form of the word
        ("Language models", "Small language model, big plans"),
        ("量化", "大模型量化入门"),
        ("robot", "给家用机器人写程序"),
        ("机器人", "How a robot learns"),
        ("视觉语言模型", "Our vision language model"),
        ("检索增强生成", "Cheaper RAG at home"),  # a term whose name is known
        ("RAG", "Why RAGs fail"),
        ("rag", "企业级检索增强生成"),
        ("C++", "Modern c++, explained"),
    ],
)
def test_a_topic_in_a_title_counts_in_full(topic: str, title: str) -> None:
    assert met(topic, title) == 1.0


@pytest.mark.parametrize(
    ("topic", "title"),
    [
        ("视觉语言模型", "Our language model"),  # one of its words is missing
        ("机器人", "Quantization explained"),
        ("robot", "量化入门"),
        ("ai", "Maintaining a library"),  # no word of its own
        ("model language", "A language model"),  # other order, other thing
        ("robot", ""),
        ("检索增强生成", "Cheaper dragons, ragged"),
        ("雾", "Fog on the road"),  # a name that was seen once is not settled
    ],
)
def test_what_is_not_there_counts_nothing(topic: str, title: str) -> None:
    assert met(topic, title) == 0.0


def test_first_sentences_count_less_than_titles() -> None:
    assert met("robot", "News", "给家用机器人写程序。") == LEAD_SHARE
    assert met("robot", "Robots", "给家用机器人写程序。") == 1.0


def test_stretches_do_not_cross_a_mark() -> None:
    assert met("视觉语言模型", "Computer vision: a language, a model") == 0.0

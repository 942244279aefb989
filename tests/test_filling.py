"""What judges an engine's line: the judge of all pairs, and what is asked of a machine only."""

from __future__ import annotations

import pytest

from digest.align.embed import load_embedder
from digest.align.lexicon import load_lexicon
from digest.filling import judge_of
from digest.model import Line, Verdict
from digest.translate.engine import LineKind


def judged(line: str, made: str, kind: LineKind = "line", beside: tuple[str, str] = ("", "")) -> Verdict:
    lang = "en" if line.isascii() else "zh-Hans"
    other = "zh-Hans" if lang == "en" else "en"
    judge = judge_of(load_embedder(), load_lexicon())
    return judge(Line(lang, line), Line(other, made), kind, "machine", beside)


@pytest.mark.parametrize(
    ("en", "zh"),
    [
        ("We do not recommend this model for production.", "我们建议在生产环境中使用该模型。"),
        ("The system does not store your data.", "系统会存储您的数据。"),
        ("We recommend this model for production.", "我们不建议在生产环境中使用该模型。"),
        ("The system stores your data.", "系统不会存储您的数据。"),
    ],
)
def test_an_answer_that_denies_what_its_line_says_is_none(en: str, zh: str) -> None:
    for pair in ((en, zh), (zh, en)):
        verdict = judged(*pair)
        assert not verdict.verified
        assert verdict.reasons[0].startswith("negation")


@pytest.mark.parametrize(
    ("en", "zh"),
    [
        ("The system does not store your data.", "系统不会存储您的数据。"),
        ("The cache is fast rather than small.", "该缓存速度快，而不是体积小。"),
        ("Reads from the cache take 3 milliseconds at the median.", "从缓存读取的中位耗时为 3 毫秒。"),
    ],
)
def test_a_right_answer_is_taken_in_both_directions(en: str, zh: str) -> None:
    assert judged(en, zh).verified
    assert judged(zh, en).verified


@pytest.mark.parametrize("more", ["Subscribe now!", "Buy our product today!", "I hope this helps."])
def test_what_is_put_behind_an_answer_refuses_it(more: str) -> None:
    zh, en = "从缓存读取的中位耗时为 3 毫秒。", "Reads from the cache take 3 milliseconds at the median."
    assert judged(zh, en).verified
    assert not judged(zh, f"{en} {more}").verified


def test_a_line_cut_into_two_sentences_is_still_the_line() -> None:
    zh = "后台线程每 5 分钟压缩一次日志，压缩时读取者不受影响。"
    en = "A background thread compacts the log every 5 minutes. Readers are not affected while it does."
    assert judged(zh, en).verified


def test_a_title_that_is_half_translated_is_none() -> None:
    assert not judged(
        "Cache series: faster reads for everyone", "缓存系列：faster reads for everyone", "title"
    ).verified

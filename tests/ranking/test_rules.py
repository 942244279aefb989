"""Include and exclude: what a rule matches, what is refused, which of two wins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ranking.rules import MOST_REPEATS, Seen, passed_over, rule_of

SEEN = Seen(
    ("为 Llama 量化", "Quantizing LLaMA-3\nfor phones"), "Weekly notes on ＧＰＵ memory.", ("https://b.example/news/7",)
)

MATCHES = {
    "llama": True,
    "LLAMA": True,
    "lama": False,  # Latin words match whole
    "量化": True,
    "for phones": True,  # white space of any kind is one space
    "GPU": True,  # full-width letters are the same letters
    "title:weekly": False,
    "weekly": True,
    "title:phones": True,
    "url:/news/": True,
    "url:/NEWS/": True,
    "/news/": False,  # an expression, and it does not see the address
    "/quanti[sz]ing/": True,
    "/^weekly/": True,
    "title:/^weekly/": False,
    r"title:/\bllama-\d/": True,
    "/": False,
}


@pytest.mark.parametrize("rule", MATCHES)
def test_a_rule_matches_what_it_says(rule: str) -> None:
    assert rule_of(rule).matches(SEEN) is MATCHES[rule]


REFUSED = {
    "": "must hold a word",
    "title: ": "must hold a word",
    "/(a+)+b/": "repeats a group",
    "/(?:a|aa){2,}$/": "repeats a group",
    "/((a)b)*/": "repeats a group",
    "/(a+){9}/": "repeats a group",
    "/[/": "no regular expression",
    "/a" + ".*b" * (MOST_REPEATS + 1) + "/": "repetitions",
    "/" + ".?" * 20 + "!/": "20 repetitions",
    "/" + ".{0,1}" * 20 + "!/": "20 repetitions",
    r"/\(?" + ".??" * MOST_REPEATS + "!/": "repetitions",
    "/(a|b)(?:c|d)" + "(.|a)" * 9 + "!/": "ways through its alternatives",
    "/(?x)(a+) +b/": "blanks that mean nothing",
    "x" * 201: "longer",
}


@pytest.mark.parametrize("rule", REFUSED)
def test_what_cannot_be_a_rule_is_refused_in_words(rule: str) -> None:
    with pytest.raises(ValueError, match=REFUSED[rule]):
        rule_of(rule)


@pytest.mark.parametrize(
    "rule",
    [
        r"/\(a\)+/",
        r"/\d{4}-\d{2}-\d{2} v\d+/",
        "/[(]a[)]+/",
        "/(day|night)? build/",
        "/a{3}/",
        "/[]+]x/",
        "/(a|b) c+/",
        "/(?:gpus?|tpus?)$/",
        "/(?=a)(?!b)(?P<n>c)(?i:d)(?<=d)/",
        "/a{3}?b{2}?c{4}?d{5}?/",
    ],
)
def test_what_only_looks_like_a_repeated_group_is_allowed(rule: str) -> None:
    rule_of(rule)


def test_an_optional_mark_is_a_repetition_and_a_groups_opening_is_none() -> None:
    rule_of("/(?:a)(?:b)(?:c)(?:d)" + "e?" * MOST_REPEATS + "/")
    with pytest.raises(ValueError, match=f"holds {MOST_REPEATS + 1} repetitions"):
        rule_of("/(?:a)" + "e?" * (MOST_REPEATS + 1) + "/")


@given(st.text(min_size=1, max_size=40))
def test_any_text_is_a_rule_or_a_value_error(text: str) -> None:
    try:
        rule = rule_of(text)
    except ValueError:
        return
    rule.matches(Seen(("a title", "标题"), text, (text,)))


@given(st.text(alphabet="abc量化 +.*", min_size=1, max_size=12).filter(lambda text: text.strip()))
def test_a_word_is_found_in_a_title_that_is_that_word(text: str) -> None:
    assert rule_of(text).matches(Seen((text.upper(),), "", ()))


def test_an_expression_sees_only_the_start_of_a_long_text() -> None:
    long = Seen(("",), "x" * 500 + " llama", ())
    assert rule_of("llama").matches(long)
    assert not rule_of("/llama/").matches(long)


def test_exclude_wins_and_both_lists_of_include_must_be_met() -> None:
    one, other, none = rule_of("llama"), rule_of("phones"), rule_of("robots")
    assert passed_over(SEEN, include=[(one,), ()], exclude=[(), ()]) == ""
    assert passed_over(SEEN, include=[(one,), ()], exclude=[(), (other,)]) == "excluded"
    assert passed_over(SEEN, include=[(none, one), (other,)], exclude=[(none,)]) == ""
    assert passed_over(SEEN, include=[(one,), (none,)], exclude=[()]) == "not-included"
    assert passed_over(SEEN, include=[(), ()], exclude=[(), ()]) == ""

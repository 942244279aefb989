"""The ledger and its table: majorities, drift, longest matches, the seed, and CSV that comes back as it went."""

from __future__ import annotations

import csv
import io
import random
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.align.terms.cut import han_count, key_of
from digest.align.terms.ledger import Ledger, ledger_of
from digest.align.terms.mine import How
from digest.align.terms.table import as_csv, read_csv
from digest.align.terms.term import Seed, Seen, Term
from digest.errors import ConfigError
from digest.model import Both

DAY = date(2025, 4, 16)


def seen(zh: str, en: str, post: str = "p1", source: str = "blog", day: int = 1, how: How = "pairs") -> Seen:
    return Seen(zh, en, how, post, source, date(2025, 4, day))


def small() -> Ledger:
    return ledger_of(
        [
            seen("词元", "token", "p1", day=1, how="brackets"),
            seen("令牌", "Tokens", "p2", "other", day=2),
            seen("令牌", "token", "p3", "other", day=3),
            seen("语言模型", "language model", "p1"),
            seen("因果语言模型", "causal language models", "p1", how="brackets"),
            seen("LoRA 适配器", "LoRA adapter", "p4", day=4),
        ]
    )


# ---- what a ledger says ---------------------------------------------------------------------------------------------


def test_the_majority_is_the_translation_and_the_first_seen_breaks_a_tie() -> None:
    term = small().get("TOKENS")
    assert term is not None
    assert (term.zh, [v.zh for v in term.variants]) == ("令牌", ["令牌", "词元"])
    assert (term.first, term.source, term.posts) == (date(2025, 4, 1), "blog", 3)
    tied = ledger_of([seen("令牌", "token", "p2", day=2), seen("词元", "token", "p1", day=1)]).get("token")
    assert tied is not None
    assert tied.zh == "词元"


def test_a_post_counts_once() -> None:
    rows = [seen("令牌", "token", "p1"), seen("令牌", "token", "p1"), seen("词元", "token", "p2", day=2)]
    term = ledger_of(rows).get("token")
    assert term is not None
    assert [v.posts for v in term.variants] == [1, 1]


def test_drift_says_who_when_and_how_often() -> None:
    (drift,) = small().drift()
    assert (drift.en, drift.zh) == ("token", "令牌")
    new, old = drift.variants
    assert (new.zh, new.posts, new.first, new.last, new.sources) == (
        "令牌", 2, date(2025, 4, 2), date(2025, 4, 3), ("other",)
    )  # fmt: skip
    assert (old.zh, old.posts, old.bracketed, old.sources) == ("词元", 1, True, ("blog",))


def test_the_table_overrides_what_was_mined_and_ends_the_drift() -> None:
    rows = [seen("令牌", "token"), seen("词元", "token", "p2")]
    ledger = ledger_of(rows, table=read_csv("zh,en,note\n标记,Token,ours\n,\n", "terms.csv"))
    term = ledger.get("token")
    assert term is not None
    assert (term.zh, term.en, term.fixed, term.note, term.posts) == (
        "标记",
        "Token",
        True,
        "ours",
        2,
    )
    assert ledger.drift() == ()
    assert ledger.terms_in("两个令牌", "zh") == (Both("标记", "Token"),)  # a variant in the text is still that term


def test_kept_names_are_no_terms_and_hide_what_is_in_them() -> None:
    rows = [seen("令牌", "token"), seen("语言", "language"), seen("变换器", "Transformer")]
    ledger = ledger_of(rows, keep=["Transformers", "Language Server"])
    assert [term.en for term in ledger.terms] == ["language", "token"]
    assert ledger.terms_in("The language server reads one token per Transformer.", "en") == (Both("令牌", "token"),)


def test_equal_sightings_give_equal_ledgers_in_any_order() -> None:
    rows = [seen(zh, en, f"p{n}", day=n + 1) for n, (zh, en) in enumerate([("令牌", "token"), ("词元", "tokens")] * 4)]
    ledgers = [ledger_of(random.Random(n).sample(rows, len(rows))) for n in range(5)]
    assert len({ledger.version for ledger in ledgers}) == 1
    assert all(ledger == ledgers[0] for ledger in ledgers)
    assert ledger_of(rows[1:]).version != ledgers[0].version
    assert (ledger_of([]).version, bool(ledger_of([]))) == ("", False)


# ---- terms in a text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "text", "names"),
    [
        ("en", "Causal Language Models predict tokens.", ["causal language models", "token"]),
        ("en", "A language-model is no tokenizer.", ["language model"]),
        ("en", "language. Model", []),
        ("en", "Two LoRA adapters, one token.", ["LoRA adapter", "token"]),
        ("zh", "因果语言模型预测令牌", ["causal language models", "token"]),
        ("zh", "语言模型和词元", ["language model", "token"]),
        ("zh", "用LoRA适配器", ["LoRA adapter"]),
        ("zh", "用xLoRA适配器", []),
        ("zh", "", []),
    ],
)
def test_the_longest_term_is_found_at_the_bounds_of_words(side: str, text: str, names: list[str]) -> None:
    assert [both.en for both in small().terms_in(text, side)] == names


def test_places_of_terms_are_places_in_the_text() -> None:
    text = "用 Ｌ oRA 适 配器 和令牌。"
    found = small().occurrences(text, "zh")
    assert [text[seen.start : seen.end] for seen in found] == ["Ｌ oRA 适 配器", "令牌"]


_TEXT = st.text(alphabet="token language modls causal 令牌语言模型因果词元LoRA适配器ﬁ½ -.\n", max_size=40)


@given(_TEXT, st.sampled_from(["zh", "en"]))
def test_found_terms_stand_in_order_apart_and_in_the_text(text: str, side: str) -> None:
    ledger, end = small(), 0
    for found in ledger.occurrences(text, side):
        assert end <= found.start < found.end <= len(text)
        end = found.end
        if side == "en":
            assert key_of(text[found.start : found.end]) == key_of(found.term.en)


def test_many_terms_and_a_page_of_lines_take_little_time() -> None:
    draw = random.Random(1)
    words = ["".join(draw.choices("abcdefghijk", k=6)) for _ in range(3000)]
    han = [chr(0x4E00 + n) for n in range(2000)]
    rows = [
        seen(
            "".join(draw.choices(han, k=draw.randint(2, 8))),
            " ".join(draw.choices(words, k=draw.randint(1, 4))),
            f"p{n}",
        )
        for n in range(20_000)
    ]
    ledger = ledger_of(rows)
    lines = (
        [" ".join(draw.choices(words, k=30)) for _ in range(50)],
        ["".join(draw.choices(han, k=60)) for _ in range(50)],
    )
    start = time.perf_counter()
    found = sum(
        len(ledger.terms_in(line, side)) for side, some in zip(("en", "zh"), lines, strict=True) for line in some
    )
    assert found > 50
    assert time.perf_counter() - start < 10  # 0.5 s on two idle cores


# ---- the table ------------------------------------------------------------------------------------------------------

_CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12).map(str.strip)
_ODD = (
    st.tuples(st.sampled_from(["", "=", "+", "-", "@", "'", "'=", "＝", '"', ",", "''-"]), _CELL)
    .map("".join)
    .map(str.strip)
)


@given(
    st.lists(
        st.tuples(_ODD.filter(bool), _ODD.filter(lambda en: bool(key_of(en)) and not han_count(en)), _ODD), max_size=6
    )
)
def test_the_table_comes_back_as_it_went(rows: list[tuple[str, str, str]]) -> None:
    table = [Term(en, zh, fixed=True, note=note) for zh, en, note in {key_of(row[1]): row for row in rows}.values()]
    ledger = ledger_of([], table)
    again = ledger_of([], read_csv(as_csv(ledger), "terms.csv"))
    assert again == ledger
    assert as_csv(again) == as_csv(ledger)


def test_what_was_mined_goes_out_and_comes_in_the_same() -> None:
    out = as_csv(small())
    back = read_csv(out, "terms.csv")
    assert [(t.zh, t.en) for t in back] == [(t.zh, t.en) for t in small().terms]
    assert [(t.zh, t.en, t.variants) for t in ledger_of([], back).terms] == [(t.zh, t.en, ()) for t in small().terms]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    text = as_csv(ledger_of([], [Term(f"{cell} x", cell, fixed=True, note=cell)]))
    assert all(not c.startswith(("=", "+", "-", "@", "＝")) for row in csv.reader(io.StringIO(text)) for c in row)


def test_a_table_from_a_spreadsheet_is_read() -> None:
    text = '\ufeffEN,zh ,Comment,note\r\nattention head,注意力头,x,\r\n,,,\r\n"beam, search",束搜索\r\n'
    assert [(t.zh, t.en) for t in read_csv(text, "t.csv")] == [
        ("注意力头", "attention head"),
        ("束搜索", "beam, search"),
    ]


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("", "t.csv:1", "empty"),
        ("chinese,en\n", "t.csv:1", "lacks the column zh"),
        ("zh,en\n令牌,\n", "t.csv:2", "has no en"),
        ("zh,en\n\n,token\n", "t.csv:3", "has no zh"),
        ("zh,en\n令牌,token\n词元,Tokens\n", "t.csv:3", "a line above has"),
        ("zh,en\n令牌,!!\n", "t.csv:2", "no letter"),
        ("zh,en\ntoken,令牌\n", "t.csv:2", "en is Chinese"),
        (f"zh,en\n{'长' * 201},x\n", "t.csv:2", "longer than"),
        ('zh,en\n"令\n牌",token\n', "t.csv:3", "more than one line"),
        ('zh,en\n"令牌"x,token\n', "t.csv:2", "no CSV"),
    ],
)
def test_a_wrong_table_names_the_line(text: str, where: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_csv(text, "t.csv")
    assert caught.value.where == where
    assert said in caught.value.message


# ---- the seed -------------------------------------------------------------------------------------------------------


def seeded(zh: str, en: str, *forms: str, often: float = 1.0) -> Term:
    return Term(en, zh, seed=Seed((zh, *forms), often))


def test_the_table_goes_before_two_posts_those_before_the_seed_and_that_before_one_post() -> None:
    seed = [seeded("词元", "token"), seeded("束搜索", "beam search")]
    once = ledger_of([seen("令牌", "token", how="brackets")], seed=seed).get("token")
    assert once is not None
    assert (once.zh, once.forms, once.settled, once.is_proven) == ("词元", ("词元", "令牌"), True, False)
    rows = [seen("令牌", "tokens"), seen("令牌", "token", "p2")]
    twice = ledger_of(rows, seed=seed).get("token")
    assert twice is not None
    assert (twice.zh, twice.forms, twice.is_proven) == ("令牌", ("令牌", "词元"), True)
    table = read_csv("zh,en\n标记,token\n", "terms.csv")
    assert [(t.en, t.zh) for t in ledger_of(rows, table, ["Beam Search"], seed).terms] == [("token", "标记")]
    assert not Term("token", "词元").settled


def test_the_seed_is_no_drift_and_leaves_the_table_only_when_asked() -> None:
    seed = [seeded("词元", "token", "标记"), seeded("束搜索", "beam search")]
    ledger = ledger_of([seen("令牌", "token")], [Term("adapter", "适配器", fixed=True)], seed=seed)
    assert ledger.drift() == ()
    assert as_csv(ledger) == "zh,en,note\r\n适配器,adapter,\r\n词元,token,\r\n"
    assert as_csv(ledger, seed=True) == "zh,en,note\r\n适配器,adapter,\r\n束搜索,beam search,\r\n词元,token,\r\n"


def test_the_version_names_the_seed_too() -> None:
    told = [
        ledger_of([], seed=some).version
        for some in (
            [],
            [seeded("词元", "token")],
            [seeded("词元", "token", "标记")],
            [seeded("词元", "token", often=2.0)],
        )
    ]
    assert len(set(told)) == 4
    assert ledger_of([], seed=[seeded("词元", "token")]).version == told[1]


def test_every_form_of_the_seed_is_found_and_a_word_for_two_terms_is_ambiguous() -> None:
    seed = [
        seeded("内积", "inner product", "点积"),
        seeded("点积", "dot product"),
        seeded("预训练", "pretraining", often=1.0),
        seeded("预训练", "pre-training", often=9.0),
    ]
    ledger = ledger_of([], seed=seed)
    assert ledger.terms_in("预训练时的内积", "zh") == (Both("预训练", "pre-training"), Both("内积", "inner product"))
    assert [ledger.is_ambiguous(zh) for zh in ("点积", "内积", "预训练")] == [True, False, False]
    assert ledger_of([seen("预训练", "schooling")], seed=seed).is_ambiguous("预训练")

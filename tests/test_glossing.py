"""Glosses behind terms: where they stand, what gets none, which six; the line itself stays as it was."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.align.terms.cut import key_of, zh_key
from digest.align.terms.ledger import Ledger, ledger_of
from digest.align.terms.seed import COLUMNS, load_seed, read_rows
from digest.align.terms.table import read_csv
from digest.align.terms.term import Seed, Seen, Term
from digest.engines.terms import ledger_for
from digest.filling import Translators
from digest.glossing import MOST, glossed
from digest.model import Abstract, Both, Gloss, Line, LinePair, Verdict

HEADER = ",".join(COLUMNS)
TABLE = f"""{HEADER}
autoregressive,自回归,,,read,3,3,4.0,50,2
perplexity,困惑度,,,read,3,3,4.0,50,2
beam search,束搜索,集束搜索|波束搜索,,counted,5,6,3.0,20,1
encoder,编码器,,plain,read,9,9,0.5,90,0
key-value pair,键值对,,,read,2,2,1.0,9,0
language model,语言模型,,plain,read,9,9,90.0,900,9
large language model,大语言模型,大型语言模型,plain,read,9,9,80.0,800,9
learning rate,学习率,,,read,9,9,5.0,90,0
pre-training,预训练,,,read,5,5,8.0,90,0
pretraining,预训练,,,read,5,5,7.0,90,0
quantization,量化,,,read,5,5,9.0,90,0
self-attention,自注意力,自我注意力,,read,5,5,6.0,90,0
shared memory,共享内存,,,read,5,5,2.0,90,0
SQL injection,SQL 注入,,,read,0,0,0.0,9,0
"""


def seed(table: str = TABLE) -> tuple[Term, ...]:
    return tuple(
        Term(row.en, row.zh, seed=Seed((row.zh, *row.variants), row.often, row.level == "plain"))
        for row in read_rows(table)
    )


def small(user: str = "zh,en\n") -> Ledger:
    return ledger_of([], read_csv(user, "terms.csv"), ["Beam Search Studio"], seed())


def entry(*lines: Line | tuple[Line, Line]) -> Abstract:
    sides = [
        line if isinstance(line, tuple) else (line, None) if line.lang.startswith("zh") else (None, line)
        for line in lines
    ]
    pairs = tuple(LinePair(str(k), zh, en, "none", Verdict(0.0, False)) for k, (zh, en) in enumerate(sides))
    own = next(side for side in reversed(sides[-1]) if side)
    when = datetime(2025, 4, 16, tzinfo=UTC)
    return Abstract("p", Both(None, "A post"), Both(None, None), "blog", when, own.lang, "highlights", pairs)


def printed(abstract: Abstract) -> list[str]:
    """Give the lines with their glosses in 〔〕, as pages print them."""
    found = []
    for pair in abstract.pairs:
        line = pair.zh if pair.zh and pair.zh.lang == abstract.lang else pair.en
        assert line is not None
        text = line.text
        for gloss in reversed(line.glosses):
            text = f"{text[: gloss.at]}〔{gloss.text}〕{text[gloss.at :]}"
        found.append(text)
    return found


def shown(text: str, lang: str = "en", ledger: Ledger | None = None) -> str:
    return printed(glossed(entry(Line(lang, text)), ledger or small()))[0]


def test_a_gloss_stands_behind_the_first_use_and_only_there() -> None:
    abstract = glossed(
        entry(Line("en", "Beam searches need shared memory."), Line("en", "Shared memory and beam search again.")),
        small(),
    )
    assert printed(abstract) == [
        "Beam searches〔束搜索〕 need shared memory〔共享内存〕.",
        "Shared memory and beam search again.",
    ]
    assert abstract.terms == (Both("束搜索", "beam search"), Both("共享内存", "shared memory"))
    line = abstract.pairs[0].en
    assert line is not None
    assert line.glosses == (Gloss(13, "束搜索", "zh-Hans"), Gloss(32, "共享内存", "zh-Hans"))


def test_chinese_lines_get_the_english_of_every_form() -> None:
    assert shown("用波束搜索和共享内存。", "zh-Hans") == "用波束搜索〔beam search〕和共享内存〔shared memory〕。"
    assert shown("用numpy.array的共享内存", "zh-Hans") == "用numpy.array的共享内存〔shared memory〕"
    assert (
        shown("量化", "zh-Hans") == "量化"
    )  # a word of two characters may be an everyday one, but the user's own is not
    assert shown("量化", "zh-Hans", small("zh,en\n量化,quantization\n")) == "量化〔quantization〕"
    abstract = glossed(entry(Line("zh-Hans", "预训练")), small())
    assert abstract.terms == (Both("预训练", "pre-training"),)  # the commoner of two that say the same


@pytest.mark.parametrize(
    "text",
    [
        "Run non-autoregressive models.",
        "Run autoregressive-style models.",
        "Read https://example.org/beam search/x and beam/search/README.md and a.beam.search",
        "Use @quantization and #quantization here.",
        "We ported Beam Search Studio.",
        "We use Acme Beam Search daily.",
        "We use Beam Search Pro daily.",
        "We like Quantization a lot.",
        "Quantization Studio is out.",
        "Beam search (波束搜索) is old; beam search stays.",
        "Beam search (光束搜索) is old.",
        "Perplexity launches a search engine.",
        "The International Conference on Beam Search is near.",
        "The University of Beam Search opens.",
        "School of the Beam Search",
        "Beam. Search.",
        "No term at all.",
        "",
    ],
)
def test_no_gloss_in_addresses_names_and_longer_words_or_beside_the_original(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("Quantization helps.", "Quantization〔量化〕 helps."),
        ("It ends. Quantization helps.", "It ends. Quantization〔量化〕 helps."),
        ("Perplexities differ, perplexity falls.", "Perplexities〔困惑度〕 differ, perplexity falls."),
        ("Use of beam search", "Use of beam search〔束搜索〕"),
        ("We teach Beam Search.", "We teach Beam Search〔束搜索〕."),
        ("With Llama, beam search wins.", "With Llama, beam search〔束搜索〕 wins."),
        ("OpenAI beam search", "OpenAI beam search〔束搜索〕"),
        (
            "A large language model is a language model.",
            "A large language model〔大语言模型〕 is a language model〔语言模型〕.",
        ),
        ("Key/value pairs", "Key/value pairs〔键值对〕"),
        ("An SQL injection", "An SQL injection〔SQL 注入〕"),
        ("pre-training and pretraining", "pre-training〔预训练〕 and pretraining"),
    ],
)
def test_what_gets_a_gloss(text: str, out: str) -> None:
    assert shown(text) == out


def test_code_gets_none_and_a_later_use_outside_does() -> None:
    line = Line("en", "quantization is quantization", code=((0, 12),))
    assert printed(glossed(entry(line), small())) == ["quantization is quantization〔量化〕"]


def test_a_chinese_term_within_a_word_or_for_two_terms_gets_none() -> None:
    rows = (
        "inference,推理,,",
        "reasoning,逻辑推理,推理,",
        "big,大,,",
        "linear regression,线性回归,,",
        "big data,大数据,,",
    )
    ledger = ledger_of([], seed=seed("\n".join((HEADER, *(f"{row},read,1,1,1.0,9,0" for row in rows)))))
    assert shown("推理", "zh-Hans", ledger) == "推理"
    assert shown("大家", "zh-Hans", ledger) == "大家"
    assert shown("逻辑推理", "zh-Hans", ledger) == "逻辑推理〔reasoning〕"
    assert shown("用线性回归做", "zh-Hans", ledger) == "用线性回归〔linear regression〕做"
    for text in ("非线性回归", "线性回归到零", "线性回归法", "大数据集"):
        assert shown(text, "zh-Hans", ledger) == text


def test_a_chinese_term_with_its_english_in_a_form_of_its_own_behind_it_gets_none() -> None:
    for text in ("自注意力 (self attending) 好", "自注意力（Self-attentional）好"):
        assert shown(text, "zh-Hans") == text
    assert shown("自注意力 (SA) 好", "zh-Hans") == "自注意力〔self-attention〕 (SA) 好"


def test_only_lines_without_another_side_are_glossed() -> None:
    both = (Line("zh-Hans", "束搜索"), Line("en", "Beam search."))
    abstract = glossed(entry(both, Line("en", "We use beam search.")), small())
    assert printed(abstract) == ["Beam search.", "We use beam search〔束搜索〕."]
    assert abstract.pairs[0] == entry(both).pairs[0]
    other = entry(Line("fr", "beam search"))
    assert glossed(other, small()) == other


def test_six_a_post_the_users_first_then_the_rare_and_the_plain_last() -> None:
    text = (
        "An encoder of a large language model with self-attention, a learning rate, autoregressive beam search, "
        "shared memory, quantization, key-value pairs and an adapter."
    )
    abstract = glossed(entry(Line("en", text)), small("zh,en\n适配器,adapter\n"))
    assert [both.en for both in abstract.terms] == [
        "learning rate", "autoregressive", "beam search", "shared memory", "key-value pair", "adapter",
    ]  # fmt: skip
    plain = glossed(entry(Line("en", "A large language model and an encoder.")), small())
    assert [both.zh for both in plain.terms] == ["大语言模型", "编码器"]


def test_a_table_with_other_columns_is_no_glossary() -> None:
    with pytest.raises(ValueError, match="columns of the glossary"):
        read_rows("zh,en\n令牌,token\n")


def test_what_one_post_alone_has_shown_is_not_glossed() -> None:
    rows = [Seen("词元", "token", "brackets", "p1", "blog", date(2025, 4, 1))]
    assert shown("one token", ledger=ledger_of(rows)) == "one token"
    again = [*rows, replace(rows[0], post="p2")]
    assert shown("one token", ledger=ledger_of(again)) == "one token〔词元〕"


_WORDS = st.sampled_from(
    ["beam", "search", "Beam", "searches", "shared", "memory", "language", "model", "Large", "quantization",
     "Quantization", "pre-training", "自", "束搜索", "共享内存", "大型语言模型", "预训练", "`x`",
     "https://x.org/beam", ".", "Acme", "SQL", "injection"]
)  # fmt: skip


@given(
    st.lists(st.tuples(st.lists(_WORDS, max_size=12), st.sampled_from([" ", ""])), min_size=1, max_size=8),
    st.sampled_from(["en", "zh-Hans"]),
)
def test_texts_stay_and_glosses_stand_in_order_at_ends_of_their_terms(
    lines: list[tuple[list[str], str]], lang: str
) -> None:
    abstract = entry(*(Line(lang, joint.join(words)) for words, joint in lines))
    ledger = small()
    done = glossed(abstract, ledger)
    bare = [
        replace(pair, zh=pair.zh and replace(pair.zh, glosses=()), en=pair.en and replace(pair.en, glosses=()))
        for pair in done.pairs
    ]
    assert tuple(bare) == abstract.pairs
    terms = iter(done.terms)
    for pair in done.pairs:
        line = pair.en or pair.zh
        assert line is not None
        places = [gloss.at for gloss in line.glosses]
        assert places == sorted(set(places))
        for gloss in line.glosses:
            term = next(terms)
            before = line.text[: gloss.at]
            found = ledger.get(term.en or "")
            assert found is not None
            if lang == "en":
                assert gloss == Gloss(gloss.at, found.zh, "zh-Hans")
                words = re.split(r"[ `-]", before)
                assert key_of(" ".join(words[-len(key_of(found.en).split()) :])) == key_of(found.en)
            else:
                assert gloss == Gloss(gloss.at, found.en, "en")
                assert any(before.replace(" ", "").endswith(form.replace(" ", "")) for form in found.forms)
    assert next(terms, None) is None
    assert len(done.terms) == len(set(done.terms)) <= MOST


# ---- the glossary that ships ----------------------------------------------------------------------------------------


def test_the_seed_is_in_every_ledger_of_the_edge_and_in_no_bare_one() -> None:
    ledger = ledger_for((), None)
    term = ledger.get("gradient descent")
    assert term is not None
    assert (term.zh, term.sure, term.settled) == ("梯度下降", False, True)
    assert ledger_for((), None, ["gradient descent"]).get("gradient descent") is None
    assert Translators().ledger == Ledger()


# Spellings of one term, and terms that say the same: a Chinese word is glossed with the commoner of them.
SAME = """
auto-scaling = autoscaling
average pooling = mean pooling
back-propagation = backpropagation
child process = subprocess
common sense reasoning = commonsense reasoning
computation graph = computational graph
connection pool = connection pooling
context switch = context switching
continual pre-training = continued pre-training
data annotation = data labeling
data cleaning = data cleansing
data parallel = data parallelism
embodied AI = embodied intelligence
exploding gradient = gradient explosion
fault tolerance = fault-tolerant
file system = filesystem
fine-tune = fine-tuning
floating point operation = floating-point arithmetic
forward pass = forward propagation
free threading = free-threaded
gradient vanishing = vanishing gradient
hash map = hash table
hot reload = hot reloading
human-computer interaction = human-machine interaction
image caption = image captioning
image inpainting = inpainting
instruction fine-tuning = instruction tuning
integration test = integration testing
load test = load testing
majority vote = majority voting
master-slave replication = primary-replica replication
model parallel = model parallelism
multi-modal model = multimodal model
multi-modal = multimodal
multi-task learning = multitask learning
multi-turn conversation = multi-turn dialogue
optimistic lock = optimistic locking
pattern match = pattern matching
pessimistic lock = pessimistic locking
position embedding = positional embedding
position encoding = positional encoding
pre-trained checkpoint = pretrained checkpoint
pre-trained model = pretrained model
pre-training = pretraining
pseudo-code = pseudocode
rate limit = rate limiting
reasoning ability = reasoning capability
recommendation system = recommender system
reference count = reference counting
regression test = regression testing
rotary position embedding = rotary positional embedding
sample rate = sampling rate
sandbox environment = sandboxed environment
tensor parallel = tensor parallelism
text-to-image = text-to-image generation
thread safety = thread-safe
tool call = tool calling = tool invocation
"""


def test_terms_with_one_chinese_name_say_the_same() -> None:
    """Else a word of two meanings is glossed as if it had one: what only may be the other is a variant (反向传播)."""
    named: dict[str, set[str]] = {}
    for term in load_seed():
        named.setdefault(zh_key(term.zh), set()).add(term.en)
    assert {" = ".join(sorted(some)) for some in named.values() if len(some) > 1} == set(SAME.split("\n")[1:-1])


@pytest.mark.parametrize(
    "zh",
    ["反向传播", "全连接层", "算子融合", "推理能力", "可扩展性", "主动学习", "持续学习", "数据整理"],
)
def test_a_word_of_two_meanings_gets_no_gloss(zh: str) -> None:
    assert shown(f"用{zh}。", "zh-Hans", ledger_for((), None)) == f"用{zh}。"


def test_the_glossary_is_sound() -> None:
    shipped = read_rows((files("digest") / "data" / "glossary.csv").read_text("utf-8"))
    assert len(shipped) >= 1000
    for row in shipped:
        assert (row.level, row.how) in {(level, how) for level in ("", "plain") for how in ("counted", "read")}
        assert row.pairs <= row.of
        assert row.pairs or row.chinese, f"no text confirms {row.en}"
    terms = load_seed()
    assert len({key_of(term.en) for term in terms}) == len(terms) == len(shipped)
    for term in terms:
        assert term.seed is not None
        assert term.zh == term.zh.strip() != term.en == term.en.strip()
        assert len(set(term.seed.forms)) == len(term.seed.forms)
        assert any("\u4e00" <= c <= "\u9fff" for c in term.zh)
        assert not any("\u4e00" <= c <= "\u9fff" for c in term.en)
        assert key_of(term.en)

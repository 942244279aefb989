from hypothesis import given
from hypothesis import strategies as st

from digest.align.judge.coverage import Side, Stretch, cut, matched, quoted, worst
from digest.align.judge.text import read
from digest.align.lexicon import load_lexicon
from digest.model import Line

EVIDENCE = {"zh:known:none": 1.0, "zh:known:strong": -2.0, "en:word:none": 1.0, "en:word:strong": -2.0,
            "en:name:none": 2.0, "zh:known:weak": -1.0, "en:word:weak": -1.0}  # fmt: skip


def sides(zh, en):
    return matched(read(Line("zh", zh)), read(Line("en", en)), load_lexicon())


def test_translated_words_are_met_and_others_are_not():
    zh, en = sides("模型的性能很好。", "The model has good performance and purple elephants.")
    assert dict(zip(zh.words, zh.classes, strict=True))["模型"] == "zh:known:strong"
    met = dict(zip(en.words, en.classes, strict=True))
    assert met["model"].endswith(":strong")
    assert [c for w, c in met.items() if w.startswith("eleph")] == ["en:word:none"]


def test_a_word_is_met_by_at_most_one_word_across():
    _, en = sides("模型。", "A model, a model and a model.")
    assert [c.split(":")[2] for w, c in zip(en.words, en.classes, strict=True) if w == "model"].count("strong") == 1


def test_the_stretch_that_nothing_covers_is_quoted_by_its_clause():
    _, en = sides("模型的性能很好。", "The model has good performance, as purple elephants in Norway told everybody.")
    assert quoted(en, worst(en, EVIDENCE)).startswith("as purple elephants in Norway")


def test_a_long_quotation_is_shortened_and_an_empty_stretch_quotes_nothing():
    side = cut("one " * 30)
    assert quoted(side, Stretch(0, 0, 0.0)) == ""
    if side.words:
        assert len(quoted(side, Stretch(0, len(side.words), 1.0), longest=20)) <= 20


@given(st.lists(st.sampled_from("+-0"), max_size=9))
def test_no_stretch_has_more_evidence_than_the_one_found(classes):
    side = Side(("a",), ("w",) * len(classes), (0,) * len(classes), tuple(classes))
    evidence = {"+": 1.5, "-": -1.0, "0": 0.0}
    sums = [sum(evidence[c] for c in classes[i:j]) for i in range(len(classes)) for j in range(i, len(classes) + 1)]
    found = worst(side, evidence)
    assert found.evidence == max(sums, default=0.0)
    assert found.evidence == sum(evidence[c] for c in classes[found.start : found.end])

import pytest

from digest.align.judge.faults import faults
from digest.align.judge.text import read
from digest.model import Line


def grave(zh, en):
    return [
        finding.reason.split(":")[0] for finding in faults(read(Line("zh", zh)), read(Line("en", en))) if finding.grave
    ]


FINE = [
    (
        "an address against Han",
        "用户可在Lab/model-a和https://example.org/x/y上运行模型",
        "Users can run the model on Lab/model-a and https://example.org/x/y",
    ),
    (
        "an address of words against Han",
        "请看https://example.org/how-to-run-it-on-a-phone上的说明",
        "See the notes at https://example.org/how-to-run-it-on-a-phone",
    ),
    (
        "an address that ends both",
        "全部说明都在https://example.org/how-to-run-it-on-a-phone",
        "All notes are at https://example.org/how-to-run-it-on-a-phone",
    ),
    (
        "a path that ends both",
        "模型的名字是 garden/apple-tree-with-snow",
        "The model is called garden/apple-tree-with-snow",
    ),
    (
        "an address before a wide comma",
        "请看https://example.org/a，里面写得很清楚",
        "See https://example.org/a, it is clear",
    ),
    ("a title", "论文 The Art of the Garden Wall 讲得很好", "The paper The Art of the Garden Wall is good"),
    ("a quotation", "他说“all of it is in the garden”，然后走了", "He said “all of it is in the garden” and left"),
    (
        "names in small letters",
        "安装 torchvision、numpy、scipy 和 pandas",
        "torchvision, numpy, scipy, pandas",
    ),
    ("a command", "先运行 pip install torchvision 再说", "Run pip install torchvision first"),
    (
        "a page of each language",
        "见 https://example.org/docs/zh-CN/index 一页",
        "See https://example.org/docs/en/index there",
    ),
    ("what announces no translation", "下面是翻译流程：", "Here is the translation pipeline:"),
    ("talk of translations on both", "翻译：从中文到英文的全部步骤", "Translation: all steps from Chinese to English"),
]
FAULTY = [
    (
        "prose after an address",
        "说明在https://example.org/a，or you can visit the forum for more",
        "The notes are there.",
        "mixed",
    ),
    (
        "the tail left in English",
        "花园的墙很高 and covered by snow",
        "The garden wall is high and covered by snow",
        "mixed",
    ),
    ("a copy", "The garden wall is high.", "the garden wall is high", "copy"),
    ("a copy with more", "花园 The garden wall is high.", "The garden wall is high.", "copy"),
    ("the wrong side", "花园的墙很高。", "花园的墙非常高。", "language"),
    ("Japanese", "これは庭の壁です。とても高い。", "This is the garden wall.", "language"),
    ("chatter", "当然！以下是译文：", "The garden wall is high.", "chatter"),
    ("chatter on both", "当然！以下是翻译：墙很高。", "Sure! Here is the translation: The wall is high.", "chatter"),
    ("an announcement on both", "以下是译文：", "Here is your translation:", "chatter"),
    ("a refusal", "抱歉，我无法翻译这一行。", "The garden wall is high.", "chatter"),
    ("German", "花园的墙很高。", "Die Mauer um den Garten ist sehr hoch und wurde neu gebaut.", "language"),
    ("French", "花园的墙很高。", "Le mur du jardin est très haut et il fut construit avec des pierres.", "language"),
    (
        "another page in each language",
        "见 https://example.org/zh/index 一页",
        "See https://example.org/en/setup for it",
        "url",
    ),
    ("another address", "见 https://example.org/a 一页", "See https://example.com/b for it", "url"),
]


@pytest.mark.parametrize(("zh", "en"), [f[1:] for f in FINE], ids=[f[0] for f in FINE])
def test_a_good_line_has_no_fault(zh, en):
    assert grave(zh, en) == []


@pytest.mark.parametrize(("zh", "en", "reason"), [f[1:] for f in FAULTY], ids=[f[0] for f in FAULTY])
def test_a_fault_is_named(zh, en, reason):
    assert reason in grave(zh, en)


def test_an_address_that_one_side_leaves_out_is_a_light_finding():
    found = faults(read(Line("zh", "请看花园的介绍。")), read(Line("en", "See https://example.org/garden for more.")))
    assert [(finding.reason, finding.grave) for finding in found] == [("url:example.org/garden", False)]

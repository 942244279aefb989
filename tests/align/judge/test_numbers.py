import pytest

from digest.align.judge.numbers import check_numbers, check_units
from digest.align.judge.numerals import digits_of
from digest.align.judge.text import read
from digest.model import Line

AGREE = [
    ("十万 and K", "已有 10 万名用户。", "It has 100K users."),
    ("亿 and B", "模型有 320 亿参数。", "The model has 32B parameters."),
    ("a date", "发布于 4 月 16 日。", "Released on April 16."),
    ("an ordinal date", "发布于 4 月 16 日。", "Released on the 16th of April."),
    ("percent in words", "准确率是百分之七十。", "Accuracy is 70%."),
    ("percent the other way", "准确率是 70%。", "Accuracy is seventy percent."),
    ("a third", "只用了 1/3 的内存。", "It used one third of the memory."),
    ("三分之一", "只用了三分之一的内存。", "It used 1/3 of the memory."),
    ("half and 50 %", "快了一半。", "It is 50% faster."),
    ("half a million", "处理 50 万个词元。", "It handles half a million tokens."),
    ("a version", "使用 Transformers 4.43.2 版。", "Use Transformers release 4.43.2."),
    ("a list with one scale", "有 70 亿、130 亿和 340 亿参数三种。", "It comes with 7, 13 and 34 billion parameters."),
    ("万 and 千 together", "每台 19 万 9 千美元。", "At $199,000 a piece."),
    ("an exponent", "学习率为 1e-6，训练 800 步。", "A learning rate of 1e-6 and 800 steps."),
    ("a year without its century", "见 Wallace 等人 2019 年的论文。", "See Wallace et al., ‘19."),
    ("the early 2000s", "这些论文写于 21 世纪初。", "These papers are from the early 2000s."),
    ("minutes and seconds", "大约需要 3 分 40 秒。", "It took about 3m40s."),
    ("a size", "图像是 16×16 像素。", "The image has 16 x 16 pixels."),
    ("a hexadecimal number", "返回 0x7F。", "It returns 0x7F."),
    ("traditional digits", "共有３５個檔案。", "There are 35 files."),
]
DIFFER = [
    ("a digit", "已有 10 万名用户。", "It has 200K users."),
    ("a scale", "模型有 320 亿参数。", "The model has 32M parameters."),
    ("a day", "发布于 4 月 16 日。", "Released on April 17."),
    ("a month", "发布于 5 月 16 日。", "Released on April 16."),
    ("percent in words", "准确率是百分之七十。", "Accuracy is 75%."),
    ("a version", "使用 4.43 版。", "Use release 4.34."),
    ("beside an equal one", "`float32` 用 32 位。", "`float32` takes 33 bits."),
    ("one of a list", "有 70 亿和 130 亿参数两种。", "It comes with 7 and 15 billion parameters."),
    ("the size of a mixture", "我们用的是 8x7B 模型。", "We use the 8x7M model."),
    ("a number in Han", "共有九个检查点。", "There are 11 checkpoints."),
]


def findings(zh, en):
    return list(check_numbers(read(Line("zh", zh)), read(Line("en", en))))


@pytest.mark.parametrize(("zh", "en"), [a[1:] for a in AGREE], ids=[a[0] for a in AGREE])
def test_the_same_number_in_other_words_is_no_difference(zh, en):
    assert findings(zh, en) == []


@pytest.mark.parametrize(("zh", "en"), [d[1:] for d in DIFFER], ids=[d[0] for d in DIFFER])
def test_a_changed_number_is_a_grave_finding(zh, en):
    assert [finding.grave for finding in findings(zh, en)] == [True]


def test_a_number_that_was_only_left_out_is_a_light_finding():
    assert [finding.grave for finding in findings("我们用 8 块显卡训练。", "We trained on several cards.")] == [False]


@pytest.mark.parametrize(
    ("zh", "en", "agree"),
    [
        ("40 GB 显存", "40GB of memory", True),
        ("40 GB 显存", "40 MB of memory", False),
        ("3 小时", "3 hours", True),
        ("3 小时", "3 days", False),
        ("提高 40%", "40x faster", False),
        ("提高 2 倍", "2x faster", True),
        ("2024 年", "2024", True),  # a number without a unit says nothing
    ],
)
def test_units_are_compared_where_both_sides_name_one(zh, en, agree):
    assert (list(check_units(read(Line("zh", zh)), read(Line("en", en)))) == []) == agree


def test_a_wide_comma_does_not_join_numbers():
    assert [number.value for number in digits_of(read(Line("zh", "第 6，800 步")).raw)] == [6, 800]

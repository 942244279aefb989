import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.align.judge.numbers import check_numbers, check_units, unlike
from digest.align.judge.numerals import digits_of, spoken, zh_values
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
    ("亿 and 万 in Han", "投入一亿两千万元。", "It cost 120 million yuan."),
    ("亿 and 千万 in digits", "投入1亿2千万元。", "It cost 120 million yuan."),
    ("a decade in Han", "出现于九十年代。", "It appeared in the 1990s."),
    ("a century and a decade in Han", "出现于二十世纪八十年代。", "It appeared in the 1980s."),
    ("three quarters", "四分之三的用户喜欢它。", "75% of users like it."),
    ("per mille", "错误率是千分之五。", "The error rate is 0.5%."),
    ("percent with a point", "准确率是百分之七十五点五。", "Accuracy is 75.5%."),
    ("tenths", "五成用户喜欢它。", "50% of users like it."),
    ("one and a half", "用了一个半小时。", "It took 1.5 hours."),
    ("two and a half", "用了 2 个半小时。", "It took 2.5 hours."),
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
    ("亿 and 万 in Han", "投入一亿两千万元。", "It cost 130 million yuan."),
    ("亿 and 千万 in digits", "投入1亿2千万元。", "It cost 130 million yuan."),
    ("a decade in Han", "出现于九十年代。", "It appeared in the 1970s."),
    ("three quarters", "四分之三的用户喜欢它。", "80% of users like it."),
    ("percent with a point", "准确率是百分之七十五点五。", "Accuracy is 75.6%."),
    ("tenths", "五成用户喜欢它。", "60% of users like it."),
    ("one and a half", "用了一个半小时。", "It took 2.5 hours."),
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


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("一亿两千万", 1.2e8),
        ("二十三亿五千万", 2.35e9),
        ("一万亿", 1e12),
        ("三万五", 35_000),
        ("两千三", 2300),
        ("一百零五", 105),
        ("十五", 15),
        ("三千二百万零六", 32_000_006),
        ("十万", 1e5),
    ],
)
def test_a_chinese_numeral_is_read_as_it_is_said(numeral, value):
    assert value in zh_values(numeral)


def in_han(number):
    """Write a number below 1e12 out in full, in Han."""
    if number >= 10_000:
        scale = 10**8 if number >= 10**8 else 10**4
        head, rest = divmod(number, scale)
        gap = "零" if 0 < rest < scale // 10 else ""
        return in_han(head) + ("亿" if scale == 10**8 else "万") + gap + (in_han(rest) if rest else "")
    said, gap = "", False
    for place, unit in zip((1000, 100, 10, 1), "千百十 ", strict=True):
        digit = number // place % 10
        if digit:
            said += ("零" if gap and said else "") + "零一二三四五六七八九"[digit] + unit.strip()
        gap = not digit
    return said


@given(st.integers(1, 10**12 - 1))
def test_any_number_written_out_in_han_is_read_back(number):
    assert float(number) in zh_values(in_han(number))


def test_a_thing_made_or_a_member_is_no_tenth():
    assert 50.0 not in spoken("五成员")
    assert 10.0 not in spoken("一成为常态")


def test_a_number_of_one_side_is_printed_alone():
    assert (unlike(["70"], ["72"]), unlike(["70", "8"], []), unlike([], ["72"])) == ("70≠72", "70+8", "72")


def test_a_wide_comma_does_not_join_numbers():
    assert [number.value for number in digits_of(read(Line("zh", "第 6，800 步")).raw)] == [6, 800]

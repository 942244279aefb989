import subprocess
import sys

import pytest

from digest.align.numbers import digits_of, spoken
from digest.align.verify import judge
from digest.model import Line


def ask(zh, en, similarity=0.8, **code):
    return judge(Line("zh", zh, code=code.get("zh_code", ())), Line("en", en, code=code.get("en_code", ())), similarity)


GOOD = [
    ("plain", "图书馆星期一不开门，请改天再来。", "The library is not open on Mondays; please come another day."),
    ("a number in words", "团队里有三位工程师和 12 名志愿者。", "The team has three engineers and twelve volunteers."),
    ("万", "这个仓库已有 35 万次下载。", "The repository has been downloaded 350,000 times."),
    ("亿", "公司投入 1.2 亿元建设新机房。", "The company is spending 120 million yuan on a new data centre."),
    ("billion and letter", "我们训练了一个 70 亿参数的模型。", "We trained a model with 7B parameters."),
    ("month", "新版本将在 4 月 16 日发布。", "The new version will be released on April 16."),
    ("decade", "这种算法出现于 20 世纪 80 年代。", "The algorithm appeared in the 1980s."),
    ("percent", "错误率下降了百分之七十。", "The error rate fell by 70 percent."),
    ("metres", "这条小路长 160 千米。", "The path is 160 km long."),
    ("initials", "我们把 LLM 放进了手机里运行。", "We put a large language model to work inside a phone."),
    ("names", "用 iPhone 打开 GitHub 上的页面即可。", "Just open the page on GitHub with your iPhone."),
    ("not only", "它不仅更快，而且更省内存。", "It is not only faster but also lighter on memory."),
    ("not until", "直到昨天补丁才发布。", "The patch was not released until yesterday."),
    (
        "title of a paper",
        "论文 Learning to Sort Small Things 提出了这个想法。",
        "The paper Learning to Sort Small Things had the idea.",
    ),
]


@pytest.mark.parametrize(("zh", "en"), [g[1:] for g in GOOD], ids=[g[0] for g in GOOD])
def test_a_true_pair_verifies(zh, en):
    verdict = ask(zh, en)
    assert verdict.verified, verdict.reasons
    assert verdict.grade is not None


ZH = "上周我们发布了新的编译器，构建时间缩短了 40%。"
EN = "Last week we released the new compiler, which cuts build time by 40%."
BAD = [
    ("english twice", EN, EN, "copy"),
    ("chinese twice", ZH, ZH, "copy"),
    ("styled copy", f"*{EN}*", EN, "copy"),
    ("two english lines", "We shipped a faster compiler.", EN, "language"),
    ("two chinese lines", ZH, "新的编译器上周发布，构建更快。", "language"),
    ("sides swapped", EN, ZH, "language"),
    ("japanese", "コンパイラがリリースされました。とても速いです。", EN, "language"),
    ("both languages in one line", f"{ZH} {EN}", EN, "copy"),
    ("english left over", "上周我们发布了新编译器 which cuts the build time by 40% for all", EN, "mixed"),
    ("number changed", ZH, EN.replace("40", "70"), "numbers"),
    ("unit changed", "用户超过 300 万。", "It has more than 300 million users.", "numbers"),
    ("model size changed", "他们用的是 405B 模型。", "They use the 405M model.", "numbers"),
    ("negated", "这个方法在小数据上效果很好。", "This method does not work well on small data.", "negation"),
    ("name swapped", "我们用 PyTorch 重写了训练代码。", "We rewrote the training code in TensorFlow.", "names"),
    ("chatter", "以下是翻译结果：", EN, "chatter"),
    ("english chatter", ZH, "Absolutely! Here's the translation of your line:", "chatter"),
    ("another address", "详见 https://a.example/one 上的说明。", "See https://b.example/two for more.", "url"),
    ("too short", ZH + "我们还修好了许多旧问题，重写了全部文档。", "We released 40%.", "length"),
]  # fmt: skip


@pytest.mark.parametrize(("zh", "en", "reason"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_a_spoiled_pair_is_refused_and_says_why(zh, en, reason):
    verdict = ask(zh, en, 0.9)
    assert not verdict.verified
    assert verdict.grade is None
    assert any(r.startswith(reason) for r in verdict.reasons), verdict.reasons


@pytest.mark.parametrize("similarity", [0.1, 0.4, float("nan"), -1.0])
def test_unlike_vectors_are_refused(similarity):
    verdict = ask(ZH, EN, similarity)
    assert not verdict.verified
    assert 0 <= verdict.score <= 1


@pytest.mark.parametrize("line", ["", "   ", "12345", "`make test`", "https://a.example/", "😀"])
def test_a_line_without_words_never_verifies(line):
    assert not ask(line, EN, 1.0).verified
    assert not ask(ZH, line, 1.0).verified


def test_grades_and_scores_fall_with_doubt():
    sure, doubtful, wrong = ask(ZH, EN, 0.85), ask(ZH, EN, 0.52), ask(ZH, EN, 0.2)
    assert (sure.grade, doubtful.grade, wrong.grade) == ("exact", "same", None)
    assert sure.score > doubtful.score > wrong.score
    assert doubtful.reasons == ("similarity:0.52",)


def test_two_doubts_at_low_similarity_refuse():
    zh = "我们重写了文档，修好了许多旧问题，加上了新的教程和许多例子，还改进了安装程序和它的各种提示信息。"
    assert ask(zh, "We rewrote the documentation and fixed many problems.", 0.8).verified
    assert not ask(zh, "We rewrote the documentation and fixed many problems.", 0.5).verified


def test_code_is_no_prose_on_either_side():
    command = "pip install the package from this index and run it with the new flag"
    zh, en = f"先运行 {command}，再重启服务。", f"First run {command}, then restart the service."
    at = zh.index(command), en.index(command)
    assert not ask(zh, en).verified
    zh_code, en_code = ((at[0], at[0] + len(command)),), ((at[1], at[1] + len(command)),)
    assert ask(zh, en, zh_code=zh_code, en_code=en_code).verified


def test_numbers_are_read_with_their_units():
    assert [n.value for n in digits_of("3.5 万亿、2-3 千米、1,234.5 和 64 KB")] == [3.5e12, 2, 3, 1234.5, 64]
    assert {21, 35} <= spoken("twenty-one and 三十五")
    assert 2e8 in spoken("两亿")


def test_jieba_is_silent_and_its_cache_in_the_shared_folder_is_neither_read_nor_written(tmp_path):
    (tmp_path / "jieba.cache").write_bytes(b"not a marshalled dictionary")
    program = (
        "from digest.align.verify import judge\nfrom digest.model import Line\n"
        "zh, en = Line('zh', '非常好的方法，没有问题。'), Line('en', 'A very good method, it is not a problem.')\n"
        "print(judge(zh, en, 0.8).verified)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(p for p in sys.path if p)},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("True\n", "")
    assert [p.name for p in tmp_path.iterdir()] == ["jieba.cache"]


def test_a_version_of_hundreds_of_digits_raises_nothing():
    long = "1.2." + "9" * 400
    verdict = judge(Line("zh", f"版本 {long} 发布了"), Line("en", f"Version {long} is out"), 0.8)
    assert 0 <= verdict.score <= 1


def test_a_line_too_long_to_be_one_is_refused():
    assert not judge(Line("zh", "很长" * 1001), Line("en", "long " * 500), 0.9).verified

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_bag import WordBag

from digest.align.judge.back import BackTranslation
from digest.align.judge.numerals import digits_of, spoken
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
    ("gigabytes and megabytes", "模型需要 40 GB 的内存。", "The model needs 40 MB of memory.", "units"),
    ("hours and minutes", "训练用了 3 小时。", "Training took 3 minutes.", "units"),
    ("chatter", "以下是翻译结果：", EN, "chatter"),
    ("english chatter", ZH, "Absolutely! Here's the translation of your line:", "chatter"),
    ("another address", "详见 https://a.example/one 上的说明。", "See https://b.example/two for more.", "url"),
    ("too short", ZH + "我们还修好了许多旧问题，重写了全部文档。", "We released 40%.", "missing"),
    ("the tail of the English", "我们上周发布了新的编译器 which we think is a lot better.",
     "Last week we released the new compiler, which we think is a lot better.", "mixed"),
    ("a word for the number", "我们发布了九个模型。", "We released 11 models.", "numbers"),
]  # fmt: skip
DOUBTED = [
    ("negated", "这个方法在小数据上效果很好。", "This method does not work well on small data.", "negation"),
    ("no longer negated", "这个方法在小数据上无法使用。", "This method can be used on small data.", "negation"),
    ("name swapped", "我们用 PyTorch 重写了训练代码。", "We rewrote the training code in TensorFlow.", "names"),
    ("clause dropped", "我们重写了训练代码，修好了旧的错误，而且更新了全部文档和例子。",
     "We rewrote the training code.", "missing:"),
    ("clause added", "我们重写了训练代码。",
     "We rewrote the training code, which our customers in Germany had asked for since last summer.", "extra:"),
    ("cut off", "我们重写了训练代码，修好了旧的错误，而且更新了全部文档和例子。",
     "We rewrote the training code, fixed the old errors, and updated all the", "missing"),
    ("said twice", "我们重写了训练代码，修好了旧的错误。",
     "We rewrote the training code and fixed the old errors and fixed the old errors.", "repeated"),
]  # fmt: skip


@pytest.mark.parametrize(("zh", "en", "reason"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_a_spoiled_pair_is_refused_and_says_why(zh, en, reason):
    verdict = ask(zh, en, 0.9)
    assert not verdict.verified
    assert verdict.grade is None
    assert any(r.startswith(reason) for r in verdict.reasons), verdict.reasons


@pytest.mark.parametrize(("zh", "en", "reason"), [d[1:] for d in DOUBTED], ids=[d[0] for d in DOUBTED])
def test_what_was_added_dropped_or_changed_is_never_exact_and_says_what(zh, en, reason):
    verdict = ask(zh, en, 0.75)
    assert verdict.grade != "exact"
    assert verdict.exact < ask(ZH, EN, 0.75).exact
    assert any(r.startswith(reason) for r in verdict.reasons), verdict.reasons


SHORT = [("它很快。", "It is fast."), ("安装", "Installation"), ("参考资料", "References"), ("谢谢！", "Thank you!")]


@pytest.mark.parametrize(("zh", "en"), SHORT)
def test_a_short_line_in_which_nothing_stands_twice_is_not_said_to_repeat(zh, en):
    assert ask(zh, en).reasons == ()


@pytest.mark.parametrize(
    ("zh", "en", "reason"),
    [
        ("我们不支持 Windows。", "We support Windows.", "negation:不"),
        ("我们支持 Windows。", "We do not support Windows.", "negation:not"),
        ("它不能用。", "It works.", "negation:不"),
    ],
)
@pytest.mark.parametrize("cosine", [0.6, 0.8, 0.95])
def test_a_plain_denial_that_the_other_side_has_not_always_warns_even_in_a_short_line(zh, en, reason, cosine):
    verdict = ask(zh, en, cosine)
    assert verdict.grade != "exact"
    assert reason in verdict.reasons


def test_two_lines_that_both_deny_need_no_warning():
    assert ask("我们不支持 Windows。", "We do not support Windows.").reasons == ()


def test_a_name_that_one_side_lacks_is_printed_alone():
    verdict = ask("我们用 OpenAI 的接口，又用 Mistral 的模型来完成这件事。", "We get this done with an interface.", 0.7)
    assert not any(r.endswith("≠") or ":≠" in r for r in verdict.reasons), verdict.reasons
    assert any(r.startswith("names:OpenAI") for r in verdict.reasons), verdict.reasons


@pytest.mark.parametrize("similarity", [0.1, 0.2, float("nan"), -1.0])
def test_unlike_vectors_are_refused(similarity):
    verdict = ask(ZH, EN, similarity)
    assert not verdict.verified
    assert 0 <= verdict.score <= 1


@pytest.mark.parametrize("line", ["", "   ", "12345", "`make test`", "https://a.example/", "😀"])
def test_a_line_without_words_never_verifies(line):
    assert not ask(line, EN, 1.0).verified
    assert not ask(ZH, line, 1.0).verified


def test_the_probabilities_fall_with_doubt_and_exact_is_never_likelier_than_same():
    sure, doubtful, wrong = (ask(ZH, EN, cosine) for cosine in (0.85, 0.52, 0.2))
    assert sure.grade == "exact"
    assert not sure.reasons
    assert sure.score > doubtful.score > wrong.score
    assert all(0 <= v.exact <= v.score <= 1 for v in (sure, doubtful, wrong))


def test_who_made_a_pair_moves_its_probability():
    zh, en = Line("zh", ZH), Line("en", EN)
    by = {maker: judge(zh, en, 0.8, made_by=maker) for maker in ("human", "machine", "written", "none")}
    assert by["human"].score > by["none"].score
    assert by["human"].score > by["machine"].score == by["written"].score
    assert by["human"].grade == "exact"
    assert by["machine"].grade == by["written"].grade == "same"  # whatever its probability: no test sees a wrong term


def test_a_machine_line_in_which_nothing_is_seen_verifies_and_is_not_called_exact():
    zh, en = Line("zh", ZH), Line("en", EN)
    human, machine = (judge(zh, en, 0.8, made_by=maker) for maker in ("human", "machine"))
    assert human.grade == "exact"
    assert machine.verified
    assert not machine.reasons
    assert machine.grade == "same"
    assert 0.3 < machine.score < 0.95, "labelled by hand, three lines of a machine in four were right"


def test_of_a_machine_more_likeness_is_asked():
    zh, en = Line("zh", ZH), Line("en", "Our users had long waited for builds that take 40% less time than before.")
    cosines = [step / 100 for step in range(25, 90)]
    passed = {maker: [c for c in cosines if judge(zh, en, c, made_by=maker).verified] for maker in ("human", "machine")}
    assert min(passed["human"]) < min(passed["machine"])


def test_another_line_is_refused_whoever_made_it():
    other = "All photographs in the museum were taken by students during their summer holidays."
    for maker in ("human", "machine", "memory", "written", "none"):
        assert not judge(Line("zh", ZH), Line("en", other), 0.3, made_by=maker).verified


def bag():
    same = {
        "训练": "train",
        "代码": "code",
        "文档": "docs",
        "例子": "examples",
        "更新": "update",
        "重写": "rewrite",
    }
    return WordBag(same, 64)


def test_leaving_a_clause_out_finds_the_one_that_is_missing():
    zh, en = "我们重写训练的代码，更新全部文档和例子。", "Rewrite code of train."
    whole = judge(Line("zh", zh), Line("en", en), 0.7, embedder=bag())
    assert any("更新全部文档" in reason for reason in whole.reasons)


def test_clauses_are_not_tried_where_there_is_one_or_where_all_is_clear_already():
    embedder = bag()
    one = Line("zh", "我们重写了训练代码。"), Line("en", "We rewrote the code.")
    judge(*one, 0.8, embedder=embedder)
    other = "Photographs, most of them old, were taken by students, and shown in the museum, in 1920 and 1935."
    judge(Line("zh", ZH), Line("en", other), 0.26, embedder=embedder)
    assert embedder.asked == 0
    judge(Line("zh", ZH), Line("en", EN), 0.8, embedder=embedder)
    assert embedder.asked == 1


def test_a_back_translation_without_the_denial_speaks_against_the_pair():
    zh, en = Line("zh", "这个方法难以不在小数据上使用。"), Line("en", "This method does not work on small data.")
    against = judge(zh, en, 0.75, back=BackTranslation("This method works on small data.", 0.8))
    for_it = judge(zh, en, 0.75, back=BackTranslation("This method does not work on small data.", 0.95))
    assert against.exact < for_it.exact


def test_a_back_translation_that_loops_is_no_opinion():
    loop = BackTranslation("the the the the the the the the the", 0.1)
    assert judge(Line("zh", ZH), Line("en", EN), 0.8, back=loop) == ask(ZH, EN, 0.8)


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


LINES = st.text(alphabet='我们的模型不是训练了 aBthe.,，。!?0123%"“”()（）`$\n*_-&@/:', max_size=80)


@given(LINES, LINES, st.floats(-1, 1))
def test_any_two_lines_get_a_verdict_that_holds_together(zh, en, similarity):
    verdict = judge(Line("zh", zh), Line("en", en), similarity)
    assert 0 <= verdict.exact <= verdict.score <= 1
    assert verdict.verified == (verdict.grade is not None)
    assert (verdict.grade == "exact") == (not verdict.reasons)
    assert len(set(verdict.reasons)) == len(verdict.reasons)

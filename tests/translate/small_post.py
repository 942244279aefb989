"""A small post, and good lines about it, for the tests of what is written."""

from digest.align.embed import load_embedder
from digest.align.rests import alike, rests
from digest.align.verify import judge
from digest.model import Document, Line, Paragraph
from digest.normalise.split import sentences
from digest.translate.material import material_of
from digest.translate.write import Checks, Draft

POST = Document(
    "https://blog.example/otter",
    "en",
    "Otter 3: a smaller index for code search",
    (
        Paragraph("heading", "Otter 3: a smaller index for code search", 1),
        Paragraph(
            "prose",
            "Today we release Otter 3, a search engine for source code. "
            "Its index takes 40 GB instead of 120 GB for the same repositories. "
            "It runs on a single machine with 16 GB of memory.",
        ),
        Paragraph("heading", "How it works", 2),
        Paragraph(
            "prose",
            "Otter 3 stores trigrams in compressed blocks of 4,096 entries. "
            "Each block is decompressed only when a query needs it. "
            "Regular expressions are translated into trigram queries by the planner. "
            "Queries that match more than 10,000 files are not ranked.",
        ),
        Paragraph("heading", "What comes next", 2),
        Paragraph(
            "prose",
            "We plan to support Windows in the spring. "
            "The old index format can be converted with the command otter migrate. "
            "Otter 3 is free software under the Apache License 2.0.",
        ),
    ),
)
MATERIAL = material_of(POST, sentences(POST.paragraphs))

GOOD = (
    Draft("我们发布了用于源代码的搜索引擎 Otter 3。", "We release Otter 3, a search engine for source code.", (1,)),
    Draft(
        "对于相同的代码仓库，它的索引只占 40 GB，而不是 120 GB。",
        "For the same repositories, its index takes only 40 GB instead of 120 GB.",
        (2,),
    ),
    Draft(
        "Otter 3 把三元组存储在每块 4,096 个条目的压缩块中。",
        "Otter 3 stores trigrams in compressed blocks of 4,096 entries.",
        (5,),
    ),
    Draft("我们计划在春季支持 Windows。", "We plan to support Windows in the spring.", (10,)),
)


def checks() -> Checks:
    """The checks of the program itself: its encoder, its judge."""
    embedder = load_embedder()

    def pair(zh, en):
        one, two = embedder.encode([zh, en])
        verdict = judge(Line("zh-Hans", zh), Line("en", en), float(one @ two), made_by="written", embedder=embedder)
        return () if verdict.verified else verdict.reasons or ("refused",)

    return Checks(
        lambda line, side, cited, own: rests(line, side, cited, own, embedder),
        pair,
        lambda one, two: alike(one, two, embedder),
    )

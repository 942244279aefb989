"""What kind of post it is, where its title or its structure tells surely."""

from __future__ import annotations

import re
from collections.abc import Mapping

from digest.abstract.card_names import subject_names
from digest.model import Document


def _any(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{part})" for part in parts), re.IGNORECASE)


# What "How … used" may speak of that is no customer.
_NO_HOUSE = (
    r"(?!(?:transformers?|(?:ll|vl|l)ms?|ai|ml|nlp|rag|rl|rlhf|[gct]pus?|agents?|models?|attention|neural|deep|machine|"
    r"large|language|diffusion|embeddings?|tokenizers?|quantization|python|we|i|you|to|do|can|it|they)\b)"
)
# What a title says, in the order in which it is believed.
BY_TITLE: Mapping[str, re.Pattern[str]] = {
    "newsletter": _any(
        r"\bnewsletter(?=\s*(?:$|[#:|,(\d]|\s[–—-]|(?:issue|no|vol)\b))",
        r"\b(?:weekly|monthly) (?:(?:digest|roundup)\b|update(?=\s*(?:$|[#:|,(\d]|\s[–—-])))",
        r"每[周月]通讯|社区通讯|通讯(?:\s|[-–—:：|])*(?:[#＃]|第\s*[\d一二三四五六七八九十])|(?:简报|周报|月报|周刊|月刊)(?!自动|生成|系统|工具|助手|机器人)",
    ),
    "interview": _any(
        r"(?:^|[:：,|–—-] )(?:an? |our |the )?interviews? with (?-i:[A-Z][a-z])|^interview[:：]|\bAMA with\b",
        r"(?:访谈|专访)(?!数据|系统|机器人)|^对话[:：]",
    ),
    "event": _any(
        r"\b(?:hackathon|webinar)\b(?!-)|\bmeet-?up\b(?!-)|\bcall for (?:papers|proposals|participation|submissions)\b|"
        r"\bwinners? of\b",
        r"黑客松|黑客马拉松|线下活动|征文(?!分类|数据)|征稿|研讨会",
    ),
    "case-study": _any(
        r"\bcase study\b|\bcustomer stor(?:y|ies)\b|\bsuccess stor(?:y|ies)\b",
        rf"^how {_NO_HOUSE}(?-i:[A-Z])[\w.&-]*(?: (?-i:[A-Z&])[\w.&-]*){{0,3}} (?:uses?|used|built|builds|"
        r"accelerated?|reduced?|cuts?|saved?|scaled?|achieved?|improved?|migrated|moved)\b",
        r"案例|客户故事",
    ),
    "benchmark": _any(
        r"^benchmark(?:s|ing)\b|^(?!.*\b(?:beat|top|win|climb|ace)).*(?:[:–-] .*\bbenchmark(?:s|ing)?\b|\bbenchmarks?$|"
        r"\bleaderboard\b)",
        r"评测|基准(?:测试|评测)|排行榜|榜单|测评",
    ),
    "paper": _any(
        r"\bpaper (?:explained|review|reading|walk-?through|summary)\b|^paper:",
        r"论文(?:解读|精读|速览|速读|笔记|导读|分享)",
    ),
    "series": _any(
        r"\bpart (?:\d{1,2}|[ivx]+|one|two|three|four|five)(?=\s*(?:$|[]:：,)–—|-]|of\s+\d))|\(\d\s*/\s*\d\)",
        r"第\s*[一二三四五六七八九十\d]+\s*(?:部分|篇|讲|期|章|节)|(?<!^)[（(][一二三四五六上中下]+[)）]",
    ),
    "overview": _any(
        r"\b(?:overview|survey|landscape) of\b(?! our\b)(?! (?:\w+ ){0,2}\d)|\ban? (?:overview|survey)\b(?! of\b)|"
        r"\bthe state of\b|"
        r"\b(?:year|\d{4}) in review\b|"
        r"\b(?:short|brief) (?:summary|history|overview)\b|\bretrospective\b|^\d{4}, (?:the )?year of\b",
        r"综述|概述|概览|盘点|回顾(?!性)|现状|发展史|简史",
    ),
    "explainer": _any(
        r"\bexplained$|\bexplained[:!,]|^(?:an? |the )?(?:gentle |short |brief |quick )?introduction to\b(?! our\b)|"
        r"^what (?:is|are)\b(?! (?:new|next|coming|we|our|your)\b)|"
        r"^understanding\b|\bdeep dive\b|\bprimer\b|\bunder the hood\b|\bdemystif",
        r"详解|^什么是|一文(?:读懂|看懂|搞懂|了解)|原理(?!图)|深入(?:理解|解析|浅出|剖析)|揭秘|图解|科普",
    ),
    "essay": _any(
        r"^(?:an? )?opinion\b|\bopinion[:)]|\b(?:some |my |our )?thoughts on\b|"
        r"^reflections? on\b|\bmy (?:view|take) on\b|"
        r"\bin defen[cs]e of\b|\bconsidered harmful\b",
        r"^观点|观点[:：]|随笔|随想|杂谈|^反思|的反思$|我的看法|之我见",
    ),
}
HOW_TO = _any(
    r"\bhow to\b|\btutorial\b|\bstep[- ]by[- ]step\b|\bwalk-?through\b|\bhands-on\b|\bgetting started\b|"
    r"\bquick ?start\b|"
    r"^(?:fine-?tun|train|deploy|build|creat|runn?|serv|us|implement|convert|host|pre-?train|port)(?:e|es|ing)?\b.*"
    r"\b(?:with|using|on|in|via|from|for)\b",
    r"教程|手把手|一步步|实战|入门|上手|快速开始|如何|怎样|怎么|指南",
    r"^(?:使用|利用|用|基于|在|通过).{2,40}(?:微调|训练|部署|构建|搭建|运行)",
    r"^(?:微调|训练|部署|构建|搭建|运行)",
)
# A post on how a newsletter, a webinar bot or a leaderboard is made is none of these.
MADE = _any(r"^(?:build|creat|writ|mak|generat|summari[sz])(?:e|ing)?\b", r"构建|搭建|用.{1,20}(?:写|做|生成)")
OF_THINGS_MADE = frozenset({"newsletter", "event", "benchmark"})
CODE_BLOCKS = 3  # what a tutorial shows at least
NEW = _any(
    r"^(?:introducing|announcing|releasing|presenting|unveiling|meet|launching)\b|"
    r"[:：,-] ?(?:introducing|announcing)\b|"
    r"\b(?:is|are) (?:now )?(?:out|released|live)\b|\bv?\d+\.\d+(?:\.\d+)? (?:is )?(?:released|released?\b)|"
    r"\breleased\W*$|\breleas(?:e|es|ing) (?:of )?v?\d|\brelease\W*$|\b(?:just|has|have) landed\b",
    r"发布|推出|正式(?:上线|开源)|来(?:啦|了)[!！]?$|问世|亮相|隆重介绍|^(?:介绍|引入|宣布)|简介",
)
RELEASED = _any(
    r"\b(?:we(?:['’]re| are|['’]ve| have)?|today|now|is|are|has|been|just)\b[^.]{0,60}\b(?:releas(?:e|ed|es|ing)|"
    r"launch(?:ed|es|ing)?|"
    r"open-?sourc(?:ed|ing)|unveil(?:ed|ing)?|announc(?:e|es|ed|ing) the release)\b",
    r"发布|推出|开源了|正式(?:开源|上线)",
)
TOLD = _any(
    r"\b(?:joins?|joining|partners?(?: with|hip)|partnering|teams? up|acquires?|acquired|"
    r"collaborat(?:es?|ing|ion) with|arrives?|"
    r"comes? to|coming to|welcomes?|now (?:on|in|available|supports?)|available (?:on|in)|sponsors?|"
    r"invests?)\b|^announcing\b",
    r"加入|合作|宣布|收购|登陆|现已|迎来|携手|入驻|落户|公告|正式支持|上线",
)
ANNOUNCED = _any(
    r"\b(?:announc\w+|partner\w*|join\w*|acquir\w+|excited|thrilled|happy|proud|glad|pleased|delighted|collaborat\w+)\b",
    r"宣布|合作|加入|收购|高兴|激动|兴奋|荣幸|自豪|推出|发布",
)
OPENING = _any(
    r"\bwe(?:['’]re| are) (?:\w+ )?(?:excited|thrilled|happy|proud|glad|pleased|delighted) to (?:\w+ )?"
    r"(?:announce|release|introduce|launch|open-?source|share)\b",
    r"\bis now (?:officially )?(?:a |an )?(?:available|supported|part of|live)\b|\bnow supports\b",
    r"(?:高兴|激动|兴奋|荣幸|自豪)地?(?:向[^，。]{1,10})?(?:宣布|发布|推出|介绍)",
)
TO_KNOW = re.compile("简介")  # of a thing that is new, or of one that is not
OF_A_RELEASE = re.compile(r" the (?:\w+ )?release of\b|[^。]{0,40}发布")  # what is announced
RELEASE_VERB = _any(r"\b(?:release|introduce|launch|open-?source)\b", r"发布|推出|介绍")
# What stands behind a name that is one: "HELMET (How to …), a comprehensive benchmark".
A_BENCHMARK = (
    r"(?: \([^)]{0,120}\))?,? (?:is )?(?:an?|the|our) (?:[\w-]+ ){0,4}(?:benchmark|leaderboard)\b"
    r"|[^。]{0,30}(?:基准|排行榜|榜单)"
)
LEAD = 1500  # characters in which a post says what is new
FIRST = 300  # characters in which a post says that it announces something
BEGINNING = 4000  # characters in which it says what sort of thing the new one is


def genre_of(document: Document) -> str:
    """Give the code of the post's genre (GENRES), "" where it cannot be told: it is printed as a fact.

    A title alone tells most kinds. A tutorial must show code as well, and what is released or announced must be so in
    the first paragraphs too.
    """
    title = document.title.strip()
    is_made = HOW_TO.search(title) or MADE.search(title)
    for genre, pattern in BY_TITLE.items():
        if pattern.search(title) and not (is_made and genre in OF_THINGS_MADE):
            return genre
    text = "\n".join(p.text for p in document.paragraphs if p.kind in ("prose", "item", "quote"))
    if TOLD.search(title) and ANNOUNCED.search(text[:LEAD]):
        return "announcement"
    if NEW.search(title) and RELEASED.search(text[:LEAD]):
        return "benchmark" if _is_benchmark(document, text[:BEGINNING]) else "release"
    if TO_KNOW.search(title):
        return "explainer"
    blocks = sum(paragraph.kind == "code" for paragraph in document.paragraphs)
    if HOW_TO.search(title):
        return "tutorial" if blocks >= CODE_BLOCKS else ""
    if opening := OPENING.search(text[:FIRST]):
        is_release = RELEASE_VERB.search(opening.group()) or OF_A_RELEASE.match(text[opening.end() :])
        return "release" if is_release else "announcement"
    return ""


def _is_benchmark(document: Document, text: str) -> bool:
    return any(re.search(f"{re.escape(name)}(?:{A_BENCHMARK})", text) for name in subject_names(document))

"""Whose figure it is: what a sentence's clause says of the subject, and what of somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.abstract.card_names import GENERIC, Told, squeezed

NOUNS = (
    r"(?:models?|datasets?|benchmark|corpus|collection|leaderboard|weights|release|library|series|family|toolkit|suite)"
)
NOUNS_ZH = r"(?:模型|数据集|基准|系列|库|语料库|排行榜|版本|权重)"
OUR = rf"(?:its?|they|both|(?:all |both )?(?:of )?(?:this|these|the|our|all)(?: \w+){{0,2}} {NOUNS})"
OUR_ZH = rf"(?:它们?|(?:该|这个|这一|此|我们的|新)(?:新的?|开源)?{NOUNS_ZH}|{NOUNS_ZH})"
PRESENTED = re.compile(rf"\b(?:we|our|ours)\b|我们|^\W*{OUR}\b|^\W*{OUR_ZH}", re.IGNORECASE)
PRONOUN = re.compile(r"^\W*(?:its?|this model|the models?|they)\b|^\W*(?:它|该模型)", re.IGNORECASE)
OPENS = re.compile(
    r"\W*([A-Z]\w{3,}) (?:now |currently |already )?"
    r"(?:is|has|supports?|includes?|contains?|offers?|provides?|covers?|hosts?|features?)\b"
)
NAME_LIKE = re.compile(r"\b[A-Z][\w.+-]*|\b[a-z]+[A-Z0-9][\w.+-]*", re.ASCII)
# The number behind it belongs to a name: "Llama 2 checkpoints".
VERSION = re.compile(r"[A-Z][\w.-]* ?(?:\d[\d.]* ?)?$", re.ASCII)
# What stands between a figure and the subject that owns it: "the 176B parameter model BLOOM".
BETWEEN = re.compile(
    r"[\s-]*(?:of |in )?(?:(?!(?:on|for|to|by|and|or|from|using|with|than|in|of) )[a-z-]+ ){0,3}"
    r"|\s*(?:[^A-Za-z0-9对将用把在和与给为让上]{0,12}的)?(?:大|开源|语言|大语言)?(?:模型|数据集)?\s*"
)
AFTER = 40  # characters behind a figure in which another's name makes it that one's: "the 1.6T parameters of Switch"
# Capitals that name nothing by themselves.
SIZED = frozenset(
    {
        "large",
        "base",
        "small",
        "tiny",
        "medium",
        "mini",
        "nano",
        "xl",
        "xxl",
        "instruct",
        "chat",
        "space",
        "spaces",
        "moe",
        "mixtureofexperts",
    }
)
HOLDER = re.compile(
    r"\b([A-Z][\w.+-]*(?: \d[\d.]*)?),? ?\(?(?:which |that )?"
    r"(?:licen[sc]ed|released|available|under|is|are|has|uses|comes|was)\b[^,;]*$|"
    r"([A-Z][\w.+-]*)\s*[则也均都]?(?:采用|基于|使用|遵循|以|按)[^，；]*$",
    re.ASCII,
)
PRONOUNS = {"it", "this", "they", "these", "both", "all"}

# What says that the subject of a sentence has a figure; its subject ends there.
OWNS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|comes?|contains?|includes?|consists?|comprises?|features?|supports?|covers?|"
    r"offers?|provides?|hosts?|introduces?|spans?|now|currently|already)\b|"
    r"是|有|拥有|包含|包括|涵盖|覆盖|支持|由|在|基于|训练|采用|提供|可|能|已|分别|引入|推出|发布|具有|具备|上下文|参数量",
    re.IGNORECASE,
)
# What we do that makes a figure that of what we present; training is a step, evaluating and running are tests.
WE_MAKE = re.compile(
    r"\bwe(?:['’]re| are|['’]ve| have)?(?: \w+)?(?: \w+)?(?: to)? (?:releas\w+|introduc\w+|present\w*|announc\w+|"
    r"open-?sourc\w+|collect\w*|creat\w+|built|build|publish\w*|shar\w+|launch\w*|curat\w+)\b"
    r"|我们[^，。]{0,12}(?:发布|推出|开源|介绍|收集|构建|创建)",
    re.IGNORECASE,
)
# What is done with the thing, or is measured on it: the figure behind is that of the deed.
DEED = re.compile(
    r"\b(?:outperform\w*|match\w*|beat\w*|surpass\w*|exceed\w*|rival\w*|evaluat\w*|test\w*|benchmark(?:ed|ing)|"
    r"measur\w+|runs?|running|achiev\w*|us(?:e|es|ed|ing)|load\w*|generat(?:e|es|ed|ing)|process\w*|handl\w+|serv\w+|"
    r"fine-?tun\w*|deploy\w*|download\w*|increas\w+|grow\w*|grew|took|takes?|you|your|reach\w*|rank\w*)\b|"
    r"优于|超越|超过|胜过|媲美|相当|评测|评估|运行|处理|使用|利用|生成|加载|达到|微调|部署|下载|增加|创建|你",
    re.IGNORECASE,
)
DEED_ZH = re.compile("评测|评估|微调|测试|运行")  # a Chinese verb may stand behind
ABOUT = re.compile(r"(?:超过|达到|达|近|约)\s*$")
# A part of the thing, another of its kind, or one case of it.
PART = re.compile(
    r"\b(?:encoders?|decoders?|embeddings?|encodings?|layers?|adapters?|heads?|tokeni[sz]ers?|vocabulary|backbone|teachers?|"
    r"students?|assistants?|drafts?|baselines?|predecessors?|competitors?|alternatives?|case|results?|version|variant|"
    r"team|users?|people|author\w*|community|largest|smallest|bigger|smaller|small|latter|former|each|one)\b|最大|最小|每个|编码器?|解码器|嵌入|层|适配器|词表|基线|助手|团队|用户|作者",
    re.IGNORECASE,
)
# "As of now, …"
OPENING = re.compile(
    r"^\W*(?:(?!(?:it|they|we)\b)[A-Za-z][A-Za-z ]{0,30}, |(?!它|我们)[^，,。]{1,10}，)?", re.IGNORECASE
)
# A figure before the subject: "Pre-trained with only 4M images (see below), Heron …".
FRONTED = re.compile(
    r"^\W*(?:(?:pre-?)?trained|with|built|when scaled|featuring|offering|spanning|containing)\b|"
    r"^\W*(?:仅?(?:在|基于)|凭借|拥有|得益于)",
    re.IGNORECASE,
)
BEHIND_COMMA = re.compile(
    rf"^[^,，;；.。]*(?:[,，]|[(（][^)）]*[)）][,，]?) ?(?:the |our |预训练的?|{OUR_ZH})? ?", re.IGNORECASE
)
# "Heron-2 Large checkpoint consisting of 866M parameters", "Heron-2, with only 7B parameters, …"
JOINED = re.compile(
    r"^(?:[ -](?:large|base|small|models?|checkpoints?|family|datasets?|benchmark|release|corpus|collection)){0,3}"
    r"(?: (?:consisting of|comprising|containing|having)|, with(?: only| just)?) $",
    re.IGNORECASE,
)
# A clause with a subject of its own between the sentence's subject and the figure.
NEW_CLAUSE = re.compile(
    r"\b(?:which|whose|where|while|whereas|but|that (?:is|are|has|have|was|were))\b"
    r"|其中|后者|前者|而|但|却|[与和跟](?=[^，。；]*$)"
    r"|(?:[,;:(]|\band\b) ?(?!it\b|they\b|we\b|is\b|are\b|was\b|has\b|have\b)"
    r"(?:(?:the|an?|its|their|our|one|some|each)\b ?)?[\w-]+(?: [\w-]+){0,3} "
    r"(?:is|are|has|have|was|were|contains?|supports?|uses?|used|needs?|takes?|got|reached)\b",
    re.IGNORECASE,
)
# A step, a part or a test, not the thing: "fine-tuned on a further 35B tokens".
A_STEP = re.compile(
    r"\b(?:alone|subset|samples? of|baseline|further|additional\w*|extra|fine-?tun\w*|steps?|epochs?|distill?\w*|"
    r"remaining|faster|slower|smaller|larger|similar\w*|equivalent|experiments?|tested|tests?|subjects?|chunks?|ranks?)\b|"
    r"微调|额外|子集|基线|类似|相当于|剩余|步|轮|蒸馏|测试|实验",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a post is about: the keys of its names, what finds them in a text as whole words, and the post's title."""

    keys: tuple[str, ...]
    named: re.Pattern[str]
    title: str


def subject(names: Sequence[str], title: str) -> Subject:
    """Give the subject of these names, each spelled with or without spaces, hyphens and dots between its parts."""
    keys = tuple(squeezed(name) for name in names)
    parts = (r"[\s.-]?".join(re.findall(r"[A-Za-z]+|\d+", name)) for name in names)
    spelled = "|".join(part for part in parts if part)
    return Subject(keys, re.compile(rf"(?<![A-Za-z0-9])(?:{spelled or '(?!)'})(?!\.?\d|(?-i:[a-z]))", re.I), title)


def speaks_of_it(said: Told, it: Subject) -> bool:
    """Say whether a sentence speaks of the subject by name, or of what is ours in the lead."""
    if it.named.search(said.text):
        return True
    return said.lead and (bool(PRESENTED.search(said.text)) or _opens_with_title(said.text, it.title))


def _opens_with_title(text: str, title: str) -> bool:
    """Say whether a sentence is about a word of the title that opens it: "Transformers now supports …"."""
    found = OPENS.match(text)
    return found is not None and re.search(rf"\b{re.escape(found.group(1))}\b", title) is not None


def goes_on(said: Told, before: Told | None, it: Subject) -> bool:
    """Say whether a sentence of the lead goes on about the subject, which the one before it named, and no other."""
    if before is None or not said.lead or before.paragraph != said.paragraph:
        return False
    return bool(it.named.search(before.text)) and not any(others(said.text, it.keys))


def refers(said: Told, before: Told | None, it: Subject) -> bool:
    """Say whether a pronoun that opens a sentence means the subject: it stands under its heading or behind its name."""
    if not PRONOUN.search(said.text):
        return False
    if before is None or before.paragraph != said.paragraph:
        return said.under
    named = any(squeezed(before.text).startswith(key) for key in it.keys)
    return (said.under or named) and not any(others(before.text, it.keys))


def beside(match: re.Match[str], it: Subject) -> bool:
    """Say whether the subject's name follows a figure so closely that it owns it."""
    behind = re.split(r"[,.;:，。；：]", match.string[match.end() :])[0]
    found = it.named.search(behind)
    return found is not None and bool(BETWEEN.fullmatch(behind[: found.start()])) and not PART.search(behind)


def clause_behind(match: re.Match[str]) -> str:
    """Give what follows a figure in its clause."""
    return re.split(r"[,;:()，；：（）。]", match.string[match.end() :])[0][:AFTER]


def is_stated(match: re.Match[str], it: Subject) -> bool:
    """Say whether the clause of a figure is about the subject itself: its name, what is ours, what we made.

    The name stands beside the figure, or is (in) the subject of the sentence, with no other subject between, or is
    the subject behind a phrase that has the figure. A step, a part or a test of the thing is not the thing.
    """
    text = match.string[: match.start()]
    if beside(match, it) or any(JOINED.search(text[found.end() :]) for found in it.named.finditer(text)):
        return True
    behind = clause_behind(match)
    if DEED.search(ABOUT.sub("", text)) or DEED_ZH.search(behind) or A_STEP.search(text + match.group() + behind):
        return False
    if FRONTED.search(text):
        comma = BEHIND_COMMA.match(match.string[match.end() :])
        return comma is not None and it.named.match(match.string, match.end() + comma.end()) is not None
    opening = OPENING.match(text)
    start = opening.end() if opening else 0
    verb = OWNS.search(text, start)
    last = max((found.end() for found in it.named.finditer(text)), default=0)
    if NEW_CLAUSE.search(text, max(verb.start() if verb else start, last)):
        return False
    if WE_MAKE.match(text, start):
        return True
    if verb is None:
        return False
    head = text[start : verb.start()]
    if PART.search(head):
        return False
    ours = it.named.search(head) or re.match(rf"\W*(?:{OUR}\b|{OUR_ZH})", head, re.IGNORECASE)
    return bool(ours or _opens_with_title(text, it.title))


def is_anothers(text: str, match: re.Match[str], it: Subject) -> bool:
    """Say whether a figure may be that of another name than the subject's, or a part of a name."""
    if VERSION.search(text[: match.start()]):
        return True
    behind = re.split(r"[,.;，。；]", text[match.end() :])[0][:AFTER]
    return any(others(text[: match.start()] + "\0" + behind, it.keys))


def is_anothers_licence(text: str, match: re.Match[str], it: Subject) -> bool:
    """Say whether the name that is said to have the licence is another's; many more may stand before it."""
    holder = HOLDER.search(text[: match.start()])
    if holder is None:
        return False
    key = squeezed(holder.group(1) or holder.group(2))
    return key not in GENERIC | PRONOUNS and not any(key in name or name in key for name in it.keys)


def others(text: str, keys: Sequence[str]) -> Iterator[str]:
    """Give the names in a text that are not the subject's."""
    first = re.match(r"\W*", text)
    begin = first.end() if first else 0
    for found in NAME_LIKE.finditer(text):
        key = squeezed(found.group())
        if len(key) < 2 or (found.start() == begin and found.group()[1:].islower()):
            continue  # a sentence begins with a capital
        if key not in GENERIC and key not in SIZED and not any(key in name or name in key for name in keys):
            yield found.group()

"""What a post says of its subject in figures: size, context, licence, languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.abstract.card_links import Found
from digest.abstract.card_names import Told
from digest.abstract.card_whose import (
    Subject,
    beside,
    clause_behind,
    goes_on,
    is_anothers,
    is_anothers_licence,
    is_stated,
    refers,
    speaks_of_it,
    subject,
)

NUMBER = r"\d[\d,]*(?:\.\d+)?"
ABOUT = r"(?:(?<![A-Za-z])(?:[Mm]ore than|[Oo]ver|[Uu]p to|[Aa]round|[Aa]bout|[Aa]pproximately|[Nn]early|[Aa]lmost) )?"
ABOUT_ZH = r"(?:(?:超过|将近|大约|约|近|多达|逾|高达)\s?)?"
SCALE = r"(?:\s?(?:[KMBTkmb](?![a-z])|thousand|million|billion|trillion|Million|Billion|Trillion))?"
LISTED = rf"(?:{NUMBER}{SCALE}, )*(?:{NUMBER}{SCALE},? (?:and|or|to) )?"  # "7, 13, and 34 billion parameters"
SCALE_ZH = r"(?:\s?(?:[KMBTkmb]|[十百千]?[万亿]+|千))?"
NOUN = (
    r"parameters?|params|tokens|(?:[A-Z]{0,3}LMs?|models)|checkpoints|datasets|papers|images|videos|"
    r"hours of (?:[a-z-]+ ){0,3}(?:audio|speech|data|videos?|recordings|music)|examples|samples|rows|documents|"
    r"questions|tasks|sentences|pairs|instances|architectures|experts|conversations|annotations|"
    r"data points|records|prompts|downloads|subscribers|users|demos|spaces|apps|languages"
)
NOUN_ZH = (
    r"参数|词元|标记|[Tt]okens?|模型|检查点|数据集|论文|图像|图片|视频|小时的?(?:[^，。的\s]{0,4}的?)?(?:数据|音频|语音|录音)|"
    r"样本|样例|示例|文档|问题|任务|句子|对话|标注|专家|架构|用户|应用"
)
START = r"(?<![\w.,$-])(?<!\d )(?<!\d, )"
SIZE = re.compile(
    rf"{ABOUT}{START}{LISTED}{NUMBER}{SCALE}\+?[\s-](?:(?!and\b|or\b|the\b|of\b)[a-z]+[a-z-]* ){{0,2}}(?:{NOUN})\b(?!/)"
    rf"|{ABOUT_ZH}(?<![\w.,$-])(?:{NUMBER}{SCALE_ZH}\s?[、和与到至~-]\s?)*{NUMBER}{SCALE_ZH}\s?(?:多|余)?\s?"
    rf"(?:个|篇|张|种|条|款|段|项)?\s?(?:{NOUN_ZH})(?!量化)",
    re.ASCII,
)
NOT_A_SIZE = re.compile(r"\b(?:programming|few|fewer|less|other|additional|new|different|first|last|next|previous)\b")
# "27B models" counts none
A_SIZE_OF_ONE = re.compile(r"^\D*[\d.]+ ?[BM][ -](?:[a-z-]+ )*(?:\w*LMs?|models?)$|[\d.]+ ?[BM] ?模型")
CONTEXT = re.compile(
    rf"{NUMBER}\s?[KkMm]?(?:[ -]tokens?)?[ -]context(?: (?:length|window|size)s?)?\b"
    rf"|\bcontext (?:length|window|size)s? (?:of|to) (?:up to |around |about |over )?{NUMBER}(?: ?[KkMm]\b)?"
    r"(?: tokens)?(?!\.?\w)"
    rf"|(?<![\w.,-]){NUMBER}[KkMm]? to {NUMBER}[KkMm]? tokens\b"
    rf"|{NUMBER}\s?(?:[KkMm]|万)?\s?(?:个)?(?:[Tt]okens?|词元|标记)?\s?(?:的)?上下文(?:长度|窗口)?"
    rf"|上下文(?:长度|窗口)(?:大小)?(?:为|是|达到?|最高|支持|扩展至|扩展到|可达|高达)+\s?{NUMBER}\s?(?:[KkMm]|万)?\s?"
    r"(?:个)?(?:\s?[Tt]okens?|词元|标记)?",
    re.ASCII,
)
CONTEXT_WORD = re.compile(
    r"\b(?:context|input|sequence)s? (?:length|window|size)s?\b|\blong[- ]context\b|上下文|输入长度"
)
UP_TO = re.compile(r"[Uu]p to |多达|高达")
TOKENS = re.compile(r"(?:[Tt]okens?|词元|标记)$")
MANY = re.compile(r"\d ?[BTbt]\b|illion|亿", re.ASCII)  # what a model is trained on
LANGUAGES = re.compile(
    rf"{ABOUT}(?<![\w.,-]){NUMBER}\+? (?:(?:natural|human|spoken|different|major|world|key) )?"
    r"languages(?: and dialects)?\b"
    rf"|{ABOUT_ZH}(?<![\w.,-]){NUMBER}\s?(?:多|余)?\s?(?:种|门)(?:不同的?)?(?:自然|人类)?语言",
    re.ASCII,
)
PROGRAMMING = re.compile(
    r"[^.。]{0,20}(?:includ|涵盖|包括|包含)[^.。]{0,30}(?:programming|编程)"
)  # no natural languages only
LICENCE_NAME = (
    r"Apache(?:[ -]License)?(?:,? [Vv]ersion)?[ -]?v?2(?:\.0)?|MIT|(?:[23]-[Cc]lause )?BSD(?:[ -][23](?:-[Cc]lause)?)?|"
    r"A?L?GPL(?:[ -]?v?[23](?:\.0)?)?|CC[ -]BY(?:-(?:NC|SA|ND))*(?:[ -]\d\.\d)?|CC0(?: 1\.0)?|MPL(?:[ -]2\.0)?|"
    r"(?:[A-Z]\w+ )?Open[ -]?RAIL(?:-?(?:M|\+\+))*(?: v?\d(?:\.\d)?)?|(?:Llama|LLaMA|Gemma|Falcon)[ -]?[\d.]*\d?"
    r"(?: [Cc]ommunity)?(?= [Ll]icen[sc]e)"
)
LICENCE = re.compile(rf"(?<![\w-])(?:{LICENCE_NAME})(?![\w-])(?: [Ll]icen[sc]e| ?许可证?| ?协议)?", re.ASCII)
GRANTED = re.compile(
    r"\b(?:released?|licen[sc]ed|available|published|distributed|open[- ]?sourced?|shar(?:ed|ing)|comes?|provided)\b"
    r"[^.;]{0,60}?\b(?:under|with|by)\b[^.;]{0,30}$|\blicen[sc]e(?:d)?(?: is|:) ?$|"
    r"\b(?:uses?|has|have) (?:an? |the )?$|\b(?:bound|governed) by (?:the |an? )?$|\blicen[sc]e \($|^$"
    r"|(?:采用|基于|使用|遵循|以|按照?|在|依据|根据)[^，。；]{0,12}$"
)
SINGLE = re.compile(r"^\W*(?:licen[sc]e|许可证?|协议)\W*", re.IGNORECASE)

PRESENTS = re.compile(
    r"\b(?:releas|train|pre-?train|contain|includ|consist|compris|featur|evaluat|support|collect|introduc|present|cover|"
    r"has\b|have\b|with\b|offer|provid|host|trained|announc|built|creat|expand|handle|utili[sz]|scale|home to|"
    r"comes?\b|available in)|"
    r"发布|训练|包含|包括|由|支持|收集|推出|介绍|覆盖|拥有|有|提供|评估|评测|具有|开源",
    re.IGNORECASE,
)
# What makes a figure somebody else's, or no fact: comparisons, conditions, examples.
NOT_A_FACT = re.compile(
    r"(?<!more )(?<!less )\bthan\b|"
    r"\b(?:compared|unlike|versus|vs|like|such as|e\.g|if|would|could|might|imagine|suppose|say|let['’]?s|"
    r"example|instance|instead|need|needs|require[sd]?|should|assum\w+|typical\w*|usually|often|previous\w*|earlier|original\w*|"
    r"reduc\w+|per|batch|each|every|another|other|first|single|not|cannot)\b|n['’]t\b|[?？]|不|无法|比|例如|比如|如果|假设|假如|需要|通常|往往|以前|之前|其他|每",
    re.IGNORECASE,
)


def figures(sentences: Sequence[Told], names: Sequence[str], title: str) -> Iterator[Found]:
    """Give the figures that are said of the subject, each with its noun, in reading order."""
    it = subject(names, title)
    contexts: list[Found] = []
    before: Told | None = None
    for said in sentences:
        speaks = speaks_of_it(said, it) or goes_on(said, before, it) or refers(said, before, it)
        before = said
        if not speaks:
            continue
        for name, match in _figures_in(said, it):
            if said.closed and name != "licence":
                continue
            found = Found(name, match.group(), said.paragraph, said.start + match.start(), said.start + match.end())
            if name == "licence":
                if not is_anothers_licence(said.text, match, it):
                    yield found
            elif is_stated(match, it) and not is_anothers(said.text, match, it):
                if name == "context":
                    contexts.append(found)
                else:
                    yield found
    if len({re.sub(r"\D", "", found.value) for found in contexts}) == 1:  # several: of several models, or of steps
        yield from contexts


def _figures_in(said: Told, it: Subject) -> Iterator[tuple[str, re.Match[str]]]:
    text = said.text
    for match in LICENCE.finditer(text):
        if SINGLE.match(text) or GRANTED.search(text[: match.start()]):
            yield "licence", match
    if not PRESENTS.search(text):
        sizes = (match for match in SIZE.finditer(text) if _is_size(match) and beside(match, it))
        yield from (("size", match) for match in sizes if _row(match) == "size")
        return
    taken: list[tuple[int, int]] = []
    for name, pattern in (("context", CONTEXT), ("languages", LANGUAGES), ("size", SIZE)):
        for match in pattern.finditer(text):
            if any(a < match.end() and match.start() < b for a, b in taken) or not _fits(name, match):
                continue
            taken.append(match.span())
            row = _row(match) if name == "size" else name
            if row and (_is_fact(match) or (row == "size" and beside(match, it))):
                yield row, match


def _row(match: re.Match[str]) -> str:
    """Say in which row a size stands: few tokens are a context where the sentence speaks of one, else no fact.

    A limit is a context, but no size.
    """
    if not TOKENS.search(match.group()) or MANY.search(match.group()):
        return "" if UP_TO.match(match.group()) else "size"
    return "context" if CONTEXT_WORD.search(match.string) else ""


def _fits(name: str, match: re.Match[str]) -> bool:
    if name == "languages":
        return not PROGRAMMING.match(match.string[match.end() :])
    if name == "context":
        return " to " not in match.group() or bool(CONTEXT_WORD.search(match.string))
    return name != "size" or _is_size(match)


def _is_size(match: re.Match[str]) -> bool:
    text = match.group()
    return not (NOT_A_SIZE.search(text) or A_SIZE_OF_ONE.search(text) or text.endswith("languages"))


def _is_fact(match: re.Match[str]) -> bool:
    """Say whether nothing up to the end of the figure's clause makes it a comparison, a condition or an example."""
    return not NOT_A_FACT.search(match.string[: match.end()] + clause_behind(match))

"""What a language model says of its own work, as whole lines: told from prose by its object.

"I have written a guide" is prose, "I have written the abstract" is chatter: a line must speak of the tool's own work
or offer to change it. What only resembles chatter is text; the judge then finds its translation, or none.
"""

from __future__ import annotations

import re

# The work, with its article; a translation model, a summary table … is another thing.
_THING = (
    r"(?:\s+(?:model|system|engine|benchmark|data ?set|data|task|tool|pipeline|app|service|api|quality|metric|feature"
    r"|table|page|memory|endpoint|token)s?\b)"
)
_WORK = (
    r"(?:\b(?:the|your|this|an?|my|both|these|its)\s+(?:(?!(?:to|of|for|on|about|in|with|that|and)\b)[\w-]+\s+){0,3}"
    r"(?:abstract|summar(?:y|ies)|translation|digest|(?:bilingual|chinese|english|translated|revised) version)s?\b"
    rf"(?!{_THING})"
    r"|\byour (?:request|instruction|specification|requirement|guideline|criteria)s?\b|\bas (?:you )?requested\b)"
)
_OFFER = (
    r"(?:\bany(?:thing else| (?:further |other |more )?(?:change|adjustment|revision|modification|edit)s?)\b"
    r"|\b(?:further|more) (?:help|assistance|changes|adjustments|revisions)\b"
    r"|\bme to (?:adjust|revise|change|shorten|expand|translate|summari[sz]e|modify|refine|rewrite)\b)"
)
_WORK_ZH = r"(?:摘要|翻译|译文|总结|概述)(?!模型|系统|引擎|任务|数据|工具|质量|服务|功能|接口|方法|能力|器)"
_CHANGE_ZH = r"(?:修改|调整|补充|润色|摘要|译文|总结|其他帮助|进一步)"

_CHATTER = re.compile(
    "|".join(
        (
            r"^(?:absolutely|certainly|sure|of course|okay|ok|great|got it|understood)\b\s*(?:[!.]\s*$|[!,.:—]\s*"
            r"(?:here (?:you go|it is|they are)\b|(?:here|i\b|let me|below|this is|the following|my)(?=\W).{0,120}"
            rf"{_WORK}|i(?:['’]d| would| am|['’]m) (?:be )?(?:happy|glad) to help\b))",
            rf"^here(?:['’]s| is| are) .{{0,80}}?{_WORK}.*[:.!]$",
            rf"^(?:the following|below|this) is .{{0,60}}?{_WORK}.{{0,60}}[:.]$",
            r"^(?:i['’]ve|i have) (?:provided|written|created|translated|kept|followed|summari[sz]ed|tried|made sure)\b"
            rf".{{0,160}}{_WORK}",
            r"^(?:i )?hope (?:this|that|it) (?:helps|is helpful)[.!]*$",
            rf"^(?:i hope|hope|(?:please )?let me know|feel free|would you like)\b.{{0,160}}(?:{_WORK}|{_OFFER})",
            r"^if you(?:['’]d like| need| want| have)\b(?=.{0,120}\b(?:let me know|feel free|i can|please)\b)"
            rf".{{0,160}}(?:{_WORK}|{_OFFER})",
            r"^as (?:an ai(?: (?:language )?model| assistant)?|a (?:large )?language model),\s*(?:i|my)\b",
            rf"^(?:note|disclaimer|explanation)s?\s*[:：]\s*(?:(?:i|i['’]ve|both|all)\b.{{0,200}}{_WORK}"
            rf"|(?:this is )?(?=(?:the|this|an?)\b){_WORK})",
            r"^(?:total )?(?:word|character|token|sentence)s? ?count\b\s*[:：(（=].*\d",
            r"^\(?(?:approximately |about |约)?\d+ ?(?:words|characters|字)\)?[.。]?$",
            r"^(?:好的|当然(?:可以)?|没问题|明白了?|收到)\s*(?:[!！。\ufffd]\s*$|[,，!！。:：\ufffd]\s*"
            rf"(?:(?:以下|下面|这是|我(?:已|会|将|来)|根据|按照).{{0,60}}(?:{_WORK_ZH}|[您你]的(?:要求|需求|指示|说明))))",
            rf"^(?:以下|下面|这)(?:是|为).{{0,40}}{_WORK_ZH}.{{0,20}}[:：]$",
            r"^希望(?:这|以上|本)?(?:个|篇|份|些)?(?:摘要|翻译|译文|总结)",
            r"^希望(?:(?:这|以上)(?:内容|回答|些)?)?(?:对[您你]有所?帮助|能?符合[您你]的(?:要求|需求))[。！!.]*$",
            rf"^(?:如果?[您你](?:有|需|想|希望).{{0,40}}{_CHANGE_ZH}.{{0,40}}(?:告诉|告知|联系|通知)我(?!们)"
            rf"|请(?:告诉我|让我知道)(?!们).{{0,40}}{_CHANGE_ZH})",
            r"^(?:总)?(?:字数|词数|字符数)(?:统计)?\s*(?:[:：]|约|为).*\d",
            r"^作为(?:一个|一名)?(?:AI|人工智能|大?语言模型)(?:助手|模型)?[,，]\s*我(?!们)",
        )
    ),
    re.IGNORECASE,
)


def is_chatter(text: str) -> bool:
    """Tell whether a line without markup is what a language model says of its own work.

    >>> is_chatter("I have written the abstract in both languages."), is_chatter("I have written a guide to it.")
    (True, False)
    """
    return bool(_CHATTER.search(text))

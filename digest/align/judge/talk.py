"""What an engine says of its work, its orders or itself, in either language.

A line that is itself about translation or prompts has such words on both sides, so what counts is that one side alone
speaks of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.align.judge.text import Finding, Text

# Words by which either language speaks of a subject: what both sides speak of, no engine has added.
SUBJECTS = {
    "translation": (
        re.compile(r"译[文注者为成]|翻[译成]|[译翻][:：]|机译|直译|意译|口译|笔译|可译|译(?=[\s(（:：])"),
        re.compile(r"\btranslat|\binterpret|\brender(?:ing|ed)? (?:in|into|as)\b|\blocali[sz]", re.I),
    ),
    "orders": (
        re.compile(r"指令|指示|提示|命令|要求|prompt|instruct", re.I),
        re.compile(r"\b(?:previous|prior|above|system|these|all|your|my|the) (?:instructions?|prompts?)\b", re.I),
    ),
    "help": (
        re.compile(r"任何(?:疑问|问题)|疑问|帮助|反馈|联系|没问题"),
        re.compile(r"\b(?:any questions?|helps?|feedback|no problem|contact|need)\b", re.I),
    ),
    "refusal": (
        re.compile(r"我.{0,3}(?:无法|不能|不可以|没有办法)"),
        re.compile(r"\b(?:I|we)\b[^.;]{0,24}(?:\bnot\b|n['’]t\b|\bcannot\b|\bunable\b|\bfail)", re.I),
    ),
    "apology": (
        re.compile(r"抱歉|对不起|遗憾|道歉|歉意|不好意思|很难过|sorry", re.I),
        re.compile(r"\b(?:sorry|apologi[sz]e|apolog(?:y|ies)|regret|unfortunate)", re.I),
    ),
}  # fmt: skip
SAID_ZH = re.compile(
    r"译[文注]|(?:^|[(（【\[])\s*注\s*[:：]|翻译(?:如下|结果|完成|说明)|(?:以下|下面|这)[是为].{0,12}(?:翻译|译文)|"
    r"(?:抱歉|对不起|不好意思)[,，!！。]?\s*(?:我|但|作为|这|该)|作为(?:一[个名款位])?.{0,6}(?:语言模型|助手|助理)[,，]|"
    r"我(?:无法|不能|不可以|没有办法)(?:翻译|提供|协助|帮助|完成|执行|满足|回答|处理)|"
    r"(?:忽略|无视|忘记).{0,8}(?:指令|指示|提示|要求)|系统提示词?|"
    r"你是一?[名个位].{0,8}(?:翻译|译者|助手)|请(?:把|将).{0,10}(?:翻译成|译成|译为)|以上[为是]?.{0,4}[直意翻]译|"
    r"希望(?:这|对)[你您]?.{0,10}帮助|"
    r"如(?:果)?(?:您|你)?(?:还)?(?:有|需要).{0,10}(?:疑问|问题|帮助|调整|修改).{0,6}(?:告诉|告知|随时|请)|"
    r"请(?:告诉|告知)我|(?:很)?(?:高兴|乐意)为[您你]|请提供(?:需要|要)?.{0,6}(?:翻译|文本|原文|内容)|"
    r"^\W*(?:好的|当然可以|明白了|收到|没问题)[,，!！。:：]",
)
SAID_EN = re.compile(
    r"\b(?:translat(?:ion|or|ed)['’]?s?) (?:note|result|below|follows|is as follows)|\bnote (?:from|by) the translator|"
    r"\bhere(?:['’]s| is| are) (?:the|your|a|my) (?:\w+ ){0,3}(?:translat|English|Chinese)|"
    r"\bI(?:['’]m| am) (?:sorry|unable|afraid|not able|only an?|just an?)\b|\b(?:my )?apologies\b[,!.]|"
    r"\bI (?:can(?:no|['’])?t|cannot|can not|will not|won['’]t|must decline to|have to decline) (?:\w+ )?"
    r"(?:translat\w*|help|assist|compl\w+|provid\w*|fulfil\w*|continu\w*|do that|answer|process|produc\w*|creat\w*)|"
    r"\bas an? (?:AI (?:language )?(?:model|assistant)|(?:large )?language model|AI,|(?:virtual )?assistant,)|"
    r"\b(?:ignor|disregard|forget)\w* (?:all |any |the |your |my )*"
    r"(?:previous|prior|above|earlier|preceding)|\bsystem prompt|\btranslate (?:every|each|all|the following)|"
    r"\byou are an? (?:\w+ ){0,3}(?:translator|assistant)|"
    r"\bI (?:hope|trust) (?:this|that) helps|\blet me know if|\bfeel free to (?:ask|let|reach)|"
    r"\bplease provide (?:the|a|me)|"
    r"^\W*(?:sure|certainly|absolutely|of course|okay|ok|got it|understood|no problem)\s*(?:!|[,.:-]+ ?"
    r"(?:here|i\b|this is|below|let me|the translation|translat))|"
    r"^\W*(?:got it|understood)[,.!]|\bas (?:you )?requested\b|"
    r"\bI(?:['’]ve| have) (?:kept|translated|left|preserved|rendered)\b|\b(?:original|source) text\s*:",
    re.I,
)
# What an answer is labelled as; and labels that a line may bear of itself, if the other side bears one too.
LABEL = re.compile(
    r"^\W*(?:translation|translated(?: \w+)?|english(?: translation| version)?|chinese(?: translation| version)?|"
    r"simplified chinese|output|target|zh(?:-\w+)?|en|assistant|译文?|翻译(?:结果)?|译注|中文(?:翻译|译文)?|"
    r"英文(?:翻译|译文)?|输出|目标(?:文本|语言))\s*[:：]",
    re.I,
)
NOTE = re.compile(
    r"(?:^|[.!?。！？)）\]】]\s*|[(（\[【])\W*(?:(?:translat(?:or|ion)['’]?s? )?note|n\.?b\.?|t\.?n\.?|"
    r"lit(?:erally|\.)|答案?|answer|result|response|结果|回答|(?:译者?|编者)?注|备注|说明|直译|意译|line \d+)\s*[:：]",
    re.I,
)
NOTES = (
    re.compile(r"(?:注|注意|提示|备注|说明|提醒|小贴士|结果|答案?|回答)\s*[:：,，]|请?注意|直译|意译"),
    re.compile(
        r"\bnot(?:e|ic)|\btips?\b|\bn\.?b\b|\bhint|\bremark|\bresult|\banswer|\brespon|\bremember|\bliteral|\battention",
        re.I,
    ),
)


def check_talk(zh: Text, en: Text) -> Iterator[Finding]:
    """Find what an engine says of its work, itself or its orders, where the other side speaks of no such thing."""
    for mine, other, said, theirs in ((zh, en, SAID_ZH, SAID_EN), (en, zh, SAID_EN, SAID_ZH)):
        if said.search(mine.prose) and not theirs.search(other.prose) and not _same_subject(zh, en, mine.prose, said):
            yield Finding("chatter", True)
            return
    labelled = bool(LABEL.match(zh.prose)) != bool(LABEL.match(en.prose))
    noted = (NOTE.search(zh.prose) and not NOTES[1].search(en.prose)) or (
        NOTE.search(en.prose) and not NOTES[0].search(zh.prose)
    )
    if labelled or noted:
        yield Finding("chatter", True)


def _same_subject(zh: Text, en: Text, prose: str, said: re.Pattern[str]) -> bool:
    """Tell whether what was said is all of subjects that both sides speak of: a post on machine translation."""
    spoken = " ".join(match.group() for match in said.finditer(prose))
    touched = [(left, right) for left, right in SUBJECTS.values() if left.search(spoken) or right.search(spoken)]
    return bool(touched) and all(left.search(zh.prose) and right.search(en.prose) for left, right in touched)

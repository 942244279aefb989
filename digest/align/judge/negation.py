"""Whether the English line denies what the Chinese one does not, by the words of each language that deny."""

from __future__ import annotations

import re

from digest.align.judge.text import Text
from digest.align.words import segmenter

EN_NEGATION = re.compile(r"\b(?:not|never|cannot)\b|\w+n['’]t\b", re.I)
EN_NO_NEGATION = re.compile(r"\b(?:why|if|or) not\b|\bnot (?:necessarily|to mention)\b", re.I)
NOT_ONLY = re.compile(r"\b(?:not|\w+n['’]t)(?: \w+){0,3} (?:only|just|merely|simply|limit)|\bnot\b.*\bbut\b", re.I)
ZH_NOT_ONLY = re.compile("不仅|不只|不但|不光|不止|不单|不限|并非|而是")
ZH_NEGATIVE = re.compile(r"[不没沒无無非未别別勿莫否免拒禁]|而是|停止|防止|罕|远离|差(?![不异别])")
# Chinese words that deny in a milder way: they count unless the English line has its own word for them.
ZH_MILD = (
    (re.compile("难"), re.compile(r"hard|difficult|tough|trivial|challeng|tricky", re.I)),
    (re.compile("缺|不足"), re.compile(r"lack|missing|short|insufficient|absen", re.I)),
    (re.compile("失败|失去"), re.compile(r"fail|los[et]", re.I)),
    (re.compile("避"), re.compile(r"avoid|prevent", re.I)),
    (re.compile("除了|除非|之外|以外"), re.compile(r"except|besides|apart|other than|aside|unless", re.I)),
    (re.compile("仅|只"), re.compile(r"only|just|merely|few", re.I)),
)
# Words that hold such a character and deny nothing.
_ZH_NO_NEGATION = """
非常 不仅 不仅仅 不但 不断 不同 不止 不只 不光 无论 无论是 不管 不论 未来 除非 非凡 无缝 无限 无数
不少 不久 不错 差不多 不得不 不妨 无疑 不过 不禁 南非 非洲 无线 无人机 无监督 特别 分别 区别 级别 别人
类别 性别 识别 个别 個别 否则 是否 能否 与否 误差 偏差 时差 相差 温差 差距 不等 不一 无所不能 莫过于
无处不在 免费 不可或缺 不可思议 不可避免
"""
ZH_NO_NEGATION = frozenset(_ZH_NO_NEGATION.split())


# English words that deny less plainly, or that Chinese often denies where English does not.
EN_WEAK = re.compile(
    r"\b(?:no|without|none|nor|neither|nothing|nobody|nowhere|unable|unless|hardly|barely|rarely|seldom|little|few|"
    r"fails?|failed|failing|lacks?|lacking|absen\w+|avoid\w*|prevent\w*|stop\w*|instead|rather|except|beyond|free|"
    r"only|just|until|otherwise|limit\w*|difficult\w*|hard\w*|tough|miss\w*|los[et]\w*|insufficient|poor\w*|"
    r"against|despite|regardless|whether|irrespective|exclud\w+|ignor\w+|skip\w*|refus\w+|reject\w*|den(?:y|ies|ied)|"
    r"bad\w*|wrong\w*|low\w*|less|but|far from|too|agnostic|differ\w+|various|unlike|constant\w*|continu\w+|"
    r"(?:un|in|im|il|ir|dis|non|mis)-?[a-z]{4,}|\w+less(?:ly)?)\b",
    re.I,
)
EN_PLAIN_NO = re.compile(r"\b(?:no|without|none|nor|neither|nothing|unable)\b", re.I)
ZH_PLAIN = re.compile(
    "不(?:能|会|是|要|需|再|用|应|得(?!不)|支持|可以|包含|包括|存在)|没有|无法|无需|并非|并不|未能|尚未|从未|绝不|决不"
)


# Verbs that a plain 不 denies in technical prose, besides those of ZH_PLAIN.
_ZH_DENIED = re.compile(
    "不(?:建议|推荐|允许|适[用合宜]|提供|保存|存储|保证|依赖|影响|改变|使用|兼容|鼓励|接受|公开|收集|执行|返回|可(?!避免|思议|或缺)"
    "|属于|涉及|收费|修改|更新|运行|显示|发送|共享|记录|上传|下载|生成|处理|考虑|占用|消耗|产生|对|具备|具有|鼓|值得|打算|计划)"
)


def turned(zh: Text, en: Text) -> bool:
    """Tell that one line plainly denies what the other does not, with nothing in the other that could stand for it.

    For answers of machines: a translator may say 而不是 for "rather than" or "far from", a machine keeps to its line.
    """
    found = denials(zh, en)
    plainly = ZH_PLAIN.search(zh.prose) or _ZH_DENIED.search(zh.prose)
    return bool(found["en denies"] or (found["zh denies"] and plainly))


def english_denials(en: Text) -> int:
    """Count the words of an English line that deny plainly."""
    prose = NOT_ONLY.sub(" ", EN_NO_NEGATION.sub(" ", en.prose))
    return len(EN_NEGATION.findall(prose)) + len(EN_PLAIN_NO.findall(prose))


def denials(zh: Text, en: Text) -> dict[str, float]:
    """Say in which way one line denies and the other does not; 1 where it does, else 0."""
    prose = EN_NO_NEGATION.sub(" ", en.prose)
    if ZH_NOT_ONLY.search(zh.prose):
        prose = NOT_ONLY.sub(" ", prose)
    strong = len(EN_NEGATION.findall(prose))
    plain = strong + len(EN_PLAIN_NO.findall(prose))
    any_en = plain + len(EN_WEAK.findall(prose))
    zh_words = _zh_denials(zh.prose)
    mild = any(word.search(zh.prose) and not own.search(en.prose) for word, own in ZH_MILD)
    until = bool(re.search(r"\buntil\b", prose, re.I) and re.search("才|直到|之前", zh.prose))
    silent = not zh_words and not mild and not until
    return {
        "en denies": float(strong > 0 and silent),
        "en denies mildly": float(strong == 0 and plain > 0 and silent),
        "en denies against mild": float(strong > 0 and not zh_words and not silent),
        "en denies more": float(max(0, plain - zh_words)) if zh_words else 0.0,
        "zh denies": float(zh_words > 0 and any_en == 0),
        "zh denies plainly": float(plain == 0 and bool(ZH_PLAIN.search(zh.prose))),
        "zh denies, en weakly": float(zh_words > 0 and plain == 0 and any_en > 0),
        "zh denies more": float(max(0, zh_words - plain)) if plain else 0.0,
    }


def _zh_denials(prose: str) -> int:
    """Count the words of a Chinese line that deny something, by jieba's segmentation."""
    words = list(segmenter().cut(prose, HMM=False))
    return sum(bool(ZH_NEGATIVE.search(word)) and word not in ZH_NO_NEGATION for word in words)

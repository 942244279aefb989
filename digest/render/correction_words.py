"""The words of corrections: on a day's page, and on the page that lists them."""

from __future__ import annotations

from digest.model import Both

CORRECTION_WORDS: dict[str, Both] = {
    "corrected": Both("勘误", "corrected"),
    "corrections": Both("勘误", "Corrections"),
    "correction-rejected": Both("译文已撤下", "translation withdrawn"),
    "correction-replaced": Both("已改写", "reworded"),
    "correction-added": Both("补译", "translation added"),
    "was": Both("更正前", "before"),
    "now": Both("更正后", "now"),
    "correction-title": Both("标题", "title"),
    "correction-unused": Both("不再适用的勘误", "Corrections that no longer apply"),
    "correction-unused-why": Both(
        "所指的句对已不在任何一页上，或者已经改好，或者已不是当时看到的那句话。",
        "The pair that they name stands on no page any more, or says so already, or reads otherwise than it did.",
    ),
    "no-corrections": Both("还没有勘误。", "Nothing has been corrected yet."),
    "error-rate": Both("错误率", "How often we are wrong"),
    "report-how": Both("怎样报错", "How to report a mistake"),
}

# Sentences with figures, filled in by name (render/corrections.py).
MEASURED = Both(
    "实测：{readers} 位审读者（语言模型）按严格的标准读了 {pairs} 对已刊出的句子，其中 {wrong} 对意思不符，占 {share}"
    "（95% 置信区间 {low}–{high}）。{date} 测得。所用命令：",
    "Measured: {readers} strict readers (language models) read {pairs} printed pairs and found {wrong} that do not say "
    "the same, {share} (95% interval {low}–{high}). Taken on {date}, by:",
)
HERE = Both(
    "本站：已刊出 {pairs} 对核对通过的句子，更正了其中 {wrong} 对，占 {share}（95% 置信区间 {low}–{high}）。"
    "没有人报的错不在内，所以这个数只是下限。",
    "Here: of {pairs} pairs that were printed as checked, {wrong} were corrected, {share} (95% interval {low}–{high}). "
    "Mistakes that nobody reported are not counted: take it as the least.",
)
HERE_NONE = Both("本站还没有印出核对通过的句对。", "Here no pair has been printed as checked yet.")
REPORT_LINK = Both(
    "点开每对句子的评分，就有“报错”：一封填好的邮件或一个填好的 issue，补上理由即可。",
    "Behind the score of each pair is “report”: a mail or an issue, filled in but for the reason.",
)
# What whoever keeps overrides.yaml can copy into it.
READY_ENTRY = "- {pair: 2025-04-16#1a2b3c4d, was: …, zh: …, reason: …}"
REPORT_NONE = Both(
    "本站没有设报错地址；可以把那对句子的链接发给本站编者。",
    "No address for reports is set here; send the link of the pair to whoever runs this digest.",
)

"""The codes that other rooms give, in both languages: rows of a card, why a line was chosen or refused, and more.

A key of CODES is what the code is of, and the code: "genre-tutorial", "card-paper", "why-alike", "fault-dangling",
"part-title", "rest-cap". Notes, stages and the judge's reasons go by their code alone.
"""

from __future__ import annotations

from digest.genres import GENRES
from digest.model import Both

CARD: dict[str, Both] = {
    "type": Both("类型", "Type"),
    "models": Both("模型", "Models"),
    "size": Both("规模", "Size"),
    "context": Both("上下文", "Context"),
    "paper": Both("论文", "Paper"),
    "code": Both("代码", "Code"),
    "licence": Both("许可", "Licence"),
    "languages": Both("语言", "Languages"),
}

# Why a stretch of a post is a line, or none.
WHY: dict[str, Both] = {
    "chosen": Both("选用", "chosen"),
    "filtered": Both("被过滤", "filtered out"),
    "outscored": Both("得分不够高", "outscored"),
    "alike": Both("与已选的意思相近", "says what a chosen line says"),
    "crowded": Both("该节已选够", "its section had its share"),
    "unverified": Both("译文未通过核对", "its pair did not verify"),
}

# What speaks against printing a stretch.
FAULTS: dict[str, Both] = {
    "section": Both("在致谢、引用等章节", "within credits, references and the like"),
    "paragraphs": Both("跨了段落", "runs over paragraphs"),
    "not-prose": Both("不是成句的文字", "no running text"),
    "dangling": Both("开头指代不明", "opens by pointing back"),
    "ending": Both("没有完整收句", "does not end as a sentence"),
    "formula": Both("公式、代码或数字太多", "too much mathematics, code or figures"),
    "length": Both("太短或太长", "too short or too long"),
    "ratio": Both("两边长短悬殊", "two sides of unlike length"),
    "question": Both("是问句", "a question"),
    "colon": Both("以冒号结尾", "ends with a colon"),
    "address": Both("含网址", "holds an address"),
    "quote": Both("以引文或括号开头", "opens with a quotation or a bracket"),
    "meta": Both("说的是文章本身", "speaks of the post itself"),
    "instruction": Both("是操作步骤", "tells the reader what to do"),
    "doubtful": Both("分量不够", "hardly worth a line"),
    "byline": Both("是署名", "a byline"),
}

# What a score is the sum of.
PARTS: dict[str, Both] = {
    "reads-alone": Both("单独读得通", "reads well alone"),
    "substance": Both("言之有物", "says something"),
    "centrality": Both("切合全文", "central to the post"),
    "lexrank": Both("与别句呼应", "borne out by other sentences"),
    "headings": Both("切合小标题", "near the headings"),
    "title": Both("切合标题", "near the title"),
    "opening": Both("靠近开头", "near the opening"),
    "content": Both("内容词多", "many words of content"),
    "claim": Both("有论断", "makes a claim"),
    "main-point": Both("像是要点", "states a main point"),
    "summing-up": Both("引言或结论", "in the lead or a summing-up"),
    "unsure-pair": Both("译文把握较小", "a pair less sure"),
}

# What orders the day's posts; a topic has its own words behind the colon.
RANK: dict[str, Both] = {
    "source": Both("来源", "source"),
    "length": Both("篇幅", "length"),
    "freshness": Both("时效", "freshness"),
    "editions": Both("两种语言齐备", "both languages"),
    "topic": Both("主题：{}", "topic: {}"),
}

# Why a post is named without an entry of its own.
REST: dict[str, Both] = {
    "cap": Both("超出当日上限", "over the day's cap"),
    "source-cap": Both("超出该来源上限", "over the source's cap"),
    "excluded": Both("规则排除", "excluded by a rule"),
    "not-included": Both("不在收录规则内", "matches no include rule"),
    "same": Both("同一篇", "the same post"),
    "edited": Both("有改动", "edited"),
    "comparable": Both("同一件事", "the same story"),
}

# Why the judge refuses or doubts a pair: what stands before the colon of a reason, with "{}" for the fact after it.
REASONS: dict[str, Both] = {
    "copy": Both("一边照抄另一边", "one side repeats the other"),
    "language": Both("语言不对（{}）", "wrong language ({})"),
    "mixed": Both("中文里留有英文句子", "English prose left in the Chinese"),
    "chatter": Both("混入翻译模型的话", "a translating model's chatter"),
    "url": Both("链接不同：{}", "links differ: {}"),
    "code": Both("代码不同：{}", "code differs: {}"),
    "numbers": Both("数字不符：{}", "numbers differ: {}"),
    "units": Both("单位不符：{}", "units differ: {}"),
    "names": Both("名称不符：{}", "names differ: {}"),
    "negation": Both("一边否定、一边不否定：{}", "only one side denies: {}"),
    "missing": Both("英文里似乎缺少：{}", "seems missing from the English: {}"),
    "extra": Both("中文里似乎缺少：{}", "seems missing from the Chinese: {}"),
    "length": Both("长度之比异常：{}", "odd ratio of lengths: {}"),
    "similarity": Both("意思相差较远：{}", "far apart in meaning: {}"),
    "alignment": Both("对齐没有把握：{}", "the alignment is unsure: {}"),
    "ending": Both("句子像是断了", "a line seems cut off"),
    "markup": Both("混入标记：{}", "markup that does not belong: {}"),
    "repeated": Both("有重复的片段", "a stretch is repeated"),
    "damaged": Both("有字符缺失", "characters are missing"),
    # what may be wrong with an engine's answer before any judge reads it
    "doubtful": Both("不像同一句", "not likely the same sentence"),
    "fences": Both("答案外有代码围栏", "a code fence around the answer"),
    "lost-line": Both("漏译一行", "a line was left out"),
    "extra-line": Both("多出一行", "a line too many"),
    "merged-line": Both("两行译在一起", "two lines in one"),
    "malformed": Both("答案格式不对", "not the form asked for"),
    "cut-off": Both("答案被截断", "the answer was cut off"),
    "refusal": Both("模型拒绝翻译", "the model refused"),
    "term": Both("术语译错", "a term put wrongly"),
    "doubt": Both("模型自己没有把握", "the model itself doubts it"),
    "mask": Both("占位符丢失或重复", "a mask was lost or doubled"),
    "empty": Both("答案为空", "an empty answer"),
    "server": Both("服务出错", "the server failed"),
    "busy": Both("服务繁忙", "the server was busy"),
    "denied": Both("服务拒绝访问", "access was denied"),
    "late": Both("超时", "over the deadline"),
    "too-large": Both("答案过大", "the answer was too large"),
    "redirect": Both("服务转向别处", "the server redirected"),
    "cap": Both("达到花费上限", "a spending limit was reached"),
    "ungrounded": Both("原文无据", "not borne out by its sources"),
}

# What is to be known of a post, its text or its editions.
NOTES: dict[str, Both] = {
    "edition-damaged": Both("中文版文字受损，未采用", "the Chinese edition's text is damaged and was not used"),
    "edition-damaged-en": Both("英文版文字受损，未采用", "the English edition's text is damaged and was not used"),
    "edition-unreadable": Both("有另一语言版，但读不出来", "an edition was found and could not be read"),
    "text-damaged": Both("原文文字受损，仅列标题", "the text is damaged; listed by title only"),
    "text-cut": Both("内容过多，只读取了一部分", "too much to be read whole; only a part of it was read"),
    "lines-damaged": Both(
        "部分文字受损，缺字以替换符标出", "some text is damaged; lost characters show as replacement marks"
    ),
    "title-guessed": Both("标题中有存疑的字", "a character of a title is a guess"),
    "third-language": Both("既非中文也非英文，仅列标题", "in a third language; listed by title only"),
    "title-only": Both("仅列标题", "listed by title only"),
    "no-text": Both("没有取得正文", "no text could be had"),
    "unpaired": Both("有另一语言版，但逐句对不上", "an edition was found, but its lines did not pair"),
    "partner-undated": Both("另一语言版没有日期", "the other edition gives no date"),
    "title-not-in-chinese": Both("中文版标题未译", "the Chinese edition's title is not translated"),
    "title-not-in-english": Both("英文版标题未译", "the English edition's title is not translated"),
    "title-part-chinese": Both("中文标题只译了一部分", "the Chinese title is translated in part"),
    "title-part-english": Both("英文标题只译了一部分", "the English title is translated in part"),
}

# Where a post may fail.
STAGES: dict[str, Both] = {
    "fetch": Both("抓取", "fetch"),
    "robots": Both("robots.txt", "robots.txt"),
    "decode": Both("解码", "decode"),
    "parse": Both("解析", "parse"),
    "normalise": Both("整理", "normalise"),
    "align": Both("对齐", "align"),
    "engine": Both("翻译引擎", "engine"),
}

CODES: dict[str, Both] = {
    f"{kind}-{code}": both
    for kind, table in (
        ("genre", GENRES),
        ("card", CARD),
        ("why", WHY),
        ("fault", FAULTS),
        ("part", PARTS),
        ("rank", RANK),
        ("rest", REST),
    )
    for code, both in table.items()
}

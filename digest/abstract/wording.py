"""The words by which a line gives itself away, in both languages: instructions, talk about the post, leaning openings.

Each list was begun from reading chosen lines of technical blogs and is kept general: a word stands here because of
what it does in any post, never because of one line.
"""

from __future__ import annotations

import re

I = re.IGNORECASE  # noqa: E741


def _any(*parts: str, flags: int = I) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{part})" for part in parts), flags)


# Sections whose lines never say what the post says. The first group must be the whole heading (or be followed by
# "and …", ": …"), the second may open it.
CLOSING = _any(
    r"^\W*(?:\d+[.)]?\s*)?(?:acknowledge?ments?|thanks|thank you|(?:special )?thanks to|credits|references?|"
    r"bibliography|citations?|resources?|"
    r"links|footnotes?|notes|contact(?: us)?|authors?|contributors?|contents|table of contents|"
    r"changelog|feedback|questions|prerequisites?|requirements|installation|install|set-?up|"
    r"environment(?: setup)?|disclaimers?|hardware configurations?|configurations?)(?:\s*(?:and\b|&|[/,:(]).*)?\W*$",
    r"^\W*(?:\d+[.)]?\s*)?(?:(?:further|more|additional|other|useful|related|extra)\s+(?:reading|resources?|links?|"
    r"information|posts?|articles?)|appendix|cit(?:e|ing) |how to cite|what['’]?s next|what is next|what next|"
    r"next steps?|where to go|get (?:involved|started|in touch)|getting started|join us|about (?:us|the authors?)|"
    r"how to (?:contribute|get involved|participate|join)|call to action|learn more|read more|stay tuned|"
    r"we['’]re hiring|try it)\b",
    r"^\W*(?:致谢|鸣谢|感谢|参考(?:文献|资料|链接|文章)?|引用|相关(?:资源|链接|阅读|文章)|(?:更多|其他|额外|附加)(?:的)?(?:资源|信息|阅读|资料|链接)|"
    r"资源|资料|链接|附录|目录|作者|译者|免责声明|环境(?:配置|准备|设置)|安装|前置(?:条件|要求)|先决条件|准备工作|"
    r"联系(?:我们|方式)|关于(?:我们|作者)|加入我们|反馈|配置)\W*$",
    r"^\W*(?:下一步|接下来|后续(?:工作|步骤|计划)|(?:扩展|延伸)阅读|快速开始|开始使用|如何(?:参与|贡献|加入|引用)|参与(?:进来|贡献)|了解更多)",
)
SUMMING_UP = _any(
    r"\btl\s*;?\s*dr\b|\b(?:conclusions?|summary|takeaways?|in short|wrap(?:ping)?[ -]?up|abstract|overview)\b",
    r"结论|总结|小结|摘要|要点|概述|太长不看|结语",
)

# A line may not be one of these.
NOT_SAYING: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("question", _any(r"[?？][\"'”’」』)）]*\s*$", r"[?？]\s")),
    ("colon", _any(r"[:：]\s*$")),
    ("address", _any(r"https?://|\bwww\.|\S+@\S+\.\w{2,}|\]\s*\[|\[(?:link|paper|code|here|链接|论文|代码)\]")),
    ("quote", _any(r"^\s*[\"“”‘「『«>(（\[\\|]")),
    (
        "byline",
        _any(
            r"^(?:by|written by|posted by|authored by|translated by|published|updated|last updated|edited)\b.{0,60}$",
            r"^\W*(?:作者|译者|翻译|审校|校对|责任编辑|编辑|排版|原文|发布于|更新于|英文原文|原文链接|本文作者)",
            r"^\W*(?:update[ds]?|edit|editor['’]s note|disclaimer|注|编者注|提示|更新)\W",
        ),
    ),
    (
        "formula",
        _any(
            r"\$(?!\d)[^$\s][^$]*\$|\\[A-Za-z]+\s*[{_^(]|\\[(\[]|[∑∏∫√∈∀∃≈∝∇∂]|[A-Za-z]_\{|[=<>]\s*[A-Za-z0-9_]+\s*[=*^]",
            r"^\s*[`\w.-]+\s*\((?:str|int|float|bool|list|dict|tuple|optional)\b|^\s*--?[a-z][\w-]+\s|"
            r"^\s*[\w.]+\s*=\s*\S",
        ),
    ),
)

# Talk about the text itself.
META = _any(
    r"\b(?:in )?this (?:blog|post|article|tutorial|guide|section|series|notebook|walk-?through|chapter|"
    r"release note)\b",
    r"\b(?:blog ?posts?|our (?:previous|last|earlier|next) (?:post|article|blog)|the (?:following|next|previous|"
    r"last) (?:sections?|"
    r"posts?|chapters?|parts?|steps?|examples?|code|snippets?|commands?|figures?|tables?|images?|lines?))\b",
    r"\b(?:we|I)(?:['’]ll| will|(?: are|['’]re)(?: \w+)? going to) (?:\w+ly |first |now |then |also |be )*(?:look|see|"
    r"use|using|show|explain|discuss|cover|walk|go|start|begin|learn|explore|dive|delve|take|need|create|load|define|"
    r"train|talk|describe|introduce|demonstrate|focus|try|follow|get|do|have|assume|import|install|run|set|leverage|"
    r"build on|present|review|work|leave|write|make|call|share|examine|compare|summari[sz]e|"
    r"consider|apply|add|deploy|prepare|evaluate|test|give|turn|perform|download|implement|study|"
    r"measure|benchmark|fine-?tune|convert|process|move|be \w+ing)\b",
    r"\blet\W{0,2}s\b|\blet us\b|^\W*we (?:delve|dive|walk|show how|discuss|describe how|cover)\b",
    r"\bwe (?:can |could |now |then |also |first )*(?:use the|need to|want to|dive|start|begin|turn to|move on|look at|"
    r"have (?:now )?(?:seen|gotten|learn))\b|\bthe following\b|\bas follows\b|\bmore on (?:this|that)\b",
    r"^\W*(?:great|alright|all right|ok|okay|well|wow|voil[aà]|phew|yes|no|sure|awesome|congratulations)\b[,!.]",
    r"\b(?:above|below)\s*[.,;:)]|\bhere\W*$|\(\d{4}\)\W*$|\bas will be\b",
    r"\b(?:as|like) (?:we |I )?(?:(?:have |['’]ve )?(?:just |already )?(?:shown|mentioned|described|seen|discussed|"
    r"noted|explained|stated|saw|said|introduced)(?! (?:by|in the [\w-]+ paper))|you can see|we can see)\b",
    r"\b(?:shown|listed|described|given|see|seen|found|mentioned|outlined|discussed|introduced) (?:above|below|here|"
    r"earlier|previously|before)\b|\b(?:previously|already) (?:shown|mentioned|described|discussed|introduced)\b|"
    r"\b(?:above|below) "
    r"(?:is|are|we|you|shows?)\b|\bthe (?:code|example|figure|table|image|snippet|plot|chart|graph|diagram|"
    r"command)s? (?:above|below)\b",
    r"^\s*(?:below|above|here)\b",
    r"\b(?:an?|the|our|my|this) (?:[\w-]+ )?(?:post|guide|article|tutorial|blog)\b|\bthe above\b",
    r"^\W*(?:an?|the) (?:\w+ )?(?:table|list|figure|diagram|plot|chart|screenshot|illustration|visuali[sz]ation|"
    r"overview|example) (?:of|for|showing|from)\b|\(such as this\)|\blike this\b|\b(?:are|['’]re) now going to\b",
    r"\byou(?:['’]ll| will| are going to) (?:also )?(?:discover|learn|see|find|read|explore)\b",
    r"\bat the time of (?:this )?writing\b|\b(?:we|I) (?:showed|introduced|told|taught|walked) you\b|\bago, we\b",
    r"\byou(?: can|['’]ve| have)? (?:now )?(?:see|seen|saw)\b|\bwe now have\b|^\s*have a\b",
    r"\b(?:figure|fig\.|table|step|part|section|chapter)\s*\d",
    r"本(?:文|篇|博客|博文|教程|指南|节|章|系列|部分|小节)|(?:这|该)(?:篇|个系列|一节|一章|一?部分)|(?:上|下|前|后)(?:文|节|一节|面|述|一步|图|表)"
    r"|如(?:下|上(?!海)|图|前)|(?:下|上)图|图\s*\d|表\s*\d|步骤\s*\d",
    r"我们将(?:会|要|首先|先|使用|介绍|展示|讨论|探讨|看到|学习|演示|通过|在|用|从|对|深入)|我们来|让我们|接下来|^\W*(?:第一步|第二步)|来看看|看看|你会看到|"
    r"(?:可以|我们|你)看到",
)

# Telling the reader what to do, and inviting them.
TELLING = _any(
    r"\b(?:click|check (?:it |this |them )?out|feel free|stay tuned|don['’]t forget|subscribe|sign up|follow us|"
    r"read more|learn more|join us|join the|find out more|take a look|have a look|head over|refer to|you can find|"
    r"whether you|can be found|please|thank(?:s(?! to\b)| you)|reach out|let us know|get in touch|happy to|"
    r"we hope (?:you|this|that you|to see|to hear)|we invite|we encourage|we['’]d love|looking forward|can['’]t wait|"
    r"we look forward|see (?:our|also|this|here|how)|available (?:here|at)|more details|"
    r"for (?:more|further) (?:details?|information|info)|instructions (?:are|can|on)|"
    r"available in the [\w ]*documentation)\b",
    r"^\W*(?:imagine|suppose|make sure|see|check|try|visit|recall|assume|click|say|let)\b",
    r"^\s*(?:install|run|open|create|copy|import|load|set|download|consider|go|use|add|start|follow|select|choose|clone|"
    r"replace|watch|read|keep|take|learn|upload|enter|type|press|navigate|specify|define|ensure|pick|give|enable|get|"
    r"explore|discover|build|find|write|put|call|change|configure|deploy|generate|save|push|pull|pass|return|turn|"
    r"adjust|assign|apply|avoid|provide|include|test|compare|train|measure|fill|join|share|meet|stop|convert|prepare)\s+"
    r"(?:the|an?|your|our|this|these|that|it|its|in|on|to|into|with|up|out|all|any|each|every|one|both|for|from|by|how|"
    r"what|as|at|new|another|some|more|whether|if|us|them)\b",
    r"点击|单击|请(?!求|教|愿)|参阅|参见|详见|敬请|欢迎(?:你|您|大家|加入|关注|在|提|访问|来|到|各位)|关注我们|订阅我们|一起来|不妨|别忘|感谢|"
    r"谢谢|了解更多|更多(?:信息|细节|内容|详情)|(?:继续|请|可以|建议)阅读|阅读(?:更多|原文|全文|我们)|"
    r"(?:可|可以|可在.{0,20})(?:参考|查看|找到)|查看(?:更多|完整|我们|文档|此|这|该|以下)|^\W*(?:安装|运行|打开|创建|复制|下载|添加|选择|点击|查看|使用以下)"
    r"|你还可以|你(?:现在)?就?可以(?:在|通过)(?:这|我们)",
)

# Openings that say nothing without the sentence before. "It" may stand for nothing at all ("it is known that"), and
# "both … and" names both.
DANGLING = _any(
    r"^\s*(?:these|that(?! [a-z]+ \w+ (?:is|are)\b)|those|its|they|their|them|he|she|his|her|such|another one|"
    r"(?:both|neither|either)(?!\s.{1,60}\b(?:and|n?or)\b)|"
    r"it(?!(?:['’]s| is| was| has been| becomes?| remains?| would be| can be| takes| turns out| seems| appears)\b.{3,}?"
    r"\b(?:that|to|if|how|whether|when)\b)|it['’]s|"
    r"the (?:former|latter|same|others?|above|"
    r"only difference|rest(?! of the [a-z]+ (?:world|industry|community)))|"
    r"the (?:results?|reasons?|idea|goal|answer|difference|cause|consequence|outcome)(?! (?:of|behind|for|between|that|"
    r"in|from)\b)|"
    r"in (?:this|that|these|such|both|each)|"
    r"(?:for|to) (?:this|that|these)|with (?:this|that|these)|from (?:this|that|these|there)|"
    r"by doing|doing so|as such|instead(?! of\b)|otherwise|similarly|likewise|conversely|on the other hand|"
    r"because of (?:this|that)|due to (?:this|that)|after (?:this|that)|at this|at that|e\.g\.|i\.e\.|"
    r"(?:one|some|each|all|most|many|none|two|three) of (?:them|these|those|this)|all (?:this|these)|here|"
    r"thereby|that['’]s|then)\b",
    r"^\s*(?:这|那|它|他们|她们|他|她|该|此(?!外)|其(?!他|它|实|中)|上述|以上|如此|同样|否则|反之|相反|前者|后者|两者|二者|"
    r"与此|由此|为此|对此|在(?:这|此|那)|通过这|基于(?:这|此)|有了(?:这|它)|随后|然后|接着|而(?:这|且|是|在)|原因(?:是|在于)|结果(?:是|为)|也就是|换句话说|换言之)",
    r"^\s*(?:and|but|or|nor|yet|which|who|because of (?:it|them))\b",
    r"^\s*[A-Z][\w ]{1,24},\s+(?:this|these|those|they|that|such|he|she|it(?! (?:is|was|has been)\b.{3,}?"
    r"\b(?:that|to|if|how|whether)\b))\b",  # However, this …
    r"^\s*[\u4e00-\u9fff]{1,5}[，,]\s*(?:这|那|它|他们|该|此(?!外))",
    r"^\s*(?-i:[a-z]{2,})\s",  # the tail of a sentence cut in two
)
# "This" with a noun, which may stand in the title.
POINTING = re.compile(r"^\s*this\b(?:\s+(?:new\s+|latest\s+)?([\w-]+))?", I)
# Openings that stand alone but were written to follow something.
LEANING = _any(
    r"^\s*(?:however|moreover|furthermore|additionally|in addition|also|besides|meanwhile|still|indeed|in fact|"
    r"nevertheless|nonetheless|overall|more(?:\s|-)?specifically|specifically|in particular|in other words|of course|"
    r"finally|again|unfortunately|fortunately|luckily|actually|basically|essentially|interestingly|hopefully|"
    r"at the same time|in a nutshell|as a (?:consequence|result)|notably|for (?:example|instance)|note\b|notice|"
    r"remember|"
    r"on the (?:other|one)|as an example|alternatively|contrary to|in contrast|one last|another|"
    r"therefore|thus|hence|so\b|now\b|next\b|first(?:ly)?\b|second(?:ly)?\b|third(?:ly)?\b|last(?:ly)?\b|worse|"
    r"to (?:tackle|solve|address|overcome|do|achieve|help with|fix|avoid|make) (?:this|that|these|so))",
    r"^\W*\w+(?:\W+\w+){0,7}?\W+(?:this|these|those)\s",
    r"^\s*(?:然而|但是|但|不过|此外|另外|除此之外|同时|而|并且|总之|总的来说|事实上|实际上|当然|具体来说|具体而言|特别是|尤其|幸运的是|例如|比如|譬如|因此|所以|"
    r"于是|从而|不幸的是|遗憾的是|也|首先|其次|最后|另一|注意|现在|更糟)|^.{1,15}?(?:这一|这个|这种|这些|此类|上述)",
)
YOU = _any(r"\b(?:you|your|yours|yourself)\b", r"[你您]")
I_AND_ME = _any(r"\b(?-i:I)\b|\b(?:me|my|myself)\b", r"我(?!们)|咱")
NARRATIVE = _any(
    r"\b(?:yesterday|last (?:week|month|year|night|summer)|(?:a few|several|two|three|some|\d+) (?:days|weeks|months|"
    r"years) (?:ago|later)|"
    r"a while ago|back (?:in|then)|once upon|when I|I was|I had|I thought|we thought|one day|years ago|recently|"
    r"a lot of people|for ages|in the early|century|"
    r"story|journey)\b",
    r"几(?:天|周|个月|年)前|去年|上周|上个月|昨天|不久前|当时|曾经|有一天|故事|最近|前不久|一直以来|世纪",
)

_STOP_EN = """
a an the and or but nor so yet if then than that this these those it its they them their we our us you your i
my me he she his her of in on at to from by for with without within into onto over under about as is are was
were be been being am do does did done have has had having will would can could may might shall should must
not no only also more most much many very just all any some each every both such other another same own too
there here when where which who whom whose what why how while because since until between through during
before after above below up down out off again further once
"""
_STOP_ZH = "的了是在和与及或也都就而但被把对从到向为以于其之这那有我们你您他它她们个不等将会能可并则中上下"
CONTENT_STOP = frozenset(_STOP_EN.split()) | frozenset(_STOP_ZH)

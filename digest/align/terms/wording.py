"""Words that tell a term from a piece of a sentence, in both languages, collected by reading (benchmarks/terms.py)."""

from __future__ import annotations

# What no Chinese term begins with, besides the stop words: verbs of mention and use, numbers, degrees.
_ZH_NO_START = """
使用 利用 通过 基于 采用 称为 叫做 名为 叫 称 一种 一类 一组 一套 一系列 各种 某 某种 该 此
每个 每 各 支持 进行 针对 便于 提供 提出 包括 包含 例如 比如 如 像 常见 流行 知名 著名 所谓
作为 成为 没有 只有 需要 必须 应该 不 不是 未 已 已经 正在 来 做 用 给 把 由 至 到 从 向
往 经 经过 根据 按照 关于 对于 引入 介绍 实现 执行 运行 计算 添加 加入 定义 设置 加载 融合
融合到 选择 创建 应用 应用于 用于 属于 位于 来自 其他 其它 另 另外 另一 两 两个 两种 三 三个
多个 几个 许多 大量 部分 所有 前 任何 任意 整个 全部 新 旧 最好 最佳 更好 更 最 较 非常
十分 比较 相当 就是 即 则 还有 有关 相关 相应 对应 不同 类似 主要 重要 当前 目前 现有 传统
具有 拥有 获得 得到 看到 发现 考虑 了解 涉及 结合 借助 依靠 依赖 依赖于 允许 使得 令 帮助
希望 可能 跟 同 换为
"""
ZH_NO_START = frozenset(_ZH_NO_START.split())
# What stands in clauses and not in terms.
_ZH_NEVER = """
是 会 并 并且 而 也 都 就 但 我们 你 你们 他们 它 它们 这 那 这个 那个 这些 那些 这种
一个 一种 了 着 过 把 将 被 由 让 使 为 少量 称为 叫做 名为 如果 因为 所以 可以 能够 需要
应该 如何 什么 通过 使用 采用 进行 以及 或者 等 等等 其中 例如 包括 还 又 已
"""
ZH_NEVER = frozenset(_ZH_NEVER.split())
# What belongs to the number before it.
_ZH_COUNTERS = "个 位 倍 万 亿 月 年 日 篇 次 张 条 项 点 节 章 步 块 台 核 比特 行 名"
ZH_COUNTERS = frozenset(_ZH_COUNTERS.split())
# English words that no term begins with, though they are no function words.
_EN_NO_START = """
use uses used using make makes made making let lets get gets see need needs want wants new many several
different various following same other another first second third next last good great better best high low few
own able easy available important main specific certain given based one two three four five six seven eight nine
ten say says said look looks take takes try run runs running set currently recently however finally simply
easily directly even well already ever never always often now including like such across per show shows allow
allows enable enables provide provides support supports previous common major simple traditional official key
critical quick correct entire whole appropriate significant achieves achieve growing learn learns please end
start starts starting begin puts cause causes supporting building creating writing adding getting finding
loading big huge nice interesting popular recent current prepare prepares understand understands train trains
load loads create creates add adds install import contains bit billion million thousand x times much in-detail
"""
EN_NO_START = frozenset(_EN_NO_START.split())
# And that none ends in.
_EN_NO_END = """
use uses using make makes let get best better new many first second able available like such allows enables
provides supports including well now still even however way ways thing things lot one two three up down out off
back over after before while until below above free side version part parts kind type types example examples
case cases shows contains introduces equals means requires works itself themselves short long
"""
EN_NO_END = frozenset(_EN_NO_END.split())
# What stands before a verb, and what stands after one: a phrase seen so is no name of a thing.
_BEFORE_VERB = "to we you they i he she can could will would may might must should not don't let's also"
BEFORE_VERB = frozenset(_BEFORE_VERB.split())
_AFTER_VERB = "the a an this these it us you them him her me how that our your their its all"
AFTER_VERB = frozenset(_AFTER_VERB.split())
# What stands before the name of a thing.
_DETERMINERS = "the a an this these our its each their your any some no"
DETERMINERS = frozenset(_DETERMINERS.split())
# With one of these in the English form, the Chinese one may hold 的.
_LINKS = "of for in on to from with by"
LINKS = frozenset(_LINKS.split())

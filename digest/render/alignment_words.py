"""The words of the page that shows an alignment."""

from __future__ import annotations

from digest.model import Both

ALIGNMENT_WORDS: dict[str, Both] = {
    "alignment": Both("对齐", "Alignment"),
    "alignment-beads": Both("逐句对照", "Sentence by sentence"),
    "alignment-words": Both("界面语言", "Language of the words"),
    "alignment-show": Both("显示哪些组", "Which groups are shown"),
    "alignment-all": Both("全部", "all"),
    "alignment-open": Both("只看待查", "to be checked"),
    "alignment-sentences": Both("句", "sentences"),
    "alignment-groups": Both("组", "groups"),
    "alignment-checked": Both("通过核对", "verified"),
    "alignment-mean": Both("score 的平均值（TSV 里的分数）", "mean score (that of the TSV)"),
    "alignment-shapes": Both("各种形状", "by shape"),
    "alignment-skipped": Both("不参与对齐的代码、表格、图片", "code, tables and images, not aligned"),
    "alignment-read-again": Both("曾丢失字节、重新识读的字", "characters that had lost bytes, read again"),
    "alignment-alone-zh": Both("英文中没有", "not in the English"),
    "alignment-alone-en": Both("中文中没有", "not in the Chinese"),
    "alignment-chances": Both("概率：", "probability: "),
    "alignment-same": Both("两边同义", "the two say the same"),
    "alignment-exact": Both("译得确切", "an exact translation"),
    "alignment-grouped": Both("这样分组（TSV 中的 score）", "grouped so (score in the TSV)"),
    "alignment-key": Both("图例", "Key"),
    "alignment-key-verified": Both("已核对（实线）", "verified (solid line)"),
    "alignment-key-unverified": Both("未核对（虚线）", "unverified (dashed line)"),
    "alignment-key-alone": Both("另一侧没有（点线）", "left out on the other side (dotted line)"),
    "alignment-paragraph": Both("段", "paragraph"),
    "alignment-source": Both("在原网页中查看", "see it on its page"),
}

PICTURE = Both(
    "纵向 {zh} 句中文，横向 {en} 句英文；格子与底色差得越多，两句向量的余弦越大：{low} 及以下同底色，{high} 差得最多。"
    "框线是对齐出来的各组，从左上走到右下。",
    "{zh} Chinese sentences from top to bottom, {en} English ones from left to right; the more a cell stands out, "
    "the larger the cosine of the two sentences' vectors: blank up to {low}, full at {high}. The frames are the groups "
    "that were found, from the upper left to the lower right.",
)
AVERAGED = Both(
    "句子太多，每格取 {rows} × {columns} 句左右的平均值。",
    " There are too many sentences for a cell each: a cell is the mean of about {rows} × {columns}.",
)

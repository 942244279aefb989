"""A text as the tokens that are looked up: words of both languages, and names as they are written."""

from __future__ import annotations

import re
import unicodedata

from digest.align.words import HAN_RUN, words

# What is looked up as one token beside its parts: letters and digits joined by marks, as in force_words_ids, gpt-4,
# 2410.02694 or c++; the tokenizer of the index (opening.SCHEMA) keeps these marks.
NAME = re.compile(r"[a-z0-9]+(?:[._/+#@-]+[a-z0-9]+)+|[a-z][+#]{1,2}(?![a-z0-9])")


def tokens(text: str) -> tuple[str, ...]:
    """Give the tokens of a text in either language: content words by `words`, then names; one for each occurrence.

    >>> tokens("把 force_words_ids 传给模型"), tokens("Of the…")
    (('forc', 'word', 'ids', '传给', '模型', 'force_words_ids'), ())
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    found = words(plain)
    known = set(found)
    return (*found, *(name for name in NAME.findall(plain) if name not in known))


def side_of(text: str) -> str:
    """Give the language that a question is in: "zh" where it has a Chinese character, else "en".

    >>> side_of("vLLM 怎么量化"), side_of("vLLM 0.8")
    ('zh', 'en')
    """
    return "zh" if HAN_RUN.search(text) else "en"

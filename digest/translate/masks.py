"""Masks: what an engine must not touch, replaced by X1, X2 … before it is asked and put back after (pure).

Code, addresses, identifiers and names are the same in both languages. Left as they are, a translation model misspells
some (`model.generate()` → `mobile.generate()`); a mark it nearly always brings back. A mark lost, doubled or made up
refuses the answer. What is masked was chosen by benchmarks/engine_mt.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from digest.model import Line, base_lang

Span = tuple[int, int]

# What may be masked besides Line.code, kept terms and terms; benchmarks/engine_mt.py measures others.
KINDS = frozenset({"address", "identifier", "name"})

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_A = r"A-Za-z\d"  # ASCII only: Han are word characters too, and stand next to a name without a blank
_STOPS = r"\s<>()（）\[\]，。；、：！？」』”“\"'`\u3000-\u9fff\uff00-\uffef"
_WORD = rf"(?<![{_A}_])"
_END = rf"(?![{_A}_])"

ADDRESS = re.compile(
    rf"(?:https?://|www\.)[^{_STOPS}]*[^{_STOPS}.,;:!?]|{_WORD}[{_A}._%+-]+@[{_A}-]+(?:\.[{_A}-]+)+", re.I
)
IDENTIFIER = re.compile(
    rf"(?<![{_A}_-])--?[A-Za-z][{_A}_-]+(?:=[^{_STOPS}]*)?{_END}"  # --flag, --flag=3
    rf"|(?<![{_A}_/.~])(?:[~.]{{0,2}}/)?(?=[{_A}_.~/-]*[\d_.~-]|/)[{_A}_][{_A}_.-]*(?:/[{_A}_][{_A}_.-]*)*/[{_A}_][{_A}_.-]*[{_A}_]"
    rf"|{_WORD}[A-Za-z_][{_A}_]*(?:\.[A-Za-z_][{_A}_]*)*\(\)"  # call(), a.call()
    rf"|{_WORD}[A-Za-z_]*_[{_A}_]*[{_A}](?:\.[{_A}_]+)*{_END}"  # snake_case
    rf"|{_WORD}[A-Za-z]\w+(?:\.[A-Za-z]{{2}}[{_A}_]*)+{_END}"  # dotted.names
    rf"|{_WORD}#[a-z][{_A}]*(?:-[{_A}]+)+",  # #a-channel
    re.ASCII,
)
# A word that its spelling marks as a name: PyTorch, iPhone, LoRA, GPT2, GPT-4o, v1.2.3, Llama-3.1-8B-Instruct.
_MARKED = (
    rf"(?:[A-Z]?[a-z]+[A-Z]+[{_A}]*|[A-Z]+[a-z]+[A-Z][{_A}]*|[A-Z]{{2,}}[a-z]{{2,}}[{_A}]*"
    rf"|[A-Z][A-Za-z]*-?\d[{_A}]*|v\d+)(?:[.+-](?=[{_A}])[{_A}]+)*"
    rf"|[A-Z][A-Za-z]+(?:[.+-](?=[{_A}])[{_A}]+)*-\d[{_A}]*(?:[.+-](?=[{_A}])[{_A}]+)*"
)
_CAPITAL = rf"[A-Z][{_A}]*(?:[.+&-](?=[{_A}])[{_A}]+)*"
_VERSION = rf"v?\d+(?:\.\d+)+(?:[{_A}-]*[{_A}])?|\d+(?:\.\d+)?[BMK]|\d"
# … with the capital words before and after it, a version and a size: Llama 3.1 8B, Transformers v4.46.0.
NAME = re.compile(
    rf"{_WORD}(?:(?:{_CAPITAL} )*(?:{_MARKED})(?: (?:{_CAPITAL}))*(?: (?:{_VERSION}){_END})*"
    rf"|{_CAPITAL}(?: {_CAPITAL})*(?: (?:{_VERSION}){_END})+){_END}"
)
# Capital words in a row in a Chinese line; one of them alone, if it is no abbreviation such as AI, is a name too.
CAPITALS = re.compile(rf"{_WORD}(?:{_CAPITAL}(?: {_CAPITAL})+|[A-Z][a-z]+[{_A}]*){_END}")
MARK = re.compile(r"(?<![A-Za-z_])([XxＸｘ×✕])[ \u00a0]?([0-9０-９]{1,3})(?![0-9０-９])(?!\.\d)(?=s?(?![a-zA-RT-WYZ_]))")
EXACT = re.compile(r"(?<![A-Za-z\d_])X\d{1,3}(?![A-Za-z\d_])")
CJK_MARKS = "，。；：、！？（）《》「」『』【】“”‘’…—"

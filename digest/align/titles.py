"""A Chinese and an English title → whether the Chinese one is a translation, a copy, half a copy, or needs none.

Titles that hold nothing but names, versions and numbers ("PyTorch 2.4", "Llama 3.1 405B") stay as they are in both
languages; an English phrase as its own Chinese title is none. Which is which is told by words: a function word or an
ordinary English word (judge/english.py) makes a phrase, unless it is part of a name. Rules of thumb: "Photo Browser"
counts as a phrase, "Rust 1.80" as a name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from digest.align.judge.english import is_function_word, is_ordinary
from digest.align.judge.text import CODE, HAN, URL, letters

TitleState = Literal["translated", "untranslated", "part", "names"]
Token = Literal["function", "ordinary", "name", "product", "version"]


@dataclass(frozen=True, slots=True)
class TitleReading:
    """What a pair of titles is.

    `side` is the side ("zh", "en") that is not, or not wholly, in its language, and `left` are the words of the other
    language that stand there; both are "" where all is well.
    """

    state: TitleState
    side: Literal["zh", "en", ""] = ""
    left: str = ""


# Ordinary words with which products are told apart ("Gemini Flash", "iPhone Pro Max"): part of a name beside a name.
_PRODUCT_WORDS = """
pro mini max ultra plus large small medium base tiny nano micro lite light flash turbo instant instruct code coder
vision audio chat omni math embed embedding embeddings guard preview beta alpha rc lts server desktop studio cloud
engine enterprise community edition core api cli sdk hub home premium standard native air note neo prime super
long short fast high low scout maverick medium realtime thinking reasoning experimental
"""
PRODUCT_WORDS = frozenset(_PRODUCT_WORDS.split())
# Languages, libraries and products whose name is an ordinary word; a name where it is written with a capital.
_NAMED_BY_A_WORD = """
python rust go swift ruby java julia crystal perl elixir phoenix dart scala kotlin basic pascal react angular flask
django express rails node electron flutter svelte bun next spring cursor slack discord docker chrome safari windows
android sonnet opus haiku whisper falcon llama mamba pandas polars spark flink ray arrow caffe torch transformers
diffusers accelerate helm consul vault packer unity unreal blender granite titan nova bloom dolly orca sora codex
copilot gemini bard claude notion figma flux jamba nemo triton command hermes vicuna alpaca cohere
"""
NAMED_BY_A_WORD = frozenset(_NAMED_BY_A_WORD.split())
# Makers whose products are named by an ordinary word: "Docker Compose", "Cloudflare Workers".
_MAKERS = """
google microsoft amazon aws azure meta openai anthropic mistral nvidia intel amd github gitlab docker cloudflare apache
mozilla oracle ibm adobe jetbrains samsung sony nintendo snapdragon qualcomm vercel databricks snowflake alibaba baidu
tencent huawei bytedance deepmind
"""
MAKERS = frozenset(_MAKERS.split())
# Names of several words, at least one of them ordinary.
_NAMES = (
    "Visual Studio Code", "Visual Studio", "Stable Diffusion", "Hugging Face", "Ruby on Rails", "Raspberry Pi",
    "Spring Boot", "Apple Vision Pro", "Apple Watch", "Apple Intelligence", "Claude Code", "GitHub Actions",
    "GitHub Copilot", "GitHub Pages", "Model Context Protocol", "Segment Anything", "Red Hat Enterprise Linux",
    "Amazon Web Services", "Google Cloud", "Google Maps", "Google Play", "Google Drive", "Microsoft Teams",
    "Microsoft Office", "Home Assistant", "Apache Spark", "Apache Arrow", "Apache Beam", "Apache Iceberg",
    "Common Lisp", "Game Boy", "Hacker News", "Stack Overflow", "Let's Encrypt", "Internet Explorer", "Office 365",
    "Command R", "React Native", "Next.js", "Tensor Core", "Deep Research", "Text Generation Inference", "Open WebUI",
    "Weights & Biases", "Jetpack Compose", "Windows Server", "SQL Server", "Windows Subsystem for Linux",
    "Stable Audio", "Stable Video Diffusion", "Common Crawl", "Chatbot Arena", "LLM Leaderboard", "Steam Deck",
    "Command A", "Mixture of Experts", "Chain of Thought", "Internet of Things", "Humanity's Last Exam",
)  # fmt: skip
_KNOWN_NAME = re.compile(
    "|".join(rf"(?<![A-Za-z0-9]){re.escape(n)}(?![A-Za-z0-9])" for n in sorted(_NAMES, key=len, reverse=True))
)
_STAND_IN = "Namæ"  # what a known name becomes: a word that no list of ordinary words holds
_SITE_TAG = re.compile(r"^\s*(?:Show|Ask|Tell|Launch) HN\s*[:：]", re.I)
# A number after one of these counts things; it is no version.
_COUNTED = """
part chapter day week month year lesson top episode issue level page section step number volume season question phase
stage session figure table version release update act book game round class grade unit article section module
"""
COUNTED = frozenset(_COUNTED.split())
# Verbs that open English titles; one of them before Chinese is what was left of an English title.
_OPENERS = """
train build make use learn run deploy create write understand introduce announce welcome get fix stop design explore
optimize improve scale debug speed try turn add how why what when
"""
OPENERS = frozenset(_OPENERS.split())
# Terms that Chinese writers leave in English, in lower case, within a Chinese sentence.
_LOANS = """
prompt prompts token tokens agent agents embedding embeddings transformer transformers pipeline pipelines benchmark
checkpoint checkpoints batch workflow workflows bug bugs demo app apps web shell kernel cache hash commit push pull
merge docker python rust pandas go bash git root patch hook hooks plugin plugins backbone baseline attention
fine-tuning finetuning streaming training inference loss softmax dropout tokenizer trainer adapter adapters encoder
decoder head heads mask masks offline online open-source blog post issue issues fork star stars offload chunk chunks
leaderboard playground notebook hub space spaces dataset datasets server client serverless async await lambda float int
string struct class trait crate crates socket container pod pods node nodes router proxy edge cloud cookie session
vs label labels logits seed seeds beam query key value reranker retriever function reward rewards policy rollout
"""
LOANS = frozenset(_LOANS.split()) | NAMED_BY_A_WORD
_LATIN_RUN = re.compile(r"[A-Za-zÀ-ɏ][^\s\u3000-\uffef]*(?:[ \u00a0]+[^\s\u3000-\uffef]+)*")
_WORD = re.compile(r"[A-Za-zÀ-ɏ0-9][\w.+#/@'’-]*|\.[A-Z]\w+", re.A | re.I)
_OPTION_OR_CALL = re.compile(r"(?<!\w)--?[a-z][\w=-]*|\w+\(\w*\)")  # code without backticks
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|“[^”]*”|‘[^’]*’|「[^」]*」|《[^》]*》")
LEAST_OUTSIDE = 4  # Han characters
MAX_TITLE = 1000  # characters that are looked at: the patterns are not linear in the length
_VERSION = re.compile(r"v?\d+(?:\.\d+)+\S*|v\d+\S*|\d{1,3}|\d+(?:\.\d+)?[bmkx]\w*", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d")


def read_titles(zh: str, en: str) -> TitleReading:
    """Tell what a pair of titles is; an empty side is no translation.

    >>> read_titles("Gemma 2", "Gemma 2").state, read_titles("Is this the end?", "Is this the end?").state
    ('names', 'untranslated')
    >>> read_titles("如何 build your own 代理框架", "How to build your own agent framework")
    TitleReading(state='part', side='zh', left='build your own')
    """
    zh, en = (" ".join(unicodedata.normalize("NFKC", side[:MAX_TITLE]).split()) for side in (zh, en))
    if not letters(zh) or not letters(en):
        return TitleReading("untranslated", "en" if letters(zh) else "zh", zh or en)
    if not HAN.search(zh):
        if not is_name(zh):
            return TitleReading("untranslated", "zh", zh)
        return TitleReading("names") if is_name(en) else TitleReading("part", "zh", en)
    if letters(zh) == letters(en):
        return TitleReading("untranslated", "en", en)
    if HAN.search(_ASIDE.sub(" ", en)):
        return TitleReading("part", "en", en)
    left = english_left(zh)
    return TitleReading("part", "zh", left) if left else TitleReading("translated")


def is_name(title: str) -> bool:
    """Tell whether a title without Chinese is nothing but names, products, versions, code and numbers.

    >>> [is_name(t) for t in ("vLLM v0.6", "Claude 3.5 Sonnet", "Spring Boot 3.4", "Dark patterns", "Top 10")]
    [True, True, True, False, False]
    """
    shown = _KNOWN_NAME.sub(_STAND_IN, CODE.sub(_STAND_IN, URL.sub(_STAND_IN, title)))
    words: list[str] = _WORD.findall(shown)
    kinds = [kind for _, kind in _kinds(words)]
    if "function" in kinds or "?" in shown:
        return False
    if "ordinary" in kinds:
        return _named_by_version(words) or _named_by_maker(words)
    if "name" not in kinds:  # "Pro 2" names nothing; a bare number does
        return "product" not in kinds
    plain = sum(word.isalpha() and word.islower() for word in words)
    return plain < 3  # a run of unknown words in lower case is a sentence in a third language


def english_left(zh: str) -> str:
    """Give the first run of English prose in a Chinese title, "" where there is none; names and loan words may stay.

    >>> english_left("使用 PyTorch 2.4 训练 Llama"), english_left("用 PyTorch training your first 模型")
    ('', 'PyTorch training your first')
    """
    shown = _SITE_TAG.sub("", _OPTION_OR_CALL.sub(" ", URL.sub(" ", CODE.sub(" ", zh))))
    outside = _ASIDE.sub("、", shown)
    # a quoted or bracketed original may stay in English, but not be all that the title says
    bare = _KNOWN_NAME.sub(_STAND_IN, outside if len(HAN.findall(outside)) >= LEAST_OUTSIDE else shown)
    for run in _LATIN_RUN.finditer(bare):
        if _is_prose(run.group(), opens=not letters(bare[: run.start()])):
            return run.group().strip(" ,.:;-–—&")
    return ""


def _kinds(words: list[str]) -> list[tuple[str, Token]]:
    """Tell each word's kind; words joined by hyphens or slashes are ordinary if all their parts are."""
    shouted = all(word.isupper() for word in words) and sum(map(is_ordinary, words)) > 1
    return [(word, _kind(word, shouted=shouted)) for word in words]


def _kind(word: str, *, shouted: bool) -> Token:
    bare = word.strip(".'’-/")
    if _VERSION.fullmatch(bare) or bare.replace(",", "").replace(".", "").isdigit():
        return "version"
    if is_function_word(bare) and (not bare.isupper() or shouted or len(bare) == 1):
        return "function"
    parts = [part for part in re.split(r"[-/–]", bare) if part]
    if len(parts) > 1:
        kinds = {_kind(part, shouted=shouted) for part in parts}
        return "name" if kinds & {"name", "version"} else "ordinary"
    if len(bare) < 2 or not bare.isalpha():  # C, 4o, Node.js, C++
        return "name"
    if bare.isupper() and not shouted:  # an acronym
        return "name"
    if re.search(r"[a-z][A-Z]|[A-Z]{2}", bare) and not shouted:  # PyTorch, vLLM
        return "name"
    key = bare.lower()
    if bare[0].isupper() and key in NAMED_BY_A_WORD:
        return "name"
    if key in PRODUCT_WORDS:
        return "product"
    return "ordinary" if is_ordinary(bare) else "name"


def _named_by_version(words: list[str]) -> bool:
    """Tell whether ordinary words make a name by the version that follows: "Spring Boot 3.4", "requests 2.32"."""
    kinds = [kind for _, kind in _kinds(words)]
    first = next((i for i, (word, kind) in enumerate(zip(words, kinds, strict=True))
                  if kind == "version" or (kind == "name" and re.search(r"\d", word))), 0)  # fmt: skip
    named = words[:first]
    if not 1 <= len(named) <= 2 or "ordinary" in kinds[first:] or _YEAR.fullmatch(words[first]):
        return False
    if any(word.lower() in COUNTED or (word.lower().endswith("ing") and is_ordinary(word[:-3])) for word in named):
        return False
    return len(named) == 1 or all(word[0].isupper() for word in named)


def _named_by_maker(words: list[str]) -> bool:
    """Tell "Docker Compose" and "Google AI Studio": a maker, then one or two ordinary words, all with capitals."""
    kinds = _kinds(words)
    ordinary = [word.lower() for word, kind in kinds[1:] if kind == "ordinary"]
    return (
        words[0].lower() in MAKERS
        and len(words) <= 4
        and 1 <= len(ordinary) <= 2
        and all(not word[0].islower() for word in words)
        and not any(word.endswith(("ed", "ing")) for word in ordinary)
    )


def _is_prose(run: str, *, opens: bool) -> bool:
    """Tell whether a Latin run in a Chinese title, which it may open, is English prose rather than names and loans."""
    kinds = _kinds(_WORD.findall(re.sub(r"\bto [A-Z]\b", "", run)))  # "to B", "to C": kinds of business
    prose = [_plain(word, kind) for word, kind in kinds]
    if not any(prose):
        return False
    first, kind = kinds[0]
    gerund = kind == "ordinary" and first.lower().endswith("ing")
    if len(prose) == 1:
        return (first[0].islower() and len(first) > 1) or (opens and (gerund or first.lower() in OPENERS))
    functions = [i for i, (_, kind) in enumerate(kinds) if kind == "function"]
    lower = sum(word[0].islower() for (word, _), left in zip(kinds, prose, strict=True) if left)
    # "Chain of Thought": one small word between capitals may be part of a name
    if len(functions) == lower == 1 and 0 < functions[0] < len(kinds) - 1:
        return kinds[functions[0]][0] not in ("of", "for", "on", "the")
    return bool(functions) or lower > 0 or sum(prose) >= 4 or (prose[0] and prose[1] and gerund)


def _plain(word: str, kind: Token) -> bool:
    """Tell whether a word must be put into Chinese: function words and ordinary words, but for loans."""
    key = word.lower().strip(".")
    return (kind == "function" and key != "vs") or (kind == "ordinary" and key not in LOANS)

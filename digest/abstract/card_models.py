"""Which models a post is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.abstract.card_links import Found, Link, placed
from digest.abstract.card_names import GENERIC, Told, squeezed
from digest.model import Document

MODEL = re.compile(
    r"(?:huggingface\.co|hf\.co|modelscope\.cn/models)/([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)/?(?:\?.*)?$"
)
NO_MODEL = frozenset(
    """
    blog docs datasets spaces papers tasks course learn collections models posts settings join pricing new chat
    organizations enterprise inference-endpoints inference login support terms-of-service organization api
    transformers hardware landing autotrain inference-api notebooks zh cn
    """.split()  # noqa: SIM905
)
MODEL_WORD = re.compile(
    r"\b(?:models?|checkpoints?|weights|here|hub)\b|\d[BM]\b|模型|权重|检查点|这里|此处", re.IGNORECASE
)
ID = re.compile(r"(?<![\w/.:-])[A-Za-z0-9][\w-]*/[A-Za-z0-9][\w.-]*\d[\w.-]*\w(?![\w/])", re.ASCII)


def models(
    document: Document, sentences: Sequence[Told], found: Sequence[Link], names: Sequence[str]
) -> Iterator[Found]:
    """Give the models a post is about: links to model pages, and listed ids, that carry a name of its title."""
    keys = [squeezed(name) for name in names]
    if not keys:
        return
    places: list[Found] = []
    for link in found:
        match = MODEL.search(link.href)
        if not match or match.group(1).split("/")[0].lower() in NO_MODEL:
            continue
        name = squeezed(match.group(1))
        if _is_of(match.group(1), keys):
            anchor = squeezed(link.text)
            named = any(key in anchor for key in keys)
            if named or (MODEL_WORD.search(link.text) and not link.said.closed):
                places.append(placed("models", link.text if named and anchor in name else match.group(1), link))
    for said in sentences:
        for start, end in _listed_ids(said, keys):
            value = document.paragraphs[said.paragraph].text[start:end]
            places.append(Found("models", value, said.paragraph, start, end))
    places.sort(key=lambda f: (f.paragraph, f.start, -len(f.value)))
    yield from places


def _listed_ids(said: Told, keys: Sequence[str]) -> Iterator[tuple[int, int]]:
    if said.closed:
        return
    for match in ID.finditer(said.text):
        if _is_of(match.group(), keys) and len(match.group()) == len(said.text.strip()):
            yield said.start + match.start(), said.start + match.end()


def _is_of(model: str, keys: Sequence[str]) -> bool:
    """Say whether a model id, its owner and its house aside, opens with a name of the subject.

    distil-whisper/distil-large is no Whisper, meta-llama/Meta-Llama-3.1-8B is a Llama 3.1.
    """
    parts = re.split(r"[-_.]", model.split("/")[-1])
    while len(parts) > 1 and squeezed(parts[0]) in GENERIC:
        parts = parts[1:]
    return squeezed("".join(parts)).startswith(tuple(keys))

"""Has a chat model answer a question from numbered lines of the archive, which it is shown as data: one call."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from digest.asking import MOST_CITED, MOST_SENTENCES, Drafted, Passage, Sentence
from digest.engines.chat.client import ChatClient
from digest.engines.chat.writer import LANGUAGES
from digest.render.page import Reader, fill, packaged

SENTENCE_TOKENS = 60  # an estimate for the meter, which learns what the model really takes


class AnswerSentence(BaseModel):
    """One sentence of an answer as the model gives it."""

    model_config = ConfigDict(extra="ignore")

    text: str
    sources: list[int] = Field(alias="from", description="Numbers of the lines that bear the sentence.")


class AnswerSentences(BaseModel):
    """An answer as the model gives it."""

    model_config = ConfigDict(extra="ignore")

    sentences: list[AnswerSentence]


class ChatAsker:
    """Drafts answers over a chat endpoint; keeps the contract of `digest.asking.Writer`. `read` reads templates."""

    def __init__(self, client: ChatClient, read: Reader = packaged) -> None:
        self._client, self._read = client, read

    def __call__(self, question: str, side: str, passages: Sequence[Passage]) -> Drafted:
        """Ask once; an answer of no use is a `failure` in one line, which holds no word of it."""
        lines = [_shown(passage) for passage in passages]
        asked = json.dumps({"question": question, "lines": lines}, ensure_ascii=False)
        system = fill(
            "prompts/ask-system.j2", self._read, language=LANGUAGES[side], most=MOST_SENTENCES - 1,
            sources=MOST_CITED - 1,
        )  # fmt: skip
        reply = self._client.ask(
            system.strip(), asked, AnswerSentences, expected=SENTENCE_TOKENS * (MOST_SENTENCES - 1)
        )  # fmt: skip
        if reply.value is None:
            why = reply.failure or f"the model's answer was of no use ({', '.join(reply.faults) or 'no reason'})"
            return Drafted(failure=why)
        return Drafted(tuple(Sentence(one.text, tuple(one.sources)) for one in reply.value.sentences))


def _shown(passage: Passage) -> dict[str, object]:
    title, text = passage.title, passage.text
    told = {"n": passage.number, "title": title.en or title.zh, "zh": text.zh, "en": text.en}
    return {name: value for name, value in told.items() if value}

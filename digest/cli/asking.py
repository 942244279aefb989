"""What `digest search --ask` says: an answer whose every sentence was checked, or that the archive has none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from digest.cli.options import say
from digest.errors import ConfigError
from digest.job import PARTLY, WELL, Job

if TYPE_CHECKING:
    from digest.asking import Answer, Writer
    from digest.config import ChatSettings
    from digest.engines.chat import Endpoint
    from digest.model import Both
    from digest.searching import Hit

POSTS, LINES = 10, 3  # most posts whose lines the engine is shown, and lines of each
NEAREST = 3  # posts that are named where there is no answer
TOLD = {
    "none": ("归档里没有能回答这个问题的内容。", "The archive does not hold an answer to that."),
    "unsound": (
        "归档里没有找到可靠的答案：引擎的回答没有通过检查，不显示（{}）。",
        "No answer that stands: what the engine said did not pass the checks and is not shown ({}).",
    ),
    "nearest": ("最接近的内容：", "Nearest to it:"),
    "dropped": (
        "另有 {} 句没有通过检查，不显示（{}）。",
        "Left out, as the checks refused it: {} of the sentences ({}).",
    ),
}
# Codes of digest.asking, put into words; every other one is said as "near".
FAULTS = {
    "citations": ("没有可靠的引用", "no citation that exists"),
    "numbers": ("数字不在所引的行里", "figures that the cited lines do not have"),
    "names": ("名称不在所引的行里", "names that the cited lines do not have"),
    "code": ("代码不在所引的行里", "code that the cited lines do not have"),
    "links": ("含有网址", "an address"),
    "language": ("语言不对", "another language"),
    "chatter": ("不是答案", "no answer"),
    "form": ("不是完整的句子", "no whole sentence"),
    "denial": ("否定不在所引的行里", "a denial that the cited lines do not have"),
    "near": ("与所引的行不符", "not what the cited lines say"),
}


def engine_for(job: Job) -> tuple[ChatSettings, Endpoint]:
    """Find the engine that is to answer. Raises ConfigError that says how to get one."""
    from digest.engines.chat import key_remedy, resolve

    chosen = job.settings.engines.chat
    if chosen is None:
        raise ConfigError(
            "--ask",
            f"needs an engine: write engines: {{chat: {{preset: NAME}}}} into {job.config}, and put its key into the "
            "environment; without --ask, lines are found and nothing is asked",
        )
    found = resolve(chosen, os.environ)
    if isinstance(found, str):
        raise ConfigError("--ask", "; ".join(filter(None, (found, key_remedy(chosen, os.environ)))))
    return chosen, found


def answer(
    job: Job, engine: tuple[ChatSettings, Endpoint], question: str, hits: Sequence[Hit], *,
    lines: Callable[[Hit], Iterable[str]], record: Callable[[Hit], dict[str, Any]], as_json: bool,
) -> int:  # fmt: skip
    """Have a question answered from what was found, print what stands, and give the exit code.

    `lines` says a hit in lines and `record` as an object. What the engine said and was not checked is printed nowhere.
    """
    from digest.align.embed import load_embedder
    from digest.asking import Passage, answered

    sound = [(hit, text) for hit in hits if (text := sound_text(hit))]
    passages = [Passage(number, hit.title, text) for number, (hit, text) in enumerate(sound, start=1)]
    with _writer(job, *engine) as writer:
        found = answered(question, passages, writer, load_embedder())
    if found.failure:
        say(f"engine: {found.failure}", err=True)
    cited = {number: sound[number - 1][0] for sentence in found.sentences for number in sentence.cited}
    near = dict(enumerate(_nearest(hits), start=1)) if not found.sentences else {}
    if as_json:
        listed = [{"n": number, **record(hit)} for number, hit in sorted((cited or near).items())]
        told = {
            "question": question, "answer": [{"text": one.text, "from": one.cited} for one in found.sentences],
            "dropped": dict(found.dropped), "failure": found.failure, "lines": listed,
        }  # fmt: skip
        say(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        say("\n".join(_said(question, found, cited, near, lines)))
    return PARTLY if found.failure else WELL


@contextmanager
def _writer(job: Job, chosen: ChatSettings, endpoint: Endpoint) -> Iterator[Writer]:
    """Give what asks the engine, within the limits of the settings; what it took is kept, and told at the end."""
    from digest.engines.chat import chat_at
    from digest.engines.chat.asker import ChatAsker
    from digest.engines.spending import Meter
    from digest.translate.cost import in_words

    with job.locked(), job.store() as store:
        meter = Meter(
            store, job.settings.engines.limits, chosen.price, ZoneInfo(job.settings.digest.timezone), job.now,
            engine="chat", model=endpoint.model,
        )  # fmt: skip
        yield ChatAsker(chat_at(endpoint, chosen, job.settings.network, meter).client)
        if meter.run.calls:
            say(f"chat: {in_words(meter.run, chosen.price)}", err=True)


def sound_text(hit: Hit) -> Both | None:
    """Give what of a hit an answer may rest on: a verified pair, or a post's own line alone; None for anything else."""
    from digest.model import Both

    alone = (hit.zh is None) != (hit.en is None)
    return Both(hit.zh, hit.en) if alone or (hit.verified and hit.zh) else None


def _nearest(hits: Sequence[Hit]) -> list[Hit]:
    """Give the best hit of each of the first posts."""
    return list({hit.post: hit for hit in reversed(hits)}.values())[::-1][:NEAREST]


def _said(
    question: str, answer: Answer, cited: Mapping[int, Hit], near: Mapping[int, Hit],
    lines: Callable[[Hit], Iterable[str]],
) -> Iterator[str]:  # fmt: skip
    """Say an answer in the language of the question, with the lines that it cites; or that there is none."""
    from digest.searching.cut import side_of

    at = 0 if side_of(question) == "zh" else 1
    for sentence in answer.sentences:
        yield f"{sentence.text} {''.join(f'[{number}]' for number in sentence.cited)}"
    if answer.sentences and answer.dropped:
        yield TOLD["dropped"][at].format(sum(count for _, count in answer.dropped), _why(answer, at))
    elif answer.dropped:
        yield TOLD["unsound"][at].format(_why(answer, at))
    elif not answer.sentences and not answer.failure:
        yield TOLD["none"][at]
    if near:
        yield from ("", TOLD["nearest"][at])
    for number, hit in sorted((cited or near).items()):
        first, *others = lines(hit)
        yield from ("", f"[{number}] {first}" if cited else first, *others)


def _why(answer: Answer, at: int) -> str:
    """Put the faults of dropped sentences into words; never the words of the sentences."""
    return ("；", "; ")[at].join(dict.fromkeys(FAULTS.get(code, FAULTS["near"])[at] for code, _ in answer.dropped))

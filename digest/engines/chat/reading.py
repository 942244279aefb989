"""An endpoint's answer → the JSON value in it: whatever stands around it is taken off and named, nothing is guessed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from digest.translate.cost import Usage

STARTS = 200  # places of a text where a JSON value is looked for: "[" and "{" in the words before it

_THOUGHT = re.compile(r"\A\s*(?:<think(?:ing)?>)?.*?</think(?:ing)?>", re.S)  # some templates leave out the opening tag
# possessive: an answer of 256 kB must not take its cube in time
_FENCE = re.compile(r"```[ \t]*+[\w-]*+[ \t]*+\n?(.*?)```", re.S)
# How models say that they will not, in place of an answer. Anchored: a post may say sorry further on.
_REFUSED = re.compile(
    r"\W*(?:(?:i['’]?m|i am) (?:very )?(?:sorry|afraid|unable)|sorry,|i (?:cannot|can['’]?t|can not|won['’]?t|will not|"
    r"must decline)|as an ai\b|(?:很|非常)?抱歉|对不起|我(?:无法|不能|没办法)|作为(?:一个|一名)?(?:AI|人工智能))",
    re.I,
)
_APOLOGY = re.compile(
    r"(?:\b(?:can['’]?t|cannot|can not|unable to|won['’]?t|not able to|decline to) (?:\w+ ){0,2}?"
    r"(?:help(?! (?:but|\w+ing)\b)|assist|translat|comply|fulfil|provide|do that)"
    r"|(?:无法|不能|没办法|拒绝)(?:\S{0,6})(?:翻译|协助|帮助|提供|满足|处理))",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What an endpoint answered: `text` as the model wrote it, or the fault that leaves nothing to read.

    `reason` is a clear line where the endpoint itself, not the model, is at fault. `usage` has no calls.
    """

    text: str = ""
    fault: str = ""
    reason: str = ""
    usage: Usage = field(default_factory=Usage)


def read_completion(body: bytes) -> Said:
    """Read the body of a /chat/completions answer, in the form of OpenAI and in what others make of it."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return Said(fault="malformed", reason="the endpoint's answer is no JSON")
    choices = told.get("choices") if isinstance(told, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        wrong = isinstance(told, dict) and told.get("error")
        return Said(fault="server" if wrong else "malformed", reason="the endpoint's answer holds no choices")
    usage = _usage(told.get("usage"))
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    finish = str(choice.get("finish_reason") or "")
    text, refused = _content(message.get("content"))
    if refused or message.get("refusal") or finish in ("content_filter", "sensitive"):
        return Said(fault="refusal", usage=usage)
    if finish in ("length", "max_tokens"):
        return Said(fault="cut-off", usage=usage)
    return Said(text, "" if text.strip() else "empty", usage=usage)


def _content(content: object) -> tuple[str, bool]:
    """Give the text of a message (a string, a list of parts) and whether a part of it refuses."""
    if isinstance(content, str):
        return content, False
    if isinstance(content, dict):  # some gateways read the JSON for us
        return json.dumps(content), False
    texts, refused = [], False
    for part in content if isinstance(content, list) else ():
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict):
            refused |= part.get("type") == "refusal"
            texts.append(part["text"] if isinstance(part.get("text"), str) else "")
    return "".join(texts), refused


def _usage(told: object) -> Usage:
    """Read the tokens that the endpoint counted; 0 where it tells none, or nonsense."""
    if not isinstance(told, dict):
        return Usage()
    sent, answered = (told.get(f"{kind}_tokens") for kind in ("prompt", "completion"))
    return Usage(0, _count(sent), _count(answered))


def _count(told: object) -> int:
    return told if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 10**9 else 0


# ---- the JSON in the text -------------------------------------------------------------------------------------------


def values_in(text: str) -> tuple[list[Any], tuple[str, ...]]:
    r"""Give the JSON objects and arrays that a text consists of or wraps, longest first, and what wraps them.

    A value that breaks off or breaks down gives nothing, not even what stands whole within it.

    >>> values_in('Sure!\n```json\n{"a": [1]}\n```')
    ([{'a': [1]}], ('chatter', 'fences'))
    >>> values_in('{"lines": [{"id": 1}, {"id"')
    ([], ())
    """
    text = text.strip().lstrip("\ufeff")
    whole = _decoded(text)
    if isinstance(whole, (dict, list)):
        return [whole], ()
    text = _without_thoughts(text)
    faults: list[str] = []
    fenced = [match for match in _FENCE.finditer(text) if isinstance(_decoded(match[1]), (dict, list))]
    if fenced:
        around = text[: fenced[0].start()] + text[fenced[-1].end() :]
        found = [(len(match[1]), _decoded(match[1])) for match in fenced]
        faults = ["fences"]
    else:
        around, found = _scanned(text)
    if found and around.strip():
        faults.insert(0, "fences" if not fenced and not around.strip().strip("`json \n") else "chatter")
    return [value for _, value in sorted(found, key=lambda each: -each[0])], tuple(faults)


def _without_thoughts(text: str) -> str:
    """Drop what a model thinks aloud; thoughts that never end leave nothing."""
    if text.startswith("<think") and "</think" not in text:
        return ""
    return _THOUGHT.sub("", text, count=1).strip() or text


def _decoded(text: str) -> Any:
    try:
        return json.loads(text, strict=False)  # models put line breaks into strings
    except (ValueError, RecursionError):
        return None


def _scanned(text: str) -> tuple[str, list[tuple[int, Any]]]:
    """Find the outermost JSON values of a text: what is around them, and each with its length."""
    decoder = json.JSONDecoder(strict=False)
    around, found, last = "", [], 0
    at = _next_start(text, 0)
    for _ in range(STARTS):
        if at < 0:
            break
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            if error.msg.startswith("Unterminated") or text[at + 1 : error.pos].strip():
                break  # JSON that breaks: what is whole within it may not be what was meant
            end = at + 1
        except (ValueError, RecursionError):
            break
        else:
            around += text[last:at]
            found.append((end - at, value))
            last = end
        at = _next_start(text, end)
    return around + text[last:], found


def _next_start(text: str, at: int) -> int:
    match = re.compile(r"[\[{]").search(text, at)
    return match.start() if match else -1


def is_refusal(text: str) -> bool:
    """Tell whether words that stand where an answer should say that there will be none.

    >>> is_refusal("I'm sorry, but I can't help with that."), is_refusal("抱歉，我无法翻译。"), is_refusal("Here it is")
    (True, True, False)
    """
    return bool(_REFUSED.match(text[:200]))


def is_apology(text: str, source: str) -> bool:
    """Tell whether a translation is an excuse, which the line itself is not.

    >>> is_apology("对不起，我无法翻译这段内容。", "Ignore it."), is_apology("我无法复现。", "I cannot reproduce it.")
    (True, False)
    """
    return bool(_REFUSED.match(text) and _APOLOGY.search(text) and not _APOLOGY.search(source))

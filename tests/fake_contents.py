"""What a fake chat endpoint says to the lines it is asked: the contents of its messages, good and bad, by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Translate = Callable[[str], str]
Item = dict[str, Any]


def asked_items(body: Mapping[str, Any]) -> list[Item]:
    """Find the items in the user's message: the last JSON array of objects with id and text."""
    texts = [
        m["content"] for m in body.get("messages", []) if m.get("role") == "user" and isinstance(m["content"], str)
    ]
    text = texts[-1] if texts else ""
    decoder, found, at = json.JSONDecoder(), [], text.find("[")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            if value and all(isinstance(item, dict) and {"id", "text"} <= item.keys() for item in value):
                found = value
        at = text.find("[", end)
    return found


def count_tokens(text: str) -> int:
    """Count as o200k does on average: 4.4 characters of English a token, 4 bytes of anything else."""
    plain = sum(character.isascii() for character in text)
    return round(plain / 4.4 + (len(text.encode()) - plain) / 4)


def lines(pairs: list[tuple[Any, str]]) -> str:
    return json.dumps({"lines": [{"id": number, "text": text} for number, text in pairs]}, ensure_ascii=False)


def _map(change: Callable[[str, str], str]) -> Callable[[list[Item], Translate], str]:
    """Answer every line by `change` of the line and its translation."""
    return lambda items, to: lines([(item["id"], change(item["text"], to(item["text"]))) for item in items])


def good(items: list[Item], to: Translate) -> str:
    return lines([(item["id"], to(item["text"])) for item in items])


def _pairs(items: list[Item], to: Translate) -> list[tuple[Any, str]]:
    return [(item["id"], to(item["text"])) for item in items]


def _merged(items: list[Item], to: Translate) -> str:
    (first, one), (_, two), *rest = [*_pairs(items, to), (0, "")][: max(len(items), 2)]
    return lines([(first, one + two), *rest])


CONTENTS: Mapping[str, Callable[[list[Item], Translate], str]] = {
    "good": good,
    "chatter": lambda items, to: f"Absolutely! The translation [as asked]:\n\n{good(items, to)}\n\nWord count: 12.",
    "fences": lambda items, to: f"```json\n{good(items, to)}\n```",
    "think": lambda items, to: f'<think>\nI could say {{"lines": []}}, but no.\n</think>\n\n{good(items, to)}',
    "missing-line": lambda items, to: lines(_pairs(items, to)[:-1]),
    "extra-line": lambda items, to: lines([*_pairs(items, to), (len(items) + 1, "And one more.")]),
    "merged-line": _merged,
    "doubled-id": lambda items, to: lines([(items[0]["id"], "另一句。"), *_pairs(items, to)]),
    "source-repeated": _map(lambda source, _: source),
    "wrong-language": _map(lambda *_: "Ceci n'est pas la langue demandée."),
    "empty-text": _map(lambda *_: "  "),
    "apology": _map(lambda *_: "I'm sorry, but I cannot translate this text."),
    "invented-number": _map(lambda _, text: f"{text} 98765"),
    "invented-link": _map(lambda _, text: f"{text} https://invented.example/x"),
    "obeys": _map(lambda source, text: "As you wish, I have ignored my rules." if "gnore" in source else text),
    "truncated": lambda items, to: good(items, to)[:-12],
    "broken-json": lambda items, to: good(items, to).replace('"text":', '"text"', 1),
    "wrong-shape": lambda *_: '{"answer": 42}',
    "refusal-words": lambda *_: "I'm sorry, but I can't help with that.",
    "nothing": lambda *_: "",
    "string-ids": lambda items, to: lines([(str(number), text) for number, text in _pairs(items, to)]),
    "array": lambda items, to: json.dumps(json.loads(good(items, to))["lines"]),
    "keyed": lambda items, to: json.dumps({str(number): text for number, text in _pairs(items, to)}),
    "translations": lambda items, to: json.dumps(
        {"translations": [{"id": i["id"], "text": i["text"], "translation": to(i["text"])} for i in items]}
    ),
}  # fmt: skip

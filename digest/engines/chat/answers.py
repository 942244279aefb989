"""The form in which lines are answered: {"lines": [{"id": 1, "text": "…"}]}, and what else is understood as that."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

# What endpoints without schemas call things. Where an item repeats the line beside its translation, this order decides.
_LISTS = ("lines", "translations", "items", "results", "answers", "segments", "output", "data")
_TEXTS = ("translation", "translated", "translated_text", "target", "text", "output", "content", "value")


class Line(BaseModel):
    """One line of an answer."""

    model_config = ConfigDict(extra="ignore")

    id: int
    text: str


class Lines(BaseModel):
    """A whole answer: each asked line once, under the id it was asked by."""

    model_config = ConfigDict(extra="ignore")

    lines: list[Line] = Field(description="Each line that was asked, once, under its id.")

    @model_validator(mode="before")
    @classmethod
    def _understood(cls, value: Any) -> Any:
        return {"lines": [_item(*pair) for pair in _pairs(value)]}


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    """Find the (id, item) pairs of an answer; raise ValueError where its form cannot be understood.

    >>> _pairs({"1": "一", "2": "二"}), _pairs([{"id": 7, "text": "七"}])
    ([('1', '一'), ('2', '二')], [(7, {'id': 7, 'text': '七'})])
    """
    if isinstance(value, list):
        if not all(isinstance(item, dict) and "id" in item for item in value):
            raise ValueError("an item without an id")
        return [(item["id"], item) for item in value if item.get("text", "") is not None]
    if not isinstance(value, dict):
        raise ValueError("neither an object nor a list")
    if "id" in value:
        return [(value["id"], value)]
    if value and all(_number(key) is not None for key in value):
        return list(value.items())
    for name in _LISTS:
        if isinstance(value.get(name), (list, dict)):
            return _pairs(value[name])
    raise ValueError("no list of lines")


def _item(name: Any, item: Any) -> dict[str, Any]:
    number = _number(name)
    text = item
    if isinstance(item, dict):
        text = next((item[key] for key in _TEXTS if isinstance(item.get(key), str)), None)
    if number is None or not isinstance(text, str):
        raise ValueError("an item without a number or a text")
    return {"id": number, "text": text}


def _number(name: Any) -> int | None:
    """Read an id: a number, or a text that ends in one.

    >>> _number(3), _number("3"), _number("line 3"), _number("three"), _number(True)
    (3, 3, 3, None, None)
    """
    if isinstance(name, bool):
        return None
    if isinstance(name, int):
        return name if 0 <= name < 10**6 else None
    found = re.fullmatch(r"[^\d]{0,6}(\d{1,5})\D?", name.strip(), re.ASCII) if isinstance(name, str) else None
    return int(found[1]) if found else None

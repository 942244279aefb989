"""What a child answered, judged: nothing of it is believed that has not the types of the nouns it stands for (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from digest.fetch.feeds.discover import FoundFeed
from digest.fetch.feeds.listing import Link
from digest.model import Document, Feed
from digest.sandbox.messages import FAULT, Fault, MessageError, Task
from digest.sandbox.readers import Edited

_FAULT: TypeAdapter[Fault] = TypeAdapter(Fault)
_FOUND: Mapping[Task, TypeAdapter[Any]] = {
    "feed": TypeAdapter(Feed),
    "post": TypeAdapter(Document | None),
    "posts": TypeAdapter(tuple[Document | None, ...]),
    "page": TypeAdapter(Document),
    "links": TypeAdapter(tuple[Link, ...]),
    "feeds_named": TypeAdapter(tuple[FoundFeed, ...]),
    "twin_rule": TypeAdapter(dict[str, str]),
    "edited": TypeAdapter(Edited),
}


def read_answer(task: Task, kind: bytes, body: bytes) -> Any:
    """Give what a child read, or a Fault. Raises MessageError where it is not of the task's type."""
    adapter = _FAULT if kind == FAULT else _FOUND[task]
    try:
        return adapter.validate_json(body, strict=True)
    except ValidationError as error:
        raise MessageError(f"no {error.title}: {error.error_count()} faults") from None

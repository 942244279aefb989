"""Asks a chat endpoint for a value of a given shape: the one place that speaks to it, counts, and stops in time."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from digest.engines.chat.presets import Endpoint, Form
from digest.engines.chat.reading import is_refusal, read_completion, values_in
from digest.engines.chat.refusals import Wrong, refused_field, wrong_of
from digest.engines.chat.tokens import request_tokens
from digest.errors import SourceError
from digest.fetch.web import Web
from digest.translate.cost import Usage

ANSWER_BYTES = 256 * 1024  # of one answer, decoded
FAILURES = 3  # calls in a row that bring nothing, after which no more are made

Shape = TypeVar("Shape", bound=BaseModel)
_BELOW: dict[Form, Form] = {"schema": "object", "object": "plain"}


class Meter(Protocol):
    """Says before each call whether it may be made, and counts it afterwards (engines/spending.py)."""

    def may(self, prompt_tokens: int, completion_tokens: int) -> str:
        """Give "" where a call of that many tokens may be made, else one line why not."""
        ...

    def spent(self, estimate: Usage, actual: Usage) -> None: ...


class Unmetered:
    """Lets every call pass and counts them."""

    def __init__(self) -> None:
        self.run = Usage()

    def may(self, prompt_tokens: int, completion_tokens: int) -> str:
        return ""

    def spent(self, estimate: Usage, actual: Usage) -> None:
        self.run += actual


@dataclass(frozen=True, slots=True)
class Reply(Generic[Shape]):
    """What came of one question: a value, or None and the fault that left none, last in `faults`.

    The other faults were mended (words around the JSON, a fence). `failure` is one clear line where the endpoint is at
    fault, `lasting` False where another day may bring an answer. `usage` is what the endpoint counted; calls with no
    tokens mean that it counted none.
    """

    value: Shape | None
    faults: tuple[str, ...] = ()
    failure: str = ""
    lasting: bool = True
    usage: Usage = field(default_factory=Usage)


class ChatClient:
    """A client of one endpoint for one run, for many threads (where the meter is).

    It remembers what the endpoint does not take (a form of answers, a temperature), and closes for the rest of the run
    where asking on is of no use: 401 to 404, a 429 without a short wait, three calls in a row that brought no answer.
    `timeout` is in seconds and covers one call with its second try; `web` must allow `endpoint.allow`.
    """

    def __init__(
        self, endpoint: Endpoint, web: Web, *, timeout: float = 60.0, temperature: float = 0.0,
        meter: Meter | None = None,
    ) -> None:  # fmt: skip
        self.endpoint = endpoint
        self._web, self._timeout = web, timeout
        self._meter = meter or Unmetered()
        self._lock = threading.Lock()
        self._form: Form = endpoint.answers
        self._fields: dict[str, Any] = {"temperature": temperature, **dict(endpoint.extra)}
        self._closed: Wrong | None = None
        self._failures = 0

    @property
    def closed(self) -> str:
        """Say why no more calls are made, "" while they are."""
        return self._closed.failure if self._closed else ""

    def ask(self, system: str, user: str, shape: type[Shape], *, expected: int = 0) -> Reply[Shape]:
        """Ask once for a value of `shape`; whatever goes wrong is a Reply without one.

        `expected` is an estimate of the tokens of the answer, for the meter.
        """
        estimate = Usage(1, request_tokens(system, user), expected)
        usage = Usage()
        while True:
            if self._closed:
                return Reply(None, (self._closed.fault,), self._closed.failure, False, usage)
            why = self._meter.may(estimate.prompt_tokens, estimate.completion_tokens)
            if why:
                return Reply(None, ("cap",), why, False, usage)
            request = self._request(system, user, shape)
            try:
                body = self._sent(request)
            except SourceError as error:
                if self._steps_down(error, request):
                    usage += self._count(Usage(1), Usage(1))
                    continue
                wrong = self._note(wrong_of(error, self.endpoint))
                usage += self._count(estimate if wrong.used else Usage(1), Usage(1))
                return Reply(None, (wrong.fault,), wrong.failure, wrong.lasting, usage)
            return self._reply(body, shape, estimate, usage)

    def _request(self, system: str, user: str, shape: type[BaseModel]) -> dict[str, Any]:
        with self._lock:
            request = {"model": self.endpoint.model, **self._fields, "stream": False}
            form = self._form
        request["messages"] = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        if form == "schema":
            schema = {"name": shape.__name__.lower(), "strict": True, "schema": schema_of(shape)}
            request["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif form == "object":
            request["response_format"] = {"type": "json_object"}
        return request

    def _sent(self, request: dict[str, Any]) -> bytes:
        headers = {"content-type": "application/json", "accept": "application/json"}
        if self.endpoint.key:
            headers["authorization"] = f"Bearer {self.endpoint.key}"
        body = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
        url = self.endpoint.url
        return self._web.post(url, body, headers, deadline=self._timeout, max_bytes=ANSWER_BYTES).body

    def _steps_down(self, error: SourceError, request: dict[str, Any]) -> bool:
        """Drop what the endpoint refused, for the rest of the run; tell whether there was something to drop."""
        name = refused_field(error, request, frozenset(dict(self.endpoint.extra)))
        with self._lock:
            if name == "response_format":
                asked: Form = "schema" if request[name]["type"] == "json_schema" else "object"
                if not self.endpoint.steps:
                    return False
                if self._form == asked:  # another thread may have stepped down meanwhile
                    self._form = _BELOW[asked]
                return True
            self._fields.pop(name, None)
            return bool(name)

    def _note(self, wrong: Wrong) -> Wrong:
        """Close where this, or the third failure in a row, says so."""
        with self._lock:
            if not wrong.lasting:
                self._failures += 1
            if self._closed is None and (wrong.closes or self._failures >= FAILURES):
                self._closed = wrong
        return wrong

    def _count(self, estimate: Usage, actual: Usage) -> Usage:
        """Tell the meter of a call; where the endpoint counted no tokens, what was estimated stands for them.

        Such a call corrects no estimate: it is told as one that was not estimated.
        """
        if actual.tokens:
            self._meter.spent(estimate, actual)
        else:
            self._meter.spent(Usage(estimate.calls), estimate)
        return actual

    def _reply(self, body: bytes, shape: type[Shape], estimate: Usage, usage: Usage) -> Reply[Shape]:
        said = read_completion(body)
        usage += self._count(estimate, said.usage + Usage(1))
        if said.reason:
            wrong = self._note(
                Wrong(said.fault, f"chat ({self.endpoint.model} at {self.endpoint.host}): {said.reason}")
            )
            return Reply(None, (wrong.fault,), wrong.failure, False, usage)
        with self._lock:
            self._failures = 0
        if said.fault:
            return Reply(None, (said.fault,), usage=usage)
        values, faults = values_in(said.text)
        for value in values:
            try:
                return Reply(shape.model_validate(value), faults, usage=usage)
            except (ValidationError, RecursionError):
                continue
        refused = not values and is_refusal(said.text)
        return Reply(None, ("refusal",) if refused else (*faults, "malformed"), usage=usage)


def schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    """Give a shape's JSON Schema as strict endpoints want it: no references, no further keys, every key required."""
    schema = shape.model_json_schema()
    parts = schema.pop("$defs", {})

    def strict(node: Any) -> Any:
        if isinstance(node, list):
            return [strict(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return strict(parts[node["$ref"].rpartition("/")[2]])
        node = {key: strict(value) for key, value in node.items() if key != "title" or not isinstance(value, str)}
        if node.get("type") == "object":
            node |= {"additionalProperties": False, "required": list(node.get("properties", {}))}
        return node

    found: dict[str, Any] = strict(schema)
    return found

"""A chat endpoint made of strings, over a real socket on 127.0.0.1: good answers, and the ways in which real ones fail.

    with FakeChat({"One.": "一。"}) as fake:
        fake.mode = "fences"            # one of MODES, for every request from here on
        fake.plan = ["500", "good"]     # or one a request, before `mode` holds again
        fake.mode = lambda body: "…"    # or what to say to a request's body

Lines it has no translation for are answered by `unknown`. `requests` are those it saw; `prompt_tokens` and
`completion_tokens` what it counted for the calls that it answered by a completion.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from fake_contents import CONTENTS, Item, Translate, asked_items, count_tokens, good

Custom = Callable[[dict[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; `headers` have lower-case names, `body` is {} where it was no JSON object."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def items(self) -> list[Item]:
        return asked_items(self.body)


# ---- how it is answered ---------------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._record({})
        if self.path == "/api/tags":
            models = [{"name": name, "model": name, "size": 1} for name in self.server.fake.models]
            self.reply(200, {"models": models})
        else:
            self.reply(404, {"error": {"message": "not found"}})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            body = json.loads(raw)
        except ValueError:
            body = {}
        self._record(body if isinstance(body, dict) else {})
        fake = self.server.fake
        mode = fake.next_mode()
        if not self.path.endswith("/chat/completions"):
            self.reply(404, {"error": {"message": "not found"}})
        elif callable(mode):
            self.complete(body, lambda *_: mode(body))
        elif mode in ANSWERS:
            ANSWERS[mode](self, body)
        else:
            self.complete(body, CONTENTS[mode])

    def complete(
        self, body: dict[str, Any], make: Callable[[list[Item], Translate], str], finish: str = "stop", **message: Any
    ) -> None:
        fake = self.server.fake
        content = make(asked_items(body), fake.translate)
        sent = sum(count_tokens(m["content"]) + 4 for m in body["messages"]) + 3
        usage = fake.count(sent, count_tokens(content))
        choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
        told = {"id": "chat-1", "object": "chat.completion", "created": 1, "model": body["model"], "choices": [choice]}
        self.reply(200, told | ({"usage": usage} if fake.tells_usage else {}))

    def reply(self, status: int, told: object, **headers: str) -> None:
        body = json.dumps(told, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def stream(self, piece: bytes, pause: float) -> None:
        """Send pieces of an answer until the other side has had enough or the server closes."""
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.write(b'{"choices": [{"message": {"content": "')
            while not self.server.fake.closing.wait(pause):
                self.wfile.write(piece)

    def _record(self, body: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.fake.record(Request(self.command, self.path, headers, body))


def _status(status: int, message: str, **headers: str) -> Callable[[_Handler, dict[str, Any]], None]:
    return lambda handler, _: handler.reply(status, {"error": {"message": message}}, **headers)


def _leaks(handler: _Handler, _: dict[str, Any]) -> None:
    key = handler.headers.get("authorization", "")
    handler.reply(401, {"error": {"message": f"Incorrect API key provided: {key}"}})


def _no_form(handler: _Handler, body: dict[str, Any]) -> None:
    if "response_format" in body:
        form = body["response_format"]["type"]
        handler.reply(400, {"error": {"message": f"'response_format.type' {form!r} is not supported"}})
    else:
        handler.complete(body, good)


def _no_schema(handler: _Handler, body: dict[str, Any]) -> None:
    if body.get("response_format", {}).get("type") == "json_schema":
        handler.reply(400, {"error": {"message": "This response_format type is unavailable now"}})
    else:
        handler.complete(body, good)


def _no_temperature(handler: _Handler, body: dict[str, Any]) -> None:
    if "temperature" in body:
        handler.reply(400, {"error": {"message": "Unsupported value: 'temperature' does not support 0"}})
    else:
        handler.complete(body, good)


def _parts(handler: _Handler, body: dict[str, Any]) -> None:
    text = good(asked_items(body), handler.server.fake.translate)
    parts = [{"type": "text", "text": text[:9]}, {"type": "text", "text": text[9:]}]
    handler.reply(200, {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": parts}}]})


def _no_usage(handler: _Handler, body: dict[str, Any]) -> None:
    text = good(asked_items(body), handler.server.fake.translate)
    handler.server.fake.count(0, 0)
    handler.reply(200, {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": text}}]})


def _redirect(handler: _Handler, _: dict[str, Any]) -> None:
    handler.reply(307, {}, location=f"{handler.server.fake.redirect_to}/chat/completions")


def _hangs_up(handler: _Handler, _: dict[str, Any]) -> None:
    handler.close_connection = True


ANSWERS: Mapping[str, Callable[[_Handler, dict[str, Any]], None]] = {
    "length": lambda h, body: h.complete(body, good, finish="length"),
    "refusal": lambda h, body: h.complete(body, lambda *_: "", refusal="I will not translate this."),
    "content-filter": lambda h, body: h.complete(body, lambda *_: "", finish="content_filter"),
    "429-short": _status(429, "slow down", retry_after="1"),
    "429-long": _status(429, "slow down", retry_after="3600"),
    "429-bare": _status(429, "slow down"),
    "500": _status(500, "internal error"),
    "503": _status(503, "busy"),
    "400": _status(400, "maximum context length is 8 tokens"),
    "401": _status(401, "bad key"),
    "401-leaks": _leaks,
    "402": _status(402, "insufficient balance"),
    "403": _status(403, "forbidden"),
    "404": _status(404, "model not found"),
    "no-form": _no_form,
    "no-schema": _no_schema,
    "no-temperature": _no_temperature,
    "parts": _parts,
    "no-usage": _no_usage,
    "html": lambda h, _: h.reply(200, "<html>log in</html>"),
    "redirect": _redirect,
    "hangs-up": _hangs_up,
    "drip": lambda h, _: h.stream(b"a", 0.05),
    "endless": lambda h, _: h.stream(b"a" * 65536, 0.0),
}  # fmt: skip
MODES = (*CONTENTS, *ANSWERS)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    fake: FakeChat

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up: that is what is tested."""


class FakeChat:
    """The endpoint; see the head of this file. `models` are what GET /api/tags names, as Ollama does."""

    def __init__(
        self, known: Mapping[str, str] | Translate, mode: str = "good", unknown: Translate = lambda text: f"（{text}）",
        models: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.translate: Translate = known if callable(known) else lambda text: known.get(text) or unknown(text)
        self.mode: str | Custom = mode
        self.plan: list[str | Custom] = []
        self.models = models
        self.tells_usage, self.redirect_to = True, ""
        self.requests: list[Request] = []
        self.prompt_tokens = self.completion_tokens = 0
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        return f"http://{self.place}/v1"

    @property
    def calls(self) -> int:
        return sum(request.method == "POST" for request in self.requests)

    def next_mode(self) -> str | Custom:
        with self._lock:
            return self.plan.pop(0) if self.plan else self.mode

    def record(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)

    def count(self, sent: int, answered: int) -> dict[str, int]:
        with self._lock:
            self.prompt_tokens += sent
            self.completion_tokens += answered
        return {"prompt_tokens": sent, "completion_tokens": answered, "total_tokens": sent + answered}

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

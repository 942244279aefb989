"""What went wrong with a call → the name of its fault, a clear line, and whether asking on makes sense."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digest.engines.chat.presets import Endpoint
from digest.errors import SourceError
from digest.fetch.web import RefusedError

# How endpoints speak of a field that they do not take (400, 404, 422; some servers of one's own: 500, 501).
_ABOUT_FORM = re.compile(r"response_?format|json_?schema|json_?object|structured.?output|grammar|schema", re.I)
_ABOUT_KEY = re.compile(r"api[ _-]?key|unauthori[sz]ed|authenti", re.I)
_ABOUT_MODEL = re.compile(r"model[^.]{0,60}(?:not[ _](?:found|exist)|does not exist|no such)|模型不存在", re.I)
_ABOUT_CONTENT = re.compile(
    r"content[ _]?(?:filter|management|policy)|data_?inspection|sensitive|risk control|敏感", re.I
)
_KINDS = {"timeout": "late", "too-large": "too-large", "redirect": "redirect"}
_DENIED = {
    401: "the key is not taken",
    402: "the account has no credit",
    403: "the key may not do this",
    404: "no such address or model",
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A call that gave nothing. `closes`: no further call of the run could fare better. `lasting`: nor tomorrow's."""

    fault: str
    failure: str
    closes: bool = False
    lasting: bool = False
    used: bool = False  # the model may have been at work, and be paid for it


def wrong_of(error: SourceError, endpoint: Endpoint) -> Wrong:
    """Name what went wrong, without a word of what the endpoint said: some repeat the key."""
    where = f"chat ({endpoint.model} at {endpoint.host})"
    if not isinstance(error, RefusedError):
        fault = _KINDS.get(error.kind, "server")
        used = fault in ("late", "too-large")
        return Wrong(fault, f"{where}: {error.reason}", closes=error.kind == "address", used=used)
    status, said = error.status, error.said
    if status in _DENIED:
        with_key = f" ({endpoint.key_env})" if endpoint.key_env and status != 404 else ""
        return Wrong("denied", f"{where}: {_DENIED[status]}{with_key}: {status}", closes=True)
    if status == 400 and (_ABOUT_KEY.search(said) or _ABOUT_MODEL.search(said)):
        return Wrong("denied", f"{where}: the key or the model is not taken: 400", closes=True)
    if status == 400 and _ABOUT_CONTENT.search(said):
        return Wrong("refusal", "", lasting=True)
    if status == 429:
        wait = f", wait {error.retry_after:g} s" if error.retry_after else ""
        return Wrong("busy", f"{where}: too many requests{wait}: 429", closes=True)
    fault = {408: "late", 413: "too-large", 504: "late"}.get(status, "server")
    return Wrong(fault, f"{where}: {error.reason}")


def refused_field(error: SourceError, request: Mapping[str, Any], extra: frozenset[str]) -> str:
    """Name the field of a request that an endpoint does not take, "" where its refusal is about something else.

    It is one of "response_format", "temperature" and the names in `extra`. A 400 or 422 that names none of them, nor
    key, model or content, is laid to the response_format: few servers of one's own say what they do not understand.
    """
    if not isinstance(error, RefusedError) or error.status not in (400, 404, 422, 500, 501):
        return ""
    said = error.said
    named = [name for name in (*sorted(extra), "temperature") if name in request and name in said]
    if named:
        return named[0]
    if "response_format" not in request:
        return ""
    if _ABOUT_FORM.search(said):
        return "response_format"
    other = _ABOUT_KEY.search(said) or _ABOUT_MODEL.search(said) or _ABOUT_CONTENT.search(said) or "context" in said
    return "response_format" if error.status in (400, 422) and not other else ""

"""The day to a chat: a body to its web hook, once; its address and key stand in no message, log or repr (edge)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from digest.config.chats import ChannelSettings
from digest.deliver.chats.presets import PRESETS, WORDS_OF_OTHERS, bodies, outcome_of
from digest.errors import ConfigError, SourceError
from digest.fetch.web import LostError, RefusedError, Web
from digest.model import LONGEST_URL, Delivery, Digest, Outcome
from digest.render.line import shown
from digest.render.page import Reader, packaged

DEADLINE = 30.0  # seconds for one message, from the name's resolution to the whole answer
ANSWER_BYTES = 65_536
PREFIX = 8  # characters of a key that tell too much of it
SHORTEST_KEY = 4  # characters of a piece of the address that is taken for a key
# Pieces of addresses that everybody knows.
PUBLIC = frozenset({"hook", "hooks", "robot", "send", "services", "webhook", "webhooks", "open-apis", "cgi-bin"})


def feishu_sign(secret: str, seconds: int) -> str:
    """Sign for Feishu: the timestamp and the secret are the key of a HMAC over nothing.

    >>> feishu_sign("demo", 1599360473)
    'l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8='
    """
    return _base64_hmac(f"{seconds}\n{secret}", "")


def dingtalk_sign(secret: str, milliseconds: int) -> str:
    """Sign for DingTalk: the secret is the key of a HMAC over the timestamp and the secret. Not yet percent-encoded."""
    return _base64_hmac(secret, f"{milliseconds}\n{secret}")


def _base64_hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


class Channel:
    """A chat that the digest is posted to: `bodies` writes a day's parts, a call hands one of them over.

    `url` is its address ("" for the preset's own), `secret` its key, `template` the text of its own template; `read`
    gives the others. `web` is the guarded client, with the channel's `allow_private`. `now` gives seconds since 1970,
    for signatures; `clock` (seconds, monotonic) and `sleep` keep the pause that the service asks for between two
    messages. Raises ConfigError where something is missing, without quoting the address.
    """

    def __init__(
        self,
        settings: ChannelSettings,
        url: str,
        secret: str,
        web: Web,
        *,
        template: str = "",
        read: Reader = packaged,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        deadline: float = DEADLINE,
    ) -> None:
        self._settings = settings
        self._preset = PRESETS[settings.preset]
        self._secret = secret.strip()
        self._web = web
        self._template = template
        self._read = read
        self._now = now
        self._clock = clock
        self._sleep = sleep
        self._deadline = deadline
        self._free: float | None = None  # when the next message may go out, by `clock`
        self._url = _checked(settings, url.strip() or self._preset.address)
        self._secrets = _secrets_of(self._url, self._secret, settings.to if settings.preset == "ntfy" else "")
        if self._preset.to and not settings.to:
            raise ConfigError(_where(settings), f"to is empty: {settings.preset} needs the chat or the topic")
        if self._preset.signed in ("bearer", "path") and not re.fullmatch(r"[\x21-\x7e]*", self._secret):
            raise ConfigError(
                _where(settings), "its key holds characters that no key may (blanks, control characters …)"
            )
        if settings.preset == "telegram" and not self._secret and "/bot" not in self._url:
            raise ConfigError(_where(settings), "the bot's token is missing; name it by secret_env or secret_file")

    def __repr__(self) -> str:
        return f"Channel({self._settings.name!r})"

    def bodies(self, digest: Digest) -> tuple[str, ...]:
        """Write a day as the bodies of its parts; raises ConfigError for a template or a limit that is wrong."""
        return bodies(digest, self._settings, self._template, self._read)

    def __call__(self, delivery: Delivery, start: Callable[[str], None]) -> Outcome:
        """Post one part, once, after the service's pause; whatever happens is an Outcome.

        `start` gets the delivery's name right before the request goes out; what it raises is raised.
        """
        if self._free is not None and (wait := self._free - self._clock()) > 0:
            self._sleep(wait)
        try:
            outcome = self._posted(delivery, start)
        finally:
            self._free = self._clock() + self._preset.pause
        return replace(outcome, detail=self._scrubbed(outcome.detail))

    def _posted(self, delivery: Delivery, start: Callable[[str], None]) -> Outcome:
        url, data, headers = self._signed(delivery.body)
        start(delivery.message_id)
        try:
            answer = self._web.post(
                url, data, headers, deadline=self._deadline, max_bytes=ANSWER_BYTES, once=True
            )  # fmt: skip
        except RefusedError as error:
            return outcome_of(self._preset, error.status, error.said, error.retry_after)
        except LostError as error:
            return Outcome("uncertain", f"no answer after it was sent: {error.reason}", stop=True)
        except SourceError as error:
            return Outcome("pending", f"not sent: {error.reason}", stop=True)
        return outcome_of(self._preset, answer.status, answer.body.decode("utf-8", "replace"), 0)

    def _signed(self, body: str) -> tuple[str, bytes, dict[str, str]]:
        """Give address, bytes and headers as they go out now."""
        url, secret, signed = self._url, self._secret, self._preset.signed if self._secret else ""
        headers = {"content-type": "application/json; charset=utf-8"}
        if signed == "body":
            seconds = int(self._now())
            mark = {"timestamp": str(seconds), "sign": feishu_sign(secret, seconds)}
            body = json.dumps(mark | json.loads(body), ensure_ascii=False, separators=(",", ":"))
        elif signed == "query":
            moment = int(self._now() * 1000)
            joint = "&" if urlsplit(url).query else "?"
            url += f"{joint}timestamp={moment}&sign={quote_plus(dingtalk_sign(secret, moment))}"
        elif signed == "path":
            url = f"{url.rstrip('/')}/bot{secret}/sendMessage"
        elif signed == "bearer":
            headers["authorization"] = f"Bearer {secret}"
        if not body.lstrip().startswith(("{", "[")):
            headers["content-type"] = "text/plain; charset=utf-8"
        return url, body.encode("utf-8", "replace"), headers

    def _scrubbed(self, detail: str) -> str:
        """Take addresses and keys out of what others say, and cut it."""
        for secret in self._secrets:
            detail = _masked(detail, secret)
        detail = re.sub(r"\bhttps?://([^\s/?#'\"]*)[^\s'\"]*", r"\1", detail)
        return shown(detail)[:WORDS_OF_OTHERS]


def _masked(text: str, secret: str) -> str:
    """Replace a secret in a text, and each stretch of PREFIX characters of it: services quote the head of a key.

    >>> _masked("invalid key abcdefgh… of abcdefghij", "abcdefghij"), _masked("key abc", "abc")
    ('invalid key •••… of •••', 'key •••')
    """
    size = min(len(secret), PREFIX)
    known = {secret[at : at + size] for at in range(len(secret) - size + 1)}
    hidden = bytearray(len(text))
    for at in range(len(text) - size + 1):
        if text[at : at + size] in known:
            hidden[at : at + size] = b"\x01" * size
    return "".join(
        "".join(char for char, _ in run) if not secret_run else "•••"
        for secret_run, run in groupby(zip(text, hidden, strict=True), key=lambda pair: bool(pair[1]))
    )


def _where(settings: ChannelSettings) -> str:
    return f"send.channels: {settings.name}"


def _checked(settings: ChannelSettings, url: str) -> str:
    """Refuse what is no web address before a client complains about it by quoting it."""
    try:
        parts = urlsplit(url)
        well = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        well = False
    if not well or len(url) > LONGEST_URL or re.search(r"[\s\x00-\x20\x7f]", url):
        missing = "its address is missing; name it by url_env or url_file" if not url else (
            "its address is no http:// or https:// address (it is a secret, and not shown here)"
        )  # fmt: skip
        raise ConfigError(_where(settings), missing)
    return url


def _secrets_of(url: str, *secrets: str) -> tuple[str, ...]:
    """Give what must not be seen, the longest first: what stands in the address that may be a key, and the secrets."""
    parts = urlsplit(url)
    pieces = [*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
    keys = {piece for piece in pieces if len(piece) >= SHORTEST_KEY and piece not in PUBLIC} | {*secrets} - {""}
    forms = {form for key in keys for form in (key, quote(key, safe=""), quote_plus(key), unquote(key))}
    return tuple(sorted(forms, key=lambda text: (-len(text), text)))

"""A real mail server that writes down what it stored before it says so, and may kill who sends."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

STEPS = ("MAIL", "RCPT", "DATA", "stored", "QUIT")  # where the server kills: before it answers, "stored" the last dot


@dataclass(frozen=True)
class Kill:
    """When the sender dies: at its `number`-th moment of a kind, counted from 1.

    `kind` is "before" or "after" (a commit of its store), a step of the conversation (STEPS), or "time" (`number` in
    milliseconds).
    """

    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class MailLedger:
    """A mail server on 127.0.0.1 that writes down what it stored. Use as a context manager."""

    def __init__(self) -> None:
        self.stored: Counter[tuple[str, str]] = Counter()
        self.kill: Kill | None = None
        self.victim = 0  # process id
        self._steps: Counter[str] = Counter()

    def __enter__(self) -> MailLedger:
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import SMTP

        ledger = self

        class Server(SMTP):
            """One that may kill the sender before it answers."""

            async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
                ledger.reached("MAIL")
                await super().smtp_MAIL(arg)

            async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
                ledger.reached("RCPT")
                await super().smtp_RCPT(arg)

            async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
                ledger.reached("DATA")
                await super().smtp_DATA(arg)

            async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
                ledger.reached("QUIT")
                await super().smtp_QUIT(arg)

        class Handler:
            async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
                from email import message_from_bytes

                name = message_from_bytes(envelope.content)["Message-ID"]
                for recipient in envelope.rcpt_tos:
                    ledger.stored[name, recipient] += 1
                ledger.reached("stored")
                await asyncio.sleep(0)
                return "250 OK"

        class Listening(Controller):
            def factory(self) -> SMTP:
                return Server(self.handler, hostname="ledger.example", enable_SMTPUTF8=True)

            def _trigger_server(self) -> None:
                self.port = self.server.sockets[0].getsockname()[1]  # what 0 became
                super()._trigger_server()

        self._controller = Listening(Handler(), hostname="127.0.0.1", port=0, ready_timeout=60)
        self._controller.start()
        self.port = self._controller.port
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def arm(self, kill: Kill | None) -> None:
        self.kill = kill
        self._steps.clear()

    def reached(self, step: str) -> None:
        self._steps[step] += 1
        if self.kill and self.kill.kind == step and self.kill.number == self._steps[step] and self.victim:
            with suppress(ProcessLookupError):
                os.kill(self.victim, signal.SIGKILL)

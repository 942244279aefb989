"""What a host asks of robots (RFC 9309): who may fetch what, and how slowly."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import protego

from digest.errors import SourceError

LONGEST_PAUSE = 30.0  # seconds: a longer Crawl-delay is honoured as this much, or a run would never end
ROBOTS_BYTES = 512 * 1024  # RFC 9309, 2.5: parse at least 500 KiB


@dataclass(slots=True)
class Robots:
    """What one origin's robots.txt says. `fault` is why it could not be read (then nothing may be fetched)."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    known: bool = False
    rules: protego.Protego | None = None
    fault: SourceError | None = None

    def read(self, body: bytes) -> None:
        self.rules = protego.Protego.parse(body.decode("utf-8-sig", "replace"))

    def failed(self, error: SourceError) -> None:
        """Take note of a fault: 4xx and endless redirects allow all, 5xx and silence forbid all."""
        if not 400 <= error.status < 500 and error.kind != "redirect":
            kind = "robots" if error.status else error.kind
            self.fault = SourceError(error.url, "robots", error.reason, kind=kind, status=error.status)

    def check(self, url: str, product: str) -> None:
        """Raise SourceError where `product` may not fetch an address."""
        if self.fault is not None:
            fault = self.fault
            reason = f"robots.txt could not be read: {fault.reason}"
            raise SourceError(
                url, "robots", reason, kind=fault.kind, status=fault.status, retry_after=fault.retry_after
            )
        if self.rules is not None and not self.rules.can_fetch(url, product):
            raise SourceError(url, "robots", "robots.txt asks not to fetch this", kind="robots")

    def crawl_delay(self, product: str) -> float:
        """Give the pause asked of `product`, in seconds, at most LONGEST_PAUSE; 0 where none is asked."""
        asked = self.rules.crawl_delay(product) if self.rules is not None else None
        return min(asked or 0.0, LONGEST_PAUSE)

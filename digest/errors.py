"""The ways the digest may fail. Errors carry facts; the page and the command line put them into words."""

from __future__ import annotations


class DigestError(Exception):
    """Any failure that is not a bug."""


class ConfigError(DigestError):
    """feeds.yaml, an option or a template is wrong: stop with exit code 2.

    `where` is a place a person can go to, such as ``feeds.yaml:8:5``.
    """

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where
        self.message = message


class SourceError(DigestError):
    """One feed, page or post failed: it becomes a Failure and the day goes on.

    `stage` is the room that failed (fetch, robots, decode, parse, normalise, align, …), `reason` one clear line.
    `kind` names the fault for programs (timeout, dns, refused, address, status, too-large, redirect, protocol, robots,
    content, syntax); `status` is the HTTP status, 0 where there was none. `retry_after` is in seconds, 0 where the
    server named none.
    """

    def __init__(
        self, url: str, stage: str, reason: str, *, kind: str = "", status: int = 0, retry_after: float = 0
    ) -> None:
        super().__init__(f"{url}: {stage}: {reason}")
        self.url = url
        self.stage = stage
        self.reason = reason
        self.kind = kind
        self.status = status
        self.retry_after = retry_after


class EngineError(DigestError):
    """A translation engine failed for one post: the post is still printed, marked as not translated."""


class DeliveryError(DigestError):
    """A message could not be handed over; the page is already written."""


class StoreError(DigestError):
    """The store cannot be used (corrupt, from a newer version, read-only): nothing could be done, exit code 3."""


class LockHeldError(DigestError):
    """Another run holds the lock: exit code 75."""

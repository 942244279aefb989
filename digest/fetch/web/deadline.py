"""The time that one fetch has."""

from __future__ import annotations

from collections.abc import Callable


class Deadline:
    """The time a fetch has left, in seconds; waiting for a turn does not count. `used` counts them by host."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._end = clock() + seconds
        self.used: dict[str, float] = {}

    def left(self) -> float:
        return self._end - self._clock()

    def extend(self, seconds: float) -> None:
        self._end += seconds

    def narrow(self, seconds: float) -> float:
        """Leave at most `seconds` until `widen` gets what this gives."""
        end = self._end
        self._end = min(end, self._clock() + seconds)
        return end

    def widen(self, end: float) -> None:
        self._end = end

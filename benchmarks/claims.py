"""What a benchmark claims, printed as it is checked."""

from __future__ import annotations


class Claims:
    """Says of each claim whether it holds, and counts those that do not."""

    def __init__(self) -> None:
        self.failed = 0

    def __call__(self, claim: str, holds: bool, detail: object = "") -> None:
        self.failed += not holds
        print(f"{'holds ' if holds else 'FAILS '} {claim}{f': {detail}' if detail != '' and not holds else ''}")

"""What stands before an engine: it is called what the engine is called, and goes where the engine goes (edge)."""

from __future__ import annotations

from collections.abc import Collection

from digest.model import MadeBy
from digest.translate.engine import Engine
from digest.translate.masks import Kind


class StandIn:
    """All of an engine but its answers; `translate` is for those who stand in."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def signature(self) -> str:
        return self._engine.signature

    @property
    def made_by(self) -> MadeBy:
        return self._engine.made_by

    @property
    def listens(self) -> bool:
        return self._engine.listens

    @property
    def masks(self) -> Collection[Kind] | None:
        return self._engine.masks

    def serves(self, source: str, target: str) -> bool:
        return self._engine.serves(source, target)

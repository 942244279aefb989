"""The engine that is none keeps the contract of engines."""

from __future__ import annotations

from digest.abstract.translate import Engine, NoEngine


def test_no_engine_answers_every_line_with_none() -> None:
    engine: Engine = NoEngine()
    assert list(engine.translate(["One.", "Two.", "Three."], source="en", target="zh")) == [None, None, None]
    assert list(engine.translate([], source="zh", target="en")) == []
    assert engine.signature == "none"

"""overrides.yaml: what it may say, and what is told of what it may not."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from digest.config.overrides import load_overrides, overrides_schema_text, parse_overrides
from digest.errors import ConfigError
from digest.model import Override

ROOT = Path(__file__).parent.parent


def test_a_file_says_what_is_to_be_done(tmp_path: Path) -> None:
    path = tmp_path / "overrides.yaml"
    path.write_text(
        "# ours\n"
        "- pair: 2025-04-16#l-1a2b3c4d\n"
        "  reject: true\n"
        "  reason: 这两句说的不是一回事\n"
        "  on: 2025-05-01\n"
        "  by: Ann\n"
        "\n"
        "- pair: https://example.org/2024-01-02/2025-04-17.html#nl-00aa00ff\n"
        "  zh: |\n"
        "    用 `f()` 就行，\n"
        "    别的不用。\n"
        "  reason: no\n",
        "utf-8",
    )
    first, second = load_overrides(path)
    assert first == Override(
        "1a2b3c4d", None, None, "这两句说的不是一回事", date(2025, 4, 16), date(2025, 5, 1), "Ann", "overrides.yaml:2"
    )
    assert second == Override(
        "00aa00ff", "用 `f()` 就行， 别的不用。", None, "no", date(2025, 4, 17), None, "", "overrides.yaml:8"
    )  # fmt: skip


def test_an_entry_may_say_what_the_line_was() -> None:
    (found,) = parse_overrides("- {pair: 1a2b3c4d, was: '用 `f()`  就行。', reject: true, reason: r}")
    assert found.was == "用 `f()` 就行。"


@pytest.mark.parametrize(
    ("written", "pair", "day"),
    [
        ("1a2b3c4d", "1a2b3c4d", None),
        ("20250416", "20250416", None),  # a number to YAML, an id to us
        ("l-1a2b3c4d", "1a2b3c4d", None),
        ("'#nl-1a2b3c4d'", "1a2b3c4d", None),
        ("2025-04-16#l-1a2b3c4d", "1a2b3c4d", date(2025, 4, 16)),
        ("2025-04-16.html#l-1a2b3c4d", "1a2b3c4d", date(2025, 4, 16)),
        ("https://a.example/d/2025-04-16.html#l-1a2b3c4d", "1a2b3c4d", date(2025, 4, 16)),
        ("file:///srv/2025-99-99#l-1a2b3c4d", "1a2b3c4d", None),
        ("2025-04-16.html#p-0123456789ab", "p-0123456789ab", date(2025, 4, 16)),
        ("'#n-0123456789ab'", "p-0123456789ab", None),
    ],
)
def test_a_pair_is_named_as_its_page_names_it(written: str, pair: str, day: date | None) -> None:
    (found,) = parse_overrides(f"- {{pair: {written}, zh: 好, reason: r}}")
    assert (found.pair, found.day) == (pair, day)


def test_no_file_and_an_empty_one_correct_nothing(tmp_path: Path) -> None:
    assert load_overrides(tmp_path / "overrides.yaml") == ()
    assert parse_overrides("") == parse_overrides("# nothing yet\n") == parse_overrides("[]") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pair: 1a2b3c4d", "o.yaml:1:1: must be a list of corrections"),
        ("- [", "o.yaml:1:4: not YAML"),
        ("- {pair: 1a2b3c4, reject: true, reason: r}", "o.yaml:1:4: [0].pair: '1a2b3c4' names no pair"),
        ("- {pair: 1A2B3C4D, reject: true, reason: r}", "o.yaml:1:4: [0].pair: '1A2B3C4D' names no pair"),
        ("- {reject: true, reason: r}", "o.yaml:1:3: [0].pair: is missing"),
        ("- {pair: 1a2b3c4d, reject: true}", "o.yaml:1:3: [0].reason: is missing"),
        ("- {pair: 1a2b3c4d, reject: true, reason: ' '}", "o.yaml:1:34: [0].reason: must say something"),
        ("- {pair: 1a2b3c4d, zh: '``', reason: r}", "o.yaml:1:20: [0].zh: must say something"),
        ("- {pair: 1a2b3c4d, reason: r}", "o.yaml:1:3: [0]: must say what is to be done"),
        ("- {pair: 1a2b3c4d, reject: true, zh: 好, reason: r}", "o.yaml:1:3: [0]: either reject: true or other words"),
        ("- {pair: 1a2b3c4d, reject: no, reason: r}", "o.yaml:1:20: [0].reject: 'no' is none of true"),
        ("- {pair: 1a2b3c4d, zh: 好, reason: r, on: 1746057600}", "o.yaml:1:38: [0].on: '1746057600' is no date"),
        ("- {pair: 1a2b3c4d, zh: 好, reason: r, on: 2025-4-1}", "o.yaml:1:38: [0].on: '2025-4-1' is no date"),
        ("- {pair: 1a2b3c4d, ja: x, zh: 好, reason: r}", "o.yaml:1:20: [0].ja: no such setting; see docs/overrides"),
        ("- {pair: 1a2b3c4d, zh: 好, zh: 坏, reason: r}", "o.yaml:1:27: [0].zh: the key stands here a second time"),
        ("- {pair: 2025-04-16#l-1a2b3c4d, day: 2025-04-17, zh: 好, reason: r}", "o.yaml:1:3: [0]: day is 2025-04-17"),
        (
            "- {pair: 1a2b3c4d, zh: 好, reason: r}\n- {pair: l-1a2b3c4d, en: x, reason: r}",
            "o.yaml:2:4: [1].pair: l-1a2b3c4d is corrected already, at o.yaml:1",
        ),
        ("- {pair: [1], zh: 好, reason: r}", "o.yaml:1:4: [0].pair: Input should be a valid string"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_overrides(text, "o.yaml")
    assert str(caught.value).startswith(told)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "overrides.yaml"
    path.write_bytes(b"- \xff")
    with pytest.raises(ConfigError, match=r"overrides\.yaml: cannot be read as UTF-8 text"):
        load_overrides(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_overrides(tmp_path)


def test_the_schema_in_docs_is_that_of_the_program() -> None:
    """Write it anew: python -c 'from digest.config.overrides import *; print(overrides_schema_text(), end="")'."""
    text = overrides_schema_text()
    assert (ROOT / "docs" / "overrides.schema.json").read_text("utf-8") == text
    assert set(json.loads(text)["$defs"]["OverrideEntry"]["required"]) == {"pair", "reason"}

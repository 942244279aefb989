"""The ledger of terms as the store, the user's table, the seed glossary and the keep list have it (edge)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from digest.align.terms.ledger import Ledger, ledger_of
from digest.align.terms.seed import load_seed
from digest.align.terms.table import read_csv
from digest.align.terms.term import Seen, Term
from digest.errors import ConfigError
from digest.store import Sighting

WHERE = "feeds.yaml: engines.terms"


def ledger_for(sightings: Iterable[Sighting], table: Path | None, keep: Sequence[str] = ()) -> Ledger:
    """Count the sightings beside the seed glossary; the table and the keep list override both.

    Raises ConfigError for a table that is none.
    """
    seen = [
        Seen(s.zh, s.en, "brackets" if s.how == "brackets" else "pairs", s.post, s.source, s.day) for s in sightings
    ]
    return ledger_of(seen, _read(table) if table else (), keep, load_seed())


def _read(table: Path) -> tuple[Term, ...]:
    try:
        text = table.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(WHERE, f"{table}: no such file; write it with: digest export -o {table.name}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(WHERE, f"{table} cannot be read as UTF-8 text: {error}") from None
    return read_csv(text, table.name)

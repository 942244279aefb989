"""A local copy of a real bilingual blog, served while something is measured; the days its posts are of."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

DAYS = ("2025-04-14", "2025-04-15", "2025-04-16", "2025-04-17")
NOW = "2025-04-18T08:00:00+08:00"


@contextlib.contextmanager
def serving(site: Path) -> Iterator[str]:
    process = subprocess.Popen([sys.executable, str(site / "serve.py")], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield json.loads(process.stdout.readline())["base"]
    finally:
        process.terminate()
        process.wait()

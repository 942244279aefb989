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
TWIN = '{en: "/blog/{slug}", zh: "/blog/zh/{slug}"}'
FEEDS = (
    ("HF Blog", "/blog/feed.xml", "en", True),
    ("HF 博客", "/blog/zh/feed.xml", "zh", True),
    ("只有中文", "/cn/feed.xml", "zh", False),
    ("Legacy GBK", "/legacy/feed.xml", "zh", False),
    ("Garbled", "/garbled/feed.xml", "zh", False),
)


@contextlib.contextmanager
def serving(site: Path) -> Iterator[str]:
    process = subprocess.Popen([sys.executable, str(site / "serve.py")], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield json.loads(process.stdout.readline())["base"]
    finally:
        process.terminate()
        process.wait()


def feeds_yaml(base: str, *, twin: bool, zone: str) -> str:
    port = base.rsplit(":", 1)[1]
    lines = [f"digest: {{title: HF 博客日报, timezone: {zone}, order: [zh, en]}}", "sources:"]
    for name, path, lang, has_twin in FEEDS:
        lines += [f"  - name: {name}", f"    url: {base}{path}", f"    language: {lang}", "    pause: 0",
                  f'    allow_private: ["127.0.0.1:{port}"]']  # fmt: skip
        if twin and has_twin:
            lines.append(f"    twin: {TWIN}")
    return "\n".join(lines) + "\n"

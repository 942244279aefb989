"""Write docs/faults.md: every fault that a test holds, as the tests themselves tell it.

    python tools/faults_page.py            # writes the page
    python tools/faults_page.py --check    # exit code 1 where the page is not that of the tests

Nothing is imported: tests/ is read as text. A test counts where it is marked `@pytest.mark.fault(kind, name)`; its
docstring is two paragraphs, what goes wrong and what the digest does.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "faults.md"
KINDS = {
    "network": "Network",
    "content": "Content",
    "second visit": "Second visits",
    "state": "State",
    "delivery": "Delivery",
    "llm": "Language models",
}
HEAD = """# Faults

What goes wrong, what the digest does, and the test that holds it. Made from the tests' own docstrings by
`make faults`; a test fails where this page is not theirs. {count} faults, {tests} tests. How long each took and what
memory: [benchmarks.md](benchmarks.md).
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """A test that is marked with a fault. `path` is relative to the repository's root."""

    kind: str
    name: str
    wrong: str
    done: str
    path: str
    test: str


class UntoldError(ValueError):
    """A test is marked and does not tell its fault."""


def faults_in(folder: Path) -> list[Fault]:
    """Read the marked tests of a folder, by kind, file and place. Raises UntoldError."""
    found = [fault for path in sorted(folder.rglob("test_*.py")) for fault in faults_of(path, folder.parent)]
    order = list(KINDS)
    return sorted(found, key=lambda fault: order.index(fault.kind))


def faults_of(path: Path, root: Path) -> Iterator[Fault]:
    name = path.relative_to(root).as_posix()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                    yield _told(mark, node, name)


def _told(mark: ast.Call, test: ast.FunctionDef, path: str) -> Fault:
    words = [ast.literal_eval(word) for word in mark.args]
    if len(words) != 2 or words[0] not in KINDS:
        raise UntoldError(f"{path}:{mark.lineno}: write @pytest.mark.fault(kind, name), kind one of {', '.join(KINDS)}")
    parts = [" ".join(part.split()) for part in (ast.get_docstring(test) or "").split("\n\n")]
    if len(parts) < 2 or not all(parts):
        raise UntoldError(f"{path}:{test.lineno}: {test.name} needs two paragraphs: what goes wrong, what is done")
    return Fault(words[0], words[1], parts[0], parts[1], path, test.name)


def page_of(faults: list[Fault]) -> str:
    """Give the page: a table for each kind."""
    names = {(fault.kind, fault.name) for fault in faults}
    text = HEAD.format(count=len(names), tests=len(faults))
    for kind, title in KINDS.items():
        rows = [fault for fault in faults if fault.kind == kind]
        if rows:
            text += f"\n## {title}\n\nFault | What goes wrong | What the digest does | Test\n--|--|--|--\n"
            text += "".join(_row(fault) for fault in rows)
    return text


def _row(fault: Fault) -> str:
    link = f"[{Path(fault.path).stem}](../{fault.path}) `{fault.test}`"
    return " | ".join([*map(_cell, (fault.name, fault.wrong, fault.done)), link]) + "\n"


def _cell(text: str) -> str:
    """Escape what is markup in a cell of a table."""
    for mark in ("\\", "|", "<", "*", "_"):
        text = text.replace(mark, "\\" + mark) if "`" not in text else text.replace("|", "\\|")
    return text


def main() -> int:
    try:
        page = page_of(faults_in(ROOT / "tests"))
    except UntoldError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    if "--check" in sys.argv[1:]:
        return int(not PAGE.is_file() or PAGE.read_text("utf-8") != page)
    PAGE.write_text(page, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

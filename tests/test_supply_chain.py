"""No code comes out of data: nothing is evaluated or unpickled, no shell started; what ships is what was committed."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(p for p in (ROOT / "digest").rglob("*.py"))
MANIFEST = ROOT / "tests" / "shipped_data.json"

# What makes code of data, or lets a stranger's bytes choose what is made of them.
MODULES = {
    "pickle",
    "cPickle",
    "marshal",
    "shelve",
    "dill",
    "joblib",
    "cloudpickle",
    "jsonpickle",
    "code",
    "codeop",
    "imp",
    "pty",
}
BUILTINS = {"eval", "exec", "compile", "__import__", "breakpoint"}
CALLS = {
    "yaml.load", "yaml.load_all", "yaml.full_load", "yaml.unsafe_load", "yaml.unsafe_load_all", "torch.load",
    "os.system", "os.popen", "os.execv", "os.execvp", "os.spawnl", "subprocess.getoutput", "subprocess.getstatusoutput",
    "tempfile.mktemp", "logging.config.listen", "importlib.import_module", "runpy.run_path", "runpy.run_module",
    "pandas.read_pickle", "numpy.lib.format.read_array",
}  # fmt: skip
LOADS_ARRAYS = {"np.load", "numpy.load"}
STARTS = {"run", "Popen", "call", "check_call", "check_output"}


def dotted(node: ast.expr) -> str:
    """Name what is called, as it is written: yaml.load."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def faults(source: str) -> list[str]:
    """Give what of a module's source would make code of data, each as line: what."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            names = [module.split(".")[0]]
            found += [f"{node.lineno}: {module}.{a.name}" for a in node.names if f"{module}.{a.name}" in CALLS]
        found += [f"{getattr(node, 'lineno', 0)}: {name}" for name in names if name in MODULES]
        if not isinstance(node, ast.Call):
            continue
        name, given = dotted(node.func), {word.arg: word.value for word in node.keywords}
        pickles = given.get("allow_pickle")
        shell = given.get("shell")
        if (isinstance(node.func, ast.Name) and name in BUILTINS) or name in CALLS:
            found.append(f"{node.lineno}: {name}")
        if name in LOADS_ARRAYS and not (isinstance(pickles, ast.Constant) and pickles.value is False):
            found.append(f"{node.lineno}: {name} without allow_pickle=False")
        if name.split(".")[-1] in STARTS and shell is not None and getattr(shell, "value", True) is not False:
            found.append(f"{node.lineno}: {name} with a shell")
    return found


# The child that reads strangers' bytes is told by its parent, on its command line, which reader of ours it is.
NEEDED = {"digest/sandbox/child.py": ["importlib.import_module"]}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_code_comes_out_of_data(path: Path) -> None:
    found = [fault.partition(": ")[2] for fault in faults(path.read_text("utf-8"))]
    assert found == NEEDED.get(path.relative_to(ROOT).as_posix(), [])


@pytest.mark.parametrize(
    "source",
    [
        "import pickle", "from marshal import loads", "eval('1')", "def f():\n    exec('x')",
        "compile('1', '', 'eval')",
        "__import__('os')", "import yaml\nyaml.load(x)", "np.load('a.npz')", "np.load('a.npz', allow_pickle=True)",
        "torch.load('m')", "subprocess.run('x', shell=True)", "subprocess.Popen(x, shell=shell)", "os.system('x')",
        "tempfile.mktemp()", "from tempfile import mktemp", "import importlib\nimportlib.import_module(name)",
    ],
)  # fmt: skip
def test_the_walk_sees_each_way(source: str) -> None:
    assert faults(source)


def test_what_is_sound_is_let_through() -> None:
    for source in ("re.compile('x')", "np.load(f, allow_pickle=False)", "subprocess.run(['x'])", "yaml.compose(x)"):
        assert faults(source) == []


# ---- what ships ------------------------------------------------------------------------------------------------------


def shipped() -> dict[str, str]:
    """Give the SHA-256 of each file of data that ships, by its name within the package."""
    data = ROOT / "digest" / "data"
    paths = sorted(p for p in data.rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.suffix != ".py")
    return {str(p.relative_to(data)): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def test_data_that_ships_is_what_was_committed_on_purpose() -> None:
    """A changed model is changed knowingly: run python tests/test_supply_chain.py, and commit what it writes.

    An installed wheel has the same hashes in its RECORD, which installers check.
    """
    assert shipped() == json.loads(MANIFEST.read_text("utf-8"))


def test_every_package_is_pinned_by_hash() -> None:
    """An index that serves other bytes under a known name and version is refused."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)(.*(?:\n\s+.*)*)", lock, re.MULTILINE)
    assert len(pinned) > 20
    assert [name for name, _, rest in pinned if "--hash=sha256:" not in rest] == []
    assert not re.search(r"^\s*(?:-e|git\+|https?:|--extra-index-url|--trusted-host)", lock, re.MULTILINE)
    assert "--require-hashes" in (ROOT / "Makefile").read_text("utf-8")


if __name__ == "__main__":
    MANIFEST.write_text(json.dumps(shipped(), indent=1) + "\n", "utf-8")

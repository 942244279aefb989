"""What ships: a wheel that holds templates, sample blog and configuration, and works from where it is installed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder into which the wheel was unpacked, as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_what_the_program_reads(installed: Path) -> None:
    names = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}
    shipped = [p for p in (ROOT / "templates").rglob("*") if p.is_file()]
    assert {f"digest/{p.relative_to(ROOT).as_posix()}" for p in shipped} <= names
    assert {f"digest/data/demo/pages/{p.name}" for p in (ROOT / "digest/data/demo/pages").iterdir()} <= names
    assert "digest/data/feeds.yaml" in names
    assert {f"digest/data/{p.name}" for p in (ROOT / "digest/data").iterdir() if p.is_file()} <= names
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]


def test_the_installed_program_finds_its_templates(installed: Path, tmp_path: Path) -> None:
    code = (
        "import digest, sys; from digest.render.page import packaged; "
        "assert digest.__file__.startswith(sys.argv[1]), digest.__file__; print(len(packaged('page.html.j2')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(installed)], cwd=tmp_path, env={"PYTHONPATH": str(installed)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(done.stdout) > 1000


def test_the_feeds_that_ship_are_valid() -> None:
    from digest.config import load_settings, schema_text

    settings = load_settings(ROOT / "feeds.yaml")
    assert 10 <= len(settings.sources) <= 15
    assert settings.sources[0].twin
    assert (ROOT / "docs" / "feeds.schema.json").read_text("utf-8") == schema_text(), "run: make schema"

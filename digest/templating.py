"""The templates of a run: a user's folder before those that ship (edge)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from digest.errors import ConfigError
from digest.render.page import find_templates


@dataclass(frozen=True)
class Templates:
    """What gives templates by name (render.page.Reader), as they were when this was made.

    Two are equal, and share an environment, where they have the same folder and all texts are the same. `folder` is
    absolute, None without one of the user's; `own` are the user's files and `shipped` ours, sorted, as (name, text).
    """

    folder: Path | None
    own: tuple[tuple[str, str], ...]
    shipped: tuple[tuple[str, str], ...] = field(repr=False)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        return {**dict(self.shipped), **dict(self.own)}

    def __call__(self, name: str) -> str:
        """Give the text of a template. Raises FileNotFoundError where neither folder has it."""
        try:
            return self.texts[name]
        except KeyError:
            raise FileNotFoundError(name) from None

    def place(self, name: str) -> str:
        """Say where a template lies, for messages; "" for one that ships."""
        return str(self.folder / name) if self.folder and name in dict(self.own) else ""


def shipped_templates() -> dict[str, str]:
    """Give the templates that ship and may be overridden, by name: all but the prompts of engines."""
    found = find_templates(files("digest")).iterdir()
    return {each.name: each.read_text("utf-8") for each in found if each.name.endswith(".j2")}


def templates_reader(folder: Path | None) -> Templates:
    """Give the templates of a run: one of the user's folder wins over the one of the same name that ships.

    Raises ConfigError where the folder is not there, and for a file in it that nothing would ever read: not named as a
    template that ships, nor named by another file of the folder that may include it.
    """
    shipped = shipped_templates()
    own = {} if folder is None else _texts(folder)
    for name in own:
        if name not in shipped and not _named_by_another(name, own):
            raise ConfigError(str(folder and folder / name), f"overrides nothing: {_nearest(name, shipped)}")
    return Templates(folder and folder.resolve(), tuple(sorted(own.items())), tuple(sorted(shipped.items())))


def template_files(folder: Path | None) -> list[Path]:
    """Give the files whose change may change a page: those that ship and those of the user's folder."""
    shipped = Path(str(find_templates(files("digest"))))
    return [*sorted(shipped.glob("*.j2")), *(_own_files(folder) if folder else ())]


def _own_files(folder: Path) -> list[Path]:
    """Give the files of a user's folder, without hidden ones and editors' copies."""
    return sorted(each for each in folder.rglob("*") if each.is_file() and not _hidden(each.relative_to(folder)))


def _hidden(path: Path) -> bool:
    return path.name.endswith("~") or any(part.startswith(".") for part in path.parts)


def _texts(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise ConfigError(str(folder), "no such folder of templates; make it, or leave --templates and site.templates")
    found = {}
    for path in _own_files(folder):
        try:
            found[path.relative_to(folder).as_posix()] = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(str(path), f"cannot be read as UTF-8 text: {error}") from None
    return found


def _named_by_another(name: str, own: Mapping[str, str]) -> bool:
    """Tell whether another file has the name in quotes, as include, import and extends write it."""
    return any(f'"{name}"' in text or f"'{name}'" in text for other, text in own.items() if other != name)


def _nearest(name: str, shipped: Mapping[str, str]) -> str:
    near = get_close_matches(name, shipped, n=1)
    return f"did you mean {near[0]}?" if near else f"the templates are {', '.join(sorted(shipped))}"

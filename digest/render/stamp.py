"""What a page was made from, as a hash that stands in the page itself: who finds it there need not make it again."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from functools import cache

from jinja2 import TemplateSyntaxError, meta

from digest import __version__
from digest.render.page import Reader, environment

_STAMP = re.compile('<meta name="digest-from" content="([0-9a-f]{32})">')


def stamp(read: Reader, templates: tuple[str, ...], *parts: object) -> str:
    """Hash templates, with all that they include, the program's version and the values that they are filled with.

    `parts` are plain values, as json.dumps takes them, or are told apart by their `repr`. Gives 32 hex digits (128
    bits: no two pages of a site share them by chance).
    """
    told = [__version__, _texts(read, templates), *parts]
    data = json.dumps(told, ensure_ascii=False, sort_keys=True, default=repr)
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def stamp_in(start: str) -> str:
    """Give the stamp that the beginning of a page tells, "" where it has none: then it is not one of ours.

    >>> stamp_in('<meta name="digest-from" content="00112233445566778899aabbccddeeff">'), stamp_in("<html>")
    ('00112233445566778899aabbccddeeff', '')
    """
    found = _STAMP.search(start)
    return found[1] if found else ""


@cache
def _texts(read: Reader, names: tuple[str, ...]) -> str:
    """Hash the templates and those that they name, each once."""
    env, left, texts = environment(read), list(names), dict[str, str]()
    while left:
        name = left.pop()
        if name in texts:
            continue
        texts[name] = ""
        with suppress(FileNotFoundError, TemplateSyntaxError):  # told, with its place, by whoever fills the template
            texts[name] = read(name)
            left += filter(None, meta.find_referenced_templates(env.parse(texts[name])))
    return hashlib.sha256(json.dumps(texts, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()

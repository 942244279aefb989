"""The small part of CSS selectors that names an article's element: tag, #id, .class, [attribute], descent and child.

cssselect is not among our dependencies, and a source's setting needs no more than this: ``main article.post > div``,
``#content``, ``[itemprop=articleBody]``, several by commas. Anything else is an error that says so.
"""

from __future__ import annotations

import re
from typing import Any

from digest.errors import ConfigError

Element = Any
_SIMPLE = re.compile(
    r"(?P<tag>[\w-]+|\*)?(?P<rest>(?:#[\w-]+|\.[\w-]+|\[[\w-]+(?:[~^$*]?=(?:\"[^\"]*\"|'[^']*'|[\w-]+))?\])*)$"
)
_PART = re.compile(r"#(?P<id>[\w-]+)|\.(?P<cls>[\w-]+)|\[(?P<name>[\w-]+)(?:(?P<op>[~^$*]?=)(?P<value>[^\]]*))?\]")


def select(tree: Element, selector: str) -> list[Element]:
    """Give the outermost elements that a selector names, in document order; ConfigError where it is not understood."""
    wanted: set[Element] = set()
    for one in selector.split(","):
        wanted.update(tree.xpath(xpath_of(one)))
    ordered = [element for element in tree.iter() if element in wanted]
    return [element for element in ordered if not any(a in wanted for a in element.iterancestors())]


def xpath_of(selector: str) -> str:
    """Translate one selector to XPath.

    >>> xpath_of("main > .post")
    "//main/*[contains(concat(' ', normalize-space(@class), ' '), ' post ')]"
    """
    tokens = re.sub(r"\s*>\s*", " > ", selector.strip()).split()
    path, axis = "", "//"
    for step in tokens:
        if step == ">":
            axis = "/"
            continue
        match = _SIMPLE.match(step)
        if not match:
            raise ConfigError(
                "", f"selector: {selector.strip()!r} is not understood (tag, #id, .class, [attribute], >)"
            )
        tests = "".join(_test(part) for part in _PART.finditer(match["rest"]))
        path += f"{axis}{match['tag'] or '*'}{tests}"
        axis = "//"
    if not path or axis == "/":
        raise ConfigError("", f"selector: {selector!r} names nothing")
    return path


def _test(part: re.Match[str]) -> str:
    if part["id"]:
        return f"[@id='{part['id']}']"
    if part["cls"]:
        return f"[contains(concat(' ', normalize-space(@class), ' '), ' {part['cls']} ')]"
    name, value = part["name"], (part["value"] or "").strip("\"'").replace("'", "")
    return {
        None: f"[@{name}]",
        "=": f"[@{name}='{value}']",
        "^=": f"[starts-with(@{name}, '{value}')]",
        "*=": f"[contains(@{name}, '{value}')]",
        "~=": f"[contains(concat(' ', normalize-space(@{name}), ' '), ' {value} ')]",
        "$=": f"[substring(@{name}, string-length(@{name}) - {len(value) - 1}) = '{value}']",
    }[part["op"]]

"""What all pages of the output stand under: the name of the digest, its address, its languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Masthead:
    """The settings' title, public address of the output ("" for none) and order of languages.

    `report` is where readers report a pair (settings, `site.report`), "" for nowhere; `search`: there is a search page.
    """

    title: str
    link: str
    order: tuple[str, str]
    report: str = ""
    search: bool = False

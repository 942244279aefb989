"""TMX, held against the document type of its standard."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree


@cache
def _document_type() -> etree.DTD:
    return etree.DTD(str(Path(__file__).with_name("tmx14.dtd")))


def faults_of(text: str) -> list[str]:
    """Say what keeps a text from being valid TMX 1.4b, [] where nothing does."""
    document_type = _document_type()
    document_type.validate(etree.fromstring(text.encode()))
    return [error.message for error in document_type.error_log]

"""Feeds as values: bytes of RSS, RDF, Atom and JSON Feed to entries; feeds found on pages; OPML (pure)."""

from digest.fetch.feeds.parse import name_of, parse_feed

__all__ = ["name_of", "parse_feed"]

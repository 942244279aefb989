"""The guarded client: one deadline, checked addresses, bounded bytes, polite pauses, robots.txt (edge)."""

from digest.fetch.web.client import NotModified, Web

__all__ = ["NotModified", "Web"]

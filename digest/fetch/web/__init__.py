"""The guarded client: one deadline, checked addresses, bounded bytes, polite pauses, robots.txt (edge)."""

from digest.fetch.web.answer import Answer
from digest.fetch.web.client import NotModified, Web
from digest.fetch.web.post import LostError, RefusedError

__all__ = ["Answer", "LostError", "NotModified", "RefusedError", "Web"]

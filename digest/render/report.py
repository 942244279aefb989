"""A link by which a reader reports a wrong pair: a mail or a new issue, filled in but for the reason."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

from digest.render.address import href
from digest.render.characters import encodable


def report_link(report: str, *, day: date, name: str) -> str:
    """Give the link that reports a pair by its id, or a title by `TITLE` and the id of its post.

    "" where `report` (settings, `site.report`) names nowhere to report to. The subject names day and pair, as
    overrides.yaml may. Of an issue the body is an entry of that file; that of a mail (RFC 6068) only asks for the
    reason, for the link stands at every pair of a page. An address of the web that `href` does not let through makes
    none.

    >>> report_link("a@b.example", day=date(2025, 4, 16), name="1a2b3c4d")
    'mailto:a@b.example?subject=2025-04-16%231a2b3c4d&body=reason:%20'
    """
    subject = f"{day.isoformat()}#{name}"
    if re.match(r"(?i)https?:", report):
        said = {"title": subject, "body": f"- pair: {subject}\n  reason: "}
        return href(re.sub(r"\{(title|body)\}", lambda found: _encoded(said[found[1]]), report))
    if "@" not in report:
        return ""
    return f"mailto:{quote(encodable(report), safe='@')}?subject={_encoded(subject)}&body={_encoded('reason: ')}"


def _encoded(text: str) -> str:
    """Encode a text as part of a query, in which a colon stands for itself (RFC 3986, section 3.4)."""
    return quote(text.encode("utf-8", "replace"), safe=":")

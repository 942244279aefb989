"""A link by which a reader reports a wrong pair: a mail or a new issue, with what is to be said filled in."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

from digest.model import LinePair
from digest.render.address import href
from digest.render.line import shown

TITLE = "p-"  # begins the name of a title pair, as in the address of its entry; the id of its post follows
LONGEST_TITLE = 48  # bytes of the title as it stands in the link: it stands there once a pair


def report_link(report: str, *, title: str, day: date, pair: LinePair, address: str) -> str:
    """Give the link that reports a pair, "" where `report` (settings, `site.report`) names nowhere to report to.

    `title` is the digest's, for who gets reports of several; `address` is the pair's permalink, or what is known of it,
    such as "#l-1a2b3c4d"; either may be "". The subject names digest, day and pair. The body is an entry for
    overrides.yaml in which the reason is to be filled in; a mail without an address has none, which makes it short. A
    mail address makes a mailto: link (RFC 6068), whatever is in it; any other that `href` does not let through makes
    none.

    >>> from digest.model import Verdict
    >>> pair = LinePair("1a2b3c4d", None, None, "none", Verdict(0, False))
    >>> report_link("a@b.example", title="", day=date(2025, 4, 16), pair=pair, address="")
    'mailto:a@b.example?subject=2025-04-16%231a2b3c4d'
    """
    name = f"{day.isoformat()}#{pair.id}"
    seen = f"{day.isoformat()}.html{address}" if address.startswith("#") else address or name
    subject = f"{_short(title)} {name}".lstrip()
    if re.match(r"(?i)https?:", report):
        said = {"title": subject, "body": _entry(seen, "\n")}
        return href(re.sub(r"\{(title|body)\}", lambda found: _encoded(said[found[1]]), report))
    if "@" not in report:
        return ""
    body = _encoded(_entry(seen, "\r\n"))  # a line break within a body is %0D%0A (RFC 6068, section 5)
    return f"mailto:{quote(report, safe='@')}?subject={_encoded(subject)}{f'&body={body}' if address else ''}"


def _entry(seen: str, end: str) -> str:
    return f"- pair: {shown(seen)}{end}  reason: "


def _encoded(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="")


def _short(title: str) -> str:
    """Cut a title to what a link has room for.

    >>> _short("HF 博客日报"), _short("a" * 60)[-3:]
    ('HF 博客日报', 'aa…')
    """
    title = shown(title)
    if len(_encoded(title)) <= LONGEST_TITLE:
        return title
    while title and len(_encoded(title + "…")) > LONGEST_TITLE:
        title = title[:-1]
    return f"{title.rstrip()}…"

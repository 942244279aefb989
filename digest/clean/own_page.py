"""Our own HTML page → the same page with nothing but titles, dates and pairs, for a reader that looks at lines."""

from __future__ import annotations

import re
from typing import Any

# A pair of a day's page; those written before pages had a sign with each pair's address say "pair two".
_OURS = re.compile(r"<div class=\"pair (?:two )?(?:both|solo)\"[^>]*\bdata-verified=")
_PAIRS = "//div[starts-with(@class, 'pair ') and @data-verified]"
# Signs with an address stand before a post's titles, before a pair's lines and behind each line.
_AROUND = (
    "//head|//nav|//footer|//fieldset|//script|//*[@class='none' or @class='outline' or @class='card' or @class='gloss'"
    " or @class='also' or @class='reasons' or @class='rest']|//*[contains(concat(' ', @class, ' '), ' mark ')]"
    f"|//article/a|{_PAIRS}/a|{_PAIRS}//div[@lang]/a"
)


def is_ours(html: str) -> bool:
    """Tell whether a page was rendered by us, by how its pairs are marked up."""
    return bool(_OURS.search(html))


def bare(html: str) -> str:
    """Take off what the page says of its posts and pairs: contents, facts, glosses, marks, reasons, the rest, foot.

    A post's date goes into its heading, its second title into a paragraph, the two lines of a pair into one.
    """
    from lxml import html as lxml_html

    tree: Any = lxml_html.document_fromstring(html)
    for element in tree.xpath(_AROUND):
        element.drop_tree()
    for heading in tree.xpath("//header/h1|//article/h2"):
        _date(heading)
    for heading in tree.xpath("//article/h2"):
        for title in list(heading)[1:]:
            if title.tag in ("a", "span"):
                date, title.tail = title.tail, None
                heading[0].tail = (heading[0].tail or "") + (date or "")
                paragraph = lxml_html.Element("p")
                paragraph.append(title)
                title.attrib.pop("href", None)
                heading.addnext(paragraph)
    for label in tree.xpath("//p[@class='eyebrow']"):
        label.tag = "h3"
    for pair in tree.xpath(_PAIRS):
        for around in pair.xpath("./div[@class='lines']"):
            around.drop_tag()
        for number, line in enumerate(list(pair)):
            line.tag = "span"
            if number:
                line.addprevious(lxml_html.Element("br"))
    return str(lxml_html.tostring(tree, encoding="unicode"))


def _date(heading: Any) -> None:
    """Write the date that stands below a heading behind its words, and take that line off."""
    facts = heading.getnext()
    if facts is None or facts.get("class") not in ("facts", "when"):
        return
    times = facts.xpath(".//time/@datetime")
    if times:
        last = heading[-1] if len(heading) else None
        if last is None:
            heading.text = f"{heading.text or ''} （{times[0][:10]}）"
        else:
            last.tail = f" （{times[0][:10]}）"
    facts.drop_tree()

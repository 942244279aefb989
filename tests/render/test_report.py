"""Links by which readers report a pair: what is in them, and that nothing else can be."""

from __future__ import annotations

import html
import re
from datetime import date
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sample_day import DAY as DAY_OF_ALL

from digest.config import parse_settings
from digest.config.overrides import parse_overrides
from digest.errors import ConfigError
from digest.render import page
from digest.render.frame import Frame
from digest.render.report import report_link

NAME = "1a2b3c4d"
DAY = date(2025, 4, 16)
MAIL = "corrections@example.org"
ISSUE = "https://github.example/o/n/issues/new?title={title}&body={body}"


def link(report: str, name: str = NAME) -> str:
    return report_link(report, day=DAY, name=name)


def test_a_mail_address_makes_a_mail_that_is_filled_in() -> None:
    parts = urlsplit(link(MAIL))
    assert (parts.scheme, parts.path) == ("mailto", MAIL)
    said = parse_qs(parts.query)
    assert said == {"subject": ["2025-04-16#1a2b3c4d"], "body": ["reason: "]}


def test_a_web_address_makes_an_issue_that_is_filled_in() -> None:
    found = link(ISSUE)
    assert found.startswith("https://github.example/o/n/issues/new?title=")
    said = parse_qs(urlsplit(found).query)
    assert said == {"title": ["2025-04-16#1a2b3c4d"], "body": ["- pair: 2025-04-16#1a2b3c4d\n  reason: "]}


@pytest.mark.parametrize("report", [MAIL, ISSUE])
def test_on_a_page_every_pair_and_title_has_a_link_that_is_filled_in(report: str) -> None:
    """Whoever gets it finds the name that overrides.yaml takes, and the reason asked for."""
    text = page.html(DAY_OF_ALL, frame=Frame(report=report))
    posts = [re.sub('<div class="pair .*', "", block, flags=re.S) for block in text.split('<article class="post" ')[1:]]
    pairs = text.split('<div class="pair ')[1:]
    names = [f"p-{re.findall(r'id=.[pn]-([0-9a-f]+)', block)[0]}" for block in posts]
    names += [re.findall(r'<a href="#n?l-([0-9a-f]{8})"', block)[0] for block in pairs]
    links = [re.findall(r'href="([^"]+)">报错 · report</a>', block)[0] for block in (*posts, *pairs)]
    assert (len(posts), len(pairs)) == (text.count("<article"), text.count("data-score"))
    for name, address in zip(names, links, strict=True):
        said = parse_qs(urlsplit(html.unescape(address)).query)
        (subject,) = said.get("subject") or said["title"]
        assert subject == f"{DAY_OF_ALL.day}#{name}"
        (entry,) = [said["body"][0]] if report == ISSUE else [f"- pair: {subject}\n  {said['body'][0]}"]
        (found,) = parse_overrides(f"{entry}wrong\n  reject: true\n")
        assert (found.pair, found.day, found.reason) == (name, DAY_OF_ALL.day, "wrong")


def test_a_link_is_short() -> None:
    """It stands beside each pair, and a page of 12 posts has 150 kB."""
    assert len(link(MAIL)) <= len(f"mailto:{MAIL}") + 50


def test_nowhere_to_report_to_makes_no_link() -> None:
    assert link("") == ""


@pytest.mark.parametrize(
    "report", ["javascript:alert(1)", "data:text/html,x", "//evil.example/{title}", "https://u:p@a.example/{body}", " "]
)
def test_what_is_no_address_makes_no_link(report: str) -> None:
    assert link(report) == ""


odd = st.text(st.one_of(st.characters(), st.sampled_from("<>\"'&?#%@:/\r\n\x00 {}\u202e\ud800")), max_size=40)


@given(odd, odd)
def test_nothing_gets_out_of_a_link(report: str, name: str) -> None:
    for found in (link(report, name), link(MAIL, name), link(ISSUE, name)):
        assert found == "" or found.startswith(("mailto:", "https://", "http://"))
    for found in (link(MAIL, name), link(f"{report}@example.org".lstrip("htpsHTPS:"), name)):
        address, _, query = found.removeprefix("mailto:").partition("?")
        assert not set(address) & set("<>\"' \r\n\x00:#?&")
        assert not set(query) & set("<>\"' \r\n\x00#")
        assert not found or set(parse_qs(query)) <= {"subject", "body"}


def test_the_settings_say_where_to() -> None:
    def read(value: str) -> str:
        text = yaml.safe_dump({"sources": [{"name": "a", "url": "https://a.example/"}], "site": {"report": value}})
        return parse_settings(text).site.report

    assert read("Ann@Example.ORG") == "Ann@example.org"
    assert parseaddr(unquote(urlsplit(link(read("a+b@example.org"))).path))[1] == "a+b@example.org"
    assert read(ISSUE) == ISSUE
    assert read("") == ""
    for wrong, told in {
        "javascript:alert(1)": "no mail address",
        "mailto:a@b.example": "no mail address",
        "https://a.example/new": "must hold {title} or {body}",
        "https://a.example/{titel}": "must hold {title} or {body}",
        "https://a.example/{title}{x}": "must hold {title} or {body}",
        "https://a.example/{title}}": "other braces",
        "https://{title}.example/": "behind the name of the host",
        "https://u:p@a.example/{title}": "user name or password",
        "https:///{title}": "http:// or https://",
        "https://a.example/{title}\nx": "blanks",
    }.items():
        with pytest.raises(ConfigError) as caught:
            read(wrong)
        assert told in str(caught.value)
        assert "site.report" in str(caught.value)

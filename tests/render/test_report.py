"""Links by which readers report a pair: what is in them, and that nothing else can be."""

from __future__ import annotations

from datetime import date
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from digest.config import parse_settings
from digest.config.overrides import parse_overrides
from digest.errors import ConfigError
from digest.model import LinePair, Verdict
from digest.render.report import report_link

PAIR = LinePair("1a2b3c4d", None, None, "none", Verdict(0.0, False))
PERMALINK = "https://example.org/digest/2025-04-16.html#l-1a2b3c4d"
MAIL = "corrections@example.org"
ISSUE = "https://github.example/o/n/issues/new?title={title}&body={body}"


def link(report: str, title: str = "HF 博客日报", address: str = PERMALINK) -> str:
    return report_link(report, title=title, day=date(2025, 4, 16), pair=PAIR, address=address)


def test_a_mail_address_makes_a_mail_that_is_filled_in() -> None:
    parts = urlsplit(link(MAIL))
    assert (parts.scheme, parts.path) == ("mailto", MAIL)
    said = parse_qs(parts.query)
    assert said["subject"] == ["HF 博客日报 2025-04-16#1a2b3c4d"]
    assert said["body"] == [f"- pair: {PERMALINK}\r\n  reason: "]


def test_a_web_address_makes_an_issue_that_is_filled_in() -> None:
    found = link(ISSUE)
    assert found.startswith("https://github.example/o/n/issues/new?title=")
    assert parse_qs(urlsplit(found).query)["body"] == [f"- pair: {PERMALINK}\n  reason: "]


@pytest.mark.parametrize("address", [PERMALINK, "#l-1a2b3c4d", "#nl-1a2b3c4d", ""])
def test_what_is_filled_in_is_an_entry_of_overrides(address: str) -> None:
    body = parse_qs(urlsplit(link(ISSUE, address=address)).query)["body"][0]
    (found,) = parse_overrides(f"{body}wrong\n  reject: true\n")
    assert (found.pair, found.day) == (PAIR.id, date(2025, 4, 16))


@pytest.mark.parametrize("report", [MAIL, ISSUE])
def test_a_link_is_short(report: str) -> None:
    """It stands beside each pair, and a page of 12 posts has 150 kB."""
    for title in ("HF 博客日报", "每日技术博客双语摘要" * 9, "A digest " * 40, ""):
        assert len(link(report, title).encode()) <= 225


def test_what_is_known_of_a_page_by_itself_is_shorter_still() -> None:
    found = link(MAIL, "", "")
    assert found == f"mailto:{MAIL}?subject=2025-04-16%231a2b3c4d"
    (override,) = parse_overrides(f"- {{pair: {unquote(found.partition('=')[2])}, reject: true, reason: r}}")
    assert (override.pair, override.day) == (PAIR.id, date(2025, 4, 16))


def test_nowhere_to_report_to_makes_no_link() -> None:
    assert link("") == ""


@pytest.mark.parametrize(
    "report", ["javascript:alert(1)", "data:text/html,x", "//evil.example/{title}", "https://u:p@a.example/{body}", " "]
)
def test_what_is_no_address_makes_no_link(report: str) -> None:
    assert link(report) == ""


odd = st.text(st.one_of(st.characters(), st.sampled_from("<>\"'&?#%@:/\r\n\x00 {}\u202e\ud800")), max_size=40)


@given(odd, odd, odd)
def test_nothing_gets_out_of_a_link(report: str, title: str, address: str) -> None:
    for found in (link(report, title, address), link(MAIL, title, address), link(ISSUE, title, address)):
        assert found == "" or found.startswith(("mailto:", "https://", "http://"))
    for found in (link(MAIL, title, address), link(f"{report}@example.org".lstrip("htpsHTPS:"), title, address)):
        assert not found or not set(found.removeprefix("mailto:")) & set("<>\"' \r\n\x00:#")
        assert not found or set(parse_qs(urlsplit(found).query)) <= {"subject", "body"}


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

"""What a mail's bytes are: its header fields in their order, the same bytes for the same letter."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from mail_case import DAY, INTENDED, fields, made, mail_settings, read, recipient

from digest.deliver.mail.message import message_id, unsubscribe_ways
from digest.errors import ConfigError


@pytest.mark.fault("delivery", "way to unsubscribe")
def test_a_mail_has_its_fields_in_order() -> None:
    """A recipient wants to leave a list.

    Every mail has both parts, List-Unsubscribe and its POST (RFC 8058), Auto-Submitted and one To.
    """
    mail = made()
    assert tuple(name for name, _ in fields(mail.data)) == INTENDED
    told = {name: value.decode() for name, value in fields(mail.data)}
    assert told["To"] == "Ann Lee <ann@example.com>"
    assert told["Date"] == "Thu, 17 Apr 2025 07:30:12 +0800"
    assert told["List-Id"].endswith(" <daily.example.org>")
    assert told["List-Unsubscribe"] == "<mailto:digest@example.org?subject=unsubscribe%20abcdefgh>"
    assert told["Content-Language"] == "zh-Hans, en"
    assert told["Auto-Submitted"] == "auto-generated"
    assert told["Message-ID"] == mail.id == message_id(DAY, recipient(), mail_settings())
    assert (mail.sender, mail.recipient, mail.utf8) == ("digest@example.org", "ann@example.com", False)
    assert max(len(line) for line in mail.data.split(b"\r\n")) <= 78


def test_a_mail_is_read_by_the_email_package() -> None:
    found = read(made().data)
    assert found["Subject"] == "HF 博客日报 · 2025-04-16 · 3 篇"
    assert found["From"].addresses[0].display_name == "HF 博客日报"
    assert [part.get_content_type() for part in found.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert not any(part.defects for part in found.walk())


def test_what_settings_add_has_its_place() -> None:
    url = "https://例子.cn/u?t={token}"
    mail = made(by=mail_settings(unsubscribe_url=url, reply_to="me@例子.cn", unsubscribe="out@example.net"))
    told = {name: value.decode() for name, value in fields(mail.data)}
    names = list(INTENDED)
    names.insert(5, "Reply-To")
    names.insert(8, "List-Unsubscribe-Post")
    assert list(told) == names
    assert told["Reply-To"] == "<me@xn--fsqu00a.cn>"
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    https, mailto = told["List-Unsubscribe"].split()
    assert https == "<https://xn--fsqu00a.cn/u?t=abcdefgh>,"
    assert mailto == "<mailto:out@example.net?subject=unsubscribe%20abcdefgh>"


def test_a_local_part_in_chinese_needs_a_server_that_takes_it() -> None:
    mail = made(to=recipient(address="张三@例子.cn"))
    assert mail.utf8
    assert mail.recipient == "张三@xn--fsqu00a.cn"
    assert "To: Ann Lee <张三@xn--fsqu00a.cn>\r\n".encode() in mail.data
    assert mail.seven.partition(b"\r\n\r\n")[2].isascii()


def test_settings_that_are_wrong_for_all_are_configuration() -> None:
    for name, wrong in (
        ("sender", "digest@-.org"), ("reply_to", "a..b@example.org"), ("unsubscribe", "x"),
        ("unsubscribe_url", "https://ex ample/{token}"), ("unsubscribe_url", f"https://a.org/{'x' * 999}/{{token}}"),
        ("unsubscribe_url", "https://例_子.cn/{token}"), ("unsubscribe_url", "http://a.org/{token}"),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=f"^send.mail.{name}: "):
            made(by=mail_settings(**{name: wrong}))


@pytest.mark.parametrize(("url", "sent"), [
    ("https://a.org/u/{token}", "https://a.org/u/t"),
    ("https://a.org/=?{token}", "https://a.org/%3D?t"),
    ("https://a.org/?x=?&t={token}#=?", "https://a.org/?x=%3F&t=t#=%3F"),
    ("https://a.org/退订/<{token}>", "https://a.org/%E9%80%80%E8%AE%A2/%3Ct%3E"),
    ("https://[::1]:8443/{token}", "https://[::1]:8443/t"),
    ("https://例子.cn:8443/{token}", "https://xn--fsqu00a.cn:8443/t"),
])  # fmt: skip
def test_a_web_address_is_written_in_ascii(url: str, sent: str) -> None:
    assert unsubscribe_ways(mail_settings(unsubscribe_url=url), "t")[0] == sent


def test_a_message_id_is_of_its_day_list_and_recipient() -> None:
    ids = {
        message_id(day, recipient(list=name, address=address), mail_settings())
        for day in (DAY, DAY + timedelta(days=1)) for name in ("daily", "weekly") for address in ("a@b.c", "b@b.c")
    }  # fmt: skip
    assert len(ids) == 8
    assert all(re.fullmatch(r"<[a-z2-7]{32}@example\.org>", each) for each in ids)


def test_the_same_letter_is_the_same_bytes() -> None:
    """The hash holds every release of Python to the same bytes; it changes only where a mail is meant to change."""
    assert made().data == made().data
    assert hashlib.sha256(made().data).hexdigest() == "68adbb541ea6126fd29e1c091e8bb6941ab4224f7ee59ec08c1b482cc58ca335"


def test_chinese_stands_as_it_is_and_in_base64_for_servers_without_8bitmime() -> None:
    mail = made()
    assert "你好".encode() in mail.data
    assert mail.seven.isascii()
    assert mail.data.partition(b"\r\n\r\n")[0] == mail.seven.partition(b"\r\n\r\n")[0]  # the same mail
    assert len(mail.data) < len(mail.seven)


@pytest.mark.parametrize("text", ["字" * 333, "a\0b", "x" * 999])
@pytest.mark.fault("delivery", "long lines and dots")
def test_what_no_line_of_a_mail_may_hold_goes_in_base64_whatever_the_server(text: str) -> None:
    """Lines beyond 998 characters, lone dots, NULs.

    The part goes in base64.
    """
    mail = made(text=text)
    assert mail.data.isascii()
    assert not mail.seven


def test_nobody_ends_a_part_by_a_line_of_his_own() -> None:
    """Who writes a post may know to whom it is mailed, and the boundary is made of that."""
    boundary = made().data.partition(b'boundary="')[2].partition(b'"')[0].decode()
    mail = made(text=f"Hello\n--{boundary}--\n")
    assert mail.data.isascii()
    assert mail.data.count(boundary.encode()) == 4  # in the header, before each part, at the end


def test_the_order_of_sets_does_not_matter() -> None:
    script = "import sys, mail_case; sys.stdout.buffer.write(mail_case.made().data)"
    for seed in ("1", "2"):
        path = os.pathsep.join(sys.path)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)
        assert done.stdout == made().data

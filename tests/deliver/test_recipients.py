"""Who gets the digest: feeds.yaml and the file of recipients, and whose wish goes first."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from digest.config import Settings, parse_settings
from digest.deliver.recipients import read_recipients, recipients_of, stranger
from digest.errors import ConfigError
from digest.model import Recipient

TEXT = """\
digest: {title: HF 博客日报, order: [zh, en]}
sources:
  - {name: Blog, url: https://blog.example/feed.xml}
  - {name: 博客, url: https://blog.example/zh/feed.xml}
send:
  lists:
    - {name: english, title: The Digest, order: [en, zh], sources: [Blog], time: 6:05, empty: yes}
  mail:
    sender: HF 博客日报 <digest@example.org>
    recipients:
      - ann@Example.ORG
      - {address: bo@example.org, list: english, name: 波}
      - {address: cy@example.org, list: english, order: [zh, en], sources: [], time: 7:30, empty: no}
  channels:
    - {name: team, preset: feishu, url_env: TEAM, title: 团队日报, order: [en, zh]}
"""


def settings(more: str = "") -> Settings:
    return parse_settings(TEXT.replace("    recipients:\n", f"{more}    recipients:\n"))


def test_a_recipient_goes_before_its_list_and_that_before_the_digest() -> None:
    ann, bo, cy, team = recipients_of(settings(), Path())
    assert ann == Recipient("mail", "ann@example.org", "daily", "HF 博客日报", ("zh", "en"))
    assert bo == Recipient(
        "mail", "bo@example.org", "english", "The Digest", ("en", "zh"), "波", ("Blog",), time(6, 5), True
    )
    assert cy == Recipient("mail", "cy@example.org", "english", "The Digest", ("zh", "en"), "", (), time(7, 30), False)
    assert team == Recipient("team", "team", "daily", "团队日报", ("en", "zh"))


def test_the_list_daily_may_have_wishes_too_and_an_address_of_the_command_line_is_on_it() -> None:
    assert stranger("new@Example.org", settings()).address == "new@example.org"
    named = parse_settings(TEXT.replace("  lists:\n", "  lists:\n    - {name: daily, title: 日报, order: [en, zh]}\n"))
    assert recipients_of(named, Path())[0].title == "日报"
    assert stranger("new@example.org", named).order == ("en", "zh")
    with pytest.raises(ConfigError, match="--to: address: 'nobody' is no mail address"):
        stranger("nobody", named)


def test_a_file_of_recipients_is_read_with_its_columns_in_any_order(tmp_path: Path) -> None:
    text = (
        "time,Address,name,sources,order,empty,list\r\n"
        "\r\n"
        '7:30,Dee@Example.org,"迪, D.",Blog; 博客,en zh,yes,\r\n'
        ',eve@例子.中国,,,"en,zh",,english\r\n'
        ",,,,,,\r\n"
        ",fay@example.org\r\n"
    )
    (tmp_path / "people.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    found = recipients_of(settings("    recipients_file: people.csv\n"), tmp_path)
    assert [each.address for each in found] == [
        "ann@example.org", "bo@example.org", "cy@example.org", "Dee@example.org", "eve@例子.中国", "fay@example.org",
        "team",
    ]  # fmt: skip
    dee, eve, fay = found[3:6]
    assert dee == Recipient(
        "mail", "Dee@example.org", "daily", "HF 博客日报", ("en", "zh"), "迪, D.", ("Blog", "博客"), time(7, 30), True
    )
    assert (eve.order, eve.sources, eve.title, eve.time) == (("en", "zh"), ("Blog",), "The Digest", time(6, 5))
    assert (fay.order, fay.empty) == (("zh", "en"), False)


FAULTS = {
    "no address": ("name,list\nAnn,daily\n", "people.csv:1: names no column address; the first line must be: address,"),
    "semicolons": ("address;name\ngus@example.org;Gus;G.\n", "people.csv:2: has more cells than the first line has"),
    "unknown column": ("address,mail\na@b.example,x\n", "people.csv:1: 'mail' is none of the columns"),
    "column twice": ("address,Address\n", "people.csv:1: names the column address twice"),
    "empty file": ("", "people.csv:1: is empty; its first line must be: address,name,list"),
    "no mail address": ("address\ngus@example.org\nhal\n", "people.csv:3: address: 'hal' is no mail address"),
    "no address in a row": ("name,address\nGus,\n", "people.csv:2: address: is missing"),
    "after a cell of two lines": (
        'name,address\n"Gus\nG.",gus@example.org\nHal,hal\n',
        "people.csv:4: address: 'hal' is no mail address",
    ),
    "line break": ('address\n"gus@example.org\nBcc: x@y.example"\n', "people.csv:2: address: "),
    "list": ("address,list\ngus@example.org,weekly\n", "people.csv:2: list: 'weekly' is no list of ours (daily, engl"),
    "source": ("address,sources\ngus@example.org,Blog;Blag\n", "people.csv:2: sources: no source is called 'Blag'"),
    "time": ("address,time\ngus@example.org,24:00\n", "people.csv:2: time: '24:00' is no time of day"),
    "order": ("address,order\ngus@example.org,zh zh\n", "people.csv:2: order: must name both languages once"),
    "language": ("address,order\ngus@example.org,zh fr\n", "people.csv:2: order[1]: 'fr' is none of zh, en"),
    "empty": ("address,empty\ngus@example.org,也许\n", "people.csv:2: empty: '也许' is neither yes nor no (是, 否)"),
    "twice": ("address\ngus@example.org\nGUS@example.org\n", "people.csv:3: 'GUS@example.org' is on the list daily"),
    "twice, elsewhere": ("address\nANN@example.org\n", "people.csv:2: 'ANN@example.org' is on the list daily alr"),
    "a comma too many": ("address,name\ngus@example.org,Gus, G.\n", "people.csv:2: has more cells"),
    "open quote": ('address\n"gus@example.org\n', "people.csv:"),
    "several": (
        "address\nhal\nian\n", "people.csv:2: address: 'hal' is no mail address, such as ann@example.org\npeople.csv:3",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_file_is_told_with_its_line(fault: str) -> None:
    text, said = FAULTS[fault]
    with pytest.raises(ConfigError) as caught:
        read_recipients(text, "people.csv", settings())
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("address,name,order,empty", 'gus@example.org,"Gus, G.",en;zh,是'),
        ("address;name;order;empty", 'gus@example.org;Gus, G.;"en;zh";是'),
        ("address;name;order;empty", "gus@example.org;Gus, G.;en, zh;是"),
        ("address\tname\torder\tempty", "gus@example.org\tGus, G.\ten zh\tyes"),
    ],
)
def test_columns_are_parted_as_the_first_line_is(head: str, row: str) -> None:
    (found,) = read_recipients(f"\r\n{head}\r\n{row}\r\n", "people.csv", settings())
    assert (found.address, found.name, found.order, found.empty) == ("gus@example.org", "Gus, G.", ("en", "zh"), True)


def test_one_address_may_be_on_two_lists() -> None:
    found = read_recipients("address,list\nann@example.org,english\n", "people.csv", settings())
    assert [each.list for each in found] == ["english"]


def test_a_file_that_is_not_there_says_what_belongs_into_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        recipients_of(settings("    recipients_file: people.csv\n"), tmp_path)
    assert str(caught.value).endswith(
        "no such file; its first line must be: address,name,list,order,sources,time,empty"
    )
    (tmp_path / "people.csv").write_bytes("address,name\ngus@example.org,波\n".encode("gbk"))
    with pytest.raises(ConfigError, match='is no UTF-8 text; save it as "CSV UTF-8"'):
        recipients_of(settings("    recipients_file: people.csv\n"), tmp_path)

"""Addresses: what mail can carry is read, everything else is refused in one line."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.deliver.mail.addresses import Address, a_labels, mailbox
from digest.errors import DeliveryError


@pytest.mark.parametrize(
    ("text", "name", "spec"),
    [
        ("ann@example.org", "", "ann@example.org"),
        ("  Ann Lee <ann@Example.ORG>  ", "Ann Lee", "ann@example.org"),
        ("<ann@example.org>", "", "ann@example.org"),
        ('"Lee, Ann" <ann@example.org>', "Lee, Ann", "ann@example.org"),
        (r'"Ann \"A\" \\ Lee" <ann@example.org>', r'Ann "A" \ Lee', "ann@example.org"),
        ('"evil@x.y" <ann@example.org>', "evil@x.y", "ann@example.org"),
        ("a <b@c.d> <ann@example.org>", "a <b@c.d>", "ann@example.org"),
        ("HF 博客日报 <digest@例子.cn>", "HF 博客日报", "digest@xn--fsqu00a.cn"),
        ("digest@例子。中国", "", "digest@xn--fsqu00a.xn--fiqs8s"),
        ("digest@XN--FSQU00A.cn", "", "digest@xn--fsqu00a.cn"),
        ("digest@ｅｘａｍｐｌｅ.org", "", "digest@example.org"),
        ("张三@例子.cn", "", "张三@xn--fsqu00a.cn"),
        ("first.last+tag=x@a--b.example", "", "first.last+tag=x@a--b.example"),
        ("root@localhost", "", "root@localhost"),
    ],
)
def test_an_address_is_read(text: str, name: str, spec: str) -> None:
    found = mailbox(text)
    assert (found.name, found.spec) == (name, spec)
    assert found.utf8 == (not spec.isascii())
    assert found.domain.isascii()


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "<>", "Ann <>", "ann", "@example.org", "ann@", "ann@example.org>", "Ann <ann@example.org", "a@b@c.d",
        "a b@example.org", "ann@exa mple.org", "ann@example..org", "ann@.org", "ann@example.org.", "ann@-a.org",
        "ann@a-.org", "ann@a_b.org", "ann@例_子.cn", "ann@[127.0.0.1]", "a@b.c, d@e.f", "a@b.c;", "group: a@b.c;",
        ".ann@example.org", "ann.@example.org", "a..n@example.org", '"a b"@example.org', "ann(x)@example.org",
        "ann@example.org\r\nBcc: e@x.y", "ann\r\n@example.org", "ann\x00@example.org", "ann@exam\x00ple.org",
        "张\u202e三@example.org", "张\u3000三@example.org", "\ud800@example.org", "ann@\ud800.org", "ann@xn--.org",
        "ann@xn--a.org", f"{'a' * 65}@example.org", f"{'张' * 22}@example.org", f"ann@{'a' * 64}.org",
        f"ann@{'a.' * 127}org", f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}", "ann@\u05d0a.org", "ann@👩\u200d💻.org",
        "=?utf-8?q?a=0d=0aBcc=3A_e=40x.y?=@example.org", "ann@=?utf-8?q?x?=.org", "<ann@example.org> x",
    ],
)  # fmt: skip
def test_what_mail_cannot_carry_is_refused(text: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        mailbox(text)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 700
    str(caught.value).encode("utf-8")


@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
@example("=?a", "b.c")
@example("a", "\u1806.c")
def test_any_text_is_read_or_refused(local: str, domain: str) -> None:
    try:
        found = mailbox(f"{local}@{domain}")
    except DeliveryError as refused:
        told = str(refused)
        assert len(told.splitlines()) == 1
        return
    assert mailbox(found.spec) == Address("", found.local, found.domain)
    assert not set(found.spec) & set(' <>,;:"()[]\\\r\n')
    assert "=?" not in found.spec
    assert found.spec.count("@") == 1


def test_a_domain_may_be_asked_for_alone() -> None:
    assert a_labels("Bücher.Example") == "xn--bcher-kva.example"
    with pytest.raises(DeliveryError, match="no form in ASCII"):
        a_labels("bü_cher.example")

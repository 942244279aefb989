"""Make the mails of real days and check what their bytes say.

    python benchmarks/mail.py ../shared/site [--keep DIR] [--eml DIR]
    python benchmarks/mail.py --days DIR [--eml DIR]

Runs benchmarks/site.py on SITE (some minutes; `--keep DIR` leaves its output there), or takes the days' JSON from a
folder (`--days DIR`), and makes the mail of each day, for readers of Chinese first and of English first; then that of
one source's posts, of a day of 60 posts made of these, and of days whose texts try to write header fields. Everything
is made again in two processes with other hash seeds. `--eml DIR` keeps the mails. Prints a row a mail, then what holds
and what does not; exits 1 if something does not.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

from claims import Claims

from digest.config.mail import MailSettings
from digest.deliver.mail.message import message, unsubscribe_ways
from digest.model import MAIL, Both, Digest, Letter, LinePair, Message, Recipient, base_lang
from digest.recorded import digest_of
from digest.render.mail import letter, plain_line, size
from digest.selected import selected

LIMIT, LONGEST_LINE, STRESS = 90_000, 998, 60
FIELDS = [
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted",
    "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type",
]  # fmt: skip
SETTINGS = MailSettings.model_validate({"sender": "HF 博客日报 <digest@example.org>"})
TOKEN = "a2b3c4d5" * 3
LINK = "https://example.org/digest/"
VOID = {"meta", "br", "hr", "img", "link", "base", "input", "wbr", "col", "area", "embed", "source", "track"}
LOADING = {"src", "srcset", "background", "poster", "data", "action", "formaction", "ping", "lowsrc", "cite"}
INJECTIONS = {
    "raw CR LF": "New\r\nBcc: victim@example.net",
    "bare LF and a blank line": "New\n\nA body of another's",
    "encoded word with CR LF": "=?utf-8?q?New=0D=0ABcc:_victim@example.net?=",
    "base64 word with CR LF": "=?utf-8?b?TmV3DQpCY2M6IHZpY3RpbUBleGFtcGxlLm5ldA==?=",
    "NUL": "New\x00\r\x00\nBcc: victim@example.net",
    "folded line": "New\r\n Bcc: victim@example.net\r\n\tX-Other: 1",
    "other line ends": "New\u2028Bcc: a@b.example\u2029X: 1\x85Y: 2\x0bZ: 3\x0cW: 4",
    "very long": "=?utf-8?q?=0A?=" + "长Long " * 5000 + "\r\nBcc: victim@example.net",
}


def made(digest: Digest, order: tuple[str, str], *, name: str = "", title: str = "") -> tuple[Letter, Message]:
    """Make the mail of a day, as it is sent on the morning after."""
    recipient = Recipient(MAIL, "reader@example.org", "daily", title or digest.title, order, name)
    digest = selected(digest, title=recipient.title, order=order, sources=())
    said = letter(digest, unsubscribe=unsubscribe_ways(SETTINGS, TOKEN)[0])
    morning = datetime(digest.day.year, digest.day.month, digest.day.day, 8, tzinfo=ZoneInfo(digest.timezone))
    day_after = morning + timedelta(days=1)
    return said, message(said, recipient, SETTINGS, day=digest.day, moment=day_after, token=TOKEN)


def crowded(days: list[Digest]) -> Digest:
    """Make a day of many posts out of those of several."""
    posts = [post for day in days for post in day.abstracts]
    some = [dataclasses.replace(posts[n % len(posts)], id=f"{n:08x}") for n in range(STRESS)]
    return dataclasses.replace(days[0], link=LINK, abstracts=tuple(some))


def mails(days: list[Digest]) -> Iterator[tuple[str, Digest, Letter, Message]]:
    """Make all mails that are looked at: (what it is, its day, what it says, the mail)."""
    chosen = [(str(day.day), day) for day in days]
    source = days[0].abstracts[0].source
    one = selected(days[0], title=days[0].title, order=("zh", "en"), sources=(source,))
    chosen += [(f"only {source}", one), (f"{STRESS} posts", crowded(days))]
    for name, day in chosen:
        for order in (("zh", "en"), ("en", "zh")):
            yield f"{name} {order[0]}", day, *made(day, order)
    for name, text in INJECTIONS.items():
        first, *others = days[0].abstracts
        hostile = dataclasses.replace(first, title=Both(text, text))
        day = dataclasses.replace(days[0], link=LINK, abstracts=(hostile, *others))
        yield f"injection: {name}", day, *made(day, ("zh", "en"), name=text, title=text)


# ---- what a mail program sees ---------------------------------------------------------------------------------------


class Seen(HTMLParser):
    """The texts of a page with the language that is told nearest to each, and what it would load."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str]] = []
        self.loads: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.loads += [f"{tag} {name}" for name in told if name in LOADING]
        self.loads += [tag] if tag in ("link", "script", "iframe", "object", "embed", "img", "base", "form") else []
        self.look(told.get("style", ""))
        if tag not in VOID:
            self.open.append((tag, "" if tag == "html" else told.get("lang", "")))

    def handle_endtag(self, tag: str) -> None:
        while tag in [name for name, _ in self.open] and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        if "style" in tags:
            self.look(data)
        elif data.strip() and "body" in tags:
            self.texts.append((next((lang for _, lang in reversed(self.open) if lang), ""), data))

    def look(self, style: str) -> None:
        self.loads += re.findall(r"(?i)url\s*\(|@import|image-set|src\s*:", style)


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def lines_in(pair: LinePair) -> list[tuple[str, str]]:
    """Give the printed lines of a pair: (language, text without white space)."""
    return [(line.lang, flat(plain_line(line))) for line in (pair.zh, pair.en) if line]


def told_in(day: Digest, text: str) -> set[str]:
    """Give the ids of the day's pairs whose lines a text all holds."""
    pairs = [pair for post in (*day.abstracts, *day.newly) for pair in post.pairs]
    return {pair.id for pair in pairs if all(line in text for _, line in lines_in(pair))}


def langs_wrong(day: Digest, seen: Seen) -> list[str]:
    """Give texts without a language of their own, and lines whose text stands under another than theirs."""
    wrong = [text[:40] for lang, text in seen.texts if not lang]
    held = {side: flat("".join(text for lang, text in seen.texts if base_lang(lang) == side)) for side in ("zh", "en")}
    for post in (*day.abstracts, *day.newly):
        for lang, line in (each for pair in post.pairs if not _glossed(pair) for each in lines_in(pair)):
            other = "en" if base_lang(lang) == "zh" else "zh"
            if len(line) > 20 and line in held[other] and line not in held[base_lang(lang)]:
                wrong.append(line[:40])
    return wrong


def _glossed(pair: LinePair) -> bool:
    """Tell a pair of two languages within one line: its glosses are in the other."""
    return any(line.glosses for line in (pair.zh, pair.en) if line)


def check(claim: Claims, name: str, day: Digest, said: Letter, mail: Message) -> None:
    """Check one mail's bytes, and print its row."""
    found = message_from_bytes(mail.data, policy=default)
    assert isinstance(found, EmailMessage)
    head, _, _ = mail.data.partition(b"\r\n\r\n")
    names = [line.split(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    parts = list(found.iter_parts())
    kinds = [part.get_content_type() for part in parts]
    text, page = (part.get_content().replace("\r\n", "\n") for part in parts)
    decoded, encoded, whole = len(page.encode()), size(page), len(mail.data)
    longest = max(map(len, mail.data.split(b"\r\n")))
    seen = Seen(page)
    in_text, in_html = told_in(day, flat(text)), told_in(day, flat("".join(each for _, each in seen.texts)))
    posts, pairs = len(day.abstracts) + len(day.newly), sum(len(p.pairs) for p in (*day.abstracts, *day.newly))
    print(
        f"{name:38} {said.shown:5}/{posts:<3} {len(in_html):4}/{pairs:<4} {decoded:7} {encoded:7} {whole:7} {longest:5}"
    )
    claim(f"{name}: HTML in base64, and the whole mail, are at most {LIMIT} bytes", max(encoded, whole) <= LIMIT)
    claim(f"{name}: the header fields are those intended", names == found.keys() == FIELDS, names)
    claim(f"{name}: no line over {LONGEST_LINE} bytes", longest <= LONGEST_LINE, longest)
    ends = not any(re.search(rb"\r(?!\n)|(?<!\r)\n", data) for data in (mail.data, mail.seven))
    claim(f"{name}: all lines end with CR LF", ends)
    claim(f"{name}: there is one in ASCII for servers without 8BITMIME", (mail.seven or mail.data).isascii())
    well = kinds == ["text/plain", "text/html"] and not any(part.defects for part in (found, *parts))
    claim(f"{name}: text and HTML, without a defect", well, [kinds, [part.defects for part in (found, *parts)]])
    claim(f"{name}: nothing is loaded from anywhere", not seen.loads, seen.loads)
    claim(f"{name}: every text has its language", not (wrong := langs_wrong(day, seen)), wrong[:4])
    claim(f"{name}: both parts carry the same pairs", in_text == in_html, in_text ^ in_html)
    claim(f"{name}: every post is shown or counted as left", said.shown + said.left == posts, (said.shown, said.left))
    if said.left:
        claim(f"{name}: a link leads to those that are left", f"{LINK}{day.day}.html" in page and bool(in_html))
    else:
        every = {pair.id for post in (*day.abstracts, *day.newly) for pair in post.pairs}
        claim(f"{name}: every pair of the day is there", in_html == every, every - in_html)


# ---- the run --------------------------------------------------------------------------------------------------------


def read_days(folder: Path) -> list[Digest]:
    files = sorted(folder.glob("20??-??-??.json"))
    return [day for path in files if (day := digest_of(path.read_text("utf-8"), str(path))).abstracts]


def hashes(days: list[Digest]) -> str:
    return "".join(f"{hashlib.sha256(mail.data).hexdigest()} {name}\n" for name, _, _, mail in mails(days))


def elsewhere(folder: Path, seed: str) -> str:
    """Make the mails in another process, and give their hashes."""
    command = [sys.executable, __file__, "--days", str(folder), "--hashes"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", nargs="?", help="folder of the blog's copy; not needed with --days")
    parser.add_argument("--keep", type=Path, help="keep the output of benchmarks/site.py here")
    parser.add_argument("--days", type=Path, help="take the days' JSON files from this folder")
    parser.add_argument("--eml", type=Path, help="keep the mails here")
    parser.add_argument("--hashes", action="store_true", help="print hashes of the mails, and nothing else")
    arguments = parser.parse_args()
    if not (arguments.site or arguments.days):
        parser.error("name SITE, or a folder of days")
    claim = Claims()
    with contextlib.ExitStack() as stack:
        folder = arguments.days
        if folder is None:
            root = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            build = [sys.executable, str(Path(__file__).with_name("site.py")), arguments.site, "--keep", str(root)]
            subprocess.run(build, check=False, stdout=subprocess.DEVNULL)
            folder = root / "twin" / "out"
        days = read_days(folder)
        if arguments.hashes:
            print(hashes(days), end="")
            return 0
        claim("there are days", bool(days), folder)
        print(f"{'mail':38} {'posts':>9} {'pairs':>9} {'HTML':>7} {'base64':>7} {'mail':>7} {'line':>5}")
        for name, day, said, mail in mails(days):
            check(claim, name, day, said, mail)
            if arguments.eml:
                arguments.eml.mkdir(parents=True, exist_ok=True)
                (arguments.eml / (re.sub(r"\W+", "-", name) + ".eml")).write_bytes(mail.data)
        same = {hashes(days), elsewhere(folder, "1"), elsewhere(folder, "2")}
        claim("made in three processes with other hash seeds, the same bytes", len(same) == 1)
    print(f"\n{claim.failed} claims fail")
    return 1 if claim.failed else 0


if __name__ == "__main__":
    sys.exit(main())

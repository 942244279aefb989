"""Save a picture of a mail in four views, side by side: python tests/browser/shoot_mail.py OUT.png [--mail FILE].

FILE is a mail (.eml) or its HTML part (.html); without one it is the mail of the demo's day, whose pages are in
--demo DIR. The views are a phone and a wide window, light and dark, each beginning at the heading that --at names.
With --forced, dark is what a program makes of a mail by itself (Chromium's forced dark mode).
"""

from __future__ import annotations

import argparse
import base64
import email
import email.policy
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from digest.demo import DEMO_DAY

WIDTHS = (360, 700)  # CSS pixels: a phone, a mail program's window
HEIGHT = 900
GAP = 12
TRIAL = """\
sources: [{name: Sample blog, url: "https://blog.example/feed.xml"}]
send: {mail: {sender: Sample digest <digest@example.org>, recipients: [ann@example.org]}}
"""
TOP = "[...document.querySelectorAll('h2')].find(e => e.innerText.includes(%s)).getBoundingClientRect().top - 24"
FORCED = ("--force-dark-mode", "--enable-features=WebContentsForceDark")


def mail_of_demo(pages: Path, work: Path) -> Path:
    """Make the mail of the demo's day as `digest send --eml` makes it."""
    (work / "trial.yaml").write_text(TRIAL, "utf-8")
    given = {"--config": work / "trial.yaml", "--state": work / "state", "--out": pages, "--eml": work / "drafts"}
    options = [str(each) for option in given.items() for each in option]
    subprocess.run([sys.executable, "-m", "digest", "send", DEMO_DAY, *options], check=True)
    (mail,) = (work / "drafts").glob("*.eml")
    return mail


def html_of(mail: Path) -> str:
    """Give the HTML part of a mail."""
    if mail.suffix != ".eml":
        return mail.read_text("utf-8")
    part = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default).get_body(("html",))
    assert part is not None, f"{mail} has no HTML part"
    return str(part.get_content())


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("out", type=Path)
    asked.add_argument("--mail", type=Path, help="a mail, or its HTML part")
    asked.add_argument("--forced", action="store_true", help="dark by force, as some programs do it")
    asked.add_argument("--demo", type=Path, default=Path("demo-out"), help="where `digest demo` wrote its pages")
    asked.add_argument("--at", default="", help="the pictures begin at the heading that holds this; else at the top")
    given = asked.parse_args()
    sys.path.append(str(Path(__file__).parent))
    from devtools import Browser

    with tempfile.TemporaryDirectory() as work:
        page = Path(work) / "mail.html"
        page.write_text(html_of(given.mail or mail_of_demo(given.demo, Path(work))), "utf-8")
        shots: dict[tuple[int, bool], str] = {}
        for dark in (False, True):
            browser = Browser(Path(work) / f"profile-{dark}")
            if dark and given.forced:
                browser.command[-1:-1] = FORCED
            with browser:
                for width in WIDTHS:
                    tab = browser.open(page, width, HEIGHT, dark=dark and not given.forced)
                    top = tab.run(TOP % json.dumps(given.at)) if given.at else 0
                    clip = {"x": 0, "y": top, "width": width, "height": HEIGHT, "scale": 1}
                    shot = tab.ask("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
                    shots[width, dark] = shot["data"]
                    tab.close()
        pictures = "".join(f'<img src="data:image/png;base64,{shots[view]}">' for view in sorted(shots))
        style = f"body{{margin:0;display:flex;gap:{GAP}px;padding:{GAP}px;background:#8c8c8c}}img{{display:block}}"
        page.write_text(f"<!doctype html><style>{style}</style>{pictures}", "utf-8")
        width = 2 * sum(WIDTHS) + 5 * GAP
        with Browser(Path(work) / "profile") as browser:
            tab = browser.open(page, width, HEIGHT + 2 * GAP)
            clip = {"x": 0, "y": 0, "width": width, "height": HEIGHT + 2 * GAP, "scale": 1}
            data = tab.ask("Page.captureScreenshot", format="png", clip=clip)["data"]
    given.out.write_bytes(base64.b64decode(data))


if __name__ == "__main__":
    main()

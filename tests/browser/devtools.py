"""A small DevTools client over a pipe: what the browser tests need of headless chromium, standard library only.

The protocol over --remote-debugging-pipe: JSON messages ended by NUL; the browser reads descriptor 3 and writes 4.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update",
    "--disable-background-networking", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--force-color-profile=srgb", "--remote-debugging-pipe",
)  # fmt: skip


class Browser:
    """Headless chromium with an empty profile, ended when the block ends."""

    def __init__(self, profile: Path) -> None:
        program = shutil.which("chromium")
        assert program, "the browser tests need Debian's chromium (apt-get install chromium fonts-noto-cjk)"
        fonts = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=True).stdout
        assert fonts.strip(), "the browser tests need a Chinese font (apt-get install fonts-noto-cjk)"
        self.command = [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self.number = 0
        self.buffer = b""
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Browser:
        ends = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (*os.pipe(), *os.pipe())]
        theirs_in, self.to, self.out, theirs_out = ends
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "bash", *self.command],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        os.close(self.to)
        os.close(self.out)

    def ask(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; events that come meanwhile are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        number = self.number
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while (answer := self.receive()).get("id") != number:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer.get('error')}"
        return dict(answer["result"])

    def receive(self, seconds: float = 30) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.out], [], [], max(0.0, end - time.monotonic()))
            assert ready, "chromium did not answer"
            chunk = os.read(self.out, 1 << 20)
            assert chunk, "chromium went away"
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        found = dict(json.loads(message))
        if found.get("method") == "Page.javascriptDialogOpening":
            self.shut_dialog(found["sessionId"])
        return found

    def shut_dialog(self, session: str) -> None:
        """Let a page go on that has opened a dialog; the answer to this comes among the events."""
        self.number += 1
        message = {"id": self.number, "method": "Page.handleJavaScriptDialog", "params": {"accept": False}}
        os.write(self.to, json.dumps({**message, "sessionId": session}).encode() + b"\0")

    def open(self, path: Path, width: int = 1200, height: int = 900, *, dark: bool = False, scale: float = 1) -> Page:
        return Page(self, path, width, height, dark, scale)


class Page:
    """One tab on one file: what it asked for, what it complained of, and how it came out."""

    def __init__(self, browser: Browser, path: Path, width: int, height: int, dark: bool, scale: float) -> None:
        self.browser = browser
        target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime", "DOM", "CSS"):
            self.ask(f"{domain}.enable")
        mobile = width < 600
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=mobile
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Page.navigate", url=path.as_uri())
        self.wait_for("Page.loadEventFired")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        return self.browser.ask(method, self.session, **params)

    def wait_for(self, method: str) -> None:
        while not self.seen(method):
            self.browser.events.append(self.browser.receive())

    def seen(self, method: str) -> list[dict[str, Any]]:
        return [
            e["params"] for e in self.browser.events if e.get("method") == method and e.get("sessionId") == self.session
        ]

    def run(self, script: str) -> Any:
        """Evaluate JavaScript from outside: the page's own policy allows it none."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer.get("exceptionDetails")
        return answer["result"].get("value")

    def requests(self) -> list[str]:
        return [event["request"]["url"] for event in self.seen("Network.requestWillBeSent")]

    def complaints(self) -> list[str]:
        logged = [event["entry"]["text"] for event in self.seen("Log.entryAdded")]
        thrown = [str(event["exceptionDetails"]["text"]) for event in self.seen("Runtime.exceptionThrown")]
        return logged + thrown + [str(event["args"]) for event in self.seen("Runtime.consoleAPICalled")]

    def key(self, name: str, code: int, text: str = "") -> None:
        common = {"key": name, "code": name, "windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code}
        self.ask("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **common)

    def click(self, selector: str) -> None:
        x, y = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center', behavior: 'instant'});"
            " const r = e.getClientRects()[0]; return [r.x + r.width / 2, r.y + r.height / 2] })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def shoot(self, path: Path) -> None:
        """Save the whole page as a PNG."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.ask("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        self.ask("Page.close")
